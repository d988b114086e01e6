"""Which data the tests take, and how they are shared out; .pytest.ini loads it for every run."""

import os

import pytest

#: The sample, unless the complete data is asked for; set before anything loads data.
MNIST = os.environ.setdefault("MNIST_NPZ", "sample")


def pytest_report_header():
    return f"MNIST_NPZ={MNIST}"


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """Begin with the notebooks that take longest, and let one worker run all of a file.

    The cells of a notebook follow each other. Only slow tests are shared out one by one. On the
    sample, cells tagged `full-mnist` run, but what they print is not compared.
    """
    for item in items:
        if not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if MNIST == "sample" and hasattr(item, "cell"):
            item.options["check"] &= "full-mnist" not in item.cell.metadata.get("tags", [])
    items.sort(key=lambda item: -_seconds(item))


def _seconds(item):
    """Return what the notebook of a cell took the last time; 0 for other tests, which follow."""
    return item.parent.nb.metadata.get("seconds", 60) if hasattr(item, "cell") else 0
