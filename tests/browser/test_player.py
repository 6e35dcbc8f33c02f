"""The player in a real browser: it keeps the place through everything, spends no more than was
allowed, and comes back by itself when line, storage or addresses were gone.

One recording serves all tests: forty seconds of three scenes with speech in tones, made playable in
full. What storage and line do wrong is done to the browser's requests; the platform stays itself.
"""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pypdfium2
import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import PASSWORD, OpenPage, sign_in
from tests.browser.publishing import publish

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SECONDS = 40
PLACE = 24
PAGES = 12
LINE = ["Failed to load resource", "net::ERR"]
CAPTIONS = f"1\n00:00:01,000 --> 00:00:{SECONDS},000\n柿子是暖色\n"
BYTES = "/hub-media/"


@pytest.fixture(scope="module")
def recording(address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a recording by linxiaoyun, with a document of twelve pages, that her whole community sees."""
    folder = tmp_path_factory.mktemp("recording")
    path = publish(address, "linxiaoyun", PASSWORD, [make_recording(folder), make_document(folder)], title="暖色的一课")
    for account, step in (("linxiaoyun", "submission"), ("qiulan", "school-approval")):
        with speaking(address, account) as hub:
            hub.post(f"{path}/{step}").raise_for_status()
    return path


@pytest.fixture
def watch(open_page: OpenPage, address: str, recording: str) -> Callable[..., Page]:
    """Open the recording as somebody who never saw it, and return its page with the player in it."""

    def open_recording(account: str = "wuyoutian", **window: Any) -> Page:
        forget_place(address, recording, account)
        page = open_page(account, LINE, **window).page
        page.goto(address + recording)
        page.wait_for_selector(".player-row")
        return page

    return open_recording


def test_video_and_slides_give_way_to_each_other_at_the_same_place(watch: Callable[..., Page]) -> None:
    page = watch()
    play_at(page, PLACE)
    begun = places_of_beginning(page)
    page.get_by_role("button", name="幻灯片+语音", exact=True).click()
    goes_on(page)
    expect(page.locator(".player-frame img.player-still")).to_be_visible()
    page.get_by_role("button", name="看视频").click()
    goes_on(page)
    expect(page.locator(".player-frame img.player-still")).to_have_count(0)
    page.keyboard.press("k")
    page.get_by_role("button", name="幻灯片+语音", exact=True).click()
    page.keyboard.press("k")
    goes_on(page)
    assert len(begun()) >= 3
    assert all(PLACE - 1 < place < SECONDS for place in begun()), begun()


def test_each_person_goes_on_where_that_person_stopped(watch: Callable[..., Page], address: str, recording: str) -> None:
    page = watch("zhoumin")
    play_at(page, PLACE)
    with page.expect_response(lambda answer: answer.url.endswith("/position") and answer.ok):
        page.keyboard.press("k")
    page.reload()
    page.get_by_role("button", name=re.compile("从 0:2[4-9] 继续")).click()
    goes_on(page)
    assert at(page) >= PLACE
    somebody_else = watch("qiulan")
    expect(somebody_else.locator(".player-big")).to_be_visible()
    expect(somebody_else.locator(".player-resume")).to_have_count(0)


def test_the_data_saver_is_remembered_by_the_computer_and_keeps_to_the_lightest_rung(watch: Callable[..., Page]) -> None:
    page = watch()
    play_at(page, 0)
    quality = page.locator(".player-opener")
    expect(quality).to_have_attribute("aria-label", re.compile("480P"))
    quality.click()
    page.get_by_role("switch", name="省流量").check()
    page.reload()
    heavy = asked_for(page, rendition(page, "480"))
    play_at(page, 0)
    expect(quality).to_have_attribute("aria-label", re.compile("240P"))
    page.wait_for_function("() => { const b = document.querySelector('video').buffered; return b.length && b.end(0) > 25 }")
    assert heavy == []


def test_what_one_person_chose_is_not_there_for_the_next(watch: Callable[..., Page], address: str, recording: str) -> None:
    page = watch()
    page.locator(".player-opener").click()
    page.get_by_role("switch", name="省流量").check()
    page.get_by_role("radio", name=re.compile("只听声音")).check()
    page.reload()
    expect(page.locator(".player-opener")).to_have_attribute("aria-label", re.compile("只听声音"))
    page.context.clear_cookies()
    sign_in(page, address, "zhoumin")
    page.goto(address + recording)
    page.locator(".player-opener").click()
    expect(page.get_by_role("radio", name=re.compile("自动"))).to_be_checked()
    expect(page.get_by_role("switch", name="省流量")).to_be_checked()


def test_the_data_saver_holds_where_the_system_plays_by_itself(open_page: OpenPage, address: str, recording: str) -> None:
    forget_place(address, recording, "wuyoutian")
    page = open_page("wuyoutian", LINE).page
    page.add_init_script("delete window.MediaSource; delete window.ManagedMediaSource")
    page.goto(address + recording)
    page.locator(".player-opener").click()
    page.get_by_role("switch", name="省流量").check()
    with page.expect_request(re.compile(r"/240\.m3u8")):
        page.locator(".player-big").click()


def test_captions_are_shown_as_soon_as_they_are_added(watch: Callable[..., Page], tmp_path: Path) -> None:
    page = watch("linxiaoyun")
    file = tmp_path / "字幕.srt"
    file.write_text(CAPTIONS, "utf-8")
    page.set_input_files(".captions-file input", file)
    expect(page.locator(".captions [role=status]")).to_contain_text("已添加")
    page.get_by_role("button", name="打开字幕").click()
    play_at(page, PLACE)
    expect(page.locator(".player-captions")).to_have_text("柿子是暖色")
    page.keyboard.press("c")
    expect(page.locator(".player-captions")).to_have_count(0)
    for width in (360, 412):
        page.set_viewport_size({"width": width, "height": 740})
        page.route(page.url, lambda route: route.fulfill(response=(was := route.fetch()), body=forty_minutes(was.text())))
        page.reload()
        expect(page.locator(".player-time")).to_contain_text("40:00")
        expect(page.get_by_role("button", name="打开字幕")).to_be_visible()
        row = page.evaluate("() => { const r = document.querySelector('.player-row'); return [r.scrollWidth, r.clientWidth] }")
        assert row[0] <= row[1]
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_keys_and_speed(watch: Callable[..., Page]) -> None:
    page = watch()
    play_at(page, PLACE)
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('video').paused")
    state = "() => { const v = document.querySelector('video'); return [Math.round(v.currentTime), v.volume, v.playbackRate] }"
    before = page.evaluate(state)
    for key in ("ArrowUp", "ArrowDown", "Home", "End", "3"):
        page.keyboard.press(key)
    assert page.evaluate(state) == before
    page.keyboard.press("ArrowLeft")
    page.keyboard.press(">")
    assert page.evaluate(state) == [before[0] - 5, 1, 1.25]
    page.locator(".player-timeline input").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("5")
    assert page.evaluate(state) == [SECONDS // 2, 0.9, 1.25]
    page.get_by_role("slider", name="音量").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(state) == [SECONDS // 2, 0.85, 1.25]
    page.locator(".player-opener").click()
    page.get_by_role("radio", name="2×").check()
    assert page.evaluate(state)[2] == 2
    page.keyboard.press("Escape")
    expect(page.locator(".player-sheet")).to_have_count(0)


def test_pictures_on_the_time_line_come_and_are_not_asked_for_in_a_storm(watch: Callable[..., Page]) -> None:
    page = watch()
    page.route("**/storyboard.vtt*", lambda route: route.fulfill(status=503))
    asked = asked_for(page, "/storyboard.vtt")
    for x in range(100, 400, 10):
        page.locator(".player-timeline").hover(position={"x": x, "y": 20})
    assert 1 <= len(asked) <= 3
    page.unroute("**/storyboard.vtt*")
    with page.expect_response(lambda answer: BYTES in answer.url and answer.ok):
        while page.locator(".player-tile").count() == 0:
            page.locator(".player-timeline").hover(position={"x": 300, "y": 20})
            page.locator(".player-timeline").hover(position={"x": 320, "y": 20})
            page.wait_for_timeout(100)


@pytest.mark.parametrize("is_voice", [False, True])
def test_an_expired_address_is_renewed_without_losing_the_place(watch: Callable[..., Page], is_voice: bool) -> None:
    page = watch()
    page.get_by_role("slider", name="播放进度").fill(str(PLACE))
    if is_voice:
        page.get_by_role("button", name="幻灯片+语音", exact=True).click()
    renewed = asked_for(page, "/api/v1/resources/")
    fail(page, 403)
    begun = places_of_beginning(page)
    page.locator(".player-big").click()
    goes_on(page)
    assert renewed
    assert begun()[0] > PLACE - 1


def test_slides_and_voice_begin_at_the_place_when_the_line_is_back(watch: Callable[..., Page]) -> None:
    page = watch()
    page.get_by_role("slider", name="播放进度").fill(str(PLACE))
    page.get_by_role("button", name="幻灯片+语音", exact=True).click()
    page.context.set_offline(True)
    page.locator(".player-big").click()
    expect(page.locator(".player-notices")).to_contain_text("网络断了")
    begun = places_of_beginning(page)
    page.context.set_offline(False)
    goes_on(page)
    assert begun()[0] > PLACE - 1


def test_speech_that_broke_off_is_told_and_goes_on(watch: Callable[..., Page]) -> None:
    page = watch()
    join = break_off(page)
    page.get_by_role("slider", name="播放进度").fill("20")
    page.get_by_role("button", name="幻灯片+语音", exact=True).click()
    page.locator(".player-big").click()
    goes_on(page)
    expect(page.locator(".player-notices")).to_contain_text("网络断了", timeout=60_000)
    heard = float(page.get_by_role("slider", name="播放进度").input_value())
    assert heard > 20
    begun = places_of_beginning(page)
    join()
    goes_on(page)
    assert begun()[0] > heard - 1


def test_slides_and_voice_wait_for_a_storage_that_is_down(watch: Callable[..., Page]) -> None:
    page = watch()
    page.get_by_role("slider", name="播放进度").fill(str(PLACE))
    failed, slides = fail(page, 503, times=3), fail(page, 503, times=2, kind="webp")
    page.get_by_role("button", name="幻灯片+语音", exact=True).click()
    begun = places_of_beginning(page)
    page.locator(".player-big").click()
    goes_on(page)
    assert len(failed) == 3
    assert begun()[0] > PLACE - 1
    page.wait_for_function("() => document.querySelector('img.player-still').naturalWidth > 0")
    assert len(slides) == 2


def test_whoever_was_signed_out_is_told_and_comes_back_to_the_place(watch: Callable[..., Page]) -> None:
    page = watch()
    play_at(page, PLACE)
    page.keyboard.press("k")
    page.context.clear_cookies()
    page.keyboard.press("ArrowLeft")
    fail(page, 403)
    page.get_by_role("button", name="幻灯片+语音", exact=True).click()
    page.keyboard.press("k")
    expect(page.locator(".player-notices")).to_contain_text("登录已过期")
    page.get_by_role("link", name="重新登录").click()
    page.fill("input[name=account]", "wuyoutian")
    page.fill("input[name=password]", PASSWORD)
    with page.expect_response(lambda answer: answer.url.endswith("/position") and answer.ok):
        page.click("form[action='/sign-in'] button.btn-primary")
    page.get_by_role("button", name=re.compile("从 0:(19|2[0-9]) 继续")).click()
    goes_on(page)


def test_signing_in_again_in_another_window_does_not_lose_the_place(watch: Callable[..., Page], address: str) -> None:
    page = watch()
    play_at(page, PLACE)
    page.context.clear_cookies()
    sign_in(page.context.new_page(), address, "wuyoutian")
    with page.expect_response(lambda answer: answer.url.endswith("/position") and answer.ok):
        page.bring_to_front()
        page.keyboard.press("k")


def test_a_printed_document_says_which_pages_are_missing(watch: Callable[..., Page]) -> None:
    page = watch()
    expect(page.locator(".page.is-shown").first).to_be_attached()
    page.emulate_media(media="print")
    shown = page.locator(".page.is-shown").count()
    assert shown < PAGES
    expect(page.locator(".pages-print")).to_contain_text(f"{shown} 页，全文共 {PAGES} 页")
    page.emulate_media(media="screen")
    for number in range(1, PAGES + 1):
        page.get_by_role("spinbutton", name="跳到第几页").fill(str(number))
        page.keyboard.press("Enter")
        expect(page.locator(f".page[data-page='{number}']")).to_have_class("page is-shown")
    page.emulate_media(media="print")
    expect(page.locator(".pages-print")).to_have_count(0)


@contextmanager
def speaking(address: str, account: str) -> Iterator[httpx.Client]:
    """Give a client of the API that speaks for ``account``."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=60) as hub:
        answer = hub.post("/tokens", json={"account": account, "password": PASSWORD}).raise_for_status()
        hub.headers["Authorization"] = f"Bearer {answer.json()['data']['token']}"
        yield hub


def forget_place(address: str, recording: str, account: str) -> None:
    with speaking(address, account) as hub:
        asset = hub.get(recording).raise_for_status().json()["data"]["media"]["asset_id"]
        hub.put(f"/assets/{asset}/position", json={"at_s": 0, "mode": "auto"}).raise_for_status()


def make_recording(folder: Path) -> Path:
    path = folder / "暖色的一课.mp4"
    scenes = [f"{name}=size=854x480:rate=15:duration={SECONDS / 3:.3f}" for name in ("testsrc2", "smptebars", "rgbtestsrc")]
    inputs = [part for scene in scenes for part in ("-f", "lavfi", "-i", scene)]
    sound = ["-f", "lavfi", "-i", f"sine=frequency=330:duration={SECONDS}"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *inputs, *sound, "-filter_complex", "[0][1][2]concat=n=3[v]", "-map", "[v]", "-map", "3:a",
         "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "900k", "-c:a", "aac", str(path)],
        check=True,
    )  # fmt: skip
    return path


def make_document(folder: Path) -> Path:
    path = folder / "暖色的一课 学习单.pdf"
    document = pypdfium2.PdfDocument.new()
    for _ in range(PAGES):
        document.new_page(842, 595)
    document.save(str(path))
    return path


def at(page: Page) -> float:
    return float(page.evaluate("() => document.querySelector('video').currentTime"))


def play_at(page: Page, place: float) -> None:
    page.locator(".player-big").click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    if place:
        page.get_by_role("slider", name="播放进度").fill(str(place))
        page.wait_for_function("place => document.querySelector('video').currentTime > place + 0.2", arg=place)
        page.evaluate("document.activeElement.blur()")


def goes_on(page: Page) -> None:
    """Return once the recording has run for a second on end."""
    page.wait_for_function(
        """() => {
          const video = document.querySelector('video')
          const ran = video.currentTime - window.ranFrom
          const runs = !video.paused && !video.seeking && video.readyState > 2 && ran >= 0 && ran < 5
          if (!runs) window.ranFrom = video.currentTime
          return runs && ran > 1
        }"""
    )
    page.evaluate("() => { delete window.ranFrom }")


def places_of_beginning(page: Page) -> Callable[[], list[float]]:
    """From now on note at which places playing begins; return a way to read them."""
    page.evaluate(
        """() => {
          const video = document.querySelector('video')
          window.begun = []
          video.addEventListener('playing', () => window.begun.push(video.currentTime))
        }"""
    )
    return lambda: list(page.evaluate("() => window.begun"))


def asked_for(page: Page, part: str) -> list[str]:
    """Return a list that grows with each request whose address has ``part`` in it."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if part in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def fail(page: Page, status: int, *, times: int = 1, kind: str = "mp4|m4a") -> list[str]:
    """Let storage answer the next requests for files of that kind so; return those that it answered."""
    failed: list[str] = []

    def answer(route: Route) -> None:
        if len(failed) < times:
            failed.append(route.request.url)
            route.fulfill(status=status)
        else:
            route.continue_()

    page.route(re.compile(rf"{BYTES}.*\.({kind})\?"), answer)
    return failed


def break_off(page: Page) -> Callable[[], None]:
    """Let a part of the speech come, as browsers read it, and then nothing; return how to let the rest come."""
    voice, came = re.compile(r"-voice\.m4a"), []

    def answer(route: Route) -> None:
        if came:
            route.abort("internetdisconnected")
            return
        came.append(route.fetch(headers={**route.request.headers, "range": "bytes=0-65535"}))
        route.fulfill(response=came[0])

    page.route(voice, answer)
    return lambda: page.unroute(voice, answer)


def rendition(page: Page, label: str) -> str:
    """Return the path of the bytes of one rung."""
    found = page.evaluate(
        """async (label) => {
          const reply = await fetch('/api/v1' + location.pathname, {headers: {Accept: 'application/json'}})
          return new URL((await reply.json()).data.media.renditions.find(one => one.label === label).url).pathname
        }""",
        label,
    )
    return str(found)


def forty_minutes(html: str) -> str:
    return re.sub(r"(duration_s&#34;: ?)[\d.]+", r"\g<1>2400", html)
