"""Lesson 06: the standard error of a class, and rates that cannot be told apart."""

import numpy as np

from helpers.exercises import Explain, Function, Number

error = Number("06.1", right=0.002, tolerance=0.01)
error.mistake(0.012, "That is the deviation of single learners; the mean of many is surer.")
error.mistake(0.012 / 36, "Divide by the square root of the number of learners.")
error.mistake(0.006, "That is three standard errors.")


def good(losses, factor=3, seeds=None, ddof=1):
    behind = losses - losses[losses.mean(axis=1).argmin()]
    error = behind.std(axis=1, ddof=ddof) / np.sqrt(seeds or losses.shape[1])
    return np.flatnonzero(behind.mean(axis=1) <= factor * error)


def unpaired(losses):
    means, variances = losses.mean(axis=1), losses.var(axis=1, ddof=1)
    error = np.sqrt((variances + variances[means.argmin()]) / losses.shape[1])
    return np.flatnonzero(means - means.min() <= 3 * error)


rng = np.random.default_rng(0)
examples = [(np.array([[3.0, 1, 2, 4], [3, 3, 4, 6], [9, 9, 8, 9]]),)]  # row 1: 3 errors exactly
for seeds in 10 * [4, 5, 6, 7, 8]:  # so many that no other rule finds the same rows
    alike = rng.normal(size=(8, 1)) + rng.normal(size=seeds)  # what rates, and what seeds do
    examples.append((alike + rng.normal(size=(8, seeds)),))
rates = Function("06.2", good, examples, form=lambda rows: np.sort(np.ravel(list(rows))))
rates.mistake(lambda x: [x.mean(axis=1).argmin()], "That is the lowest alone; which others?")
rates.mistake(lambda x: good(x, factor=1), "Ask for three standard errors, of the difference.")
rates.mistake(lambda x: good(x, ddof=0), "Use ddof=1.")
rates.mistake(unpaired, "Runs of one seed are pairs: the deviation of their differences counts.")
rates.mistake(lambda x: good(x, seeds=1), "Too many: divide by the root of the number of seeds.")
rates.mistake(lambda x: np.isin(range(len(x)), good(x)), "Return row numbers, not a mask.")

Explain("06.3")
