"""Lesson 11: the size in the box, and ink out of a photo."""

import numpy as np

from helpers.exercises import Explain, Number, Property

box = Number("11.1", right=(8, 20))
box.mistake((20, 8), "The height comes first, and this drawing is wider than it is high.")
box.mistake((20, 20), "The proportions stay as they are: only the longer side measures 20.")
box.mistake((20, 50), "The longer side measures 20, not the height.")
box.mistake((11, 28), "The box measures 20; 28 is the whole picture.")
box.mistake((28, 28), "That is the whole picture, after `centre`.")

rng = np.random.default_rng(0)
photo = rng.integers(160, 230, (60, 40), dtype=np.uint8)
photo[20:40, 15:25] = rng.integers(20, 90, (20, 10))


def ink_and_paper(from_photo):
    """Return what a function makes of the ink and of the paper of a photo."""
    picture = np.asarray(from_photo(photo))
    if picture.shape != photo.shape:
        raise ValueError(f"a photo of shape {photo.shape} came back with shape {picture.shape}")
    return picture[photo < 125], picture[photo >= 125]


digit = Property("11.2", ink_and_paper)
digit.mistake(lambda ink, paper: not ink.any(), "No ink is left.")
digit.mistake(lambda ink, paper: ink.mean() < paper.mean(), "The paper is brighter: exchange them.")
digit.mistake(lambda ink, paper: paper.any(), "Some of the paper is not 0 and counts as ink.")
digit.mistake(lambda ink, paper: ink.max() <= 1, "Ink should be on the scale to 255, not 1.")
digit.mistake(lambda ink, paper: ink.min() < 100, "Some of the ink is lost or faint.")
digit.mistake(lambda ink, paper: ink.dtype != np.uint8, "Right, but the type is not uint8.")

Explain("11.3")
