"""Train what `helpers.results` holds: `.ci/series.py results` and what it is called.

Models and learning rates are those that the lessons show: taken out of their cells.
"""

import ast
import json
import platform
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import series

from helpers import data, keras, models, population, results, tf, training

RATES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
SIZES = (1_000, 5_000, 10_000, 50_000)
#: Each of these rates after the first layer, with each of them after the second.
PAIRS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
#: Epochs of the wide network for each number of training images, all measured twenty times.
WIDE_EPOCHS = {1_000: 200, 5_000: 100, 50_000: 20}
#: Pixels to the right, and degrees counter-clockwise, by which test images are moved.
SHIFTS, ANGLES = range(7), range(0, 50, 5)


def study(folder=results.FOLDER, sizes=SIZES, seeds=range(5), epochs=20):
    """Train the dropout study of lesson 06; half an hour to an hour on two cores.

    Each size is trained for as many epochs as the others, and, with every image as often in an
    epoch as it takes, for as many steps as the largest.

    Stores ``off_loss``, ``off_accuracy``, ``val_loss``, ``val_accuracy`` as in
    `population.Population`, of shape (sizes, rates, seeds, epochs), and, after ``steps_``, with as
    many steps in an epoch as for the largest of the ``sizes``. ``pair_loss``, ``pair_accuracy`` on
    validation images, shape (pairs, pairs, seeds): one of the rates ``pairs`` after the first
    layer, one after the second. Losses are in nats.
    """
    began = time.perf_counter()
    training.one_thread_per_operation()
    (images, labels), _ = data.load_mnist()
    everything, validation = data.split(data.scale(images), labels)
    logs = {"": [], "steps_": []}
    for size in sizes:
        few = data.balanced_subset(*everything, size) if size < sizes[-1] else everything
        for arm, copies in (("", 1), ("steps_", sizes[-1] // size)):
            if arm and copies == 1:
                logs[arm].append(logs[""][-1])  # the largest takes as many steps already
                continue
            some = [np.concatenate([part] * copies) for part in few]
            networks = population.Population(RATES, seeds)
            logs[arm].append(networks.fit(some, validation, epochs=epochs))
    stored = {arm + key: [log[key] for log in logs[arm]] for arm in logs for key in logs[arm][0]}

    pairs = population.Population([(one, two) for one in PAIRS for two in PAIRS], seeds)
    log = pairs.fit(everything, validation, epochs=min(epochs, 10))
    for key in ("loss", "accuracy"):
        final = log[f"val_{key}"][:, :, -1]
        stored[f"pair_{key}"] = final.reshape(len(PAIRS), len(PAIRS), len(seeds))
    what = f"{len(everything[1]):,} training and {len(validation[1]):,} validation images"
    origin = provenance("study", what, began)
    settings = {"rates": RATES, "seeds": seeds, "sizes": sizes, "pairs": PAIRS}
    np.savez_compressed(folder / "study.npz", **settings, **stored, provenance=origin)


def rivals(folder=results.FOLDER, wide=WIDE_EPOCHS, seeds=range(5), epochs=20):
    """Train lesson 07's wide networks and the trials of its rivals; an hour or two on two cores.

    A seed fixes a network's start, its order of images, its masks, and which images it gets.

    Stores ``trials``, shape (trials, seeds, epochs, 3, 2), and ``rival``, whose trial it was;
    ``wide``, shape (sizes, 2, seeds, points, 3, 2), without dropout and with, measured after
    ``epochs``, shape (sizes, points). The last axes: training images, one half of the validation
    images and the other; loss in nats and accuracy, dropout off.
    """
    began = time.perf_counter()
    training.one_thread_per_operation()
    (images, labels), _ = data.load_mnist()
    everything, validation = data.split(data.scale(images), labels)
    halves = [[part[place::2] for part in validation] for place in (0, 1)]
    lesson = from_lesson("07", "layers", "network", "WIDE", "TRIALS")

    def train(settings, size, epochs, every=1):
        """Train a network from each seed; measure every few epochs, shape (seeds, m, 3, 2)."""
        whole, runs = size == len(everything[1]), []
        for seed in seeds:
            some = everything if whole else data.balanced_subset(*everything, size, seed)
            sets, points = [[part[:5_000] for part in some], *halves], []
            keras.utils.set_random_seed(seed)
            network = lesson["network"](**settings)

            def measure(epoch, logs, network=network, sets=sets, points=points):
                if (epoch + 1) % every == 0:
                    points.append([evaluate(network, *some) for some in sets])

            at_the_end = keras.callbacks.LambdaCallback(on_epoch_end=measure)
            training.fit(network, some, epochs=epochs, callbacks=[at_the_end])
            runs.append(points)
            print(f"{settings}, {size:,} images, seed {seed}: {points[-1][1]}", flush=True)
        return runs

    trials = [(rival, one) for rival, some in lesson["TRIALS"].items() for one in some]
    found = [train(settings, len(everything[1]), epochs) for _, settings in trials]
    many = [
        [train(settings, size, length, length // 20) for settings in lesson["WIDE"].values()]
        for size, length in wide.items()
    ]
    what = f"{len(everything[1]):,} training and {len(validation[1]):,} validation images"
    np.savez_compressed(
        folder / "rivals.npz",
        rival=[rival for rival, _ in trials],
        trials=np.float32(found),
        sizes=list(wide),
        epochs=[np.linspace(length // 20, length, 20, dtype=int) for length in wide.values()],
        wide=np.float32(many),
        provenance=provenance("rivals", what, began),
    )


def arrangements(folder=results.FOLDER, seeds=range(5)):
    """Train lesson 08's networks on three arrangements; a quarter of an hour on two cores.

    Stores ``scores``, shares of validation images, shape (2, 3, seeds, 3): dense and convolutional;
    trained on images as they are, shuffled and shifted, as in lesson 02; the same three read.
    ``shifted``, shape (2, seeds, 7): trained on images as they are, read moved by 0 to 6 pixels.
    """
    began = time.perf_counter()
    (images, labels), _ = data.load_mnist()
    (x, y), (x_val, y_val) = data.split(data.scale(images), labels)
    named = ("PIXELS", "pixel_order", "shuffle", "shift", "changes")
    two = from_lesson("02", *named)
    changes, shift = two["changes"], two["shift"]
    shown = ("convolutional", "EPOCHS", "train_convolutional", "read")
    lesson = from_lesson("08", *shown)
    scores = np.zeros((2, 3, len(seeds), 3))
    shifted = np.zeros((2, len(seeds), len(SHIFTS)))
    for row, (arrangement, change) in enumerate(changes.items()):
        dense = population.Population([0.2], seeds)
        dense.fit((change(x), y), (change(x_val), y_val))
        for run, seed in enumerate(seeds):
            trained = lesson["train_convolutional"](change(x), y, seed)
            for kind, network in enumerate((dense.network(0.2, seed), trained)):

                def share(images, network=network):
                    return np.mean(lesson["read"](network, images) == y_val)

                scores[kind, row, run] = [share(other(x_val)) for other in changes.values()]
                if not row:
                    shifted[kind, run] = [share(shift(x_val, pixels)) for pixels in SHIFTS]
            print(f"{arrangement}, seed {seed}: {scores[:, row, run].round(4)}", flush=True)
    what = f"{len(x):,} training and {len(x_val):,} validation images"
    origin = provenance("arrangements", what, began)
    path = folder / "arrangements.npz"
    np.savez_compressed(path, scores=scores, shifted=shifted, provenance=origin)


def normalisation(folder=results.FOLDER, seeds=range(5), epochs=20):
    """Train lesson 09's networks as its cells do; a quarter of an hour on two cores.

    Stores validation accuracies, of networks plain and normalised: ``swept``, shape (2, 2, seeds,
    4), with Adam and SGD, after two epochs at each of the ``learning_rates``, shape (2, 4);
    ``batches``, shape (2, seeds, 4), after three on few images in batches of ``batch_sizes``. And
    ``orders``, shape (orders, seeds, epochs, 2), of the ``names``: loss in nats, accuracy.
    """
    began = time.perf_counter()
    training.one_thread_per_operation()
    (images, labels), _ = data.load_mnist()
    (x, y), (x_val, y_val) = data.split(data.scale(images), labels)
    named = "dense", "restart", "compiled", "train", "ARMS", "ORDERS", "FEW"
    given = {"x_train": x, "y_train": y, "x_val": x_val, "y_val": y_val}
    lesson = from_lesson("09", *named, **given)
    train, arms = lesson["train"], lesson["ARMS"].values()

    def final(place, **settings):
        """Train from every seed; return the last validation accuracies."""
        logs = [train(place, seed=seed, **settings) for seed in seeds]
        print(place, settings.get("learning_rate"), logs[0]["val_accuracy"][-1], flush=True)
        return [log["val_accuracy"][-1] for log in logs]

    rates = {"Adam": (0.001, 0.01, 0.1, 1.0), "SGD": (0.01, 0.1, 1.0, 10.0)}
    swept = [
        [[final(arm, optimizer=name, learning_rate=rate) for rate in some] for arm in arms]
        for name, some in rates.items()
    ]
    sizes, few = (2, 4, 8, 32), {"few": lesson["FEW"], "epochs": 3}
    batches = [[final(arm, batch_size=size, **few) for size in sizes] for arm in arms]
    orders = []
    for name, (place, rate) in lesson["ORDERS"].items():
        logs = [train(place, rate, epochs=epochs, seed=seed) for seed in seeds]
        orders.append([np.transpose([log["val_loss"], log["val_accuracy"]]) for log in logs])
        print(name, orders[-1][0][-1], flush=True)
    what = f"{len(x):,} training and {len(x_val):,} validation images"
    np.savez_compressed(
        folder / "normalisation.npz",
        learning_rates=list(rates.values()),
        swept=np.float32(swept).swapaxes(2, 3),
        batch_sizes=sizes,
        batches=np.float32(batches).swapaxes(1, 2),
        names=list(lesson["ORDERS"]),
        orders=np.float32(orders),
        provenance=provenance("normalisation", what, began),
    )


def evaluate(network, images, labels):
    """Measure a network: its cross-entropy in nats, without any penalty, and its accuracy."""
    parts = [network(images[i : i + 1000]).numpy() for i in range(0, len(images), 1000)]
    found = np.concatenate(parts)
    right = found[np.arange(len(labels)), labels]
    return -np.log(np.maximum(right, 1e-7)).mean(), np.mean(found.argmax(axis=1) == labels)


def from_lesson(number, *names, **given):
    """Execute what a lesson imports and what it defines under some names, and nothing else of it.

    Returns the dict in which these then stand, beside what was `given`.
    """
    lesson = next(lesson for lesson in series.lessons() if lesson.number == number)
    scope = dict(given)
    for node in ast.parse("\n".join(lesson.code[1:])).body:  # without the setup cell
        targets = [node] if isinstance(node, ast.FunctionDef) else getattr(node, "targets", [])
        defined = {
            getattr(part, "name", getattr(part, "id", None))
            for target in targets
            for part in getattr(target, "elts", [target])
        }
        if isinstance(node, ast.Import | ast.ImportFrom) or defined & set(names):
            exec(compile(ast.Module([node], []), lesson.path.name, "exec"), scope)
    return scope


@dataclass(frozen=True)
class Rung:
    """One model of the series: how it is built and trained, and what changes its images.

    `last` are epochs and learning rate of a second stage, on images as they are.
    """

    name: str
    build: object
    epochs: int = 10
    batch_size: int = 32
    learning_rate: object = 0.001
    last: tuple = ()
    changes: object = None

    def train(self, training_set, seed, validation_set=None):
        """Train this model; return the network, without what changes images, and the log."""
        keras.utils.set_random_seed(seed)
        network, logs = self.build(), []
        changed = self.changes(network) if self.changes else network
        stages = [(changed, self.epochs, self.learning_rate)]
        stages += [(network, *self.last)] if self.last else []
        for model, epochs, rate in stages:
            settings = {"epochs": epochs, "batch_size": self.batch_size}
            optimizer = keras.optimizers.Adam(rate)
            logs.append(
                training.fit(model, training_set, validation_set, optimizer=optimizer, **settings)
            )
        return network, {key: np.concatenate([log[key] for log in logs]) for key in logs[0]}


def rungs(images):
    """List the models of the series, from the worst to the best, to be trained on these images."""

    def falling(peak, epochs, batch_size):
        """Return a learning rate that falls from a peak along a cosine."""
        steps = epochs * int(np.ceil(len(images) / batch_size))
        return keras.optimizers.schedules.CosineDecay(peak, steps)

    def recipe(epochs, batch_size, peak, last=0):
        """Return settings of a rung whose learning rate falls, and those of its last epochs."""
        rate = falling(peak, epochs, batch_size)
        settings = {"epochs": epochs, "batch_size": batch_size, "learning_rate": rate}
        return settings | ({"last": (last, falling(0.0002, last, batch_size))} if last else {})

    softmax = from_lesson("02", "softmax_classifier")["softmax_classifier"]
    convolutional = from_lesson("08", "convolutional")["convolutional"]
    normalised = from_lesson("09", "dense")["dense"]
    shown = ("convolution", "deep_convolutional", "augmented", "small_changes")
    schedules = ("EPOCHS", "per_epoch", "rise", "one_cycle", "LAST", "small_steps")
    ten = from_lesson("10", *shown, *schedules, images=images)
    best = ten["EPOCHS"], ten["BATCH"], ten["one_cycle"], (ten["LAST"], ten["small_steps"])
    longer, longer_convolutional = recipe(28, 128, 0.004, 2), recipe(10, 64, 0.003, 2)

    def dense_without():
        return models.dense_dropout(0)

    def moved(network):
        return ten["augmented"](network, ten["small_changes"]())

    return [
        Rung("softmax", softmax, epochs=6, batch_size=256),
        Rung("dense, no dropout", dense_without),
        Rung("dense", models.dense_dropout),
        Rung("dense, normalised", lambda: normalised("before ReLU", 0.2)),
        Rung("dense, longer", models.dense_dropout, **longer),
        Rung("dense, augmented", models.dense_dropout, **longer, changes=moved),
        Rung("dense, no dropout, longer", dense_without, **longer),
        Rung("dense, no dropout, augmented", dense_without, **longer, changes=moved),
        Rung("convolutional", convolutional, **recipe(4, 64, 0.003)),
        Rung("convolutional, longer", convolutional, **longer_convolutional),
        Rung("convolutional, augmented", convolutional, **longer_convolutional, changes=moved),
        Rung("best, not augmented", ten["deep_convolutional"], *best),
        Rung("best", ten["deep_convolutional"], *best, moved),
    ]


def curves(folder=results.FOLDER, seeds=range(3)):
    """Train the best network, with small changes and without; twenty minutes on two cores.

    Stores ``loss`` in nats, ``accuracy``, ``val_loss`` and ``val_accuracy`` after each epoch, shape
    (2, seeds, epochs), of both ``names``; the first two over the epoch, as the images pass.
    """
    began = time.perf_counter()
    (images, labels), _ = data.load_mnist()
    training_set, validation_set = data.split(data.scale(images), labels)
    names, keys = ("best", "best, not augmented"), ("loss", "accuracy", "val_loss", "val_accuracy")
    by_name, logs = {rung.name: rung for rung in rungs(training_set[0])}, []
    for name in names:
        for seed in seeds:
            _, log = by_name[name].train(training_set, seed, validation_set)
            logs.append([log[key] for key in keys])
            print(f"{name}, seed {seed}: {log['val_accuracy'][-1]:.2%}", flush=True)
    shape = len(names), len(seeds), len(keys), -1
    kept = dict(zip(keys, np.moveaxis(np.reshape(np.float32(logs), shape), 2, 0), strict=True))
    what = f"{len(training_set[1]):,} training and {len(validation_set[1]):,} validation images"
    origin = provenance("curves", what, began)
    np.savez_compressed(folder / "curves.npz", names=names, **kept, provenance=origin)


def ladder(folder=results.FOLDER, seeds=range(5)):
    """Train all rungs and test them on images as they are and moved; an hour on two cores.

    Stores, along a first axis for the ``names`` of the rungs: ``parameters``, their number;
    ``seconds`` of training, shape (rungs, seeds); ``correct``, whether each test image was read as
    labelled, bool, (rungs, seeds, 10000); ``shifted`` and ``turned``, (rungs, seeds, 7) and (...,
    10), the share that was, of test images moved to the right by 0 to 6 pixels, and turned by 0, 5,
    ... 45 degrees; ``others``, bool, (rungs, seeds, 1797), whether each digit of other writers was
    read as lesson 11 prepares it.
    """
    began = time.perf_counter()
    (images, labels), (test_images, y_test) = data.load_mnist()
    x, x_test = data.scale(images), data.scale(test_images)
    lesson = from_lesson("10", "rotate", "shift", "read")
    rotate, read = lesson["rotate"], lesson["read"]
    named = ("cut_out", "fit_box", "centre", "prepare", "enlarge", "others", "others_prepared")
    eleven = from_lesson("11", *named)
    moved = {
        "shifted": [lesson["shift"](x_test, pixels) for pixels in SHIFTS],
        "turned": [rotate(x_test, degrees) for degrees in ANGLES],
    }
    tested = {key: [] for key in ("parameters", "seconds", "correct", "others", *moved)}
    chosen = rungs(x)
    for rung in chosen:
        runs = {key: [] for key in tested}
        for seed in seeds:
            network, log = rung.train((x, labels), seed)
            seconds = log["seconds"].sum()
            correct = read(network, x_test) == y_test
            runs["seconds"].append(seconds)
            runs["correct"].append(correct)
            answers = read(network, eleven["others_prepared"])
            runs["others"].append(answers == eleven["others"].target)
            for key, variants in moved.items():
                runs[key].append([np.mean(read(network, way) == y_test) for way in variants])
            print(f"{rung.name}, seed {seed}: {seconds:.0f} s, {correct.mean():.2%}", flush=True)
        runs["parameters"] = network.count_params()
        for key, values in runs.items():
            tested[key].append(values)
    what = f"{len(x):,} training and {len(x_test):,} test images"
    origin = provenance("ladder", what, began)
    tested["names"] = [rung.name for rung in chosen]
    np.savez_compressed(folder / "ladder.npz", provenance=origin, **tested)


def networks(folder=results.NETWORKS):
    """Train the networks that lesson 11 loads, as on the ladder; ten minutes on two cores.

    To be run with the versions in `tests/colab`: an older Keras does not read a newer one's files.
    """
    (images, labels), _ = data.load_mnist()
    x = data.scale(images)
    files = {"dense": "dense_dropout", "convolutional": "convolutional", "best": "best"}
    for rung in rungs(x):
        if rung.name in files:
            network, _ = rung.train((x, labels), seed=0)
            bare = rung.build()  # without the optimiser and its state
            bare.set_weights(network.get_weights())
            bare.save(folder / f"{files[rung.name]}.keras")


def provenance(which, images, began):
    """Say in JSON how results were made from these images since `began` (`perf_counter`)."""
    versions = {"TensorFlow": tf, "Keras": keras, "NumPy": np}
    named = [f"{name} {module.__version__}" for name, module in versions.items()]
    minutes = (time.perf_counter() - began) / 60
    return json.dumps(
        {
            "command": f"python .ci/series.py results {which}",
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "data": f"MNIST, {images}",
            "versions": ", ".join([f"Python {platform.python_version()}", *named]),
            "time": f"{minutes:.0f} minutes; CPU: {training.count_cores()} cores",
        }
    )
