"""The population: independent networks, equal to networks that are trained alone."""

import numpy as np
import pytest

from helpers import InputError, data, models, population, training
from helpers.training import keras, tf


@pytest.fixture(scope="module")
def sets(mnist):
    """The training and validation images of the lessons, scaled."""
    (images, labels), _ = mnist
    return data.split(data.scale(images), labels)


def alone(rate, seed, training_set, epochs, optimizer="adam"):
    """Train one ordinary network with Keras: the same start, the same order of the images."""
    x, y = training_set
    model = models.dense_dropout(rate)
    model.set_weights(population.initial_weights(seed))
    model.compile(
        optimizer,
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=training.steps_per_execution(len(x)),
    )
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        model.fit(x[order], y[order], batch_size=32, shuffle=False, verbose=0)
    return model


def test_log_has_a_place_for_every_size_rate_seed_and_epoch(scaled):
    trained = population.Population([0, (0.1, 0.5), 0.9], range(2), sizes=[10, 20])
    log = trained.fit(scaled, scaled, epochs=3, show=False)
    assert set(log) == {"off_loss", "off_accuracy", "val_loss", "val_accuracy"}
    assert all(values.shape == (2, 3, 2, 3) for values in log.values())
    assert all(np.isfinite(values).all() for values in log.values())
    assert len(np.unique(log["val_loss"])) == log["val_loss"].size  # nobody twice


def test_without_sizes_all_images_are_used_and_the_axis_is_left_out(scaled):
    log = population.Population([0.2], [0, 1]).fit(scaled, scaled, epochs=1, show=False)
    assert log["val_loss"].shape == (1, 2, 1)
    assert log["val_loss"] == pytest.approx(log["off_loss"], rel=1e-5)  # the same images


@pytest.mark.parametrize("count", [1, 2, 7, 10, 11, 24])
def test_rounds_hold_every_network_and_one_seed_a_stack(count, monkeypatch):
    monkeypatch.setattr(population, "_on_gpu", lambda: False)
    monkeypatch.setattr(population.os, "cpu_count", lambda: 2)
    for seeds in (1, 3, 8):
        rounds = population._rounds(count, seeds)
        assert set(rounds.ravel()) == set(range(count * seeds))
        assert (np.ptp(rounds // count, axis=-1) == 0).all()
        assert rounds.shape[1] * rounds.shape[2] <= 2 * population.STACK
        assert rounds.size <= 1.5 * count * seeds + 2  # few places are left over


@pytest.mark.parametrize(("on_gpu", "shape"), [(False, (3, 2, 4)), (True, (1, 3, 8))])
def test_rates_of_24_networks_leave_no_place_over(on_gpu, shape, monkeypatch):
    monkeypatch.setattr(population, "_on_gpu", lambda: on_gpu)
    monkeypatch.setattr(population.os, "cpu_count", lambda: 2)
    assert population._rounds(8, 3).shape == shape


def test_network_is_the_one_that_was_measured(scaled):
    trained = population.Population([0, (0.1, 0.5)], [3, 4], sizes=[10, 40])
    log = trained.fit(scaled, scaled, epochs=2, show=False)
    for i, size in enumerate([10, 40]):
        for r, rate in enumerate([0, (0.1, 0.5)]):
            for s, seed in enumerate([3, 4]):
                network = trained.network(rate, seed, size)
                network.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
                measured = network.evaluate(*scaled, verbose=0)
                logged = [log[name][i, r, s, -1] for name in ("val_loss", "val_accuracy")]
                assert measured == pytest.approx(logged, rel=1e-4)
    assert [layer.rate for layer in network.layers if "dropout" in layer.name] == [0.1, 0.5]
    with pytest.raises(InputError, match="no trained network"):
        trained.network(0.3, 3, 10)


def test_same_call_same_result_and_another_seed_another(mnist):
    (images, labels), _ = mnist
    some = data.scale(images[:2_000]), labels[:2_000]
    losses = [
        population.Population([0, 0.2], seeds).fit(some, some, epochs=3, show=False)["val_loss"]
        for seeds in ([0, 1], [0, 1], [2, 3])
    ]
    assert np.array_equal(losses[0], losses[1])
    assert not np.isclose(losses[0], losses[2]).any()


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, float("nan"), (0.2, 1), (-0.1, 0)])
def test_impossible_rates_are_refused(rate):
    with pytest.raises(InputError, match="dropout rate of"):
        population.Population([0.2, rate], [0])


