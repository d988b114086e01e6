"""Strokes become ink, the board lets networks read it, and lesson 11 prepares it as it says."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from stored import from_lesson

from helpers import data, models, pad, plots

#: What lesson 11 writes.
FUNCTIONS = (
    *("read", "rasterize", "shrink"),
    *("cut_out", "fit_box", "centre", "prepare", "on_a_sheet"),
)
SEVEN = [[[60, 50], [210, 50], [120, 240]]]


@pytest.fixture(scope="module")
def lesson_11():
    """The functions that lesson 11 writes."""
    return SimpleNamespace(**from_lesson("11", *FUNCTIONS))


@pytest.fixture(scope="module")
def drawings():
    return json.loads(pad.DRAWINGS.read_text())


def board(read=lambda strokes: ([plots.Picture(figsize=(1, 1))], f"{len(strokes)} strokes")):
    """A board, and its parts by name."""
    left, seen = pad.board(read).children
    drawing_pad, _, buttons, message = left.children
    *pictures, answers = seen.children
    return SimpleNamespace(
        pad=drawing_pad, keep=buttons.children, message=message, pictures=pictures, answers=answers
    )


def test_the_stored_drawings_are_two_of_each_digit_and_three_scrawls(drawings):
    digits, scrawls = drawings["digits"], drawings["scrawls"]
    assert sorted(digit for _, digit in digits) == sorted([*range(10), *range(10)])
    assert [what for _, what in scrawls] == ["house", "letter A", "spiral"]
    points = np.concatenate([np.concatenate(strokes) for strokes, _ in [*digits, *scrawls]])
    assert points.min() >= 0
    assert points.max() <= pad.SIZE


def test_a_line_becomes_ink_as_thick_as_the_pen(lesson_11):
    picture = lesson_11.rasterize([[(100, 140), (180, 140)]])
    assert picture.shape == (pad.SIZE, pad.SIZE)
    assert picture.dtype == np.uint8
    thickness = picture[:, 140].astype(float).sum() / 255
    assert thickness == pytest.approx(pad.PEN, abs=0.6)
    length = picture[140].astype(float).sum() / 255
    assert length == pytest.approx(80 + pad.PEN, abs=1.2)  # round ends
    assert set(np.unique(picture)) > {0, 255}  # grey rims


def test_a_dot_and_an_empty_pad(lesson_11):
    rows, columns = np.nonzero(lesson_11.rasterize([[(50, 60)]]))
    assert (rows.mean(), columns.mean()) == pytest.approx((60, 50), abs=1)
    assert not lesson_11.rasterize([]).any()


def test_the_script_has_the_size_and_the_pen_of_the_pictures_and_needs_no_network():
    script = Path(pad.__file__).with_name("pad.js").read_text(encoding="utf-8")
    assert f"const SIZE = {pad.SIZE};" in script
    assert f"const PEN = {pad.PEN};" in script
    assert "http" not in script


def test_each_stroke_is_read():
    parts = board()
    assert bytes(parts.pictures[0].value).startswith(b"\x89PNG")
    assert parts.answers.value == "0 strokes"
    parts.pad.value = SEVEN
    assert parts.answers.value == "1 strokes"


def test_lesson_11_lets_all_networks_read_a_drawing_as_it_is_and_prepared(lesson_11):
    networks = {
        name: SimpleNamespace(predict_on_batch=lambda images, d=d: np.eye(10)[[d] * len(images)])
        for name, d in (("one", 3), ("other", 7))
    }
    names = "look", "read_strokes"
    lesson = from_lesson("11", *names, "WAYS", **vars(lesson_11), networks=networks)
    (figure,), blank = lesson["read_strokes"]([])
    assert blank == "The paper is blank."
    assert len(figure.axes[0].images) == 2
    assert (
        lesson["read_strokes"](SEVEN)[1] == "Prepared, it reads as: one 3 (100%), other 7 (100%)."
    )


def test_drawings_are_kept_as_what_was_meant_also_by_a_second_board(monkeypatch):
    monkeypatch.setattr(pad, "kept", [])
    parts = board()
    parts.keep[7].click()
    assert pad.kept == []
    assert parts.message.value == "Draw a digit first."
    parts.pad.value = SEVEN
    parts.keep[7].click()
    assert pad.kept == [(SEVEN, 7)]
    assert parts.pad.value == []
    assert parts.message.value == "1 kept: 7"
    assert board().message.value == "1 kept: 7"


def test_a_preparation_that_fails_is_said_and_the_drawing_stays():
    def broken(strokes):
        if strokes:
            raise IndexError("no ink <here>")
        return [], ""

    parts = board(broken)
    parts.pad.value = SEVEN
    assert parts.answers.value == "Not drawn: IndexError, no ink &lt;here&gt;."
    assert parts.pad.value == SEVEN


def test_preparing_puts_the_centre_of_mass_in_the_middle_of_28_by_28(lesson_11, drawings):
    for strokes, _ in drawings["digits"] + drawings["scrawls"]:
        prepared = lesson_11.prepare(lesson_11.rasterize(strokes))
        assert prepared.shape == (28, 28)
        assert prepared.dtype == np.uint8
        rows, columns = np.nonzero(prepared)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        ink = prepared / prepared.sum()
        middle = ink.sum(axis=1) @ np.arange(28), ink.sum(axis=0) @ np.arange(28)
        assert middle == pytest.approx((14, 14), abs=0.51)


def test_preparing_keeps_digits_at_the_rim_whole(lesson_11):
    heavy_foot = np.zeros((20, 20), np.uint8)
    heavy_foot[:, 10], heavy_foot[-1] = 1, 255  # its centre of mass lies in the last row
    centred = lesson_11.centre(heavy_foot)
    assert centred.shape == (28, 28)
    assert centred.sum() == heavy_foot.sum()


def sheets_of(lesson, images):
    rng = np.random.default_rng(1)
    return np.stack([lesson.on_a_sheet(image, rng) for image in images])


def test_large_sheets_hold_a_digit_each_of_any_size_anywhere(mnist, lesson_11):
    _, (images, _) = mnist
    sheets = sheets_of(lesson_11, images[:100])
    assert sheets.shape == (100, pad.SIZE, pad.SIZE)
    assert set(np.unique(sheets)) == {0, 255}
    inked = [np.nonzero(sheet) for sheet in sheets]
    longer = np.array([max(np.ptp(axis) + 1 for axis in ink) for ink in inked])
    assert longer.min() < 110
    assert longer.max() > 220
    middles = np.array([[axis.mean() for axis in ink] for ink in inked])
    assert (middles.std(axis=0) > 20).all()


@pytest.mark.slow
def test_preparing_brings_the_accuracy_on_large_sheets_back(mnist, lesson_11):
    """The claim of lesson 11, with a convolutional network."""
    (images, labels), (test_images, y_test) = mnist
    network = models.convolutional()
    network.compile("adam", "sparse_categorical_crossentropy", steps_per_execution=10)
    network.fit(data.scale(images), labels, batch_size=64, epochs=4, verbose=0)

    def share_read(pictures):
        return np.mean(lesson_11.read(network, data.scale(pictures)) == y_test[:1_000])

    sheets = sheets_of(lesson_11, test_images[:1_000])
    as_they_are = share_read(test_images[:1_000])
    prepared = share_read(np.stack([lesson_11.prepare(sheet) for sheet in sheets]))
    assert prepared > as_they_are - 0.03
    assert share_read(np.stack([lesson_11.shrink(sheet) for sheet in sheets])) < 0.5
    if len(images) == 60_000:
        assert prepared >= 0.97
