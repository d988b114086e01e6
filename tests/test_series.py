"""The maintainer's commands, README, and the repository's form."""

import json
import re
import subprocess
import sys

import nbformat
import pytest
import series
from lessons import move
from PIL import Image

LESSONS = series.lessons()


@pytest.fixture
def short_lesson(tmp_path, monkeypatch):
    """Give a function that makes a lesson of a few code cells, the first tagged as a finding."""
    monkeypatch.setattr(series, "renew_readme", lambda: print("README renewed"))
    path = tmp_path / "99_test.ipynb"

    def write(*sources):
        cells = [nbformat.v4.new_markdown_cell("# 99. Does it run?\n\nAbout 5 minutes.")]
        cells += [nbformat.v4.new_code_cell(source) for source in sources]
        cells[1].metadata["tags"] = ["finding"]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return series.Lesson(path)

    return write


def test_a_lesson_is_read_from_its_notebook(short_lesson):
    lesson = short_lesson("1 + 1")
    assert (lesson.number, lesson.question, lesson.minutes) == ("99", "Does it run?", 5)
    assert lesson.code == ["1 + 1"]


def test_run_prints_seconds_and_findings_and_changes_nothing(short_lesson, capfd):
    lesson = short_lesson("print('found 42')", "print('nothing')")
    before = lesson.path.read_bytes()
    assert series.run([lesson]) == 0
    assert re.fullmatch(r"99_test +\d+ s\n    found 42\n", capfd.readouterr().out)
    assert lesson.path.read_bytes() == before


def test_run_reports_a_lesson_that_stops_and_does_not_keep_it(short_lesson, capfd):
    lesson = short_lesson("1 / 0")
    assert series.run([lesson], in_place=True) == 1
    printed = capfd.readouterr().out
    assert "stopped: ZeroDivisionError: division by zero" in printed
    assert "README renewed" not in printed
    assert lesson.notebook().cells[1].outputs == []


def test_run_in_place_keeps_outputs_but_no_widgets(short_lesson):
    lesson = short_lesson("print('found')", "import ipywidgets\nipywidgets.IntSlider()")
    assert series.run([lesson], in_place=True) == 0
    notebook = lesson.notebook()
    assert [len(cell.outputs) for cell in notebook.cells[1:]] == [1, 0]
    assert set(notebook.metadata) == {"language_info", "seconds"}
    assert all("execution" not in cell.metadata for cell in notebook.cells)


def test_run_in_place_keeps_the_last_state_of_a_line_written_over(short_lesson):
    lesson = short_lesson(
        "import time\nprint('before')\n"
        "for i in range(3):\n    print(f'\\r{i} of 2   ', end='', flush=True); time.sleep(0.2)\n"
        "print('\\nafter')"
    )
    series.run([lesson], in_place=True)
    assert [output.text for output in lesson.notebook().cells[1].outputs] == [
        "before\n2 of 2\nafter\n"
    ]


