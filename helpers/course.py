"""The list of lessons, the repository's address, and commands for whoever runs the series.

python -m helpers.course run                  execute all lessons and show what they found
python -m helpers.course run 03 05            only these
python -m helpers.course run --in-place       keep the outputs, say what changed, renew README
python -m helpers.course readme               renew the tables and the picture of README
python -m helpers.course check                test everything
python -m helpers.course repository OWNER/NAME   publish under this address on GitHub
python -m helpers.course study                train the stored dropout study anew
python -m helpers.course ladder               train the stored ladder of results anew
"""

import argparse
import difflib
import hashlib
import importlib
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from helpers import InputError

#: Where the series is published; every badge and setup cell names it.
REPOSITORY = "OWNER/REPOSITORY"
ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
README = ROOT / "README.md"
#: README's picture: the loss and the accuracy of the stored study.
PICTURE = ROOT / ".github" / "dropout.png"


@dataclass(frozen=True)
class Lesson:
    """One lesson: its number, the name of its file, the question it answers, and what is new."""

    number: str
    name: str
    question: str
    news: str

    @property
    def path(self):
        return NOTEBOOKS / f"{self.number}_{self.name}.ipynb"

    @property
    def badge(self):
        """The Markdown of the badge that opens this lesson in Colab."""
        page = f"https://colab.research.google.com/github/{REPOSITORY}/blob/main"
        picture = "https://colab.research.google.com/assets/colab-badge.svg"
        return f"[![Open in Colab]({picture})]({page}/notebooks/{self.path.name})"

    def read(self):
        """Read the notebook as it stands."""
        import nbformat

        return nbformat.read(self.path, as_version=4)


