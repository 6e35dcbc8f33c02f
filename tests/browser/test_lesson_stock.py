"""A room has its lesson before it begins: fetched by itself through a cut, told to the lead, shown and played without a line.

The line is slowed so that there is a middle, and cut there. What was asked of the store is read off the room's own
requests: no byte is asked for again that is on its disk.
"""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, Playwright, Request, expect

from resource_hub.app import create_app
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel.settings import Settings
from resource_hub.media.models import ObjectDigest
from tests.browser import lessons
from tests.browser.conftest import PASSWORD, OpenPage, Watched, chromium, settled, visiting
from tests.browser.publishing import publish
from tests.browser.test_class_terminal import at_day, bind, has_copy
from tests.live.standing import MORNING
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LINE = ["net::ERR", "WebSocket", "Failed to load resource", "ERR_INTERNET"]
PLAN = "先看微课，再做任务单第 2 题"
HELD = """async () => { const parts = await (await caches.open('hub-stock-parts')).keys()
  return parts.reduce((sum, one) => { const [from, to] = one.url.split('/').pop().split('-').map(Number); return sum + to - from }, 0) }"""

ONCE_HELD = (
    f"async () => {{ for (;;) {{ const held = await ({HELD})(); if (held) return held; await new Promise(d => setTimeout(d, 100)) }} }}"
)
ONCE_REMEMBERED = """async page => { for (;;) { const lists = await caches.open('hub-stock-lists')
  const found = (await lists.keys()).find(one => one.url.endsWith('/state'))
  if (found && (await (await lists.match(found)).json()).state.slide.page === page) return
  await new Promise(d => setTimeout(d, 100)) } }"""
SIZE = """async () => { const files = await caches.open('hub-stock-files'); const [one] = await files.keys()
  return (await (await files.match(one)).blob()).size }"""


@pytest.fixture(scope="module")
def clock() -> str:
    from resource_hub.kernel.clock import real

    return f"{MORNING.isoformat()}@{real().isoformat()}"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, clock: str) -> Iterator[Platform]:
    with settled(tmp_path_factory.mktemp("school"), HUB_CLOCK=clock) as hub:
        yield hub


@pytest.fixture(scope="module")
def address(school: Platform) -> str:
    return f"http://127.0.0.1:{school.port}"


@pytest.fixture(scope="module")
def browser(play: Playwright) -> Iterator[Browser]:
    with chromium(play, flags=("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")) as made:
        yield made


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    with visiting(browser, address) as open_one:
        yield open_one


