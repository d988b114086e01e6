"""Lesson 01: how many bytes, and grey levels that come back."""

import numpy as np

from helpers.exercises import Explain, Function, Number

size = Number("01.1", right=(784_000, 3_136_000))
size.mistake((784_000, 784_000), "Each float32 number takes four bytes, a uint8 one takes one.")
size.mistake((784_000, 25_088_000), "The 32 of float32 counts bits, and a byte has eight of them.")
size.mistake((784, 3_136), "That is a single image; there are a thousand.")

levels = np.arange(256) / 127.5 - 1
examples = [(levels,), (levels.astype(np.float32),)]
back = Function("01.2", lambda x: np.uint8(np.round((x + 1) * 127.5)), examples, dtype="uint8")
back.mistake(lambda x: np.uint8((x + 1) * 127.5), "Conversion cuts off, so round before it.")
back.mistake(lambda x: np.uint8(np.round(x + 1)), "Multiply before you convert to whole numbers.")

Explain("01.3")
