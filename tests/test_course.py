"""The list of lessons and the commands."""

import nbformat
import pytest

from helpers import course
from helpers.course import LESSONS, ROOT


def lesson_of(tmp_path, monkeypatch, *sources):
    """Make a lesson of a few code cells, the first of them tagged as a finding."""
    monkeypatch.setattr(course, "NOTEBOOKS", tmp_path)
    lesson = course.Lesson("99", "test", "Does it run?")
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["finding"]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), lesson.path)
    return lesson


def test_run_shows_progress_and_findings(tmp_path, monkeypatch, capfd):
    lesson = lesson_of(tmp_path, monkeypatch, "print('found 42')", "print('nothing')")
    before = lesson.path.read_bytes()
    assert course.run([lesson]) == 0
    printed = capfd.readouterr().out
    assert "99_test" in printed
    assert "done after" in printed
    assert printed.rstrip().endswith("found 42")
    assert lesson.path.read_bytes() == before


def test_run_reports_a_lesson_that_stops(tmp_path, monkeypatch, capfd):
    lesson = lesson_of(tmp_path, monkeypatch, "1 / 0")
    assert course.run([lesson], in_place=True) == 1
    assert "stopped: ZeroDivisionError: division by zero" in capfd.readouterr().out
    assert nbformat.read(lesson.path, as_version=4).cells[0].outputs == []


def test_run_in_place_keeps_outputs_but_no_widgets(tmp_path, monkeypatch):
    sources = ("print('found')", "import ipywidgets\nipywidgets.IntSlider()")
    lesson = lesson_of(tmp_path, monkeypatch, *sources)
    assert course.run([lesson], in_place=True) == 0
    notebook = nbformat.read(lesson.path, as_version=4)
    assert [len(cell.outputs) for cell in notebook.cells] == [1, 0]
    assert "widgets" not in notebook.metadata
    assert all("execution" not in cell.metadata for cell in notebook.cells)


def test_unknown_lesson_is_refused(capsys):
    with pytest.raises(SystemExit):
        course.main(["run", "77"])
    assert "there is no lesson 77; there are 01, 02" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["run", "01", "--in-place"], ["study"], ["ladder"]])
def test_outputs_of_the_sample_are_not_kept(command, monkeypatch, capsys):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    with pytest.raises(SystemExit):
        course.main(command)
    assert "from the complete data only" in capsys.readouterr().err


def test_readme_lists_every_lesson_with_its_badge():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for lesson in LESSONS:
        assert lesson.question in readme
        assert lesson.badge in readme
        assert f"(notebooks/{lesson.path.name})" in readme


def test_top_level_holds_what_the_design_names():
    allowed = {"README.md", "requirements.txt", "notebooks", "helpers", "tests"}
    assert {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} == allowed
