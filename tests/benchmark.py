"""Time the series beside plain Keras: python tests/benchmark.py [RUNS]

Prints ratios of times from the same run, with their range over the runs: times themselves change
from machine to machine and from minute to minute. Each measurement has a process of its own, as
TensorFlow's threads are set once for a process.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from helpers import data, models, population, study, training, widgets


class Clock(training.keras.callbacks.Callback):
    """Note the seconds of each epoch: the training, and all with what is measured after it."""

    def __init__(self):
        super().__init__()
        self.training, self.all = [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.trained = time.perf_counter() - self.began

    def on_epoch_end(self, epoch, logs=None):
        self.training.append(self.trained)
        self.all.append(time.perf_counter() - self.began)


def plain(train, test):
    """Keras's `fit` with its defaults, and the test images as validation data."""
    model, clock = models.dense_dropout(), Clock()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*train, epochs=4, validation_data=test, verbose=0, callbacks=[clock])
    return clock, 1


def networks(train, test, count):
    """A population of `count` networks: eight rates, and as many seeds as it takes."""
    training.one_thread_per_operation()
    clock, rates = Clock(), [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7]
    trained = population.Population(rates, range(count // len(rates)))
    trained.fit(train, test, epochs=3, callbacks=[clock], show=False)
    together = population._rounds(len(rates), count // len(rates))[0].size
    return clock, together


def sweep(train, test):
    """Time a sweep of 8 rates, 3 seeds and 10 epochs on 60,000 images, from call to log."""
    training.one_thread_per_operation()
    began = time.perf_counter()
    rates = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7]
    population.Population(rates, range(3)).fit(train, test, epochs=10, show=False)
    return time.perf_counter() - began


def latency(train, test):
    """Time the widgets from a moved slider to the replaced picture, in milliseconds."""
    explorer, masks = widgets.curve_explorer(study.load()), widgets.mask_explorer(np.arange(128.0))
    result = {}
    for name, box in {"curve explorer": explorer, "mask explorer": masks}.items():
        slider, picture, times = box.children[0].children[0], box.children[1], []
        places = getattr(slider, "options", [("", rate / 10) for rate in range(10)])
        for i in range(50):
            before, began = picture.value, time.perf_counter()
            slider.value = places[(i + 1) % 10][1]
            times.append(1000 * (time.perf_counter() - began))
            assert picture.value != before
        result[name] = float(np.median(times))
    return result


def measure(task, *arguments):
    """Run one measurement; return its result as a dictionary."""
    (images, labels), (test_images, test_labels) = data.load_mnist()
    if not data.is_complete(images):
        sys.exit("The benchmark needs the complete data: name it in MNIST_NPZ.")
    result = globals()[task](
        (data.scale(images), labels),
        (data.scale(test_images), test_labels),
        *map(int, arguments),
    )
    if isinstance(result, tuple):
        clock, count = result
        result = {  # the first epoch, which is left out, also translates the network
            "training": float(np.median(clock.training[1:]) / count),
            "all": float(np.median(clock.all[1:]) / count),
        }
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"result": result, "gigabytes": memory}


def in_process(*arguments):
    command = [sys.executable, __file__, "measure", *map(str, arguments)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout.splitlines()[-1])


def report(runs):
    counts, rows = (8, 24, 40), []
    for run in range(runs):
        row = {"plain": in_process("plain")}
        row |= {count: in_process("networks", count) for count in counts}
        rows.append(row)
        print(f"run {run + 1} of {runs}", file=sys.stderr)
    print("seconds an epoch, for one network of the recipe: median (least to most)")
    print("(with evaluation: plain on 10,000 images in batches of 32, populations on 20,000)")
    print(f"{'':24}{'training':>22}{'with evaluation':>24}{'share of plain fit':>26}")
    for key in ("plain", *counts):
        cells = []
        for part in ("training", "all"):
            values = [row[key]["result"][part] for row in rows]
            cells.append(f"{np.median(values):.3f} ({min(values):.3f} to {max(values):.3f})")
        shares = [row[key]["result"]["all"] / row["plain"]["result"]["all"] for row in rows]
        cells.append(f"{np.median(shares):.3f} ({min(shares):.3f} to {max(shares):.3f})")
        name = "Keras fit, defaults" if key == "plain" else f"population of {key}"
        print(f"{name:24}{cells[0]:>22}{cells[1]:>24}{cells[2]:>26}")
    memory = max(row[40]["gigabytes"] for row in rows)
    print(f"memory of the process with 40 networks, at its peak: {memory:.2f} GB")
    print(f"sweep of 8 rates, 3 seeds, 10 epochs: {in_process('sweep')['result']:.0f} s")
    for name, milliseconds in in_process("latency")["result"].items():
        print(f"{name}, slider moved to picture replaced, median of 50: {milliseconds:.0f} ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(*sys.argv[2:])))
    else:
        report(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
