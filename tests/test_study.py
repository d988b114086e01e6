"""The stored dropout study: its form, and that it can be trained again."""

import re
import time

import numpy as np
import pytest

from helpers import data, population, study


@pytest.fixture(scope="module")
def stored():
    return study.load()


def test_study_has_the_form_that_its_docstring_says(stored):
    places = len(study.SIZES), len(study.RATES)
    counts = len(study.RATES), len(study.SEEDS), len(study.SIZES), study.EPOCHS
    assert all(count >= least for count, least in zip(counts, (8, 5, 4, 20), strict=True))
    for name, values in {"rates": study.RATES, "seeds": study.SEEDS, "sizes": study.SIZES}.items():
        assert stored[name].tolist() == list(values)
    for name in population.LOGGED:
        values = stored[name]
        assert values.shape == (*places, len(study.SEEDS), study.EPOCHS)
        assert values.dtype == np.float32
        assert (values > 0).all()
        assert (values <= 1).all() or name.endswith("loss")
    assert stored["weights"].shape == (*places, study.UNITS, 28, 28)
    assert stored["weights"].dtype == np.float32
    for name in ("pair_loss", "pair_accuracy"):
        assert stored[name].shape == (len(study.PAIRS), len(study.PAIRS), len(study.SEEDS))


def test_study_says_where_it_comes_from(stored):
    provenance = stored["provenance"]
    assert set(provenance) == {"command", "date", "data", "versions", "time"}
    assert provenance["command"] == "python -m helpers.course study"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", provenance["date"])
    assert provenance["data"] == "MNIST, 50,000 training and 10,000 validation images"
    assert re.fullmatch(r"\d+ minutes; (CPU|GPU).*", provenance["time"])
    assert re.search(r"TensorFlow [\d.]+, Keras [\d.]+, NumPy [\d.]+", provenance["versions"])


def test_study_is_small_and_loads_at_once():
    assert study.PATH.stat().st_size < 1_000_000
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        study.load()
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.05


def test_a_small_part_trained_now_agrees_with_the_study(stored, mnist):
    """1,000 images, rates 0 and 0.2, other seeds than the stored ones."""
    (images, labels), _ = mnist
    if not data.is_complete(images):
        pytest.skip("the study was trained on the complete data")
    training_set, validation_set = data.split(data.scale(images), labels)
    rates, size = [0, 0.2], study.SIZES[0]
    again = population.Population(rates, range(100, 105), [size])
    log = again.fit(training_set, validation_set, epochs=study.EPOCHS, show=False)
    for i, rate in enumerate(rates):
        now = log["val_loss"][0, i, :, -1]
        then = stored["val_loss"][0, study.RATES.index(rate), :, -1]
        error = np.sqrt((now.var(ddof=1) + then.var(ddof=1)) / len(now))
        print(f"rate {rate}: {now.mean():.4f} now, {then.mean():.4f} stored, error {error:.4f}")
        assert abs(now.mean() - then.mean()) < 3 * error


def test_pairs_agree_with_the_sweep_where_both_rates_are_equal(stored):
    """Ten epochs on all images were trained twice over: as pairs, and as part of twenty."""
    for i, rate in enumerate(study.PAIRS):
        sweep = stored["val_loss"][-1, study.RATES.index(rate), :, 9]
        pair = stored["pair_loss"][i, i]
        if rate == 0:
            assert pair == pytest.approx(sweep, rel=1e-3)  # no masks: the same networks
        error = np.sqrt((sweep.var(ddof=1) + pair.var(ddof=1)) / len(pair))
        assert abs(sweep.mean() - pair.mean()) < 3.5 * error
