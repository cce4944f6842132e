"""Every control of the page, in a real Chromium, while a real story is told."""

from __future__ import annotations

import random
import re
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="needs playwright: make test-home installs it")
from playwright.sync_api import Browser, Page, expect, sync_playwright

from storybot.controls.socket.client import ask
from storybot.controls.socket.requests import (
    ListLibrary,
    RemoveStory,
    ShowSettings,
    Volume,
)
from tests.fakes.recognisers import write_wav
from tests.home.page.browsers import launched, paired_page, why_no_browser
from tests.home.page.processes import AudibleDaemon, PageProcess
from tests.home.processes import why_no_daemon
from tests.sound.virtual_devices import virtual_devices
from tests.speaking.virtual_speaker import missing

AXE = Path(__file__).parents[3] / "build/axe.min.js"
PARTS = ("story", "library", "words", "bedtime", "box")
WIDTHS = (320, 390, 768, 1024, 1440)
LONGEST_MS = 30_000
# A simple request; one for which the browser asks for leave first.
TRIES = """async (url) => {
  const kinds = [["no-cors", "text/plain"], ["cors", "application/json"]];
  const asked = kinds.map(([mode, kind]) => fetch(`${url}/api/do`, {
    method: "POST", body: '{"do":"stop"}', credentials: "include", mode,
    headers: {"Content-Type": kind},
  }));
  const done = await Promise.allSettled(asked);
  return done.map((one) => one.status);
}"""
# The length of a sound, in s, as the browser plays it.
LENGTH = """async (text) => {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const context = new OfflineAudioContext(1, 1, 22050);
  return (await context.decodeAudioData(bytes.buffer)).duration;
}"""
# Controls whose words do not fit into them; a time's own parts count twelve hours: "11:50 PM".
CUT_OFF = """() => {
  const sheet = document.createElement("span");
  document.body.append(sheet);
  const long = (time) => {
    sheet.style.font = getComputedStyle(time).font;
    sheet.textContent = "11:50 PM";
    const { paddingLeft, paddingRight } = getComputedStyle(time);
    const space = time.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return sheet.offsetWidth > space;
  };
  const words = (one) => {
    const range = document.createRange();
    range.selectNodeContents(one);
    return [...range.getClientRects()];
  };
  const seen = (element) => element.checkVisibility() && !element.closest("dialog:not([open])");
  const wide = [...document.querySelectorAll(".sticker:not(.round), .pill, .chips li > span")]
    .filter((one) => {
      const { left, right } = one.getBoundingClientRect();
      const rim = parseFloat(getComputedStyle(one).borderLeftWidth);
      const outside = (line) => line.left < left + rim || line.right > right - rim;
      return seen(one) && words(one).some(outside);
    });
  const times = [...document.querySelectorAll("input[type=time]")]
    .filter((one) => seen(one) && long(one));
  sheet.remove();
  return [...wide.map((one) => one.textContent), ...times.map((one) => one.id)];
}"""
FORM = """(url) => {
  document.body.innerHTML = `<form method="post" enctype="text/plain" action="${url}/api/do">
    <input name='{"do":"stop","x":"' value='"}'></form>`;
  document.forms[0].submit();
}"""
pytestmark = [pytest.mark.sound]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        if why := why_no_browser(playwright):
            pytest.skip(why)
        with launched(playwright) as running:
            yield running


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AudibleDaemon]:
    """One that takes the time that telling takes."""
    if why := missing() or why_no_daemon():
        pytest.skip(f"needs {why}")
    with (
        virtual_devices() as devices,
        AudibleDaemon(tmp_path_factory.mktemp("daemon"), devices) as running,
    ):
        yield running


@pytest.fixture
def page(browser: Browser, served: PageProcess, daemon: AudibleDaemon) -> Iterator[Page]:
    """Paired, at the story, the box at rest; no script failed and nothing came from elsewhere."""
    daemon.calm()
    expect.set_options(timeout=LONGEST_MS)
    with paired_page(browser, served) as paired:
        wrong: list[str] = []
        paired.on("pageerror", lambda error: wrong.append(str(error)))
        paired.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        paired.on("request", lambda asked: wrong.append(asked.url) if _foreign(asked.url) else None)
        expect(paired.locator("body")).to_have_attribute("data-state", "idle")
        yield paired
        assert not [line for line in wrong if "409" not in line], "409: the box refused something"


