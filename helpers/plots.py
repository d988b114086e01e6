"""Every figure of the lessons: functions that take arrays and return a Matplotlib figure."""

import io
import re

import matplotlib
import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import (
    FormatStrFormatter,
    LogLocator,
    MaxNLocator,
    NullLocator,
    PercentFormatter,
)

from helpers import InputError

#: Okabe and Ito's colours, told apart by colour-blind readers: blue, vermilion, green, purple.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
#: The same, and orange and black, where there are more than four arms.
SIX_COLORS = (*COLORS, "#E69F00", "#000000")
GREY = "#888888"
#: Colour of each curve of a training run, by the prefix of its name in the history.
CURVES = {"": COLORS[0], "off_": COLORS[1], "val_": COLORS[2]}
WIDTH = 8.0  # inches, of every figure


class Picture(Figure):
    """A figure that a notebook shows as it is, once, without pyplot keeping it in memory."""

    def _repr_png_(self):
        return as_png(self)


def as_png(figure, box="tight"):
    """Return a figure as the bytes of a PNG file; with a box of None in half the time, uncut."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches=box, facecolor="white")
    return buffer.getvalue()


def _figure(height, rows=1, columns=1, **options):
    """Make a figure of the common width and its axes (an array of them if more than one)."""
    with matplotlib.rc_context({"axes.spines.top": False, "axes.spines.right": False}):
        figure = Picture(figsize=(WIDTH, height), dpi=100, layout="constrained")
        return figure, figure.subplots(rows, columns, **options)


def _check_images(images, dimensions=3):
    """Return images as an array, or raise an InputError that says which shape was expected."""
    images = np.asarray(images)
    wanted = "one image of shape (28, 28)" if dimensions == 2 else "images of shape (n, 28, 28)"
    if images.ndim != dimensions or images.shape[-2:] != (28, 28) or len(images) == 0:
        hint = ""
        if dimensions == 2 and images.ndim == 3:
            hint = "; pick one of the batch, as in images[0]"
        if dimensions == 3 and images.ndim == 2:
            hint = "; make a batch of a single image, as in images[:1]"
        raise InputError(f"This figure takes {wanted}, not an array of shape {images.shape}{hint}.")
    return images


def show_digits(images, captions=None, *, columns=10):
    """Draw digits in a grid.

    Parameters
    ----------
    images : array of shape (n, 28, 28), uint8 in 0..255 or float in 0..1
    captions : sequence of n strings or numbers, optional; one under each digit
    columns : int, digits in a row

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there are no images, or not one caption for each.
    """
    images = _check_images(images)
    brightest = 255 if images.dtype == np.uint8 else 1
    return _grid(images, captions, columns, cmap="gray_r", vmin=0, vmax=brightest)


def show_weights(weights, captions=None, *, columns=5):
    """Draw weights as pictures: orange above zero, purple below, white at zero.

    Parameters
    ----------
    weights : array of shape (n, height, width), float
    captions, columns : as for `show_digits`

    Returns
    -------
    matplotlib.figure.Figure
    """
    limit = np.abs(weights).max()
    return _grid(weights, captions, columns, cmap="PuOr_r", vmin=-limit, vmax=limit, bar="weight")


def show_maps(maps, captions=None, *, columns=8):
    """Draw feature maps: white at zero, the darker the larger.

    Parameters
    ----------
    maps : array of shape (n, height, width), 0 or more
    captions, columns : as for `show_digits`

    Returns
    -------
    matplotlib.figure.Figure
    """
    largest = np.max(maps) or 1
    return _grid(maps, captions, columns, cmap="Blues", vmin=0, vmax=largest, bar="output")


def _grid(images, captions, columns, bar=None, **colors):
    captions = [""] * len(images) if captions is None else [str(caption) for caption in captions]
    if len(captions) != len(images):
        raise InputError(
            f"{len(captions)} captions do not fit {len(images)} images: pass one for each."
        )
    rows = -(-len(images) // columns)
    # All in one Axes, measured in pixels of the images: forty Axes take long, and 15 MB.
    width, inches = 30, WIDTH / max(columns, 5) / 30 * (0.9 if bar else 1)
    lines = max(caption.count("\n") + bool(caption) for caption in captions)
    height = 30 + 0.19 * lines / inches
    figure, ax = _figure(rows * height * inches)
    for place, (image, caption) in enumerate(zip(images, captions, strict=True)):
        top, left = (place // columns) * height, (place % columns) * width
        shown = ax.imshow(image, extent=(left, left + 28, top + 28, top), **colors)
        ax.text(left + 14, top + 29, caption, ha="center", va="top", fontsize=10)
    ax.set(xlim=(0, columns * width - 2), ylim=(rows * height, 0))
    ax.set_axis_off()
    if bar:
        figure.colorbar(shown, label=bar, shrink=0.7, pad=0.02)
    return figure


def show_pixels(image):
    """Draw one digit with the number of every pixel written into it.

    Parameters
    ----------
    image : array of shape (28, 28), uint8

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If it is not one image, as when a batch is passed.
    """
    image = _check_images(image, 2)
    figure, ax = _figure(WIDTH)
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=255)
    for (row, column), value in np.ndenumerate(image):
        color = "white" if value > 127 else GREY if value == 0 else "black"
        ax.text(column, row, int(value), ha="center", va="center", fontsize=6.5, color=color)
    ax.set(xlabel="column", ylabel="row", xticks=range(0, 28, 3), yticks=range(0, 28, 3))
    return figure


def show_flattened(image):
    """Draw one digit beside its list of 784 pixels, cut into two lines.

    Parameters
    ----------
    image : array of shape (28, 28), float in 0..1

    Returns
    -------
    matplotlib.figure.Figure
    """
    image = _check_images(image, 2)
    figure = Picture(figsize=(WIDTH, 2.0), dpi=100, layout="constrained")
    axes = figure.subplot_mosaic([["picture", "first"], ["picture", "second"]], width_ratios=(1, 4))
    axes["picture"].imshow(image, cmap="gray_r")
    axes["picture"].set(xticks=[0, 27], yticks=[0, 27], xlabel="column", ylabel="row")
    for name, start in {"first": 0, "second": 392}.items():
        strip = image.reshape(1, 784)[:, start : start + 392]
        extent = (start - 0.5, start + 391.5, 0, 1)
        axes[name].imshow(strip, cmap="gray_r", aspect="auto", extent=extent, interpolation="none")
        axes[name].set(yticks=[], xticks=range(start, start + 392, 56))
    axes["second"].set_xlabel("place in the list")
    return figure


def show_class_counts(parts):
    """Draw how common each digit is.

    Parameters
    ----------
    parts : dict from a name to its labels, an array of shape (n,), integers 0 to 9

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, ax = _figure(2.8)
    width = 0.8 / len(parts)
    for i, (name, labels) in enumerate(parts.items()):
        shares = np.bincount(labels, minlength=10) / len(labels)
        places = np.arange(10) + (i - (len(parts) - 1) / 2) * width
        ax.bar(places, shares, width, color=COLORS[i], label=f"{name} ({len(labels):,} images)")
    ax.axhline(0.1, color="black", linestyle="--", linewidth=1)
    ax.set(xlabel="digit", ylabel="share of the images", xticks=range(10))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.legend(frameon=False, ncols=len(parts), loc="lower center", bbox_to_anchor=(0.5, 1))
    return figure


