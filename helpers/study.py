"""The dropout study: many rates, seeds and sizes of the training set, trained once and stored.

`python -m helpers.course study` makes the file anew from the complete data.
"""

import json
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

PATH = Path(__file__).with_name("study.npz")
RATES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8)
SEEDS = (0, 1, 2, 3, 4)
SIZES = (1_000, 5_000, 20_000, 50_000)
EPOCHS = 20
#: Each of these rates after the first layer, with each of them after the second; for ten epochs.
PAIRS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
#: Units of the first layer whose weights are kept, of the network with the first seed.
UNITS = 10


def load(path=PATH):
    """Load the stored study.

    Returns
    -------
    dict
        ``rates``, ``seeds``, ``sizes``: what was trained. ``off_loss``, ``off_accuracy``,
        ``val_loss``, ``val_accuracy``: float32 arrays of shape (sizes, rates, seeds, epochs), as in
        `population.Population`. ``weights``: float32, shape (sizes, rates, `UNITS`, 28, 28), the
        weights of some units of the first layer. ``pairs``, ``pair_loss``, ``pair_accuracy``: the
        rates of the two Dropout layers varied separately, and what ten epochs on all images gave
        on validation images, shape (pairs, pairs, seeds). ``provenance``: dict of str.
    """
    with np.load(path, allow_pickle=False) as stored:
        study = {name: stored[name] for name in stored.files}
    study["weights"] = study["weights"] * study.pop("weight_step")
    study["provenance"] = json.loads(str(study["provenance"]))
    return study


def make(path=PATH):
    """Train the study on the complete data and store it; a quarter of an hour on two cores."""
    from helpers import data, population, training

    began = time.perf_counter()
    training.one_thread_per_operation()
    (images, labels), _ = data.load_mnist()
    training_set, validation_set = data.split(data.scale(images), labels)
    trained = population.Population(RATES, SEEDS, SIZES)
    study = dict(trained.fit(training_set, validation_set, epochs=EPOCHS))
    weights = np.array(
        [
            [trained.network(rate, SEEDS[0], size).get_weights()[0].T[:UNITS] for rate in RATES]
            for size in SIZES
        ]
    )
    step = np.abs(weights).max() / 127  # stored as whole numbers of steps, in one byte each
    study["weights"] = np.round(weights / step).astype(np.int8).reshape(*weights.shape[:3], 28, 28)
    study["weight_step"] = np.float32(step)

    pairs = population.Population([(one, two) for one in PAIRS for two in PAIRS], SEEDS)
    log = pairs.fit(training_set, validation_set)
    shape = len(PAIRS), len(PAIRS), len(SEEDS)
    study |= {
        f"pair_{key}": log[f"val_{key}"][..., -1].reshape(shape) for key in ("loss", "accuracy")
    }
    study["provenance"] = json.dumps(
        provenance(
            "study",
            f"MNIST, {len(training_set[0]):,} training and {len(validation_set[0]):,} validation "
            "images",
            began,
        )
    )
    np.savez_compressed(path, rates=RATES, seeds=SEEDS, sizes=SIZES, pairs=PAIRS, **study)


def provenance(command, images, began):
    """Say how stored results were made.

    Parameters
    ----------
    command : str, of `helpers.course`
    images : str, the data they come from
    began : float, `time.perf_counter()` at the start

    Returns
    -------
    dict of str
        ``command``, ``date``, ``data``, ``versions`` and ``time`` (with the device).
    """
    from helpers import training

    versions = {"TensorFlow": training.tf, "Keras": training.keras, "NumPy": np}
    return {
        "command": f"python -m helpers.course {command}",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "data": images,
        "versions": ", ".join(
            [f"Python {platform.python_version()}"]
            + [f"{name} {module.__version__}" for name, module in versions.items()]
        ),
        "time": f"{(time.perf_counter() - began) / 60:.0f} minutes; {training.describe_device()}",
    }
