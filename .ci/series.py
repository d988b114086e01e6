"""Commands for whoever maintains the series.

python .ci/series.py run                     execute all lessons and show what they found
python .ci/series.py run 03 05               only these
python .ci/series.py run --in-place          keep the outputs, say what changed, renew README
python .ci/series.py readme                  renew the tables of README
python .ci/series.py repository OWNER/NAME   publish under this address on GitHub
python .ci/series.py results WHICH           train anew what is stored: WHICH is study, rivals,
                                             arrangements, normalisation, curves, ladder or
                                             networks
"""

import argparse
import difflib
import json
import re
import sys
import time
from pathlib import Path

# `repository` runs where no package is installed: others are imported in the functions below.

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
README = ROOT / "README.md"
sys.path.insert(0, str(ROOT))  # for `helpers`


class Lesson:
    """One lesson, as its notebook says: ``path``, ``number``, ``question`` and ``minutes``."""

    def __init__(self, path):
        self.path = path
        self.number = path.name[:2]
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        first = "".join(cells[0]["source"])
        self.question = re.search(rf"^# {int(self.number)}\. (.+)$", first, re.MULTILINE)[1]
        self.minutes = int(re.search(r"About (\d+) minutes", first)[1])
        #: The sources of the code cells; the first is the setup cell.
        self.code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]

    @property
    def badge(self):
        """The Markdown of the badge that opens this lesson in Colab."""
        page = f"https://colab.research.google.com/github/{address()}/blob/main"
        picture = "https://colab.research.google.com/assets/colab-badge.svg"
        return f"[![Open in Colab]({picture})]({page}/notebooks/{self.path.name})"

    @property
    def kaggle_badge(self):
        """The Markdown of the badge that opens this lesson in Kaggle."""
        page = f"https://github.com/{address()}/blob/main/notebooks/{self.path.name}"
        picture = "https://kaggle.com/static/images/open-in-kaggle.svg"
        return f"[![Open in Kaggle]({picture})](https://kaggle.com/kernels/welcome?src={page})"

    def notebook(self):
        """Read the notebook, as nbformat gives it."""
        import nbformat

        return nbformat.read(self.path, as_version=4)


def lessons():
    """Read the lessons, in their order."""
    return [Lesson(path) for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))]


def setup():
    """Return the setup cell of lesson 01, which is that of every lesson."""
    return lessons()[0].code[0]


def address():
    """Return where the series is published, such as "OWNER/NAME": lesson 01 says so."""
    return re.search(r'REPOSITORY = "https://github\.com/([^"]+)"', setup())[1]


def run(chosen, in_place=False):
    """Execute lessons, each in a fresh kernel, and print seconds and findings of each.

    With `in_place` the notebooks keep their outputs, README is renewed, and what is printed of the
    findings is what changed. Returns how many lessons stopped at an error.
    """
    import nbformat

    failures = 0
    for lesson in chosen:
        print(f"{lesson.path.stem:28}", end="", flush=True)
        notebook, error, seconds = execute(lesson)
        found = printed(notebook, "finding")
        if error:
            failures += 1
            found = [f"stopped: {error}"]
        elif in_place:
            found = changes(printed(lesson.notebook(), "finding"), found)
            notebook.metadata["seconds"] = round(seconds)
            nbformat.write(notebook, lesson.path)
        print(f"{seconds:4.0f} s", *found, sep="\n    ", flush=True)
    if in_place and not failures:
        renew_readme()
    return failures


