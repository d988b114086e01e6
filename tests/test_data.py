"""Loading, checking, scaling and splitting MNIST."""

import hashlib
import http.client
import io
import shutil
import urllib.error
import zipfile

import numpy as np
import pytest

from helpers import InputError, data


@pytest.fixture(autouse=True)
def no_cache(tmp_path, monkeypatch):
    """Give each test an empty Keras cache, no MNIST_NPZ and no network."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    answer_with(monkeypatch, urllib.error.URLError("no network in tests"))
    return tmp_path / "keras" / "datasets" / "mnist.npz"


def answer_with(monkeypatch, answer):
    """Let a download raise `answer`, or return these bytes."""

    def urlopen(address, timeout):
        if isinstance(answer, Exception):
            raise answer
        return io.BytesIO(answer)  # a file object is its own context manager

    monkeypatch.setattr("urllib.request.urlopen", urlopen)


@pytest.fixture
def arrays(digits):
    """Four arrays in the form of MNIST, small."""
    images, labels = digits
    return {"x_train": images, "y_train": labels, "x_test": images[:10], "y_test": labels[:10]}


def save(path, arrays):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path


def test_named_file_is_loaded(tmp_path, arrays, monkeypatch, capsys):
    monkeypatch.setenv("MNIST_NPZ", str(save(tmp_path / "own.npz", arrays)))
    (x_train, y_train), (x_test, y_test) = data.load_mnist()
    assert np.array_equal(x_train, arrays["x_train"])
    assert np.array_equal(y_test, arrays["y_test"])
    assert capsys.readouterr().out == (
        "MNIST: 40 training and 10 test images, from the file that the environment variable "
        "MNIST_NPZ names.\n"
    )
    assert (x_test.dtype, y_train.dtype) == (np.uint8, np.uint8)


def break_file(path):
    path.write_bytes(path.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x_test": None}, "no array x_test"),
        ({"x_train": lambda a: a / 255}, "x_train has the type float64 instead of uint8"),
        ({"x_train": lambda a: a.reshape(40, 784)}, r"shapes \(40, 784\) and \(40,\)"),
        ({"y_train": lambda a: a[1:]}, r"shapes \(40, 28, 28\) and \(39,\)"),
        ({"y_test": lambda a: a + 10}, "label 12, outside 0 to 9"),
        ({"y_test": lambda a: a.astype(object)}, "allow_pickle=False"),
        ({"x_train": lambda a: a[:0], "y_train": lambda a: a[:0]}, r"\(0, 28, 28\)"),
        (break_file, "not a readable .npz file"),
    ],
)
def test_bad_named_file_is_one_sentence(tmp_path, arrays, monkeypatch, change, said):
    path = tmp_path / "bad.npz"
    for name, alter in change.items() if isinstance(change, dict) else ():
        arrays[name] = alter(arrays[name]) if alter else None
    save(path, {name: array for name, array in arrays.items() if array is not None})
    if callable(change):
        change(path)
    before = path.read_bytes()
    monkeypatch.setenv("MNIST_NPZ", str(path))
    with pytest.raises(InputError, match=said) as error:
        data.load_mnist()
    assert str(path) in str(error.value)
    assert "MNIST_NPZ" in str(error.value)
    assert path.read_bytes() == before


def test_missing_named_file_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_NPZ", str(tmp_path / "nowhere.npz"))
    with pytest.raises(InputError, match=r"no file .*nowhere.npz\. Correct the environment"):
        data.load_mnist()


def test_pickled_arrays_are_never_unpickled(tmp_path, arrays, monkeypatch):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    arrays["y_test"] = np.array([Trap()], dtype=object)
    monkeypatch.setenv("MNIST_NPZ", str(save(tmp_path / "trap.npz", arrays)))
    with pytest.raises(InputError):
        data.load_mnist()
    assert not (tmp_path / "sprung").exists()


def test_file_that_would_unpack_to_too_much_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x_train.npy", bytes(data.LARGEST + 1))
    monkeypatch.setenv("MNIST_NPZ", str(path))
    with pytest.raises(InputError, match="far more than MNIST"):
        data.load_mnist()


def test_changed_pixel_of_complete_mnist_is_noticed(tmp_path, mnist, monkeypatch):
    (x_train, y_train), (x_test, y_test) = mnist
    if not data.is_complete(x_train):
        pytest.skip("needs the complete data")
    changed = x_train.copy()
    changed[123, 14, 14] ^= 1
    arrays = {"x_train": changed, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    monkeypatch.setenv("MNIST_NPZ", str(save(tmp_path / "changed.npz", arrays)))
    with pytest.raises(InputError, match="some of its values are different"):
        data.load_mnist()


def test_cache_is_used(no_cache, arrays, capsys):
    save(no_cache, arrays)
    (x_train, _), _ = data.load_mnist()
    assert len(x_train) == 40
    assert "from Keras's cache" in capsys.readouterr().out


def test_corrupted_cache_is_one_sentence_and_is_kept(no_cache, arrays):
    break_file(save(no_cache, arrays))
    before = no_cache.read_bytes()
    with pytest.raises(InputError, match="Move that file away and run this cell again"):
        data.load_mnist()
    assert no_cache.read_bytes() == before


def test_download_is_checked_and_kept(no_cache, tmp_path, arrays, monkeypatch, capsys):
    content = save(tmp_path / "server.npz", arrays).read_bytes()
    answer_with(monkeypatch, content)
    monkeypatch.setattr(data, "FILE_SHA256", hashlib.sha256(content).hexdigest())
    (x_train, _), _ = data.load_mnist()
    assert len(x_train) == 40
    assert "downloaded" in capsys.readouterr().out
    assert no_cache.read_bytes() == content
    assert list(no_cache.parent.iterdir()) == [no_cache]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (urllib.error.URLError("Name or service not known"), "Name or service not known"),
        (urllib.error.HTTPError(data.ADDRESS, 403, "Forbidden", {}, None), "Forbidden"),
        (TimeoutError("timed out"), "timed out"),
        (http.client.IncompleteRead(b"half", 8), "IncompleteRead"),
        (b"<html>Please log in</html>", "26 bytes that arrived are not the file"),
    ],
)
def test_failed_download_says_so_and_gives_the_sample(no_cache, monkeypatch, capsys, answer, said):
    answer_with(monkeypatch, answer)
    (x_train, y_train), (x_test, y_test) = data.load_mnist()
    assert (x_train.shape, x_test.shape) == ((4000, 28, 28), (1000, 28, 28))
    assert np.array_equal(np.bincount(y_train), np.full(10, 400))
    assert np.array_equal(np.bincount(y_test), np.full(10, 100))
    printed = capsys.readouterr().out
    for part in (said, data.ADDRESS, "sample", "MNIST_NPZ", "4,000 training"):
        assert part in printed
    assert not no_cache.exists()


def test_cache_that_cannot_be_written_is_said(no_cache, tmp_path, arrays, monkeypatch, capsys):
    content = save(tmp_path / "server.npz", arrays).read_bytes()
    answer_with(monkeypatch, content)
    monkeypatch.setattr(data, "FILE_SHA256", hashlib.sha256(content).hexdigest())
    no_cache.parent.parent.write_text("a file where a folder should be")
    (x_train, _), _ = data.load_mnist()
    assert len(x_train) == 40
    assert "MNIST is not kept" in capsys.readouterr().out


def test_sample_on_request(monkeypatch, capsys):
    monkeypatch.setenv("MNIST_NPZ", "sample")
    (x_train, _), (x_test, _) = data.load_mnist()
    assert x_train.max() == 255
    assert not {image.tobytes() for image in x_train} & {image.tobytes() for image in x_test}
    assert "asks for" in capsys.readouterr().out


def test_scale(digits):
    images, _ = digits
    scaled = data.scale(images)
    assert scaled.dtype == np.float32
    assert np.array_equal(scaled, (images / 255.0).astype(np.float32))


def test_scaling_twice_is_refused(digits):
    with pytest.raises(InputError, match="seem to be scaled already"):
        data.scale(data.scale(digits[0]))


def test_split_loses_nothing(digits):
    images, labels = digits
    (x_train, y_train), (x_val, y_val) = data.split(images, np.arange(40), validation=0.25)
    assert (len(x_train), len(x_val)) == (30, 10)
    assert sorted([*y_train, *y_val]) == list(range(40))
    assert np.array_equal(x_val, images[y_val])
    assert np.array_equal(
        data.split(images, labels, seed=1)[1][0], data.split(images, labels, seed=1)[1][0]
    )
    assert not np.array_equal(
        data.split(images, labels, seed=1)[1][0], data.split(images, labels, seed=2)[1][0]
    )


def test_split_of_mnist_sets_a_sixth_aside(mnist):
    (x_train, y_train), _ = mnist
    (kept, _), (held, _) = data.split(x_train, y_train)
    assert len(held) == round(len(x_train) / 6)
    assert len(kept) + len(held) == len(x_train)


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


def test_read_only_cache_file_is_enough(no_cache, arrays):
    save(no_cache, arrays)
    no_cache.chmod(0o444)
    no_cache.parent.chmod(0o555)
    try:
        assert len(data.load_mnist()[0][0]) == 40
    finally:
        no_cache.parent.chmod(0o755)
        shutil.rmtree(no_cache.parent)


def test_shift_moves_to_the_right_and_loses_what_leaves():
    images = np.arange(2 * 784).reshape(2, 28, 28)
    moved = data.shift(images, 3)
    assert np.array_equal(moved[:, :, 3:], images[:, :, :-3])
    assert not moved[:, :, :3].any()
    assert np.array_equal(data.shift(images, 0), images)
    assert not data.shift(images, 28).any()
    for pixels in (-1, 29):
        with pytest.raises(InputError, match=f"shift by {pixels} pixels is not possible"):
            data.shift(images, pixels)


def test_rotate_turns_counter_clockwise():
    images = np.random.default_rng(0).random((2, 28, 28), dtype=np.float32)
    assert np.allclose(data.rotate(images, 90), np.rot90(images, axes=(1, 2)), atol=1e-3)
    assert np.array_equal(data.rotate(images, 0), images)
    assert data.rotate(np.ones_like(images), 45)[0, 0, 0] == 0
