"""Lesson 11: the size in the box, and where a photo shows ink."""

import numpy as np

from helpers.exercises import Explain, Function, Number

box = Number("11.1", right=(8, 20))
box.mistake((20, 8), "The height comes first, and this drawing is wider than it is high.")
box.mistake((20, 20), "The proportions stay as they are: only the longer side measures 20.")
box.mistake((20, 50), "The longer side measures 20, not the height.")
box.mistake((11, 28), "The box measures 20; 28 is the whole picture.")

rng = np.random.default_rng(0)
light = np.tile(np.linspace(60, 235, 60), (40, 1))  # a shade on the left
written = np.ones(light.shape)
written[10:30, 5:10] = written[10:30, 50:55] = 0.3
written[10:30, 40:42], written[10:30, 45:47] = 0.6, 0.74  # ink, and a crease that is none
photo, paper = (np.uint8(light * part + rng.normal(0, 3, light.shape)) for part in (written, 1))

two_thirds = Function("11.2", lambda p, q: p / q < 2 / 3, [(photo, paper)], dtype="bool")
two_thirds.mistake(lambda p, q: p / q > 2 / 3, "This is where the paper is.")
two_thirds.mistake(lambda p, q: p < 128, "Paper in the shade counts as ink.")
two_thirds.mistake(lambda p, q: q - p > q / 3, "In uint8, 90 - 93 is 253. Divide instead.")
two_thirds.mistake(lambda p, q: q - 60.0 > p, "Ink in the shade is missing: divide by the paper.")

Explain("11.3")
