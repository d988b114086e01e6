"""Read and run the code of the lessons, for tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from helpers import course


def lesson(number):
    return next(lesson for lesson in course.LESSONS if lesson.number == number)


def code_of(number, notebooks=course.NOTEBOOKS):
    """Return the sources of a lesson's code cells."""
    path = notebooks / lesson(number).path.name
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def cell_of(number, text):
    """Return the source of the first code cell of a lesson in which a text occurs."""
    return next(source for source in code_of(number) if text in source)


def run(sources, folder):
    """Run sources as the cells of one notebook in a fresh kernel.

    Parameters
    ----------
    sources : sequence of str
    folder : path, the kernel's working folder

    Returns
    -------
    list of str
        What each cell printed.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises.
    """
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources]
    )
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(Path(folder))}},
        extra_arguments=["--log-level=ERROR"],
    )
    client.execute()
    return [
        "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
        for cell in notebook.cells
    ]


def move(repository, address):
    """Carry out what the workflow of a fork does, in a clone and without any package."""
    command = [sys.executable, "-S", "-m", "helpers.course", "repository", address]
    subprocess.run(command, cwd=repository, check=True, env={"PATH": os.environ["PATH"]})
