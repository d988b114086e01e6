"""Stored results: their form, their origin, and that the tool makes such results again."""

import dataclasses
import re
import time

import numpy as np
import pytest
import stored

from helpers import data, keras, population, results


@pytest.fixture(scope="module")
def study():
    return results.load("study")


@pytest.fixture(scope="module")
def rivals():
    return results.load("rivals")


@pytest.fixture(scope="module")
def ladder():
    stored = results.load("ladder")
    keys = [key for key in stored if key not in ("names", "provenance")]
    rungs = {
        str(name): {key: stored[key][i] for key in keys} for i, name in enumerate(stored["names"])
    }
    return {"rungs": rungs, "provenance": stored["provenance"]}


@pytest.fixture(scope="module")
def arrangements():
    return results.load("arrangements")


@pytest.fixture(scope="module")
def rungs():
    """The models of the ladder, to be trained on MNIST's 60,000 images, by name."""
    return {rung.name: rung for rung in stored.rungs(np.zeros(60_000))}


def test_study_has_the_form_that_its_docstring_says(study):
    sizes, rates, seeds, pairs = (len(study[key]) for key in ("sizes", "rates", "seeds", "pairs"))
    assert (sizes, rates, seeds) >= (4, 8, 5)
    for name in (*population.LOGGED, *(f"steps_{name}" for name in population.LOGGED)):
        assert study[name].shape == (sizes, rates, seeds, 20)
        assert study[name].dtype == np.float32
        assert (study[name] > 0).all()
        assert (study[name] <= 1).all() or name.endswith("loss")
        assert np.array_equal(study[name][-1], study[name.removeprefix("steps_")][-1])
    assert study["pair_loss"].shape == study["pair_accuracy"].shape == (pairs, pairs, seeds)


def test_rivals_have_the_form_that_their_docstring_says(rivals):
    trials, sizes = len(rivals["rival"]), len(rivals["sizes"])
    assert trials == 13
    assert rivals["trials"].shape == (trials, 5, 20, 3, 2)
    assert rivals["wide"].shape == (sizes, 2, 5, 20, 3, 2)
    assert rivals["epochs"].shape == (sizes, 20)
    for values in (rivals["trials"], rivals["wide"]):
        assert values.dtype == np.float32
        assert np.isfinite(values).all()
        assert ((values[..., 1] > 0) & (values[..., 1] <= 1)).all()  # accuracies


NETWORKS = {"dense_dropout": "dense", "convolutional": "convolutional", "best": "best"}


@pytest.mark.parametrize("file", NETWORKS)
def test_stored_networks_are_those_of_the_lessons_and_small(rungs, file):
    path = results.NETWORKS / f"{file}.keras"
    ours, theirs = keras.models.load_model(path), rungs[NETWORKS[file]].build()
    assert [type(layer) for layer in ours.layers] == [type(layer) for layer in theirs.layers]
    shapes = [[weight.shape for weight in network.weights] for network in (ours, theirs)]
    assert shapes[0] == shapes[1]
    assert path.stat().st_size < 600_000


@pytest.mark.parametrize("file", NETWORKS)
def test_stored_networks_read_the_test_images_as_on_the_ladder(ladder, file, mnist):
    (images, _), (test_images, y_test) = mnist
    if len(images) < 60_000:
        pytest.skip("needs the complete data")
    network = keras.models.load_model(results.NETWORKS / f"{file}.keras")
    answers = network.predict(data.scale(test_images), batch_size=1_000, verbose=0).argmax(axis=1)
    stored = ladder["rungs"][NETWORKS[file]]["correct"].mean(axis=1)
    assert np.mean(answers == y_test) == pytest.approx(stored[0], abs=0.001)


WHICH = ["study", "rivals", "arrangements", "normalisation", "curves", "ladder"]


@pytest.mark.parametrize("which", WHICH)
def test_results_are_loaded_in_50_milliseconds(which):
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        results.load(which)
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.05


def test_ladder_has_the_form_that_its_docstring_says(ladder, rungs):
    shapes = {
        "parameters": (),
        "seconds": (5,),
        "correct": (5, 10_000),
        "others": (5, 1_797),
        "shifted": (5, 7),
        "turned": (5, 10),
    }
    assert list(ladder["rungs"]) == list(rungs)
    for name, tested in ladder["rungs"].items():
        assert {key: value.shape for key, value in tested.items()} == shapes
        assert tested["correct"].dtype == bool
        assert tested["parameters"] == rungs[name].build().count_params()
        for moved in (tested["shifted"], tested["turned"]):
            assert np.allclose(moved[:, 0], tested["correct"].mean(axis=1))
            assert ((moved > 0) & (moved < 1)).all()


