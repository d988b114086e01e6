"""The dropout playground in a real browser, on today's JupyterLab and on Colab's versions.

For Colab's versions the environment variable COLAB_PYTHON names the Python of an environment that
has them and the classic Notebook, as .ci/run makes it. On the sample, for time.
"""

import os
import re
import sys
import time

import nbformat
import pytest
from browsing import Classic, Lab
from lessons import MEMORY

#: One browser at a time, and after each other with the tests of the lessons.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]

SETUP = """
import gc
from helpers import data, training, widgets

training.one_thread_per_operation()
(x_train, y_train), (x_val, y_val) = data.load_mnist()
sets = (data.scale(x_train), y_train), (data.scale(x_val), y_val)
"""
SHOW = """
playground = widgets.Playground(*sets)
playground
"""
EPOCHS = "print(playground.epochs)"
TRAINING = """
print(sum(p.training for p in gc.get_objects() if isinstance(p, widgets.Playground)))
"""
CELLS = [SETUP, SHOW, EPOCHS, TRAINING, MEMORY]

#: Notes in `window.shown` when a picture was shown, in seconds.
WATCH = """(picture) => {
    window.shown = [];
    picture.addEventListener("load", () => window.shown.push(performance.now() / 1000));
}"""


class Player:
    """Who plays: presses, moves and reads what is in the playground, and runs cells beside it."""

    def __init__(self, lab, page):
        self.lab, self.page = lab, page
        self.widget = page.locator(".widget-vbox")
        self.picture = self.widget.locator("img").last  # of the arm with dropout
        self.sentence = self.widget.locator(".widget-html")

    def ask(self, cell):
        """Run a cell; return what it prints."""
        return self.lab.printed(self.page, CELLS.index(cell))

    def begin(self):
        """Run the cell of the playground: a new one takes the place of the old one."""
        self.lab.run(self.page, CELLS.index(SHOW))
        self.wait_for("Press Play.")

    def press(self, name):
        self.widget.get_by_role("button", name=name, exact=True).click()

    def choose(self, name, option):
        self.widget.locator(".widget-dropdown", has_text=name).locator("select").select_option(
            option
        )

    def move_rate_to_its_end(self):
        slider = self.widget.locator(".widget-hslider", has_text="rate")
        slider.locator("[role=slider], .ui-slider-handle").focus()
        self.page.keyboard.press("End")

    def wait_for(self, said):
        """Wait until the sentence says it, a text or a pattern."""
        self.sentence.filter(has_text=said).wait_for(timeout=30_000)

    def epochs(self):
        """Read after how many epochs the networks are."""
        return float(re.search(r"After ([\d.]+) epochs", self.sentence.inner_text())[1])

    def play_until(self, epochs):
        """Press *Play*, and wait for the end of so many epochs."""
        self.press("Play")
        self.wait_for("After")
        self.wait_until(epochs)

    def pause(self):
        """Press *Pause*, and wait until the networks stand still."""
        self.press("Pause")
        self.widget.get_by_role("button", name="Play", exact=True).wait_for()

    def wait_until(self, epochs):
        while self.epochs() < epochs:
            time.sleep(0.1)

    def losses(self):
        """Read the validation losses, without dropout and with it."""
        return [float(loss) for loss in re.findall(r": ([\d.]+), gap", self.sentence.inner_text())]


@pytest.fixture(scope="module", params=["JupyterLab", "Colab"])
def lab(request, chromium, tmp_path_factory):
    kind, python = Lab, sys.executable
    if request.param == "Colab":
        kind, python = Classic, os.environ.get("COLAB_PYTHON")
        if not python:
            pytest.skip("COLAB_PYTHON does not name a Python with Colab's versions")
    with kind(chromium, tmp_path_factory.mktemp("lab"), python) as lab:
        yield lab


