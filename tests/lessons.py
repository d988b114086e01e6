"""Read and run the code of the lessons, for tests."""

import os
import re
import subprocess
import sys

import nbformat
import series
from nbclient import NotebookClient

#: A number that Colab shows as a slider, a choice or a field: its name, value and kind.
FORM = re.compile(r"^(\w+) = (.+?)  # @param (.+)$", re.MULTILINE)
#: A cell that prints how much memory the kernel has, in kilobytes.
MEMORY = """
import ctypes, gc
get_ipython().displayhook.flush()  # IPython keeps every Out[n], with the arrays behind it
gc.collect()
ctypes.CDLL(None).malloc_trim(0)  # what is free goes back to the system, and is not counted
print(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])
"""


def lesson(number):
    return next(lesson for lesson in series.lessons() if lesson.number == number)


def code_of(number):
    """Return the sources of a lesson's code cells."""
    return lesson(number).code


def cell_of(number, text):
    """Return the source of the first code cell of a lesson in which a text occurs."""
    return next(source for source in code_of(number) if text in source)


def run(sources, folder):
    """Run sources as the cells of one notebook in a fresh kernel that works in a folder.

    Returns what each cell printed, a list of str; if a cell raises, so does this, a
    `nbclient.exceptions.CellExecutionError`.
    """
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    client = NotebookClient(
        nbformat.v4.new_notebook(cells=cells),
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
    )
    client.execute()
    return [
        "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
        for cell in cells
    ]


def commit(repository):
    """Commit all changes in a git repository."""
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for arguments in (["add", "-A"], [*who, "commit", "-qm", "test"]):
        subprocess.run(["git", *arguments], cwd=repository, check=True)


def move(repository, address):
    """Carry out what the workflow of a fork does, in a clone and without any package."""
    command = [sys.executable, "-S", ".ci/series.py", "repository", address]
    subprocess.run(command, cwd=repository, check=True, env={"PATH": os.environ["PATH"]})
