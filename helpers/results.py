"""Results of longer trainings, stored beside this file; `.ci/series.py results` makes them anew."""

import json
from pathlib import Path

import numpy as np

STUDY = Path(__file__).with_name("study.npz")
LADDER = Path(__file__).with_name("ladder.npz")


def study():
    """Load the dropout study, a dict: many rates, seeds and sizes of the training set, 20 epochs.

    ``rates``, ``seeds``, ``sizes`` say what was trained. ``off_loss``, ``off_accuracy``,
    ``val_loss``, ``val_accuracy``: float32, shape (sizes, rates, seeds, epochs), as in
    `population.Population`. ``weights``: float32, shape (sizes, rates, 10, 28, 28), of ten units of
    the first layer, first seed. ``pair_loss``, ``pair_accuracy``: what ten epochs on all training
    images gave on validation images, shape (pairs, pairs, seeds), for each of the rates ``pairs``
    after the first layer with each after the second. ``provenance``: dict of str.
    """
    stored = _load(STUDY)
    stored["weights"] = stored["weights"] * stored.pop("weight_step")
    return stored


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
