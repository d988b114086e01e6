"""JupyterLab on copies of the lessons, opened in Chromium."""

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
from lessons import lesson

#: Pixels of a page on a desk, and on a telephone.
WIDE, NARROW = {"width": 1200, "height": 1000}, {"width": 400, "height": 1000}
SCREENSHOTS = Path(__file__).with_name("screenshots")


class Lab:
    """A JupyterLab server in a folder of its own, and a browser in which its pages open.

    Parameters
    ----------
    chromium : playwright.sync_api.Browser
    folder : path
    """

    def __init__(self, chromium, folder):
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir()
        for each in series.lessons():
            shutil.copy(each.path, self.notebooks)
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
            "IdentityProvider.token": "",
            "ServerApp.root_dir": self.notebooks,
        }
        self.server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--expose-app-in-browser", *(f"--{k}={v}" for k, v in options.items())),
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
        raise RuntimeError("JupyterLab did not answer")

    def __exit__(self, *_):
        self.context.close()
        self.server.terminate()
        self.server.wait(30)

    def open(self, number):
        """Open a lesson in a new page, which collects what went wrong in `page.errors`."""
        page = self.context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(f"{error}\n{error.stack}"))
        page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
        page.goto(f"{self.address}/doc/tree/{lesson(number).path.name}")
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

    @contextlib.contextmanager
    def narrow_and_dark(self, page):
        """Show a page as on a telephone, in the dark theme, while the block runs."""
        theme = "void window.jupyterapp.commands.execute('apputils:change-theme', {theme: '%s'})"
        page.set_viewport_size(NARROW)
        page.evaluate(theme % "JupyterLab Dark")
        page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")
        yield
        page.evaluate(theme % "JupyterLab Light")
        page.wait_for_selector("body[data-jp-theme-light=true]", state="attached")
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
