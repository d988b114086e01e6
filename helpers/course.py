"""The list of lessons, the repository's address, and commands for whoever runs the series.

python -m helpers.course run              execute all lessons and show what they found
python -m helpers.course run 03 05        only these
python -m helpers.course run --in-place   keep the outputs in the notebooks (for maintainers)
python -m helpers.course study            train the stored dropout study anew (for maintainers)
python -m helpers.course ladder           train the stored ladder of results anew (the same)
"""

import argparse
import importlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from helpers import data

#: Where the series is published; every badge and setup cell names it.
REPOSITORY = "OWNER/REPOSITORY"
ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number, the name of its file, and the question it answers."""

    number: str
    name: str
    question: str

    @property
    def path(self):
        return NOTEBOOKS / f"{self.number}_{self.name}.ipynb"

    @property
    def badge(self):
        """The Markdown of the badge that opens this lesson in Colab."""
        page = f"https://colab.research.google.com/github/{REPOSITORY}/blob/main"
        picture = "https://colab.research.google.com/assets/colab-badge.svg"
        return f"[![Open in Colab]({picture})]({page}/notebooks/{self.path.name})"


LESSONS = (
    Lesson("01", "data_loading", "What does the network get to see?"),
    Lesson("02", "flattening", "What is lost when a picture becomes a list?"),
    Lesson("03", "dense_and_dropout", "What do Dense and Dropout compute?"),
    Lesson("04", "training", "How does it learn, and how fast?"),
    Lesson("05", "overfitting", "Is it learning or memorising?"),
    Lesson("06", "exploring_dropout", "Which dropout rate, and how sure are we?"),
    Lesson("07", "convolution", "What if the picture stays a picture?"),
    Lesson("08", "batch_normalization", "When does normalising inside help?"),
    Lesson("09", "data_augmentation", "Can we make more data out of what we have?"),
    Lesson("10", "your_own_digits", "Does it read *my* handwriting?"),
)

#: The first code cell of every lesson.
SETUP = f"""\
# @title Setup: find the helpers that the lessons share; Colab fetches them first
REPOSITORY = "https://github.com/{REPOSITORY}"  # @param {{type: "string"}}

import subprocess
import sys
from pathlib import Path

clone = Path.cwd() / Path(REPOSITORY).name
places = [Path.cwd(), *Path.cwd().parents, clone, *map(Path, sys.path)]
roots = [place for place in places if (place / "helpers" / "course.py").is_file()]
if not roots and "google.colab" in sys.modules:
    command = ["git", "clone", "--quiet", "--depth=1", REPOSITORY, clone]
    roots = [clone] if subprocess.run(command, capture_output=True).returncode == 0 else []
if not roots:
    raise RuntimeError(f"No helpers found: check that {{REPOSITORY}} opens in a browser, or open "
                       "this lesson in a copy of the whole repository; then run this cell again.")
sys.path = [str(roots[0]), *(path for path in sys.path if path != str(roots[0]))]"""


def run(lessons, in_place=False):
    """Execute lessons in fresh kernels, cell by cell, and print progress and findings.

    Parameters
    ----------
    lessons : sequence of Lesson
    in_place : bool; True keeps the outputs in the notebooks

    Returns
    -------
    int
        How many lessons stopped at an error.
    """
    rows, failures = [], 0
    for lesson in lessons:
        notebook, error, seconds = _execute(lesson)
        failures += error is not None
        rows.append((lesson, seconds, error, _findings(notebook)))
        if in_place and error is None:
            _save(notebook, lesson.path)
    print(f"\n{'lesson':28}{'time':>6}   what it found")
    for lesson, seconds, error, findings in rows:
        lines = [f"stopped: {error}"] if error else findings or ["runs to its end"]
        print(f"{lesson.path.stem:28}{seconds:4.0f} s   {lines[0]}")
        for line in lines[1:]:
            print(f"{'':37}{line}")
    return failures


def _execute(lesson):
    """Run one lesson in a fresh kernel; return the notebook, its error if any, and the seconds."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    notebook = nbformat.read(lesson.path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    started, error = time.monotonic(), None

    def progress(cell, cell_index, **_):
        share = (cell_index + 1) / len(notebook.cells)
        elapsed = time.monotonic() - started
        if sys.stdout.isatty():
            print(f"\r{lesson.path.stem:28}{share:4.0%} after {elapsed:4.0f} s", end="", flush=True)

    client = NotebookClient(
        notebook,
        timeout=1200,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(NOTEBOOKS)}},
        on_cell_executed=progress,
    )
    try:
        client.execute()
    except CellExecutionError as problem:
        error = f"{problem.ename}: {problem.evalue}"
    except DeadKernelError as problem:
        error = str(problem)
    seconds = time.monotonic() - started
    state = "stopped" if error else "done"
    print(f"\r{lesson.path.stem:28}{state} after {seconds:4.0f} s", flush=True)
    return notebook, error, seconds


def _findings(notebook):
    """List the lines that cells tagged ``finding`` printed."""
    return [
        line
        for cell in notebook.cells
        if "finding" in cell.metadata.get("tags", [])
        for output in cell.outputs
        if output.get("name") == "stdout"
        for line in output.text.splitlines()
    ]


def _save(notebook, path):
    """Write an executed notebook without what a reader cannot use or what changes every time."""
    import nbformat

    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            view = "application/vnd.jupyter.widget-view+json"
            cell.outputs = [out for out in cell.outputs if view not in out.get("data", {})]
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m helpers.course", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("run", help="execute lessons and show what they found")
    command.add_argument("lessons", nargs="*", metavar="NUMBER", help="such as 03; all if none")
    command.add_argument("--in-place", action="store_true", help="keep the outputs")
    commands.add_parser("study", help="train the stored dropout study anew")
    commands.add_parser("ladder", help="train the stored ladder of results anew")
    chosen = parser.parse_args(arguments)
    if chosen.command in ("study", "ladder"):
        _complete_data_or(parser)
        importlib.import_module(f"helpers.{chosen.command}").make()
        return 0
    known = {lesson.number: lesson for lesson in LESSONS}
    unknown = [number for number in chosen.lessons if number not in known]
    if unknown:
        parser.error(f"there is no lesson {', '.join(unknown)}; there are {', '.join(known)}")
    if chosen.in_place:
        _complete_data_or(parser)
    return run([known[number] for number in chosen.lessons or known], chosen.in_place)


def _complete_data_or(parser):
    """Stop with a sentence unless the complete data is at hand."""
    (images, _), _ = data.load_mnist()
    if not data.is_complete(images):
        parser.error("results are kept from the complete data only, and this is the sample")


if __name__ == "__main__":
    sys.exit(main())
