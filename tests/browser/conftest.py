"""A Chromium for the tests in a browser."""

import shutil

import pytest


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
