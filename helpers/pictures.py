"""Pictures from files, for lesson 11."""

import numpy as np
from PIL import Image, ImageOps

from helpers import InputError


def open_grey(path, side=1000):
    """Open a picture, upright: uint8, shape (height, width), `side` pixels at most.

    Of an animation it is the first picture. Behind what is transparent it is white, or black if
    what is visible is bright. A file that is no picture gives an InputError.
    """
    try:
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file)
            picture.load()
    except FileNotFoundError:
        raise InputError(f"There is no file {path} here: check its name and its folder.") from None
    except Image.DecompressionBombError:
        raise InputError(f"{path} has too many pixels: save a smaller copy.") from None
    except (OSError, SyntaxError, ValueError):
        raise InputError(f"{path} is no picture that can be read: save it as JPEG.") from None
    if picture.mode[0] in "IF":  # 16 bits and more
        levels = np.asarray(picture, float)
        picture = Image.fromarray(np.uint8(255 * levels / max(levels.max(), 1)))
    picture = picture.convert("RGBA")
    picture.thumbnail((side, side))
    visible = np.asarray(picture.getchannel("A")) / 255
    grey = np.asarray(picture.convert("L"))
    paper = 0 if (grey * visible).sum() > 127 * visible.sum() else 255
    return np.uint8(grey * visible + paper * (1 - visible))
