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

from lessons import cell_of, code_of

from helpers import course, data, models, population, study, training, widgets

tf = training.tf


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


def pipeline(train, test):
    """Keras's `fit` fed by `tf.data`, as many tutorials write it."""
    model, clock = models.dense_dropout(), Clock()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    first, then = map(tf.data.Dataset.from_tensor_slices, (train, test))
    first = first.cache().shuffle(len(train[0])).batch(32).prefetch(tf.data.AUTOTUNE)
    then = then.batch(32).cache().prefetch(tf.data.AUTOTUNE)
    model.fit(first, epochs=4, validation_data=then, verbose=0, callbacks=[clock])
    return clock, 1


#: Parts of lesson 04's code, and what takes their place to see what they cost.
CHANGES = {
    "no dropout": ("model = build(rate=0.2)", "model = build(rate=0)"),
    "the same batch at every step": (
        "y_train, batch_size)",
        "y_train).take(1).cache().repeat(1875)",
    ),
    "no metric": ('metrics=["accuracy"]', "metrics=[]"),
    "gradient descent for Adam": ('optimizer="adam"', 'optimizer="sgd"'),
    "Adam as one operation": ('optimizer="adam"', "optimizer=training.FusedAdam()"),
    "one step at a time": ("steps_per_execution=STEPS", "steps_per_execution=1"),
}


def lesson(train, test, change=None):
    """Train with lesson 04's own cells, one part of them changed."""
    training.one_thread_per_operation()
    cells = cell_of("04", "def build(") + "\n" + cell_of("04", "model.fit(\n")
    for old, new in [("training.EpochLine()", "clock"), *([CHANGES[change]] if change else [])]:
        assert old in cells, f"lesson 04 no longer says {old}"
        cells = cells.replace(old, new)
    scope = {"training": training, "keras": training.keras, "models": models, "clock": Clock()}
    scope |= {"x_train": train[0], "y_train": train[1], "x_test": test[0], "y_test": test[1]}
    exec(cells, scope | {"epochs": 4, "batch_size": 32})
    return scope["clock"], 1


def floor(train, test):
    """Divide the recipe's arithmetic by the speed of a large matrix product on one thread.

    Forward each weight is multiplied and added once for each image; backward once for its own
    gradient, and once more for that of the layer's inputs, which the first layer does not need.
    """
    training.one_thread_per_operation()
    first, others = 784 * 128, 128 * 32 + 32 * 10
    flops = 2 * (2 * first + 3 * others) * len(train[0])
    square, speeds = tf.random.normal((1024, 1024)), []
    for _ in range(10):
        began = time.perf_counter()
        tf.matmul(square, square).numpy()
        speeds.append(2 * 1024**3 / (time.perf_counter() - began))
    return flops / max(speeds)


def start():
    """Time from the imports of lesson 01 to its first figure, beside TensorFlow's own import."""
    sources = code_of("01")
    first = next(i for i, source in enumerate(sources) if "plots.show" in source)
    sources[first] += "._repr_png_()"
    programs = {
        "lesson 01": "\n".join(sources[1 : first + 1]),
        "imports": "import tensorflow\nimport matplotlib.pyplot",
    }
    seconds = {}
    for name, program in programs.items():
        began = time.perf_counter()
        command = [sys.executable, "-c", program]
        subprocess.run(command, check=True, capture_output=True, cwd=course.ROOT)
        seconds[name] = time.perf_counter() - began
    return seconds


def networks(train, test, count):
    """A population of `count` networks: eight rates, and as many seeds as it takes."""
    training.one_thread_per_operation()
    clock, rates = Clock(), [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7]
    count = int(count)
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
        *arguments,
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


#: What is compared: a name, and the measurement with its arguments.
WAYS = {
    "Keras fit, defaults": ("plain",),
    "Keras fit, tf.data": ("pipeline",),
    "lesson 04's fit": ("lesson",),
    **{f"- {change}": ("lesson", change) for change in CHANGES},
    "population of 8": ("networks", 8),
    "population of 24": ("networks", 24),
    "population of 40": ("networks", 40),
}


def report(runs):
    rows, starts = [], []
    began = time.perf_counter()
    for run in range(runs):
        rows.append({name: in_process(*way) for name, way in WAYS.items()})
        rows[-1]["arithmetic alone"] = in_process("floor")
        starts.append(start())
        left = (time.perf_counter() - began) / (run + 1) * (runs - run - 1)
        print(f"run {run + 1} of {runs}, about {left / 60:.0f} min left", file=sys.stderr)
    print("seconds an epoch, for one network of the recipe: median (least to most)")
    print("(with evaluation: on 10,000 images, populations on 20,000)")
    print(f"{'':32}{'training':>22}{'with evaluation':>24}{'share of plain fit':>26}")
    for name in WAYS:
        values = [{part: row[name]["result"][part] for part in ("training", "all")} for row in rows]
        shares = [
            row[name]["result"]["all"] / row["Keras fit, defaults"]["result"]["all"] for row in rows
        ]
        cells = [_spread([value[part] for value in values]) for part in ("training", "all")]
        print(f"{name:32}{cells[0]:>22}{cells[1]:>24}{_spread(shares):>26}")
    floors = [row["arithmetic alone"]["result"] for row in rows]
    print(f"{'arithmetic alone':32}{_spread(floors):>22}")
    for name in WAYS:
        times = [row[name]["result"]["training"] for row in rows]
        ratios = [value / low for value, low in zip(times, floors, strict=True)]
        print(f"{name:32}{_spread(ratios, 1)} times the arithmetic")
    memory = max(row["population of 40"]["gigabytes"] for row in rows)
    print(f"memory of the process with 40 networks, at its peak: {memory:.2f} GB")
    shares = [each["lesson 01"] / each["imports"] for each in starts]
    print(f"lesson 01 to its first figure, share of importing TensorFlow: {_spread(shares, 2)}")
    print(f"sweep of 8 rates, 3 seeds, 10 epochs: {in_process('sweep')['result']:.0f} s")
    for name, milliseconds in in_process("latency")["result"].items():
        print(f"{name}, slider moved to picture replaced, median of 50: {milliseconds:.0f} ms")


def _spread(values, digits=3):
    low, middle, high = min(values), np.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(*sys.argv[2:])))
    else:
        report(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
