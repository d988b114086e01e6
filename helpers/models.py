"""The networks of the lessons, each built by one short function, not yet compiled."""

from helpers import InputError, import_quietly

keras = import_quietly("keras")
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
    rates = [rate, rate if second_rate is None else second_rate]
    for value in rates:
        if not 0 <= value < 1:
            raise InputError(
                f"A dropout rate of {value} is not possible: take 0 (drop nothing) or more, and "
                "less than 1 (drop everything)."
            )
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
