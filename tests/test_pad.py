"""Strokes become ink, the board lets networks read it, and lesson 11 prepares it as it says."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from lessons import cell_of

from helpers import data, models, pad

SEVEN = [[[60, 50], [210, 50], [120, 240]]]


@pytest.fixture(scope="module")
def lesson_11():
    """The functions that lesson 11 writes."""
    from PIL import Image, ImageFilter, ImageOps

    scope = {"np": np, "Image": Image, "ImageFilter": ImageFilter, "ImageOps": ImageOps}
    for name in ("shrink", "cut_out", "fit_box", "centre", "prepare", "on_a_sheet"):
        lines = cell_of("11", f"def {name}(").splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith(f"def {name}("))
        end = next((i for i in range(start + 1, len(lines)) if lines[i][:1].strip()), len(lines))
        exec("\n".join(lines[start:end]), scope)
    return SimpleNamespace(**scope)


def shrink(picture):
    return picture.reshape(28, 10, 28, 10).mean(axis=(1, 3)).astype(np.uint8)


def sure_of(digit):
    return SimpleNamespace(predict_on_batch=lambda images: np.eye(10)[[digit] * len(images)])


def board(ways):
    """A board with two networks, and its parts by name."""
    row, answers = pad.board(ways, {"one": sure_of(3), "other": sure_of(7)}).children
    left, picture = row.children
    drawing_pad, _, buttons, message = left.children
    return SimpleNamespace(
        pad=drawing_pad, keep=buttons.children, message=message, picture=picture, answers=answers
    )


def test_the_stored_drawings_are_two_of_each_digit_and_three_scrawls():
    digits, scrawls = pad.drawings(), pad.drawings("scrawls")
    assert sorted(digit for _, digit in digits) == sorted([*range(10), *range(10)])
    assert [what for _, what in scrawls] == ["house", "letter A", "spiral"]
    points = np.concatenate([np.concatenate(strokes) for strokes, _ in [*digits, *scrawls]])
    assert points.min() >= 0
    assert points.max() <= pad.SIZE


def test_a_line_becomes_ink_as_thick_as_the_pen():
    picture = pad.rasterize([[(100, 140), (180, 140)]])
    assert picture.shape == (pad.SIZE, pad.SIZE)
    assert picture.dtype == np.uint8
    thickness = picture[:, 140].astype(float).sum() / 255
    assert thickness == pytest.approx(pad.PEN, abs=0.6)
    length = picture[140].astype(float).sum() / 255
    assert length == pytest.approx(80 + pad.PEN, abs=1.2)  # round ends
    assert set(np.unique(picture)) > {0, 255}  # grey rims


def test_a_dot_and_an_empty_pad():
    rows, columns = np.nonzero(pad.rasterize([[(50, 60)]]))
    assert (rows.mean(), columns.mean()) == pytest.approx((60, 50), abs=1)
    assert not pad.rasterize([]).any()


def test_the_script_has_the_size_and_the_pen_of_the_pictures_and_needs_no_network():
    script = Path(pad.__file__).with_name("pad.js").read_text(encoding="utf-8")
    assert f"const SIZE = {pad.SIZE};" in script
    assert f"const PEN = {pad.PEN};" in script
    assert "http" not in script


def test_each_stroke_is_read_by_all_networks():
    parts = board({"shrunk": shrink})
    blank = bytes(parts.picture.value)
    assert blank.startswith(b"\x89PNG")
    parts.pad.strokes = SEVEN
    assert bytes(parts.picture.value) != blank
    assert parts.answers.value == "one: 3 (100%), other: 7 (100%)"
    parts.pad.strokes = []
    assert bytes(parts.picture.value) == blank
    assert parts.answers.value == ""


def test_drawings_are_kept_as_what_was_meant_also_by_a_second_board(monkeypatch):
    monkeypatch.setattr(pad, "kept", [])
    parts = board({"shrunk": shrink})
    parts.keep[7].click()
    assert pad.kept == []
    assert parts.message.value == "Draw a digit first."
    parts.pad.strokes = SEVEN
    parts.keep[7].click()
    assert pad.kept == [(SEVEN, 7)]
    assert parts.pad.strokes == []
    assert parts.message.value == "1 kept: 7"
    assert board({"shrunk": shrink}).message.value == "1 kept: 7"


def test_a_preparation_that_fails_is_said_and_the_drawing_stays():
    def broken(picture):
        raise IndexError("no ink <here>")

    parts = board({"broken": broken})
    parts.pad.strokes = SEVEN
    said = "The drawing could not be read: IndexError, no ink &lt;here&gt;."
    assert parts.answers.value == said
    assert parts.pad.strokes == SEVEN


def test_pictures_are_scaled_and_each_is_read_by_itself():
    def brightness(images):
        return np.eye(10)[(images.mean(axis=(1, 2)) > 0.5).astype(int)]

    pictures = [np.zeros((28, 28), np.uint8), np.full((28, 28), 255, np.uint8)]
    network = SimpleNamespace(predict_on_batch=brightness)
    images, readings = pad.look(pictures, {"dark": network})
    assert images.dtype == np.float32
    assert images.max(axis=(1, 2)).tolist() == [0, 1]
    assert readings["dark"].argmax(axis=1).tolist() == [0, 1]


def test_preparing_puts_the_centre_of_mass_in_the_middle_of_28_by_28(lesson_11):
    for strokes, _ in [*pad.drawings(), *pad.drawings("scrawls")]:
        prepared = lesson_11.prepare(pad.rasterize(strokes))
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
        return np.mean(models.read(network, data.scale(pictures)) == y_test[:1_000])

    sheets = sheets_of(lesson_11, test_images[:1_000])
    as_they_are = share_read(test_images[:1_000])
    prepared = share_read(np.stack([lesson_11.prepare(sheet) for sheet in sheets]))
    assert prepared > as_they_are - 0.03
    assert share_read(np.stack([lesson_11.shrink(sheet) for sheet in sheets])) < 0.5
    if len(images) == 60_000:
        assert prepared >= 0.97
