"""Read the code of the lessons, for tests that run a part of it."""

import json

from helpers import course


def cell_of(number, text):
    """Return the source of the first code cell of a lesson in which a text occurs."""
    lesson = next(lesson for lesson in course.LESSONS if lesson.number == number)
    cells = json.loads(lesson.path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return next(source for source in sources if text in source)
