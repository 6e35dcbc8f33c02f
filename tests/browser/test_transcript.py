"""Transcript and chapters beside the player: a word is pressed, a line is mended, a moment is linked."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, OpenPage, settled, visiting
from tests.browser.publishing import asking, data_of, publish

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
MODEL = Path(sys.prefix) / "speech-model"
SENTENCES = "Good morning, class. Today we learn about the history of water. Please open your books and read page ten."
AUTHOR = "linxiaoyun"
LINE = ["Failed to load resource", "net::ERR"]


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a platform with a speech model."""
    with settled(tmp_path_factory.mktemp("listening"), HUB_SPEECH_MODEL=str(MODEL)) as hub:
        yield f"http://127.0.0.1:{hub.port}"


@pytest.fixture(scope="module")
def heard(listening: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a recording of half a minute whose speech was recognised."""
    folder = tmp_path_factory.mktemp("spoken")
    subprocess.run(["espeak-ng", "-v", "en", "-s", "135", "-w", str(folder / "a.wav"), SENTENCES], check=True)
    lesson = folder / "看长城.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=10", "-i", str(folder / "a.wav"), "-af", "apad",
         "-t", "32",
         "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(lesson)],
        check=True,
    )  # fmt: skip
    path = publish(listening, AUTHOR, PASSWORD, [lesson], title="看长城")
    with asking(listening, AUTHOR, PASSWORD) as hub:
        asset = data_of(hub.get(path))["files"][0]["asset_id"]
        while data_of(hub.get(f"/assets/{asset}/transcript"))["state"] != "ready":
            time.sleep(1)
        hub.put(
            f"/assets/{asset}/chapters", json={"chapters": [{"at_s": 0, "title": "导入"}, {"at_s": 12, "title": "看图说话"}]}
        ).raise_for_status()
    return path


@pytest.fixture
def open_lesson(browser: Browser, listening: str, heard: str) -> Iterator[OpenPage]:
    with visiting(browser, listening) as open_one:

        def opened(fragment: str = "", **window: int) -> Page:
            page = open_one(AUTHOR, LINE, **window).page
            page.goto(listening + heard + fragment)
            page.wait_for_selector(".player-row")
            page.wait_for_selector(".transcript-words")
            return page

        yield opened


def second(page: Page) -> float:
    return float(page.evaluate("document.querySelector('.player input[type=range]').value"))


def test_a_link_names_the_second_and_a_word_or_a_chapter_plays_from_its_own(open_lesson: OpenPage) -> None:
    page = open_lesson("#t=0:15")
    assert second(page) == 15
    page.locator(".chapter-list a", has_text="看图说话").click()
    expect(page).to_have_url(re.compile(r"#t=12$"))
    page.wait_for_function("() => document.querySelector('video').currentTime > 12")
    page.locator(".transcript-words").first.locator("span").first.click()
    page.wait_for_function("() => document.querySelector('video').currentTime < 8")
    page.evaluate("location.hash = '#t=20'")
    page.wait_for_function("() => document.querySelector('video').currentTime >= 20")


def test_the_author_mends_a_line_takes_it_back_and_finds_words(open_lesson: OpenPage) -> None:
    page = open_lesson()
    panel = page.locator(".transcript")
    panel.get_by_role("button", name="校对文字").click()
    field = panel.locator("textarea").first
    before = field.input_value()
    field.fill("这一句是校对过的")
    field.press("Tab")
    expect(panel.locator("small", has_text="已保存")).to_be_visible()
    expect(panel.locator("textarea").nth(1)).to_be_focused()
    page.keyboard.press("Control+Space")
    page.wait_for_function("() => !document.querySelector('video').paused")
    page.keyboard.press("Control+Space")
    page.wait_for_function("() => document.querySelector('video').paused")
    panel.get_by_role("button", name="撤销上一处修改").click()
    expect(field).to_have_value(before)
    page.reload()
    page.wait_for_selector(".transcript-words")
    assert page.locator(".transcript-words").first.inner_text() == before
    panel.get_by_role("searchbox").fill("没有的词")
    panel.get_by_role("button", name="查找").click()
    expect(panel.get_by_text("文字稿里没有这些字")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1366, 1920])
def test_nothing_stands_out_of_the_page(open_lesson: OpenPage, width: int) -> None:
    page = open_lesson(width=width)
    page.get_by_role("button", name="校对文字").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
