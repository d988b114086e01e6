"""Lesson 09: normalising by hand, and a moving average."""

from helpers.exercises import Explain, Function, Number

left = Number("09.1", right=(-(1.5**0.5), 0, 1.5**0.5), tolerance=0.03)
left.mistake((-2, 0, 2), "The mean is subtracted; now divide by the standard deviation.")
left.mistake((-1, 0, 1), "The variance of this batch is a sum divided by 3, not by 2.")
left.mistake((-0.75, 0, 0.75), "You divided by the variance; its square root is asked for.")
left.mistake((0, 0.5, 1), "That scales to 0..1; here the mean becomes 0 and the variance 1.")

examples = [(10.0, 20.0, 0.9), (3.0, 8.0, 0.6)]
step = Function("09.2", lambda old, new, m: m * old + (1 - m) * new, examples)
step.mistake(lambda old, new, m: (1 - m) * old + m * new, "Old and new are exchanged.")
step.mistake(lambda old, new, m: (old + new) / 2, "Momentum says how much of the old is kept.")
step.mistake(lambda old, new, m: m * old + new, "The share of the new is 1 - momentum.")

Explain("09.3")
