"""The ladder: the models of the series, each trained from several seeds and tested once.

`python -m helpers.course ladder` trains all of them on the complete data and stores the results.
"""

import functools
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers import data, models, study, training

keras = training.keras

PATH = Path(__file__).with_name("ladder.npz")
SEEDS = (0, 1, 2)
#: Pixels to the right, and degrees counter-clockwise, by which test images are moved.
SHIFTS = tuple(range(7))
ANGLES = tuple(range(0, 50, 5))


@dataclass(frozen=True)
class Rung:
    """One model of the series and how it is trained.

    With a `peak` the learning rate falls from it to zero along a cosine, after it rose to it
    during the share `rise` of training; without one it is Adam's 0.001 throughout.
    """

    name: str
    build: Callable
    epochs: int = 10
    batch_size: int = 32
    peak: float = 0
    rise: float = 0
    augmented: bool = False

    def train(self, images, labels, seed):
        """Train this model.

        Parameters
        ----------
        images : float32 array of shape (n, 28, 28) in 0..1
        labels : array of shape (n,)
        seed : int

        Returns
        -------
        keras.Model, float
            The trained network, without augmentation, and the seconds that training took.
        """
        keras.utils.set_random_seed(seed)
        network = self.build()
        log = training.fit(
            models.augmented(network, small_changes()) if self.augmented else network,
            (images, labels),
            None,
            epochs=self.epochs,
            batch_size=self.batch_size,
            optimizer=self._optimizer(len(images)),
            training_curve=False,
        )
        return network, float(log["seconds"].sum())

    def _optimizer(self, images):
        rate = 0.001
        steps = self.epochs * math.ceil(images / self.batch_size)
        if self.rise:
            rise = round(self.rise * steps)
            rate = keras.optimizers.schedules.CosineDecay(
                self.peak / 20, steps - rise, warmup_target=self.peak, warmup_steps=rise
            )
        elif self.peak:
            rate = keras.optimizers.schedules.CosineDecay(self.peak, steps)
        return keras.optimizers.Adam(rate)


def small_changes():
    """Return new layers that shift, turn and zoom images a little, as in lesson 09."""
    return (
        keras.layers.RandomTranslation(2 / 28, 2 / 28, fill_mode="constant"),
        keras.layers.RandomRotation(10 / 360, fill_mode="constant"),
        keras.layers.RandomZoom(0.1, 0.1, fill_mode="constant"),
    )


no_dropout = functools.partial(models.dense_dropout, 0)
LONGER = {"epochs": 30, "batch_size": 128, "peak": 0.004}
LONGER_CONVOLUTIONAL = {"epochs": 12, "batch_size": 64, "peak": 0.003}
BEST = {"epochs": 18, "batch_size": 128, "peak": 0.004, "rise": 0.2}
RUNGS = (
    Rung("softmax", models.softmax_classifier, epochs=6, batch_size=256),
    Rung("dense, no dropout", no_dropout),
    Rung("dense", models.dense_dropout),
    Rung("dense, normalised", models.dense_normalized),
    Rung("dense, longer", models.dense_dropout, **LONGER),
    Rung("dense, augmented", models.dense_dropout, **LONGER, augmented=True),
    Rung("dense, no dropout, longer", no_dropout, **LONGER),
    Rung("dense, no dropout, augmented", no_dropout, **LONGER, augmented=True),
    Rung("convolutional", models.convolutional, epochs=4, batch_size=64, peak=0.003),
    Rung("convolutional, longer", models.convolutional, **LONGER_CONVOLUTIONAL),
    Rung("convolutional, augmented", models.convolutional, **LONGER_CONVOLUTIONAL, augmented=True),
    Rung("best, not augmented", models.deep_convolutional, **BEST),
    Rung("best", models.deep_convolutional, **BEST, augmented=True),
)


def read(network, images):
    """Read digits a thousand at a time.

    Parameters
    ----------
    network : keras.Model
    images : float32 array of shape (n, 28, 28)

    Returns
    -------
    int array of shape (n,)
    """
    parts = [np.array(network(images[i : i + 1000])) for i in range(0, len(images), 1000)]
    return np.concatenate(parts).argmax(axis=1)


def load(path=PATH):
    """Load the stored results.

    Returns
    -------
    dict
        ``rungs``: for each name a dict of ``parameters``, an int; ``seconds`` of training, shape
        (seeds,); ``correct``, whether each test image was read as labelled, bool, shape
        (seeds, 10000); ``shifted`` and ``turned``, the share of moved test images that was,
        shapes (seeds, shifts) and (seeds, angles). ``provenance``: dict of str.
    """
    with np.load(path, allow_pickle=False) as file:
        stored = {name: file[name] for name in file.files}
    stored["correct"] = np.unpackbits(stored["correct"], axis=-1).astype(bool)
    provenance, names = json.loads(str(stored.pop("provenance"))), stored.pop("names")
    rungs = {str(name): {key: stored[key][i] for key in stored} for i, name in enumerate(names)}
    return {"rungs": rungs, "provenance": provenance}


def make(path=PATH):
    """Train all rungs on the complete data and store the results; half an hour on two cores."""
    began = time.perf_counter()
    (images, labels), (test_images, y_test) = data.load_mnist()
    x, x_test = data.scale(images), data.scale(test_images)
    moved = {
        "shifted": [data.shift(x_test, pixels) for pixels in SHIFTS],
        "turned": [data.rotate(x_test, degrees) for degrees in ANGLES],
    }
    results = {key: [] for key in ("parameters", "seconds", "correct", *moved)}
    for rung in RUNGS:
        runs = {key: [] for key in results}
        for seed in SEEDS:
            network, seconds = rung.train(x, labels, seed)
            correct = read(network, x_test) == y_test
            runs["seconds"].append(seconds)
            runs["correct"].append(np.packbits(correct))
            for key, variants in moved.items():
                runs[key].append([np.mean(read(network, way) == y_test) for way in variants])
            print(f"{rung.name}, seed {seed}: {seconds:.0f} s, {correct.mean():.2%}", flush=True)
        runs["parameters"] = network.count_params()
        for key, values in runs.items():
            results[key].append(values)
    provenance = study.provenance(
        "ladder", f"MNIST, {len(x):,} training and {len(x_test):,} test images", began
    )
    names = [rung.name for rung in RUNGS]
    np.savez_compressed(path, names=names, provenance=json.dumps(provenance), **results)
