"""What the tests share: tiny data in MNIST's form, and how notebooks are checked on the sample."""

import collections
import contextlib
import io

import numpy as np
import pytest

from helpers import data


def pytest_configure(config):
    config.tally = collections.Counter()
    config.notebooks = "No notebook ran."


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
    """Share out the tests, and on the sample do not compare what cells tagged `full-mnist` print.

    A file is run by one worker, so that the cells of a notebook follow each other; only the
    reruns, which take longest and do not depend on each other, are shared.
    """
    for item in items:
        if item.path.name != "test_reruns.py":
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    cells = [item for item in items if hasattr(item, "cell")]
    if not cells:
        return
    complete = _has_complete_data()
    tagged = [item for item in cells if "full-mnist" in item.cell.metadata.get("tags", [])]
    if not complete:
        for item in tagged:
            item.options["check"] = False
    compared = sum(bool(item.options["check"]) for item in cells)
    config.notebooks = (
        f"Notebooks ran on {'complete MNIST' if complete else 'the 5,000-digit sample'}: "
        f"{compared} printed outputs compared, {0 if complete else len(tagged)} left out because "
        "only the complete data gives them."
    )


def pytest_sessionfinish(session):
    """Send what a worker counted to the process that prints it."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput.update(tally=dict(config.tally), notebooks=config.notebooks)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    output = getattr(node, "workeroutput", {})
    node.config.tally.update(output.get("tally", {}))
    node.config.notebooks = output.get("notebooks", node.config.notebooks)


def pytest_terminal_summary(terminalreporter, config):
    for what, count in config.tally.items():
        terminalreporter.write_line(f"{what}: {count:,}")
    terminalreporter.write_line(config.notebooks)
