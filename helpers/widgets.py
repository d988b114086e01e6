"""The interactive controls of the lessons; figures are drawn off screen and put into images."""

import ipywidgets
import numpy as np

from helpers import plots


def mask_explorer(activations):
    """Show a layer's outputs under dropout, with sliders for the rate and the mask.

    `activations` are the outputs of the layer's 128 units, 0 or more.
    """
    rate = ipywidgets.FloatSlider(value=0.2, min=0, max=0.9, step=0.1, description="rate")
    mask = ipywidgets.IntSlider(value=1, min=1, max=50, description="mask")
    averaged = _choice("masks averaged", [1, 10, 100, 1000], value=10)

    def draw(rate, mask, averaged):
        kept = np.random.default_rng(mask).random((averaged, len(activations))) >= rate
        outputs = activations * kept / (1 - rate)
        one, mean = np.where(kept[0], outputs[0], np.nan), outputs.mean(axis=0)
        dropped = f"one mask: {np.sum(~kept[0])} of {len(activations)} dropped"
        average = f"average of {averaged} mask{'s' * (averaged > 1)}"
        off = np.abs(mean - activations).mean() / activations.mean()
        figure = plots.show_images(
            np.reshape([activations, one, mean], (3, 8, 16)),
            ["no dropout", dropped, average], columns=3, kind="maps", frame=True,
        )  # fmt: skip
        return [figure], f"At rate {rate:.1f}, {dropped}; the {average} is off by {off:.0%}."

    return _explorer(draw, rate, mask, averaged)


def curve_explorer(study):
    """Show the curves of the stored study, and weights that it learned, for a rate and a size.

    `study` is what `results.study` loads.
    """
    rates, sizes = study["rates"], [f"{size:,}" for size in study["sizes"]]
    rate = _choice("dropout rate", zip(map(str, rates), range(len(rates)), strict=True))
    size = _choice("training images", zip(sizes, range(len(sizes)), strict=True))

    def draw(rate, size):
        panels = {
            f"rate {rates[place]}": {
                "validation": study["val_loss"][size, place],
                "training,\ndropout off": study["off_loss"][size, place],
            }
            for place in dict.fromkeys((0, rate))
        }
        curves = plots.show_panels(panels, ylabel="loss (nats)", skip=1)
        weights = plots.show_images(study["weights"][size, rate], columns=5, kind="weights")
        loss, accuracy = (study[f"val_{key}"][size, rate, :, -1] for key in ("loss", "accuracy"))
        said = f"At the end, validation loss {loss.mean():.3f}, accuracy {accuracy.mean():.1%}."
        return [curves, weights], said

    return _explorer(draw, rate, size)


def _choice(description, options, **more):
    """Make a slider over options, values or pairs of a label and a value."""
    style = {"description_width": "initial"}
    options = list(options)
    return ipywidgets.SelectionSlider(options=options, description=description, style=style, **more)


def _explorer(draw, *controls):
    """Put controls above what `draw` makes of their values: figures, and a sentence about them."""
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
