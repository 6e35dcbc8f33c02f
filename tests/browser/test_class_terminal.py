"""The device of a room: becomes it by a picture of the address, shows its day, goes to lessons and back by itself, lives through cuts.

The platform's clock is set to a school morning, so that a day has room on both sides of it.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser import lessons
from tests.browser.conftest import OpenPage, chromium, settled, visiting
from tests.browser.lessons import Planned
from tests.browser.test_pages import AXE, RULES
from tests.live.standing import MORNING
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LINE = ["net::ERR", "WebSocket", "Failed to load resource", "ERR_INTERNET"]
DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def clock() -> str:
    from resource_hub.kernel.clock import real

    return f"{MORNING.isoformat()}@{real().isoformat()}"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, clock: str) -> Iterator[Platform]:
    with settled(tmp_path_factory.mktemp("school"), HUB_CLOCK=clock, HUB_CONTACT="电教中心 0551-000000") as hub:
        yield hub


@pytest.fixture(scope="module")
def address(school: Platform) -> str:
    return f"http://127.0.0.1:{school.port}"


@pytest.fixture(scope="module")
def browser(play: Playwright) -> Iterator[Browser]:
    with chromium(play, flags=DEVICES) as made:
        yield made


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    with visiting(browser, address) as open_one:
        yield open_one


def plan(school: Platform, clock: str, minutes: float) -> Planned:
    lessons.clear(school, clock)
    return lessons.plan(school, starts_in=timedelta(minutes=minutes), clock=clock)


def bind(page: Page, address: str, planned: Planned, place: int = 1) -> Page:
    page.goto(f"{address}/terminal?code={planned.codes[place]}")
    page.click("main .btn-primary")
    return page


def at_day(page: Page) -> Page:
    expect(page.locator(".day-line")).to_have_text("线路正常")
    return page


def has_copy(page: Page, path: str) -> None:
    """The browser keeps this page and answers for its like."""
    page.evaluate(
        """async path => { for (;;) {
          const all = await navigator.serviceWorker.getRegistrations()
          const isUp = all.length === 2 && all.every(one => one.active && one.active.state === 'activated')
          if (isUp && await caches.match(path, {ignoreVary: true})) return
          await new Promise(done => setTimeout(done, 100)) } }""",
        path,
    )


def test_a_device_becomes_a_room_by_one_press_and_shows_its_day(open_page: OpenPage, address: str, school: Platform, clock: str) -> None:
    planned = plan(school, clock, 40)
    page = open_page(width=1920, height=1080).page
    page.goto(f"{address}/terminal?code={planned.codes[1]}")
    expect(page.locator("input[name=code]")).to_have_value(planned.codes[1])
    page.click("main .btn-primary")
    at_day(page)
    expect(page.locator(".day-next h2")).to_contain_text("美术")
    expect(page.locator(".day-next-left")).to_have_text(re.compile("还有 (39|40) 分钟"))
    expect(page.locator(".day-list li")).to_have_count(1)
    expect(page.locator(".day-list li")).to_contain_text("林晓云老师主讲")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth")
    assert small_print(page) == []


def test_a_room_without_a_lesson_says_so(open_page: OpenPage, address: str, school: Platform, clock: str) -> None:
    planned = plan(school, clock, 40)
    lessons.clear(school, clock)
    page = at_day(bind(open_page(width=1366, height=768).page, address, planned))
    expect(page.locator(".day-next h2")).to_have_text("今天没有同步课")


def test_a_room_goes_to_its_lesson_by_itself_and_comes_back_after_the_end(
    open_page: OpenPage, address: str, school: Platform, clock: str
) -> None:
    planned = plan(school, clock, 10.25)
    room = at_day(bind(open_page(width=1920, height=1080).page, address, planned))
    room.wait_for_url(f"{address}/live/{planned.lesson}")
    expect(room.locator(".screen-cover")).to_contain_text("还没到上课时间")
    lead = open_page(lessons.LEAD).page
    lead.goto(f"{address}/timetable/lessons/{planned.lesson}")
    lead.click(".doors .btn-primary")
    lead.wait_for_url(f"{address}/live/{planned.lesson}")
    lead.click(".lead-card .btn-primary")
    expect(room.locator(".screen-cover")).to_have_count(0)
    lead.locator(".running .btn", has_text="下课").click()
    expect(room.locator(".screen-cover")).to_contain_text("下课")
    # Three minutes are three minutes of the screen's clock; nobody waits for them here.
    room.evaluate("() => { const real = Date.now.bind(Date); Date.now = () => real() + 181_000 }")
    room.wait_for_url(f"{address}/terminal")
    expect(room.locator(".day-list .is-ended")).to_have_count(1)
    at_day(room)


def test_a_reload_without_a_line_shows_the_plan_and_tells_how_old_it_is(
    open_page: OpenPage, address: str, school: Platform, clock: str
) -> None:
    planned = plan(school, clock, 40)
    page = at_day(bind(open_page(allowed=LINE, width=1920, height=1080).page, address, planned))
    has_copy(page, "/terminal")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".day-cut")).to_have_text(re.compile(r"线路断了，显示的是 \d+月\d+日 09:\d\d 的安排"))
    expect(page.locator(".day-next h2")).to_contain_text("美术")
    page.context.set_offline(False)
    at_day(page)
    page.goto(f"{address}/live/{planned.lesson}")
    expect(page.locator(".screen-cover")).to_be_visible()
    has_copy(page, f"/live/{planned.lesson}")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator(".screen-cover")).to_be_visible()


def test_a_device_that_is_released_forgets_what_it_kept(open_page: OpenPage, address: str, school: Platform, clock: str) -> None:
    planned = plan(school, clock, 40)
    page = at_day(bind(open_page(allowed=LINE).page, address, planned))
    has_copy(page, "/terminal")
    lessons.release(school, planned, clock)
    page.goto(f"{address}/terminal")
    expect(page.locator("input[name=code]")).to_be_visible()
    page.evaluate("async () => { while (await caches.match('/terminal')) await new Promise(done => setTimeout(done, 100)) }")


@pytest.mark.parametrize(("seat", "width", "height"), [("class", 1920, 1080), ("assist", 360, 740), ("lead", 1366, 768)])
def test_a_room_is_checked_with_one_button_and_the_board_tells_of_it(
    open_page: OpenPage, address: str, school: Platform, clock: str, seat: str, width: int, height: int
) -> None:
    planned = plan(school, clock, 5)
    account = {"class": "", "assist": lessons.ASSIST, "lead": lessons.LEAD}[seat]
    page = open_page(account, width=width, height=height, bypass_csp=True).page
    if seat == "class":
        bind(page, address, planned).wait_for_url(f"{address}/live/{planned.lesson}")
    else:
        page.goto(f"{address}/live/{planned.lesson}")
    page.get_by_role("button", name="检查一下教室").click()
    expect(page.locator(".check-verdict")).to_contain_text("预计：高清画面＋语音＋课件")
    expect(page.locator(".check-steps .state")).to_have_text(
        [
            "有画面",
            "听得到",
            re.compile("没有回声|有一点回声|回声很大"),
            re.compile("上行 .*兆.*，下行 .*兆"),
            "没有设，走直通线路",
            "这节课没有选课件",
        ]
    )
    assert page.evaluate("document.querySelector('.check video').videoWidth") > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = audit(page)
    page.get_by_role("button", name="收起").click()
    expect(page.get_by_role("button", name="检查一下教室")).to_be_visible()
    assert found == []
    board = open_page("minjie", width=1366).page
    board.goto(f"{address}/live/rooms")
    expect(board.locator(".room", has_text="同步教室" + ("0" if seat == "lead" else "1"))).to_contain_text("预计：高清画面＋语音＋课件")


@pytest.mark.parametrize(("width", "height"), [(1366, 820), (360, 740)])
@pytest.mark.parametrize("dark", [False, True])
def test_the_day_and_the_board_are_readable(
    open_page: OpenPage, address: str, school: Platform, clock: str, width: int, height: int, *, dark: bool
) -> None:
    planned = plan(school, clock, 40)
    board = open_page("minjie", width=width, height=height, dark=dark, bypass_csp=True).page
    board.goto(f"{address}/live/rooms")
    expect(board.locator(".room").first).to_be_visible()
    room = at_day(bind(open_page(width=width, height=height, dark=dark, bypass_csp=True).page, address, planned))
    for page in (board, room):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert audit(page) == []


def audit(page: Page) -> list[tuple[str, list[str]]]:
    """Return what axe finds on the page."""
    page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    return [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found]


def small_print(page: Page) -> list[str]:
    """Return the words of the day that nobody reads from six metres."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.day-head *, .day-next *, .day-list *')]
          .filter(e => e.childElementCount === 0 && e.textContent.trim() && parseFloat(getComputedStyle(e).fontSize) < 24).map(e => e.textContent)"""
    )
    return found
