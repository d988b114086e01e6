"""Lesson 09: normalising by hand, and a moving average."""

from helpers.exercises import Explain, Function, Number

Number(
    "09.1",
    (-(1.5**0.5), 0, 1.5**0.5),
    ((-2, 0, 2), "The mean is subtracted; now divide by the standard deviation."),
    ((-1, 0, 1), "The variance of this batch is a sum divided by 3, not by 2."),
    ((-0.75, 0, 0.75), "You divided by the variance; its square root is asked for."),
    ((0, 0.5, 1), "That scales to 0..1; here the mean becomes 0 and the variance 1."),
    tolerance=0.01,
)

Function(
    "09.2",
    lambda average, new, m: m * average + (1 - m) * new,
    [(10.0, 20.0, 0.9), (3.0, 8.0, 0.6)],
    (lambda average, new, m: (1 - m) * average + m * new, "Old and new are exchanged."),
    (lambda average, new, m: (average + new) / 2, "Momentum says how much of the old is kept."),
    (lambda average, new, m: m * average + new, "The share of the new is 1 - momentum."),
    (lambda average, new, m: m * (average + new), "The shares of old and new add up to 1."),
    (lambda average, new, m: average + (1 - m) * new, "The old is kept in full."),
)
Explain("09.3")
