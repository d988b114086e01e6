"""The setup cell, wherever a lesson is opened: alone on Colab, in a copy, in an odd folder."""

import os
import sys

import pytest
import series
from lessons import commit, move, run
from nbclient.exceptions import CellExecutionError

SETUP, ADDRESS = series.setup(), series.address()
NAME = ADDRESS.split("/")[-1]
#: What a cell prints when the setup worked: the folder that `helpers` comes from.
WHERE = "import helpers\nprint(Path(helpers.__file__).parent.parent)"


@pytest.fixture
def alone(tmp_path):
    """A folder of its own for a single notebook."""
    folder = tmp_path / "content"
    folder.mkdir()
    return folder


@pytest.fixture
def kaggle(colab, monkeypatch):
    """The same for Kaggle, where no `google.colab` is."""
    monkeypatch.delenv("PYTHONPATH")
    monkeypatch.setenv("KAGGLE_KERNEL_RUN_TYPE", "Interactive")
    return colab


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
    monkeypatch.setenv("MNIST_NPZ", "sample")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "git.log"))

    def answer_from(repository, address=ADDRESS):
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{repository.as_uri()}.insteadOf")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", f"https://github.com/{address}")
        return tmp_path / "git.log"

    return answer_from


@pytest.mark.parametrize("place", ["notebooks", "."])
def test_in_a_folder_with_spaces_and_letters(copy, place):
    printed = run([SETUP, SETUP, WHERE], copy / place)
    assert printed[-1].strip() == str(copy)


def test_in_a_read_only_checkout(copy):
    for folder, _, _ in os.walk(copy):
        os.chmod(folder, 0o555)
    try:
        assert run([SETUP, WHERE], copy / "notebooks")[-1].strip() == str(copy)
    finally:
        for folder, _, _ in os.walk(copy):
            os.chmod(folder, 0o755)


def test_notebook_elsewhere_next_to_a_clone(copy, alone):
    copy.rename(alone / NAME)
    assert run([SETUP, WHERE], alone)[-1].strip() == str(alone / NAME)


def test_beside_another_package_called_helpers(copy, tmp_path, monkeypatch):
    other = tmp_path / "site" / "helpers"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("raise RuntimeError('the wrong helpers')")
    monkeypatch.setenv("PYTHONPATH", str(other.parent))
    assert run([SETUP, WHERE], copy / "notebooks")[-1].strip() == str(copy)


def test_after_a_start_up_file_imported_another_package_called_helpers(copy, tmp_path, monkeypatch):
    site = tmp_path / "site"
    (site / "helpers").mkdir(parents=True)
    (site / "helpers" / "__init__.py").write_text("from helpers import data")
    (site / "helpers" / "data.py").write_text("theirs = True")
    (site / "sitecustomize.py").write_text("import helpers.data")
    monkeypatch.setenv("PYTHONPATH", str(site))
    before = "import sys\nprint(sys.modules['helpers'].data.theirs)"
    ours = "from helpers import data\ndata.seen = True"
    kept = "from helpers import data\nprint(data.seen)"  # our own stay, with what they hold
    printed = run([before, SETUP, WHERE, ours, SETUP, kept], copy / "notebooks")
    assert [text.strip() for text in printed] == ["True", "", str(copy), "", "", "True"]


def test_places_that_cannot_be_looked_at_are_passed_over(tmp_path, monkeypatch, alone):
    monkeypatch.setenv("PYTHONPATH", f"/{'x' * 300}")  # as one that may not be entered
    with pytest.raises(CellExecutionError, match="No helpers found"):
        run([SETUP], alone)


def test_kaggle_clones_once_and_says_what_it_needs(repository, kaggle, alone, tmp_path):
    kaggle(tmp_path / "no repository here")
    with pytest.raises(CellExecutionError, match="on Kaggle also that Internet is on"):
        run([SETUP], alone)
    git_log = kaggle(repository)
    git_log.unlink()
    first = series.lessons()[0]
    printed = run([*first.code, SETUP, WHERE], alone)
    assert git_log.read_text().count("built-in: git clone") == 1
    assert printed[-1].strip() == str(alone / NAME)


#: Lessons that are run whole when they are alone: two short ones, and those that load more than
#: the data; of the others the first cells.
WHOLE = ("01", "03", "06", "10", "11")


@pytest.mark.parametrize(
    "lesson",
    [
        pytest.param(
            lesson,
            id=lesson.number,
            marks=[] if lesson.number in ("01", "03") else pytest.mark.slow,
        )
        for lesson in series.lessons()
    ],
)
def test_single_notebook_on_colab_clones_once_and_installs_nothing(
    lesson, repository, colab, alone
):
    git_log = colab(repository)
    count = "import importlib.metadata as m\nprint(len(list(m.distributions())))"
    sources = lesson.code if lesson.number in WHOLE else lesson.code[:2]
    printed = run([count, *sources, SETUP, count, WHERE], alone)
    assert git_log.read_text().count("built-in: git clone") == 1
    assert printed[-1].strip() == str(alone / NAME)
    assert printed[0] == printed[-2]


def test_colab_without_network_says_what_to_do_and_leaves_no_clone(colab, tmp_path, alone):
    colab(tmp_path / "no repository here")
    with pytest.raises(CellExecutionError) as error:
        run([SETUP], alone)
    assert f"check that https://github.com/{ADDRESS} opens" in error.value.evalue
    assert list(alone.iterdir()) == []


def test_address_can_be_edited_in_place(repository, colab, alone):
    colab(repository, "another/fork")
    edited = SETUP.replace(ADDRESS, "another/fork")
    assert run([edited, WHERE], alone)[-1].strip() == str(alone / "fork")


def test_a_fork_is_fetched_from_its_own_address(repository, colab, alone):
    move(repository, "fork-owner/fork")
    commit(repository)
    colab(repository, "fork-owner/fork")
    moved = series.Lesson(repository / "notebooks" / "01_data_loading.ipynb")
    assert run([moved.code[0], WHERE], alone)[-1].strip() == str(alone / "fork")


def test_without_the_repository_and_without_colab(tmp_path):
    with pytest.raises(CellExecutionError, match="a copy of the whole repository"):
        run([SETUP], tmp_path)


def test_python_is_the_one_of_the_tests(tmp_path):
    assert run(["import sys\nprint(sys.prefix)"], tmp_path)[0].strip() == sys.prefix
