"""The list of lessons and the commands."""

import re
import subprocess
import sys

import nbformat
import pytest
from lessons import move
from PIL import Image

from helpers import course
from helpers.course import LESSONS, ROOT


def lesson_of(tmp_path, monkeypatch, *sources):
    """Make a lesson of a few code cells, the first of them tagged as a finding."""
    monkeypatch.setattr(course, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(course, "renew_readme", lambda: print("README renewed"))
    lesson = course.Lesson("99", "test", "Does it run?", "all")
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
    assert notebook.metadata["seconds"] >= 0


def test_run_in_place_says_what_changed_and_renews_readme(tmp_path, monkeypatch, capfd):
    lesson = lesson_of(tmp_path, monkeypatch, "print('found 42')\nprint('and more')")
    course.run([lesson], in_place=True)
    capfd.readouterr()
    course.run([lesson], in_place=True)
    assert "the same as before" in capfd.readouterr().out
    notebook = lesson.read()
    notebook.cells[0].source = "print('found 43')\nprint('and more')"
    nbformat.write(notebook, lesson.path)
    course.run([lesson], in_place=True)
    printed = capfd.readouterr().out
    assert "-found 42" in printed
    assert "+found 43" in printed
    assert "and more" not in printed
    assert printed.rstrip().endswith("README renewed")


def test_run_says_how_much_time_is_left(tmp_path, monkeypatch, capfd):
    lesson = lesson_of(tmp_path, monkeypatch, "print('found')")
    notebook = lesson.read()
    notebook.metadata["seconds"] = 180
    nbformat.write(notebook, lesson.path)
    course.run([lesson, lesson])
    assert ", about 3 min left" in capfd.readouterr().out.split("what it found")[0]


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


def test_readme_tells_what_the_lessons_tell():
    readme = course.README.read_text(encoding="utf-8")
    assert course.readme() == readme, "run `python -m helpers.course readme`"


def test_readme_has_the_picture_of_the_stored_study():
    name = course.PICTURE.relative_to(ROOT).as_posix()
    assert f"]({name})" in course.README.read_text(encoding="utf-8")
    assert Image.open(course.PICTURE).text["Source"] == course.study_digest()


def test_messages_that_readme_explains_are_those_of_the_helpers():
    readme = course.README.read_text(encoding="utf-8")
    table = readme.split("## If something goes wrong")[1].split("**The data.**")[0]
    said = [row.split("`")[1] for row in table.splitlines() if row.startswith("| `")]
    others = ("CERTIFICATE_VERIFY_FAILED", "ModuleNotFoundError", "No matching distribution")
    ours = [message for message in said if not message.startswith(others)]
    assert len(ours) >= 6
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "helpers").glob("*.py"))
    for message in ours:
        assert message in sources


LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("path", [course.README, *(lesson.path for lesson in LESSONS)], ids=str)
def test_links_inside_the_repository_lead_somewhere_and_others_are_secure(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for address in LINK.findall(text):
        if "://" in address:
            assert address.startswith("https://"), address
        else:
            assert (path.parent / address.split("#")[0]).exists(), address


def _changes(repository):
    diff = ["git", "diff", "--unified=0"]
    run = subprocess.run(diff, cwd=repository, capture_output=True, text=True, check=True)
    lines = [line for line in run.stdout.splitlines() if line.startswith(("+", "-"))]
    return [line for line in lines if not line.startswith(("+++", "---"))]


def test_moving_changes_every_address_and_nothing_else(repository, tally):
    old = course.REPOSITORY
    assert f"github.com/{old}" in (repository / "README.md").read_text("utf-8")
    move(repository, "some-one/digits.2")
    changes = _changes(repository)
    gone = [line[1:] for line in changes if line[0] == "-"]
    new = [line[1:] for line in changes if line[0] == "+"]
    assert [line.replace(old, "some-one/digits.2") for line in gone] == new
    badges_and_setups = 2 * len(LESSONS)
    assert len(new) == badges_and_setups + len(LESSONS) + 2  # and README's badges, and two lines
    for path in repository.rglob("*"):
        if path.suffix in (".md", ".ipynb", ".yml"):
            assert f"github.com/{old}" not in path.read_text("utf-8")
    move(repository, "some-one/digits.2")
    assert _changes(repository) == changes  # a second time changes nothing more
    move(repository, old)
    assert _changes(repository) == []  # and there is a way back
    tally["addresses rewritten"] += len(new)


def test_an_address_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        course.main(["repository", "https://github.com/me/mine"])
    assert "is no address on GitHub: write OWNER/NAME" in capsys.readouterr().err


@pytest.mark.parametrize("path", sorted(ROOT.glob(".github/workflows/*")), ids=lambda p: p.name)
def test_workflows_keep_to_the_schema_of_github(path):
    command = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows", path]
    subprocess.run([sys.executable, "-m", *command], check=True)


def test_top_level_holds_what_the_design_names():
    allowed = {"README.md", "requirements.txt", "notebooks", "helpers", "tests"}
    assert {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} == allowed
