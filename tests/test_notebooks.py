"""What every notebook keeps to, checked on the files; nbval runs them."""

import base64
import io
import itertools
import json
import re
import subprocess
import sys

import pytest
import series
from lessons import FORM, code_of
from PIL import Image

from helpers import exercises

LESSONS = series.lessons()
NOTEBOOKS = {lesson.number: json.loads(lesson.path.read_text("utf-8")) for lesson in LESSONS}


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.path.stem)
def lesson(request):
    return request.param


@pytest.fixture
def cells(lesson):
    return [{**cell, "text": "".join(cell["source"])} for cell in NOTEBOOKS[lesson.number]["cells"]]


@pytest.fixture
def code(cells):
    return [cell for cell in cells if cell["cell_type"] == "code"]


@pytest.fixture
def markdown(cells):
    return [cell["text"] for cell in cells if cell["cell_type"] == "markdown"]


def test_folder_holds_the_lessons_and_nothing_else():
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=series.NOTEBOOKS, capture_output=True, text=True).stdout
    assert set(names.splitlines()) == {lesson.path.name for lesson in LESSONS}


def test_metadata_asks_for_a_gpu_only_where_one_helps(lesson):
    metadata = NOTEBOOKS[lesson.number]["metadata"]
    gpu = {"gpuType": "T4"} if lesson.number in ("04", "08", "10", "12") else {}
    assert metadata.get("accelerator") == ("GPU" if gpu else None)
    assert metadata["colab"] == {**gpu, "provenance": [], "toc_visible": True}
    assert metadata["kernelspec"]["name"] == "python3"
    assert "widgets" not in metadata


def test_it_opens_with_badge_and_time(lesson, cells):
    first = cells[0]["text"]
    assert first.startswith(f"{lesson.badge} {lesson.kaggle_badge}\n")
    assert re.search(r"\*You will .*About \d+ minutes, of which .*\*", first)


def test_setup_cell_is_the_same_everywhere(code):
    assert code[0]["text"] == series.setup()
    assert code[0]["metadata"] == {"cellView": "form", "jupyter": {"source_hidden": True}}


def test_it_ends_with_summary_and_the_next_lesson(lesson, markdown):
    assert "## Summary" in markdown[-1]
    following = LESSONS[LESSONS.index(lesson) + 1 :]
    if following:
        assert markdown[-1].endswith(f"Next: [{following[0].question}]({following[0].path.name})")


def test_lesson_01_does_not_load_tensorflow():
    asked = 'import sys; print("loaded" if "tensorflow" in sys.modules else "not loaded")'
    command = [sys.executable, "-c", "\n".join([*code_of("01"), asked])]
    run = subprocess.run(command, cwd=series.ROOT, capture_output=True, text=True)
    assert run.stdout.endswith("\nnot loaded\n"), run.stderr


def test_it_was_run_once_from_top_to_bottom(code):
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))


def test_outputs_are_clean(lesson, code):
    for output in (output for cell in code for output in cell["outputs"]):
        assert output["output_type"] != "error"
        assert output.get("name") != "stderr"
        assert set(output.get("data", {})) <= {"image/png", "text/plain", "text/html"}
        text = json.dumps({k: v for k, v in output.items() if k != "data"})
        text += "".join(output.get("data", {}).get("text/plain", ""))
        assert not re.search(r"/(home|root|work|Users|tmp|content)/|[A-Z]:\\\\", text), text
        assert "WARNING" not in text
    assert lesson.path.stat().st_size < 1_000_000


def test_committed_outputs_come_from_the_complete_data(code):
    printed = ["".join(output.get("text", "")) for cell in code for output in cell["outputs"]]
    assert any("MNIST: 60,000 training and 10,000 test images" in text for text in printed)


def test_every_figure_is_described_by_the_text_after_it(cells):
    for cell, following in itertools.pairwise(cells):
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
            png = next(
                o["data"]["image/png"] for o in cell["outputs"] if "image/png" in o.get("data", {})
            )
            assert base64.b64decode("".join(png)).startswith(b"\x89PNG")
            assert following["cell_type"] == "markdown"
            assert not following["text"].startswith("#")


