"""The figures that lessons share: general functions that take arrays and return a figure.

Importing this module sets one style for them, and for whatever a lesson draws by itself.
"""

import io
import itertools
from pathlib import Path

import matplotlib.style
import numpy as np
from matplotlib import ticker
from matplotlib.colors import Normalize, PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers import InputError

matplotlib.style.use(["default", Path(__file__).with_name("lessons.mplstyle")])

WIDTH = matplotlib.rcParams["figure.figsize"][0]  # inches
#: Blue, vermilion, green, purple, orange, black.
COLORS = tuple(matplotlib.rcParams["axes.prop_cycle"].by_key()["color"])
GREY = "#888888"
#: Curves that have the same colour in all lessons, those of `COLORS` in order.
NAMED = "training, as logged", "training, dropout off", "validation", "test"
CURVES = dict(zip((*NAMED, "with dropout", "no dropout"), COLORS, strict=True))


class Picture(Figure):
    """A figure that a notebook shows as it is, once, without pyplot keeping it in memory."""

    def _repr_png_(self):
        return as_png(self)


def as_png(figure):
    """Return a figure as the bytes of a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _check(images, **others):
    """Return a batch of images as an array, or raise an InputError; `others` need one for each."""
    images = np.asarray(images)
    if images.ndim != 3 or not len(images):
        hint = "; make a batch of a single image, as in images[:1]" if images.ndim == 2 else ""
        raise InputError(f"Pass images of shape (n, 28, 28), not of shape {images.shape}{hint}.")
    if len(images) > 500:
        raise InputError(f"{len(images):,} images are too many to see: pass some, as images[:100].")
    for name, values in others.items():
        if values is not None and len(values) != len(images):
            raise InputError(f"{len(values)} {name} for {len(images)} images: pass one for each.")
    return images


def show_images(images, captions=None, *, columns=10, kind="ink", frame=False):
    """Draw images, of shape (n, height, width), in a grid, and under each its caption.

    `kind` is "ink" (uint8 or 0..1), dark on white; "photo" (uint8), as it is; "weights", orange
    above zero, purple below; or "maps" (0 and more), the darker the larger, stretched near zero.
    NaN becomes pale orange. A `frame` is a thin line around each image.
    """
    images = _check(images, captions=captions)
    texts = [""] * len(images) if captions is None else [str(caption) for caption in captions]
    largest = float(np.nanmax(np.abs(images))) or 1.0
    cmap, norm, measured = {
        "ink": ("gray_r", Normalize(0, 255 if images.dtype == np.uint8 else 1), ""),
        "photo": ("gray", Normalize(0, 255), ""),
        "weights": ("PuOr_r", Normalize(-largest, largest), "weight"),
        "maps": ("Blues", PowerNorm(0.5, 0, largest), "output"),
    }[kind]
    cmap = matplotlib.colormaps[cmap].with_extremes(bad="#F6C7A4")
    # All in one Axes, as forty take long. Its units: an image is 28 wide, with gaps of 2.
    scale = 30 * columns / WIDTH / (0.9 if measured else 1)  # units in an inch
    tall, rows = 28 * images.shape[1] / images.shape[2], -(-len(images) // columns)
    step = tall + 2 + 0.19 * scale * max(text.count("\n") + bool(text) for text in texts)
    figure = Picture(figsize=(WIDTH, rows * step / scale))
    ax = figure.subplots()
    for place, (image, text) in enumerate(zip(images, texts, strict=True)):
        top, left = place // columns * step, place % columns * 30
        shown = ax.imshow(image, cmap, norm, extent=(left, left + 28, top + tall, top))
        ax.text(left + 14, top + tall + 0.04 * scale, text, ha="center", va="top")
        if frame:
            ax.add_patch(Rectangle((left, top), 28, tall, fill=False, edgecolor=GREY, lw=0.8))
    ax.set(xlim=(-1, 30 * columns - 1), ylim=(rows * step - 1, -1))
    ax.set_axis_off()
    if measured:
        figure.colorbar(shown, label=measured, shrink=0.7, pad=0.02)
    return figure


def show_table(values, *, cmap="Blues", colored=None, measured=None, **labels):
    """Draw a table of numbers, of shape (r, c), as coloured squares with the numbers written in.

    The colours show the values, or `colored` of the same shape; `measured` labels a colour bar,
    and `labels` are those of `Axes.set`.
    """
    values = np.asarray(values)
    if values.ndim != 2:
        hint = "; pick one of the batch, as in images[0]" if values.ndim == 3 else ""
        raise InputError(f"A table has rows and columns, not the shape {values.shape}{hint}.")
    figure = Picture(figsize=(WIDTH, min(WIDTH, 1 + 0.45 * len(values))))
    ax = figure.subplots()
    shown = ax.imshow(values if colored is None else colored, cmap)
    bright = shown.to_rgba(shown.get_array())[..., :3].mean(axis=-1) > 0.5
    for (row, column), value in np.ndenumerate(values):
        text = f"{value:.3f}" if values.dtype.kind == "f" else value
        color = GREY if value == 0 else "black" if bright[row, column] else "white"
        size = min(10, 180 / values.shape[1])
        ax.text(column, row, text, ha="center", va="center", color=color, size=size)
    if measured:
        ticks = ticker.MaxNLocator(6, integer=values.dtype.kind != "f")
        figure.colorbar(shown, label=measured, shrink=0.8, ticks=ticks)
    ax.set(**labels)
    return figure


def show_panels(
    panels, x=None, *, xlabel="epoch", ylabel=None, chance=None, log=False, ylim=(0, None)
):
    """Draw panels of curves, one for each arm: the mean over runs, in a band of one deviation.

    A panel is a dict from the name of an arm to an array of shape (runs, m) or (m,); NaN, as in
    runs that an interrupt left out, does not count. Its label is that of its vertical axis, which
    is in percent if it speaks of accuracy; or a title, if all panels share an axis with `ylabel`.

    x : sequence of m numbers; if not given, epochs from 1
    chance : float, where a dashed line marks what guessing gives
    log : bool or "x"; logarithmic axes, or only the horizontal one
    ylim : pair of float, ends of a vertical axis that is neither logarithmic nor in percent
    """
    drawn = {label: found for label, arms in panels.items() if (found := _summaries(arms, x))}
    if not drawn:
        raise InputError("Nothing to draw yet: let the training cell finish at least one epoch.")
    rows, columns, ax = -(-len(drawn) // 2), min(2, len(drawn)), None
    figure = Picture(figsize=(WIDTH, 0.4 + 2.7 * rows))
    for place, (label, curves) in enumerate(drawn.items(), start=1):
        ax = figure.add_subplot(rows, columns, place, sharey=ax if ylabel else None)
        ax.set(xlabel=xlabel, ylabel=ylabel or label, title=label if ylabel else "")
        for color, at, mean, deviation in curves.values():
            ax.plot(at, mean, color=color, marker="o", markersize=4)
            ax.fill_between(at, mean - deviation, mean + deviation, color=color, alpha=0.25, lw=0)
        if chance is not None:
            ax.axhline(chance, color="black", linestyle="--", linewidth=1)
            ax.text(at[0], chance, "guessing", va="bottom")
            ax.set_ylim(0, 1.02)
    for ax in figure.axes:  # not before, as panels may share their scale
        _scale(ax, ax.lines[0].get_xdata(), log, ylim)
    _label_ends(ax, [(mean[-1], name, color) for name, (color, _, mean, _) in curves.items()])
    return figure


def _summaries(arms, x):
    """Return colour, places, means and deviations for each arm of which there is anything."""
    summaries = {}
    for (name, runs), color in zip(arms.items(), itertools.cycle(COLORS), strict=False):
        runs = np.ma.masked_invalid(np.atleast_2d(np.asarray(runs, float)))
        at = np.arange(1, runs.shape[1] + 1) if x is None else np.asarray(x)
        there = [i for i in np.argsort(at) if runs[:, i].count()]
        if there:
            at, runs, color = at[there], runs[:, there], CURVES.get(name.replace("\n", " "), color)
            summaries[name] = color, at, runs.mean(axis=0), runs.std(axis=0, ddof=1)
    return summaries


def _scale(ax, at, log, ylim):
    """Set the scales of both axes, and where their numbers stand."""
    if log:
        ax.set_xscale("log")
        ax.set_xticks(at, [f"{value:g}" for value in at])
    elif at.dtype.kind == "i":
        ax.xaxis.set_major_locator(ticker.MaxNLocator(10, integer=True, min_n_ticks=1))
    if log is True:
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
    elif "accuracy" in ax.get_ylabel():
        ax.yaxis.set_major_formatter(ticker.PercentFormatter(1))
    else:
        ax.set_ylim(ylim)
    ax.minorticks_off()


def _label_ends(ax, ends):
    """Write a name at the end (y, name, color) of each curve, above those it would overlap."""
    to_axes = ax.transData + ax.transAxes.inverted()
    line = 0.17 / (ax.get_position().height * ax.figure.get_figheight())
    free = -np.inf  # where the label below ends
    for y, name, color in sorted(ends):
        half = line * (name.count("\n") + 1) / 2
        height = max(to_axes.transform((ax.get_xlim()[1], y))[1], free + half)
        ax.text(1.015, height, name, transform=ax.transAxes, color=color, va="center")
        free = height + half


def show_probabilities(images, readings, captions=None, *, labels=None):
    """Draw digits, of shape (n, 28, 28) in 0..1, and under each its ten probabilities.

    `readings` are an array of shape (n, 10), or a dict to such arrays from the names of networks.
    Of several runs, of shape (runs, n, 10), the mean is drawn with one standard deviation. The
    answer's bar is black; with `labels` the correct digit's is blue, a wrong answer's vermilion.
    """
    readings = readings if isinstance(readings, dict) else {"": readings}
    readings = {name: np.reshape(r, (-1, *np.shape(r)[-2:])) for name, r in readings.items()}
    probabilities = next(iter(readings.values()))[0]
    images = _check(images, probabilities=probabilities, captions=captions, labels=labels)
    captions = [""] * len(images) if captions is None else captions
    wide, high = min(2.3, WIDTH / len(images)), 0.8  # inches, of a column and of a reading
    size = wide * len(images), 1.6 + high * len(readings)
    figure = Picture(figsize=size, layout="none")
    ax = figure.add_axes((0, 0, 1, 1))  # a single one: this is drawn after each stroke of the pen
    digits, unit = np.arange(10), (wide - 0.25) / 10
    for column, (image, caption) in enumerate(zip(images, captions, strict=True)):
        middle, top = wide * (column + 0.5), size[1] - 0.25
        box = middle - 0.55, middle + 0.55, top - 1.1, top
        ax.imshow(image, vmin=0, vmax=1, extent=box, aspect="auto")
        ax.add_patch(Rectangle((box[0], box[2]), 1.1, 1.1, fill=False, edgecolor=GREY, lw=0.8))
        ax.text(middle, top + 0.06, caption, ha="center")
        x, base = middle + unit * (digits - 4.5), 0.22
        for digit in digits:
            ax.text(x[digit], 0.05, digit, ha="center", fontsize=min(9, 65 * unit))
        for name, runs in reversed(readings.items()):
            bars, spread = runs[:, column].mean(axis=0), runs[:, column].std(axis=0)
            answer, colors = bars.argmax(), [GREY] * 10
            colors[answer] = "black" if labels is None else COLORS[1]
            if labels is not None:
                colors[labels[column]] = COLORS[0]
            ax.vlines(x, base, base + 0.5 * bars, colors, linewidth=56 * unit)
            if len(runs) > 1:
                ends = base + 0.5 * np.clip((bars - spread, bars + spread), 0, 1)
                ax.vlines(x, *ends, COLORS[4], linewidth=1.5)
            ax.hlines(base, x[0] - unit / 2, x[9] + unit / 2, GREY, linewidth=0.8)
            said = f"{answer}, {bars[answer]:.0%}"
            ax.text(x[0] - unit / 2, base + 0.55, f"{name}: {said}" if name else said, size=9)
            base += high
    ax.set(xlim=(0, size[0]), ylim=(0, size[1]))
    ax.set_axis_off()
    return figure
