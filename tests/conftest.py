"""What the tests share: tiny data in MNIST's form, and copies of the repository."""

import contextlib
import io
import shutil
import subprocess

import numpy as np
import pytest
import series
from lessons import commit

from helpers import data


@pytest.fixture
def digits():
    """Forty images and labels in MNIST's form, four of each digit."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 28, 28), dtype=np.uint8)
    return images, np.repeat(np.arange(10, dtype=np.uint8), 4)


@pytest.fixture
def scaled(digits):
    """The forty images, scaled, with their labels."""
    images, labels = digits
    return data.scale(images), labels


@pytest.fixture
def copy(tmp_path):
    """A copy of what git tracks or would track, in a folder with spaces and other letters."""
    target = tmp_path / "Übung mit Ziffern" / "dépôt"
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=series.ROOT, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (series.ROOT / name).exists():  # a file deleted, but not yet committed, does not
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(series.ROOT / name, target / name)
    return target


@pytest.fixture
def repository(copy):
    """The copy as a git repository, with everything committed."""
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    commit(copy)
    return copy


@pytest.fixture(scope="session")
def mnist():
    """The data that this run of the tests has: complete MNIST, or the sample."""
    with contextlib.redirect_stdout(io.StringIO()):
        return data.load_mnist()
