"""Figures and widgets: that they draw what they are given, and refuse what they cannot draw."""

import itertools

import numpy as np
import pytest
from matplotlib.figure import Figure

from helpers import InputError, plots, population, study, widgets

LOG = {
    prefix + key: np.linspace(1, 0.5, 4)
    for prefix in ("", "off_", "val_")
    for key in ("loss", "accuracy")
}
RUNS = {key: np.linspace([1, 0.9], [0.5, 0.4], 4).T for key in ("off_loss", "val_loss")}
STOPPED = {key: np.array([[1, 0.5, np.nan], [np.nan] * 3]) for key in RUNS}
RATES = np.array([0, 0.2, 0.5])
SWEEP = (RATES, np.full((3, 2), 0.1), np.full((3, 2), 0.9))
STUDY = {
    "rates": RATES,
    "sizes": np.array([10, 1_000]),
    "weights": np.random.default_rng(0).normal(size=(2, 3, 10, 28, 28)),
} | {
    prefix + key: np.random.default_rng(0).random((2, 3, 5, 20))
    for prefix in ("off_", "val_")
    for key in ("loss", "accuracy")
}
UNITS = np.abs(np.random.default_rng(0).normal(size=128))
IMAGES = np.random.default_rng(0).random((6, 28, 28))
#: One network's answer, several of another, and none yet of a third.
READING = IMAGES[0], {"one": np.eye(10)[3], "some": np.eye(10)[[7, 7, 1, 7]], "none": np.zeros(10)}

FIGURES = {
    "digits": lambda: plots.show_digits(IMAGES, range(6), columns=4),
    "digits as bytes": lambda: plots.show_digits((IMAGES * 255).astype(np.uint8)),
    "weights": lambda: plots.show_weights(IMAGES - 0.5, range(6)),
    "weights of kernels": lambda: plots.show_weights(IMAGES[:, :5, :5] - 0.5, columns=3),
    "feature maps": lambda: plots.show_maps(IMAGES[:, :8, :8], range(6), columns=4),
    "blank feature maps": lambda: plots.show_maps(np.zeros((2, 8, 8))),
    "pixels": lambda: plots.show_pixels((IMAGES[0] * 255).astype(np.uint8)),
    "flattened": lambda: plots.show_flattened(IMAGES[0]),
    "class counts": lambda: plots.show_class_counts({"a": np.arange(10), "b": np.zeros(3, int)}),
    "arms": lambda: plots.show_arms(
        [1, 2],
        {"a": [[0.1, 0.2], [0.2, 0.3]], "b": [[0, 1]]},
        xlabel="x",
        ylabel="accuracy",
        chance=0.1,
    ),
    "logarithmic arms": lambda: plots.show_arms(
        [1, 10], {"a": [[0.3, 0.5]]}, xlabel="x", ylabel="y", log=True
    ),
    "arms on a logarithmic axis": lambda: plots.show_arms(
        [1, 10], {"a": [[0.3, 0.5]]}, xlabel="x", ylabel="accuracy", log="x"
    ),
    "masks": lambda: plots.show_masks(UNITS, rates=(0.2, 0.5, 0.8)),
    "mask average": lambda: plots.show_mask_average(UNITS, 0.5, seed=1, masks=10),
    "curves": lambda: plots.show_curves(LOG, {"": "logged", "off_": "off", "val_": "validation"}),
    "curves of one epoch": lambda: plots.show_curves(
        {key: values[:1] for key, values in LOG.items()}, {"": "logged"}
    ),
    "gap": lambda: plots.show_gap({"a": RUNS, "b": RUNS, "c": STOPPED}),
    "gap of one epoch": lambda: plots.show_gap({"a": {key: RUNS[key][:, :1] for key in RUNS}}),
    "sweep": lambda: plots.show_sweep({"a": SWEEP, "b": SWEEP}),
    "sweep of one seed": lambda: plots.show_sweep({"a": (RATES, *(v[:, :1] for v in SWEEP[1:]))}),
    "heat map": lambda: plots.show_heatmap(np.arange(9.0).reshape(3, 3), RATES, "loss"),
    "study": lambda: plots.show_study(STUDY, size=1, rate=2),
    "probabilities": lambda: plots.show_probabilities(IMAGES[:2], np.full((2, 10), 0.1), [3, 4]),
    "steps": lambda: plots.show_steps([np.eye(40) * 255, np.eye(9) * 255], ["drawn", "fitted"]),
    "readings": lambda: plots.show_readings({"a": READING, "b": READING}),
    "confusion": lambda: plots.show_confusion(np.eye(10, dtype=int)),
    "ladder": lambda: plots.show_ladder({"a": (0.02, 0.01), "b": (0.1, 0.02)}, {"c": (0.05, 0.01)}),
    "reliability": lambda: plots.show_reliability({"a": [(0.5, 0.4, 30), (0.9, 0.8, 50)], "b": []}),
}


