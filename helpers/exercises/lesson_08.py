"""Lesson 08: the sizes of a convolution, a kernel for an edge, and max pooling."""

import numpy as np

from helpers.exercises import Explain, Function, Number, Property

sizes = Number("08.1", right=(12, 12, 8, 208))
sizes.mistake((12, 12, 8, 200), "Each of the eight kernels has a bias.")
sizes.mistake((14, 14, 8, 208), "Without padding, 5 x 5 fits in 24 places of a row of 28.")
sizes.mistake((24, 24, 8, 208), "Pooling comes after the convolution and halves both sides.")


def faults(kernel):
    """Yield what a kernel is judged by: its sums where ink begins at a side, or fills rows."""
    kernel = np.squeeze(np.asarray(kernel, dtype=float))
    yield kernel.shape != (3, 3) or np.isnan(kernel).any(), "It should be three rows of three."
    column, below = kernel.sum(axis=0).round(6), np.round([kernel[2].sum(), kernel[1:].sum()], 6)
    yield column.sum() != 0, "Where all is ink it should add up to 0."
    yield column.any(), "Ink on the right or left should give 0."
    yield not below.any(), "Paper above and ink below give 0 as well."
    yield below.max() <= 0, "It looks for ink above and paper below."
    yield below.min() < 0, "One row farther it has the other sign."


Property("08.2", faults)

image = np.random.default_rng(0).normal(size=(28, 28))
pool = Function("08.3", lambda x: x.reshape(14, 2, 14, 2).max(axis=(1, 3)), [(image,)])
pool.mistake(lambda x: x.reshape(14, 2, 14, 2).mean(axis=(1, 3)), "That is the mean of each block.")
pool.mistake(lambda x: x[::2, ::2], "That is the first number of each block, not its largest.")
pool.mistake(lambda x: x.reshape(14, 14, 2, 2).max(axis=(2, 3)), "The axes are in the wrong order.")

Explain("08.4")
