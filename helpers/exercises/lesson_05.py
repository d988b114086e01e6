"""Lesson 05: a standard error, and how many pairs of seeds it takes."""

import numpy as np

from helpers.exercises import Explain, Function, Number

error = Number("05.1", right=0.28, tolerance=0.02)
error.mistake(0.14, "That is the standard error of 10,000 images; here there are 2,500.")
error.mistake(0.0028, "The question asks for percentage points: times 100.")
error.mistake(0.000784, "Take the square root, and then percentage points: times 100.")


def pairs_needed(one, other, factor=3, ddof=1, rounded=np.ceil):
    pairs = other - one
    return rounded((factor * pairs.std(ddof=ddof) / pairs.mean()) ** 2)


losses = np.array([0.11, 0.14, 0.12, 0.17, 0.15])
less = np.array([0.10, 0.15, 0.08, 0.15, 0.14])
tie = np.array([3.0, 1.0, 2.0]), np.array([2.375, 1.375, 3.375])  # a tie, at 64 pairs
needed = Function("05.2", pairs_needed, [(losses, less), (100 * less, 100 * losses), tie])
needed.mistake(
    lambda a, b: np.ceil(9 * (a.var(ddof=1) + b.var(ddof=1)) / (b.mean() - a.mean()) ** 2),
    "The seeds make pairs: take the differences first.",
)
needed.mistake(lambda a, b: pairs_needed(a, b, ddof=0), "Use ddof=1.")
needed.mistake(lambda a, b: pairs_needed(a, b, rounded=np.floor), "Round up, to a whole number.")
needed.mistake(lambda a, b: np.ceil(pairs_needed(a, b) ** 0.5), "Square: it is the root of n.")
needed.mistake(lambda a, b: pairs_needed(a, b, factor=1), "Ask for three standard errors.")

Explain("05.3")