def test_films_are_small_and_stand_in_at_least_three_lessons():
    films = []
    for number, notebook in NOTEBOOKS.items():
        outputs = [o for cell in notebook["cells"] for o in cell.get("outputs", [])]
        for png in (o["data"]["image/png"] for o in outputs if "image/png" in o.get("data", {})):
            content = base64.b64decode("".join(png))
            frames = getattr(Image.open(io.BytesIO(content)), "n_frames", 1)
            if frames > 1:
                films.append(number)
                assert len(content) <= 250_000 and frames <= 31  # the last one stands twice
    assert len(set(films)) >= 3


def test_numbers_to_play_with_are_forms():
    forms = {
        lesson.number: {name for code in lesson.code[1:] for name, *_ in FORM.findall(code)}
        for lesson in LESSONS
    }
    assert all("RATE" in forms[number] for number in ("03", "04", "05", "06"))
    assert all({"SEEDS", "EPOCHS"} <= forms[number] for number in ("05", "06"))
    assert sum(name.startswith("guess") for names in forms.values() for name in names) >= 5


def test_cells_are_short_and_no_more_than_three_in_a_row(cells):
    run = 0
    for cell in cells:
        run = run + 1 if cell["cell_type"] == "code" else 0
        assert run <= 3
        if cell["cell_type"] == "code" and cell["text"] != series.setup():
            lines = cell["text"].splitlines()
            assert len([line for line in lines if line.strip()]) <= 16, cell["text"]
            assert max(map(len, lines)) <= 95, max(lines, key=len)


def test_exercises_of_three_kinds_each_with_hints_a_stub_and_a_folded_solution(lesson, cells):
    asked = [re.findall(r"\*\*(\d\d\.\d) (\w+)\.\*\*", cell["text"]) for cell in cells]
    places = {found[0]: place for place, found in enumerate(asked) if found}
    known = exercises.EXERCISES
    assert sorted(n for n, _ in places) == sorted(n for n in known if n.startswith(lesson.number))
    assert 2 <= len(places) <= 4
    assert {kind for _, kind in places} == {"Predict", "Code", "Explain"}
    for (number, kind), place in places.items():
        question, stub, solution = cells[place : place + 3]
        assert "<details><summary>Hint" in question["text"]
        assert f'exercises.check("{number}"' in stub["text"]
        printed = "".join("".join(output["text"]) for output in stub["outputs"])
        assert printed == f"Exercise {number}: not answered yet.\n"
        assert (kind == "Explain") == isinstance(known[number], exercises.Explain)
        if kind == "Explain":
            assert solution["text"].startswith(
                "<details><summary>Show a model answer</summary>\n\n"
            )
            continue
        assert solution["text"].startswith(f"# @title Solution {number}\n")
        assert solution["metadata"]["cellView"] == "form"
        assert solution["metadata"]["jupyter"] == {"source_hidden": True}
        assert solution["metadata"]["tags"] == ["solution"]
        assert "solution=True" in solution["text"]
        assert "".join(solution["outputs"][0]["text"]) == f"Exercise {number}: right.\n"


def test_folded_texts_open_and_close(markdown):
    for text in markdown:
        folded = re.findall(r"<details><summary>[^<]+</summary>\n\n[^<]+\n\n</details>", text)
        assert len(folded) == text.count("<details>") == text.count("</details>")


def test_prose_is_plain(markdown):
    for text in markdown:
        prose = re.sub(r"`[^`]*`|!\[", "", text)
        assert "!" not in prose
        assert not re.search("[\U0001f000-\U0001faff\u2600-\u27bf]", prose)


def test_cells_whose_output_is_checked_print_something(code):
    checked = [cell for cell in code if "nbval-check-output" in cell["metadata"].get("tags", [])]
    assert checked
    for cell in checked:
        assert cell["outputs"], cell["text"]
    for cell in code:
        tags = cell["metadata"].get("tags", [])
        assert "nbval-check-output" in tags or "full-mnist" not in tags
