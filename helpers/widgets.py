"""Every interactive control of the lessons; pictures are drawn off screen and put into an image."""

import ipywidgets
import numpy as np

from helpers import InputError, plots


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
    picture = _picture()

    def draw(change=None):
        figure = plots.show_mask_average(activations, rate.value, mask.value, averaged.value)
        picture.value = plots.as_png(figure, box=None)

    for control in (rate, mask, averaged):
        control.observe(draw, names="value")
    draw()
    return ipywidgets.VBox([_row(rate, mask, averaged), picture])


def curve_explorer(study):
    """Show the curves of the stored study, and weights that it learned, for a rate and a size.

    Parameters
    ----------
    study : dict, from `study.load`

    Returns
    -------
    ipywidgets.VBox
    """
    rate = _places("dropout rate", study["rates"])
    size = _places("training images", [f"{size:,}" for size in study["sizes"]])
    picture = _picture()

    def draw(change=None):
        figure = plots.show_study(study, size.value, rate.value)
        picture.value = plots.as_png(figure, box=None)

    for control in (rate, size):
        control.observe(draw, names="value")
    draw()
    return ipywidgets.VBox([_row(rate, size), picture])


def _picture():
    """Make a place for a figure: in its own size, on a narrow page smaller but readable."""
    sizes = {"max_width": "100%", "min_width": "500px", "align_self": "flex-start"}
    return ipywidgets.Image(format="png", layout=sizes)


def _row(*controls):
    """Put controls side by side, or below each other where the page is narrow."""
    return ipywidgets.HBox(controls, layout={"flex_flow": "row wrap"})


def _places(description, labels):
    """Make a slider over labels, whose value is the place of the chosen label."""
    return ipywidgets.SelectionSlider(
        options=[(str(label), place) for place, label in enumerate(labels)],
        description=description,
        style={"description_width": "initial"},
    )


def laboratory(training_set, validation_set):
    """Train networks at the press of a button, and compare what came of it.

    Training runs in the kernel's main thread, so the kernel's stop button ends it; networks that
    were finished by then are kept. The last four results are compared.

    Parameters
    ----------
    training_set, validation_set : pairs (images, labels), as for `population.Population.fit`

    Returns
    -------
    ipywidgets.VBox
    """
    from helpers import population
    from helpers.training import keras

    everything = len(training_set[0])
    sizes = [size for size in (1_000, 5_000, 20_000) if size < everything] + [everything]
    rates = ipywidgets.Text(value="0, 0.2, 0.5", description="rates")
    seeds = ipywidgets.IntSlider(value=3, min=1, max=10, description="seeds")
    epochs = ipywidgets.IntSlider(value=5, min=1, max=30, description="epochs")
    size = ipywidgets.Dropdown(
        options=[(f"{size:,}", size) for size in sizes], description="images"
    )
    train = ipywidgets.Button(description="Train", button_style="primary")
    reset = ipywidgets.Button(description="Reset")
    progress = ipywidgets.FloatProgress(min=0, max=1)
    message = ipywidgets.Label()
    picture = _picture()
    arms = {}

    def show():
        picture.value = plots.as_png(plots.show_sweep(arms)) if arms else b""
        picture.layout.display = None if arms else "none"

    def run(button):
        train.disabled, progress.value, message.value = True, 0, "Training begins."
        stopped = False
        try:
            chosen = _numbers(rates.value)
            networks = population.Population(chosen, range(seeds.value), [size.value])
            total = len(chosen) * seeds.value

            def report(epoch, logs):
                done = np.isfinite(networks.log["val_loss"])
                progress.value = done.mean()
                message.value = f"{done[..., -1].sum()} of {total} networks trained"

            networks.fit(
                training_set,
                validation_set,
                epochs=epochs.value,
                callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=report)],
                show=False,
            )
        except KeyboardInterrupt:
            stopped = True
        except InputError as error:
            message.value = str(error)
            return
        finally:
            train.disabled = False
        loss, accuracy = (networks.log[f"val_{key}"][0, ..., -1] for key in ("loss", "accuracy"))
        finished = np.isfinite(loss).sum()
        if stopped:
            message.value = f"Stopped; {finished} of {total} networks were finished and are kept."
        if finished:
            number = 1 + max((int(name.split(":")[0]) for name in arms), default=0)
            described = f"{seeds.value} seeds,\n{epochs.value} epochs"
            arms[f"{number}: {size.value:,} images,\n{described}"] = (chosen, loss, accuracy)
            if len(arms) > len(plots.COLORS):
                del arms[next(iter(arms))]
        show()

    def clear(button):
        arms.clear()
        progress.value, message.value = 0, ""
        show()

    train.on_click(run)
    reset.on_click(clear)
    show()
    return ipywidgets.VBox(
        [
            _row(rates, size),
            _row(seeds, epochs),
            _row(train, reset, progress, message),
            picture,
        ]
    )


def _numbers(text):
    """Read numbers separated by commas, or raise an InputError."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"Write the rates as numbers with commas between them, as in 0, 0.2, 0.5, not {text!r}."
        ) from None