LESSONS = (
    Lesson(
        "01",
        "data_loading",
        "What does the network get to see?",
        "pixels and labels, three sets of data, standard error",
    ),
    Lesson(
        "02",
        "flattening",
        "What is lost when a picture becomes a list?",
        "`Flatten`, softmax, a shuffle and a shift",
    ),
    Lesson(
        "03",
        "dense_and_dropout",
        "What do Dense and Dropout compute?",
        "`Dense`, ReLU, `Dropout`, cross-entropy, each in NumPy as well",
    ),
    Lesson(
        "04",
        "training",
        "How does it learn, and how fast?",
        "gradient descent, epochs and batches, saving, speed, GPUs",
    ),
    Lesson(
        "05",
        "overfitting",
        "Is it learning or memorising?",
        "the generalisation gap, seeds, early stopping, calibration",
    ),
    Lesson(
        "06",
        "exploring_dropout",
        "Which dropout rate, and how sure are we?",
        "dozens of networks in one `fit`, error bars, a live laboratory",
    ),
    Lesson(
        "07",
        "convolution",
        "What if the picture stays a picture?",
        "`Conv2D`, `MaxPooling2D`, feature maps",
    ),
    Lesson(
        "08",
        "batch_normalization",
        "When does normalising inside help?",
        "`BatchNormalization`, learning rates, moving averages",
    ),
    Lesson(
        "09",
        "data_augmentation",
        "Can we make more data out of what we have?",
        "augmentation, the best network, the ladder of results",
    ),
    Lesson(
        "10",
        "your_own_digits",
        "Does it read *my* handwriting?",
        "a drawing pad, MNIST's preprocessing, Monte Carlo dropout",
    ),
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
    in_place : bool
        True keeps the outputs in the notebooks, prints which findings changed, and renews README.

    Returns
    -------
    int
        How many lessons stopped at an error.
    """
    rows, failures = [], 0
    expected = [lesson.read().metadata.get("seconds", 60) for lesson in lessons]
    for place, lesson in enumerate(lessons):
        notebook, error, seconds = _execute(lesson, expected[place], sum(expected[place + 1 :]))
        failures += error is not None
        findings = _findings(notebook)
        if in_place and error is None:
            findings = _changed(_findings(lesson.read()), findings)
            notebook.metadata["seconds"] = round(seconds)
            _save(notebook, lesson.path)
        rows.append((lesson, seconds, error, findings))
    print(f"\n{'lesson':28}{'time':>6}   {'what changed' if in_place else 'what it found'}")
    for lesson, seconds, error, findings in rows:
        lines = [f"stopped: {error}"] if error else findings or ["runs to its end"]
        print(f"{lesson.path.stem:28}{seconds:4.0f} s   {lines[0]}")
        for line in lines[1:]:
            print(f"{'':37}{line}")
    if in_place and not failures:
        renew_readme()
    return failures


def _execute(lesson, expected, later):
    """Run one lesson in a fresh kernel; return the notebook, its error if any, and the seconds.

    What it took the last time, and what the lessons after it took, say how much time is left.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    notebook = lesson.read()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    started, error = time.monotonic(), None

    def progress(cell, cell_index, **_):
        share = (cell_index + 1) / len(notebook.cells)
        elapsed = time.monotonic() - started
        left = _minutes(later + max(expected - elapsed, 0))
        if sys.stdout.isatty():
            print(f"\r{lesson.path.stem:28}{share:4.0%} after {elapsed:4.0f} s{left}", end="")
            sys.stdout.flush()

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
    print(f"\r{lesson.path.stem:28}{state} after {seconds:4.0f} s{_minutes(later)}", flush=True)
    return notebook, error, seconds


def _minutes(seconds):
    return f", about {seconds / 60:.0f} min left  " if seconds >= 60 else " " * 20


def _changed(before, after):
    """List the lines that are gone (-) and new (+), or say that there are none."""
    lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
    return [line for line in lines if not line.startswith("@@")] or ["the same as before"]


def _findings(notebook, tag="finding"):
    """List the lines that cells with a tag printed."""
    return [
        line
        for cell in notebook.cells
        if tag in cell.metadata.get("tags", [])
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


def readme():
    """Return README's text, with its tables made anew from the lessons as they stand."""
    heads = ["", "question", "what is new", "minutes", "seconds", "open"]
    lessons, results = f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|\n", ""
    for lesson in LESSONS:
        notebook = lesson.read()
        minutes = re.search(r"About (\d+) minutes", notebook.cells[0].source)[1]
        seconds = notebook.metadata.get("seconds", "not run yet")
        lessons += (
            f"| {int(lesson.number)} | [{lesson.question}](notebooks/{lesson.path.name}) "
            f"| {lesson.news} | {minutes} | {seconds} | {lesson.badge} |\n"
        )
        found = _findings(notebook, tag="readme")
        if found:
            lines = "\n".join(line for line in found if line.strip())
            title = f"**Lesson {int(lesson.number)}: {lesson.question}**"
            results += f"{title}\n\n```text\n{lines}\n```\n\n"
    text = README.read_text(encoding="utf-8")
    for name, made in {"lessons": lessons, "results": results}.items():
        text = re.sub(
            rf"(<!-- {name}: .*? -->\n).*?(<!-- end of {name} -->)",
            lambda found, made=made: found[1] + made + found[2],
            text,
            flags=re.DOTALL,
        )
    return text


def renew_readme():
    """Write README's tables and its picture anew."""
    from helpers import plots, study

    README.write_text(readme(), encoding="utf-8")
    stored = study.load()
    shown = stored["rates"] < 0.55  # beyond, everything is worse, and hides what is below
    loss, accuracy = (stored[f"val_{key}"][-1, shown, :, 9] for key in ("loss", "accuracy"))
    figure = plots.show_sweep({"50,000\nimages": (stored["rates"][shown], loss, accuracy)})
    # The picture says of which study it is, so that a test can tell when it is out of date.
    figure.savefig(PICTURE, bbox_inches="tight", metadata={"Source": study_digest()})


def study_digest():
    """Return the SHA-256 of the stored study."""
    from helpers import study

    return hashlib.sha256(study.PATH.read_bytes()).hexdigest()


def move(repository):
    """Write another address of the repository into all badges, setup cells and README.

    Parameters
    ----------
    repository : str, such as "OWNER/NAME"

    Raises
    ------
    InputError
        If that is no address on GitHub.
    """
    if not re.fullmatch(r"[\w-]+/[\w.-]+", repository):
        raise InputError(f"{repository!r} is no address on GitHub: write OWNER/NAME.")
    address = rf'(github(?:\.com)?/|REPOSITORY = "){re.escape(REPOSITORY)}(?![\w.-])'
    for path in (README, Path(__file__), *(lesson.path for lesson in LESSONS)):
        text = path.read_text(encoding="utf-8")
        moved = re.sub(address, lambda found: found[1] + repository, text)
        if moved != text:
            path.write_text(moved, encoding="utf-8")


def check():
    """Test everything, as README says; return 0 if all is well."""
    commands = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["pytest"])
    return max(
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode
        for command in commands
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m helpers.course",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("run")
    command.add_argument("lessons", nargs="*", metavar="NUMBER", help="such as 03; all if none")
    command.add_argument("--in-place", action="store_true", help="keep the outputs")
    command = commands.add_parser("repository")
    command.add_argument("address", metavar="OWNER/NAME")
    for name in ("readme", "check", "study", "ladder"):
        commands.add_parser(name)
    chosen = parser.parse_args(arguments)
    if chosen.command == "repository":
        try:
            move(chosen.address)
        except InputError as error:
            parser.error(str(error))
    elif chosen.command == "readme":
        renew_readme()
    elif chosen.command == "check":
        return check()
    elif chosen.command in ("study", "ladder"):
        _complete_data_or(parser)
        importlib.import_module(f"helpers.{chosen.command}").make()
    else:
        known = {lesson.number: lesson for lesson in LESSONS}
        unknown = [number for number in chosen.lessons if number not in known]
        if unknown:
            parser.error(f"there is no lesson {', '.join(unknown)}; there are {', '.join(known)}")
        if chosen.in_place:
            _complete_data_or(parser)
        return run([known[number] for number in chosen.lessons or known], chosen.in_place)
    return 0


def _complete_data_or(parser):
    """Stop with a sentence unless the complete data is at hand."""
    from helpers import data

    (images, _), _ = data.load_mnist()
    if not data.is_complete(images):
        parser.error("results are kept from the complete data only, and this is the sample")


if __name__ == "__main__":
    sys.exit(main())
