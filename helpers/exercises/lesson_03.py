"""Lesson 03: how many parameters, dropout by hand, and a network of one's own."""

import re

import numpy as np

from helpers.exercises import Explain, Function, Number, Property

count = Number("03.1", right=50_890)
count.mistake(50_816, "Each unit also learns a bias: 64 in one layer and 10 in the other.")
count.mistake(50_240, "That is the first layer; the second one learns too.")
count.mistake(50_880, "The biases of the last layer are missing.")

example = np.array([[1.0, 2.0, -3.0, 4.0]]), 0.4, np.array([[True, False, True, True]])
drop = Function("03.2", lambda x, rate, kept: np.where(kept, x / (1 - rate), 0), [example])
drop.mistake(lambda x, rate, kept: x * ~kept / (1 - rate), "It keeps what should be dropped.")
drop.mistake(lambda x, rate, kept: x * kept, "The survivors are not scaled: the mean sinks.")
drop.mistake(lambda x, rate, kept: x * kept * (1 - rate), "The survivors became smaller: divide.")
drop.mistake(lambda x, rate, kept: x * kept / rate, "Divide by 1 - rate, not by the share lost.")


def anatomy(network):
    """Return the units of the dense layers, the rates of dropout, and all steps by their names."""
    network(np.zeros((1, 28, 28)))  # builds one that has no Input
    layers = getattr(network, "operations", network.layers)  # keras.ops.relu is no layer
    units = [layer.units for layer in layers if hasattr(layer, "units")]
    rates = [layer.rate for layer in layers if hasattr(layer, "rate")]
    ends = [getattr(layer, "activation", type(layer)) for layer in layers]
    ends = [getattr(end, "__name__", type(end).__name__).lower() for end in ends]
    steps = [f"{type(layer).__name__} {end}" for layer, end in zip(layers, ends, strict=True)]
    return units, rates, " ".join(steps)


net = Property("03.3", anatomy)
net.mistake(lambda units, *_: units != [64, 10], "Make two dense layers, of 64 and of 10 units.")
net.mistake(lambda units, rates, _: rates != [0.5], "Make one dropout layer, of rate 0.5.")
for pattern, sentence in (
    ("(Flatten|Reshape).*Dense.*Dense", "The picture has to be flattened first."),
    ("Dense.*Dropout.*Dense", "Dropout belongs between the two dense layers."),
    ("Dense.*relu.*Dense", "A hidden layer needs ReLU behind it."),
    ("^(?!.*softmax.*softmax)", "Softmax is applied twice."),
    ("softmax$", "Softmax is missing at the end: ten numbers that add up to 1."),
):
    net.mistake(lambda *seen, pattern=pattern: not re.search(pattern, seen[2]), sentence)
Explain("03.4")