def show_arms(x, arms, *, xlabel, ylabel, chance=None, log=False, bottom=0):
    """Draw one curve for each arm of an experiment, the mean over runs in a band of one deviation.

    Parameters
    ----------
    x : sequence of m numbers; integers, or those of a logarithmic axis, have a tick each
    arms : dict from a name to an array of shape (runs, m)
    xlabel, ylabel : str, with units; an `ylabel` with "accuracy" is drawn in percent
    chance : float, optional; where a dashed line marks what guessing gives
    log : bool or "x"; logarithmic axes, or only the horizontal one
    bottom : float, where the vertical axis begins, if not logarithmic

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, ax = _figure(3.2)
    ends = []
    for i, (name, runs) in enumerate(arms.items()):
        color = SIX_COLORS[i % len(SIX_COLORS)]
        mean = _band(ax, x, np.atleast_2d(runs), color, marker="o")
        ends.append((name, mean[-1], color))
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if log:
        ax.set_xscale("log")
    if log or all(isinstance(value, int) for value in x):
        ax.set_xticks(x)
    if log is True:
        ax.set(yscale="log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    else:
        ax.set_ylim(bottom=bottom)
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_scale() == "log":
            axis.set_major_formatter(FormatStrFormatter("%g"))
            axis.set_minor_locator(NullLocator())
    if "accuracy" in ylabel:
        ax.set_ylim(0, 1.02)
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    if chance is not None:
        ax.axhline(chance, color="black", linestyle="--", linewidth=1)
        ax.text(x[0], chance, "guessing", va="bottom")
    _label_ends(ax, x[-1], ends)
    return figure


def _band(ax, x, runs, color, **style):
    """Draw the mean of `runs`, shape (runs, m), with a band of one standard deviation."""
    mean = runs.mean(axis=0)
    ax.plot(x, mean, color=color, **style)
    if len(runs) > 1:
        deviation = runs.std(axis=0, ddof=1)
        ax.fill_between(x, mean - deviation, mean + deviation, color=color, alpha=0.25, linewidth=0)
    return mean


def _label_ends(ax, x, ends):
    """Write names at the right ends of their curves, pushed apart where they would overlap.

    `ends` holds a (name, y, color) for each curve.
    """
    to_axes = ax.transData + ax.transAxes.inverted()
    ends = sorted(ends, key=lambda end: end[1])
    heights = [to_axes.transform((x, y))[1] for _, y, _ in ends]
    line = 0.17 / (ax.get_position().height * ax.figure.get_figheight())
    lines = [name.count("\n") + 1 for name, _, _ in ends]
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + line * (lines[i - 1] + lines[i]) / 2)
    for (name, _, color), height in zip(ends, heights, strict=True):
        ax.text(1.015, height, name, transform=ax.transAxes, color=color, va="center", fontsize=10)


def _check_epochs(values):
    if not len(values):
        raise InputError(
            "There is nothing to draw yet: run the training cell again, and let it finish at "
            "least one epoch of one network."
        )


def show_curves(history, curves):
    """Draw loss and accuracy of one run against the epoch.

    Parameters
    ----------
    history : dict from a name, such as "val_loss", to a value for each epoch
    curves : dict from a prefix of such names ("", "off_" or "val_") to the label of its curve

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If no epoch was finished.
    """
    _check_epochs(history.get("loss", ()))
    figure, axes = _figure(3.0, 1, 2)
    for ax, metric in zip(axes, ("loss", "accuracy"), strict=True):
        epochs = np.arange(1, len(history[metric]) + 1)
        for prefix in curves:
            ax.plot(epochs, history[prefix + metric], color=CURVES[prefix], marker="o", ms=3)
        _epoch_axis(ax)
        ax.set_ylabel({"loss": "loss (cross-entropy, nats)", "accuracy": "accuracy"}[metric])
    axes[0].set_ylim(bottom=0)
    axes[1].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ends = [(curves[prefix], history[prefix + metric][-1], CURVES[prefix]) for prefix in curves]
    _label_ends(ax, epochs[-1], ends)
    return figure


def _epoch_axis(ax):
    ax.set_xlabel("epoch")
    ax.set_xlim(left=0.5)
    ax.xaxis.set_major_locator(MaxNLocator(10, integer=True, min_n_ticks=1))


def show_gap(logs):
    """Draw training and validation loss, both with dropout off, in one panel for each arm.

    Lines are means over the runs, bands one standard deviation. The frame ends above the losses of
    the second epoch, as the first would flatten all that comes after it.

    Parameters
    ----------
    logs : dict from the name of an arm to a dict with "off_loss" and "val_loss"
        Each an array of shape (runs, epochs). What is NaN, as after an interrupt, is left out.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If no epoch was finished in any run.
    """
    logs = {
        arm: {name: _finished(values) for name, values in log.items()} for arm, log in logs.items()
    }
    logs = {arm: log for arm, log in logs.items() if log["val_loss"].size}
    _check_epochs(logs)
    rows = -(-len(logs) // 2)
    figure, axes = _figure(2.7 * rows, rows, 2, sharey=True, squeeze=False)
    for ax in axes.flat[len(logs) :]:
        ax.set_axis_off()
    highest = 0
    for ax, (arm, log) in zip(axes.flat, logs.items(), strict=False):
        epochs = np.arange(1, log["val_loss"].shape[1] + 1)
        ends = []
        for prefix, label in {"val_": "validation", "off_": "training,\ndropout off"}.items():
            mean = _band(ax, epochs, log[f"{prefix}loss"], CURVES[prefix])
            highest = max(highest, *mean[1:], mean[-1])
            ends.append((label, mean[-1], CURVES[prefix]))
        ax.set_title(arm, fontsize=10, loc="left")
        _epoch_axis(ax)
        ax.set_ylabel("loss (nats)")
    axes[0, 0].set_ylim(0, 1.1 * highest)
    _label_ends(ax, epochs[-1], ends)
    return figure


def _finished(values):
    """Keep the runs that began, of shape (runs, epochs), and the epochs that all of them ended."""
    values = np.asarray(values)
    began = values[np.isfinite(values).any(axis=1)]
    return began[:, np.isfinite(began).all(axis=0)]


def show_sweep(arms):
    """Draw loss and accuracy against the dropout rate, means with a bar of one standard deviation.

    One seed alone has no bar.

    Parameters
    ----------
    arms : dict from a name to (rates, losses, accuracies)
        Sequence of r numbers, and arrays of shape (r, seeds). NaN, as after an interrupt, is left
        out, and so is a rate of which nothing is left.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If nothing is left at all.
    """
    _check_epochs(np.concatenate([losses[np.isfinite(losses)] for _, losses, _ in arms.values()]))
    figure, axes = _figure(3.2, 1, 2)
    for ax, metric in zip(axes, (1, 2), strict=True):
        ends = []
        for i, (name, arm) in enumerate(arms.items()):
            points = [
                (rate, np.mean(values), np.std(values, ddof=1) if len(values) > 1 else np.nan)
                for rate, row in sorted(zip(arm[0], arm[metric], strict=True), key=lambda x: x[0])
                if len(values := row[np.isfinite(row)])
            ]
            if points:
                rates, means, bars = zip(*points, strict=True)
                color = _color(name, i)
                ax.errorbar(rates, means, bars, color=color, marker="o", ms=4, capsize=3)
                ends.append((name, means[-1], color))
        ax.set_xlabel("dropout rate")
        ax.set_ylabel(("loss (cross-entropy, nats)", "accuracy")[metric - 1])
    axes[0].set_ylim(bottom=0)
    axes[1].yaxis.set_major_formatter(PercentFormatter(1))
    _label_ends(ax, ax.get_xlim()[1], ends)
    return figure


def _color(name, place):
    """Choose the colour of an arm: that of its curve, or by its number as in "5: …", or place."""
    own = {"validation": CURVES["val_"], "training": CURVES["off_"]}
    start = re.split("[,:]", name)[0]
    return own.get(start, COLORS[(int(start) - 1 if start.isdigit() else place) % len(COLORS)])


def show_heatmap(values, rates, label):
    """Draw a value for each pair of rates as a coloured square with its number; frame the lowest.

    Parameters
    ----------
    values : array of shape (r, r); row: rate of the first layer, column: of the second
    rates : sequence of r numbers
    label : str, what the values are, with units

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, ax = _figure(4.6)
    shown = ax.imshow(values, cmap="Blues", origin="lower")
    dark = values.min() + 0.65 * (values.max() - values.min())
    for (row, column), value in np.ndenumerate(values):
        color = "white" if value > dark else "black"
        ax.text(column, row, f"{value:.3f}", ha="center", va="center", color=color, fontsize=10)
    row, column = np.unravel_index(values.argmin(), values.shape)
    frame = {"fill": False, "edgecolor": COLORS[1], "linewidth": 2.5}
    ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, **frame))
    ax.set(xlabel="rate after the second layer", ylabel="rate after the first layer")
    ax.set(xticks=range(len(rates)), yticks=range(len(rates)))
    ax.set(xticklabels=rates, yticklabels=rates)
    figure.colorbar(shown, label=label, shrink=0.8)
    return figure


