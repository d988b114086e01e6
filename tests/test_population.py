"""The population: independent networks, equal to networks that are trained alone."""

import numpy as np
import pytest

from helpers import InputError, data, keras, models, population, tf, training


@pytest.fixture
def some(mnist):
    """The first 656 training images, scaled, with their labels: twenty steps and half a batch."""
    (images, labels), _ = mnist
    return data.scale(images[:656]), labels[:656]


def quietly(done, total):
    """Report no progress."""


def trained(rates, seeds, training_set, epochs=1):
    networks = population.Population(rates, seeds)
    networks.fit(training_set, training_set, epochs=epochs, report=quietly)
    return networks


def alone(seed, training_set, rate=0, **options):
    """Compile an ordinary network with the same start, and put the images in the same order."""
    x, y = training_set
    model = models.dense_dropout(rate)
    start = zip(population.initial_weights(seed), model.get_weights(), strict=True)
    model.set_weights([own.reshape(its.shape) for own, its in start])
    model.compile("adam", "sparse_categorical_crossentropy", **options)
    order = np.random.default_rng(seed).permutation(len(x))
    return model, x[order], y[order]


def test_log_has_a_place_for_every_rate_seed_and_epoch(some):
    log = trained([0, (0.1, 0.5), 0.9], range(2), some, epochs=3).log
    assert set(log) == {"off_loss", "off_accuracy", "val_loss", "val_accuracy"}
    assert all(values.shape == (3, 2, 3) for values in log.values())
    assert all(np.isfinite(values).all() for values in log.values())
    assert len(np.unique(log["val_loss"])) == log["val_loss"].size  # nobody twice
    assert log["val_loss"] == pytest.approx(log["off_loss"], rel=1e-5)  # the same images


def test_network_is_the_one_that_was_measured(some):
    networks = trained([0, (0.1, 0.5)], [3, 4], some)
    for r, rate in enumerate([0, (0.1, 0.5)]):
        for s, seed in enumerate([3, 4]):
            network = networks.network(rate, seed)
            network.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
            measured = network.evaluate(*some, verbose=0)
            logged = [networks.log[name][r, s, -1] for name in ("val_loss", "val_accuracy")]
            assert measured == pytest.approx(logged, rel=1e-4)
    assert [layer.rate for layer in network.layers if "dropout" in layer.name] == [0.1, 0.5]
    with pytest.raises(InputError, match="no trained network of rate"):
        networks.network(0.3, 3)


@pytest.mark.parametrize("units", [(1, 1), (5, 1), (300, 40)])
def test_layers_may_have_other_numbers_of_units(some, units):
    networks = population.Population([0, 0.2], [3], units=units)
    networks.fit(some, some, epochs=1, report=quietly)
    network = networks.network(0.2, 3)
    assert [layer.units for layer in network.layers if "dense" in layer.name] == [*units, 10]
    network.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    logged = [networks.log[name][1, 0, -1] for name in ("val_loss", "val_accuracy")]
    assert network.evaluate(*some, verbose=0) == pytest.approx(logged, rel=1e-4)


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_an_arm_is_the_same_to_the_last_bit_whatever_is_trained_beside_it(some, cores, monkeypatch):
    """The arms of lessons 05 and 06: rate 0.2, seeds 0 to 2, among two rates and among eight."""
    lesson_05 = trained([0, 0.2], range(5), some, epochs=2)
    monkeypatch.setattr(training, "count_cores", lambda: cores)
    lesson_06 = trained([0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7], range(3), some, epochs=2)
    for name, values in lesson_05.log.items():
        assert np.array_equal(values[1, :3], lesson_06.log[name][3])
    for seed in range(3):
        pair = (networks.network(0.2, seed).get_weights() for networks in (lesson_05, lesson_06))
        assert all(map(np.array_equal, *pair))


def test_same_call_same_result_and_another_seed_another(some):
    losses = [trained([0, 0.2], seeds, some).log["val_loss"] for seeds in ([0, 1], [0, 1], [2, 3])]
    assert np.array_equal(losses[0], losses[1])
    assert not np.isclose(losses[0], losses[2]).any()