@pytest.mark.parametrize("rate", [0, 0.5, 0.999, (0, 0.9)])
def test_possible_rates_are_trained(rate, scaled):
    log = population.Population([rate], [0]).fit(scaled, scaled, epochs=1, show=False)
    assert np.isfinite(log["val_loss"]).all()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([], [0]), "needs rates"),
        (([0.2], []), "needs seeds"),
        (([0.2], [0], []), "needs sizes"),
        (([0.2], [0, 1, 0]), "named twice"),
        (([0.2], [0], [10, 10]), "named twice"),
        (([0.2], [-1]), "whole numbers from 0 on"),
    ],
)
def test_empty_doubled_and_impossible_arguments_are_refused(arguments, sentence):
    with pytest.raises(InputError, match=sentence):
        population.Population(*arguments)


def test_unscaled_images_and_too_large_subsets_are_refused(digits, scaled):
    with pytest.raises(InputError, match=r"not scaled to \[0, 1\]"):
        population.Population([0.2], [0]).fit(digits, digits)
    with pytest.raises(InputError, match="cannot be picked evenly"):
        population.Population([0.2], [0], sizes=[1_000]).fit(scaled, scaled)


def test_interrupt_keeps_the_epochs_that_were_finished(scaled):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    trained = population.Population([0.2], [0])
    with pytest.raises(KeyboardInterrupt):
        trained.fit(scaled, scaled, epochs=4, callbacks=[Stop()], show=False)
    assert np.isfinite(trained.log["val_loss"][0, 0]).tolist() == [True, True, False, False]
    with pytest.raises(InputError, match="no trained network"):
        trained.network(0.2, 0)


