"""Data that fights back: after each fault one sentence for the reader, and nothing is lost."""

import hashlib
import http.server
import io
import os
import subprocess
import sys
import threading
import time
import zipfile

import numpy as np
import pytest

from helpers import InputError, data
from helpers.course import ROOT


@pytest.fixture(scope="module")
def content():
    """The bytes of a small file in MNIST's form."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 28, 28), dtype=np.uint8)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 4)
    buffer = io.BytesIO()
    np.savez(buffer, x_train=images, y_train=labels, x_test=images[:20], y_test=labels[:20])
    return buffer.getvalue()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Where Keras would keep MNIST; empty."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    file = tmp_path / "datasets" / "mnist.npz"
    file.parent.mkdir()
    return file


def refused(cache, content, tally):
    """Put bytes in the cache; they must be refused in one sentence, and stay."""
    cache.write_bytes(content)
    with pytest.raises(InputError) as error:
        data.load_mnist()
    sentence = str(error.value)
    assert str(cache) in sentence
    assert "Move that file away" in sentence
    assert "\n" not in sentence
    assert cache.read_bytes() == content
    tally["faults injected and survived"] += 1


def packed(members, compression=zipfile.ZIP_STORED):
    """Pack members, a dict from a file name to bytes, into the bytes of a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return buffer.getvalue()


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def members_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_cache_truncated_at_every_power_of_two(cache, content, tally):
    for power in range(len(content).bit_length()):
        refused(cache, content[: 2**power], tally)
    refused(cache, b"", tally)


def test_single_bits_flipped_in_every_member(cache, content, tally):
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        starts = {info.filename: info.header_offset for info in archive.infolist()}
        sizes = {info.filename: info.compress_size for info in archive.infolist()}
    for name, start in starts.items():
        data_start = start + 30 + len(name)
        assert sizes[name] > 128
        for _ in range(5):
            flipped = bytearray(content)
            place = data_start + 40 + rng.integers(sizes[name] - 60)
            flipped[place] ^= 1 << rng.integers(8)
            refused(cache, bytes(flipped), tally)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: {name: array for name, array in m.items() if name != "y_test.npy"},
        lambda m: {name.replace("y_test", "labels"): array for name, array in m.items()},
        lambda m: m | {"x_test.npy": npy(np.zeros((20, 28, 28), np.float32))},
        lambda m: m | {"x_test.npy": npy(np.zeros((20, 784), np.uint8))},
        lambda m: m | {"x_test.npy": npy(np.zeros((28, 28, 20), np.uint8))},
        lambda m: m | {"y_test.npy": npy(np.zeros(19, np.uint8))},
        lambda m: m | {"y_train.npy": m["x_train.npy"], "x_train.npy": m["y_train.npy"]},
        lambda m: m | {"y_train.npy": npy(np.full(40, 10, np.uint8))},
        lambda m: m | {"y_train.npy": npy(np.array([{}] * 40, dtype=object))},
        lambda m: m | {"y_train.npy": b"no array at all"},
        lambda m: m | {"y_train.npy": b""},
        lambda m: {"mnist/" + name: array for name, array in m.items()},
    ],
)
def test_members_missing_renamed_or_of_another_form(cache, content, tally, change):
    refused(cache, packed(change(members_of(content))), tally)


