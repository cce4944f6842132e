"""Screenshots of the page, light and dark, phone and tablet: `make page-shots`."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.home.page.browsers import launched, paired_page
from tests.home.page.processes import AudibleDaemon, PageProcess
from tests.home.processes import Daemon
from tests.sound.virtual_devices import virtual_devices

SIZES = {"phone": (390, 844), "tablet": (1024, 768), "small": (320, 568)}
SCHEMES = ("light", "dark")
TOLD = ("a story about a dragon and a boat", "a story about an owl", "a story about a princess")
HOURS = {
    "bedtime.quiet_from": "23:50, fri 23:55, sat none",
    "bedtime.quiet_until": "23:58",
}  # at no time at which pictures are made, but for ten minutes
WAIT_MS = 20_000
TOLD_S = 8.0  # for which each of these is told


def main() -> None:
    """Write one PNG for each part of the page, size and scheme."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, virtual_devices() as devices:
        place = Path(scratch)
        with AudibleDaemon(place, devices) as daemon, PageProcess(place, daemon.socket) as served:
            for words in TOLD:
                served.do(do="ask", text=words)
                time.sleep(TOLD_S)
                daemon.calm()
            for word, what in (("Mimi", "cat"), ("Grandma Rose", "grandma"), ("Bruno", "bear")):
                served.do(do="words-add", word=word, what=what)
            served.do(do="forbidden-add", word="spider")
            served.do(do="set", settings=HOURS)
            with sync_playwright() as playwright, launched(playwright) as browser:
                for (name, size), scheme in product(SIZES.items(), SCHEMES):
                    for part, page in shown(browser, served, daemon, size, scheme):
                        page.screenshot(path=folder / f"{part}-{name}-{scheme}.png")


def shown(
    browser: Browser, served: PageProcess, daemon: Daemon, size: tuple[int, int], scheme: str
) -> Iterator[tuple[str, Page]]:
    """Each part of the page, while a story is told."""
    daemon.calm()
    with paired_page(browser, served, size, scheme) as page:
        page.wait_for_selector('body[data-state="idle"]')
        yield "idle", page
        served.do(do="ask", text="a story about a dragon and a castle")
        page.wait_for_selector("#now mark", timeout=WAIT_MS)
        page.wait_for_selector("#told p", state="attached", timeout=WAIT_MS)
        page.wait_for_selector("#now mark", timeout=WAIT_MS)
        yield "story", page
        for part in ("library", "words", "bedtime", "box"):
            page.click(f'nav a[href="#{part}"]')
            page.wait_for_timeout(400)
            yield part, page
        page.click('nav a[href="#library"]')
        page.click("#stories button >> nth=0")
        page.wait_for_timeout(400)
        yield "reader", page
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    page = context.new_page()
    page.goto(served.url)
    page.wait_for_selector("#pairing:not([hidden])")
    yield "pairing", page
    context.close()


if __name__ == "__main__":
    main()