def _foreign(url: str) -> bool:
    return not url.startswith(("http://localhost:", "http://127.0.0.1:"))


def tell(page: Page, about: str = "a story about a dragon and a boat") -> None:
    page.fill("#ask", about)
    page.keyboard.press("Enter")
    expect(page.locator("#now mark")).to_be_visible()


def test_a_story_is_asked_for_read_along_and_stopped(page: Page) -> None:
    tell(page)
    expect(page.locator("#title")).to_have_text("A dragon and a boat")
    expect(page.locator("#state")).to_have_text("Telling a story")
    expect(page.locator("#picture svg")).to_have_attribute("aria-label", re.compile("dragon"))
    assert page.locator("#picture text").all_text_contents() == ["🐉", "⛵"]
    expect(page.locator("#ask")).to_have_value("")
    words = set()
    for _ in range(30):
        words.add(page.evaluate("document.querySelector('#now mark')?.textContent ?? ''"))
        page.wait_for_timeout(150)
    assert len(words) > 4, f"the light goes from word to word: {words}"
    expect(page.locator("#told p").first).to_be_visible()
    page.click("#stop")
    expect(page.locator("#tell")).to_be_visible()
    expect(page.locator("#now mark")).to_have_count(0)


def test_again_another_and_tell(page: Page) -> None:
    page.click("#tell")
    expect(page.locator("#stop")).to_be_visible()
    tell(page, "a story about an owl")
    page.click("#another")
    expect(page.locator("#title")).to_have_text("An owl")
    expect(page.locator("#now mark")).to_be_visible()
    page.click("#again")
    expect(page.locator("#now mark")).to_be_visible()
    page.click("#stop")
    page.click("#go-on")
    expect(page.locator("#title")).to_have_text("More about the owl")
    expect(page.locator("#go-on")).to_be_hidden()
    page.click("#stop")


def test_one_more_story(page: Page, daemon: AudibleDaemon) -> None:
    expect(page.locator("#last-story")).to_be_hidden()
    page.click('nav a[href="#bedtime"]')
    page.click("#bedtime .last-story")
    expect(page.locator("#message")).to_have_text("One more story, then it is time to sleep.")
    expect(page.locator("#sleeps")).to_have_text("The box goes to sleep after one story.")
    page.click('nav a[href="#story"]')
    expect(page.locator("#now mark")).to_be_visible()
    page.click("#last-story")
    expect(page.locator("#message")).to_contain_text("After this story comes one more")
    assert daemon.status()["sleeps_after"] == 2
    page.click("#stop")
    page.click('nav a[href="#bedtime"]')
    page.click("#awake")
    expect(page.locator("#sleeps")).to_have_text("The box stays awake.")


def test_words(page: Page, daemon: AudibleDaemon) -> None:
    page.click('nav a[href="#words"]')
    expect(page.locator("#no-family")).to_be_visible()
    page.fill("#family-word", "Mimi")
    page.fill("#family-what", "a cat")
    page.click("#family-form button")
    expect(page.locator("#family li")).to_have_text(["Mimi cat"])
    page.fill("#family-word", "Mi!mi")
    page.click("#family-form button")
    expect(page.locator("#message")).to_contain_text("is no name; give one to three words")
    page.fill("#forbidden-word", "spider")
    page.keyboard.press("Enter")
    expect(page.locator("#forbidden li")).to_have_text(["spider "])
    expect(page.locator("#message")).to_be_hidden(timeout=1000)
    page.fill("#forbidden-word", "happy")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("nearly every story need it")
    page.click('nav a[href="#story"]')
    page.fill("#ask", "a story about spiders")
    page.keyboard.press("Enter")
    expect(page.locator("#message")).to_contain_text("nicer")
    page.fill("#ask", "a story about Mimi")
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_have_text("A cat called Mimi")
    page.click("#stop")
    page.click('nav a[href="#words"]')
    page.click('#family button:has([aria-label="Remove Mimi"])')
    expect(page.locator("#no-family")).to_be_visible()
    page.click('#forbidden button:has([aria-label="Remove spider"])')
    expect(page.locator("#no-forbidden")).to_be_visible()


