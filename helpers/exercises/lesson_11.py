"""Lesson 11: the size in the box, and ink out of a photo."""

import numpy as np

from helpers.exercises import Explain, Number, Property

Number(
    "11.1",
    (8, 20),
    ((20, 8), "The height comes first, and this drawing is wider than it is high."),
    ((20, 20), "The proportions stay as they are: only the longer side measures 20."),
    ((20, 50), "The longer side measures 20, not the height."),
    ((11, 28), "The box measures 20; 28 is the whole picture."),
    ((28, 28), "That is the whole picture, after `centre`."),
)

rng = np.random.default_rng(0)
photo = rng.integers(160, 230, (60, 40), dtype=np.uint8)
photo[20:40, 15:25] = rng.integers(20, 90, (20, 10))


def ink_and_paper(from_photo):
    """Return what a function makes of the ink and of the paper of a photo."""
    picture = np.asarray(from_photo(photo.copy()))
    if picture.shape != photo.shape:
        raise ValueError(f"a photo of shape {photo.shape} came back with shape {picture.shape}")
    return picture[photo < 125], picture[photo >= 125]


Property(
    "11.2",
    ink_and_paper,
    (lambda seen: not seen[0].any(), "No ink is left."),
    (lambda seen: seen[0].mean() < seen[1].mean(), "Paper is brighter than ink: exchange them."),
    (
        lambda seen: seen[1].any(),
        "Some of the paper is not 0, and `cut_out` would take it for ink.",
    ),
    (lambda seen: seen[0].max() <= 1, "Ink should be bright on the scale from 0 to 255, not 1."),
    (lambda seen: seen[0].min() < 100, "Some of the ink is lost or faint."),
    (lambda seen: seen[0].dtype != np.uint8, "The values are right, the type is not uint8."),
)
Explain("11.3")
