"""Training: the recipe, its speed-up, its progress, and the device report."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from lessons import cell_of
from stored import from_lesson

from helpers import InputError, data, keras, models, population, tf, training, widgets

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("images", "batch_size", "expected"),
    [(60_000, 32, 625), (50_000, 32, 521), (4_000, 32, 125), (10, 32, 1), (60_000, 2048, 30)],
)
def test_steps_per_execution_divides_the_epoch(images, batch_size, expected):
    assert training.steps_per_execution(images, batch_size) == expected


def test_fit_uses_the_recipe(scaled):
    model = models.dense_dropout()
    training.fit(model, scaled, scaled, epochs=1)
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)
    assert model.loss == "sparse_categorical_crossentropy"
    assert int(model.optimizer.iterations) == 2  # 40 images in batches of 32


@pytest.mark.parametrize("validated", [True, False])
def test_fit_logs_what_keras_and_its_callbacks_measure(scaled, validated):
    sgd = keras.optimizers.SGD(0.5)
    stopping = keras.callbacks.EarlyStopping("loss", patience=0, min_delta=100)
    validation_set = scaled if validated else None
    model = models.dense_dropout()
    log = training.fit(model, scaled, validation_set, epochs=5, optimizer=sgd, callbacks=[stopping])
    assert model.optimizer is sgd
    names = {"loss", "accuracy", "seconds"}
    assert set(log) == (names | {"val_loss", "val_accuracy"} if validated else names)
    assert all(values.shape == (2,) for values in log.values())  # stopped early
    assert (log["seconds"] > 0).all()


def test_many_steps_an_execution_end_in_the_same_weights(mnist):
    (images, labels), _ = mnist
    x, y = data.scale(images[:2_000]), labels[:2_000]
    weights = []
    for steps in (1, training.steps_per_execution(len(x))):
        keras.utils.set_random_seed(0)
        model = models.dense_dropout()
        model.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=steps)
        model.fit(x, y, batch_size=32, epochs=2, verbose=0)
        weights.append(model.get_weights())
    assert steps == 63
    assert all(np.array_equal(one, other) for one, other in zip(*weights, strict=True))


def orders(batches, epochs=3):
    return [np.concatenate([x for x, _ in batches]).tolist() for _ in range(epochs)]


def test_shuffled_draws_a_new_order_in_every_epoch():
    seen = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        batches = training.shuffled(np.arange(100), np.arange(100), batch_size=32)
        assert [len(x) for x, _ in batches] == [32, 32, 32, 4]
        assert all((x == y).numpy().all() for x, y in batches)
        seen.append(orders(batches))
    assert seen[0] == seen[1]  # the seed fixes all of them
    assert all(sorted(order) == list(range(100)) for order in seen[0])
    assert len({tuple(order) for order in seen[0]}) == 3


def test_after_a_seed_keras_repeats_one_order():
    """The reason for `shuffled`; once this fails, lessons and docstrings have to say so."""
    seen = []

    class Notes(keras.Model):
        def train_step(self, data):
            tf.py_function(lambda x: seen.append(x.numpy().ravel().tolist()), [data[0]], [])
            return {"loss": tf.constant(0.0)}

    keras.utils.set_random_seed(0)
    model = Notes()
    model.compile()
    model.fit(np.arange(100.0), np.arange(100.0), batch_size=100, epochs=3, verbose=0)
    assert seen[0] == seen[1] == seen[2] != sorted(seen[0])


def test_same_seed_same_run_and_another_seed_another(scaled):
    losses = []
    for seed in (0, 0, 1):
        keras.utils.set_random_seed(seed)
        losses.append(training.fit(models.dense_dropout(), scaled, scaled, epochs=1)["loss"][0])
    assert losses[0] == losses[1] != losses[2]


def blank_first(x):
    return np.concatenate([np.zeros_like(x[:1]), 255 * x[1:]])


#: What is wrong with images and labels, or the size of batches, and how the sentence about it goes.
FAULTS = {
    "labels missing": (lambda x, y: (x, y[:10]), r"40 images and 10 labels"),
    "images not scaled": (lambda x, y: (255 * x, y), r"not scaled to \[0, 1\]"),
    "one blank image first": (lambda x, y: (blank_first(x), y), r"not scaled to \[0, 1\]"),
    "a pixel that is no number": (lambda x, y: (np.where(x > 0.99, np.nan, x), y), "not scaled"),
    "standardised": (lambda x, y: (x - 0.5, y), "not scaled"),
    "one-hot rows": (lambda x, y: (x, np.eye(10)[y]), "whole numbers from 0 to 9"),
    "labels from 1 to 10": (lambda x, y: (x, y + 1), "whole numbers from 0 to 9"),
    "labels as text": (lambda x, y: (x, y.astype(str)), "whole numbers from 0 to 9"),
    "labels as floats": (lambda x, y: (x, y / 10), "whole numbers from 0 to 9"),
}
WAYS_IN = {
    "fit": lambda *sets, **kw: training.fit(models.dense_dropout(), *sets, epochs=1, **kw),
    "population": lambda *sets, **kw: population.Population([0], [0]).fit(*sets, epochs=1, **kw),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("way", [*WAYS_IN, "playground"])
def test_what_is_no_set_of_digits_is_refused_wherever_it_comes_in(scaled, way, fault):
    spoil, sentence = FAULTS[fault]
    spoiled = spoil(*scaled)
    take = WAYS_IN.get(way, widgets.Playground)
    for sets in ((spoiled, scaled), (scaled, spoiled)):
        with pytest.raises(InputError, match=sentence):
            take(*sets)


@pytest.mark.parametrize("way", WAYS_IN)
@pytest.mark.parametrize("size", [0, -32, 3.5, "32", None])
def test_impossible_batch_sizes_are_refused(scaled, way, size):
    with pytest.raises(InputError, match=r"batch size of .* is not possible"):
        WAYS_IN[way](scaled, scaled, batch_size=size)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_images_of_another_float_type_train_as_float32(scaled, dtype):
    images, labels = scaled
    losses = []
    for x in (images.astype(dtype), images.astype(dtype).astype("float32")):
        keras.utils.set_random_seed(0)
        losses.append(WAYS_IN["fit"]((x, labels))["loss"][0])
    assert losses[0] == losses[1]
    assert np.isfinite(losses[0])


def test_a_loss_that_is_no_number_ends_in_a_sentence(scaled):
    with pytest.raises(InputError, match="smaller learning rate"):
        training.fit(models.dense_dropout(), scaled, optimizer=keras.optimizers.SGD(1e30))


def test_lesson_12_trains_mirrored_copies():
    """Run its cell for more than one GPU, with two virtual CPU devices in their place."""
    script = f"""