def test_the_microphones_level(page: Page, daemon: AudibleDaemon, tmp_path: Path) -> None:
    """Asked for while its meter is shown, and no longer."""
    page.click('nav a[href="#box"]')
    expect(page.locator("#level-shown")).to_have_text("quiet")
    noise = bytes(random.Random(1).randbytes(2 * 16000 * 8))
    speaking = threading.Thread(
        target=daemon.devices.speak, args=(write_wav(tmp_path / "loud.wav", noise),)
    )
    speaking.start()
    expect(page.locator("#level-shown")).to_have_text("loud")
    assert page.evaluate("document.getElementById('level').value") > -12
    speaking.join()
    page.click('nav a[href="#story"]')
    limit = time.monotonic() + 10
    while daemon.clients() > 1:  # the page itself watches
        assert time.monotonic() < limit
        time.sleep(0.2)


def test_what_is_not_understood_is_said(page: Page) -> None:
    for words, sentence in (("turn the lights off", "did not understand"), ("a gun", "nicer")):
        page.fill("#ask", words)
        page.click("#ask-form button")
        expect(page.locator("#message")).to_contain_text(sentence)
        expect(page.locator("#ask")).to_have_value(words)


def test_nothing_asked_for_leads_to_where_one_asks(page: Page) -> None:
    page.click("#ask-form button")
    expect(page.locator("#ask")).to_be_focused()


def test_volume_within_floor_and_cap(page: Page, daemon: AudibleDaemon) -> None:
    page.focus("#volume")
    page.keyboard.press("End")
    expect(page.locator("#volume-shown")).to_have_text("80 %")
    page.wait_for_function("document.getElementById('volume').value === '80'")
    page.keyboard.press("Home")
    expect(page.locator("#volume-shown")).to_have_text("20 %")
    page.wait_for_timeout(300)
    assert daemon.status()["volume"] == 20
    ask(daemon.socket, Volume(percent=45))
    expect(page.locator("#volume-shown")).to_have_text("45 %")
    expect(page.locator("#volume")).to_have_value("45")
    expect(page.locator("#volume")).to_be_focused()


