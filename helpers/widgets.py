"""The interactive controls of the lessons; figures are drawn off screen and put into images."""

import asyncio
import contextlib
import html
import io
import math
import time

import ipywidgets
import numpy as np
from matplotlib import ticker
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from helpers import data, plots, population, tf, training

ROW = {"flex_flow": "row wrap"}  # what is wide stands below each other on a narrow page


def explore(draw, *controls):
    """Put controls above what `draw` makes of their values, drawn anew whenever one is moved.

    `draw` takes their values and returns figures, as many each time, and a sentence on them. If it
    fails later on, the sentence says why.
    """
    pictures, sentence = [], ipywidgets.HTML()

    def update(change=None):
        try:
            figures, said = draw(*(control.value for control in controls))
        except Exception as error:
            if change is None:
                raise
            figures, said = [], html.escape(f"Not drawn: {type(error).__name__}, {error}.")
        for figure in figures[len(pictures) :]:  # wide, but never too small to read
            layout = {"max_width": "100%", "min_width": f"{0.6 * figure.bbox.width:.0f}px"}
            layout |= {"align_self": "flex-start"}
            pictures.append(ipywidgets.Image(format="png", layout=layout))
        for picture, figure in zip(pictures, figures, strict=False):
            picture.value = plots.as_png(figure)
        sentence.value = said

    for control in controls:
        control.observe(update, names="value")
    update()
    return ipywidgets.VBox([ipywidgets.HBox(controls, layout=ROW), *pictures, sentence])


class _Arm:
    """One arm of the playground: its curves, and what ten units of its first layer look for.

    The figure is made once: one would see the pictures halt while old ones are collected.
    """

    def __init__(self):
        self.picture = ipywidgets.Image(format="jpeg", layout={"max_width": "100%"})
        figure = plots.Picture(figsize=(plots.WIDTH / 2, 4.6), layout="none")
        self.canvas = FigureCanvasAgg(figure)
        self.ax = figure.add_axes((0.14, 0.48, 0.81, 0.46), xlabel="epoch")
        self.ax.locator_params(nbins=5)
        self.ax.xaxis.set_label_coords(0.5, -0.13)  # or it would be placed anew in every picture
        self.curves = []
        for name in ("training, dropout off", "validation"):
            style = {"color": plots.CURVES[name]}
            lines = [self.ax.plot([], [], lw=width, **style)[0] for width in (0.8, 1.8)]
            band = self.ax.fill_between([], [], [], alpha=0.25, lw=0, **style)
            style |= {"ha": "right", "va": "center", "transform": self.ax.transAxes}
            self.curves.append((*lines, band, self.ax.text(1, 0, name, **style)))
        ax = figure.add_axes((0.14, 0.02, 0.81, 0.34))
        ax.set_axis_off()
        ax.set_title("weights of ten units of the first layer", y=0.98, color=plots.GREY)
        self.units = ax.imshow(np.zeros((60, 150)), "PuOr_r")

    def draw(self, title, logs, ends, weights, largest):
        """Draw the last and the new curves, and weights, of shape (784, 10).

        `logs` are pairs: epochs, shape (m,), and values, shape (m, curves, seeds).
        """
        percent = title.startswith("accuracy")
        for part, (thin, thick, band, name) in enumerate(self.curves):
            for line, (at, runs) in zip((thin, thick), logs, strict=True):
                mean = runs[:, part].mean(axis=-1)
                line.set_data(at, mean)
            spread = runs[:, part].std(axis=-1, ddof=1) if runs.shape[-1] > 1 else 0
            band.set_data(at, mean - spread, mean + spread)
            name.set_y((0.16 if percent else 0.94) - 0.1 * part)
        form = ticker.PercentFormatter(1) if percent else ticker.ScalarFormatter()
        self.ax.yaxis.set_major_formatter(form)
        self.ax.set_title(title, y=1.02)
        self.ax.set(xlim=(0, max([1, *at])), ylim=ends)
        pixels = np.pad(
            weights.T.reshape(10, 28, 28), ((0, 0), (1, 1), (1, 1)), constant_values=np.nan
        )
        self.units.set_data(pixels.reshape(2, 5, 30, 30).swapaxes(1, 2).reshape(60, 150))
        self.units.set_clim(-largest, largest)
        self.canvas.draw()  # `savefig` would draw twice
        content = io.BytesIO()
        Image.fromarray(np.asarray(self.canvas.buffer_rgba())[..., :3]).save(content, "jpeg")
        self.picture.value = content.getvalue()