def show_study(study, size, rate):
    """Draw one setting of the stored study: its curves, and what the first layer learned.

    Parameters
    ----------
    study : dict, from `study.load`
    size, rate : int, places in ``study["sizes"]`` and ``study["rates"]``

    Returns
    -------
    matplotlib.figure.Figure
        Curves are means over seeds in bands of one standard deviation, in dashes those without
        dropout. Everything is measured with dropout off. The axes are the same for all rates of a
        size up to 0.5.
    """
    figure = Picture(figsize=(WIDTH, 4.6), dpi=100)
    grid = figure.add_gridspec(2, 2, height_ratios=(2.4, 1), left=0.1, right=0.87)
    grid.update(bottom=0.02, top=0.97, wspace=0.3, hspace=0.35)
    epochs = np.arange(1, study["val_loss"].shape[-1] + 1)
    usual = np.flatnonzero(study["rates"] <= 0.5)
    for column, metric in enumerate(("loss", "accuracy")):
        ax = figure.add_subplot(grid[0, column])
        ax.spines[["top", "right"]].set_visible(False)
        ends, everything = [], []
        for prefix, label in {"val_": "validation", "off_": "training"}.items():
            runs = study[prefix + metric][size]
            ax.plot(epochs, runs[0].mean(axis=0), color=CURVES[prefix], linestyle="--", lw=1)
            mean = _band(ax, epochs, runs[rate], CURVES[prefix])
            ends.append((label, mean[-1], CURVES[prefix]))
            everything.append(runs[[*usual, rate]].mean(axis=1)[:, 1:])
        lowest, highest = np.min(everything), np.max(everything)
        ax.set_ylim(*((0, highest) if metric == "loss" else (lowest, 1.005)))
        ax.set(xlabel="epoch", xlim=(0.5, epochs[-1]), xticks=epochs[4::5])
        ax.set_ylabel({"loss": "loss (nats)", "accuracy": "accuracy"}[metric])
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _label_ends(ax, epochs[-1], ends)
    ax = figure.add_subplot(grid[1, :])
    weights = np.pad(study["weights"][size, rate], ((0, 0), (0, 0), (1, 1)))
    limit = np.abs(study["weights"][size]).max() / 2
    ax.imshow(np.hstack(weights), cmap="PuOr_r", vmin=-limit, vmax=limit)
    ax.set_title("weights of ten units of the first layer", fontsize=10, loc="left")
    ax.set_axis_off()
    return figure


