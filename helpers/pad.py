"""The drawing pad of lesson 11; the pad itself is `pad.js` and `pad.css`."""

from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from helpers import widgets

#: Pixels of the sides of the pad, and of its pen; `pad.js` has the same.
SIZE, PEN = 280, 18
#: Drawings, as pairs [strokes, what is meant]: twenty digits, two of each, and three scrawls.
DRAWINGS = Path(__file__).with_name("strokes.json")
#: Every drawing that was kept in this session, as (strokes, digit), also if a cell is run again.
kept = []


class DrawingPad(anywidget.AnyWidget):
    """A pad to draw on with mouse, finger, pen or keyboard.

    `value` holds the strokes, lists of points (x, y) in 0..`SIZE`, y downwards. It is replaced as a
    whole at the end of each stroke, and by the pad's buttons "Undo" and "Clear".
    """

    _esm = Path(__file__).with_name("pad.js")
    _css = Path(__file__).with_name("pad.css")
    value = traitlets.List().tag(sync=True)


def board(read):
    """Show a pad, and beside it what `read` makes of its strokes, as in `widgets.explore`.

    Below it are buttons that keep a drawing as the digit that was meant: it joins `kept`.
    """
    drawing_pad, message = DrawingPad(), ipywidgets.Label()
    _, *seen = widgets.explore(read, drawing_pad).children

    def say():
        digits = " ".join(str(digit) for _, digit in kept)
        message.value = f"{len(kept)} kept: {digits}" if kept else "None kept yet."

    def keep(button):
        if not drawing_pad.value:
            message.value = "Draw a digit first."
            return
        kept.append((drawing_pad.value, int(button.description)))
        drawing_pad.value = []
        say()

    say()
    narrow = {"width": "52px"}
    buttons = [ipywidgets.Button(description=str(digit), layout=narrow) for digit in range(10)]
    for button in buttons:
        button.on_click(keep)
    row = ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap", "max_width": "290px"})
    left = ipywidgets.VBox([drawing_pad, ipywidgets.Label("Keep it as a"), row, message])
    return ipywidgets.HBox([left, ipywidgets.VBox(seen)], layout=widgets.ROW)
