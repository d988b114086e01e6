"""Lesson 02: the order of a list, and back to pictures."""

import numpy as np

from helpers.exercises import Explain, Function, Number

entry = Number("02.1", right=(17, 24))
entry.mistake((24, 17), "You went down the columns: rows come first, 28 pixels in each.")
entry.mistake((18, 25), "Close: rows, columns and entries are all counted from 0.")
entry.mistake((17, 23), "Close: the first column has number 0, and so has the first entry.")

lists = np.random.default_rng(0).integers(0, 256, (3, 784), dtype=np.uint8)
pictures = Function("02.2", lambda x: x.reshape(-1, 28, 28), examples=[(lists,), (lists[:1],)])
pictures.mistake(lambda x: x.reshape(-1, 28, 28).swapaxes(1, 2), "Rows and columns are exchanged.")

Explain("02.3")
