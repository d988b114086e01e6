"""Where MNIST comes from, and scaling and splitting it."""

import io

import numpy as np
import pytest

from helpers import InputError, data


@pytest.fixture(autouse=True)
def server(tmp_path, monkeypatch, digits):
    """Give each test an empty Keras cache, no MNIST_NPZ, and a server with forty digits."""
    images, labels = digits
    arrays = images, labels, images[:10], labels[:10]
    packed = io.BytesIO()
    np.savez(packed, **dict(zip(data.NAMES, arrays, strict=True)))
    monkeypatch.setattr(data, "FINGERPRINT", data.fingerprint(arrays))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: io.BytesIO(packed.getvalue()))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    return packed.getvalue()


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "keras" / "datasets" / "mnist.npz"


def test_named_file_is_loaded(tmp_path, server, digits, monkeypatch, capsys):
    own = tmp_path / "own.npz"
    own.write_bytes(server)
    monkeypatch.setenv("MNIST_NPZ", str(own))
    (x_train, y_train), (x_test, y_test) = data.load_mnist()
    images, labels = digits
    assert np.array_equal(x_train, images)
    assert np.array_equal(y_train, labels)
    assert np.array_equal(x_test, images[:10])
    assert np.array_equal(y_test, labels[:10])
    assert capsys.readouterr().out == (
        "MNIST: 40 training and 10 test images, from the file that the environment variable "
        "MNIST_NPZ names.\n"
    )


def test_download_is_kept_and_then_used(cache, server, capsys, monkeypatch):
    data.load_mnist()
    assert "downloaded from Keras's address" in capsys.readouterr().out
    assert cache.read_bytes() == server
    assert list(cache.parent.iterdir()) == [cache]
    monkeypatch.delattr("urllib.request.urlopen")
    assert len(data.load_mnist()[0][0]) == 40
    assert "from Keras's cache" in capsys.readouterr().out


def test_sample_on_request(monkeypatch, capsys):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    (x_train, y_train), (x_test, y_test) = data.load_mnist()
    assert (x_train.shape, x_test.shape) == ((4000, 28, 28), (1000, 28, 28))
    assert {array.dtype for array in (x_train, y_train, x_test, y_test)} == {np.dtype(np.uint8)}
    assert x_train.max() == 255
    assert np.array_equal(np.bincount(y_train), np.full(10, 400))
    assert np.array_equal(np.bincount(y_test), np.full(10, 100))
    assert not {image.tobytes() for image in x_train} & {image.tobytes() for image in x_test}
    assert "4,000 training and 1,000 test images, the sample that" in capsys.readouterr().out


def test_sample_that_a_lesson_changed_is_loaded_unchanged(monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    (images, _), _ = data.load_mnist()
    images[:] = 0
    assert data.load_mnist()[0][0].any()


def test_scale(digits):
    images, _ = digits
    scaled = data.scale(images)
    assert scaled.dtype == np.float32
    assert np.array_equal(scaled, (images / 255.0).astype(np.float32))


def test_scaling_twice_is_refused(digits):
    with pytest.raises(InputError, match="seem to be scaled already"):
        data.scale(data.scale(digits[0]))


@pytest.mark.parametrize("dtype", ["int64", "float32", "float64", "int8"])
def test_grey_levels_of_another_type_are_not_called_scaled(digits, dtype):
    with pytest.raises(InputError, match=r"convert grey levels .*astype\('uint8'\)"):
        data.scale(digits[0].astype(dtype))


def test_split_loses_nothing_and_follows_its_seed(digits):
    images, labels = digits
    (x_train, y_train), (x_val, y_val) = data.split(images, labels, validation=0.25)
    assert (len(x_train), len(x_val)) == (30, 10)
    label_of = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    pairs = zip([*x_train, *x_val], [*y_train, *y_val], strict=True)
    assert {image.tobytes(): label for image, label in pairs} == label_of
    one, same, other = (data.split(images, labels, seed=s)[1][0] for s in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_bad_splits_are_refused(digits):
    images, labels = digits
    with pytest.raises(InputError, match="40 images and 39 labels"):
        data.split(images, labels[1:])
    for share in (0, 1, 1.5):
        with pytest.raises(InputError, match="between 0 and 1"):
            data.split(images, labels, validation=share)


def test_balanced_subset(digits):
    images, labels = digits
    chosen, chosen_labels = data.balanced_subset(images, labels, 20)
    assert np.array_equal(np.bincount(chosen_labels), np.full(10, 2))
    assert len({image.tobytes() for image in chosen}) == 20
    for size in (0, 15, 50, -10):
        with pytest.raises(InputError, match="multiple of 10 between 10 and 40"):
            data.balanced_subset(images, labels, size)
