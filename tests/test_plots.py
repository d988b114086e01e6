"""Figures and widgets: that they draw what they are given, and refuse what they cannot draw."""

import itertools

import numpy as np
import pytest
from matplotlib.figure import Figure

from helpers import InputError, plots

LOG = {
    prefix + key: np.linspace(1, 0.5, 4)
    for prefix in ("", "off_", "val_")
    for key in ("loss", "accuracy")
}
UNITS = np.abs(np.random.default_rng(0).normal(size=128))
IMAGES = np.random.default_rng(0).random((6, 28, 28))

FIGURES = {
    "digits": lambda: plots.show_digits(IMAGES, range(6), columns=4),
    "digits as bytes": lambda: plots.show_digits((IMAGES * 255).astype(np.uint8)),
    "weights": lambda: plots.show_weights(IMAGES - 0.5, range(6)),
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
    "masks": lambda: plots.show_masks(UNITS, rates=(0.2, 0.5, 0.8)),
    "mask average": lambda: plots.show_mask_average(UNITS, 0.5, seed=1, masks=10),
    "curves": lambda: plots.show_curves(LOG, {"": "logged", "off_": "off", "val_": "validation"}),
    "curves of one epoch": lambda: plots.show_curves(
        {key: values[:1] for key, values in LOG.items()}, {"": "logged"}
    ),
    "gap": lambda: plots.show_gap({"a": [LOG, LOG], "b": [LOG], "c": [LOG]}),
    "gap of one epoch": lambda: plots.show_gap(
        {"a": [{key: values[:1] for key, values in LOG.items()}]}
    ),
    "probabilities": lambda: plots.show_probabilities(IMAGES[:2], np.full((2, 10), 0.1), [3, 4]),
    "confusion": lambda: plots.show_confusion(np.eye(10, dtype=int)),
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
    captions = [ax.texts[0].get_text() for ax in figure.axes if ax.texts]
    assert captions == ["zero", "1", "2", "3", "4", "5"]
    shown = figure.axes[0].images[0]
    assert (shown.get_cmap().name, shown.get_clim()) == ("gray_r", (0, 1))


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
        (lambda: plots.show_gap({"a": []}), "finish at least one epoch"),
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


def test_mask_explorer_answers_every_control():
    from helpers import widgets

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


def test_errors_are_shown_without_a_traceback():
    assert InputError("Take a batch.")._render_traceback_() == ["InputError: Take a batch."]
