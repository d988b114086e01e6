"""The board: networks read each stroke, drawings are kept, mistakes are said."""

import numpy as np
import pytest

from helpers import pad

SEVEN = [[[60, 50], [210, 50], [120, 240]]]


def shrink(picture):
    return picture.reshape(28, 10, 28, 10).mean(axis=(1, 3)).astype(np.uint8)


def sure_of(digit):
    return lambda images: np.eye(10, dtype=np.float32)[[digit] * len(images)]


@pytest.fixture
def board(monkeypatch):
    monkeypatch.setattr(pad, "kept", [])
    return pad.board(shrink, {"one": sure_of(3), "other": sure_of(7)})


@pytest.fixture
def parts(board):
    row, picture, answers = board.children
    drawing_pad, beside = row.children
    meant, keep, message = beside.children
    return {"pad": drawing_pad, "picture": picture, "answers": answers} | {
        "meant": meant,
        "keep": keep,
        "message": message,
    }


def test_each_stroke_is_read_by_all_networks(parts):
    blank = bytes(parts["picture"].value)
    assert blank.startswith(b"\x89PNG")
    assert parts["answers"].value == ""
    parts["pad"].strokes = SEVEN
    assert bytes(parts["picture"].value) != blank
    assert parts["answers"].value == "one: 3 (100%), other: 7 (100%)"
    parts["pad"].strokes = []
    assert bytes(parts["picture"].value) == blank
    assert parts["answers"].value == ""


def test_drawings_are_kept_with_what_was_meant_also_by_a_second_board(parts):
    parts["keep"].click()
    assert parts["message"].value == "Draw a digit first."
    parts["pad"].strokes = SEVEN
    parts["meant"].value = 7
    parts["keep"].click()
    assert pad.kept == [(SEVEN, 7)]
    assert parts["pad"].strokes == []
    assert parts["message"].value == "1 kept: 7"
    second = pad.board(shrink, {"one": sure_of(3)})
    assert second.children[0].children[1].children[2].value == "1 kept: 7"


def test_a_preparation_that_fails_is_said_and_the_drawing_stays():
    def broken(picture):
        raise IndexError("no ink")

    row, _, answers = pad.board(broken, {"one": sure_of(3)}).children
    row.children[0].strokes = SEVEN
    assert answers.value == "The drawing could not be read: IndexError, no ink."
    assert row.children[0].strokes == SEVEN


def test_the_pad_brings_its_own_script_and_style():
    drawing_pad = pad.DrawingPad()
    assert "export default" in drawing_pad._esm
    assert ".drawing-pad" in drawing_pad._css
    assert "http" not in drawing_pad._esm  # works without a network