def test_ten_gigabytes_are_refused_by_their_declared_size(cache, content, tally):
    compressed = packed(members_of(content) | {"bomb.npy": bytes(1000)}, zipfile.ZIP_DEFLATED)
    declared = bytearray(compressed)
    entry = compressed.rindex(b"PK\x01\x02")  # the last entry of the zip file's directory
    declared[entry + 24 : entry + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    started = time.monotonic()
    refused(cache, bytes(declared), tally)
    header = {"descr": "|u1", "fortran_order": False, "shape": (10_000_000_000,)}
    claim = io.BytesIO()
    np.lib.format.write_array_header_1_0(claim, header)
    refused(cache, packed(members_of(content) | {"y_test.npy": claim.getvalue()}), tally)
    assert time.monotonic() - started < 5


def test_cache_that_is_a_folder_or_may_not_be_read(cache, monkeypatch, capsys, tally):
    cache.mkdir()
    with pytest.raises(InputError, match="Move that file away"):
        data.load_mnist()
    cache.rmdir()
    cache.write_bytes(b"secret")

    def no_permission(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("zipfile.ZipFile", no_permission)
    with pytest.raises(InputError, match="Permission denied"):
        data.load_mnist()
    tally["faults injected and survived"] += 2


class Server(http.server.ThreadingHTTPServer):
    """A server on this machine that answers in one of several ways."""

    def __init__(self, content, fault):
        self.content, self.fault, self.requests = content, fault, 0
        super().__init__(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests += 1
        fault, content = self.server.fault, self.server.content
        if isinstance(fault, int):
            self.send_error(fault)
            return
        if fault == "redirect" and self.path != "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            return
        if fault == "html":
            content = b"<html><title>Please log in</title></html>"
        if fault == "other file":
            content = content[::-1]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if fault == "stall":
            time.sleep(30)
        self.wfile.write(content[: len(content) // 2] if fault == "cut" else content)

    def log_message(self, *args):
        pass


@pytest.fixture
def serve(content, monkeypatch):
    """Start a server with a fault, and let `load_mnist` download from it."""
    servers = []

    def start(fault=None):
        servers.append(Server(content, fault))
        address = f"http://127.0.0.1:{servers[-1].server_port}/mnist.npz"
        monkeypatch.setattr(data, "ADDRESS", address)
        monkeypatch.setattr(data, "FILE_SHA256", hashlib.sha256(content).hexdigest())
        return servers[-1]

    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("cut", "IncompleteRead|more expected"),
        (403, "Forbidden"),
        (404, "Not Found"),
        (500, "Internal Server Error"),
        ("html", "41 bytes that arrived are not the file"),
        ("other file", "bytes that arrived are not the file"),
        ("stall", "timed out"),
    ],
)
def test_download_that_fails(cache, serve, capsys, monkeypatch, tally, fault, said):
    serve(fault)
    monkeypatch.setattr(data, "PATIENCE", min(data.PATIENCE, 2))
    started = time.monotonic()
    (x_train, _), _ = data.load_mnist()
    assert time.monotonic() - started < 20
    printed = capsys.readouterr().out
    assert len(x_train) == 4_000
    assert data.ADDRESS in printed
    assert any(part in printed for part in said.split("|"))
    assert list(cache.parent.iterdir()) == []
    tally["faults injected and survived"] += 1


def test_a_stalling_server_is_given_up_within_20_seconds():
    assert data.PATIENCE <= 20


def test_redirect_is_followed(cache, serve, content, capsys, tally):
    server = serve("redirect")
    data.load_mnist()
    assert server.requests == 2
    assert cache.read_bytes() == content
    assert "downloaded" in capsys.readouterr().out
    tally["faults injected and survived"] += 1


def test_good_cache_is_used_whatever_the_server_does(cache, serve, content):
    server = serve(500)
    cache.write_bytes(content)
    data.load_mnist()
    assert server.requests == 0
    assert cache.read_bytes() == content


def test_disk_that_is_full_leaves_no_partial_file(cache, serve, monkeypatch, capsys, tally):
    serve()

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    (x_train, _), _ = data.load_mnist()
    assert len(x_train) == 40
    assert "No space left on device" in capsys.readouterr().out
    assert list(cache.parent.iterdir()) == []
    tally["faults injected and survived"] += 1


def test_two_processes_load_into_an_empty_cache_at_once(cache, serve, content, tally):
    server = serve()
    script = f"""
from helpers import data
data.ADDRESS, data.FILE_SHA256 = {data.ADDRESS!r}, {data.FILE_SHA256!r}
print(len(data.load_mnist()[0][0]))
"""
    command = [sys.executable, "-c", script]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)
    ]
    answers = [process.communicate(timeout=60)[0] for process in processes]
    assert all(answer.endswith("\n40\n") for answer in answers)
    assert server.requests in (1, 2)
    assert cache.read_bytes() == content
    assert list(cache.parent.iterdir()) == [cache]
    tally["faults injected and survived"] += 1
