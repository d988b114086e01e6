"""The setup cell, wherever a lesson is opened: alone on Colab, in a copy, in an odd folder."""

import os
import subprocess
import sys

import pytest
from lessons import code_of, move, run
from nbclient.exceptions import CellExecutionError

from helpers import course

#: What a cell prints when the setup worked: where `helpers` comes from.
WHERE = "from helpers import course\nprint(course.ROOT)"


@pytest.fixture
def colab(tmp_path, monkeypatch):
    """Make new kernels look like Colab's, with its address answered as the test says.

    Calling it with the path of a repository lets git clone that one instead of OWNER/REPOSITORY.
    Returns the file in which git writes down what it does.
    """
    stub = tmp_path / "stub"
    stub.mkdir()
    (stub / "sitecustomize.py").write_text(
        "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(stub))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "git.log"))

    def answer_from(repository, name=course.REPOSITORY):
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{repository.as_uri()}.insteadOf")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"https://github.com/{name}")
        return tmp_path / "git.log"

    return answer_from


@pytest.mark.parametrize("place", ["notebooks", "."])
def test_in_a_folder_with_spaces_and_letters(copy, place):
    printed = run([course.SETUP, course.SETUP, WHERE], copy / place)
    assert printed[-1].strip() == str(copy)


def test_in_a_read_only_checkout(copy):
    for folder, _, _ in os.walk(copy):
        os.chmod(folder, 0o555)
    try:
        assert run([course.SETUP, WHERE], copy / "notebooks")[-1].strip() == str(copy)
    finally:
        for folder, _, _ in os.walk(copy):
            os.chmod(folder, 0o755)


def test_notebook_elsewhere_next_to_a_clone(copy, tmp_path):
    folder = tmp_path / "desk"
    folder.mkdir()
    copy.rename(folder / course.REPOSITORY.split("/")[-1])
    printed = run([course.SETUP, WHERE], folder)
    assert printed[-1].strip() == str(folder / course.REPOSITORY.split("/")[-1])


def test_beside_another_package_called_helpers(copy, tmp_path, monkeypatch):
    other = tmp_path / "site" / "helpers"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("raise RuntimeError('the wrong helpers')")
    monkeypatch.setenv("PYTHONPATH", str(other.parent))
    assert run([course.SETUP, WHERE], copy / "notebooks")[-1].strip() == str(copy)


@pytest.mark.parametrize("lesson", course.LESSONS, ids=lambda lesson: lesson.number)
def test_single_notebook_on_colab_clones_once_and_installs_nothing(
    lesson, repository, colab, tmp_path, monkeypatch
):
    git_log = colab(repository)
    monkeypatch.setenv("MNIST_NPZ", "sample")
    alone = tmp_path / "content"
    alone.mkdir()
    count = "import importlib.metadata as m\nprint(len(list(m.distributions())))"
    sources = code_of(lesson.number)
    if lesson.number in ("04", "05", "07", "08"):  # these train for long and read no stored results
        sources = sources[:2]
    printed = run([count, *sources, course.SETUP, count, WHERE], alone)
    assert git_log.read_text().count("built-in: git clone") == 1
    assert printed[-1].strip() == str(alone / course.REPOSITORY.split("/")[-1])
    assert printed[0] == printed[-2]


def test_colab_without_network_says_what_to_do_and_leaves_no_clone(colab, tmp_path):
    colab(tmp_path / "no repository here")
    alone = tmp_path / "content"
    alone.mkdir()
    with pytest.raises(CellExecutionError) as error:
        run([course.SETUP], alone)
    assert f"check that https://github.com/{course.REPOSITORY} opens" in error.value.evalue
    assert list(alone.iterdir()) == []


def test_address_can_be_edited_in_place(repository, colab, tmp_path):
    colab(repository, "another/fork")
    alone = tmp_path / "content"
    alone.mkdir()
    edited = course.SETUP.replace(course.REPOSITORY, "another/fork")
    assert run([edited, WHERE], alone)[-1].strip() == str(alone / "fork")


def test_a_fork_is_fetched_from_its_own_address(repository, colab, tmp_path, monkeypatch):
    move(repository, "fork-owner/fork")
    commit = [
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@example.org",
        "commit",
        "-qam",
        "moved",
    ]
    subprocess.run(["git", *commit], cwd=repository, check=True)
    git_log = colab(repository, "fork-owner/fork")
    monkeypatch.setenv("MNIST_NPZ", "sample")
    alone = tmp_path / "content"
    alone.mkdir()
    printed = run([*code_of("01", repository / "notebooks"), WHERE], alone)
    assert git_log.read_text().count("built-in: git clone") == 1
    assert printed[-1].strip() == str(alone / "fork")


def test_without_the_repository_and_without_colab(tmp_path):
    with pytest.raises(CellExecutionError, match="a copy of the whole repository"):
        run([course.SETUP], tmp_path)


def test_python_is_the_one_of_the_tests(tmp_path):
    assert run(["import sys\nprint(sys.prefix)"], tmp_path)[0].strip() == sys.prefix
