"""Lesson 02: the order of a list, and back to pictures."""

import numpy as np

from helpers.exercises import Explain, Function, Number

Number(
    "02.1",
    285,
    (150, "You went down the columns: 28 times the column, plus the row. Rows come first here."),
    (286, "Close: rows, columns and entries are all counted from 0."),
    (257, "Close: row 10 has ten full rows before it, as rows are counted from 0."),
)

lists = np.random.default_rng(0).integers(0, 256, (3, 784), dtype=np.uint8)
Function(
    "02.2",
    lambda x: x.reshape(-1, 28, 28),
    [(lists,), (lists[:2],)],
    (lambda x: x[0].reshape(28, 28), "Only one picture came back."),
    (lambda x: x.reshape(-1, 28, 28).transpose(0, 2, 1), "Rows and columns are exchanged."),
    (lambda x: x.reshape(-1, 28, 28)[::-1], "The pictures came back in another order."),
    (lambda x: x.reshape(3, 28, 28), "Right for three lists, not for two: how many may differ."),
)
Explain("02.3")
