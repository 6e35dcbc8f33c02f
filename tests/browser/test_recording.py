"""A lead records a lesson in a real browser, whose page dies in the middle: it comes back, goes on, and nothing but a moment is lost.

The camera is Chromium's own moving picture. What counts is what the page of the recording shows after class: sound and
picture of both sessions, the board in step with them, and everything safe on the server.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Playwright, expect

from tests.browser import lessons
from tests.browser.conftest import PASSWORD, PATIENCE_MS, chromium, sign_in
from tests.browser.lessons import Planned
from tests.browser.publishing import publish
from tests.browser.test_lesson_pages import begin, enter, has_strokes, room, stroke
from tests.media_worker.footage import ffprobe
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"]
SPOOLED = """async () => { const names = await indexedDB.databases()
  if (!names.some((one) => one.name === 'hub-recordings')) return 0
  const db = await new Promise((done) => { const ask = indexedDB.open('hub-recordings'); ask.onsuccess = () => done(ask.result) })
  const count = await new Promise((done) => { const ask = db.transaction('sessions').objectStore('sessions').count(); ask.onsuccess = () => done(ask.result) })
  db.close(); return count }"""
PLAYED = """() => { const video = document.querySelector('.player-video'); return video ? video.currentTime : -1 }"""


@pytest.fixture
def recording_browser(play: Playwright) -> Iterator[Browser]:
    with chromium(play, flags=DEVICES) as made:
        yield made


def open_lead(browser: Browser, address: str) -> Page:
    context = browser.new_context(viewport={"width": 1366, "height": 820}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    sign_in(page, address, lessons.LEAD)
    return page


def test_a_lesson_is_recorded_through_a_crash_of_its_page(
    recording_browser: Browser, platform: Platform, address: str, tmp_path: Path
) -> None:
    slides = publish(address, lessons.LEAD, PASSWORD, [lessons.make_deck(tmp_path)], title="色彩的冷与暖")
    planned: Planned = lessons.plan(platform, slides)
    lead = open_lead(recording_browser, address)
    enter(lead, address, planned)
    begin(lead)
    village = room(recording_browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN").new_page(), address, planned, 1)

    # Off by default; without slips the teacher is told what is missing and may answer for the picture.
    expect(lead.get_by_role("button", name="录制", exact=True)).to_have_count(0)
    lead.get_by_role("button", name="打开声音和画面").click()
    lead.get_by_role("button", name="录制", exact=True).click()
    expect(lead.locator(".record-card")).to_contain_text("没有在用的录制告知书")
    lead.screenshot(path=str(tmp_path / "card.png"))
    lead.get_by_text("画面里没有学生").click()
    lead.locator(".record-card .btn-primary").click()
    for page in (lead, village):
        expect(page.locator(".recording-sign.is-on")).to_have_text("正在录制")
    lead.locator(".tool", has_text="笔").first.click()
    stroke(lead, (0.2, 0.3), (0.4, 0.5))
    lead.wait_for_timeout(6_000)
    lead.screenshot(path=str(tmp_path / "lead.png"))
    village.screenshot(path=str(tmp_path / "class.png"))

    # The page dies; its village still knows that a recording stands.
    crash(lead)
    expect(village.locator(".recording-sign")).to_have_text("录制中断，等主讲回来")
    again = lead.context.new_page()
    enter(again, address, planned)
    again.get_by_role("button", name="打开声音和画面").click()
    expect(village.locator(".recording-sign.is-on")).to_have_text("正在录制")
    again = send_from_another_page(again, village, address, planned)
    wait_until_playable(again)
    again.screenshot(path=str(tmp_path / "replay.png"))
    marks = again.locator(".mark")
    expect(marks).to_have_count(2)
    length = again.evaluate("() => JSON.parse(document.querySelector('[data-island=replay]').dataset.props).placed")
    assert len(length) == 2
    assert all(piece["length_s"] > 4 for piece in length), length
    board = again.locator(".replay-sheet canvas").last
    marks.last.click()
    expect(board).to_have_attribute("aria-label", "板书，第 2 页，0 笔")
    again.wait_for_function(f"() => ({PLAYED})() > {length[1]['start_s']}")
    seek(again, length[0]["start_s"] + length[0]["length_s"] - 1)
    expect(board).to_have_attribute("aria-label", "板书，第 1 页，1 笔")
    seek(again, 0)
    expect(board).to_have_attribute("aria-label", "板书，第 1 页，0 笔")
    take_along(again, tmp_path)


def send_from_another_page(again: Page, village: Page, address: str, planned: Planned) -> Page:
    """The recording loses its line before class ends; the computer still holds the rest, and whatever page is opened next sends it."""
    again.route("**/chunks/*", lambda route: route.abort())
    again.keyboard.press("PageDown")
    has_strokes(village, 2, 0)
    again.wait_for_timeout(6_000)
    again.get_by_role("button", name="下课", exact=True).click()
    expect(again.locator(".record-after")).to_contain_text("打开本平台的任何一页都会接着传")
    assert again.evaluate(SPOOLED) > 0
    context = again.context
    again.close()
    later = context.new_page()
    later.goto(f"{address}/inbox")
    expect(later.locator(".spool-line")).to_have_text("课堂录像已全部上传")
    assert later.evaluate(SPOOLED) == 0
    later.goto(f"{address}/live/{planned.lesson}/recording")
    expect(later.locator("h1")).to_have_text("色彩的冷与暖")
    return later


def take_along(page: Page, folder: Path) -> None:
    """Have one file made of the recording and its board, and save it; then look at the page on other screens."""
    film = page.locator("#film")
    film.get_by_role("button", name="生成视频").click()
    page.screenshot(path=str(folder / "film-making.png"), full_page=True)
    expect(film.get_by_role("link", name="下载视频")).to_be_visible(timeout=300_000)
    with page.expect_download() as saving:
        film.get_by_role("link", name="下载视频").click()
    assert saving.value.suggested_filename == "色彩的冷与暖（含板书）.mp4"
    saving.value.save_as(folder / "film.mp4")
    assert ffprobe(folder / "film.mp4", "-select_streams", "v", "-show_entries", "stream=width,height") == ["1280,720"]
    for width, name in ((360, "phone"), (1920, "wide")):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(folder / f"replay-{name}.png"), full_page=True)


def crash(page: Page) -> None:
    """Let the page's process die as of a fault of the browser."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", timeout=10_000)


def seek(page: Page, second: float) -> None:
    page.evaluate("at => document.dispatchEvent(new CustomEvent('hub:seek', { detail: { at_s: at } }))", second)


def wait_until_playable(page: Page) -> None:
    """The rough cut is there within a minute; the page says how far it is, and is looked at again."""
    for _ in range(60):
        if page.locator(".replay-board").count():
            return
        page.wait_for_timeout(1_000)
        page.reload()
    raise AssertionError(page.locator("main").inner_text())
