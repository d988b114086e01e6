"""Time the series beside plain Keras, on the complete data: python .ci/benchmark.py [RUNS]

Prints ratios of times from the same run, with their range over the runs: times themselves change
from machine to machine and from minute to minute. Each measurement has a process of its own, as
TensorFlow's threads are set once for a process.
"""

import json
import subprocess
import sys
import time

import numpy as np
import series
from stored import from_lesson

from helpers import data, models, population, tf, training, widgets


def plain(train, test):
    """Keras's `fit` with its defaults, and the test images as validation data."""
    return fit(train[0], train[1], validation_data=test)


def pipeline(train, test):
    """Keras's `fit` fed by `tf.data`, as many tutorials write it."""
    first, then = map(tf.data.Dataset.from_tensor_slices, (train, test))
    first = first.cache().shuffle(len(train[0])).batch(32).prefetch(tf.data.AUTOTUNE)
    then = then.batch(32).cache().prefetch(tf.data.AUTOTUNE)
    return fit(first, validation_data=then)


def fit(*training_data, **options):
    """Train the recipe's network with Keras alone; return the seconds of each epoch."""
    model, line = models.dense_dropout(), training.EpochLine(show=False)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    log = model.fit(*training_data, epochs=4, verbose=0, callbacks=[line], **options)
    return log.history["seconds"]


def recipe(train, test):
    """Train the recipe as later lessons do, with `training.fit`; return seconds of each epoch."""
    training.one_thread_per_operation()
    return training.fit(models.dense_dropout(), train, test, epochs=4)["seconds"].tolist()


def networks(train, test, count):
    """Train a population of eight rates, and as many seeds as it takes to be `count` networks.

    Returns seconds for an epoch of one network, once for each report.
    """
    training.one_thread_per_operation()
    rates, reports = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7], [(0, time.perf_counter())]
    population.Population(rates, range(int(count) // len(rates))).fit(
        train, test, epochs=4, report=lambda done, _: reports.append((done, time.perf_counter()))
    )
    done, seconds = np.diff(reports, axis=0).T
    return (seconds / done).tolist()


def arithmetic(train, test):
    """Divide the recipe's arithmetic by the speed of a large matrix product on one thread.

    Forward each weight is multiplied and added once for each image; backward once for its own
    gradient, and once more for that of the layer's inputs, which the first layer does not need.
    """
    training.one_thread_per_operation()
    first, others = 784 * 128, 128 * 32 + 32 * 10
    flops = 2 * (2 * first + 3 * others) * len(train[0])
    square, seconds = tf.random.normal((1024, 1024)), []
    for _ in range(10):
        began = time.perf_counter()
        tf.matmul(square, square).numpy()
        seconds.append(time.perf_counter() - began)
    return [flops / (2 * 1024**3) * min(seconds)] * 2


def playground(train, test):
    """The playground with six networks, drawn several times a second."""
    training.one_thread_per_operation()
    opened, seconds = widgets.Playground(train, test), []
    opened.size.value = len(train[0])
    for _ in range(3):
        began = time.perf_counter()
        opened.one_epoch.click()
        seconds.append((time.perf_counter() - began) / 6)
    return seconds


def latency(train, test):
    """Time widgets from a moved slider to the replaced picture: medians, in milliseconds."""
    names = "EVERY", "LABELS", "draw_network", "draw_masks", "explore_masks", "explorer"
    given = {"x_train": train[0], "activations": np.arange(128.0)}
    explorer = from_lesson("03", *names, **given)["explorer"]
    opened = widgets.Playground(train, test)
    medians = {}
    for name, slider, picture in (
        ("mask explorer", explorer.children[0].children[0], explorer.children[1]),
        ("playground", opened.rate, opened.arms[1].picture),
    ):
        times = []
        for i in range(50):
            before, began = picture.value, time.perf_counter()
            slider.value = (i + 1) % 10 / 10
            times.append(1000 * (time.perf_counter() - began))
            assert picture.value != before
        medians[name] = float(np.median(times))
    return medians


def measure(task, *arguments):
    """Run one measurement in this process."""
    (images, labels), (test_images, test_labels) = data.load_mnist()
    train, test = (data.scale(images), labels), (data.scale(test_images), test_labels)
    return globals()[task](train, test, *arguments)


def in_process(*arguments):
    """Run one measurement in a process of its own."""
    command = [sys.executable, __file__, "measure", *map(str, arguments)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout.splitlines()[-1])


def start():
    """Time the imports of lesson 01 to its first figure, as a share of importing TensorFlow."""
    code = series.lessons()[0].code
    first = next(i for i, cell in enumerate(code) if "plots.show" in cell)
    programs = (
        "\n".join(code[1 : first + 1]) + "._repr_png_()",
        "import tensorflow\nimport matplotlib.pyplot",
    )
    seconds = []
    for program in programs:
        began = time.perf_counter()
        command = [sys.executable, "-c", program]
        subprocess.run(command, check=True, capture_output=True, cwd=series.ROOT)
        seconds.append(time.perf_counter() - began)
    return seconds[0] / seconds[1]


#: What is compared: a name, and the measurement with its arguments.
WAYS = {
    "Keras fit, defaults": ("plain",),
    "Keras fit, tf.data": ("pipeline",),
    "helpers' training.fit": ("recipe",),
    "population of 8": ("networks", 8),
    "population of 24": ("networks", 24),
    "population of 40": ("networks", 40),
    "playground, 6 networks": ("playground",),
    "arithmetic alone": ("arithmetic",),
}


def report(runs):
    """Measure everything `runs` times, and print medians with their ranges."""
    rows, shares = [], []
    for run in range(runs):
        rows.append({})
        for name, way in WAYS.items():
            print(f"\rrun {run + 1} of {runs}, {name:20}", end="", file=sys.stderr, flush=True)
            seconds = in_process(*way)
            rows[-1][name] = np.median(seconds[1:])  # the first epoch also translates the network
        shares.append(start())
    print("\nSeconds of an epoch for one network, with an evaluation on 10,000 images (populations")
    print("on 20,000), and their share of plain fit: medians over runs (least to most).")
    for name in WAYS:
        seconds = [row[name] for row in rows]
        share = [row[name] / row["Keras fit, defaults"] for row in rows]
        print(f"{name:22}{_spread(seconds):26}{_spread(share)}")
    print(f"lesson 01 to its first figure, share of importing TensorFlow: {_spread(shares)}")
    for name, milliseconds in in_process("latency").items():
        print(f"{name}, slider moved to picture replaced, median of 50: {milliseconds:.0f} ms")


def _spread(values):
    return f"{np.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(*sys.argv[2:])))
    else:
        series.require_complete_data()
        report(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
