"""Photos: files of every kind are opened, and lesson 11 finds and reads the digits in them."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from stored import from_lesson

from helpers import InputError, keras, pad, results

#: What lesson 11 writes.
FUNCTIONS = (
    *("read", "rasterize", "shrink", "cut_out", "fit_box", "centre", "prepare", "photograph"),
    *("without_ink", "contrast", "otsu", "ink_in", "reading_order", "find", "sheet_of", "largest"),
    *("in_the_middle", "LEFT_OUT", "open_grey"),
)


@pytest.fixture(scope="module")
def lesson_11():
    return SimpleNamespace(**from_lesson("11", *FUNCTIONS))


@pytest.fixture(scope="module")
def drawn(lesson_11):
    stored = json.loads(pad.DRAWINGS.read_text())["digits"]
    pictures = np.stack([lesson_11.rasterize(strokes) for strokes, _ in stored])
    return pictures, np.array([digit for _, digit in stored])


def picture():
    """Dark ink, 40, on paper, 230: 40 pixels high and 60 wide, the ink in the upper half."""
    grey = np.full((40, 60), 230, np.uint8)
    grey[5:20, 20:30] = 40
    return grey


def turned(path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    Image.fromarray(picture()).save(path, exif=exif, quality=95)


def transparent(level):
    """Return what saves ink of some level where the rest is transparent."""

    def save(path):
        ink = np.zeros((40, 60, 4), np.uint8)
        ink[5:20, 20:30] = (level, level, level, 255)
        Image.fromarray(ink).save(path)

    return save


def animation(path):
    frames = [Image.fromarray(picture()), Image.fromarray(255 - picture())]
    frames[0].save(path, save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("name", "save", "ink", "paper"),
    [
        ("grey.png", lambda path: Image.fromarray(picture()).save(path), 40, 230),
        ("one_bit.png", lambda path: Image.fromarray(picture() > 128).save(path), 0, 255),
        ("many_bits.png", lambda p: Image.fromarray(np.uint16(picture()) * 200).save(p), 44, 255),
        ("cmyk.jpg", lambda p: Image.fromarray(picture()).convert("CMYK").save(p), 40, 230),
        ("turned.jpg", turned, 40, 230),
        ("animated.gif", animation, 40, 230),
        ("black_on_nothing.png", transparent(0), 0, 255),
        ("white_on_nothing.png", transparent(255), 255, 0),
    ],
)
def test_files_of_every_kind_are_opened_upright_and_grey(
    lesson_11, tmp_path, name, save, ink, paper
):
    save(tmp_path / name)
    grey = lesson_11.open_grey(tmp_path / name)
    assert grey.dtype == np.uint8
    if name == "turned.jpg":
        assert grey.shape == (600, 400)
        grey = np.rot90(grey)
    assert grey.shape == (400, 600)  # ten times as large
    assert grey[70:180, 220:280].mean() == pytest.approx(ink, abs=4)
    assert grey[250:].mean() == pytest.approx(paper, abs=4)


def test_a_picture_of_50_megapixels_is_made_smaller(lesson_11, tmp_path):
    Image.new("L", (10_000, 5_000), 255).save(tmp_path / "large.png")
    assert lesson_11.open_grey(tmp_path / "large.png").shape == (300, 600)


@pytest.mark.parametrize(
    ("content", "meaning"),
    [
        (None, "There is no file"),
        (b"", "cannot be read"),
        (b"a letter", "cannot be read"),
        ("cut", "cannot be read"),
        ("huge", "cannot be read"),
    ],
)
def test_a_file_that_is_no_picture_gets_a_sentence(lesson_11, tmp_path, content, meaning):
    path = tmp_path / "digit.png"
    if content == "huge":
        Image.new("1", (20_000, 10_000)).save(path)
    elif content == "cut":
        noise = np.random.default_rng(0).integers(0, 255, (100, 100), dtype=np.uint8)
        Image.fromarray(noise).save(path)
        path.write_bytes(path.read_bytes()[:5_000])
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=meaning) as error:
        lesson_11.open_grey(path)
    assert str(path) in str(error.value)


def test_a_folder_gets_a_sentence(lesson_11, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        lesson_11.open_grey(tmp_path)


@pytest.mark.parametrize("chalk", [False, True])
def test_an_empty_sheet_has_no_ink_whatever_the_light(lesson_11, chalk):
    rng = np.random.default_rng(0)
    for _ in range(10):
        empty = lesson_11.photograph(np.zeros((280, 280), np.uint8), rng, chalk)
        with pytest.raises(InputError, match="No ink found"):
            lesson_11.find(empty)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_sheet_of_one_colour_has_no_ink(lesson_11, level):
    with pytest.raises(InputError, match="No ink found"):
        lesson_11.find(np.full((300, 200), level, np.uint8))


def test_a_photo_of_something_else_gets_a_sentence(lesson_11):
    blocks = np.random.default_rng(0).integers(0, 256, (60, 80), dtype=np.uint8)
    with pytest.raises(InputError, match="no sheet with a few digits"):
        lesson_11.find(np.kron(blocks, np.ones((10, 10), np.uint8)))


def test_the_paper_is_found_behind_the_ink(lesson_11, drawn):
    photo = lesson_11.photograph(drawn[0][4], np.random.default_rng(0))
    assert lesson_11.without_ink(photo).shape == photo.shape
    empty = lesson_11.photograph(np.zeros((280, 280), np.uint8), np.random.default_rng(0))
    off = lesson_11.without_ink(photo) / np.maximum(empty, 1) - 1
    assert np.median(np.abs(off)) < 0.05
    inside = lesson_11.ink_in(photo)
    assert np.abs(off[inside]).mean() < 0.15


def test_otsu_divides_two_groups_between_them(lesson_11):
    rng = np.random.default_rng(0)
    values = np.where(rng.random((90, 90)) < 0.1, 0.7, 0) + rng.normal(0, 0.05, (90, 90))
    assert 0.15 < lesson_11.otsu(values) < 0.55


def test_a_sheet_is_read_row_by_row(lesson_11, drawn):
    for seed in range(10):
        rng = np.random.default_rng(seed)
        order = rng.choice(20, 10, replace=False)
        sheet = lesson_11.sheet_of(drawn[0][order], rng)
        parts = lesson_11.find(lesson_11.photograph(sheet, rng, chalk=seed % 2))
        found = [lesson_11.prepare(part).astype(float) for part in parts.values()]
        wanted = [lesson_11.prepare(drawn[0][k]).astype(float) for k in order]
        assert len(found) == 10
        likeness = [[np.corrcoef(a.ravel(), b.ravel())[0, 1] for b in wanted] for a in found]
        assert (np.argmax(likeness, axis=1) == np.arange(10)).mean() >= 0.8


def test_parts_of_a_small_picture_stay_apart(lesson_11):
    small = np.full((40, 90), 220, np.uint8)
    for left in (10, 40, 70):
        small[10:30, left : left + 4] = 40
    assert len(lesson_11.find(small)) == 3


def test_specks_are_no_digits_and_small_gaps_are_bridged(lesson_11, drawn):
    sheet = drawn[0][3].copy()
    sheet[10:14, 10:14] = 255  # a speck
    rows, _ = np.nonzero(sheet[30:])
    middle = 30 + (rows.min() + rows.max()) // 2
    sheet[middle : middle + 4] = 0  # a gap
    photo = np.uint8(220 - 0.7 * sheet)
    assert len(lesson_11.find(photo)) == 1


@pytest.mark.slow
def test_photos_of_the_stored_drawings_are_read(lesson_11, drawn):
    """The goals: 95% by the convolutional network, 97% by the best, over ten shadows each."""
    rng = np.random.default_rng(1)  # not the lesson's photos
    pictures, digits = drawn
    photos = [lesson_11.photograph(p, rng, chalk=s % 2) for s in range(10) for p in pictures]
    seen = np.stack([lesson_11.LEFT_OUT["nothing"](photo) for photo in photos]) / 255
    for name, goal in {"convolutional": 0.95, "best": 0.97}.items():
        network = keras.models.load_model(results.NETWORKS / f"{name}.keras")
        share = np.mean(lesson_11.read(network, seen) == np.tile(digits, 10))
        print(f"{name}: {share:.1%}")
        assert share >= goal