def show_masks(activations, rates, seed=0):
    """Draw the outputs of a layer without dropout, and under one mask for each rate.

    Parameters
    ----------
    activations : array of shape (128,), the outputs of the layer's units, 0 or more
    rates : sequence of floats, 0 up to but not including 1
    seed : int, for the masks

    Returns
    -------
    matplotlib.figure.Figure
    """
    rng = np.random.default_rng(seed)
    panels = [("no dropout", activations, np.ones(len(activations), dtype=bool))]
    for rate in rates:
        kept = rng.random(len(activations)) >= rate
        panels.append((f"rate {rate}", activations * kept / (1 - rate), kept))
    return _unit_panels(panels, columns=2)


def show_mask_average(activations, rate, seed, masks):
    """Draw a layer's outputs without dropout, under one mask, and averaged over many.

    Parameters
    ----------
    activations : array of shape (128,), the outputs of the layer's units, 0 or more
    rate : float, 0 up to but not including 1
    seed : int, for the masks
    masks : int, how many masks to average; the first of them is the one that is drawn

    Returns
    -------
    matplotlib.figure.Figure
    """
    kept = np.random.default_rng(seed).random((masks, len(activations))) >= rate
    outputs = activations * kept / (1 - rate)
    everything = np.ones(len(activations), dtype=bool)
    return _unit_panels(
        [
            ("no dropout", activations, everything),
            (f"one mask: {(~kept[0]).sum()} of {len(activations)} dropped", outputs[0], kept[0]),
            (f"average of {masks} mask{'s' * (masks > 1)}", outputs.mean(axis=0), everything),
        ],
        columns=3,
    )


