"""Chromium 87, as old school PCs and boards have it: every page without a script error, every
control as in a new browser, also those that appear when something is pressed, and a recording that plays.

Waiting by visibility does not work in a browser of that age, so pages are asked by script.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright

from tests.browser.conftest import PASSWORD
from tests.browser.publishing import publish
from tests.browser.test_pages import NOWHERE, PACK, REACHED, ROSTER_ERRORS, VISITS
from tests.browser.test_player import make_document
from tests.infra.standing import wait_until
from tests.running_platform import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROGRAM = ROOT / "static/chrome87/unpacked/chromium"
# What is folded away has a place in new browsers and none in old ones, which lay out dates as flex whatever is asked;
# figures (disk use) go on while the two look.
LOOKS = """() => [...document.querySelectorAll('button, input:not([type=hidden]):not([type=file]), select, textarea, .btn, progress')]
  .filter(e => e.getClientRects().length && !e.closest('.hidden-words, details:not([open]) > :not(summary)'))
  .map(e => { const s = getComputedStyle(e)
    return [e.outerHTML.replace(/[0-9]+/g, '0').slice(0, 90), s.fontFamily, s.fontSize, s.color, s.backgroundColor, s.borderTopWidth, s.borderTopStyle,
      s.borderTopColor, s.borderTopLeftRadius, s.minHeight, s.paddingLeft, e.type === 'date' ? '' : s.display].join(' | ') })"""


@pytest.fixture(scope="module")
def oldest(play: Playwright) -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    made = play.chromium.launch(executable_path=str(PROGRAM), args=flags, timeout=120_000)
    assert made.version.startswith("87.")
    yield made
    made.close()


@pytest.mark.parametrize(("account", "paths"), VISITS)
def test_every_page_opens_without_a_script_error_and_looks_as_in_a_new_browser(
    oldest: Browser, browser: Browser, address: str, pack: str, account: str, paths: tuple[str, ...]
) -> None:
    faults: list[str] = []
    pages: list[Page] = []
    for kind in (oldest, browser):
        page = kind.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        if account:
            enter(page, address, account)
        pages.append(page)
    for path in paths:
        if path == ROSTER_ERRORS:
            continue  # a form that is sent: its page is the form's own
        for page in pages:
            go_to(page, address, pack if path == PACK else path)
            assert ("/sign-in" in page.url) == (path == "/sign-in")
        old, new = looks(pages)
        assert old == new, path
        assert [fault for fault in faults if path != NOWHERE or "404" not in fault] == [], path
        faults.clear()
    for page in pages:
        page.context.close()


def looks(pages: list[Page]) -> list[object]:
    """Return how the controls of each page look, once all look the same: an island asks for its content when it stands."""
    for _ in range(60):
        found = [page.evaluate(LOOKS) for page in pages]
        if found[0] == found[1]:
            break
        pages[0].wait_for_timeout(250)
    return found


def go_to(page: Page, address: str, path: str) -> None:
    """Open a page by its path, or by following links from where it is listed."""
    start, *links = REACHED.get(path, (path,))
    page.goto(address + start, wait_until="load")
    for link in links:
        wait_until(quiet(page))
        page.goto(page.evaluate("link => document.querySelector(link).href", link), wait_until="load")
    wait_until(quiet(page))


def test_a_recording_plays_in_every_way(visit: Callable[[str], Page], lesson: str) -> None:
    page = visit(lesson)
    page.evaluate("() => document.querySelector('.player-big').click()")
    wait_until(lambda: bool(page.evaluate("() => document.querySelector('video').currentTime > 2")))
    page.evaluate("() => document.querySelector('.player-opener').click()")
    assert page.evaluate("() => document.querySelectorAll('.player-sheet input').length") > 8
    page.evaluate("() => [...document.querySelectorAll('.player-option')].find(e => e.textContent.includes('2×')).click()")
    assert page.evaluate("() => document.querySelector('video').playbackRate") == 2
    page.evaluate("() => document.querySelector('.player-sheet-close').click()")
    page.evaluate("() => document.querySelector('.player-row .player-worded').click()")
    wait_until(lambda: bool(page.evaluate("() => document.querySelector('img.player-still')?.naturalWidth > 0")))
    runs = "part => { const v = document.querySelector('video'); return v.src.includes(part) && !v.paused && v.currentTime > 0.5 }"
    page.evaluate("() => document.querySelector('.player-big')?.click()")
    wait_until(lambda: bool(page.evaluate(runs, "voice")))
    page.evaluate("() => document.querySelector('.player-row .player-worded').click()")
    page.evaluate("() => document.querySelector('.player-big')?.click()")
    wait_until(lambda: bool(page.evaluate(runs, "blob:")))
    with page.expect_response("**/position"):  # the way of watching is remembered, and this lesson serves other tests
        page.evaluate("() => document.querySelector('.player-row button').click()")


def test_captions_are_added_and_shown(visit: Callable[[str], Page], lesson: str) -> None:
    page = visit(lesson)
    page.evaluate(
        """() => {
          const chosen = new DataTransfer()
          chosen.items.add(new File(['1\\n00:00:00,000 --> 00:00:06,000\\n柿子是暖色\\n'], '字幕.srt'))
          const input = document.querySelector('.captions-file input')
          input.files = chosen.files
          input.dispatchEvent(new Event('change', { bubbles: true }))
        }"""
    )
    button = "document.querySelector('.player-row [aria-label=打开字幕]')"
    wait_until(lambda: bool(page.evaluate(f"() => !!{button}")))
    page.evaluate(f"() => {button}.click()")
    page.evaluate("() => document.querySelector('.player-big').click()")
    wait_until(lambda: page.evaluate("() => document.querySelector('.player-captions')?.textContent") == "柿子是暖色")


def test_a_document_is_turned_and_read(visit: Callable[[str], Page], address: str, tmp_path: Path) -> None:
    page = visit(publish(address, "linxiaoyun", PASSWORD, [make_document(tmp_path)], title="暖色的学习单", kind="task_sheet"))
    come = "() => [1, 2].every(n => document.querySelector(`.page[data-page='${n}'] img`)?.naturalWidth > 0)"
    wait_until(lambda: bool(page.evaluate(come)))
    page.evaluate("() => document.querySelector('.pages-bar [aria-label=下一页]').click()")
    wait_until(lambda: page.evaluate("() => document.querySelector('.pages-at input').value") == "2")
    page.evaluate("() => document.querySelector('.pages-bar [aria-label=本页文字]').click()")
    wait_until(lambda: "没有识别出文字" in page.evaluate("() => document.querySelector('.page-words').textContent"))


def test_the_controls_of_the_upload_page_work(visit: Callable[[str], Page]) -> None:
    page = visit("/upload")
    page.evaluate(
        """() => {
          const chosen = new DataTransfer()
          chosen.items.add(new File(['用柿子皮和板蓝根叶汁调色。'], '调色 学习单.txt'))
          const input = document.querySelector('input[data-upload=files]')
          input.files = chosen.files
          input.dispatchEvent(new Event('change', { bubbles: true }))
        }"""
    )
    wait_until(lambda: bool(page.evaluate("() => !!document.querySelector('.upload-row.upload-done')")))
    page.evaluate(
        """() => {
          const field = document.querySelector('#f-node_id')
          field.focus()
          field.value = '美术三上'
          field.dispatchEvent(new Event('input', { bubbles: true }))
        }"""
    )
    wait_until(lambda: bool(page.evaluate("() => !!document.querySelector('[role=option]')")))
    page.evaluate("() => document.querySelector('[role=option]').click()")
    wait_until(lambda: bool(page.evaluate("() => !!document.querySelector('.node-chosen')")))


@pytest.fixture
def visit(oldest: Browser, address: str) -> Iterator[Callable[[str], Page]]:
    """Open pages of a signed-in teacher in the old browser; a script error in any of them fails the test."""
    context = oldest.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    faults: list[str] = []

    def open_path(path: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        enter(page, address, "linxiaoyun")
        page.goto(address + path, wait_until="load")
        wait_until(quiet(page))
        return page

    yield open_path
    context.close()
    assert faults == []


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
