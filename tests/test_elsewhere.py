"""Machines of other people: their settings, missing homes, few cores, folders that are closed."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import series
from lessons import FORM, cell_of, code_of

from helpers import data, keras, models, plots, results, training


def python(program, **environment):
    """Run a program in a Python of its own that finds the helpers; return what it printed."""
    environment = os.environ | {"PYTHONPATH": str(series.ROOT), "MNIST_NPZ": "sample"} | environment
    command = [sys.executable, "-c", program]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout


NETWORK = """
from helpers import keras, models
network = models.convolutional()
print(network.output_shape, network.dtype, keras.backend.backend(), keras.config.epsilon())
"""
EXPECTED = "(None, 10) float32 tensorflow 1e-07\n"


def test_settings_of_another_project_are_set_aside_in_a_line(tmp_path):
    theirs = {
        "backend": "torch",
        "image_data_format": "channels_first",
        "floatx": "float16",
        "epsilon": 0.001,
    }
    (tmp_path / "keras.json").write_text(json.dumps(theirs))
    line, rest = python(NETWORK, KERAS_HOME=str(tmp_path), KERAS_BACKEND="jax").split("\n", 1)
    assert line.startswith("Settings of your Keras are set aside in this lesson: backend jax, ")
    for name in ("image_data_format channels_first", "floatx float16", "epsilon 0.001"):
        assert name in line
    assert rest == EXPECTED


def test_without_other_settings_no_line_is_printed(tmp_path):
    assert python(NETWORK, KERAS_HOME=str(tmp_path)) == EXPECTED


def test_figures_do_not_follow_a_matplotlibrc(tmp_path):
    theirs = "text.usetex: True\nfigure.figsize: 30, 1\nfont.size: 40\naxes.grid: True\n"
    (tmp_path / "matplotlibrc").write_text(theirs)
    program = """
import numpy as np
from helpers import plots
figure = plots.show_panels({"loss": {"validation": np.ones((2, 3))}})
figure.suptitle("50 % _ $")
print(len(plots.as_png(figure)) > 1000, figure.get_figwidth() == plots.WIDTH < 10)
"""
    assert python(program, MATPLOTLIBRC=str(tmp_path)) == "True True\n"


def test_who_has_no_home_loads_mnist(monkeypatch, tmp_path, capsys):
    def no_entry(user):
        raise KeyError(user)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", no_entry)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("MNIST_NPZ", "sample")
    assert len(data.load_mnist()[0][0]) == 4_000
    monkeypatch.delenv("MNIST_NPZ")
    cache = tmp_path / ".keras" / "datasets" / "mnist.npz"
    cache.parent.mkdir(parents=True)
    cache.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="does not hold MNIST") as error:
        data.load_mnist()
    assert str(cache) in str(error.value)


def test_mnist_npz_may_begin_with_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MNIST_NPZ", "~/digits.npz")
    with pytest.raises(ValueError, match="There is no file") as error:
        data.load_mnist()
    assert str(tmp_path / "digits.npz") in str(error.value)


def test_cores_are_those_that_the_process_may_use():
    held = "import os\nos.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])\n"
    lesson_04 = "from helpers import training\ntf = training.tf\n" + cell_of("04", '"CPU:"')
    if not training.tf.config.list_physical_devices("GPU"):
        assert python(held + lesson_04) == "CPU: 1 cores\n"


def test_ones_own_networks_are_kept_where_files_may_be_written(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    assert results.own_file("best.keras") == Path("best.keras")
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    elsewhere = results.own_file("best.keras")
    assert elsewhere == Path(tempfile.gettempdir(), "best.keras")
    assert f"best.keras is kept in {elsewhere.parent}" in capsys.readouterr().out


def test_too_many_images_are_refused(mnist):
    (images, _), _ = mnist
    assert plots.show_images(images[:500], columns=50)
    with pytest.raises(ValueError, match="501 images are too many to see"):
        plots.show_images(images[:501])


@pytest.mark.parametrize("number", ["02", "04", "05", "06"])
def test_one_seed_alone_is_refused(number):
    source = next(s for s in code_of(number) if any(f[0] == "SEEDS" for f in FORM.findall(s)))
    before, check = source[: source.index("assert ")], source[source.index("assert ") :]
    assert "SEEDS = " in before
    assert "fit(" not in before
    program = "SEEDS = 1\n" + check.splitlines()[0]
    with pytest.raises(AssertionError, match="One run has no spread: take two seeds or more"):
        exec(program)


def test_a_rate_set_after_fit_does_nothing_until_compile(scaled):
    """What lesson 06 shows; once this fails, it has to say so."""
    keras.utils.set_random_seed(0)
    network = models.dense_dropout(0.2)

    def losses():  # twenty masks, nothing learned
        return np.array([network.train_on_batch(*scaled) for _ in range(20)])

    network.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    before = losses()
    network.layers[2].rate = network.layers[4].rate = 0.9
    after = losses()
    network.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    compiled = losses()
    assert before.min() < after.mean() < before.max()
    assert compiled.mean() > before.max()


@pytest.mark.slow
def test_the_edition_for_students_runs_without_solutions(copy, monkeypatch):
    readme = (copy / "README.md").read_text(encoding="utf-8")
    command = next(line for line in readme.splitlines() if " nbconvert " in line)
    command = command.replace(".venv/bin/jupyter", f"{sys.executable} -m jupyter")
    command = command.replace("notebooks/*", "notebooks/03*")
    subprocess.run(command, shell=True, cwd=copy, check=True)
    (path,) = (copy / "student").iterdir()
    text = path.read_text(encoding="utf-8")
    assert "Solution 03" not in text
    assert "model answer</summary>" not in text
    assert "Hint" in text
    monkeypatch.setenv("MNIST_NPZ", "sample")
    notebook, error, _ = series.execute(series.Lesson(path))
    assert error is None
    assert "Exercise 03.2: not answered yet." in str(notebook.cells)


@pytest.mark.slow
@pytest.mark.skipif("COLAB_PYTHON" not in os.environ, reason="needs an environment like Colab's")
def test_networks_between_the_versions(tmp_path):
    """Lesson 11 reads a network of either version, or says so and goes on with its own."""
    colab = os.environ["COLAB_PYTHON"]
    save = """
import numpy as np
from helpers import models
network = models.dense_dropout()
network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
network.fit(np.zeros((32, 28, 28)), np.zeros(32), verbose=0)
network.save("dense_dropout.keras")
"""
    imports, *rest = code_of("11")[1:]
    load = "\n".join([imports, *rest[: rest.index(cell_of("11", "FILES = {")) + 1]])
    environment = os.environ | {"PYTHONPATH": str(series.ROOT), "MNIST_NPZ": "sample"}
    for writer, reader in ((sys.executable, colab), (colab, sys.executable)):
        subprocess.run([writer, "-c", save], cwd=tmp_path, env=environment, check=True)
        run = subprocess.run(
            [reader, "-c", load],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        said = ["dense (yours): reads"]
        if reader == colab:  # the older one
            said.append("dense_dropout.keras cannot be loaded, a stored network")
        assert any(text in run.stdout for text in said)
        assert "best (stored): reads" in run.stdout