@pytest.mark.parametrize("name", FIGURES)
def test_figure_is_drawn_without_pyplot(name):
    figure = FIGURES[name]()
    assert isinstance(figure, Figure)
    assert figure._repr_png_().startswith(b"\x89PNG")
    import matplotlib.pyplot as plt

    assert plt.get_fignums() == []


def test_digits_show_their_captions_and_ink_dark():
    figure = plots.show_digits(IMAGES, ["zero", 1, 2, 3, 4, 5], columns=4)
    captions = [text.get_text() for text in figure.axes[0].texts]
    assert captions == ["zero", "1", "2", "3", "4", "5"]
    shown = figure.axes[0].images[0]
    assert len(figure.axes[0].images) == 6
    assert (shown.get_cmap().name, shown.get_clim()) == ("gray_r", (0, 1))


def test_readings_name_the_answer_and_its_probability_or_nothing():
    texts = [text.get_text() for text in FIGURES["readings"]().axes[0].texts]
    for said in ("one: 3, 100%", "some: 7, 75%", "none"):
        assert texts.count(said) == 2


def test_ladder_goes_from_the_highest_error_to_the_lowest():
    axes = FIGURES["ladder"]().axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "c", "a"]
    assert [text.get_text() for text in axes.texts] == ["10%", "5%", "2%"]


def test_labels_at_line_ends_do_not_overlap():
    figure = plots.show_arms(
        [0, 1], {"a": [[0, 0.5]], "b": [[0, 0.5]], "c": [[0, 0.51]]}, xlabel="x", ylabel="accuracy"
    )
    figure.draw_without_rendering()
    boxes = sorted(
        text.get_window_extent().extents[[1, 3]].tolist() for text in figure.axes[0].texts
    )
    assert len(boxes) == 3
    assert all(upper[0] >= lower[1] - 1 for lower, upper in itertools.pairwise(boxes))


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda: plots.show_curves({}, {"": "training"}), "finish at least one epoch"),
        (
            lambda: plots.show_gap({"a": {key: STOPPED[key][1:] for key in STOPPED}}),
            "finish at least one epoch",
        ),
        (
            lambda: plots.show_sweep({"a": (RATES, *[np.full((3, 2), np.nan)] * 2)}),
            "finish at least one epoch",
        ),
        (lambda: plots.show_digits(IMAGES[:0]), r"shape \(0, 28, 28\)"),
        (lambda: plots.show_digits(IMAGES, ["one"]), "1 captions do not fit 6 images"),
        (lambda: plots.show_digits(IMAGES[0]), r"as in images\[:1\]"),
        (lambda: plots.show_pixels(IMAGES), r"one image of shape \(28, 28\).*as in images\[0\]"),
        (
            lambda: plots.show_flattened(IMAGES.reshape(6, 784)[0]),
            r"not an array of shape \(784,\)",
        ),
        (lambda: plots.show_probabilities(IMAGES[0], [[0.1] * 10], [1]), r"as in images\[:1\]"),
    ],
)
def test_wrong_shapes_are_one_sentence(draw, said):
    with pytest.raises(InputError, match=said):
        draw()


def test_interrupted_runs_are_left_out_of_the_gap():
    assert plots._finished(STOPPED["val_loss"]).tolist() == [[1, 0.5]]


def test_sweep_leaves_out_what_was_not_trained():
    losses = np.array([[0.1, 0.2], [0.3, np.nan], [np.nan, np.nan]])
    figure = plots.show_sweep({"a": (RATES, losses, 1 - losses)})
    x, y = figure.axes[0].lines[0].get_data()
    assert x.tolist() == [0, 0.2]
    assert y == pytest.approx([0.15, 0.3])


def test_heat_map_frames_the_lowest():
    values = np.ones((3, 3))
    values[2, 1] = 0
    frame = plots.show_heatmap(values, RATES, "loss").axes[0].patches[0]
    assert frame.get_xy() == (0.5, 1.5)


