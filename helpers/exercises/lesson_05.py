"""Lesson 05: a standard error, and early stopping."""

import numpy as np

from helpers.exercises import Explain, Function, Number

Number(
    "05.1",
    0.28,
    (0.14, "That is the standard error of 10,000 images; here there are 2,500."),
    (0.0028, "The question asks for percentage points: times 100."),
    (0.0784, "Take the square root of accuracy x (1 - accuracy) / images."),
    (0.000784, "Take the square root, and then percentage points: times 100."),
    (0.56, "That is two standard errors."),
    tolerance=0.02,
)


def stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        best = epoch if loss < losses[best] else best
        if epoch - best == patience:
            break
    return epoch + 1, best + 1


Function(
    "05.2",
    stop,
    [
        ([0.5, 0.3, 0.31, 0.32, 0.33], 2),
        ([3.0, 2.0, 1.0], 2),
        ([0.5, 0.4, 0.45, 0.46, 0.47, 0.1], 3),
        ([0.5, 0.4, 0.45, 0.46, 0.47, 0.1], 4),
        ([0.5, 0.6, 0.4, 0.45, 0.3, 0.35], 2),
        ([0.5, 0.3, 0.4, 0.35, 0.36, 0.2], 3),
    ],
    (lambda x, n: stop(x, n)[::-1], "First the epoch in which training stops, then the other."),
    (lambda x, n: np.subtract(stop(x, n), 1), "Epochs are counted from 1 here."),
    (
        lambda x, n: stop(x, n)[:1] * 2,
        "Keep the weights of the lowest loss, not those of the last.",
    ),
    (lambda x, n: (len(x), np.argmin(x) + 1), "It goes on to the end of the list."),
    (lambda x, n: (stop(x, n)[0], np.argmin(x) + 1), "It uses epochs never trained."),
)
Explain("05.3")
