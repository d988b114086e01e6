"""Cells run twice, lessons run again from the middle, with forms at their ends, and interrupted.

On the sample, for time. Nothing is mocked: every training is carried out.
"""

import os
import random
import re
import threading

import pytest
import series
from jupyter_client.manager import start_new_kernel
from lessons import FORM, MEMORY, code_of, run

pytestmark = pytest.mark.slow

FIGURES = "import matplotlib.pyplot\nprint(matplotlib.pyplot.get_fignums())"
#: Marks of cells that may print something else the next time: they read a clock, or draw a mask.
VARYING = (
    "EpochLine",
    "fastest(",
    "spent",
    "subprocess.run(command, env",
    'duration["',
    "seconds / duration",
    "duration / 60",
    "training=",
    "perf_counter",
    "verbose=2",
)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """A folder of the test's own: lessons save networks, and others run at the same time."""
    monkeypatch.setenv("MNIST_NPZ", "sample")
    monkeypatch.setenv("PYTHONPATH", str(series.ROOT))
    return tmp_path


@pytest.fixture(params=series.lessons(), ids=lambda lesson: lesson.number)
def sources(request):
    return request.param.code


def same(source, first, second):
    """Tell whether a cell printed the same twice, or may print something else.

    Lines that were written over and over, as `training.progress` does, do not count.
    """
    first, second = (
        re.sub(r"^.*\r.*\n?", "", text, flags=re.MULTILINE) for text in (first, second)
    )
    return first == second or any(word in source for word in VARYING)


def test_every_cell_twice_and_again_from_any_cell(sources, folder):
    """Once everything has run, it runs again from a cell of the first half, drawn at random."""
    twice = [source for source in sources for _ in range(2)]
    start = random.Random(0).randrange(1, len(sources) // 2)
    cells = [*twice, MEMORY, *sources[start:], MEMORY, FIGURES]
    printed = list(zip(cells, run(cells, folder), strict=True))
    before, after = (int(text) / 1e6 for source, text in printed if source == MEMORY)
    assert printed.pop() == (FIGURES, "[]\n")
    first = {}
    for source, text in printed:
        if source != MEMORY:
            assert same(source, first.setdefault(source, text), text), source
    print(f"memory {before:.3f} GB after every cell twice, {after:.3f} GB after most of them again")
    assert after < 1.15 * before


def set_forms(source, end):
    """Set what is a form in a cell: sliders and choices to their lowest (0) or highest (-1).

    Of a list every second number is left, or its first and its last two; a guess is 50.
    """

    def turn(found):
        name, value, kind = found.groups()
        ends = re.findall(r"\b(?:min|max):([\d.]+)", kind)
        if kind.startswith("["):
            ends = kind[1:].split("]")[0].split(", ")
            ends = [end.strip('"') for end in ends] if '"raw"' in kind else ends
        elif value.startswith("["):
            ends = [f"{value}[::2]", f"{value}[:1] + {value}[-2:]"]
        elif value == "...":
            ends = ["50"]
        return f"{name} = {(ends or [value])[end]}"

    return FORM.sub(turn, source)


def with_forms():
    return [lesson for lesson in series.lessons() if any(map(FORM.search, lesson.code[1:]))]


@pytest.mark.parametrize("lesson", with_forms(), ids=lambda lesson: lesson.number)
def test_forms_at_their_ends_and_run_on_from_there(lesson, folder):
    """Once with all forms at one end; then, from the first form on, at the other."""
    setup, *sources = lesson.code
    low, high = ([set_forms(source, end) for source in sources] for end in (0, -1))
    first = next(i for i, source in enumerate(sources) if high[i] != source)
    printed = run([setup, *low, *high[first:]], folder)
    if any("guess" in source for source in sources):
        assert any("your guess was 50" in text for text in printed)


@pytest.fixture
def two_cores():
    """Let kernels use two cores at most: with more, all networks of lesson 06 are one round."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[:2])
    yield
    os.sched_setaffinity(0, allowed)


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize(
    ("number", "cell", "edit", "wait", "after"),
    [
        ("04", "model.fit(\n", ("epochs=EPOCHS", "epochs=500"), 1, "Epoch 2"),
        ("05", "networks.fit(", ("epochs=EPOCHS", "epochs=500"), 8, ""),
        ("06", "coarse.fit(", ("epochs=EPOCHS", "epochs=20"), 1, ": 53%,"),
    ],
)
def test_interrupted_training_keeps_the_history(number, cell, edit, wait, after, folder):
    sources = code_of(number)
    place = next(i for i, source in enumerate(sources) if cell in source)
    assert edit[0] in sources[place]
    long = sources[place].replace(*edit)
    manager, client = start_new_kernel(extra_arguments=["--log-level=ERROR"], cwd=str(folder))
    text, timers = [], []

    def interrupt_later(message):
        text.append(message["content"].get("text", ""))
        if after in "".join(text) and not timers:
            timers.append(threading.Timer(wait, manager.interrupt_kernel))
            timers[0].start()

    try:
        for source in sources[:place]:
            assert client.execute_interactive(source)["content"]["status"] == "ok"
        reply = client.execute_interactive(long, output_hook=interrupt_later, timeout=120)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        for source in sources[place + 1 : place + 3]:
            assert client.execute_interactive(source)["content"]["status"] == "ok", source
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