def _unit_panels(panels, columns):
    """Draw 128 outputs as 8 by 16 squares for each (title, outputs, kept); cross the dropped."""
    rows = -(-len(panels) // columns)
    figure, axes = _figure(rows * (0.35 + 3.4 / columns), rows, columns, squeeze=False)
    norm = PowerNorm(0.5, vmin=0, vmax=max(outputs.max() for _, outputs, _ in panels))
    for ax in axes.flat[len(panels) :]:
        ax.set_axis_off()
    for ax, (title, outputs, kept) in zip(axes.flat, panels, strict=False):
        shown = ax.imshow(outputs.reshape(8, 16), cmap="Blues", norm=norm)
        y, x = np.nonzero(~kept.reshape(8, 16))
        ax.plot(x, y, "x", color=COLORS[1], markersize=5, markeredgewidth=1)
        ax.set_title(title, fontsize=10)
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=GREY)
    figure.colorbar(shown, ax=axes, label="output", shrink=0.8, pad=0.02)
    return figure


def show_probabilities(images, probabilities, labels):
    """Draw digits, and under each the probabilities of the ten answers.

    Parameters
    ----------
    images : array of shape (n, 28, 28)
    probabilities : array of shape (n, 10)
    labels : array of shape (n,), the correct digits; their bars are blue

    Returns
    -------
    matplotlib.figure.Figure
    """
    images = _check_images(images)
    figure, axes = _figure(2.6, 2, len(images), height_ratios=(1.2, 1), squeeze=False, sharey="row")
    for (top, bottom), image, bars, label in zip(
        axes.T, images, probabilities, labels, strict=True
    ):
        top.imshow(image, cmap="gray_r")
        top.set_title(f"label {label}", fontsize=10)
        top.set_axis_off()
        bottom.bar(
            range(10), bars, color=[COLORS[0] if d == label else COLORS[1] for d in range(10)]
        )
        bottom.set(xticks=range(10), ylim=(0, 1), xlabel="digit")
        bottom.tick_params(axis="x", labelsize=8, length=0)
        bottom.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[1, 0].set_ylabel("probability")
    return figure


