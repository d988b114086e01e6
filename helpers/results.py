"""Results of longer trainings, stored beside this file; `.ci/series.py results` makes them anew."""

import json
from pathlib import Path

import numpy as np

STUDY = Path(__file__).with_name("study.npz")
RIVALS = Path(__file__).with_name("rivals.npz")
LADDER = Path(__file__).with_name("ladder.npz")


def study():
    """Load the dropout study of lesson 06, a dict: many rates, seeds and numbers of images.

    ``rates``, ``seeds``, ``sizes`` say what was trained, for 20 epochs. ``off_loss``,
    ``off_accuracy``, ``val_loss``, ``val_accuracy``: float32, shape (sizes, rates, seeds, epochs),
    as in `population.Population`; the same after ``steps_``, with every image as often in an epoch
    as makes it as long as one of the largest size. ``pair_loss``, ``pair_accuracy``: after ten
    epochs on all training images, on validation images, shape (pairs, pairs, seeds), for each of
    the rates ``pairs`` after the first layer with each after the second. ``provenance``: a dict.
    """
    return _load(STUDY)


def rivals():
    """Load what lesson 07 compares, a dict.

    ``trials``: float32, shape (trials, seeds, epochs, 3, 2), and ``rival``, whose trial it was;
    ``wide``: float32, shape (sizes, 2, seeds, points, 3, 2), without dropout and with, trained on
    ``sizes`` images and measured after ``epochs``, shape (sizes, points). The last axes: training
    images, one half of the validation images and the other; loss in nats and accuracy, dropout off.
    ``provenance``: a dict.
    """
    return _load(RIVALS)


def ladder():
    """Load the ladder: the models of the series, each trained from several seeds, tested once.

    A dict of ``provenance``, a dict of str, and ``rungs``: for the name of each model a dict of
    ``parameters``, their number; ``seconds`` of training, shape (seeds,); ``correct``, whether each
    test image was read as labelled, bool, shape (seeds, 10000); ``shifted`` and ``turned``, the
    share that was of test images shifted to the right by 0 to 6 pixels, shape (seeds, 7), and
    turned counter-clockwise by 0, 5, ... 45 degrees, shape (seeds, 10).
    """
    stored = _load(LADDER)
    stored["correct"] = np.unpackbits(stored["correct"], axis=-1).astype(bool)
    provenance, names = stored.pop("provenance"), stored.pop("names")
    rungs = {str(name): {key: stored[key][i] for key in stored} for i, name in enumerate(names)}
    return {"rungs": rungs, "provenance": provenance}


def _load(path):
    with np.load(path, allow_pickle=False) as file:
        stored = {name: file[name] for name in file.files}
    return stored | {"provenance": json.loads(str(stored["provenance"]))}
