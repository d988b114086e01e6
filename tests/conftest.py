"""What the tests share: tiny data in MNIST's form, and how notebooks are checked on the sample."""

import collections
import contextlib
import io

import numpy as np
import pytest

from helpers import data


def pytest_configure(config):
    config.tally = collections.Counter()


@pytest.fixture
def tally(pytestconfig):
    """What the run of the tests counts and prints at its end."""
    return pytestconfig.tally


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


@pytest.fixture(scope="session")
def mnist():
    """The data that this run of the tests has: complete MNIST, or the sample."""
    with contextlib.redirect_stdout(io.StringIO()):
        return data.load_mnist()


def _has_complete_data():
    with contextlib.redirect_stdout(io.StringIO()):
        (images, _), _ = data.load_mnist()
    return data.is_complete(images)


def pytest_collection_modifyitems(config, items):
    """On the sample, run the cells tagged `full-mnist` without comparing what they print."""
    cells = [item for item in items if hasattr(item, "cell")]
    if not cells:
        return
    config.complete_data = _has_complete_data()
    tagged = [item for item in cells if "full-mnist" in item.cell.metadata.get("tags", [])]
    if not config.complete_data:
        for item in tagged:
            item.options["check"] = False
    config.cells_compared = sum(bool(item.options["check"]) for item in cells)
    config.cells_left_out = 0 if config.complete_data else len(tagged)


def pytest_terminal_summary(terminalreporter, config):
    for what, count in config.tally.items():
        terminalreporter.write_line(f"{what}: {count:,}")
    if hasattr(config, "complete_data"):
        which = "complete MNIST" if config.complete_data else "the 5,000-digit sample"
        terminalreporter.write_line(
            f"Notebooks ran on {which}: {config.cells_compared} printed outputs compared, "
            f"{config.cells_left_out} left out because only the complete data gives them."
        )
