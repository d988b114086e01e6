"""Lesson 06: how many masks, and rates that cannot be told apart."""

import numpy as np

from helpers.exercises import Explain, Function, Number

Number(
    "06.1",
    64,
    (12, "That is two choices for each unit, added; they multiply."),
    (36, "Each unit has two choices, and there are six: two multiplied by itself six times."),
    (63, "The mask that drops all six units is one as well."),
    (720, "The order of the units does not change; each is kept or dropped."),
)


def equally_good(losses, factor=3, seeds=None):
    means, deviations = losses.mean(axis=1), losses.std(axis=1, ddof=1)
    best = means.argmin()
    error = np.sqrt((deviations**2 + deviations[best] ** 2) / (seeds or losses.shape[1]))
    return np.flatnonzero(means - means[best] <= factor * error)


def in_order(rows):
    """Bring row numbers, however they are returned, into one form; a mask stays one."""
    rows = np.ravel(rows if hasattr(rows, "dtype") else list(rows))
    return rows if rows.dtype == bool else np.sort(rows)


noise = np.random.default_rng(0).normal(size=(5, 4))
noise = (noise - noise.mean(axis=1, keepdims=True)) / noise.std(axis=1, ddof=1, keepdims=True)
losses = np.array([[0.20], [0.10], [0.102], [0.118], [0.125]]) + 0.01 * noise
Function(
    "06.2",
    equally_good,
    [(losses,), (losses[[2, 0, 4, 1, 0, 0, 3, 0]],)],
    (lambda x: [x.mean(axis=1).argmin()], "That is the lowest alone; which cannot be told apart?"),
    (lambda x: equally_good(x, factor=1), "Ask for three standard errors, of the difference."),
    (lambda x: equally_good(x, seeds=1), "Too many: divide by the number of seeds."),
    (lambda x: np.setdiff1d(range(len(x)), equally_good(x)), "The others are asked for."),
    (lambda x: range(len(x)), "All of them: compare means, not single runs."),
    (lambda x: np.isin(range(len(x)), equally_good(x)), "Return row numbers, not a mask."),
    form=in_order,
)
Explain("06.3")
