"""Servers of notebooks, today's JupyterLab and the one of Colab's years, opened in Chromium."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import series

#: Pixels of a page on a desk, and on a telephone.
WIDE, NARROW = {"width": 1200, "height": 1000}, {"width": 400, "height": 1000}
SCREENSHOTS = Path(__file__).with_name("screenshots")


class Lab:
    """A JupyterLab server in a folder of its own, and a browser in which its pages open.

    Parameters
    ----------
    chromium : playwright.sync_api.Browser
    folder : path
    python : path, of the environment in which server and kernels run
    """

    COMMAND = "jupyterlab", "--expose-app-in-browser"
    TOKEN, ROOT, PAGE = "IdentityProvider.token", "ServerApp.root_dir", "doc/tree"
    CELL, PRINTED = ".jp-CodeCell", ".jp-OutputArea-output pre"

    def __init__(self, chromium, folder, python=sys.executable):
        self.python, self.notebooks = python, folder / "notebooks"
        self.notebooks.mkdir()
        settings = {
            # All cells are in the page, also those out of sight.
            "notebook-extension/tracker": {"windowingMode": "none"},
            "apputils-extension/notification": {"fetchNews": "false"},
        }
        for name, values in settings.items():
            file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(series.ROOT),
            "MNIST_NPZ": "sample",
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        }
        self.context = chromium.new_context(viewport=WIDE, has_touch=True)

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        options = {
            "ip": "127.0.0.1",
            "port": port,
            self.TOKEN: "",
            self.ROOT: self.notebooks,
        }
        self.server = subprocess.Popen(
            [
                *(self.python, "-m", *self.COMMAND, "--no-browser", "--allow-root"),
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        give_up = time.monotonic() + 90
        while time.monotonic() < give_up and self.server.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.address}/api", timeout=1).close()
                return self
            time.sleep(0.2)
        self.__exit__()
        raise RuntimeError(f"{self.COMMAND[0]} did not answer")

    def __exit__(self, *_):
        self.context.close()
        self.server.terminate()
        self.server.wait(30)

    def open(self, path):
        """Open a copy of a notebook in a page, which collects in `page.errors` what went wrong."""
        shutil.copy(path, self.notebooks)
        page = self.context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(f"{error}\n{error.stack}"))
        page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
        page.goto(f"{self.address}/{self.PAGE}/{path.name}")
        return page

    def run_all(self, page):
        """Run all cells, and wait for the last one, or for an error."""
        kernel = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
        page.wait_for_function(f"{kernel}?.status === 'idle'", timeout=60_000)
        for command in ("clear-all-cell-outputs", "run-all-cells"):
            page.evaluate(f"void window.jupyterapp.commands.execute('notebook:{command}')")
        page.wait_for_function(  # the prompts of collapsed cells are empty
            """document.querySelector("[data-mime-type='application/vnd.jupyter.error']") ||
                [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
                    .map((prompt) => prompt.textContent)
                    .every((text) => text === '' || /[0-9]/.test(text))""",
            timeout=300_000,
        )

    def run(self, page, place):
        """Run one code cell, and wait until the kernel has done so."""
        page.evaluate(
            """async (place) => {
                const { shell, commands } = window.jupyterapp;
                shell.currentWidget.content.activeCellIndex = place;
                await commands.execute("notebook:run-cell");
            }""",
            place,
        )

    def printed(self, page, place):
        """Run one code cell, and return what it prints."""
        self.run(page, place)
        return page.locator(self.CELL).nth(place).locator(self.PRINTED).first.inner_text()

    @contextlib.contextmanager
    def dark(self, page):
        """Show a page in the dark theme while the block runs."""
        self._change_theme(page, "JupyterLab Dark", "false")
        yield
        self._change_theme(page, "JupyterLab Light", "true")

    def _change_theme(self, page, name, light):
        command = f"'apputils:change-theme', {{theme: '{name}'}}"
        page.evaluate(f"void window.jupyterapp.commands.execute({command})")
        page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
        page.wait_for_selector("#jupyterlab-splash", state="detached")

    @contextlib.contextmanager
    def narrow(self, page):
        """Show a page as on a telephone while the block runs."""
        page.set_viewport_size(NARROW)
        yield
        page.set_viewport_size(WIDE)

    @contextlib.contextmanager
    def changed(self, page, picture, seconds=20):
        """Wait until what is done in the block has changed a picture."""
        before = picture.get_attribute("src")
        yield
        page.wait_for_function(
            "([picture, before]) => picture.src !== before",
            arg=[picture.element_handle(), before],
            timeout=1000 * seconds,
        )

    def our_errors(self, page):
        """List what the page complained of, other than addresses that no network reaches."""
        return [error for error in page.errors if "Failed to load resource" not in error]


class Classic(Lab):
    """The classic Notebook, of which Colab's versions of kernel and widgets are part.

    Colab's own page cannot be run here; this one shows widgets by the same ipywidgets 7.
    """

    COMMAND = ("notebook",)
    TOKEN, ROOT, PAGE = "NotebookApp.token", "NotebookApp.notebook_dir", "notebooks"
    CELL, PRINTED = ".code_cell", ".output_text pre"

    def run_all(self, page):
        """Run all cells, and wait for the last one, or for an error."""
        page.wait_for_function("window.Jupyter?.notebook?.kernel?.is_connected()", timeout=60_000)
        page.evaluate("Jupyter.notebook.execute_all_cells()")
        page.wait_for_function(
            """document.querySelector(".output_error") ||
                [...document.querySelectorAll(".code_cell .input_prompt")]
                    .every((prompt) => /[0-9]/.test(prompt.textContent))""",
            timeout=300_000,
        )

    def run(self, page, place):
        """Run one code cell, and wait until the kernel has done so."""
        page.evaluate(
            """(place) => new Promise((resolve) => {
                Jupyter.notebook.events.one("finished_execute.CodeCell", () => resolve());
                Jupyter.notebook.get_cell(place).execute();
            })""",
            place,
        )

    def dark(self, page):
        """Show the page as it is: it has one theme."""
        return contextlib.nullcontext()
