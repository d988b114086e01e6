"""Lesson 03: how many parameters, dropout by hand, and a network of one's own."""

import numpy as np

from helpers.exercises import Explain, Function, Number, Property

Number(
    "03.1",
    50_890,
    (50_816, "Each unit also learns a bias: 64 in one layer and 10 in the other."),
    (50_240, "That is the first layer; the second one learns too."),
    (50_880, "The biases of the last layer are missing."),
    (50_826, "The biases of the first layer are missing."),
)

Function(
    "03.2",
    lambda x, rate, kept: np.where(kept, x / (1 - rate), 0),
    [(np.array([[1.0, 2.0, -3.0, 4.0]]), 0.4, np.array([[True, False, True, True]]))],
    (lambda x, rate, kept: x * ~kept / (1 - rate), "It keeps what should be dropped."),
    (lambda x, rate, kept: x * kept, "The survivors are not scaled: the mean sinks."),
    (lambda x, rate, kept: x * kept * (1 - rate), "The survivors became smaller: divide."),
    (lambda x, rate, kept: x * kept / rate, "Divide by the share kept, not by the share dropped."),
    (lambda x, rate, kept: x * kept / 0.8, "Right for a rate of 0.2 only; use `rate`."),
)


def steps(network):
    """List what a network does: ["Flatten", "Dense 64", "relu", "Dropout 0.5", ...]."""
    listed = []
    for layer in getattr(network, "operations", network.layers):  # keras.ops.relu is no layer
        kind, number = type(layer).__name__, getattr(layer, "units", getattr(layer, "rate", ""))
        activation = getattr(layer, "activation", type(layer))
        name = getattr(activation, "__name__", type(activation).__name__).lower()
        listed += [f"{'Flatten' if kind == 'Reshape' else kind} {number}".strip(), name]
    kept = ("Flatten", "Dense", "Dropout", "relu", "softmax")
    return [step for step in listed if step.startswith(kept)]


def only(seen, kind):
    return [step for step in seen if step.startswith(kind)]


Property(
    "03.3",
    steps,
    (lambda seen: seen.index("Flatten") != 0, "The picture has to be flattened first."),
    (
        lambda seen: only(seen, "Dense") != ["Dense 64", "Dense 10"],
        "There should be two dense layers, of 64 and of 10 units.",
    ),
    (
        lambda seen: only(seen, "Dropout") != ["Dropout 0.5"],
        "There should be one dropout layer, of rate 0.5.",
    ),
    (lambda seen: "relu" not in seen, "Without ReLU the hidden layer adds nothing to the other."),
    (lambda seen: seen.count("softmax") > 1, "Softmax is applied twice."),
    (
        lambda seen: seen[1:5:3] != ["Dense 64", "Dense 10"],
        "Dropout and ReLU belong behind the hidden layer, before the next.",
    ),
    (
        lambda seen: seen[-1] != "softmax",
        "Softmax is missing at the end: ten numbers that add up to 1.",
    ),
)
Explain("03.4")
