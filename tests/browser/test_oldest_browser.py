"""Chromium 87, as old school PCs and boards have it: every page without a script error, every
control as in a new browser, and a recording that plays.

Waiting by visibility does not work in a browser of that age, so pages are asked by script.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright

from tests.browser.conftest import PASSWORD
from tests.browser.test_pages import ADMINISTRATOR, ANYONE, LESSON, NOWHERE, TEACHER
from tests.infra.standing import wait_until
from tests.running_platform import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROGRAM = ROOT / "static/chrome87/unpacked/chromium"
LOOKS = """() => [...document.querySelectorAll('button, input:not([type=hidden]):not([type=file]), select, textarea, .btn, progress')]
  .filter(e => e.getClientRects().length && !e.closest('.hidden-words'))
  .map(e => { const s = getComputedStyle(e)
    return [e.outerHTML.slice(0, 90), s.fontFamily, s.fontSize, s.color, s.backgroundColor, s.borderTopWidth, s.borderTopStyle,
      s.borderTopColor, s.borderTopLeftRadius, s.minHeight, s.paddingLeft, s.display].join(' | ') })"""


@pytest.fixture(scope="module")
def oldest(play: Playwright) -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    made = play.chromium.launch(executable_path=str(PROGRAM), args=flags, timeout=120_000)
    assert made.version.startswith("87.")
    yield made
    made.close()


@pytest.mark.parametrize(("account", "paths"), [("", ANYONE), ("linxiaoyun", TEACHER), ("minjie", ADMINISTRATOR)])
def test_every_page_opens_without_a_script_error_and_looks_as_in_a_new_browser(
    oldest: Browser, browser: Browser, address: str, lesson: str, account: str, paths: tuple[str, ...]
) -> None:
    pages, faults = [], []
    for kind in (oldest, browser):
        page = kind.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        if account:
            enter(page, address, account)
        pages.append(page)
    for path in paths:
        looks = []
        for page in pages:
            page.goto(address + (lesson if path == LESSON else path), wait_until="load")
            wait_until(quiet(page))
            assert ("/sign-in" in page.url) == (path == "/sign-in")
            looks.append(page.evaluate(LOOKS))
        assert looks[0] == looks[1], path
        assert [fault for fault in faults if path != NOWHERE or "404" not in fault] == [], path
        faults.clear()
    for page in pages:
        page.context.close()


def test_a_recording_plays(oldest: Browser, address: str, lesson: str) -> None:
    context = oldest.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    enter(page, address, "linxiaoyun")
    page.goto(address + lesson, wait_until="load")
    wait_until(quiet(page))
    page.evaluate("() => document.querySelector('.player-big').click()")
    wait_until(lambda: bool(page.evaluate("() => document.querySelector('video').currentTime > 2")))
    context.close()


def enter(page: Page, address: str, account: str) -> None:
    page.goto(f"{address}/sign-in", wait_until="load")
    page.evaluate(
        """([account, password]) => {
          document.querySelector('input[name=account]').value = account
          document.querySelector('input[name=password]').value = password
          document.querySelector("form[action='/sign-in']").submit()
        }""",
        [account, PASSWORD],
    )
    wait_until(lambda: is_in(page))


def is_in(page: Page) -> bool:
    try:
        return bool(page.evaluate("() => document.readyState === 'complete' && !!document.querySelector('.bar')"))
    except Error:
        return False  # the page is being left


def quiet(page: Page) -> Callable[[], bool]:
    """Return a question: are all islands of the page there."""
    return lambda: bool(
        page.evaluate("() => document.readyState === 'complete' && !document.querySelector('[data-island] > [data-placeholder]')")
    )
