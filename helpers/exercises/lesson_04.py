"""Lesson 04: how many steps, and the loss of a batch."""

import numpy as np

from helpers.exercises import Explain, Function, Number

Number(
    "04.1",
    3_910,
    (3_900, "The last batch of an epoch is smaller, and it is a step too: round up."),
    (391, "That is one epoch; there are ten."),
    (500_000, "One step for each batch, not for each image."),
    (3_907, "Each epoch ends with a smaller batch: round up before you multiply by ten."),
)


def picked(p, labels):
    return p[np.arange(len(labels)), labels]


probabilities = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.5, 0.25, 0.25], [0.3, 0.3, 0.4]]
Function(
    "04.2",
    lambda p, y: -np.log(picked(p, y)).mean(),
    [(np.array(probabilities), np.array([0, 2, 1, 0]))],
    (
        lambda p, y: np.log(picked(p, y)).mean(),
        "The sign is missing: logarithms of them lie below 0.",
    ),
    (lambda p, y: -np.log(picked(p, y)).sum(), "That is the sum; the loss is the mean."),
    (lambda p, y: -np.log2(picked(p, y)).mean(), "That is to base 2; take the natural one."),
    (lambda p, y: -np.log10(picked(p, y)).mean(), "That is to base 10; take the natural one."),
    (lambda p, y: -np.log(p.max(axis=1)).mean(), "Take the label's probability, not the largest."),
    (lambda p, y: -np.log(picked(p, y).mean()), "First the logarithm of each, then the mean."),
    (lambda p, y: -np.log(p).mean(), "Only the probability of the label counts, not all of them."),
    (lambda p, y: -np.log(picked(p, y)), "Average: the loss of a batch is one number."),
)
Explain("04.3")
