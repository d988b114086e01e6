"""Ink on paper: pen strokes as pictures, and stored drawings for whoever does not draw."""

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

#: Pixels of the sides of the drawing pad, and of its pen; `pad.js` has the same.
SIZE, PEN = 280, 18
PATH = Path(__file__).with_name("strokes.json")


def load(name="digits"):
    """Load stored drawings, made for lesson 10.

    Parameters
    ----------
    name : "digits" (twenty, two of each) or "scrawls" (three that are no digits)

    Returns
    -------
    list of (strokes, what)
        Strokes as for `rasterize`; `what` was meant: an int for digits, a str for scrawls.
    """
    stored = json.loads(PATH.read_text(encoding="utf-8"))[name]
    return [(drawing["strokes"], drawing["what"]) for drawing in stored]


def rasterize(strokes):
    """Draw strokes with a round pen.

    Parameters
    ----------
    strokes : list of lists of points (x, y), in 0..`SIZE`, y downwards

    Returns
    -------
    uint8 array of shape (SIZE, SIZE)
        Ink is 255, paper 0, with grey rims.
    """
    fine = 4  # drawn larger and averaged, so that rims are smooth
    picture = Image.new("L", (SIZE * fine, SIZE * fine))
    draw, radius = ImageDraw.Draw(picture), PEN * fine / 2
    for stroke in strokes:
        points = [(x * fine, y * fine) for x, y in stroke]
        draw.line(points, fill=255, width=PEN * fine)
        for x, y in points:  # round ends and corners
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.array(picture.resize((SIZE, SIZE), Image.Resampling.BOX))


def on_large_sheets(images, labels, count, seed=0):
    """Turn MNIST digits into large drawings: ink of another size and thickness, anywhere.

    Parameters
    ----------
    images : uint8 array of shape (n, 28, 28)
    labels : array of shape (n,)
    count : int, how many digits are picked at random; n at most
    seed : int

    Returns
    -------
    sheets, labels
        A uint8 array of shape (count, SIZE, SIZE), and the labels of the digits in it. The longer
        side of a digit measures 80 to 240 pixels; its strokes are up to 0.6 of a pixel of the
        original thinner, or 1.2 thicker, with hard rims.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(images), min(count, len(images)), replace=False)
    return np.stack([_on_a_sheet(image, rng) for image in images[chosen]]), labels[chosen]


def _on_a_sheet(image, rng):
    digit = Image.fromarray(image)
    digit = digit.crop(digit.getbbox())
    scale = rng.uniform(4, 12)
    size = round(digit.width * scale), round(digit.height * scale)
    ink = digit.resize(size, Image.Resampling.BICUBIC).point(lambda grey: 255 * (grey > 110))
    margin = round(scale * rng.uniform(-0.3, 0.6))  # how far the rim of the ink moves out
    if margin > 0:
        ink = ImageOps.expand(ink, margin).filter(ImageFilter.MaxFilter(2 * margin + 1))
    elif margin < 0:
        ink = ink.filter(ImageFilter.MinFilter(1 - 2 * margin))
    sheet = Image.new("L", (SIZE, SIZE))
    sheet.paste(ink, tuple(int(rng.integers(SIZE - side + 1)) for side in ink.size))
    return np.array(sheet)
