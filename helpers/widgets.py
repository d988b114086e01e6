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
            f"rate {study['rates'][place]}": {
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
    """Train networks at the press of a button, and compare what came of the last four times.

    Both sets are pairs (images, labels), as for `population.Population.fit`. Training runs in the
    kernel's main thread, so the kernel's stop button ends it; what was finished is kept.
    """
    everything = len(training_set[0])
    sizes = [size for size in (1_000, 5_000, 20_000) if size < everything] + [everything]
    rates = ipywidgets.Text(value="0, 0.2, 0.5", description="rates")
    seeds = ipywidgets.IntSlider(value=3, min=1, max=10, description="seeds")
    epochs = ipywidgets.IntSlider(value=5, min=1, max=30, description="epochs")
    size = ipywidgets.Dropdown(options=[(f"{n:,}", n) for n in sizes], description="images")
    train = ipywidgets.Button(description="Train", button_style="primary")
    reset = ipywidgets.Button(description="Reset")
    progress, message = ipywidgets.FloatProgress(min=0, max=1), ipywidgets.Label()
    picture, results = _picture(), []

    def show():
        panels = {"validation loss (nats)": {}, "validation accuracy": {}}
        shown = sorted(list(enumerate(results))[-4:], key=lambda each: each[0] % 4)  # keep colours
        tried = sorted({rate for _, (_, last) in shown for rate in last})
        for _, (name, last) in shown:
            runs = [last.get(rate, np.nan * next(iter(last.values()))) for rate in tried]
            for arms, values in zip(panels.values(), np.stack(runs, axis=-1), strict=True):
                arms[name] = values
        picture.layout.display = None if shown else "none"
        if shown:
            figure = plots.show_panels(panels, tried, xlabel="dropout rate")
            picture.value = plots.as_png(figure)

    def report(done, total):
        progress.value, message.value = done / total, f"{done} of {total} epochs"

    def run(button):
        try:
            chosen = [float(part) for part in rates.value.split(",")]
        except ValueError:
            message.value = "Write the rates as numbers with commas between them: 0, 0.2, 0.5."
            return
        train.disabled, progress.value, message.value = True, 0, "Training begins."
        said = "{} of {} networks trained"
        try:
            networks = population.Population(chosen, range(seeds.value))
            few = training_set
            if size.value < everything:
                few = data.balanced_subset(*training_set, size.value)
            networks.fit(few, validation_set, epochs=epochs.value, report=report)
        except KeyboardInterrupt:
            said = "Stopped; {} of {} networks were finished and are kept."
        except InputError as error:
            message.value = str(error)
            return
        finally:
            train.disabled = False
        nothing = np.full((len(chosen), seeds.value, 1), np.nan)
        both = [networks.log.get(f"val_{key}", nothing) for key in ("loss", "accuracy")]
        last = np.stack(both)[..., -1]  # of (2, rates, seeds, epochs)
        finished = np.isfinite(last[0]).sum()
        message.value = said.format(finished, last[0].size)
        if finished:
            described = f"{size.value:,} images,\n{seeds.value} seeds, {epochs.value} epochs"
            by_rate = dict(zip(chosen, last.swapaxes(0, 1), strict=True))
            results.append((f"{len(results) + 1}: {described}", by_rate))
        show()

    def clear(button):
        results.clear()
        progress.value, message.value = 0, ""
        show()

    train.on_click(run)
    reset.on_click(clear)
    show()
    return ipywidgets.VBox(
        [_row(rates, size), _row(seeds, epochs), _row(train, reset, progress, message), picture]
    )
