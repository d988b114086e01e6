"""Lesson 03: how many parameters, dropout by hand, and a network of one's own."""

import numpy as np
from scipy.special import softmax

from helpers.exercises import Explain, Function, Number, Property

count = Number("03.1", right=50_890)
count.mistake(50_816, "Each unit also learns a bias: 64 in one layer and 10 in the other.")
count.mistake(50_240, "That is the first layer; the second one learns too.")
count.mistake(50_880, "The biases of the last layer are missing.")

rng = np.random.default_rng(0)
few = np.array([[1.0, 2.0, -3.0, 4.0]]), 0.4, np.array([[True, False, True, True]])
many = rng.normal(size=(20, 30)), 0.2, rng.random((20, 30)) < 0.8  # no other mask drops the same
drop = Function("03.2", lambda x, rate, kept: np.where(kept, x / (1 - rate), 0), [few, many])
drop.mistake(lambda x, rate, kept: x * ~kept / (1 - rate), "It keeps what should be dropped.")
drop.mistake(lambda x, rate, kept: x * kept, "The survivors are not scaled: the mean sinks.")
drop.mistake(lambda x, rate, kept: x * kept * (1 - rate), "The survivors became smaller: divide.")
drop.mistake(lambda x, rate, kept: x * kept / rate, "Divide by 1 - rate, not by the share lost.")


def flat(layers):
    """Return the layers of a list or a network, and in their places those of a network in it."""
    for layer in getattr(layers, "layers", layers):
        yield from flat(layer) if hasattr(layer, "layers") else [layer]


def faults(network):
    """Yield what a network is judged by: its weights, where it drops, and its answers to noise."""
    noise = np.random.default_rng(0).normal(0, 2, (50, 28, 28))
    answers = np.asarray(network(noise))  # builds a network that has no Input
    weights = network.get_weights()
    units = [each.shape[-1] for each in weights]
    yield units != [64, 64, 10, 10], "Two dense layers should learn: 64 and 10 units, with biases."
    yield len(weights[0]) != 784, "The picture has to be flattened first."
    steps = [step for step in flat(network) if type(step).__name__ in ("Dense", "Dropout")]
    rates = [getattr(step, "rate", None) for step in steps]  # a dense layer has none
    yield rates != [None, 0.5, None], "One dropout layer, of rate 0.5, belongs between the two."
    yield (answers.sum(axis=-1).round(2) != 1).any(), "Softmax should make the ten add up to 1."
    kernel, bias, last_kernel, last_bias = weights
    hidden = np.maximum(noise.reshape(50, 784) @ kernel + bias, 0)
    right = softmax(hidden @ last_kernel + last_bias, axis=1)
    yield np.allclose(answers, softmax(right, axis=1), atol=0.003), "Softmax is applied twice."
    yield not np.allclose(answers, right, atol=0.003), "ReLU belongs behind the hidden layer only."


Property("03.3", faults)
Explain("03.4")