@pytest.fixture(scope="module")
def page(lab, tmp_path_factory):
    """One page and kernel for all tests, in which the cells were run."""
    path = tmp_path_factory.mktemp("notebook") / "playground.ipynb"
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    page = lab.open(path)
    lab.run_all(page)
    return page


@pytest.fixture
def player(lab, page):
    """A player before a new playground."""
    player = Player(lab, page)
    player.begin()
    return player


def test_six_networks_show_four_pictures_a_second(player):
    """In the best five seconds of a minute, as other tests run at the same time."""
    player.choose("images", "4,000")
    player.press("Play")
    player.picture.evaluate(WATCH)
    player.page.wait_for_function(
        "shown.some((begin, i) => shown[i + 20] - begin <= 5)", timeout=60_000
    )


def test_a_moved_rate_shows_in_the_next_picture(player):
    with player.lab.changed(player.page, player.picture):
        player.move_rate_to_its_end()
    player.press("One epoch")
    player.wait_for("dropout 0.9: ")


def test_a_rate_moved_while_networks_train_shows_in_their_loss(player):
    player.play_until(20)  # the losses are low now
    before = player.losses()
    player.move_rate_to_its_end()
    player.wait_for("dropout 0.9: ")
    player.wait_until(player.epochs() + 5)
    after = player.losses()
    assert after[0] < 1.2 * before[0]
    assert after[1] > 2 * before[1]


def test_pause_stops_and_play_goes_on_from_there(player):
    player.play_until(1)
    player.pause()
    paused, picture = float(player.ask(EPOCHS)), player.picture.get_attribute("src")
    time.sleep(1)
    assert float(player.ask(EPOCHS)) == paused
    assert player.picture.get_attribute("src") == picture
    with player.lab.changed(player.page, player.picture):
        player.press("Play")
    assert paused < float(player.ask(EPOCHS))


def test_another_cell_answers_while_networks_train(player):
    player.play_until(1)
    waits, epochs = [], [float(player.ask(EPOCHS))]
    for _ in range(5):
        began = time.monotonic()
        epochs.append(float(player.ask(EPOCHS)))
        waits.append(time.monotonic() - began)
    assert min(waits) < 0.5  # other tests run at the same time
    assert epochs[0] < epochs[-1]


def test_reset_begins_anew_and_leaves_the_last_curves(player):
    fresh = player.picture.screenshot()
    player.play_until(1)
    with player.lab.changed(player.page, player.picture):
        player.press("Reset")
    player.wait_for("Press Play.")
    assert float(player.ask(EPOCHS)) == 0
    assert player.picture.screenshot() != fresh


def test_the_cell_run_again_stops_the_old_playground(player):
    player.play_until(1)
    player.begin()
    assert player.ask(TRAINING).strip() == "0"
    player.play_until(1)
    assert player.ask(TRAINING).strip() == "1"


def test_play_keeps_memory(player):
    player.choose("images", "4,000")
    player.play_until(5)
    before = float(player.ask(MEMORY))
    time.sleep(float(os.environ.get("PLAY_SECONDS", 30)))
    after = float(player.ask(MEMORY))
    print(f"memory {before / 1e6:.3f} GB, after play {after / 1e6:.3f} GB")
    assert after < 1.05 * before


def test_it_is_shown_light_dark_and_narrow(player, picture):
    player.play_until(20)
    player.press("Reset")
    player.move_rate_to_its_end()  # else the new curves hide the old ones
    player.play_until(10)
    player.pause()
    player.widget.scroll_into_view_if_needed()
    picture(player.page, "light")
    with player.lab.dark(player.page):
        picture(player.page, "dark")
        with player.lab.narrow(player.page):
            for control in player.widget.locator("button, select, .slider-container").all():
                box = control.bounding_box()
                assert 0 <= box["x"] < box["x"] + box["width"] <= 400
            player.widget.scroll_into_view_if_needed()
            picture(player.page, "narrow")
    assert player.lab.our_errors(player.page) == []
