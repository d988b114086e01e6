"""The networks of the lessons, each built by one short function, not yet compiled."""

from helpers import InputError, keras

layers = keras.layers


def softmax_classifier():
    """Build the classifier of lesson 02: ten weighted sums of 784 pixels, and a softmax.

    Returns
    -------
    keras.Sequential
        From images of shape (n, 28, 28) to probabilities of shape (n, 10); 7,850 parameters.
    """
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def dense_dropout(rate=0.2, second_rate=None):
    """Build the network of lesson 03: two dense layers, each followed by dropout.

    Parameters
    ----------
    rate : float, 0 up to but not including 1
        The share of units that a Dropout layer sets to zero during training.
    second_rate : float, optional
        The rate of the second Dropout layer, where it differs from the first.

    Returns
    -------
    keras.Sequential
        From images of shape (n, 28, 28) to probabilities of shape (n, 10); 104,938 parameters.

    Raises
    ------
    InputError
        If a rate is outside its range.
    """
    rates = check_rates(rate, rate if second_rate is None else second_rate)
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(rates[0]),
            layers.Dense(32, activation="relu"),
            layers.Dropout(rates[1]),
            layers.Dense(10, activation="softmax"),
        ]
    )


def convolutional(rate=0.2):
    """Build the network of lesson 07: two rounds of convolution and pooling, then dense layers.

    Parameters
    ----------
    rate : float, 0 up to but not including 1
        The dropout rate before and after the hidden dense layer.

    Returns
    -------
    keras.Sequential
        From images of shape (n, 28, 28) to probabilities of shape (n, 10); 46,730 parameters.

    Raises
    ------
    InputError
        If the rate is outside its range.
    """
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


def dense_normalized(rate=0.2):
    """Build the network of lesson 08: that of lesson 03, normalised before each ReLU.

    Parameters
    ----------
    rate : float, 0 up to but not including 1

    Returns
    -------
    keras.Sequential
        From images of shape (n, 28, 28) to probabilities of shape (n, 10); 105,418 parameters, of
        which 320 are moving averages.

    Raises
    ------
    InputError
        If the rate is outside its range.
    """
    check_rates(rate)
    network = keras.Sequential([keras.Input((28, 28)), layers.Flatten()])
    for units in (128, 32):
        network.add(layers.Dense(units, use_bias=False))
        network.add(layers.BatchNormalization())
        network.add(layers.ReLU())
        network.add(layers.Dropout(rate))
    network.add(layers.Dense(10, activation="softmax"))
    return network


def deep_convolutional(rate=0.2):
    """Build the network of lesson 09: four convolutions, each followed by batch normalisation.

    Parameters
    ----------
    rate : float, 0 up to but not including 1
        The dropout rate before the output layer.

    Returns
    -------
    keras.Sequential
        From images of shape (n, 28, 28) to probabilities of shape (n, 10); 98,690 parameters, of
        which 464 are moving averages.

    Raises
    ------
    InputError
        If the rate is outside its range.
    """
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


def augmented(network, changes):
    """Put layers that change images at random in front of a network, as in lesson 09.

    Parameters
    ----------
    network : keras.Model, from images of shape (n, 28, 28); trained in place with the new one
    changes : sequence of Keras layers for images, such as `keras.layers.RandomRotation`

    Returns
    -------
    keras.Sequential
        Like `network`, which it contains. The changes work in training only; Keras's `fit`,
        `evaluate` and `predict` say which it is, a call must: `training=False`.
    """
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Reshape((28, 28, 1)),  # these layers want to know the number of channels
            *changes,
            layers.Reshape((28, 28)),
            network,
        ]
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


def load(path, like):
    """Load a saved network, if it is one of the expected form.

    Parameters
    ----------
    path : str or path of a ``.keras`` file
    like : keras.Model, with the layers that the saved network must have

    Returns
    -------
    keras.Model
        Loaded with Keras's safe mode on: a file cannot bring code of its own.

    Raises
    ------
    InputError
        If the file is missing, damaged, or holds a network with other layers.
    """
    try:
        loaded = keras.models.load_model(path, safe_mode=True)
    except Exception as error:  # whatever a damaged file makes Keras, zipfile or h5py raise
        reason = str(error).strip().split("\n")[0]
        raise InputError(
            f"{path} cannot be loaded as a saved network ({reason}); save the network again."
        ) from None
    if _form(loaded) != _form(like):
        raise InputError(
            f"{path} holds another network: its layers are {_form(loaded)} instead of "
            f"{_form(like)}; load the file that belongs to this network, or save it again."
        )
    return loaded


def _form(model):
    """List the layers of a model with the shapes of what they put out."""
    return [f"{type(layer).__name__}{tuple(layer.output.shape[1:])}" for layer in model.layers]
