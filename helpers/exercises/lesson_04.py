"""Lesson 04: how many steps, and the loss of a batch."""

import numpy as np

from helpers.exercises import Explain, Function, Number

steps = Number("04.1", right=3_910)
steps.mistake(3_900, "The last batch of an epoch is smaller, and it is a step too: round up.")
steps.mistake(391, "That is one epoch; there are ten.")
steps.mistake(500_000, "One step for each batch, not for each image.")
steps.mistake(3_907, "Each epoch ends with a smaller batch: round up before you multiply by ten.")

table = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.5, 0.25, 0.25], [0.3, 0.3, 0.4]])
labels = np.array([0, 2, 1, 0])


def picked(p, y):
    return p[np.arange(len(y)), y]


loss = Function("04.2", lambda p, y: -np.log(picked(p, y)).mean(), examples=[(table, labels)])
loss.mistake(lambda p, y: np.log(picked(p, y)).mean(), "The sign is missing: a loss is above 0.")
loss.mistake(lambda p, y: -np.log(picked(p, y)).sum(), "That is the sum; the loss is the mean.")
loss.mistake(lambda p, y: -np.log10(picked(p, y)).mean(), "That is to base 10; take natural logs.")
loss.mistake(
    lambda p, y: -np.log(p.max(axis=1)).mean(), "Take the label's probability, not the largest."
)
loss.mistake(lambda p, y: -np.log(picked(p, y).mean()), "First the logarithms, then the mean.")
loss.mistake(lambda p, y: -np.log(p).mean(), "Only the probability of the label counts, not all.")
loss.mistake(lambda p, y: -np.log(picked(p, y)), "Average: the loss of a batch is one number.")

Explain("04.3")
