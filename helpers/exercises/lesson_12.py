"""Lesson 12: how often TensorFlow returns to Python, and the layers of many networks at once."""

import numpy as np

from helpers.exercises import Explain, Function, Number

Number(
    "12.1",
    30,
    (18_750, "That is the number of steps; TensorFlow takes 625 of them at a time."),
    (1_875, "That is the number of steps in an epoch."),
    (3, "That is one epoch; there are ten."),
    (10, "An epoch has more steps than 625."),
)

rng = np.random.default_rng(0)
Function(
    "12.2",
    lambda x, kernels, biases: x @ kernels + biases[:, None],
    [(rng.normal(size=(4, 5)), rng.normal(size=(3, 5, 2)), rng.normal(size=(3, 2)))],
    (lambda x, kernels, biases: x @ kernels, "The biases are missing."),
    (
        lambda x, kernels, biases: (x @ kernels + biases[:, None]).sum(axis=0),
        "The networks are added up.",
    ),
    (lambda x, kernels, biases: x @ kernels + biases, "Give the biases an axis for the images."),
)
Explain("12.3")
