"""Lesson 05: a standard error, and early stopping."""

import numpy as np

from helpers.exercises import Explain, Function, Number

error = Number("05.1", right=0.28, tolerance=0.02)
error.mistake(0.14, "That is the standard error of 10,000 images; here there are 2,500.")
error.mistake(0.0028, "The question asks for percentage points: times 100.")
error.mistake(0.0784, "Take the square root of accuracy x (1 - accuracy) / images.")
error.mistake(0.000784, "Take the square root, and then percentage points: times 100.")
error.mistake(0.56, "That is two standard errors.")


def stop(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        best = epoch if loss < losses[best] else best
        if epoch - best == patience:
            break
    return epoch + 1, best + 1


waves = [0.5, 0.3, 0.4, 0.35, 0.36, 0.2]
steps = [0.5, 0.6, 0.4, 0.45, 0.3, 0.35]
rising = [0.5, 0.6, 0.4, 0.45, 0.46, 0.3]
early = Function("05.2", stop, examples=[(waves, 3), (waves, 4), (steps, 2), (rising, 2)])
early.mistake(lambda x, n: stop(x, n)[::-1], "First the epoch in which training stops.")
early.mistake(lambda x, n: np.subtract(stop(x, n), 1), "Epochs are counted from 1 here.")
early.mistake(lambda x, n: stop(x, n)[:1] * 2, "Keep the best weights, not those of the last.")
early.mistake(lambda x, n: (len(x), np.argmin(x) + 1), "It goes on to the end of the list.")
early.mistake(lambda x, n: (stop(x, n)[0], np.argmin(x) + 1), "It uses epochs never trained.")

Explain("05.3")