@pytest.mark.parametrize(
    ("which", "images"),
    [
        ("study", "50,000 training and 10,000 validation images"),
        ("rivals", "50,000 training and 10,000 validation images"),
        ("arrangements", "50,000 training and 10,000 validation images"),
        ("normalisation", "50,000 training and 10,000 validation images"),
        ("curves", "50,000 training and 10,000 validation images"),
        ("ladder", "60,000 training and 10,000 test images"),
    ],
)
def test_results_say_where_they_come_from(which, images):
    provenance = results.load(which)["provenance"]
    assert set(provenance) == {"command", "date", "data", "versions", "time"}
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", provenance["date"])
    assert provenance["data"] == f"MNIST, {images}"
    assert re.fullmatch(r"\d+ minutes; (CPU|GPU).*", provenance["time"])
    assert re.search(r"TensorFlow [\d.]+, Keras [\d.]+, NumPy [\d.]+", provenance["versions"])


def test_curves_have_the_form_that_their_docstring_says(rungs):
    kept = results.load("curves")
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert kept[key].shape == (2, 3, rungs["best"].epochs + rungs["best"].last[0])
        assert (kept[key] > 0).all()
        assert (kept[key] <= 1).all() or key.endswith("loss")
    assert kept["val_accuracy"][:, :, -1].mean() > 0.99
    with_changes, without = kept["accuracy"][:, :, rungs["best"].epochs - 1]
    assert (with_changes < without).all()  # changed images are the harder ones


def test_best_network_reaches_99_6_percent(ladder):
    assert ladder["rungs"]["best"]["correct"].mean() >= 0.996


def test_best_network_takes_four_minutes_at_most(ladder):
    assert ladder["rungs"]["best"]["seconds"].max() <= 240


def test_lesson_10_shifts_as_lesson_02(digits):
    images, _ = digits
    ours = stored.from_lesson("10", "shift")["shift"]
    theirs = stored.from_lesson("02", "PIXELS", "shift")["shift"]
    for pixels in stored.SHIFTS:
        assert np.array_equal(ours(images, pixels), theirs(images, pixels))
        assert ours(images, pixels)[:, :, :pixels].sum() == 0


def test_learning_rates_rise_and_fall(rungs):
    def at(name, steps):
        return [float(rungs[name].learning_rate(step)) for step in steps]

    steps = 15 * 469  # of the best network
    assert np.allclose(
        at("best", np.multiply((0, 0.1, 0.2, 0.6, 1), steps)),
        np.multiply((0.05, 0.525, 1, 0.5, 0), 0.004),
        atol=1e-5,
    )
    _, small_steps = rungs["best"].last
    assert np.allclose([small_steps(0), small_steps(2 * 469)], [0.0002, 0], atol=1e-7)
    steps = 4 * 938
    assert np.allclose(
        at("convolutional", np.multiply((0, 0.5, 1), steps)), (0.003, 0.0015, 0), atol=1e-5
    )


@pytest.mark.parametrize("name", ["dense, augmented", "best"])
def test_a_rung_trains_the_same_network_again_from_the_same_seed(rungs, scaled, name):
    rung = dataclasses.replace(rungs[name], epochs=2, batch_size=8, learning_rate=0.003)
    network, log = rung.train(scaled, seed=0)
    again, _ = rung.train(scaled, seed=0)
    others = [
        rung.train(scaled, seed=1)[0],
        dataclasses.replace(rung, changes=None).train(scaled, seed=0)[0],
        dataclasses.replace(rung, learning_rate=0.01).train(scaled, seed=0)[0],
    ]
    images, _ = scaled
    probabilities = np.array(network(images))
    assert (log["seconds"] > 0).all()
    assert np.allclose(probabilities, again(images), atol=1e-5)
    for other in others:
        assert not np.allclose(probabilities, other(images), atol=1e-3)


