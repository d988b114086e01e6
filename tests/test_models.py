"""The networks: sizes, what they compute, and that they are the ones the lessons build."""

import re

import numpy as np
import pytest
from stored import from_lesson

from helpers import InputError, models


def layers_of(model):
    """Everything that defines a network, layer by layer, without names and without seeds."""
    kept = ("units", "activation", "rate", "use_bias", "strides", "padding", "pool_size")
    return [
        (type(layer).__name__, {key: layer.get_config().get(key) for key in kept})
        for layer in model.layers
    ]


def test_dense_dropout_has_the_recipes_layers_and_parameters():
    model = models.dense_dropout(0.3, second_rate=0.1)
    assert [layer.count_params() for layer in model.layers] == [0, 100_480, 0, 4_128, 0, 330]
    assert model.count_params() == 104_938
    assert [layer.rate for layer in model.layers if hasattr(layer, "rate")] == [0.3, 0.1]
    assert (model.input_shape, model.output_shape) == ((None, 28, 28), (None, 10))


def test_dense_dropout_is_what_lesson_03_builds():
    theirs = from_lesson("03", "model")["model"]
    assert layers_of(models.dense_dropout()) == layers_of(theirs)


def test_convolutional_is_what_lesson_08_builds():
    ours, theirs = models.convolutional(), from_lesson("08", "convolutional")["convolutional"]()
    assert layers_of(ours) == layers_of(theirs)
    shapes = [[weight.shape for weight in model.weights] for model in (ours, theirs)]
    assert shapes[0] == shapes[1]
    assert ours.count_params() == 46_730
    assert (ours.input_shape, ours.output_shape) == ((None, 28, 28), (None, 10))


def test_numpy_forward_pass_of_lesson_03_equals_keras(mnist):
    (images, _), _ = mnist
    batch = images[:500] / np.float32(255)
    model = models.dense_dropout()
    weights = dict(
        zip(
            ("kernel1", "bias1", "kernel2", "bias2", "kernel3", "bias3"),
            model.get_weights(),
            strict=True,
        )
    )
    forward = from_lesson("03", "relu", "softmax", "forward", **weights)["forward"]
    assert np.abs(forward(batch) - model.predict(batch, verbose=0)).max() < 1e-5


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, "0.2", None, [0.2], float("nan")])
def test_impossible_rates_are_refused(rate):
    said = re.escape(f"rate of {rate!r} is not possible")
    with pytest.raises(InputError, match=said):
        models.dense_dropout(rate)
    with pytest.raises(InputError, match=said):
        models.convolutional(rate)
    if rate is not None:  # which means: as the first
        with pytest.raises(InputError, match=said):
            models.dense_dropout(0.2, second_rate=rate)


def test_rates_of_numpy_are_rates():
    for rate in (np.float32(0.5), np.float64(0.5), np.int64(0)):
        assert models.dense_dropout(rate).layers[2].rate == rate
