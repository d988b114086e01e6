"""Lesson 07: masks of two layers, and the geometric mean of predictions."""

import numpy as np

from helpers.exercises import Explain, Function, Number

masks = Number("07.1", right=1024)
masks.mistake(80, "Each of 64 masks goes with each of 16: they multiply.")
masks.mistake(20, "Two choices for each of ten units: they multiply.")
masks.mistake(1023, "The mask that drops all ten units is one as well.")


def geometric(p):
    powers = np.exp(np.log(p).mean(axis=0))
    return powers / powers.sum(axis=-1, keepdims=True)


draws = np.random.default_rng(0).random((7, 4, 3)) + 0.02
predictions = draws / draws.sum(axis=-1, keepdims=True)
together = Function("07.2", geometric, [(predictions,), (predictions[:2, :3],)])
together.mistake(lambda p: p.mean(axis=0), "That is the plain mean: average the logarithms.")
together.mistake(lambda p: np.exp(np.log(p).mean(axis=0)), "Each image's should add up to 1.")
together.mistake(lambda p: np.log(p).mean(axis=0), "Those are logarithms: undo them with np.exp.")
together.mistake(lambda p: geometric(p ** len(p)), "That is the product: its root is missing.")

Explain("07.3")
