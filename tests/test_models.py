"""The networks: sizes, what they compute, and that they are the ones the lessons build."""

import ast

import numpy as np
import pytest
from lessons import cell_of

from helpers import InputError, models
from helpers.models import keras


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
    namespace = {"keras": keras}
    exec(cell_of("03", "keras.layers.Dropout(RATE)"), namespace)
    keras.utils.set_random_seed(0)
    ours, theirs = models.dense_dropout(namespace["RATE"]), namespace["model"]
    assert layers_of(ours) == layers_of(theirs)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert np.array_equal(one, other)


def test_softmax_classifier_is_what_lesson_02_builds():
    namespace = {"keras": keras}
    exec(cell_of("02", "def softmax_classifier"), namespace)
    theirs = namespace["softmax_classifier"]()
    assert layers_of(models.softmax_classifier()) == layers_of(theirs)
    assert models.softmax_classifier().count_params() == 7_850


def test_convolutional_is_what_lesson_07_builds():
    namespace = {"keras": keras}
    exec(cell_of("07", "def convolutional"), namespace)
    ours, theirs = models.convolutional(0.3), namespace["convolutional"](0.3)
    assert layers_of(ours) == layers_of(theirs)
    shapes = [[weight.shape for weight in model.weights] for model in (ours, theirs)]
    assert shapes[0] == shapes[1]
    assert ours.count_params() == 46_730
    assert (ours.input_shape, ours.output_shape) == ((None, 28, 28), (None, 10))


@pytest.mark.parametrize(
    ("number", "built", "parameters", "moving"),
    [("08", "dense", 105_418, 320), ("09", "deep_convolutional", 98_690, 464)],
)
def test_normalized_networks_are_what_the_lessons_build(number, built, parameters, moving):
    namespace = {"keras": keras, "models": models}
    exec(cell_of(number, f"def {built}("), namespace)
    ours, theirs = {
        "dense": lambda: (models.dense_normalized(0.2), namespace[built]("before ReLU", 0.2)),
        "deep_convolutional": lambda: (models.deep_convolutional(0.2), namespace[built]()),
    }[built]()
    assert layers_of(ours) == layers_of(theirs)
    shapes = [[weight.shape for weight in model.weights] for model in (ours, theirs)]
    assert shapes[0] == shapes[1]
    assert ours.count_params() == parameters
    averages = [weight for weight in ours.non_trainable_weights if "moving" in weight.name]
    assert sum(np.size(weight) for weight in averages) == moving


@pytest.mark.parametrize(
    "build", [models.convolutional, models.dense_normalized, models.deep_convolutional]
)
def test_rate_of_one_is_refused(build):
    with pytest.raises(InputError, match="dropout rate of 1 is not possible"):
        build(1)


def test_augmented_changes_images_in_training_only():
    keras.utils.set_random_seed(0)
    network = models.softmax_classifier()
    changes = [keras.layers.RandomTranslation(0.2, 0.2)]
    whole = models.augmented(network, changes)
    images = np.random.default_rng(0).random((5, 28, 28), dtype=np.float32)
    assert np.allclose(whole(images, training=False), network(images), atol=1e-6)
    assert not np.allclose(whole(images, training=True), network(images), atol=1e-3)
    assert [id(weight) for weight in whole.trainable_weights] == [
        id(weight) for weight in network.trainable_weights
    ]
    namespace = {"keras": keras}
    exec(cell_of("09", "def augmented(").split("keras.utils.set_random_seed")[0], namespace)
    assert layers_of(namespace["augmented"](network, changes)) == layers_of(whole)


def test_numpy_forward_pass_of_lesson_03_equals_keras(mnist):
    (images, _), _ = mnist
    batch = images[:500] / np.float32(255)
    model = models.dense_dropout()
    namespace = {"np": np, "model": model}
    for text in ("def relu", "def softmax", "def forward"):
        exec("\n".join(definitions(cell_of("03", text))), namespace)
    difference = namespace["forward"](batch) - model.predict(batch, verbose=0)
    assert np.abs(difference).max() < 1e-5


def definitions(source):
    """Yield the functions and assignments of a cell, without what it prints."""
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.Assign)):
            yield ast.unparse(node)


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(InputError, match=f"rate of {rate} is not possible"):
        models.dense_dropout(rate)
    with pytest.raises(InputError, match=f"rate of {rate} is not possible"):
        models.dense_dropout(0.2, second_rate=rate)


def test_rate_zero_is_accepted():
    assert models.dense_dropout(0).count_params() == 104_938


def test_saved_network_comes_back(tmp_path):
    model = models.dense_dropout()
    model.save(tmp_path / "network.keras")
    loaded = models.load(tmp_path / "network.keras", like=model)
    x = np.random.default_rng(0).random((5, 28, 28), dtype=np.float32)
    assert np.allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)


def test_damaged_and_foreign_files_are_refused_and_kept(tmp_path, tally):
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
        tally["faults injected and survived"] += 1
    models.softmax_classifier().save(path)
    with pytest.raises(InputError, match=r"another network: its layers are .'Flatten\(784,\)', "):
        models.load(path, like=model)
    with pytest.raises(InputError, match="cannot be loaded"):
        models.load(tmp_path / "nowhere.keras", like=model)
    tally["faults injected and survived"] += 2


def test_saved_code_is_not_run(tmp_path):
    model = keras.Sequential([keras.Input((28, 28)), keras.layers.Lambda(lambda x: x)])
    model.save(tmp_path / "code.keras")
    with pytest.raises(InputError, match="cannot be loaded"):
        models.load(tmp_path / "code.keras", like=model)
