"""The ladder of results: its form, its origin, and that its recipes train."""

import dataclasses
import re

import numpy as np
import pytest
from lessons import cell_of

from helpers import ladder, models, plots, training


@pytest.fixture(scope="module")
def stored():
    return ladder.load()


def test_ladder_has_the_form_that_its_docstring_says(stored):
    assert list(stored["rungs"]) == [rung.name for rung in ladder.RUNGS]
    seeds = len(ladder.SEEDS)
    shapes = {
        "parameters": (),
        "seconds": (seeds,),
        "correct": (seeds, 10_000),
        "shifted": (seeds, len(ladder.SHIFTS)),
        "turned": (seeds, len(ladder.ANGLES)),
    }
    for rung, results in zip(ladder.RUNGS, stored["rungs"].values(), strict=True):
        assert {key: value.shape for key, value in results.items()} == shapes
        assert results["correct"].dtype == bool
        assert results["parameters"] == rung.build().count_params()
        for moved in (results["shifted"], results["turned"]):
            assert np.allclose(moved[:, 0], results["correct"].mean(axis=1))
            assert ((moved > 0) & (moved < 1)).all()


def test_ladder_says_where_it_comes_from(stored):
    provenance = stored["provenance"]
    assert provenance["command"] == "python -m helpers.course ladder"
    assert provenance["data"] == "MNIST, 60,000 training and 10,000 test images"
    assert re.fullmatch(r"\d+ minutes; (CPU|GPU).*", provenance["time"])


def test_best_network_reaches_99_55_percent_in_four_minutes(stored):
    best = stored["rungs"]["best"]
    assert best["correct"].mean() >= 0.9955
    assert best["seconds"].max() <= 240


@pytest.mark.parametrize("name", ["dense, augmented", "convolutional", "best"])
def test_a_rung_trains_the_same_network_again_from_the_same_seed(scaled, name):
    rung = next(rung for rung in ladder.RUNGS if rung.name == name)
    short = dataclasses.replace(rung, epochs=2, batch_size=8)
    network, seconds = short.train(*scaled, seed=0)
    again, _ = short.train(*scaled, seed=0)
    others = [
        short.train(*scaled, seed=1)[0],
        dataclasses.replace(short, augmented=not short.augmented).train(*scaled, seed=0)[0],
        dataclasses.replace(short, peak=0.01).train(*scaled, seed=0)[0],
    ]
    images, _ = scaled
    probabilities = np.array(network(images))
    assert seconds > 0
    assert np.allclose(probabilities, again(images), atol=1e-5)
    for other in others:
        assert not np.allclose(probabilities, other(images), atol=1e-3)
    assert np.array_equal(ladder.read(network, images), probabilities.argmax(axis=1))


def test_best_rung_is_what_lesson_09_trains():
    namespace = {"keras": training.keras, "np": np, "plots": plots}
    namespace["images"] = np.zeros((60_000, 1, 1), np.uint8)
    for definition in ("one_cycle =", "def small_changes"):
        exec(cell_of("09", definition).split("keras.utils.set_random_seed")[0], namespace)
    best = ladder.RUNGS[-1]
    assert best.augmented
    assert best.build is models.deep_convolutional
    assert (best.epochs, best.batch_size) == (namespace["EPOCHS"], namespace["BATCH"])
    theirs = training.keras.optimizers.Adam(namespace["one_cycle"], name="adam")
    assert "optimizer=keras.optimizers.Adam(one_cycle)," in cell_of("09", "augmented(best")
    assert {**best._optimizer(60_000).get_config(), "name": "adam"} == theirs.get_config()
    for one, other in zip(ladder.small_changes(), namespace["small_changes"](), strict=True):
        configs = [{**layer.get_config(), "name": "", "seed": 0} for layer in (one, other)]
        assert type(one) is type(other)
        assert configs[0] == configs[1]


def test_convolutional_rung_is_what_lesson_07_trains():
    rung = next(rung for rung in ladder.RUNGS if rung.name == "convolutional")
    source = cell_of("07", "def train_convolutional")
    assert f"SEEDS, EPOCHS, BATCH = range(3), {rung.epochs}, {rung.batch_size}\n" in source
    assert f"schedule = keras.optimizers.schedules.CosineDecay({rung.peak}, STEPS)\n" in source
    steps = rung.epochs * 938
    theirs = training.keras.optimizers.schedules.CosineDecay(rung.peak, steps)
    assert rung._optimizer(60_000)._learning_rate.get_config() == theirs.get_config()


def test_learning_rate_rises_and_falls():
    best = ladder.RUNGS[-1]
    schedule = best._optimizer(60_000)._learning_rate
    steps = best.epochs * 469
    rates = [float(schedule(step)) for step in (0, 0.1 * steps, 0.2 * steps, 0.6 * steps, steps)]
    assert np.allclose(np.divide(rates, best.peak), [0.05, 0.525, 1, 0.5, 0], atol=2e-3)
