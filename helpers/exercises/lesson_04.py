"""Lesson 04: how many steps, and slopes by the chain rule."""

import numpy as np

from helpers.exercises import Explain, Function, Number

steps = Number("04.1", right=3_910)
steps.mistake(3_900, "The last batch of an epoch is smaller, and it is a step too: round up.")
steps.mistake(391, "That is one epoch; there are ten.")
steps.mistake(500_000, "One step for each batch, not for each image.")
steps.mistake(3_907, "Each epoch ends with a smaller batch: round up before you multiply by ten.")

rng = np.random.default_rng(0)
examples = [[rng.normal(size=size) for size in ((n, 3), n, 3)] for n in (4, 7)]


def error(x, target, w):
    return x @ w - target


slopes = Function("04.2", lambda x, t, w: 2 * x.T @ error(x, t, w) / len(x), examples=examples)
slopes.mistake(lambda x, t, w: x.T @ error(x, t, w) / len(x), "The slope of a square is twice it.")
slopes.mistake(lambda x, t, w: 2 * x.T @ error(x, t, w), "Divide by n: the loss is a mean.")
slopes.mistake(lambda x, t, w: -2 * x.T @ error(x, t, w) / len(x), "The sign is the wrong way.")
slopes.mistake(lambda x, t, w: 2 * error(x, t, w) / len(x), "Not for the outputs, but for w.")

Explain("04.3")