def show_steps(pictures, titles):
    """Draw pictures of different sizes side by side, each with its size.

    Parameters
    ----------
    pictures : sequence of uint8 arrays of shape (height, width), 0 (paper) to 255 (ink)
    titles : sequence of as many strings

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, axes = _figure(2.5, 1, len(pictures), squeeze=False)
    for ax, picture, title in zip(axes[0], pictures, titles, strict=True):
        ax.imshow(picture, cmap="gray_r", vmin=0, vmax=255)
        ax.set_title(title, fontsize=10)
        ax.set(xticks=[], yticks=[], xlabel=f"{picture.shape[0]} by {picture.shape[1]}")
        ax.spines[:].set(visible=True, color=GREY)
    return figure


def show_readings(columns):
    """Draw digits side by side, and under each what networks answer.

    Parameters
    ----------
    columns : dict from a title to a pair (image, readings)
        The image has shape (28, 28), float in 0..1; readings are a dict, with the same names in
        each column, to an array of shape (10,) or (runs, 10): probabilities. Of several runs the
        mean is drawn, with one standard deviation. Readings that are zero throughout are no
        answer yet.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = len(next(iter(columns.values()))[1])
    wide, high = 2.3, 0.8  # inches, of a column and of a reading; all places below are in inches
    size = wide * len(columns), 1.6 + high * rows
    figure = Picture(figsize=size, dpi=100)
    ax = figure.add_axes((0, 0, 1, 1))  # a single one: this is drawn after each stroke of the pen
    for column, (title, (image, readings)) in enumerate(columns.items()):
        left, top = wide * column + 0.2, size[1] - 0.25
        box = left + 0.4, left + 1.5, top - 1.1, top
        ax.imshow(_check_images(image, 2), cmap="gray_r", vmin=0, vmax=1, extent=box, aspect="auto")
        ax.add_patch(Rectangle((left + 0.4, top - 1.1), 1.1, 1.1, fill=False, edgecolor=GREY))
        ax.text(left + 0.95, top + 0.06, title, ha="center", fontsize=10)
        digits = left + 0.05 + 0.2 * np.arange(10)
        for row, (name, runs) in enumerate(readings.items()):
            bars, spread = np.atleast_2d(runs).mean(axis=0), np.atleast_2d(runs).std(axis=0)
            answer, base = bars.argmax(), 0.22 + high * (rows - 1 - row)
            colors = [COLORS[0] if digit == answer else GREY for digit in range(10)]
            ax.vlines(digits, base, base + 0.5 * bars, colors, linewidth=11)
            if np.ndim(runs) > 1:
                ends = (np.clip(end, 0, 1) for end in (bars - spread, bars + spread))
                ax.vlines(digits, *(base + 0.5 * end for end in ends), "black", linewidth=1.5)
            ax.hlines(base, left - 0.07, left + 1.97, GREY, linewidth=0.8)
            said = f": {answer}, {bars[answer]:.0%}" if bars.any() else ""
            ax.text(left - 0.07, base + 0.55, name + said, fontsize=9)
        for digit, place in enumerate(digits):
            ax.text(place, 0.05, digit, ha="center", fontsize=9)
    ax.set(xlim=(0, size[0]), ylim=(0, size[1]))
    ax.set_axis_off()
    return figure


