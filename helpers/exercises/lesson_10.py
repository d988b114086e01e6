"""Lesson 10: an angle as a share of a turn, and layers that make house numbers."""

import numpy as np

from helpers.exercises import Explain, Number, Property

angle = Number("10.1", right=15 / 360, tolerance=0.01)
angle.mistake(15, "Keras counts angles as shares of a full turn.")
angle.mistake(15 / 180, "A full turn has 360 degrees, and the factor reaches to both sides.")
angle.mistake(np.deg2rad(15), "Those are radians; Keras counts shares of a full turn.")


def house_numbers(layers):
    """Return the kinds of layers, what fills the rim, and whether they move and turn as asked."""
    layers = layers() if callable(layers) and not hasattr(layers, "layers") else layers
    kinds, rims, moved, turned = set(), set(), np.zeros(4), np.zeros(2)
    for layer in getattr(layers, "layers", layers):  # of a Sequential too
        kinds.add(type(layer).__name__)
        if hasattr(layer, "fill_mode"):
            rims.add((layer.fill_mode, layer.fill_value))
        if type(layer).__name__ == "RandomTranslation":
            moved += layer.height_lower, layer.height_upper, layer.width_lower, layer.width_upper
        if type(layer).__name__ == "RandomRotation":
            turned += layer.factor
    moves = np.allclose(28 * moved, (-4, 4, -4, 4), atol=0.4)
    return kinds, rims, moves, np.allclose(360 * turned, (-5, 5), rtol=0.2)


house = Property("10.2", house_numbers)
house.mistake(lambda kinds, *_: "RandomFlip" in kinds, "A mirrored digit is no digit: no flips.")
house.mistake(lambda kinds, rims, *_: rims - {("constant", 0)}, "Paper should come in at the rim.")
house.mistake(lambda *seen: not seen[2], "Move digits by up to 4 of 28 pixels, to all four sides.")
house.mistake(lambda *seen: not seen[3], "RandomRotation: by up to 5 degrees, to either side.")

Explain("10.3")
