"""What the tests in a browser share: a Chromium, and a place for what they saw."""

import re
import shutil

import pytest
from browsing import SCREENSHOTS


@pytest.fixture(scope="module")
def chromium():
    # Imported late: where only the notebooks are tested there is no Playwright.
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("there is no Chromium: install one, on Debian with `apt install chromium`")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def picture(request):
    """Give a function that keeps a screenshot under the name of the test."""

    def keep(page, part=None):
        SCREENSHOTS.mkdir(exist_ok=True)
        name = re.sub(r"\W+", "_", request.node.name).strip("_")
        path = SCREENSHOTS / f"{name}{f'_{part}' if part is not None else ''}.png"
        page.screenshot(path=path)

    return keep
