"""Lesson 08: the sizes of a convolution, a kernel for an edge, and max pooling."""

import numpy as np

from helpers.exercises import Explain, Function, Number, Property

Number(
    "08.1",
    (12, 12, 8, 208),
    ((12, 12, 8, 200), "Each of the eight kernels has a bias."),
    ((14, 14, 8, 208), "Without padding, a kernel of 5 x 5 fits in 24 places of a row of 28."),
    ((24, 24, 8, 208), "Pooling comes after the convolution and halves both sides."),
    ((12, 12, 8, 26), "There are eight kernels of 26 numbers."),
)


def sums(kernel):
    """Return the kernel's columns added up, and its sums where ink fills one or two rows below."""
    kernel = np.asarray(kernel, dtype=float)
    if kernel.shape != (3, 3) or not np.isfinite(kernel).all():
        raise ValueError("a kernel has three rows of three numbers")
    return kernel.sum(axis=0).round(6), np.round([kernel[2].sum(), kernel[1:].sum()], 6)


Property(
    "08.2",
    sums,
    (lambda s: s[0].sum() != 0, "It also answers where all is ink: its numbers must add up to 0."),
    (
        lambda s: s[0].any(),
        "It also answers to ink on the right or left: each column must add up to 0.",
    ),
    (lambda s: s[1].max() <= 0 and s[1].min() < 0, "It looks for ink above and paper below."),
    (lambda s: s[1].min() < 0, "One row farther it answers with the other sign."),
    (lambda s: not s[1].any(), "Paper above and ink below give 0 as well."),
)

Function(
    "08.3",
    lambda x: x.reshape(14, 2, 14, 2).max(axis=(1, 3)),
    [(np.random.default_rng(0).random((28, 28)),)],
    (lambda x: x.reshape(14, 2, 14, 2).mean(axis=(1, 3)), "That is the mean of each block."),
    (lambda x: x[::2, ::2], "That is the first number of each block, not its largest."),
    (lambda x: x.reshape(14, 14, 2, 2).max(axis=(2, 3)), "The axes are in the wrong order."),
)
Explain("08.4")