def test_mask_explorer_answers_every_control():

    box = widgets.mask_explorer(UNITS)
    controls, picture = box.children
    rate, mask, averaged = controls.children
    seen = {bytes(picture.value)}
    for control, value in ((rate, 0.5), (mask, 7), (averaged, 1000)):
        control.value = value
        assert bytes(picture.value) not in seen, f"{control.description} changed nothing"
        seen.add(bytes(picture.value))
    rate.value = 0
    assert bytes(picture.value).startswith(b"\x89PNG")


def test_curve_explorer_answers_every_control():
    controls, picture = widgets.curve_explorer(study.load()).children
    seen = {bytes(picture.value)}
    for control in controls.children:
        for _, place in control.options[1:]:
            control.value = place
            assert bytes(picture.value) not in seen
            seen.add(bytes(picture.value))


class Laboratory:
    """The laboratory on forty images, with its parts by name."""

    def __init__(self, digits):
        images, labels = digits
        self.box = widgets.laboratory(*[(images / np.float32(255), labels)] * 2)
        (self.rates, self.images), (self.seeds, self.epochs), buttons, self.picture = (
            getattr(row, "children", row) for row in self.box.children
        )
        self.train, self.reset, self.progress, self.message = buttons
        self.seeds.value, self.epochs.value = 2, 2


def test_laboratory_trains_compares_and_resets(digits):
    laboratory = Laboratory(digits)
    assert laboratory.images.options == (("40", 40),)
    laboratory.train.click()
    assert (laboratory.progress.value, laboratory.message.value) == (1, "6 of 6 networks trained")
    first = bytes(laboratory.picture.value)
    laboratory.rates.value = "0.1"
    laboratory.train.click()
    assert first.startswith(b"\x89PNG")
    assert bytes(laboratory.picture.value) != first
    laboratory.reset.click()
    assert (laboratory.picture.value, laboratory.message.value) == (b"", "")
    assert not laboratory.train.disabled


@pytest.mark.parametrize(
    ("text", "said"),
    [("0; 0.2", "commas"), ("", "commas"), ("0, 1", "dropout rate of 1.0"), ("-1", "rate of -1.0")],
)
def test_laboratory_says_what_is_wrong_with_the_rates(digits, text, said):
    laboratory = Laboratory(digits)
    laboratory.rates.value = text
    laboratory.train.click()
    assert said in laboratory.message.value
    assert not laboratory.train.disabled


def test_interrupted_laboratory_keeps_what_was_trained(digits, monkeypatch):
    laboratory = Laboratory(digits)
    monkeypatch.setattr(population, "STACK", 1)
    monkeypatch.setattr(population, "_on_gpu", lambda: False)
    monkeypatch.setattr(population.os, "cpu_count", lambda: 1)  # a round for each network
    fit, rounds = population.SideBySide.fit, []

    def interrupted(self, *arguments, **options):
        rounds.append(1)
        if len(rounds) > 4:
            raise KeyboardInterrupt
        return fit(self, *arguments, **options)

    monkeypatch.setattr(population.SideBySide, "fit", interrupted)
    laboratory.train.click()
    assert laboratory.message.value == ("Stopped; 4 of 6 networks were finished and are kept.")
    assert bytes(laboratory.picture.value).startswith(b"\x89PNG")
    assert not laboratory.train.disabled


def test_laboratory_stopped_in_its_first_epoch_says_so(digits, monkeypatch):
    laboratory = Laboratory(digits)

    def interrupted(self, *arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(population.SideBySide, "fit", interrupted)
    laboratory.train.click()
    assert laboratory.message.value == "Stopped; 0 of 6 networks were finished and are kept."
    assert laboratory.picture.value == b""
    assert not laboratory.train.disabled


def test_laboratory_compares_the_last_four_in_their_colours(digits):
    laboratory = Laboratory(digits)
    laboratory.rates.value, laboratory.seeds.value, laboratory.epochs.value = "0", 1, 1
    for _ in range(5):
        laboratory.train.click()
        assert laboratory.progress.value == 1
    names = [f"{number}: 40 images" for number in (4, 5, 6)]
    assert [plots.COLORS.index(plots._color(name, 0)) for name in names] == [3, 0, 1]
    assert plots._color("validation", 0) == plots.CURVES["val_"]


def test_errors_are_shown_without_a_traceback():
    assert InputError("Take a batch.")._render_traceback_() == ["InputError: Take a batch."]
