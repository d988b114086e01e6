"""The interactive controls of the lessons; figures are drawn off screen and put into images."""

import asyncio
import contextlib
import html
import io
import itertools
import math
import threading
import time

import ipywidgets
import numpy as np
from matplotlib import ticker
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from helpers import data, pairs, plots, population, tf, training

ROW = {"flex_flow": "row wrap"}  # what is wide stands below each other on a narrow page


def explore(draw, *controls):
    """Put controls above what `draw` makes of their values, drawn anew whenever one is moved.

    `draw` takes their values and returns figures, as many each time, and a sentence on them.
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

    The figure is made once; axes and texts, slow to draw, are drawn again when they change.
    """

    def __init__(self):
        self.picture = ipywidgets.Image(format="jpeg", layout={"max_width": "100%"})
        figure = plots.Picture(figsize=(plots.WIDTH / 2, 4.6), layout="none")
        self.canvas = FigureCanvasAgg(figure)
        self.ax = figure.add_axes((0.16, 0.48, 0.79, 0.46))
        self.ax.set_xlabel("epoch", loc="right")
        self.ax.locator_params(nbins=5)
        self.curves, self.still = [], None
        for left, name in ((0, "training, dropout off"), (0.5, "validation")):
            style = {"color": plots.CURVES[name], "animated": True}
            lines = [self.ax.plot([], [], lw=width, **style)[0] for width in (0.8, 1.8)]
            band = self.ax.fill_between([], [], [], alpha=0.25, lw=0, **style)
            self.curves.append((*lines, band))
            figure.text(0.16 + 0.79 * left, 0.402, name, va="center", color=plots.CURVES[name])
        ax = figure.add_axes((0.16, 0.02, 0.79, 0.34), frame_on=False, xticks=[], yticks=[])
        ax.set_title("weights of ten units of the first layer", y=0.98, color=plots.GREY)
        self.units = ax.imshow(np.zeros((60, 150)), "PuOr_r", animated=True)

    def draw(self, title, logs, right, ends, weights, largest):
        """Draw the last and the new curves, and weights, of shape (784, 10).

        `logs` are pairs: epochs, shape (m,), and values, (m, curves, seeds). Axes end at `right`
        and at both `ends`.
        """
        for part, (thin, thick, band) in enumerate(self.curves):
            for line, (at, runs) in zip((thin, thick), logs, strict=True):
                mean = runs[:, part].mean(axis=-1)
                line.set_data(at, mean)
            spread = runs[:, part].std(axis=-1, ddof=1) if runs.shape[-1] > 1 else 0
            band.set_data(at, mean - spread, mean + spread)
        pixels = np.full((2, 5, 30, 30), np.nan)  # with a gap between units
        pixels[..., 1:-1, 1:-1] = weights.T.reshape(2, 5, 28, 28)
        self.units.set_data(pixels.swapaxes(1, 2).reshape(60, 150))
        self.units.set_clim(-largest, largest)
        if self.still != (still := (title, right, ends)):
            self.still, percent = still, title.startswith("accuracy")
            form = ticker.PercentFormatter(1) if percent else ticker.ScalarFormatter()
            self.ax.yaxis.set_major_formatter(form)
            self.ax.set(title=title, xlim=(0, right), ylim=ends)
            self.canvas.draw()
            self.background = self.canvas.copy_from_bbox(self.ax.figure.bbox)
        self.canvas.restore_region(self.background)
        for artist in (self.units, *itertools.chain(*self.curves)):
            artist.axes.draw_artist(artist)
        content = io.BytesIO()
        Image.fromarray(np.asarray(self.canvas.buffer_rgba())[..., :3]).save(content, "jpeg")
        self.picture.value = content.getvalue()


