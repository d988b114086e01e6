"""Films: figures shown one after the other."""

import io

import IPython.display
import numpy as np
from PIL import Image

from helpers import plots


def show(figures, *, seconds=4, colors=32):
    """Show figures, all of one size, as a film that holds the last one and begins again.

    It is an animated PNG, which notebooks, browsers and GitHub play. Where nothing moves, as in
    print, the last figure stands for it. Thirty figures of `colors` colours in all keep it small.
    """
    frames = [Image.open(io.BytesIO(plots.as_png(figure))).convert("RGB") for figure in figures]
    some = np.concatenate([np.asarray(frame)[::4] for frame in frames])  # a row in four
    palette = Image.fromarray(some).quantize(colors, method=Image.Quantize.MAXCOVERAGE)
    frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    film, durations = io.BytesIO(), [1000 * seconds / len(frames)] * (len(frames) - 1) + [2000]
    settings = {"save_all": True, "default_image": True, "append_images": frames}
    frames[-1].save(film, "PNG", duration=durations, **settings)
    return IPython.display.Image(film.getvalue())
