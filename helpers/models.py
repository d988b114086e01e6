"""The networks of the lessons, each built by one short function, not yet compiled.

All take images of shape (n, 28, 28), float32 in 0..1, to probabilities of shape (n, 10).
"""

import numpy as np

from helpers import InputError, keras

layers = keras.layers

#: Units of the two hidden layers of the recipe.
UNITS = (128, 32)


def dense_dropout(rate=0.2, second_rate=None, units=UNITS):
    """Build the network of lesson 03: two dense layers, each followed by dropout.

    `second_rate` is the rate of the second Dropout layer, where it differs from the first.
    """
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


def deep_convolutional(rate=0.2):
    """Build the network of lesson 10: four convolutions, each followed by batch normalisation."""
    check_rates(rate)
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Reshape((28, 28, 1)),
            *_normalized_convolution(24, 5, strides=2),
            *_normalized_convolution(48, 3),
            *_normalized_convolution(64, 3),
            layers.MaxPooling2D(),
            *_normalized_convolution(96, 3),
            layers.Flatten(),
            layers.Dropout(rate),
            layers.Dense(10, activation="softmax"),
        ]
    )


def _normalized_convolution(filters, size, strides=1):
    """Return a convolution, batch normalisation in place of its bias, and ReLU."""
    return (
        layers.Conv2D(filters, size, strides=strides, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    )


def check_rates(*rates):
    """Return dropout rates, or raise an InputError if one is not in 0 up to 1, 1 not included."""
    for rate in rates:
        if not 0 <= rate < 1:
            raise InputError(
                f"A dropout rate of {rate} is not possible: take 0 (drop nothing) or more, and "
                "less than 1 (drop everything)."
            )
    return rates


def read(network, images):
    """Read images a thousand at a time; return the answers, int array of shape (n,)."""
    parts = [np.array(network(images[i : i + 1000])) for i in range(0, len(images), 1000)]
    return np.concatenate(parts).argmax(axis=1)


def load(path, like):
    """Load a saved network, which must have layers of the kinds and sizes of the network `like`.

    Keras's safe mode is on: a file cannot bring code of its own. A file that is missing, damaged or
    holds another network is an InputError.
    """
    try:
        loaded = keras.models.load_model(path, safe_mode=True)
        form, wanted = _form(loaded), _form(like)
    except Exception as error:  # whatever a damaged file makes Keras, zipfile or h5py raise
        reason = str(error).strip().split("\n")[0]
        raise InputError(
            f"{path} cannot be loaded as a saved network ({reason}); save the network again."
        ) from None
    if form != wanted:
        raise InputError(
            f"{path} holds another network: its layers are {form} instead of {wanted}; load the "
            "file that belongs to this network, or save it again."
        )
    return loaded


def _form(model):
    """List the layers of a model with the shapes of what they put out."""
    return [f"{type(layer).__name__}{tuple(layer.output.shape[1:])}" for layer in model.layers]
