"""Every interactive control of the lessons; pictures are drawn off screen and put into an image."""

import ipywidgets

from helpers import plots


def mask_explorer(activations):
    """Show a layer's outputs under dropout, with sliders for the rate and the mask.

    Parameters
    ----------
    activations : array of shape (128,), the outputs of the layer's units, 0 or more

    Returns
    -------
    ipywidgets.VBox
    """
    rate = ipywidgets.FloatSlider(value=0.2, min=0, max=0.9, step=0.1, description="rate")
    mask = ipywidgets.IntSlider(value=1, min=1, max=50, description="mask")
    averaged = ipywidgets.SelectionSlider(
        options=[1, 10, 100, 1000],
        value=10,
        description="masks averaged",
        style={"description_width": "initial"},
    )
    picture = ipywidgets.Image(format="png")

    def draw(change=None):
        figure = plots.show_mask_average(activations, rate.value, mask.value, averaged.value)
        picture.value = plots.as_png(figure)

    for control in (rate, mask, averaged):
        control.observe(draw, names="value")
    draw()
    return ipywidgets.VBox([ipywidgets.HBox([rate, mask, averaged]), picture])
