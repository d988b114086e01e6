"""The drawing pad of lesson 11: strokes, the ink they leave, and the board where networks read it.

The pad itself is `pad.js` and `pad.css`; `strokes.json` holds drawings for whoever does not draw.
"""

import html
import json
from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import traitlets
from PIL import Image, ImageDraw

from helpers import data, plots

#: Pixels of the sides of the pad, and of its pen; `pad.js` has the same.
SIZE, PEN = 280, 18
#: Every drawing that was kept in this session, as (strokes, digit), also if a cell is run again.
kept = []


def drawings(name="digits"):
    """Load stored drawings: "digits" (twenty, two of each) or "scrawls" (three that are no digits).

    Returns a list of (strokes, what): strokes as for `rasterize`, and the digit or word meant.
    """
    text = Path(__file__).with_name("strokes.json").read_text(encoding="utf-8")
    return [(drawing["strokes"], drawing["what"]) for drawing in json.loads(text)[name]]


def rasterize(strokes):
    """Draw strokes with a round pen on paper.

    Strokes are lists of points (x, y) in 0..`SIZE`, y downwards. Returns a uint8 array of shape
    (SIZE, SIZE): ink is 255, paper 0, with grey rims.
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


def look(pictures, networks):
    """Scale n pictures, uint8 of shape (28, 28), and let networks read them.

    Returns the images, float32 of shape (n, 28, 28), and a dict from the name of each network to
    its probabilities, shape (n, 10), as `plots.show_probabilities` draws them.
    """
    images = data.scale(np.stack(pictures))
    readings = {name: network.predict_on_batch(images) for name, network in networks.items()}
    return images, readings


class DrawingPad(anywidget.AnyWidget):
    """A pad to draw on with mouse, finger, pen or keyboard.

    `strokes`, as for `rasterize`, are replaced as a whole at the end of each stroke, and by the
    pad's buttons "Undo" and "Clear".
    """

    _esm = Path(__file__).with_name("pad.js")
    _css = Path(__file__).with_name("pad.css")
    strokes = traitlets.List().tag(sync=True)


def board(ways, networks):
    """Show a pad, and after each stroke what networks see of the drawing and answer.

    `ways` are functions by their names, which make of a drawing, uint8 of shape (SIZE, SIZE), a
    picture for the networks, uint8 of shape (28, 28). A drawing that is kept joins `kept`.
    """
    drawing_pad = DrawingPad()
    picture = ipywidgets.Image(format="png", layout={"max_width": "100%", "align_self": "center"})
    answers = ipywidgets.HTML()  # what the picture says of the first way, for screen readers
    message = ipywidgets.Label()
    blank = np.zeros((len(ways), 28, 28), np.uint8)
    no_answer = {name: np.zeros((len(ways), 10)) for name in look(blank, networks)[1]}

    def read(change=None):
        ink = rasterize(drawing_pad.strokes)
        images, readings, said = blank, no_answer, []
        try:
            if ink.any():
                images, readings = look([prepare(ink) for prepare in ways.values()], networks)
                first = {name: rows[0] for name, rows in readings.items()}
                said = [f"{name}: {p.argmax()} ({p.max():.0%})" for name, p in first.items()]
            picture.value = plots.as_png(plots.show_probabilities(images, readings, list(ways)))
            answers.value = ", ".join(said)
        except Exception as error:  # the ways are the reader's, to be changed
            text = f"The drawing could not be read: {type(error).__name__}, {error}."
            answers.value = html.escape(text)

    def say():
        digits = " ".join(str(digit) for _, digit in kept)
        message.value = f"{len(kept)} kept: {digits}" if kept else "None kept yet."

    def keep(digit):
        if not drawing_pad.strokes:
            message.value = "Draw a digit first."
            return
        kept.append((drawing_pad.strokes, digit))
        drawing_pad.strokes = []
        say()

    buttons = [
        ipywidgets.Button(description=str(digit), layout={"width": "52px"}) for digit in range(10)
    ]
    for digit, button in enumerate(buttons):
        button.on_click(lambda _, digit=digit: keep(digit))
    drawing_pad.observe(read, names="strokes")
    read()
    say()
    row = ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap", "max_width": "290px"})
    left = ipywidgets.VBox([drawing_pad, ipywidgets.Label("Keep it as a"), row, message])
    return ipywidgets.VBox(
        [ipywidgets.HBox([left, picture], layout={"flex_flow": "row wrap"}), answers]
    )