def test_the_library(page: Page, daemon: AudibleDaemon, tmp_path: Path) -> None:
    tell(page, "a story about a fox")
    page.wait_for_timeout(1500)
    page.click("#stop")
    page.click('nav a[href="#library"]')
    first = page.locator("#stories li").first
    expect(first).to_contain_text("A fox")
    first.click()
    expect(page.locator("#reader-title")).to_have_text("A fox")
    assert page.locator("#reader-text").inner_text().strip()
    with page.expect_download() as download:
        page.click("#save")
    path = tmp_path / "story"
    download.value.save_as(path)
    assert path.read_text().startswith("A story about a fox.\n\n")
    assert re.fullmatch(r"story-\d+\.txt", download.value.suggested_filename)
    seconds = {}
    for kind in ("wav", "mp3"):
        button = page.locator(f"[data-sound={kind}]")
        with page.expect_download() as download:
            button.click()
            expect(button).to_contain_text("One moment")
            expect(page.locator("[data-sound]:disabled")).to_have_count(2)
        download.value.save_as(path)
        assert download.value.suggested_filename.endswith(f".{kind}")
        seconds[kind] = page.evaluate(LENGTH, b64encode(path.read_bytes()).decode())
        expect(button).to_have_text(f"Save {kind.upper()}")
    assert 3.0 < seconds["wav"] < 300.0 and abs(seconds["mp3"] - seconds["wav"]) < 0.2, seconds
    page.click("#favourite")
    expect(page.locator("#favourite")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    page.check("#only-favourites")
    expect(page.locator("#stories li:not([hidden])")).to_have_count(1)
    page.locator("#stories li:not([hidden])").click()
    page.click("#tell-again")
    expect(page.locator("#now mark")).to_be_visible()
    expect(page.locator("#title")).to_have_text("A fox")
    page.click("#stop")
    page.click('nav a[href="#library"]')
    page.locator("#stories li:not([hidden])").first.click()
    kept = {one["story"] for one in ask(daemon.socket, ListLibrary())["library"]}
    page.click("#delete")
    expect(page.locator("#delete")).to_have_text("Really?")
    page.click("#delete")
    expect(page.locator("#no-stories")).to_contain_text("No favourites yet")
    left = {one["story"] for one in ask(daemon.socket, ListLibrary())["library"]}
    assert left < kept and len(kept - left) == 1


def test_bedtime(page: Page, daemon: AudibleDaemon) -> None:
    page.click('nav a[href="#bedtime"]')
    page.click('[data-minutes="15"]')
    expect(page.locator("#sleeps")).to_have_text("The box goes to sleep in 15 minutes.")
    assert "night" in (page.get_attribute("html", "class") or ""), "dark as the box is"
    page.click("#after-this")
    expect(page.locator("#sleeps")).to_have_text("The box goes to sleep after one story.")
    page.click("#awake")
    expect(page.locator("#sleeps")).to_have_text("The box stays awake.")
    expect(page.locator("#awake")).to_be_hidden()
    page.click('nav a[href="#story"]')
    page.click("#night")
    expect(page.locator("#message")).to_contain_text("Press it once more, and the box sleeps at")
    expect(page.locator("#sleeps-too")).to_contain_text("goes to sleep in 20 minutes or after 2")
    page.click("#night")
    expect(page.locator("#message")).to_have_text("Good night. Sleep well.")
    expect(page.locator("#state")).to_have_text("Asleep")
    expect(page.locator("#now")).to_have_text("Shh. The box is asleep.")
    expect(page.locator("#sleeps-too")).to_be_hidden()
    page.click('nav a[href="#bedtime"]')
    expect(page.locator("#awake")).to_have_text("Wake up")
    expect(page.locator('[data-minutes="15"]')).to_be_disabled()
    page.click("#awake")
    expect(page.locator("#state")).to_have_text("Ready for a story")
    expect(page.locator('[data-minutes="15"]')).to_be_enabled()


def test_quiet_hours_begin_while_a_story_is_told(page: Page, daemon: AudibleDaemon) -> None:
    """The story is told to its end, and the page says so; then only one more story is offered."""
    tell(page)
    now = datetime.now()
    hours = (now - timedelta(hours=1), now + timedelta(hours=1))
    page.click('nav a[href="#bedtime"]')
    for name, hour in zip(("from", "until"), hours, strict=True):
        page.fill(f"#quiet-{name}", f"{hour:%H:%M}")
    page.click("#quiet-form [type=submit]")
    expect(page.locator("#sleeps")).to_contain_text("goes to sleep after this story")
    page.click('nav a[href="#story"]')
    page.click("#stop")
    expect(page.locator("#now")).to_have_text("Shh. The box is asleep.")
    page.click('nav a[href="#bedtime"]')
    expect(page.locator("#sleeps")).to_have_text("The box sleeps; these are its quiet hours.")
    expect(page.locator("#awake")).to_be_hidden()
    page.click("#no-quiet")
    expect(page.locator("#state")).to_have_text("Ready for a story")


def test_a_refusal_is_seen_in_front_of_an_open_story(page: Page, daemon: AudibleDaemon) -> None:
    tell(page, "a story about a frog")
    page.wait_for_timeout(1500)
    page.click("#stop")
    page.click('nav a[href="#library"]')
    page.locator("#stories li").first.click()
    expect(page.locator("#reader-title")).to_have_text("A frog")
    ask(daemon.socket, RemoveStory(ask(daemon.socket, ListLibrary())["library"][0]["story"]))
    page.click("#tell-again")
    expect(page.locator("#message")).to_contain_text("no longer there")
    box = page.locator("#message").bounding_box()
    assert box is not None
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).id", middle) == "message"
    page.click("#close")
    expect(page.locator("#message")).to_be_hidden()