def test_the_study_can_be_made_again_small(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    stored.study(tmp_path, sizes=(100, 300), seeds=range(1), epochs=2)
    again = results.load("study", tmp_path)
    assert again.keys() == results.load("study").keys()
    assert again["val_loss"].shape == (2, len(stored.RATES), 1, 2)
    assert (again["steps_val_loss"][0] < again["val_loss"][0]).all()  # thrice as many steps
    assert np.array_equal(again["steps_val_loss"][1], again["val_loss"][1])
    assert again["pair_loss"].shape == (len(stored.PAIRS), len(stored.PAIRS), 1)
    assert again["provenance"]["command"] == "python .ci/series.py results study"


@pytest.mark.slow
def test_the_rivals_can_be_trained_again_small(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    stored.rivals(tmp_path, wide={100: 20}, seeds=range(1), epochs=1)
    again = results.load("rivals", tmp_path)
    assert again["trials"].shape == (13, 1, 1, 3, 2)
    assert again["wide"].shape == (1, 2, 1, 20, 3, 2)
    assert again["epochs"].tolist() == [list(range(1, 21))]
    loss, accuracy = np.moveaxis(again["wide"][0, 0, 0], -1, 0)
    assert (loss[-1] < loss[0]).all()
    assert accuracy[-1, 0] == 1  # it knows its hundred images by heart


@pytest.mark.slow
def test_the_arrangements_can_be_trained_again_small(tmp_path, monkeypatch, arrangements):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    stored.arrangements(tmp_path, seeds=range(1))
    again = results.load("arrangements", tmp_path)
    assert again["scores"].shape == (2, 3, 1, 3)
    assert again["shifted"].shape == (2, 1, 7)
    assert np.array_equal(again["shifted"][:, :, 0], again["scores"][:, 0, :, 0])
    assert np.array_equal(again["shifted"][:, :, 3], again["scores"][:, 0, :, 2])
    assert (again["scores"][:, [0, 1, 2], :, [0, 1, 2]] > 0.7).all()  # each reads what it learned


def test_arrangements_have_the_form_that_their_docstring_says(arrangements):
    assert arrangements["scores"].shape == (2, 3, 5, 3)
    assert arrangements["shifted"].shape == (2, 5, 7)
    assert (arrangements["scores"][1, 0, :, 0]).mean() > 0.99  # convolutional, images as they are


@pytest.mark.slow
def test_the_normalised_networks_can_be_trained_again_small(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    stored.normalisation(tmp_path, seeds=range(1), epochs=1)
    again, kept = results.load("normalisation", tmp_path), results.load("normalisation")
    assert again.keys() == kept.keys()
    for key in ("learning_rates", "batch_sizes", "names"):
        assert np.array_equal(again[key], kept[key])
    assert again["swept"].shape == (2, 2, 1, 4)
    assert again["batches"].shape == (2, 1, 4)
    assert again["orders"].shape == (7, 1, 1, 2)
    assert (again["swept"][0, :, 0, 1] > 0.8).all()  # both learn with Adam at 0.01


def test_normalisation_has_the_form_that_its_docstring_says():
    kept = results.load("normalisation")
    assert kept["swept"].shape == (2, 2, 5, 4)
    assert kept["batches"].shape == (2, 5, 4)
    assert kept["orders"].shape == (len(kept["names"]), 5, 20, 2) == (7, 5, 20, 2)
    for accuracies in (kept["swept"], kept["batches"], kept["orders"][..., 1]):
        assert ((accuracies > 0) & (accuracies <= 1)).all()
    assert (kept["orders"][:, :, -1, 1] > 0.96).all()


@pytest.mark.slow
def test_a_small_part_trained_now_agrees_with_the_study(study, mnist):
    """1,000 images, rates 0 and 0.2, other seeds than the stored ones."""
    (images, labels), _ = mnist
    if len(images) < 60_000:
        pytest.skip("the study was trained on the complete data")
    training_set, validation_set = data.split(data.scale(images), labels)
    few = data.balanced_subset(*training_set, 1_000)
    assert study["sizes"][0] == 1_000
    rates = [0, 0.2]
    log = population.Population(rates, range(100, 105)).fit(few, validation_set, epochs=20)
    for now, rate in zip(log["val_loss"][:, :, -1], rates, strict=True):
        then = study["val_loss"][0, list(study["rates"]).index(rate), :, -1]
        error = np.sqrt((now.var(ddof=1) + then.var(ddof=1)) / len(now))
        print(f"rate {rate}: {now.mean():.4f} now, {then.mean():.4f} stored, error {error:.4f}")
        assert abs(now.mean() - then.mean()) < 3 * error


def test_pairs_agree_with_the_sweep_where_both_rates_are_equal(study):
    """Ten epochs on all images were trained twice over: as pairs, and as part of twenty."""
    for i, rate in enumerate(study["pairs"]):
        sweep = study["val_loss"][-1, list(study["rates"]).index(rate), :, 9]
        assert study["pair_loss"][i, i] == pytest.approx(sweep, rel=1e-3)
