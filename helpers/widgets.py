"""The interactive controls of the lessons; figures are drawn off screen and put into images."""

import ipywidgets

from helpers import plots


def explore(draw, *controls):
    """Put controls above what `draw` makes of their values, drawn anew whenever one is moved.

    `controls` are widgets of ipywidgets. `draw` takes the value of each and returns a list of
    figures, and a sentence that says what they show.
    """
    # Figures have their own size, on a narrow page a smaller but readable one.
    layout = {"max_width": "100%", "min_width": "500px", "align_self": "flex-start"}
    pictures, sentence = [], ipywidgets.HTML()

    def update(change=None):
        figures, sentence.value = draw(*(control.value for control in controls))
        while len(pictures) < len(figures):
            pictures.append(ipywidgets.Image(format="png", layout=layout))
        for picture, figure in zip(pictures, figures, strict=True):
            picture.value = plots.as_png(figure)

    for control in controls:
        control.observe(update, names="value")
    update()
    row = ipywidgets.HBox(controls, layout={"flex_flow": "row wrap"})  # below each other if narrow
    return ipywidgets.VBox([row, *pictures, sentence])