class Playground(ipywidgets.VBox):
    """Networks without dropout and with it, which train while one watches and moves the rate.

    Sets, start, order and masks are those of `population.Population`. They train on the kernel's
    event loop, so that controls answer and other cells run; without one, until interrupted.
    """

    newest = None  # the only playground that trains
    turn = threading.RLock()  # JupyterLab moves sliders on a thread of its own
    STEPS = 20  # of training, between two looks at the clock
    MEASURED = 2_000  # training images and validation images behind a point of a curve, at most

    def __init__(self, training_set, validation_set):
        (images, labels), held = training.checked(training_set, validation_set)
        self.known = population.as_tensors(images, labels)
        self.validation = population.as_tensors(*(part[: self.MEASURED] for part in held))
        sizes = sorted({min(size, len(labels)) for size in (1_000, 5_000, 20_000, math.inf)})
        sizes, kinds = [(f"{size:,}", size) for size in sizes], ["loss", "accuracy"]
        narrow = {"width": "220px"}
        self.rate = ipywidgets.FloatSlider(0.2, min=0, max=0.9, step=0.05, description="rate")
        self.size = ipywidgets.Dropdown(options=sizes, description="images", layout=narrow)
        self.seeds = ipywidgets.IntSlider(3, min=1, max=5, description="seeds", layout=narrow)
        self.shown = ipywidgets.Dropdown(options=kinds, description="curves", layout=narrow)
        buttons = [ipywidgets.Button(description=name) for name in ("Play", "One epoch", "Reset")]
        self.play, self.one_epoch, self.reset = buttons
        self.arms, self.sentence = (_Arm(), _Arm()), ipywidgets.HTML()
        self.play.on_click(lambda _: self.train(0 if self.goal else math.inf))
        self.one_epoch.on_click(lambda _: self.train(math.floor(self.epochs) + 1))
        self.reset.on_click(self.begin)
        for control in (self.size, self.seeds):
            control.observe(self.begin, names="value")
        for control in (self.rate, self.shown):
            control.observe(self.draw, names="value")
        self.training, self.before, self.history, self.span = False, [], [], 1
        self.begin()
        old, Playground.newest = Playground.newest, self
        if old:
            old.close()
        controls = self.rate, self.size, self.seeds, self.shown
        rows = buttons, controls, [arm.picture for arm in self.arms]
        super().__init__([*(ipywidgets.HBox(row, layout=ROW) for row in rows), self.sentence])

    def close(self):
        """Leave the page, and free images and networks."""
        with self.turn:
            self.known = self.validation = self.measured = self.stacks = None
        super().close()

    def begin(self, change=None):
        """Begin anew with the chosen images and seeds; the last curves stay, as thin lines."""
        with self.turn:
            self.before, self.history = self.history or self.before, []
            self.goal = self.epochs = self.place = 0
            self.step = tf.constant(0)
            self.chosen, labels = np.arange(len(self.known[1])), self.known[1].numpy()
            if self.size.value < len(labels):
                self.chosen, _ = data.balanced_subset(self.chosen, labels, self.size.value)
            some = self.chosen[: self.MEASURED]
            self.measured = [tf.gather(part, some) for part in self.known], self.validation
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
            while self.stacks and self.epochs < self.goal and Playground.newest is self:
                with self.turn:
                    if self.stacks:  # it was not closed meanwhile
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
            self.step = population.train(self.stacks, *self.known, orders, self.step, 32)
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
        with self.turn:
            kind = self.shown.index
            if self.history:  # the last values lie about the middle, and the axes seldom move
                last = self.history[-1][-1][:, kind].mean(axis=-1)
                reach = 1.02 - last.min() if kind else last.max()
                if not 0.3 < reach / self.span < 0.7:
                    self.span = 2 * reach
            ends = (1.02 - self.span, 1.02) if kind else (0, self.span)
            right = 1.5 ** math.ceil(math.log(max(1, self.epochs), 1.5))
            weights = np.array([stack["weights"][0][0, :, :10] for stack in self.stacks])
            largest = np.abs(weights).max()
            for place, name in enumerate(("no dropout", f"dropout now {self.rate.value:g}")):
                logs = []
                for log in (self.before, self.history):
                    runs = [values[:, kind, place] for *_, values in log] or np.ones((0, 2, 1))
                    logs.append(([epochs for epochs, *_ in log], np.array(runs)))
                title = f"{self.shown.value}{'' if kind else ' (nats)'}, {name}"
                self.arms[place].draw(title, logs, right, ends, weights[place], largest)
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
            mean, error = pairs.compare(*new)
            text += f". In pairs, with dropout minus without: {mean:+.4f} ± {error:.4f}"
            text += ", too few pairs for a claim" if len(new[0]) < 5 else ""
        return f"{text}."
