"""The board: networks read each stroke, drawings are kept, mistakes are said."""

from types import SimpleNamespace

import numpy as np
import pytest

from helpers import pad

SEVEN = [[[60, 50], [210, 50], [120, 240]]]


def shrink(picture):
    return picture.reshape(28, 10, 28, 10).mean(axis=(1, 3)).astype(np.uint8)


def sure_of(digit):
    return SimpleNamespace(predict_on_batch=lambda images: np.eye(10)[[digit] * len(images)])


@pytest.fixture
def board(monkeypatch):
    monkeypatch.setattr(pad, "kept", [])
    return pad.board({"shrunk": shrink}, {"one": sure_of(3), "other": sure_of(7)})


def parts_of(board):
    row, answers = board.children
    left, picture = row.children
    drawing_pad, _, buttons, message = left.children
    return SimpleNamespace(
        pad=drawing_pad, keep=buttons.children, message=message, picture=picture, answers=answers
    )


@pytest.fixture
def parts(board):
    return parts_of(board)


def test_each_stroke_is_read_by_all_networks(parts):
    blank = bytes(parts.picture.value)
    assert blank.startswith(b"\x89PNG")
    assert parts.answers.value == ""
    parts.pad.strokes = SEVEN
    assert bytes(parts.picture.value) != blank
    assert parts.answers.value == "one: 3 (100%), other: 7 (100%)"
    parts.pad.strokes = []
    assert bytes(parts.picture.value) == blank
    assert parts.answers.value == ""


def test_drawings_are_kept_as_what_was_meant_also_by_a_second_board(parts):
    parts.keep[7].click()
    assert pad.kept == []
    assert parts.message.value == "Draw a digit first."
    parts.pad.strokes = SEVEN
    parts.keep[7].click()
    assert pad.kept == [(SEVEN, 7)]
    assert parts.pad.strokes == []
    assert parts.message.value == "1 kept: 7"
    second = parts_of(pad.board({"shrunk": shrink}, {"one": sure_of(3)}))
    assert second.message.value == "1 kept: 7"


def test_a_preparation_that_fails_is_said_and_the_drawing_stays():
    def broken(picture):
        raise IndexError("no ink <here>")

    parts = parts_of(pad.board({"broken": broken}, {"one": sure_of(3)}))
    parts.pad.strokes = SEVEN
    said = "The drawing could not be read: IndexError, no ink &lt;here&gt;."
    assert parts.answers.value == said
    assert parts.pad.strokes == SEVEN


def test_each_way_of_preparing_is_read_by_itself():
    dark = SimpleNamespace(
        predict_on_batch=lambda images: np.eye(10)[(images.mean(axis=(1, 2)) > 0.5).astype(int)]
    )

    pictures = {"white": np.zeros((28, 28), np.uint8), "black": np.full((28, 28), 255, np.uint8)}
    looked = pad.look(pictures, {"dark": dark})
    assert list(looked) == ["white", "black"]
    for answer, (image, readings) in enumerate(looked.values()):
        assert image.dtype == np.float32
        assert image.max() == answer
        assert readings["dark"].argmax() == answer


def test_the_pad_brings_its_own_script_and_style():
    drawing_pad = pad.DrawingPad()
    assert "export default" in drawing_pad._esm
    assert ".drawing-pad" in drawing_pad._css
    assert "http" not in drawing_pad._esm  # works without a network
