"""A headless Chromium: Debian's, or the one that playwright brings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from tests.home.page.processes import PageProcess

TABLET = (1024, 768)
DEBIANS = shutil.which("chromium")
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")
TIMEOUT_MS = 20_000


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=DEBIANS, args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


def why_no_browser(playwright: Playwright) -> str:
    if DEBIANS or Path(playwright.chromium.executable_path).exists():
        return ""
    return "needs chromium: make test-home installs it"


@contextmanager
def paired_page(
    browser: Browser, served: PageProcess, size: tuple[int, int] = TABLET, scheme: str = "light"
) -> Iterator[Page]:
    """The page on a device of that size (CSS pixels) which is paired already."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    context.set_default_timeout(TIMEOUT_MS)
    name, _, value = served.pair().partition("=")
    context.add_cookies([{"name": name, "value": value, "url": served.url}])
    page = context.new_page()
    page.goto(served.url)
    try:
        yield page
    finally:
        context.close()