def test_settings(page: Page, daemon: AudibleDaemon) -> None:
    def settings() -> dict[str, Any]:
        return dict(ask(daemon.socket, ShowSettings())["settings"])

    page.click('nav a[href="#bedtime"]')
    page.fill("#quiet-from", "03:10")
    page.click("#quiet-form [type=submit]")
    expect(page.locator("#message")).to_contain_text("both times")
    page.fill("#quiet-until", "03:11")
    page.click("#quiet-form [type=submit]")
    expect(page.locator("#message")).to_contain_text("keeps these quiet hours")
    assert settings()["bedtime.quiet_from"] == "03:10"
    page.check("#each-day")
    expect(page.locator("#from-sun")).to_have_value("03:10")
    page.fill("#from-fri", "03:20")
    page.fill("#until-fri", "03:21")
    page.fill("#from-sat", "")
    page.click("#quiet-form [type=submit]")
    expect(page.locator("#message")).to_contain_text("both times")
    page.fill("#until-sat", "")
    page.click("#quiet-form [type=submit]")
    expect(page.locator("#message")).to_contain_text("keeps these quiet hours")
    hours = {name: value for name, value in settings().items() if "quiet" in name}
    assert hours == {
        "bedtime.quiet_from": "03:10, fri 03:20, sat none",
        "bedtime.quiet_until": "03:11, fri 03:21",
    }
    page.reload()
    expect(page.locator("#from-fri")).to_have_value("03:20")
    expect(page.locator("#until-sat")).to_have_value("")
    page.click("#no-quiet")
    expect(page.locator("#each-day")).not_to_be_checked()
    expect(page.locator("#quiet-from")).to_have_value("")
    page.check("input[value=long]")
    expect(page.locator("#message")).to_contain_text("so long")
    assert settings()["telling.length"] == "long"
    page.check("input[value=short]")
    expect(page.locator("input[value=short]")).to_be_checked()


def test_the_box(page: Page) -> None:
    page.click('nav a[href="#box"]')
    expect(page.locator("#health")).to_have_text("The box is well.")
    expect(page.locator("#services li")).to_have_count(7)
    expect(page.locator("#services")).to_contain_text("Storyteller")
    expect(page.locator("#about")).to_contain_text("full profile")


def test_pairing(browser: Browser, served: PageProcess) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 568})
    page = context.new_page()
    page.goto(served.url)
    page.fill("#code", "12 34 56")
    fits = (
        "document.getElementById('code').scrollWidth <= document.getElementById('code').clientWidth"
    )
    assert page.evaluate(fits)
    page.click("#pair-form [type=submit]")
    expect(page.locator("#message")).to_contain_text("not the code")
    page.fill("#code", served.pairing.new_code())
    page.click("#pair-form [type=submit]")
    expect(page.locator("#story")).to_be_visible()
    page.reload()
    expect(page.locator("#story")).to_be_visible()
    (cookie,) = context.cookies()
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    served.pairing.forget()
    page.reload()
    expect(page.locator("#pairing")).to_be_visible()
    context.close()


def test_pairing_by_a_code_that_the_box_says(
    browser: Browser, tmp_path: Path, daemon: AudibleDaemon
) -> None:
    """It counts when the button was pressed, and no earlier."""
    daemon.calm()
    with PageProcess(tmp_path, daemon.socket) as served:
        context = browser.new_context()
        page = context.new_page()
        page.goto(served.url)
        page.click("#say-code")
        expect(page.locator("#pair-how")).to_contain_text("Now press the button")
        page.wait_for_timeout(1000)
        code = tmp_path / "state/storybot/page/code"
        assert not code.exists()
        daemon.press()
        expect(page.locator("#pair-how")).to_contain_text("Did you hear")
        expect(page.locator("#code")).to_be_focused()
        assert daemon.status()["state"] == "idle", "it tells no story"
        page.fill("#code", code.read_text().split()[0])
        page.click("#pair-form [type=submit]")
        expect(page.locator("#story")).to_be_visible()
        context.close()


