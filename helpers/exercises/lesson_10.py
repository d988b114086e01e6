"""Lesson 10: an angle as a share of a turn, and layers that make house numbers."""

import inspect

import numpy as np

from helpers.exercises import Explain, Number, Property

Number(
    "10.1",
    15 / 360,
    (15, "Keras counts angles as shares of a full turn."),
    (np.deg2rad(15), "Those are radians; Keras counts shares of a full turn."),
    (15 / 100, "Keras counts angles as shares of a full turn, not in percent."),
    (30 / 360, "A turn has 360 degrees, and the factor reaches to both sides: 15 / 360."),
    tolerance=0.01,
)


def house_numbers(answer):
    """Return the layers by their kinds, and how far they move and turn digits, to four sides."""
    layers = answer() if inspect.isfunction(answer) else answer
    layers = list(getattr(layers, "layers", layers))  # of a Sequential too
    dots = np.zeros((400, 28, 28, 1), np.float32)
    dots[:, 13:15, 13:15] = 1
    for layer in (each for each in layers if type(each).__name__ == "RandomTranslation"):
        dots = np.array(layer(dots, training=True))
    moved = np.array([dots[..., 0].sum(axis=axis) @ np.arange(28) / 4 - 13.5 for axis in (2, 1)])
    kinds = {type(layer).__name__: layer for layer in layers}
    turned = getattr(kinds.get("RandomRotation"), "factor", (0, 0))
    return kinds, [-moved.min(axis=1), moved.max(axis=1)], 360 * np.sort(np.abs(turned))


Property(
    "10.2",
    house_numbers,
    (lambda seen: "RandomFlip" in seen[0], "A mirrored digit is no digit: no flips."),
    (
        lambda seen: not {"RandomTranslation", "RandomRotation"} <= set(seen[0]),
        "There should be a RandomTranslation and a RandomRotation.",
    ),
    (
        lambda seen: any(
            layer.fill_mode != "constant" or layer.fill_value for layer in seen[0].values()
        ),
        "Paper should come in at the rim: fill_mode constant, fill_value 0.",
    ),
    (
        lambda seen: np.min(seen[1]) < 0.1,
        "The digits should move in both directions, and to either side.",
    ),
    (
        lambda seen: np.min(seen[1]) < 3.4 or np.max(seen[1]) > 4.2,
        "The digits should move by up to 4 of 28 pixels.",
    ),
    (
        lambda seen: not np.allclose(seen[2], 5, rtol=0.2),
        "The digits should turn by up to 5 degrees, to either side.",
    ),
)
Explain("10.3")
