"""Data that fights back: after each fault one sentence for the reader, and nothing is lost."""

import http.server
import io
import os
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from helpers import InputError, data


@pytest.fixture(autouse=True)
def content(digits, monkeypatch):
    """The bytes of a small file, which is taken for MNIST."""
    images, labels = digits
    arrays = images, labels, images[:20], labels[:20]
    buffer = io.BytesIO()
    np.savez(buffer, **dict(zip(data.NAMES, arrays, strict=True)))
    monkeypatch.setattr(data, "FINGERPRINT", data.fingerprint(arrays))
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Where Keras would keep MNIST; empty."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("MNIST_NPZ", raising=False)
    file = tmp_path / "datasets" / "mnist.npz"
    file.parent.mkdir()
    return file


def refused(file, content, next_step="Move that file away"):
    """Fill a file; loading must refuse it in one sentence, which is returned, and leave it."""
    file.write_bytes(content)
    with pytest.raises(InputError) as error:
        data.load_mnist()
    sentence = str(error.value)
    assert sentence.startswith(f"{file} does not hold MNIST: ")
    assert next_step in sentence
    assert "\n" not in sentence
    assert file.read_bytes() == content
    return sentence


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


def test_cache_truncated_at_every_power_of_two(cache, content):
    for power in range(len(content).bit_length()):
        refused(cache, content[: 2**power])
    refused(cache, b"")


def test_single_bits_flipped_in_every_member(cache, content):
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    for member in members:
        start = member.header_offset + 30 + len(member.filename)
        for _ in range(5):
            flipped = bytearray(content)
            place = start + 40 + rng.integers(member.compress_size - 60)
            flipped[place] ^= 1 << rng.integers(8)
            refused(cache, bytes(flipped))


def changed(name, change):
    """Return a function that changes one array of the members of a file."""

    def change_it(members):
        return members | {name: npy(change(np.load(io.BytesIO(members[name]))))}

    return change_it


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: {n: array for n, array in m.items() if n != "y_test.npy"}, "y_test.npy"),
        (lambda m: {n.replace("y_test", "labels"): array for n, array in m.items()}, "y_test.npy"),
        (lambda m: {f"mnist/{n}": array for n, array in m.items()}, "x_train.npy"),
        (lambda m: m | {"y_train.npy": m["x_train.npy"], "x_train.npy": m["y_train.npy"]}, "not"),
        (lambda m: m | {"y_train.npy": b"no array at all"}, "magic string"),
        (lambda m: m | {"y_train.npy": b""}, "magic string"),
        (changed("x_test.npy", lambda a: a / np.float32(255)), "not those that Keras distributes"),
        (changed("x_test.npy", lambda a: a.reshape(-1, 784)), "not those that Keras distributes"),
        (changed("x_test.npy", lambda a: a.reshape(28, 28, -1)), "not those that Keras"),
        (changed("y_test.npy", lambda a: a[1:]), "not those that Keras distributes"),
        (changed("y_test.npy", lambda a: a.view(np.int8)), "not those that Keras distributes"),
        (changed("y_test.npy", lambda a: a.astype(object)), "allow_pickle=False"),
    ],
)
def test_members_missing_renamed_or_of_another_form(cache, content, change, said):
    assert said in refused(cache, packed(change(members_of(content))))


def test_named_file_is_refused_by_its_name(tmp_path, monkeypatch):
    file = tmp_path / "own.npz"
    monkeypatch.setenv("MNIST_NPZ", str(file))
    with pytest.raises(InputError, match=r"no file .*own.npz\. Correct .* MNIST_NPZ"):
        data.load_mnist()
    assert "not a zip file" in refused(file, b"no archive", "environment variable MNIST_NPZ")


def test_pickled_arrays_are_never_unpickled(tmp_path, cache, content):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    trap = npy(np.array([Trap()], dtype=object))
    refused(cache, packed(members_of(content) | {"y_test.npy": trap}))
    assert not (tmp_path / "sprung").exists()