def test_the_page_goes_and_comes(browser: Browser, daemon: AudibleDaemon, tmp_path: Path) -> None:
    with PageProcess(tmp_path, daemon.socket) as mortal, paired_page(browser, mortal) as page:
        expect(page.locator("body")).to_have_attribute("data-state", "idle")
        mortal.end()
        expect(page.locator("#state")).to_have_text("Nobody answers")
        expect(page.locator("#tell")).to_be_disabled()
        mortal.start()
        expect(page.locator("#state")).to_have_text("Ready for a story")
        expect(page.locator("#tell")).to_be_enabled()


def test_taken_up_again_a_phone_asks_anew(page: Page) -> None:
    """Its connection may be dead without its knowing; here it is not, and none is left over."""
    for _ in range(3):
        with page.expect_request("**/api/events"):
            page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    tell(page)


def test_another_page_cannot_reach_it(browser: Browser, served: PageProcess) -> None:
    """What a page of somebody else tries in the same browser, which holds the cookie."""
    with paired_page(browser, served) as page:
        page.goto("data:text/html,<title>somebody else</title>")
        assert reached(page, served) == ["rejected", "rejected"]
        page.evaluate(FORM, served.url)
        page.wait_for_url(f"{served.url}/api/do")
        assert "other-site" in page.content()


def reached(page: Page, served: PageProcess) -> list[str]:
    """What becomes of two requests that the page makes."""
    found: list[str] = page.evaluate(TRIES, served.url)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, served: PageProcess, daemon: AudibleDaemon, scheme: str
) -> None:
    if not AXE.exists():
        pytest.skip("needs axe-core: make test-home fetches it")
    daemon.calm()
    with paired_page(browser, served, (390, 844), scheme) as page:
        expect(page.locator("body")).to_have_attribute("data-state", "idle")
        tell(page)
        for part in PARTS:
            page.click(f'nav a[href="#{part}"]')
            page.wait_for_timeout(300)
            check(page, part)
        page.click('nav a[href="#library"]')
        page.locator("#stories li").first.click()
        check(page, "reader")
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(served.url)
    expect(page.locator("#pairing")).to_be_visible()
    check(page, "pairing")
    context.close()


def check(page: Page, part: str) -> None:
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")
    wrong = [
        f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}"
        for one in found["violations"]
    ]
    assert not wrong, (part, wrong)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out(
    browser: Browser, served: PageProcess, daemon: AudibleDaemon, width: int
) -> None:
    served.do(do="set", settings={"bedtime.quiet_from": "23:50, sat none"})
    served.do(do="set", settings={"bedtime.quiet_until": "23:58"})
    if not ask(daemon.socket, ListLibrary())["library"]:
        served.do(do="ask", text="a story about an owl")
        daemon.until("telling")
        time.sleep(1.5)
    daemon.calm()
    with paired_page(browser, served, (width, 700)) as page:
        expect(page.locator("body")).to_have_attribute("data-state", re.compile("idle|telling"))
        for part in PARTS:
            page.click(f'nav a[href="#{part}"]')
            page.wait_for_timeout(200)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, part
            assert page.evaluate(CUT_OFF) == [], part
        page.click('nav a[href="#library"]')
        page.locator("#stories li").first.click()
        assert page.evaluate(CUT_OFF) == []


def test_with_the_keyboard_alone(page: Page) -> None:
    """Every control can be reached, and shows that it is."""
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.hash"))
        lit = "document.activeElement.matches(':focus-visible, body')"  # body: after the last one
        assert page.evaluate(lit)
    for wanted in (
        "tell",
        "go-on",
        "again",
        "another",
        "night",
        "ask",
        "volume",
        "#library",
        "#words",
    ):
        assert wanted in reached
