"""The ladder of results: its form, its origin, and that its recipes train."""

import dataclasses
import re

import numpy as np
import pytest
from lessons import cell_of

from helpers import data, ladder, plots, training


@pytest.fixture(scope="module")
def stored():
    return ladder.load()


def test_ladder_has_the_form_that_its_docstring_says(stored):
    assert list(stored["rungs"]) == [rung.name for rung in ladder.RUNGS]
    seeds = len(ladder.SEEDS)
    for rung, results in zip(ladder.RUNGS, stored["rungs"].values(), strict=True):
        assert set(results) == {"parameters", *ladder.RESULTS}
        assert results["parameters"] == rung.build().count_params()
        assert results["seconds"].shape == results["accuracy"].shape == (seeds,)
        assert results["shifted"].shape == (seeds, len(ladder.SHIFTS))
        assert results["turned"].shape == (seeds, len(ladder.ANGLES))
        for unmoved in (results["shifted"], results["turned"]):
            assert np.array_equal(unmoved[:, 0], results["accuracy"])
            assert ((unmoved > 0) & (unmoved < 1)).all()


def test_ladder_says_where_it_comes_from(stored):
    provenance = stored["provenance"]
    assert provenance["command"] == "python -m helpers.course ladder"
    assert provenance["data"] == "MNIST, 60,000 training and 10,000 test images"
    assert re.fullmatch(r"\d+ minutes; (CPU|GPU).*", provenance["time"])


def test_best_network_reaches_99_55_percent_in_four_minutes(stored):
    best = stored["rungs"]["best"]
    assert best["accuracy"].mean() >= 0.9955
    assert best["seconds"].max() <= 240


@pytest.mark.parametrize("name", ["dense, augmented", "convolutional", "best"])
def test_a_rung_trains_the_same_network_again_from_the_same_seed(scaled, name):
    rung = next(rung for rung in ladder.RUNGS if rung.name == name)
    short = dataclasses.replace(rung, epochs=2, batch_size=8)
    network, seconds = short.train(*scaled, seed=0)
    again, _ = short.train(*scaled, seed=0)
    other, _ = short.train(*scaled, seed=1)
    images, _ = scaled
    probabilities = np.array(network(images))
    assert seconds > 0
    assert np.allclose(probabilities, again(images), atol=1e-5)
    assert not np.allclose(probabilities, other(images), atol=1e-3)
    assert np.array_equal(ladder.read(network, images), probabilities.argmax(axis=1))


def test_best_rung_is_what_lesson_09_trains():
    namespace = {"keras": training.keras, "np": np, "plots": plots, "data": data}
    images = np.zeros((60_000, 1, 1), np.uint8)
    namespace |= {"images": images, "labels": np.zeros(60_000)}
    exec(cell_of("09", "one_cycle ="), namespace)
    exec(cell_of("09", "def small_changes"), namespace)
    best = ladder.RUNGS[-1]
    assert (best.epochs, best.batch_size) == (namespace["EPOCHS"], namespace["BATCH"])
    ours = best._optimizer(60_000)
    assert ours._learning_rate.get_config() == namespace["one_cycle"].get_config()
    assert f"ema_momentum={best.average})" in cell_of("09", "augmented(best")
    for one, other in zip(ladder.small_changes(), namespace["small_changes"](), strict=True):
        configs = [{**layer.get_config(), "name": "", "seed": 0} for layer in (one, other)]
        assert type(one) is type(other)
        assert configs[0] == configs[1]


def test_learning_rate_rises_and_falls():
    best = ladder.RUNGS[-1]
    schedule = best._optimizer(60_000)._learning_rate
    steps = best.epochs * 469
    rates = [float(schedule(step)) for step in (0, 0.1 * steps, 0.2 * steps, 0.6 * steps, steps)]
    assert np.allclose(np.divide(rates, best.peak), [0.05, 0.525, 1, 0.5, 0], atol=2e-3)


def test_averaged_weights_are_those_that_the_network_keeps(scaled):
    """An average that forgets nothing stays where the first step, of at most 0.001, has led."""
    rung = dataclasses.replace(ladder.RUNGS[0], epochs=2, batch_size=8, average=1 - 1e-9)
    training.keras.utils.set_random_seed(0)
    initial = rung.build().get_weights()[0]
    network, _ = rung.train(*scaled, seed=0)
    moved, _ = dataclasses.replace(rung, average=0).train(*scaled, seed=0)
    assert np.abs(network.get_weights()[0] - initial).max() <= 0.0011
    assert np.abs(moved.get_weights()[0] - initial).max() > 0.005
