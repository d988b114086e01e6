"""Results of longer trainings, stored beside this file; `.ci/series.py results` makes them anew."""

import json
import os
import tempfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
#: Networks trained as in lessons 04, 08 and 10, from seed 0, in files named as there.
NETWORKS = FOLDER / "networks"


def load(name, folder=FOLDER):
    """Load stored results as a dict of arrays, and print where they come from.

    What the arrays are says the function of the same name in `.ci/stored.py`; ``provenance`` is a
    dict of str.
    """
    with np.load(Path(folder) / f"{name}.npz", allow_pickle=False) as file:
        stored = {key: file[key] for key in file.files}
    stored["provenance"] = origin = json.loads(str(stored["provenance"]))
    print(f"Stored on {origin['date']}: {origin['data']}; {origin['time']}; {origin['versions']}.")
    return stored


def own_file(name):
    """Return where a network of the reader's own is kept: here, or where files may be written."""
    if os.access(".", os.W_OK):
        return Path(name)
    print(f"Nothing may be written here: {name} is kept in {tempfile.gettempdir()}.")
    return Path(tempfile.gettempdir(), name)
