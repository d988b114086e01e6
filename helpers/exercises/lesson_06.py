"""Lesson 06: the standard error of a class, and rates that cannot be told apart."""

import numpy as np

from helpers.exercises import Explain, Function, Number

error = Number("06.1", right=0.002, tolerance=0.01)
error.mistake(0.012, "That is the deviation of single learners; the mean of many is surer.")
error.mistake(0.012 / 36, "Divide by the square root of the number of learners.")
error.mistake(0.006, "That is three standard errors.")


def good(losses, factor=3, seeds=None):
    behind = losses - losses[losses.mean(axis=1).argmin()]
    error = behind.std(axis=1, ddof=1) / np.sqrt(seeds or losses.shape[1])
    return np.flatnonzero(behind.mean(axis=1) <= factor * error)


def unpaired(losses):
    means, variances = losses.mean(axis=1), losses.var(axis=1, ddof=1)
    error = np.sqrt((variances + variances[means.argmin()]) / losses.shape[1])
    return np.flatnonzero(means - means.min() <= 3 * error)


noise = np.random.default_rng(0).normal(size=(6, 5))
noise = (noise - noise.mean(axis=1, keepdims=True)) / noise.std(axis=1, ddof=1, keepdims=True)
losses = np.array([[0.126], [0.10], [0.102], [0.107], [0.114], [0.20]]) + 0.006 * noise
losses += 0.02 * np.array([-1, 0.5, 1.5, -1, 0])  # what a seed does to all rates alike
examples = [(losses,), (losses[[2, 0, 4, 1, 0, 0, 3, 0]],)]  # other rows, and more of them
rates = Function("06.2", good, examples, form=lambda rows: np.sort(np.ravel(list(rows))))
rates.mistake(lambda x: [x.mean(axis=1).argmin()], "That is the lowest alone; which others?")
rates.mistake(lambda x: good(x, factor=1), "Ask for three standard errors, of the difference.")
rates.mistake(unpaired, "Runs of one seed are pairs: the deviation of their differences counts.")
rates.mistake(lambda x: good(x, seeds=1), "Too many: divide by the number of seeds.")
rates.mistake(lambda x: np.isin(range(len(x)), good(x)), "Return row numbers, not a mask.")

Explain("06.3")
