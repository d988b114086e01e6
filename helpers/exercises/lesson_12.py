"""Lesson 12: how often TensorFlow returns to Python, and the layers of many networks at once."""

import numpy as np

from helpers.exercises import Explain, Function, Number

trips = Number("12.1", right=30)
trips.mistake(18_750, "That is the number of steps; TensorFlow takes 625 of them at a time.")
trips.mistake(1_875, "That is the number of steps in an epoch.")
trips.mistake(3, "That is one epoch; there are ten.")

example = [np.random.default_rng(0).random(size) for size in ((3, 5), (3, 5, 2), (3, 2))]
dense = Function("12.2", lambda x, k, b: x @ k + b[:, None], [example])
dense.mistake(lambda x, k, b: x @ k, "The biases are missing.")
dense.mistake(lambda x, k, b: x @ k + b, "Give the biases an axis for the images.")

Explain("12.3")
