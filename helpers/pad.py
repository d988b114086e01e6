"""The drawing pad of lesson 10, and the board on which networks read what is drawn."""

import html
from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import traitlets

from helpers import data, drawing, plots

#: Every drawing that was kept in this session, as (strokes, digit), also if a cell is run again.
kept = []


class DrawingPad(anywidget.AnyWidget):
    """A pad to draw on with mouse, finger, pen or keyboard.

    Attributes
    ----------
    strokes : list of lists of points (x, y), in 0..`drawing.SIZE`, y downwards
        Replaced as a whole at the end of each stroke, and by "Undo" and "Clear".
    """

    _esm = Path(__file__).with_name("pad.js")
    _css = Path(__file__).with_name("pad.css")
    strokes = traitlets.List().tag(sync=True)


def board(ways, networks):
    """Show a pad, and after each stroke what networks see of the drawing and answer.

    A drawing that is kept joins `kept`.

    Parameters
    ----------
    ways : dict from a name to a callable
        Each makes of a drawing, a uint8 array of shape (drawing.SIZE, drawing.SIZE), what networks
        get to see: a uint8 array of shape (28, 28).
    networks : dict from a name to a keras.Model

    Returns
    -------
    ipywidgets.VBox
    """
    drawing_pad = DrawingPad()
    picture = ipywidgets.Image(format="png", layout={"max_width": "100%", "align_self": "center"})
    answers = ipywidgets.HTML()  # what the picture says of the first way, for screen readers
    message = ipywidgets.Label()

    def read(change=None):
        ink = drawing.rasterize(drawing_pad.strokes)
        try:
            if ink.any():
                columns = look({way: prepare(ink) for way, prepare in ways.items()}, networks)
            else:
                nothing = np.zeros((28, 28)), dict.fromkeys(networks, np.zeros(10))
                columns = dict.fromkeys(ways, nothing)
            picture.value = plots.as_png(plots.show_readings(columns), box=None)
        except Exception as error:  # the ways are the reader's, to be changed
            said = f"The drawing could not be read: {type(error).__name__}, {error}."
            answers.value = html.escape(said)
            return
        _, readings = columns[next(iter(ways))]
        answers.value = ", ".join(
            f"{name}: {bars.argmax()} ({bars.max():.0%})"
            for name, bars in readings.items()
            if bars.any()
        )

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
    look(dict.fromkeys(ways, np.zeros((28, 28), np.uint8)), networks)  # first calls are slow
    read()
    say()
    row = ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap", "max_width": "290px"})
    left = ipywidgets.VBox([drawing_pad, ipywidgets.Label("Keep it as a"), row, message])
    return ipywidgets.VBox(
        [ipywidgets.HBox([left, picture], layout={"flex_flow": "row wrap"}), answers]
    )


def look(pictures, networks):
    """Scale pictures and let networks read them.

    Parameters
    ----------
    pictures : dict from a title to a uint8 array of shape (28, 28)
    networks : dict from a name to a keras.Model

    Returns
    -------
    dict from a title to a pair (image, readings), as for `plots.show_readings`
        The image is float32 in 0..1; readings hold an array of shape (10,), probabilities, for
        each network.
    """
    seen = data.scale(np.stack(list(pictures.values())))
    answers = {name: network.predict_on_batch(seen) for name, network in networks.items()}
    return {
        title: (seen[i], {name: rows[i] for name, rows in answers.items()})
        for i, title in enumerate(pictures)
    }
