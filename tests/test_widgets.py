"""Widgets: every control acts, in a small explorer and in those of the lessons."""

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from stored import from_lesson

from helpers import plots, widgets

RNG = np.random.default_rng(0)
#: For each lesson with an explorer what it needs of it, and stand-ins for computed values.
EXPLORERS = {
    "03": (
        ("EVERY", "LABELS", "draw_network", "draw_masks", "explore_masks"),
        {"x_train": RNG.random((1, 28, 28)), "activations": np.abs(RNG.normal(size=128))},
    ),
    "06": (("stored", "curves", "draw", "slider"), {}),
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
