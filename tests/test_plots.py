"""Figures: that they draw what they are given, and refuse in one sentence what they cannot."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers import InputError, plots

RNG = np.random.default_rng(0)
IMAGES = RNG.random((6, 28, 28))
READINGS = RNG.dirichlet(np.ones(10), size=6)
#: Two runs of four epochs; the second was interrupted in its third, a third run never began.
STOPPED = np.array([[4, 3, 2, 1], [2, 1, np.nan, np.nan], [np.nan] * 4])


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.show_images((255 * IMAGES).astype(np.uint8), range(6), columns=4),
        lambda: plots.show_images(IMAGES[:, :5, :9] - 0.5, kind="weights", frame=True),
        lambda: plots.show_images(np.zeros((2, 8, 8)), ["two\nlines", ""], kind="maps"),
        lambda: plots.show_table(np.eye(10, dtype=int), colored=IMAGES[0, :10, :10], measured="m"),
        lambda: plots.show_panels({"y": {"a": [3, 5]}}, [1, 10], xlabel="x", log=True),
        lambda: plots.show_panels({"accuracy": {"a": [0, 1]}}, [1, 10], log="x", chance=0.1),
        lambda: plots.show_panels({"loss": {"one epoch": [1]}, "accuracy": {"a": [0.5]}}),
        lambda: plots.show_panels({key: {"a": STOPPED} for key in "abc"}, ylabel="y", ylim=(0, 2)),
        lambda: plots.show_probabilities(IMAGES, {"some runs": [READINGS] * 3, "one": READINGS}),
    ],
)
def test_a_figure_shows_itself_and_pyplot_does_not_keep_it(draw):
    assert draw()._repr_png_().startswith(b"\x89PNG")
    assert plt.get_fignums() == []


def test_lessons_draw_in_the_style_of_the_figures(monkeypatch):
    line = plt.Figure().subplots().plot([0, 1])[0]
    assert line.get_color() == plots.COLORS[0]
    assert not plt.rcParams["axes.spines.top"]


def test_ink_is_dark_dropped_units_are_orange_and_captions_stand_below():
    maps = IMAGES.copy()
    maps[0, 0, 0] = np.nan
    ax = plots.show_images(IMAGES, ["zero", 1, 2, 3, 4, 5]).axes[0]
    assert [text.get_text() for text in ax.texts] == ["zero", "1", "2", "3", "4", "5"]
    paper, ink = ax.images[0].to_rgba(np.array([0.0, 1.0]))[:, :3].mean(axis=1)
    assert (paper, ink) == (1, 0)
    photo = plots.show_images(np.zeros((1, 4, 4), np.uint8), kind="photo").axes[0].images[0]
    assert photo.to_rgba(np.array([0, 255]))[:, 0].tolist() == [0, 1]  # as bright as it is
    shown = plots.show_images(maps, kind="maps").axes[0].images[0]
    red, _, blue, _ = shown.to_rgba(shown.get_array())[0, 0]
    assert red > blue + 0.2


def test_a_table_writes_its_numbers():
    ax = plots.show_table([[0.5, 0.25]], xlabel="rate").axes[0]
    assert [text.get_text() for text in ax.texts] == ["0.500", "0.250"]
    assert ax.get_xlabel() == "rate"


def test_means_leave_out_what_an_interrupt_left_out():
    figure = plots.show_panels({"a": {"x": STOPPED, "none": STOPPED[2:]}, "b": {"x": STOPPED[2:]}})
    (ax,) = figure.axes
    (line,) = ax.lines
    assert line.get_xdata().tolist() == [1, 2, 3, 4]
    assert line.get_ydata().tolist() == [3, 2, 2, 1]
    (line,) = plots.show_panels({"a": {"x": STOPPED[1:]}}, [9, 8, 7, 6]).axes[0].lines
    assert line.get_xdata().tolist() == [8, 9]


def test_training_and_validation_keep_their_colours():
    arms = {"validation": [1], "training,\ndropout off": [2], "other": [3]}
    lines = plots.show_panels({"loss": arms}).axes[0].lines
    assert [line.get_color() for line in lines] == [plots.COLORS[i] for i in (2, 1, 2)]


def test_names_at_the_ends_of_curves_do_not_overlap():
    arms = {"a": [0, 0.5], "b": [0, 0.5], "two\nlines": [0, 0.51]}
    figure = plots.show_panels({"accuracy": arms}, [0, 1])
    figure.draw_without_rendering()
    boxes = sorted(
        text.get_window_extent().extents[[1, 3]].tolist() for text in figure.axes[0].texts
    )
    assert len(boxes) == 3
    assert all(upper[0] >= lower[1] - 1 for lower, upper in itertools.pairwise(boxes))


def test_panels_of_one_scale_all_fit_in():
    figure = plots.show_panels({"low": {"a": [1, 2]}, "high": {"a": [1, 9]}}, ylabel="loss")
    assert all(ax.get_ylim()[0] == 0 and ax.get_ylim()[1] >= 9 for ax in figure.axes)


def test_readings_name_the_answer_and_its_probability():
    readings = {
        "one": np.eye(10)[[3]],
        "some": np.eye(10)[[[7], [7], [1], [7]]],
    }
    ax = plots.show_probabilities(IMAGES[:1], readings, ["drawn"]).axes[0]
    texts = {text.get_text() for text in ax.texts}
    assert {"drawn", "one: 3, 100%", "some: 7, 75%"} <= texts


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: plots.show_panels({"loss": {"a": []}}), "finish at least one epoch"),
        (lambda: plots.show_panels({"loss": {"a": STOPPED[2:]}}), "finish at least one epoch"),
        (lambda: plots.show_images(IMAGES[:0]), r"shape \(0, 28, 28\)"),
        (lambda: plots.show_images(IMAGES, ["one"]), "1 captions for 6 images: pass one for each"),
        (lambda: plots.show_images(IMAGES[0]), r"as in images\[:1\]"),
        (lambda: plots.show_table(IMAGES), r"as in images\[0\]"),
        (lambda: plots.show_probabilities(IMAGES[0], READINGS), r"as in images\[:1\]"),
        (lambda: plots.show_probabilities(IMAGES[:2], READINGS), "6 probabilities for 2 images"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(draw, said):
    with pytest.raises(InputError, match=said):
        draw()


def test_errors_are_shown_without_a_traceback():
    assert InputError("Take a batch.")._render_traceback_() == ["InputError: Take a batch."]
