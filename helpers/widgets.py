"""The interactive controls of the lessons; figures are drawn off screen and put into images."""

import ipywidgets
import numpy as np

from helpers import InputError, data, plots, population


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
    rate = _choice("dropout rate", study["rates"], places=True)
    size = _choice("training images", [f"{size:,}" for size in study["sizes"]], places=True)

    def draw(rate, size):
        panels = {
            f"rate {study['rates'][place]}": _curves(study, size, place)
            for place in dict.fromkeys((0, rate))
        }
        curves = plots.show_panels(panels, ylabel="loss (nats)", skip=1)
        weights = plots.show_images(study["weights"][size, rate], columns=5, kind="weights")
        loss, accuracy = (study[f"val_{key}"][size, rate, :, -1] for key in ("loss", "accuracy"))
        said = f"At the end, validation loss {loss.mean():.3f}, accuracy {accuracy.mean():.1%}."
        return [curves, weights], said

    return _explorer(draw, rate, size)


def _explorer(draw, *controls):
    """Put controls above what `draw` makes of their values: figures, and a sentence about them."""
    pictures, sentence = [], ipywidgets.HTML()

    def update(change=None):
        figures, sentence.value = draw(*(control.value for control in controls))
        pictures.extend(_picture() for _ in figures[len(pictures) :])
        for picture, figure in zip(pictures, figures, strict=True):
            picture.value = plots.as_png(figure)

    for control in controls:
        control.observe(update, names="value")
    update()
    return ipywidgets.VBox([_row(*controls), *pictures, sentence])


def _picture():
    """Make a place for a figure: in its own size, on a narrow page smaller but readable."""
    sizes = {"max_width": "100%", "min_width": "500px", "align_self": "flex-start"}
    return ipywidgets.Image(format="png", layout=sizes)


def _row(*controls):
    """Put controls side by side, or below each other where the page is narrow."""
    return ipywidgets.HBox(controls, layout={"flex_flow": "row wrap"})


def _choice(description, options, *, places=False, **more):
    """Make a slider over options; its value is the chosen one, or its place among them."""
    options = [(str(value), place if places else value) for place, value in enumerate(options)]
    style = {"description_width": "initial"}
    return ipywidgets.SelectionSlider(options=options, description=description, style=style, **more)


def laboratory(training_set, validation_set):
    """Train networks with and without dropout at the press of a button, and show their curves.

    Both sets are pairs (images, labels), as for `population.Population.fit`. Training runs in the
    kernel's main thread, so the kernel's stop button ends it; what was finished is shown.
    """
    everything = len(training_set[1])
    sizes = [size for size in (1_000, 5_000, 20_000) if size < everything] + [everything]
    rate = ipywidgets.FloatSlider(value=0.2, min=0, max=0.9, step=0.1, description="rate")
    seeds = ipywidgets.IntSlider(value=3, min=1, max=10, description="seeds")
    epochs = ipywidgets.IntSlider(value=10, min=1, max=30, description="epochs")
    size = _choice("training images", sizes, value=sizes[0])
    train = ipywidgets.Button(description="Train", button_style="primary")
    message, pictures = ipywidgets.Label(), ipywidgets.VBox()

    def report(done, total):
        message.value = f"{done} of {total} epochs"

    def run(button):
        train.disabled, message.value, some = True, "", training_set
        rates = list(dict.fromkeys((0, rate.value)))
        if size.value < everything:
            some = data.balanced_subset(*training_set, size.value)
        networks = population.Population(rates, range(seeds.value))
        try:
            networks.fit(some, validation_set, epochs=epochs.value, report=report)
        except KeyboardInterrupt:
            message.value = f"Stopped; the {message.value or 'first epochs'} are shown."
        finally:
            train.disabled = False
        panels = {f"rate {rate:.1f}": _curves(networks.log, i) for i, rate in enumerate(rates)}
        try:
            figure = plots.show_panels(panels, ylabel="loss (nats)", skip=1)
        except InputError as error:  # stopped before there was anything to draw
            message.value = str(error)
            return
        picture = _picture()
        picture.value = plots.as_png(figure)
        pictures.children = [picture, *pictures.children[:1]]  # the last one stays, to compare

    train.on_click(run)
    return ipywidgets.VBox([_row(rate, size), _row(seeds, epochs), _row(train, message), pictures])


def _curves(log, *place):
    """Return the two losses of a log, at a place of it, as a panel for `show_panels`."""
    return {
        "validation": log["val_loss"][place],
        "training,\ndropout off": log["off_loss"][place],
    }
