"""The drawing pad of lesson 10, and the board on which networks read what is drawn."""

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


def board(prepare, networks):
    """Show a pad, and after each stroke what networks see of the drawing and answer.

    A drawing that is labelled and kept joins `kept`.

    Parameters
    ----------
    prepare : callable
        From a drawing, a uint8 array of shape (drawing.SIZE, drawing.SIZE), to a uint8 array of
        shape (28, 28).
    networks : dict from a name to a keras.Model

    Returns
    -------
    ipywidgets.VBox
    """
    drawing_pad = DrawingPad()
    picture = ipywidgets.Image(format="png", layout={"max_width": "100%"})
    answers = ipywidgets.Label()  # what the picture says, for screen readers
    meant = ipywidgets.ToggleButtons(
        options=range(10), description="This is a", style={"button_width": "2.4em"}
    )
    keep = ipywidgets.Button(description="Keep it", button_style="primary")
    message = ipywidgets.Label()

    def read(change=None):
        seen, readings = np.zeros((28, 28), np.float32), {name: np.zeros(10) for name in networks}
        try:
            if drawing_pad.strokes:
                seen = data.scale(prepare(drawing.rasterize(drawing_pad.strokes)))
                readings = {name: np.array(net(seen[None]))[0] for name, net in networks.items()}
        except Exception as error:  # `prepare` is the reader's, to be changed
            answers.value = f"The drawing could not be read: {type(error).__name__}, {error}."
            return
        picture.value = plots.as_png(plots.show_readings(seen, readings), box=None)
        answers.value = ", ".join(
            f"{name}: {bars.argmax()} ({bars.max():.0%})"
            for name, bars in readings.items()
            if bars.any()
        )

    def say():
        digits = [digit for _, digit in kept]
        message.value = f"{len(kept)} kept: {' '.join(map(str, digits))}" if kept else "None kept."

    def put_aside(button):
        if drawing_pad.strokes:
            kept.append((drawing_pad.strokes, meant.value))
            drawing_pad.strokes = []
            say()
        else:
            message.value = "Draw a digit first."

    drawing_pad.observe(read, names="strokes")
    keep.on_click(put_aside)
    read()
    say()
    beside = ipywidgets.VBox([meant, keep, message], layout={"max_width": "400px"})
    row = ipywidgets.HBox([drawing_pad, beside], layout={"flex_flow": "row wrap"})
    return ipywidgets.VBox([row, picture, answers])
