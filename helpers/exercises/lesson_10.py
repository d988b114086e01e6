"""Lesson 10: an angle as a share of a turn, and layers that make house numbers."""

import numpy as np

from helpers.exercises import Explain, Number, Property
from helpers.exercises.lesson_03 import flat

angle = Number("10.1", right=15 / 360, tolerance=0.01)
angle.mistake(15, "Keras counts angles as shares of a full turn.")
angle.mistake(15 / 180, "A full turn has 360 degrees, and the factor reaches to both sides.")
angle.mistake(np.deg2rad(15), "Those are radians; Keras counts shares of a full turn.")


def faults(layers):
    """Yield what layers are judged by: their kinds, what fills the rim, and how far they go."""
    layers = layers() if callable(layers) and not hasattr(layers, "layers") else layers
    kinds, rims, moved, turned = set(), set(), np.zeros(4), np.zeros(2)
    for layer in flat(layers):
        kinds.add(type(layer).__name__)
        rims.add((getattr(layer, "fill_mode", "constant"), getattr(layer, "fill_value", 0)))
        if type(layer).__name__ == "RandomTranslation":
            moved += layer.height_lower, layer.height_upper, layer.width_lower, layer.width_upper
        if type(layer).__name__ == "RandomRotation":
            turned += layer.factor
    yield "RandomFlip" in kinds, "A mirrored digit is no digit: no flips."
    yield kinds - {"InputLayer", "RandomTranslation", "RandomRotation"}, "Only move and turn them."
    yield rims - {("constant", 0)}, "Paper should come in at the rim."
    moves = np.allclose(28 * moved, (-4, 4, -4, 4), atol=0.4)
    yield not moves, "Move digits by up to 4 of 28 pixels, to all four sides."
    turns = np.allclose(360 * turned, (-5, 5), rtol=0.2)
    yield not turns, "RandomRotation: by up to 5 degrees, to either side."


Property("10.2", faults)

Explain("10.3")