def execute(lesson):
    """Run a lesson; return the notebook with its outputs, an error or None, and the seconds."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook, error, began = lesson.notebook(), None, time.monotonic()
    client = NotebookClient(
        notebook,
        timeout=1200,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(lesson.path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as problem:
        error = f"{problem.ename}: {problem.evalue}"
    except (CellTimeoutError, DeadKernelError) as problem:
        error = str(problem)
    tidy(notebook)
    return notebook, error, time.monotonic() - began


def tidy(notebook):
    """Take out of an executed notebook what a reader cannot use, or what changes every time."""
    view = "application/vnd.jupyter.widget-view+json"
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        outputs = []
        for output in cell.get("outputs", []):
            if outputs and "name" in output and outputs[-1].get("name") == output.name:
                outputs[-1].text += output.text  # a stream that came in parts
            elif view not in output.get("data", {}):
                outputs.append(output)
        for output in outputs:
            if "name" in output:  # of a line that was written over and over, keep the last state
                output.text = re.sub(r"^.*\r(.*?) *$", r"\1", output.text, flags=re.MULTILINE)
        if cell.cell_type == "code":
            cell.outputs = outputs
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}


def printed(notebook, tag):
    """List the lines that cells with a tag printed."""
    return [
        line
        for cell in notebook.cells
        if tag in cell.metadata.get("tags", [])
        for output in cell.outputs
        if output.get("name") == "stdout"
        for line in output.text.splitlines()
        if line.strip()
    ]


def changes(before, after):
    """List the lines that are gone (-) and new (+), or say that there are none."""
    lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[2:]
    return [line for line in lines if not line.startswith("@@")] or ["the same as before"]


def readme():
    """Return README's text, with its tables made anew from the lessons as they stand."""
    table = "| lesson | minutes | seconds | open |\n|---|---|---|---|\n"
    results = ""
    for lesson in lessons():
        notebook = lesson.notebook()
        number, seconds = int(lesson.number), notebook.metadata.get("seconds", "not run yet")
        link = f"[{lesson.question}](notebooks/{lesson.path.name})"
        table += f"| {number}. {link} | {lesson.minutes} | {seconds} | {lesson.badge} |\n"
        found = "\n".join(printed(notebook, "readme"))
        if found:
            results += f"Lesson {number}:\n\n```text\n{found}\n```\n\n"
    text = README.read_text(encoding="utf-8")
    for name, made in {"lessons": table, "results": results}.items():
        text = re.sub(
            rf"(<!-- {name}: .*? -->\n).*?(<!-- end of {name} -->)",
            lambda found, made=made: found[1] + made + found[2],
            text,
            flags=re.DOTALL,
        )
    return text


def renew_readme():
    """Write README's tables anew."""
    README.write_text(readme(), encoding="utf-8")


def move(repository):
    """Write another address into all badges, setup cells and README."""
    if not re.fullmatch(r"[\w-]+/[\w.-]+", repository):
        sys.exit(f"{repository!r} is no address on GitHub: write OWNER/NAME.")
    old = rf"(github(?:\.com)?/){re.escape(address())}(?![\w.-])"
    for path in (README, *(lesson.path for lesson in lessons())):
        text = path.read_text(encoding="utf-8")
        moved = re.sub(old, lambda found: found[1] + repository, text)
        if moved != text:
            path.write_text(moved, encoding="utf-8")


def require_complete_data():
    """Stop with a sentence unless the complete data is at hand."""
    from helpers import data

    (images, _), _ = data.load_mnist()
    if len(images) < 60_000:
        sys.exit("Results are kept from the complete data only, and this is the sample.")


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python .ci/series.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("run")
    command.add_argument("numbers", nargs="*", metavar="NUMBER", help="such as 03; all if none")
    command.add_argument("--in-place", action="store_true", help="keep the outputs")
    commands.add_parser("readme")
    commands.add_parser("repository").add_argument("address", metavar="OWNER/NAME")
    which = "study", "rivals", "arrangements", "normalisation", "curves", "ladder", "networks"
    commands.add_parser("results").add_argument("which", choices=which)
    chosen = parser.parse_args(arguments)
    if chosen.command == "repository":
        move(chosen.address)
    elif chosen.command == "readme":
        renew_readme()
    elif chosen.command == "results":
        require_complete_data()
        import stored

        getattr(stored, chosen.which)()
    else:
        known = {lesson.number: lesson for lesson in lessons()}
        unknown = [number for number in chosen.numbers if number not in known]
        if unknown:
            sys.exit(f"There is no lesson {', '.join(unknown)}; there are {', '.join(known)}.")
        if chosen.in_place:
            require_complete_data()
        return run([known[number] for number in chosen.numbers or known], chosen.in_place)
    return 0


if __name__ == "__main__":
    sys.exit(main())