@pytest.fixture(scope="module")
def film(address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a micro lesson that is a megabyte on the lowest rung."""
    path = tmp_path_factory.mktemp("film") / "调色微课.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=426x240:rate=25:duration=60", "-f", "lavfi", "-i",
         "sine=frequency=330:duration=60", "-vf", "noise=alls=20:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "400k",
         "-c:a", "aac", str(path)],
        check=True,
    )  # fmt: skip
    return publish(address, lessons.LEAD, PASSWORD, [path], title="调色微课", kind="micro_lesson")


@pytest.fixture(scope="module")
def slides(address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return publish(address, lessons.LEAD, PASSWORD, [lessons.make_deck(tmp_path_factory.mktemp("slides"))], title="色彩的冷与暖")


class Line:
    """The line of a room: slow, cut, whole; and what the room asks the store for."""

    def __init__(self, room: Watched) -> None:
        self.page = room.page
        self.done: list[tuple[int, int]] = []
        self.cut_off: list[tuple[int, int]] = []
        self.pictures = 0
        self.page.on("requestfinished", lambda request: self._note(request, self.done))
        self.page.on("requestfailed", lambda request: self._note(request, self.cut_off))

    @contextmanager
    def slow(self, bytes_a_second: int) -> Iterator[None]:
        session = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        line = {"offline": False, "latency": 0, "downloadThroughput": bytes_a_second, "uploadThroughput": -1}
        session.send("Network.emulateNetworkConditions", line)
        yield
        session.detach()  # else it would say that the line is whole while the context says that it is cut

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        session = self.page.context.new_cdp_session(self.page)
        origin = {"origin": "/".join(self.page.url.split("/")[:3])}
        session.send("Storage.overrideQuotaForOrigin", origin | {"quotaSize": 1000})
        yield
        session.send("Storage.overrideQuotaForOrigin", origin)
        session.detach()

    def _note(self, request: Request, where: list[tuple[int, int]]) -> None:
        if found := re.match(r"bytes=(\d+)-(\d+)", request.headers.get("range", "")):
            if "/live/stock/" not in request.url:
                where.append((int(found[1]), int(found[2])))
        elif request.resource_type == "image" and "/renditions/" in request.url:
            self.pictures += 1


def in_room(lead: Page, words: str, place: int = 1) -> None:
    """The lead reads this of a receiving room."""
    expect(lead.locator(".lead-card .who li").nth(place)).to_contain_text(words)


def test_a_room_has_the_lesson_before_it_begins_and_goes_on_without_a_line(
    open_page: OpenPage, address: str, school: Platform, clock: str, film: str, slides: str
) -> None:
    lessons.clear(school, clock)
    planned = lessons.plan(school, starts_in=timedelta(minutes=40), clock=clock)
    lead = open_page(lessons.LEAD).page
    write_plan(lead, f"{address}/timetable/lessons/{planned.lesson}", f"{address}{film}")
    watched = open_page(allowed=LINE, width=1920, height=1080)
    room, line = watched.page, Line(watched)
    fetch_through_a_cut(room, line, lambda: bind(room, address, planned))

    lead.goto(f"{address}/live/{planned.lesson}")
    in_room(lead, "课件已到")
    in_room(lead, "教室还没有来取课件", place=2)
    other = open_page(lessons.LEAD).page
    other.goto(f"{address}/timetable/lessons/{planned.lesson}")
    with line.full_disk():
        other.fill("input[name=pack]", f"{address}{slides}")
        other.locator("form[action$='/title'] button").click()
        expect(other.locator(".note-ok")).to_be_visible()
        room.reload()
        expect(room.locator(".day-stock.state-danger")).to_contain_text("磁盘满了")
        in_room(lead, "教室电脑磁盘满了")
    room.reload()
    expect(room.locator(".day-stock.state-ok")).to_be_visible()
    in_room(lead, "课件已到")

    room.goto(f"{address}/live/{planned.lesson}")
    expect(room.locator(".screen-cover")).to_be_visible()
    has_copy(room, f"/live/{planned.lesson}")
    only_numbers_travel(lead, room, line)
    goes_on_without_a_line(room)


def write_plan(lead: Page, lesson: str, film: str) -> None:
    lead.goto(lesson)
    lead.get_by_role("link", name="断线时做什么").click()
    lead.fill("textarea[name=text]", PLAN)
    lead.fill("input[name=micro_lesson]", film)
    lead.get_by_role("button", name="保存").click()
    expect(lead.locator(".note-ok")).to_be_visible()


def fetch_through_a_cut(room: Page, line: Line, bound: Callable[[], Page]) -> None:
    """The room fetches by itself, is cut and reloaded in the middle, and goes on at the very byte."""
    with line.slow(40_000):
        at_day(bound())
        expect(room.locator(".day-stock")).to_contain_text("正在取课件，还差")
        has_copy(room, "/terminal")
        held = room.evaluate(ONCE_HELD)
    room.context.set_offline(True)
    room.reload()
    expect(room.locator(".day-cut")).to_be_visible()
    kept = room.evaluate(HELD)
    assert 0 < held <= kept
    before = len(line.done)
    room.context.set_offline(False)
    expect(room.locator(".day-stock.state-ok")).to_have_text("近几天的课件都已存在本机")
    after, size = line.done[before:], room.evaluate(SIZE)
    assert size > kept
    assert after[0][0] == kept, "it goes on where it was"
    assert kept + sum(to - start + 1 for start, to in after) == size, "no byte was asked for again"


def only_numbers_travel(lead: Page, room: Page, line: Line) -> None:
    lead.reload()
    lead.click(".lead-card .btn-primary")
    expect(room.locator(".screen-cover")).to_have_count(0)
    lead.locator(".strip-deck select").select_option(index=0)
    shows(room, 1)
    line.pictures = 0
    for number in (2, 3):
        lead.get_by_role("button", name="下一页").click()
        shows(room, number)
    assert line.pictures == 0, "a page went over the line"


def goes_on_without_a_line(room: Page) -> None:
    """A reload without a line shows the page where it was; after a minute the card plays the film, from any place in it."""
    room.evaluate(ONCE_REMEMBERED, 3)
    room.context.set_offline(True)
    room.reload()
    shows(room, 3)
    room.evaluate("() => { const real = Date.now.bind(Date); Date.now = () => real() + 61_000 }")
    expect(room.locator(".carry-on-plan")).to_have_text(PLAN)
    room.locator(".carry-on-play").click()
    room.wait_for_function("() => document.querySelector('.carry-on-film video').currentTime > 1")
    room.evaluate("() => { document.querySelector('.carry-on-film video').currentTime = 40 }")
    room.wait_for_function("() => document.querySelector('.carry-on-film video').currentTime > 41")
    room.context.set_offline(False)
    expect(room.locator(".carry-on-film")).to_have_count(0)
    shows(room, 3)


def test_a_file_that_came_wrong_is_thrown_away_tried_again_and_then_told(
    open_page: OpenPage, address: str, school: Platform, clock: str, slides: str
) -> None:
    lessons.clear(school, clock)
    planned = lessons.plan(school, slides, starts_in=timedelta(minutes=40), clock=clock)
    first = open_page(width=1366, height=768).page
    at_day(bind(first, address, planned))
    expect(first.locator(".day-stock.state-ok")).to_be_visible()
    broken = open_page(width=1366, height=768).page
    with spoiled_page(school, clock):
        at_day(bind(broken, address, planned, 2))
        expect(broken.locator(".day-stock.state-danger")).to_have_text("有 1 个课件文件多次核对不上，请告诉技术员")
        lead = open_page(lessons.LEAD, width=360, height=740).page
        lead.goto(f"{address}/timetable/lessons/{planned.lesson}")
        expect(lead.locator(".stock .row-item")).to_have_text([re.compile("课件已到"), re.compile("课件还差")])
        assert lead.evaluate("document.documentElement.scrollWidth") <= 360
    broken.reload()
    expect(broken.locator(".day-stock.state-ok")).to_be_visible()


@contextmanager
def spoiled_page(school: Platform, clock: str) -> Iterator[None]:
    """In the store one byte of a page's picture is another one."""
    app = create_app(Settings.read({"HUB_DATA": str(school.data), "HUB_PORT": str(school.port), "HUB_CLOCK": clock}))
    with app.app_context():
        with unit.read():
            key = db.session.scalars(sa.select(ObjectDigest.key).where(ObjectDigest.key.like("%-1600%")).order_by(ObjectDigest.key)).first()
        assert key
        true = hub().storage.get_bytes(key)
        hub().storage.put_bytes(key, true[:-1] + bytes([true[-1] ^ 1]), "image/webp")
        yield
        hub().storage.put_bytes(key, true, "image/webp")


def shows(room: Page, number: int) -> None:
    """The board shows this page, and its picture lies on the room's own disk."""
    expect(room.locator(".board-top")).to_have_attribute("aria-label", re.compile(f"第 {number} 页"))
    expect(room.locator(".board-sheet img:not(.board-first):not(.is-coming)")).to_have_attribute("src", re.compile("^/live/stock/"))
    room.wait_for_function("() => document.querySelector('.board-sheet img:not(.board-first)').naturalWidth > 400")
