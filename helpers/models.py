"""The networks of the lessons, each built by one short function, not yet compiled.

All take images of shape (n, 28, 28), float32 in 0..1, to probabilities of shape (n, 10).
"""

import numbers

from helpers import InputError, keras

layers = keras.layers

#: Units of the two hidden layers of the recipe.
UNITS = (128, 32)


def dense_dropout(rate=0.2, second_rate=None, units=UNITS):
    """Build lesson 03's network; `second_rate` is that of its second Dropout layer, if another."""
    first, second = check_rates(rate, rate if second_rate is None else second_rate)
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(units[0], activation="relu"),
            layers.Dropout(first),
            layers.Dense(units[1], activation="relu"),
            layers.Dropout(second),
            layers.Dense(10, activation="softmax"),
        ]
    )


def convolutional(rate=0.2):
    """Build the network of lesson 08: two rounds of convolution and pooling, then dense layers."""
    check_rates(rate)
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(rate),
            layers.Dense(64, activation="relu"),
            layers.Dropout(rate),
            layers.Dense(10, activation="softmax"),
        ]
    )


def check_rates(*rates):
    """Return dropout rates, or raise an InputError if one is not in 0 up to 1, 1 not included."""
    for rate in rates:
        if not isinstance(rate, numbers.Real) or not 0 <= rate < 1:
            said = f"A dropout rate of {rate!r} is not possible"
            raise InputError(f"{said}: take 0 (drop nothing) or more, and less than 1.")
    return rates
