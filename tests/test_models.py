"""The networks: sizes, what they compute, and that they are the ones the lessons build."""

import numpy as np
import pytest
from stored import from_lesson

from helpers import InputError, keras, models


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


@pytest.mark.parametrize(
    ("number", "build", "parameters"),
    [
        ("08", models.convolutional, 46_730),
        ("10", models.deep_convolutional, 98_690),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_network_is_what_a_lesson_builds(number, build, parameters):
    name = build.__name__
    ours, theirs = build(), from_lesson(number, name, "convolution")[name]()
    assert layers_of(ours) == layers_of(theirs)
    shapes = [[weight.shape for weight in model.weights] for model in (ours, theirs)]
    assert shapes[0] == shapes[1]
    assert ours.count_params() == parameters
    assert (ours.input_shape, ours.output_shape) == ((None, 28, 28), (None, 10))


def test_read_gives_the_answers_of_lesson_08_to_more_than_a_thousand_images():
    network = models.dense_dropout()
    images = np.random.default_rng(0).random((1_001, 28, 28), dtype=np.float32)
    answers = models.read(network, images)
    assert answers.shape == (1_001,)
    assert np.array_equal(answers, from_lesson("08", "read")["read"](network, images))


@pytest.mark.parametrize("build", [models.convolutional, models.deep_convolutional])
def test_rate_of_one_is_refused(build):
    with pytest.raises(InputError, match="dropout rate of 1 is not possible"):
        build(1)


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


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(InputError, match=f"rate of {rate} is not possible"):
        models.dense_dropout(rate)
    with pytest.raises(InputError, match=f"rate of {rate} is not possible"):
        models.dense_dropout(0.2, second_rate=rate)


def test_saved_network_comes_back(tmp_path):
    model = models.dense_dropout()
    model.save(tmp_path / "network.keras")
    loaded = models.load(tmp_path / "network.keras", like=model)
    x = np.random.default_rng(0).random((5, 28, 28), dtype=np.float32)
    assert np.allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)


def test_damaged_and_foreign_files_are_refused_and_kept(tmp_path):
    path, model = tmp_path / "network.keras", models.dense_dropout()
    model.save(path)
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    flipped = bytearray(content)
    for place in rng.integers(len(content) // 4, len(content) // 2, 20):
        flipped[place] ^= 255
    for damaged in (b"", b"no network", content[:100], content[: len(content) // 2], flipped):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="cannot be loaded") as error:
            models.load(path, like=model)
        assert "\n" not in str(error.value)
        assert path.read_bytes() == damaged
    models.convolutional().save(path)
    with pytest.raises(InputError, match="holds another network: its layers are"):
        models.load(path, like=model)
    with pytest.raises(InputError, match="cannot be loaded"):
        models.load(tmp_path / "nowhere.keras", like=model)


def test_saved_code_is_not_run(tmp_path):
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Lambda(lambda x: x)])
    model.save(tmp_path / "code.keras")
    with pytest.raises(InputError, match="cannot be loaded"):
        models.load(tmp_path / "code.keras", like=model)
