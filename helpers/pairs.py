"""Differences between runs, by the one rule of the series, which lesson 05 introduces."""

import numpy as np


def compare(one, other):
    """Return mean and standard error of other - one, along the last axis, that of the runs.

    Runs at one place are a pair, as of one seed; with NaN, which an interrupt left, it is ignored.
    """
    found = _pairs(one, other)
    return found.mean(axis=-1), found.std(axis=-1, ddof=1) / np.sqrt(found.shape[-1])


def difference(one, other):
    """Say how far other is from one, over runs of shape (n,), and whether they are told apart.

    They are, if the mean of at least five pairs is more than three standard errors from zero.
    """
    (mean, error), count = compare(one, other), len(_pairs(one, other))
    verdict = "told apart" if abs(mean) > 3 * error else "not told apart"
    verdict = verdict if count >= 5 else "too few pairs for a claim"
    return f"{mean:+.4f} ± {error:.4f}, {count} pairs: {verdict}"


def _pairs(one, other):
    found = np.subtract(other, one)
    return found[..., np.isfinite(found).all(axis=tuple(range(found.ndim - 1)))]
