"""Widgets: every control acts, in a small explorer and in those of the lessons."""

import asyncio
import threading
import time

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from stored import from_lesson

from helpers import data, plots, population, widgets

RNG = np.random.default_rng(0)
#: For each lesson with an explorer what it needs of it, and stand-ins for computed values.
EXPLORERS = {
    "03": (
        ("EVERY", "LABELS", "draw_network", "draw_masks", "explore_masks"),
        {"x_train": RNG.random((1, 28, 28)), "activations": np.abs(RNG.normal(size=128))},
    ),
}


def of_lesson(number):
    """Return the explorer of a lesson, made by the lesson's own cells."""
    names, given = EXPLORERS[number]
    return from_lesson(number, *names, "explorer", **given)["explorer"]


def small(drawn=None):
    """Return an explorer of a line, which counts in `drawn` what it draws."""

    def draw(slope, name):
        figure = plots.Picture(figsize=(2, 2))
        figure.subplots().plot([0, slope])
        if drawn is not None:
            drawn.append((slope, name))
        return [figure], f"line {name} rises by {slope}"

    slope = ipywidgets.IntSlider(value=1, min=0, max=3, description="slope")
    return widgets.explore(draw, slope, ipywidgets.Dropdown(options=["A", "B"]))


def shown(explorer):
    """Return what an explorer shows: its sentence, and the bytes of its pictures."""
    _, *pictures, sentence = explorer.children
    return sentence.value, *(bytes(picture.value) for picture in pictures)


@pytest.mark.parametrize("number", [None, *EXPLORERS])
def test_an_explorer_answers_every_control(number):
    explorer = of_lesson(number) if number else small()
    start = shown(explorer)
    for control in explorer.children[0].children:
        options, before, seen = getattr(control, "options", None), control.value, {start}
        values = [control.min, control.max] if options is None else options
        values = [value[1] if isinstance(value, tuple) else value for value in values]
        for value in set(values) - {before}:
            control.value = value
            drawn = shown(explorer)
            assert drawn not in seen, f"{control.description} changed nothing"
            assert all(picture.startswith(b"\x89PNG") for picture in drawn[1:])
            seen.add(drawn)
        control.value = before
        assert shown(explorer) == start


def test_explore_draws_once_for_every_move_and_leaves_no_figure_open():
    drawn = []
    explorer = small(drawn)
    controls, picture, sentence = explorer.children
    assert drawn == [(1, "A")]
    assert sentence.value == "line A rises by 1"
    assert isinstance(picture, ipywidgets.Image)
    controls.children[0].value = 3
    assert drawn == [(1, "A"), (3, "A")]
    assert explorer.children[1] is picture
    assert plt.get_fignums() == []


# The playground: a thousand of the sample's training images, and its test images as validation.


@pytest.fixture
def sets(monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    return [(data.scale(images), labels) for images, labels in data.load_mnist()]


@pytest.fixture
def playground(sets):
    made = widgets.Playground(*sets)
    yield made
    made.train(0)


def in_a_loop(*acts):
    """Run an event loop; carry out each act and let it run for a second."""

    async def run():
        for act in acts:
            act()
            await asyncio.sleep(1)

    asyncio.run(run())


def test_its_networks_are_those_of_a_population(playground, sets):
    playground.one_epoch.click()  # where no loop runs, it trains at once
    playground.one_epoch.click()
    few = data.balanced_subset(*sets[0], 1_000)
    log = population.Population([0, 0.2], range(3)).fit(few, sets[1], epochs=2)
    epochs, rate, values = playground.history[-1]
    assert rate == 0.2
    assert epochs == 2
    for part, names in enumerate((("off_loss", "off_accuracy"), ("val_loss", "val_accuracy"))):
        for kind, name in enumerate(names):
            assert values[part, kind] == pytest.approx(log[name][:, :, 1], rel=1e-4)


def test_a_moved_rate_acts_on_one_arm_at_once(playground, sets):
    playground.one_epoch.click()
    picture = playground.arms[1].picture.value
    playground.rate.value = 0.9
    assert playground.arms[1].picture.value != picture  # its title
    playground.one_epoch.click()
    assert "dropout 0.9" in playground.sentence.value
    moved = playground.history[-1][-1]
    other = widgets.Playground(*sets)
    other.one_epoch.click()
    other.one_epoch.click()
    unmoved = other.history[-1][-1]
    assert np.array_equal(moved[:, :, 0], unmoved[:, :, 0])
    assert (moved[1, 0, 1] > unmoved[1, 0, 1]).all()  # with so many units gone it learns less


def test_play_draws_and_leaves_the_loop_to_others_until_it_is_paused(playground):
    beats, drawn = [], []
    playground.arms[1].picture.observe(lambda change: drawn.append(change.new), names="value")

    async def play():
        playground.play.click()
        while len(drawn) < 6:
            beats.append(len(drawn))
            await asyncio.sleep(0)
        playground.play.click()
        await playground.task

    asyncio.run(asyncio.wait_for(play(), timeout=60))
    assert len(set(drawn)) == len(drawn)
    assert set(beats) == set(range(6))  # others had their turn after every picture
    assert playground.play.description == "Play"
    before = len(drawn)
    in_a_loop(lambda: None)
    assert len(drawn) == before


def test_reset_begins_anew_and_keeps_the_last_curves(playground):
    playground.one_epoch.click()
    first = playground.history
    for control, value in ((None, None), (playground.seeds, 1), (playground.size, 4_000)):
        if control:
            control.value = value
        else:
            playground.reset.click()
        assert playground.sentence.value == "Press Play."
        assert (playground.before, playground.history, playground.epochs) == (first, [], 0)
    playground.one_epoch.click()
    assert playground.history[-1][0] == 1
    assert playground.history[-1][-1].shape == (2, 2, 2, 1)


def test_a_new_playground_ends_the_one_before(playground, sets):
    made = []
    in_a_loop(
        playground.play.click,
        lambda: made.append(widgets.Playground(*sets)),
        lambda: made[0].play.click(),
        lambda: made[0].play.click(),
    )
    assert playground.history
    assert made[0].history
    assert not playground.training
    assert not made[0].training
    assert playground.comm is None  # off the page
    assert made[0].comm is not None


def test_controls_moved_on_another_thread_wait_for_their_turn(playground, monkeypatch):
    """As in JupyterLab, which hands moves of sliders to a thread of their own."""
    inside, overlaps = [], []

    def watched(function):
        def watch(*arguments):
            overlaps.extend(set(inside) - {threading.get_ident()})
            inside.append(threading.get_ident())
            try:
                return function(*arguments)
            finally:
                inside.remove(threading.get_ident())

        return watch

    for owner, name in ((widgets._Arm, "draw"), (population, "train"), (population, "new_stack")):
        monkeypatch.setattr(owner, name, watched(getattr(owner, name)))
    trainer = threading.Thread(target=playground.play.click)  # trains there until it is paused
    trainer.start()
    for move in range(30):
        playground.rate.value = 0.05 * (1 + move % 10)
        time.sleep(0.05)
    playground.seeds.value = 1  # begins anew, and does not go on by itself
    trainer.join(timeout=60)
    assert not trainer.is_alive()
    assert overlaps == []
    assert "Stopped" not in playground.sentence.value


def test_a_fault_in_training_is_said_in_the_sentence(playground, monkeypatch):
    monkeypatch.setattr(population, "train", lambda *_: 1 / 0)
    playground.play.click()
    assert playground.sentence.value == "Stopped: division by zero"
    assert playground.play.description == "Play"