def test_run_in_place_says_what_changed_and_renews_readme(short_lesson, capfd):
    lesson = short_lesson("print('found 42')\nprint('and more')")
    series.run([lesson], in_place=True)
    capfd.readouterr()
    series.run([lesson], in_place=True)
    assert "the same as before" in capfd.readouterr().out
    notebook = lesson.notebook()
    notebook.cells[1].source = "print('found 43')\nprint('and more')"
    nbformat.write(notebook, lesson.path)
    series.run([lesson], in_place=True)
    printed = capfd.readouterr().out
    assert "-found 42" in printed
    assert "+found 43" in printed
    assert "and more" not in printed
    assert printed.endswith("README renewed\n")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["run", "77"], "There is no lesson 77; there are 01, 02"),
        (["run", "01", "--in-place"], "from the complete data only"),
        (["results", "study"], "from the complete data only"),
        (["results", "ladder"], "from the complete data only"),
        (["repository", "https://github.com/me/mine"], "no address on GitHub: write OWNER/NAME"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(command, sentence, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    with pytest.raises(SystemExit, match=sentence):
        series.main(command)


def test_readme_tells_what_the_lessons_tell():
    readme = series.README.read_text(encoding="utf-8")
    assert series.readme() == readme, "run `python .ci/series.py readme`"
    for lesson in LESSONS:
        assert f"[{lesson.question}](notebooks/{lesson.path.name})" in readme
        assert lesson.badge in readme


def test_readme_is_short_and_opens_with_a_film():
    readme = series.README.read_text(encoding="utf-8")
    assert len(readme.split()) <= 1_500
    assert re.match(r"# .+\n\n!\[.{50,}\]\(\.github/playground\.png\)\n", readme)
    film = series.ROOT / ".github" / "playground.png"
    assert film.stat().st_size < 1_500_000
    assert Image.open(film).n_frames >= 20


def test_the_container_does_what_readme_says():
    path = series.ROOT / ".devcontainer" / "devcontainer.json"
    container = json.loads(path.read_text(encoding="utf-8"))
    install, start = container["postCreateCommand"], container["postAttachCommand"]
    start, _, options = start.partition(" --ServerApp.")  # for the way through Codespaces' proxy
    assert f"\n{install} && {start}\n" in series.README.read_text(encoding="utf-8")
    assert options == "allow_origin='*'"


def test_messages_that_readme_explains_are_those_of_the_helpers():
    readme = series.README.read_text(encoding="utf-8")
    table = readme.split("## If something goes wrong")[1].split("## For maintainers")[0]
    said = [row.split("`")[1] for row in table.splitlines() if row.startswith("| `")]
    others = ("CERTIFICATE_VERIFY_FAILED", "ModuleNotFoundError", "No matching distribution")
    ours = [message for message in said if not message.startswith(others)]
    assert len(ours) >= 6
    sources = [path.read_text("utf-8") for path in (series.ROOT / "helpers").rglob("*.py")]
    sources += [source for lesson in LESSONS for source in lesson.code]
    for message in ours:
        assert any(message in source for source in sources), message


PAGES = [series.README, series.ROOT / ".github" / "CONTRIBUTING.md"]


@pytest.mark.parametrize("path", [*PAGES, *(lesson.path for lesson in LESSONS)], ids=str)
def test_links_inside_the_repository_lead_somewhere_and_others_are_secure(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            assert target.startswith("https://"), target
        else:
            assert (path.parent / target.split("#")[0]).exists(), target


def _changes(repository):
    diff = ["git", "diff", "--unified=0"]
    run = subprocess.run(diff, cwd=repository, capture_output=True, text=True, check=True)
    lines = [line for line in run.stdout.splitlines() if line.startswith(("+", "-"))]
    return [line for line in lines if not line.startswith(("+++", "---"))]


def test_moving_changes_every_address_and_nothing_else(repository):
    old, new = series.address(), "some-one/digits.2"
    move(repository, new)
    changes = _changes(repository)
    gone = [line[1:] for line in changes if line[0] == "-"]
    assert [line.replace(old, new) for line in gone] == [
        line[1:] for line in changes if line[0] == "+"
    ]
    assert len(gone) == 3 * len(LESSONS) + 1  # badges, setup cells, README's badges and citation
    for path in repository.rglob("*"):
        if path.suffix in (".md", ".ipynb", ".yml"):
            assert f"github.com/{old}" not in path.read_text("utf-8")
    move(repository, new)
    assert _changes(repository) == changes  # a second time changes nothing more
    move(repository, old)
    assert _changes(repository) == []  # and there is a way back


@pytest.mark.parametrize(
    "path", sorted(series.ROOT.glob(".github/workflows/*")), ids=lambda path: path.name
)
def test_workflows_keep_to_the_schema_of_github(path):
    command = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows", path]
    subprocess.run([sys.executable, "-m", *command], check=True)


def test_top_level_holds_what_the_design_names():
    allowed = {"README.md", "requirements.txt", "notebooks", "helpers", "tests"}
    assert {path.name for path in series.ROOT.iterdir() if path.name[0] != "."} == allowed