def test_ten_gigabytes_are_refused_by_their_declared_size(cache, content):
    compressed = packed(members_of(content) | {"bomb.npy": bytes(1000)}, zipfile.ZIP_DEFLATED)
    declared = bytearray(compressed)
    entry = compressed.rindex(b"PK\x01\x02")  # the last entry of the zip file's directory
    declared[entry + 24 : entry + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    started = time.monotonic()
    assert "far more than MNIST" in refused(cache, bytes(declared))
    header = {"descr": "|u1", "fortran_order": False, "shape": (10_000_000_000,)}
    claim = io.BytesIO()
    np.lib.format.write_array_header_1_0(claim, header)
    refused(cache, packed(members_of(content) | {"y_test.npy": claim.getvalue()}))
    assert time.monotonic() - started < 5


def test_cache_that_is_a_folder_or_may_not_be_read(cache, monkeypatch):
    cache.mkdir()
    with pytest.raises(InputError, match="Move that file away"):
        data.load_mnist()
    cache.rmdir()

    def no_permission(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("zipfile.ZipFile", no_permission)
    assert "Permission denied" in refused(cache, b"secret")


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
        return servers[-1]

    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def falls_back_on_the_sample(cache, printed, said):
    assert f"could not be downloaded from {data.ADDRESS} (" in printed
    assert any(part in printed for part in said.split("|"))
    for part in ("run this cell again", "MNIST_NPZ", "4,000 training", "the sample that comes"):
        assert part in printed
    assert list(cache.parent.iterdir()) == []


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
def test_download_that_fails(cache, serve, capsys, monkeypatch, fault, said):
    serve(fault)
    monkeypatch.setattr(data, "PATIENCE", 2)
    started = time.monotonic()
    data.load_mnist()
    assert time.monotonic() - started < 20
    falls_back_on_the_sample(cache, capsys.readouterr().out, said)


def test_no_network(cache, monkeypatch, capsys):
    monkeypatch.setattr(data, "ADDRESS", "http://nowhere.invalid/mnist.npz")
    data.load_mnist()
    falls_back_on_the_sample(cache, capsys.readouterr().out, "not known|resolution|Forbidden|403")


def test_a_stalling_server_is_given_up_within_20_seconds():
    assert data.PATIENCE <= 20


def test_redirect_is_followed(cache, serve, content, capsys):
    server = serve("redirect")
    data.load_mnist()
    assert server.requests == 2
    assert cache.read_bytes() == content
    assert "downloaded" in capsys.readouterr().out


def test_good_cache_that_is_read_only_is_used_whatever_the_server_does(cache, serve, content):
    server = serve(500)
    cache.write_bytes(content)
    cache.chmod(0o444)
    cache.parent.chmod(0o555)
    data.load_mnist()
    cache.parent.chmod(0o755)
    assert server.requests == 0
    assert cache.read_bytes() == content


def test_folder_that_cannot_be_made_is_said(cache, serve, capsys):
    serve()
    cache.parent.rmdir()
    cache.parent.write_text("a file where a folder should be")
    assert len(data.load_mnist()[0][0]) == 40
    assert f"{cache.parent} cannot be written to (" in capsys.readouterr().out


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_disk_that_is_full_or_an_interrupt_leaves_no_partial_file(
    cache, serve, monkeypatch, capsys, fault
):
    serve()

    def fail(*args):
        raise fault

    monkeypatch.setattr(os, "replace", fail)
    if isinstance(fault, OSError):
        assert len(data.load_mnist()[0][0]) == 40
        assert "(No space left on device): MNIST is not kept" in capsys.readouterr().out
    else:
        with pytest.raises(KeyboardInterrupt):
            data.load_mnist()
    assert list(cache.parent.iterdir()) == []


def test_two_processes_load_into_an_empty_cache_at_once(cache, serve, content):
    server = serve()
    script = f"""
from helpers import data
data.ADDRESS, data.FINGERPRINT = {data.ADDRESS!r}, {data.FINGERPRINT!r}
print(len(data.load_mnist()[0][0]))
"""
    command = [sys.executable, "-c", script]
    root = Path(__file__).parents[1]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(2)
    ]
    answers = [process.communicate(timeout=60)[0] for process in processes]
    assert all(answer.endswith("\n40\n") for answer in answers)
    assert server.requests in (1, 2)
    assert cache.read_bytes() == content
    assert list(cache.parent.iterdir()) == [cache]