@pytest.mark.parametrize(
    ("rates", "seeds", "sentence"),
    [
        *[([0.2, bad], [0], "dropout rate of") for bad in (-0.1, 1, float("nan"), (0.2, 1))],
        ([], [0], "at least one of each"),
        ([0.2], [], "at least one of each"),
        (0.2, [0], "at least one of each"),
        ([0.2], 5, "at least one of each"),
        (["0.5"], [0], "dropout rate of '0.5'"),
        ([None], [0], "dropout rate of None"),
        ([0.2], [0.5], "different whole numbers"),
        ([0.2], [0, 1, 0], "different whole numbers"),
        ([0.2], [-1], "whole numbers from 0 on"),
    ],
)
def test_impossible_rates_and_seeds_are_refused(rates, seeds, sentence):
    with pytest.raises(InputError, match=sentence):
        population.Population(rates, seeds)


def test_mixed_precision_of_the_reader_changes_nothing(some):
    plain = trained([0, 0.2], [0], some)
    keras.config.set_dtype_policy("mixed_float16")
    try:
        mixed = trained([0, 0.2], [0], some)
        network = mixed.network(0.2, 0)
        answers = network.predict(some[0], verbose=0).argmax(axis=1)
    finally:
        keras.config.set_dtype_policy("float32")
    assert all(np.array_equal(plain.log[key], mixed.log[key]) for key in plain.log)
    expected = plain.network(0.2, 0).predict(some[0], verbose=0).argmax(axis=1)
    assert np.mean(answers == expected) > 0.9  # half the digits of a number remain


def test_progress_is_reported_after_each_epoch_and_printed_by_default(some, monkeypatch, capsys):
    monkeypatch.setattr(training, "count_cores", lambda: 1)
    monkeypatch.setattr(population, "STACK", 5)  # two rounds of five networks
    networks, seen = population.Population([0, 0.2], range(5)), []
    networks.fit(some, some, epochs=2, report=lambda done, total: seen.append((done, total)))
    assert seen == [(5, 20), (10, 20), (15, 20), (20, 20)]
    networks.fit(some, some, epochs=2)
    printed = capsys.readouterr().out
    assert "10 networks, 2 epochs each: 25%, about" in printed
    assert printed.split("\r")[-1].startswith("10 networks, 2 epochs each: ")


def test_interrupt_keeps_the_epochs_that_were_finished(some, monkeypatch):
    monkeypatch.setattr(training, "count_cores", lambda: 1)
    monkeypatch.setattr(population, "STACK", 5)

    def stop(done, total):
        if done == 15:
            raise KeyboardInterrupt

    networks = population.Population([0, 0.2], range(5))
    with pytest.raises(KeyboardInterrupt):
        networks.fit(some, some, epochs=2, report=stop)
    finished = np.isfinite(networks.log["val_loss"])  # networks go seed by seed
    assert finished[..., 0].all()
    assert finished[..., 1].tolist() == [[True, True, True, False, False], [True] * 2 + [False] * 3]
    networks.network(0.2, 1)
    with pytest.raises(InputError, match="no trained network"):
        networks.network(0.2, 2)


# Independence: change one network of a stack, and nothing of the others may change.


def step(some, change=None):
    """Take one step with three networks; return weights and slopes of each as bytes."""
    stack = population.new_stack([(0.2, 0.5)] * 3, [0, 1, 2])
    if change:
        change(stack)
    x, y = tf.constant(some[0][:96].reshape(3, 32, 784)), tf.constant(some[1][:96], tf.int32)
    population.take_step(stack, x, tf.reshape(y, (3, 32)), 1)
    # After its first step Adam's running mean is a tenth of the slope.
    arrays = [variable.numpy() for variable in stack["weights"] + stack["means"]]
    return [b"".join(array[k].tobytes() for array in arrays) for k in range(3)]


def change_weights(stack):
    for variable in stack["weights"]:
        variable.assign(variable + np.reshape([0, 0.01, 0], (3, 1, 1)).astype(np.float32))


def change_rate(stack):
    stack["rates"] += np.reshape([0, 0.3, 0], (3, 1, 1)).astype(np.float32)


def change_seed(stack):
    stack["seeds"] += np.array([0, 7, 0], np.int32)


@pytest.mark.parametrize("change", [change_weights, change_rate, change_seed])
def test_no_bit_of_a_network_depends_on_another(some, change):
    same = [a == b for a, b in zip(step(some), step(some, change), strict=True)]
    assert same == [True, False, True]


