"""What the tests share: tiny data in MNIST's form, and how notebooks are checked on the sample."""

import collections
import contextlib
import io
import shutil
import subprocess
import time

import numpy as np
import pytest

from helpers import course, data


def pytest_configure(config):
    config.tally = collections.Counter()
    config.notebooks = "No notebook ran."
    if hasattr(config, "cache") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(TimeLeft(config))


class TimeLeft:
    """Say about once a minute how much time is left, by what each test took the last time."""

    def __init__(self, config):
        self.config = config
        self.took = config.cache.get("series/took", {})  # seconds, by test
        self.now, self.waiting, self.total = {}, set(), 0
        self.said = time.monotonic()

    def pytest_collection_finish(self, session):  # without workers
        self._expect(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node, ids):
        self._expect(ids)

    def _expect(self, ids):
        self.waiting |= set(ids)
        self.total = len(self.waiting)

    def pytest_runtest_logreport(self, report):
        self.now[report.nodeid] = self.now.get(report.nodeid, 0) + report.duration
        if report.when == "teardown":
            self.waiting.discard(report.nodeid)
        if time.monotonic() - self.said > 60:
            self.said = time.monotonic()
            reporter = self.config.pluginmanager.get_plugin("terminalreporter")
            done = self.total - len(self.waiting)
            reporter.write_line(f"\n{done} of {self.total} tests{self._minutes_left()}")

    def _minutes_left(self):
        known = [self.took[name] for name in self.waiting if name in self.took]
        if not known or 2 * len(known) < len(self.waiting):
            return ""  # as in a fresh clone
        seconds = sum(known) / len(known) * len(self.waiting)
        workers = getattr(self.config.option, "numprocesses", None) or 1
        return f", about {seconds / workers / 60:.0f} min left"

    def pytest_sessionfinish(self):
        self.config.cache.set("series/took", self.took | self.now)


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


@pytest.fixture
def copy(tmp_path):
    """A copy of what git tracks or would track, in a folder with spaces and other letters."""
    target = tmp_path / "Übung mit Ziffern" / "dépôt"
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=course.ROOT, capture_output=True, check=True).stdout
    for name in filter(None, names.decode().split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(course.ROOT / name, target / name)
    return target


@pytest.fixture
def repository(copy):
    """The copy as a git repository, with everything committed."""
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for arguments in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "copy"]):
        subprocess.run(["git", *arguments], cwd=copy, check=True)
    return copy


@pytest.fixture(scope="session")
def mnist():
    """The data that this run of the tests has: complete MNIST, or the sample."""
    with contextlib.redirect_stdout(io.StringIO()):
        return data.load_mnist()


def _has_complete_data():
    with contextlib.redirect_stdout(io.StringIO()):
        (images, _), _ = data.load_mnist()
    return data.is_complete(images)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
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