class Playground(ipywidgets.VBox):
    """Networks without dropout and with it, which train while one watches and moves the rate.

    They are those of `population.Population`: start, order and masks alike. They train on the
    kernel's own event loop, for moments, so that controls answer and other cells can be run. Where
    there is no such loop, they train in the cell until it is interrupted.

    `training_set` and `validation_set` are pairs (images, labels), as for `Population.fit`.
    """

    newest = None  # the only playground that trains
    STEPS = 20  # of training, between two looks at the clock
    MEASURED = 2_000  # training images and validation images behind a point of a curve, at most

    def __init__(self, training_set, validation_set):
        self.images, self.labels = population.as_tensors(*training.check_scaled(training_set))
        self.validation = [part[: self.MEASURED] for part in population.as_tensors(*validation_set)]
        count = len(self.labels)
        sizes = [*(size for size in (1_000, 5_000, 20_000) if size < count), count]
        sizes, kinds = [(f"{size:,}", size) for size in sizes], ["loss", "accuracy"]
        narrow = {"width": "220px"}
        self.rate = ipywidgets.FloatSlider(0.2, min=0, max=0.9, step=0.05, description="rate")
        self.size = ipywidgets.Dropdown(options=sizes, description="images", layout=narrow)
        self.seeds = ipywidgets.IntSlider(3, min=1, max=5, description="seeds", layout=narrow)
        self.shown = ipywidgets.Dropdown(options=kinds, description="curves", layout=narrow)
        self.play, self.one_epoch, self.reset = buttons = [
            ipywidgets.Button(description=name) for name in ("Play", "One epoch", "Reset")
        ]
        self.arms, self.sentence = (_Arm(), _Arm()), ipywidgets.HTML()
        self.play.on_click(lambda _: self.train(0 if self.goal else math.inf))
        self.one_epoch.on_click(lambda _: self.train(math.floor(self.epochs) + 1))
        self.reset.on_click(self.begin)
        for control in (self.size, self.seeds):
            control.observe(self.begin, names="value")
        for control in (self.rate, self.shown):
            control.observe(self.draw, names="value")
        self.training, self.before, self.history = False, [], []
        self.begin()
        if Playground.newest:
            Playground.newest.close()
        Playground.newest = self
        controls = self.rate, self.size, self.seeds, self.shown
        rows = buttons, controls, [arm.picture for arm in self.arms]
        super().__init__([*(ipywidgets.HBox(row, layout=ROW) for row in rows), self.sentence])

    def close(self):
        """Leave the page, and free images and networks."""
        self.images = self.validation = self.measured = self.stacks = None
        super().close()

    def begin(self, change=None):
        """Begin anew with the chosen images and seeds; the last curves stay, as thin lines."""
        self.before, self.history = self.history or self.before, []
        self.goal = self.epochs = self.place = 0
        self.step = tf.constant(0)
        self.chosen, labels = np.arange(len(self.labels)), self.labels.numpy()
        if self.size.value < len(labels):
            self.chosen, _ = data.balanced_subset(self.chosen, labels, self.size.value)
        some = self.chosen[: self.MEASURED]
        known = [tf.gather(part, some) for part in (self.images, self.labels)]
        self.measured = known, self.validation
        seeds = range(self.seeds.value)
        self.shuffles = [np.random.default_rng(seed) for seed in seeds]
        self.stacks = [population.new_stack([(0, 0)] * len(seeds), seeds) for _ in self.arms]
        self.draw()

    def train(self, epochs):
        """Train until so many epochs have passed since the beginning; with 0, pause."""
        Playground.newest, self.goal = self, epochs
        if self.training or not epochs:
            return
        self.training = True
        try:
            self.task = asyncio.get_running_loop().create_task(self._train())
        except RuntimeError:  # no loop is running
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(self._train())

    async def _train(self):
        self.play.description = "Pause"
        try:
            while self.epochs < self.goal and Playground.newest is self:
                self.advance()
                self.draw()
                await asyncio.sleep(0.01)  # now controls and other cells have their turn
        except Exception as error:  # there is no cell in which it would be shown
            self.sentence.value = f"Stopped: {html.escape(str(error))}"
        finally:
            self.play.description, self.training, self.goal = "Play", False, 0

    def advance(self):
        """Train for a moment, or to the end of the epoch, and measure."""
        rate, count, until = self.rate.value, len(self.chosen), time.perf_counter() + 0.06
        self.stacks[1]["rates"] = tf.fill(self.stacks[1]["rates"].shape, rate)
        if not self.place:
            self.orders = np.array([rng.permutation(count) for rng in self.shuffles])
        while self.place < count and time.perf_counter() < until:
            part = self.chosen[self.orders[:, self.place : self.place + 32 * self.STEPS]]
            orders = [part.astype(np.int32)] * 2
            self.step = population.train(
                self.stacks, self.images, self.labels, orders, self.step, tf.constant(32)
            )
            self.place += part.shape[1]
        self.epochs = math.floor(self.epochs) + self.place / count
        self.place %= count
        values = [population.measure(self.stacks, *some) for some in self.measured]
        # Of shape (training or validation, loss or accuracy, arms, seeds).
        self.history.append((self.epochs, rate, np.reshape(values, (2, 2, 2, -1))))
        if len(self.history) > 1_000:
            del self.history[1::2]

    def draw(self, change=None):
        """Draw both arms, and say in words how far apart they are."""
        kind, ends = self.shown.index, None
        if self.history:  # the last values lie in the middle
            last = self.history[-1][-1][:, kind].mean(axis=-1)
            ends = (2 * last.min() - 1.02, 1.02) if kind else (0, 2 * last.max())
        weights = np.array([stack["weights"][0][0, :, :10] for stack in self.stacks])
        for place, name in enumerate(("no dropout", f"dropout now {self.rate.value:g}")):
            logs = [
                (
                    [epochs for epochs, *_ in log],
                    np.array([values[:, kind, place] for *_, values in log] or np.ones((0, 2, 1))),
                )
                for log in (self.before, self.history)
            ]
            title = f"{self.shown.value}{'' if kind else ' (nats)'}, {name}"
            self.arms[place].draw(title, logs, ends, weights[place], np.abs(weights).max())
        self.sentence.value = self._sentence(kind) if self.history else "Press Play."

    def _sentence(self, kind):
        epochs, rate, values = self.history[-1]
        known, new = values[:, kind]  # of shape (arms, seeds)
        write = ("{:.3f}", "{:.1%}")[kind].format
        text = f"After {epochs:.1f} epochs, validation {self.shown.value} and gap to training: "
        text += "; ".join(
            f"{arm}: {write(new[i].mean())}, gap {write(abs(new[i].mean() - known[i].mean()))}"
            for i, arm in enumerate(("no dropout", f"dropout {rate:g}"))
        )
        if len(new[0]) > 1:
            pairs = new[1] - new[0]
            error = pairs.std(ddof=1) / math.sqrt(len(pairs))
            text += f". In pairs, with dropout minus without: {pairs.mean():+.4f} ± {error:.4f}"
            text += ", too few pairs for a claim" if len(pairs) < 5 else ""
        return f"{text}."
