"""Results of longer trainings, stored beside this file; `.ci/series.py results` makes them anew.

All are dicts of arrays, with ``provenance``, a dict of str. Losses are in nats.
"""

import json
from pathlib import Path

import numpy as np

STUDY = Path(__file__).with_name("study.npz")
RIVALS = Path(__file__).with_name("rivals.npz")
LADDER = Path(__file__).with_name("ladder.npz")
#: Networks trained as in lessons 04, 08 and 10, from seed 0, in files named as there.
NETWORKS = Path(__file__).with_name("networks")


def study():
    """Load the dropout study of lesson 06: many rates, seeds and numbers of images.

    ``off_loss``, ``off_accuracy``, ``val_loss``, ``val_accuracy`` as in `population.Population`, of
    shape (sizes, rates, seeds, epochs), and, after ``steps_``, with as many steps in an epoch as
    for the largest of the ``sizes``. ``pair_loss``, ``pair_accuracy`` on validation images, shape
    (pairs, pairs, seeds): one of the rates ``pairs`` after the first layer, one after the second.
    """
    return _load(STUDY)


def rivals():
    """Load what lesson 07 compares: dropout and its rivals, and the wide network.

    ``trials``, shape (trials, seeds, epochs, 3, 2), and ``rival``, whose trial it was; ``wide``,
    shape (sizes, 2, seeds, points, 3, 2), without dropout and with, measured after ``epochs``,
    shape (sizes, points). The last axes: training images, one half of the validation images and
    the other; loss and accuracy, dropout off.
    """
    return _load(RIVALS)


def ladder():
    """Load the ladder: the models of the series, each trained from several seeds, tested once.

    ``rungs`` holds for the name of each model a dict: ``parameters``, their number; ``seconds`` of
    training, shape (seeds,); ``correct``, whether each test image was read as labelled, bool, shape
    (seeds, 10000); ``shifted`` and ``turned``, shape (seeds, 7) and (seeds, 10), the share that was
    of test images moved to the right by 0 to 6 pixels, and turned by 0, 5, ... 45 degrees.
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
