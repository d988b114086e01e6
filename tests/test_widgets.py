"""Widgets: every control acts; the laboratory trains, compares, stops, says what is wrong."""

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


@pytest.fixture
def laboratory(digits):
    """The laboratory on forty images, with its parts by name."""
    images, labels = digits
    return Laboratory([(images / np.float32(255), labels)] * 2)


class Laboratory:
    def __init__(self, sets):
        first, second, row, self.picture = widgets.laboratory(*sets).children
        self.rates, self.images = first.children
        self.seeds, self.epochs = second.children
        self.train, self.reset, self.progress, self.message = row.children
        self.seeds.value, self.epochs.value = 2, 1


def test_the_laboratory_trains_compares_and_resets(laboratory):
    assert laboratory.images.options == (("40", 40),)
    pictures = {b""}
    for rates in ("0, 0.2, 0.5", "0.1", "0.5, 0", "0.3", "0.4"):
        laboratory.rates.value = rates
        laboratory.train.click()
        assert laboratory.progress.value == 1
        assert bytes(laboratory.picture.value) not in pictures
        pictures.add(bytes(laboratory.picture.value))
    assert laboratory.message.value == "2 of 2 networks trained"
    assert not laboratory.train.disabled
    laboratory.reset.click()
    assert (laboratory.picture.layout.display, laboratory.message.value) == ("none", "")


def test_the_laboratory_picks_as_many_images_as_chosen(digits, monkeypatch):
    images, labels = (np.tile(array, (30,) + (1,) * (array.ndim - 1)) for array in digits)
    laboratory = Laboratory([(images / np.float32(255), labels)] * 2)
    seen = []

    def fit(self, training_set, *arguments, **options):
        seen.append(len(training_set[1]))
        raise KeyboardInterrupt

    monkeypatch.setattr(population.Population, "fit", fit)
    for _, size in laboratory.images.options:
        laboratory.images.value = size
        laboratory.train.click()
    assert seen == [1_000, 1_200]
    assert laboratory.message.value == "Stopped; 0 of 6 networks were finished and are kept."


@pytest.mark.parametrize(
    ("text", "said"),
    [("0; 0.2", "commas"), ("", "commas"), ("0, 1", "dropout rate of 1.0"), ("-1", "rate of -1.0")],
)
def test_the_laboratory_says_what_is_wrong_with_the_rates(laboratory, text, said):
    laboratory.rates.value = text
    laboratory.train.click()
    assert said in laboratory.message.value
    assert not laboratory.train.disabled


def test_an_interrupted_laboratory_keeps_the_networks_that_were_finished(laboratory, monkeypatch):
    def fit(self, training_set, validation_set, *, epochs, report):
        last = np.full((3, 2, epochs), np.nan)
        last[:2, 0] = 0.5
        self.log = {"val_loss": last, "val_accuracy": last}
        report(2, 6)
        raise KeyboardInterrupt

    monkeypatch.setattr(population.Population, "fit", fit)
    laboratory.train.click()
    assert laboratory.message.value == "Stopped; 2 of 6 networks were finished and are kept."
    assert bytes(laboratory.picture.value).startswith(b"\x89PNG")
    assert not laboratory.train.disabled
