"""Strokes become ink, and preparing drawings does what lesson 10 says."""

import re

import numpy as np
import pytest
from lessons import cell_of

from helpers import data, drawing, ladder


@pytest.fixture(scope="module")
def lesson_10():
    """The functions that lesson 10 writes."""
    from PIL import Image

    scope = {"np": np, "Image": Image}
    for name in ("shrink", "cut_out", "fit_box", "centre", "prepare"):
        source = cell_of("10", f"def {name}(")
        exec(re.search(rf"def {name}\(.*\n(?:    .*\n?)+", source)[0], scope)
    return scope


def test_the_stored_drawings_are_two_of_each_digit_and_three_scrawls():
    digits = drawing.load()
    assert sorted(digit for _, digit in digits) == sorted([*range(10), *range(10)])
    assert [what for _, what in drawing.load("scrawls")] == ["house", "letter A", "spiral"]
    for strokes, _ in [*digits, *drawing.load("scrawls")]:
        points = np.concatenate(strokes)
        assert points.min() >= 0
        assert points.max() <= drawing.SIZE


def test_a_line_becomes_ink_as_thick_as_the_pen():
    picture = drawing.rasterize([[(100, 140), (180, 140)]])
    assert picture.shape == (drawing.SIZE, drawing.SIZE)
    assert picture.dtype == np.uint8
    thickness = picture[:, 140].astype(float).sum() / 255
    assert thickness == pytest.approx(drawing.PEN, abs=0.6)
    length = picture[140].astype(float).sum() / 255
    assert length == pytest.approx(80 + drawing.PEN, abs=1.2)  # round ends
    assert set(np.unique(picture)) > {0, 255}  # grey rims


def test_a_dot_and_an_empty_pad():
    dot = drawing.rasterize([[(50, 60)]])
    rows, columns = np.nonzero(dot)
    assert (rows.mean(), columns.mean()) == pytest.approx((60, 50), abs=1)
    assert not drawing.rasterize([]).any()


def test_pad_and_pictures_agree_on_size_and_pen():
    script = (drawing.PATH.parent / "pad.js").read_text(encoding="utf-8")
    assert f"const SIZE = {drawing.SIZE};" in script
    assert f"const PEN = {drawing.PEN};" in script


def test_large_sheets_hold_a_digit_each_of_any_size_anywhere(mnist):
    _, (images, labels) = mnist
    sheets, chosen = drawing.on_large_sheets(images, labels, 100, seed=1)
    again, _ = drawing.on_large_sheets(images, labels, 100, seed=1)
    assert sheets.shape == (100, drawing.SIZE, drawing.SIZE)
    assert np.array_equal(sheets, again)
    assert len(chosen) == 100
    assert set(np.unique(sheets)) == {0, 255}
    boxes = np.array([[np.ptp(axis) + 1 for axis in np.nonzero(sheet)] for sheet in sheets])
    middles = np.array([[axis.mean() for axis in np.nonzero(sheet)] for sheet in sheets])
    longer = boxes.max(axis=1)
    assert longer.min() < 110
    assert longer.max() > 220
    assert (middles.std(axis=0) > 20).all()


def test_preparing_puts_the_centre_of_mass_in_the_middle_of_28_by_28(lesson_10):
    for strokes, _ in [*drawing.load(), *drawing.load("scrawls")]:
        prepared = lesson_10["prepare"](drawing.rasterize(strokes))
        assert prepared.shape == (28, 28)
        assert prepared.dtype == np.uint8
        rows, columns = np.nonzero(prepared)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        ink = prepared / prepared.sum()
        middle = ink.sum(axis=1) @ np.arange(28), ink.sum(axis=0) @ np.arange(28)
        assert middle == pytest.approx((14, 14), abs=0.51)


def test_preparing_keeps_digits_at_the_rim_whole(lesson_10):
    heavy_foot = np.zeros((20, 20), np.uint8)
    heavy_foot[:, 10], heavy_foot[-1] = 1, 255  # its centre of mass lies in the last row
    centred = lesson_10["centre"](heavy_foot)
    assert centred.shape == (28, 28)
    assert centred.sum() == heavy_foot.sum()


def test_preparing_brings_the_accuracy_on_large_sheets_back(mnist, lesson_10, tally):
    """The claim of lesson 10, with the network of lesson 07."""
    (images, labels), (test_images, y_test) = mnist
    rung = next(rung for rung in ladder.RUNGS if rung.name == "convolutional")
    network, _ = rung.train(data.scale(images), labels, seed=0)
    sheets, digits = drawing.on_large_sheets(test_images, y_test, 1_000)
    shares = [
        np.mean(ladder.read(network, data.scale(np.stack([way(s) for s in sheets]))) == digits)
        for way in (lesson_10["prepare"], lesson_10["shrink"])
    ]
    as_they_are = np.mean(ladder.read(network, data.scale(test_images)) == y_test)
    assert shares[0] > as_they_are - 0.03
    assert shares[1] < 0.5
    if data.is_complete(images):
        assert shares[0] >= 0.97
    tally["per mille of digits on large sheets read, prepared"] = round(1000 * shares[0])
    tally["per mille of digits on large sheets read, only shrunk"] = round(1000 * shares[1])