def test_interrupted_repetition_leaves_what_was_measured(scaled, monkeypatch):
    """Five rates and three seeds fill two rounds of two stacks: the second repeats seed 0."""
    monkeypatch.setattr(population, "_on_gpu", lambda: False)
    monkeypatch.setattr(population.os, "cpu_count", lambda: 2)
    kept = []

    class Stop(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            kept.append({name: values.copy() for name, values in trained.log.items()})

        def on_epoch_end(self, epoch, logs=None):
            if kept and epoch == 1:
                raise KeyboardInterrupt

    trained = population.Population([0, 0.1, 0.2, 0.3, 0.4], range(3))
    with pytest.raises(KeyboardInterrupt):
        trained.fit(scaled, scaled, epochs=3, callbacks=[Stop()], show=False)
    for name, values in trained.log.items():
        assert np.array_equal(values[:, :2], kept[0][name][:, :2])
        assert np.isfinite(values[:, 2]).tolist() == [[True, True, False]] * 5


# Independence: networks 0 to 2 are one stack, 3 to 5 another.


def step(scaled, change=None):
    """Take one step; return each network's masks, gradients and weights as bytes."""
    x, y = (tf.constant(array) for array in scaled)
    model = population.SideBySide(2, 3, batch_size=32)
    for seed, stack in enumerate(model.stacks):
        stack.start(population.initial_weights(seed), [(0.2, 0.5)] * 3)
    if change:
        change(model.stacks[0])
    masks = [stack.dropout(tf.ones((3, 40, 128)), stack.rates[0]) for stack in model.stacks]
    for seed, stack in enumerate(model.stacks):
        stack.random.reset_from_seed(seed)
    model.train_batch(x, y, np.arange(40).reshape(1, 40).repeat(2, axis=0))
    weights = [network for stack in model.stacks for network in stack.get_networks()]
    # After its first step Adam's momentum is a tenth of the gradient.
    for stack in model.stacks:
        places = [model.optimizer._get_variable_index(weight) for weight in stack.trainable_weights]
        for weight, place in zip(stack.trainable_weights, places, strict=True):
            weight.assign(model.optimizer._momentums[place])
    gradients = [network for stack in model.stacks for network in stack.get_networks()]
    return [
        b"".join(np.asarray(array).tobytes() for array in (mask, *weight, *gradient))
        for mask, weight, gradient in zip(np.concatenate(masks), weights, gradients, strict=True)
    ]


def change_weights(stack):
    kernel = stack.kernel_1.numpy()
    kernel[:, 128:256] += 0.01
    stack.kernel_1.assign(kernel)
    second = stack.kernel_2.numpy()
    second[1] *= 2
    stack.kernel_2.assign(second)


def change_rate(stack):
    rates = stack.rates.numpy()
    rates[:, 1] = 0.9
    stack.rates.assign(rates)


@pytest.mark.parametrize("change", [change_weights, change_rate])
def test_no_bit_of_a_network_depends_on_another(scaled, change):
    before, after = step(scaled), step(scaled, change)
    assert [one == other for one, other in zip(before, after, strict=True)] == [
        True, False, True, True, True, True,
    ]  # fmt: skip


def test_networks_of_a_stack_have_masks_of_their_own():
    stack = population.Stack(3)
    stack.start(population.initial_weights(0), [(0.5, 0.5), (0.5, 0.5), (0.2, 0.5)])
    kept = stack.dropout(tf.ones((3, 1_000, 128)), stack.rates[0]).numpy()
    assert kept.mean(axis=(1, 2)) == pytest.approx([1, 1, 1], abs=0.01)
    assert (kept == 0).mean(axis=(1, 2)) == pytest.approx([0.5, 0.5, 0.2], abs=0.01)
    both = ((kept[0] == 0) & (kept[1] == 0)).mean()
    assert both == pytest.approx(0.25, abs=0.01)  # no more than chance brings together


def test_initial_weights_are_drawn_as_keras_draws_them():
    own, keras_own = population.initial_weights(0), models.dense_dropout().get_weights()
    for one, other in zip(own, keras_own, strict=True):
        assert one.shape == other.shape
        assert one.dtype == other.dtype
        assert one.std() == pytest.approx(other.std(), rel=0.1)
        assert np.abs(one).max() == pytest.approx(np.abs(other).max(), rel=0.05)


def test_without_dropout_a_network_equals_one_trained_alone(sets):
    training_set, validation_set = sets
    trained = population.Population([0, 0.2], [0, 1])
    trained.fit(training_set, validation_set, epochs=1, show=False)
    for seed in (0, 1):
        # With Keras's own Adam the same numbers are rounded otherwise, and an epoch of training
        # makes a large difference of that: test_training compares the two over fewer steps.
        solo = alone(0, seed, training_set, 1, training.FusedAdam()).get_weights()
        ours = trained.network(0, seed).get_weights()
        difference = max(np.abs(a - b).max() for a, b in zip(ours, solo, strict=True))
        print(f"population against alone, {len(training_set[0]):,} images: {difference:.1e}")
        assert difference < 1e-4


def test_dropout_networks_agree_with_networks_trained_alone(sets):
    rates, seeds, epochs = (0, 0.2, 0.5), range(5), 5
    (x, y), validation_set = sets
    training_set = x[:10_000], y[:10_000]
    log = population.Population(rates, seeds).fit(
        training_set, validation_set, epochs=epochs, show=False
    )
    for rate, together in zip(rates, log["val_loss"][..., -1], strict=True):
        solo = []
        for seed in seeds:
            keras.utils.set_random_seed(seed)  # for the masks
            network = alone(rate, seed, training_set, epochs)
            solo.append(network.evaluate(*validation_set, batch_size=1000, verbose=0)[0])
        print(f"rate {rate}: {np.mean(together):.4f} together, {np.mean(solo):.4f} alone", end="")
        error = np.sqrt((np.var(solo, ddof=1) + np.var(together, ddof=1)) / len(solo))
        print(f", standard error of the difference {error:.4f}")
        assert abs(np.mean(together) - np.mean(solo)) < 2.5 * error