import functools
import numpy as np
from helpers import models, training
keras, tf = training.keras, training.tf
devices = tf.config.list_physical_devices
halves = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(devices("CPU")[0], halves)
tf.config.list_physical_devices = lambda kind=None: "12" if kind == "GPU" else devices(kind)
mirrored_strategy = tf.distribute.MirroredStrategy
tf.distribute.MirroredStrategy = functools.partial(mirrored_strategy, ["CPU:0", "CPU:1"])
x_train, y_train = np.zeros((200, 28, 28), "float32"), np.arange(200) % 10
{cell_of("12", "def build")}
{cell_of("12", "MirroredStrategy")}
"""
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert answer.stdout.startswith("copies of the network: 2; after 200 images 10.0%"), (
        answer.stderr
    )


def test_epoch_line_prints_one_line_an_epoch_and_logs_seconds(scaled, capsys):
    model = models.dense_dropout()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    log = model.fit(*scaled, epochs=2, verbose=0, callbacks=[training.EpochLine()])
    lines = capsys.readouterr().out.splitlines()
    assert [line[:8] for line in lines] == ["epoch  1", "epoch  2"]
    assert all("loss" in line and "accuracy" in line and "seconds" in line for line in lines)
    training.fit(model, scaled, None, epochs=1, callbacks=[training.EpochLine()])
    assert capsys.readouterr().out.count("seconds") == 1
    assert len(log.history["seconds"]) == 2
    model.fit(*scaled, epochs=1, verbose=0, callbacks=[training.EpochLine(show=False)])
    assert capsys.readouterr().out == ""


def test_progress_says_how_far_and_at_the_end_how_long(capsys):
    report = training.progress("two things")
    report(1, 2)
    report(2, 2)
    begun, first, last = capsys.readouterr().out.split("\r")
    assert begun == "two things ..."
    assert first.startswith("two things: 50%, about 0 s left")
    assert last.split() == ["two", "things:", "0", "s"]


def test_restart_of_lesson_09_trains_like_a_new_model(scaled):
    restart = from_lesson("09", "restart")["restart"]

    def build():
        model = keras.Sequential(
            [
                models.dense_dropout(0.3),
                keras.layers.BatchNormalization(),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        return model

    def trained(model):
        model.fit(training.shuffled(*scaled), epochs=2, verbose=0)
        return model.get_weights()

    keras.utils.set_random_seed(3)
    expected = trained(build())
    model = build()
    trained(model)
    model.optimizer.learning_rate = 0.02
    other = trained(restart(model, 4))
    model.optimizer.learning_rate = 0.01
    again = trained(restart(model, 3))
    assert all(map(np.array_equal, expected, again))
    assert not np.array_equal(expected[0], other[0])


@pytest.mark.slow
def test_every_one_of_five_seeds_reads_97_5_percent_of_the_test_images(mnist):
    (images, labels), (test_images, test_labels) = mnist
    if len(images) < 60_000:
        pytest.skip("needs the complete data")
    x, x_test, steps = data.scale(images), data.scale(test_images), training.STEPS
    scores = []
    for seed in range(5):
        keras.utils.set_random_seed(seed)
        model = models.dense_dropout(0.2)
        model.compile(
            "adam",
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
            steps_per_execution=steps,
        )
        model.fit(x, labels, batch_size=32, epochs=10, verbose=0)
        scores.append(model.evaluate(x_test, test_labels, batch_size=1000, verbose=0)[1])
    print("test accuracy by seed:", *(f"{score:.4f}" for score in scores))
    assert min(scores) >= 0.975