def show_confusion(confusion):
    """Draw a confusion matrix with its mistakes coloured.

    Parameters
    ----------
    confusion : array of shape (10, 10), integers; rows are true digits, columns are answers

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, ax = _figure(5.2)
    mistakes = np.where(np.eye(10, dtype=bool), 0, confusion)
    shown = ax.imshow(mistakes, cmap="Oranges", vmin=0)
    for (row, column), count in np.ndenumerate(confusion):
        color = "white" if mistakes[row, column] > 0.6 * mistakes.max() else "black"
        weight = "bold" if row == column else "normal"
        text = f"{count}" if count else "·"
        ax.text(
            column, row, text, ha="center", va="center", color=color, weight=weight, fontsize=10
        )
    ax.set(xlabel="answer", ylabel="true digit", xticks=range(10), yticks=range(10))
    figure.colorbar(
        shown, label="mistakes (images)", shrink=0.8, ticks=MaxNLocator(6, integer=True)
    )
    return figure


def show_ladder(ours, published):
    """Draw test errors from the highest to the lowest, one line for each model.

    Parameters
    ----------
    ours, published : dict from a name to (error, margin)
        Shares of misread images, and how far the interval reaches to either side.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = [(*row, COLORS[0], COLORS[0], name) for name, row in ours.items()]
    rows += [(*row, COLORS[1], "white", name) for name, row in published.items()]
    rows.sort(reverse=True)
    figure, ax = _figure(0.27 * len(rows) + 0.9)
    for i, (error, margin, color, face, _) in enumerate(rows):
        ax.errorbar(error, -i, xerr=margin, color=color, fmt="o", markerfacecolor=face)
        ax.annotate(
            f"{round(100 * error, 2):g}%",
            (error + margin, -i),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=color,
            fontsize=9,
        )
    ax.set(xscale="log", xlabel="test error", ylim=(0.6 - len(rows), 0.6))
    ax.set_yticks([-i for i in range(len(rows))], [row[-1] for row in rows])
    for label, row in zip(ax.get_yticklabels(), rows, strict=True):
        label.set_color(row[2])
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    ax.grid(axis="x", color=GREY, alpha=0.3)
    ax.tick_params(axis="y", length=0)
    return figure


def show_reliability(arms):
    """Draw how often answers of a given confidence are right.

    Parameters
    ----------
    arms : dict from a name to a list of (mean confidence, share correct, number of answers)

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure, ax = _figure(4.0)
    ax.plot([0, 1], [0, 1], color="black", linestyle="--", linewidth=1)
    for i, (name, groups) in enumerate(arms.items()):
        color = COLORS[(3 + i) % len(COLORS)]
        confidence, correct, count = np.array(groups).reshape(-1, 3).T
        error = np.sqrt(correct * (1 - correct) / count)
        ax.errorbar(confidence, correct, error, color=color, marker="o", capsize=3, label=name)
    ax.set(
        xlabel="confidence: probability of the answer",
        ylabel="share of these answers that is correct",
    )
    ax.set(xlim=(0, 1.02), ylim=(0, 1.02))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.legend(frameon=False, loc="lower right")
    return figure
