import importlib
import os
import shutil
from pathlib import Path

import pytest

from tests.export.fake_monitor import everything
from tests.export.stage import serving

CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture
def monitor():
    return everything()


@pytest.fixture
def address(monitor):
    with serving(monitor) as url:
        yield url


@pytest.fixture(scope="module")  # not longer: while it lives, Playwright's event loop runs in this thread
def browser():
    """Headless Chromium: the machine's own, or the one that Playwright has installed."""
    in_ci = os.environ.get("CI") == "true"
    load = importlib.import_module if in_ci else pytest.importorskip
    playwright = load("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), driver.chromium.executable_path)
        if not Path(path).exists():
            if in_ci:
                pytest.fail("CI must have a Chromium: install chromium-headless-shell")
            pytest.skip("no Chromium on this machine: install chromium-headless-shell, or run `playwright install`")
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def tab(browser):
    """An empty tab of its own, whose troubles and requests are written down."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.troubles, page.asked = [], []
    page.on("console", lambda message: page.troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()