def test_masks_drop_by_rate_keep_the_mean_and_are_new_at_every_step():
    stack = population.new_stack([(0.5, 0.2), (0.5, 0.2), (0.0, 0.9)], [0, 1, 0])
    first, second = (mask.numpy() for mask in population.draw_masks(stack, 2_000, 1))
    assert (first == 0).mean(axis=(1, 2)) == pytest.approx([0.5, 0.5, 0], abs=0.01)
    assert (second == 0).mean(axis=(1, 2)) == pytest.approx([0.2, 0.2, 0.9], abs=0.01)
    for mask in (first, second):
        assert mask.mean(axis=(1, 2)) == pytest.approx([1, 1, 1], abs=0.05)
    dropped = first == 0
    assert (dropped[0] & dropped[1]).mean() == pytest.approx(0.25, abs=0.01)  # by chance only
    later = population.draw_masks(stack, 2_000, 2)[0].numpy() == 0
    assert (dropped[0] & later[0]).mean() == pytest.approx(0.25, abs=0.01)


def test_initial_weights_are_drawn_as_keras_draws_them():
    own, keras_own = population.initial_weights(0), models.dense_dropout().get_weights()
    for one, other in zip(own, keras_own, strict=True):
        assert np.squeeze(one).shape == other.shape
        assert one.dtype == other.dtype
        assert one.std() == pytest.approx(other.std(), rel=0.1)
        assert np.abs(one).max() == pytest.approx(np.abs(other).max(), rel=0.05)


# Equality with a network alone, where it can hold: slope by slope, and over the first steps. Later
# an input that rounding moved to the other side of a ReLU makes a difference that grows.


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_slopes_of_a_step_equal_those_of_keras(some, seed):
    model, x, y = alone(seed, some)
    with tf.GradientTape() as tape:
        loss = keras.losses.sparse_categorical_crossentropy(y[:32], model(x[:32], training=True))
        total = tf.reduce_mean(loss)
    slopes = tape.gradient(total, model.trainable_variables)
    stack = population.new_stack([(0, 0)] * 3, [5, seed, 7])
    images = tf.constant(np.stack([x[:32].reshape(32, 784)] * 3))
    population.take_step(stack, images, tf.constant([y[:32]] * 3, tf.int32), 1)
    for mean, slope in zip(stack["means"], slopes, strict=True):
        assert np.squeeze(10 * mean.numpy()[1]) == pytest.approx(slope.numpy(), abs=1e-6)


def test_the_first_step_of_adam_is_as_long_as_the_learning_rate(scaled):
    images, labels = scaled
    some = images[:32], labels[:32]
    networks = population.Population([0], [3], learning_rate=0.004)
    networks.fit(some, some, epochs=1)
    begun, ended = population.initial_weights(3), networks.network(0, 3).get_weights()
    moved = [np.abs(np.ravel(a) - np.ravel(b)).max() for a, b in zip(begun, ended, strict=True)]
    assert moved == pytest.approx([0.004] * 6, rel=0.01)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_dropout_five_steps_equal_those_of_keras(some, seed):
    few = some[0][:160], some[1][:160]
    model, x, y = alone(seed, few)
    model.fit(x, y, batch_size=32, shuffle=False, verbose=0)
    ours = trained([0, 0.2], [seed], few).network(0, seed).get_weights()
    difference = max(np.abs(a - b).max() for a, b in zip(ours, model.get_weights(), strict=True))
    print(f"largest difference of a weight after five steps: {difference:.1e}")
    assert difference < 2e-5


@pytest.mark.slow
def test_dropout_networks_agree_with_networks_trained_alone(mnist):
    (images, labels), (test_images, test_labels) = mnist
    training_set = data.scale(images[:4_000]), labels[:4_000]
    validation_set = data.scale(test_images), test_labels
    rates, seeds, epochs = (0.2, 0.5), range(8), 5
    together = population.Population(rates, seeds)
    log = together.fit(training_set, validation_set, epochs=epochs, report=quietly)
    for rate, ours in zip(rates, log["val_loss"][..., -1], strict=True):
        solo = []
        for seed in seeds:
            keras.utils.set_random_seed(seed)  # for the masks
            model, x, y = alone(seed, training_set, rate, steps_per_execution=125)
            for _ in range(epochs):
                model.fit(training.shuffled(x, y), verbose=0)
            solo.append(model.evaluate(*validation_set, batch_size=1000, verbose=0))
        error = np.sqrt((np.var(solo, ddof=1) + np.var(ours, ddof=1)) / len(seeds))
        print(
            f"rate {rate}: {np.mean(ours):.4f} together, {np.mean(solo):.4f} alone, ± {error:.4f}"
        )
        assert abs(np.mean(ours) - np.mean(solo)) < 3 * error
