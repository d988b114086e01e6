"""Widgets: every control acts; the laboratory trains, compares and stops."""

import numpy as np
import pytest

from helpers import population, results, widgets

UNITS = np.abs(np.random.default_rng(0).normal(size=128))


@pytest.mark.parametrize(
    "explorer",
    [lambda: widgets.mask_explorer(UNITS), lambda: widgets.curve_explorer(results.study())],
    ids=["masks", "curves"],
)
def test_an_explorer_answers_every_control(explorer):
    controls, *pictures, sentence = explorer().children
    seen = {(sentence.value, *(bytes(picture.value) for picture in pictures))}
    for control in controls.children:
        options = getattr(control, "options", None)
        values = [value for _, value in options] if options else [control.min, control.max]
        for value in set(values) - {control.value}:
            control.value = value
            drawn = sentence.value, *(bytes(picture.value) for picture in pictures)
            assert drawn not in seen, f"{control.description} changed nothing"
            assert all(picture.startswith(b"\x89PNG") for picture in drawn[1:])
            seen.add(drawn)


class Laboratory:
    """The laboratory on some images, with its parts by name."""

    def __init__(self, images, labels):
        sets = [(images / np.float32(255), labels)] * 2
        first, second, third, self.pictures = widgets.laboratory(*sets).children
        self.rate, self.images = first.children
        self.seeds, self.epochs = second.children
        self.train, self.message = third.children
        self.seeds.value, self.epochs.value = 2, 1


@pytest.fixture
def laboratory(digits):
    return Laboratory(*digits)


def test_the_laboratory_trains_and_keeps_the_last_picture_to_compare_with(laboratory):
    assert laboratory.images.options == (("40", 40),)
    seen = []
    for rate in (0.2, 0.5, 0):
        laboratory.rate.value = rate
        laboratory.train.click()
        seen.append(bytes(laboratory.pictures.children[0].value))
        assert laboratory.message.value == ("4 of 4 epochs" if rate else "2 of 2 epochs")
        assert not laboratory.train.disabled
    assert len(set(seen)) == 3
    assert [bytes(picture.value) for picture in laboratory.pictures.children] == seen[:0:-1]


@pytest.mark.parametrize(
    ("finished", "said"),
    [(0, "let the training cell finish at least one epoch"), (1, "Stopped; the 2 of 4 epochs are")],
)
def test_a_stopped_laboratory_shows_what_was_finished(laboratory, monkeypatch, finished, said):
    def fit(self, training_set, validation_set, *, epochs, report):
        losses = np.full((2, 2, epochs), np.nan)
        losses[:, :finished] = 0.5
        self.log = {"val_loss": losses, "off_loss": losses}
        if finished:
            report(2, 4)
        raise KeyboardInterrupt

    monkeypatch.setattr(population.Population, "fit", fit)
    laboratory.train.click()
    assert said in laboratory.message.value
    assert len(laboratory.pictures.children) == finished
    assert not laboratory.train.disabled


def test_the_laboratory_picks_as_many_images_as_chosen(digits, monkeypatch):
    images, labels = (np.tile(array, (30,) + (1,) * (array.ndim - 1)) for array in digits)
    laboratory, seen = Laboratory(images, labels), []

    def fit(self, training_set, *arguments, **options):
        seen.append(len(training_set[1]))
        self.log = dict.fromkeys(("val_loss", "off_loss"), np.ones((2, 2, 1)))

    monkeypatch.setattr(population.Population, "fit", fit)
    for _, size in laboratory.images.options:
        laboratory.images.value = size
        laboratory.train.click()
    assert seen == [1_000, 1_200]
