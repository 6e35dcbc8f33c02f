"""A paired class end to end, as a district lives it: paired by the dean, held over a bad line, counted in the district's sheet.

The lead is here, the first village at the far end of a line that we bend, the second beside the lead. Twice the whole platform
is killed and started with a later clock: from before the lesson into it, and from its middle
to its last minute, so that a lesson of forty minutes fits into a test and shows what it outlives.
"""

import io
import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from resource_hub.kernel import clock
from tests.browser import calls, lessons
from tests.browser.conftest import PASSWORD, sign_in
from tests.browser.lessons import Planned
from tests.browser.link import CUT, OPEN, Line, Link, Shape, in_namespaces, standing_link
from tests.browser.publishing import publish
from tests.browser.test_class_terminal import at_day, bind
from tests.browser.test_lesson_media import ARRIVED
from tests.infra.standing import wait_until
from tests.live.standing import MORNING
from tests.running_platform import START_S, Platform, command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MORE = {"HUB_SFU_HOST": "0.0.0.0"}
"""The forwarder is to be found at the addresses of both lines."""
NARROW = Line(Shape(600, 50), Shape(600, 50))
TUESDAY = (MORNING + timedelta(days=(1 - MORNING.weekday()) % 7)).replace(hour=1)
"""Nine o'clock in the district, on a day of the art lesson, which is from 10:15 to 10:55."""
BEFORE, BEGINS, LAST_MINUTE = (TUESDAY + timedelta(minutes=m, seconds=s) for m, s in ((50, 0), (68, 0), (114, 30)))


@dataclass
class Day:
    """The people and devices of one lesson; ``far`` is the village behind the line, ``assist`` its assistant there."""

    hub: Platform
    link: Link
    at: str
    planned: Planned
    lead: Page
    far: Page
    near: Page
    assist: Page

    def kill(self) -> None:
        for pid in self.hub.alive():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.hub.process.wait()

    def restart(self, moment: datetime) -> None:
        """Everything is killed, and is there again at that moment."""
        self.kill()
        self.hub.process = command(self.hub.data, self.hub.port, "up", **settings(self.link, moment))
        wait_until(self.hub.is_ready, START_S)


@pytest.fixture
def day(play: Playwright, tmp_path: Path) -> Iterator[Day]:
    with ExitStack() as kept:
        link = kept.enter_context(standing_link())
        hub = kept.enter_context(calls.hub(tmp_path, link, **MORE, **clocked(BEFORE)))
        at = f"http://{link.city}:{hub.port}"
        lead, far = calls.pages(kept, play, tmp_path, at, [link])
        pair(other_page(lead), at)
        slides = publish(at, lessons.LEAD, PASSWORD, [lessons.make_deck(tmp_path)], title="色彩的冷与暖")
        planned = lessons.of_today(hub, clocked(BEFORE)["HUB_CLOCK"])
        sign_in(lead, at, lessons.LEAD)
        lead.goto(f"{at}/timetable/lessons/{planned.lesson}")
        lead.fill("input[name=pack]", f"{at}{slides}")
        lead.locator("form[action$='/title'] button").click()
        expect(lead.locator(".note-ok")).to_be_visible()
        made = Day(hub, link, at, planned, lead, far, other_page(lead), other_page(far, width=360))
        kept.callback(made.kill)
        yield made


@in_namespaces
def test_a_paired_class_from_the_deans_form_to_the_districts_sheet(day: Day, tmp_path: Path) -> None:
    rooms_get_ready(day)
    lesson_begins(day)
    seat_four_on_stage(day)
    phone_films(day)
    cuts(day)
    day.restart(LAST_MINUTE)
    # Three quarters of an hour went by in which these two asked for nothing.
    for page, account in ((day.lead, lessons.LEAD), (day.assist, lessons.ASSIST)):
        sign_in(page, day.at, account)
        page.goto(f"{day.at}/live/{day.planned.lesson}")
    expect(day.lead.locator(".top-state")).to_have_text("线路正常")
    votes(day)
    works(day, tmp_path)
    day.lead.get_by_role("button", name="下课").click()
    expect(day.lead.locator(".lead-card")).to_contain_text("下课了")
    counted(day)
    nobody_is_named(day)


def pair(dean: Page, at: str) -> None:
    """Eight o'clock bells and others overlap by thirty minutes in the second lesson: told before it is saved; the third has 35."""
    sign_in(dean, at, "qiulan")
    dean.goto(f"{at}/admin/pairings")
    dean.locator("tr", has_text="林晓云").get_by_role("link", name="美术").click()
    dean.get_by_role("link", name="修改结对").click()
    dean.uncheck("input[name=slots][value='2-3']")
    dean.check("input[name=slots][value='2-2']")
    dean.get_by_role("button", name="检查冲突并保存").click()
    expect(dean.get_by_role("alert")).to_contain_text("只有 30 分钟重合")
    dean.uncheck("input[name=slots][value='2-2']")
    dean.check("input[name=slots][value='2-3']")
    dean.get_by_role("button", name="改好了，再检查").click()
    expect(dean.locator(".page-head")).to_contain_text("周二第 3 节")


def rooms_get_ready(day: Day) -> None:
    """The village has the pages before the lesson; ten minutes before it both rooms go in by themselves, and one is checked."""
    for room, place in ((day.far, 1), (day.near, 2)):
        at_day(bind(room, day.at, day.planned, place))
        expect(room.locator(".day-stock.state-ok")).to_be_visible()
    day.lead.goto(f"{day.at}/live/{day.planned.lesson}")
    expect(day.lead.locator(".lead-card .who li").nth(1)).to_contain_text("课件已到")
    day.restart(BEGINS)
    for room in (day.far, day.near):
        expect(room.locator(".screen")).to_be_visible()
    day.link.become(NARROW)
    day.far.get_by_role("button", name="检查一下教室").click()
    expect(day.far.locator(".check-verdict")).to_contain_text(re.compile("清晰画面|小画面|每 5 秒一张画面"))
    expect(day.far.locator(".check-verdict")).not_to_contain_text("高清画面")
    day.far.get_by_role("button", name="收起").click()


def lesson_begins(day: Day) -> None:
    sign_in(day.assist, day.at, lessons.ASSIST)
    day.assist.goto(f"{day.at}/live/{day.planned.lesson}")
    day.lead.goto(f"{day.at}/live/{day.planned.lesson}")
    calls.begin(day.lead)
    calls.wait_until_up(day.far)
    day.assist.click(".big-heads")
    day.assist.locator(".stepper-value").fill("9")
    day.assist.click(".assist-sheet .btn-primary")


def seat_four_on_stage(day: Day) -> None:
    """A hand by its seat alone; on stage the microphone of the village opens."""
    assert not day.lead.evaluate(ARRIVED, 0)
    day.assist.click(".big-hand")
    day.assist.locator(".number-pad button", has_text="4").click()
    day.assist.click(".assist-sheet .btn-primary")
    expect(day.lead.locator(".queue-words")).to_contain_text("4 号")
    day.lead.locator(".queue").get_by_role("button", name="请答").click()
    day.lead.locator(".queue").get_by_role("button", name="上台").click()
    expect(day.far.locator(".ribbon")).to_be_visible()
    day.lead.wait_for_function(ARRIVED, arg=50)
    day.lead.get_by_role("button", name="下台").click()


def phone_films(day: Day) -> None:
    """A second device of the village is its document camera: picture only, whatever way the lesson goes."""
    day.assist.get_by_role("button", name="文档摄像头").click()
    day.assist.get_by_role("button", name="生成二维码").click()
    code = day.assist.locator(".camera-code").inner_text()
    phone = other_page(day.far, width=412)
    phone.goto(f"{day.at}/live/{day.planned.lesson}/camera#{code}")
    phone.get_by_role("button", name="打开摄像头").click()
    expect(phone.get_by_text(re.compile("主讲能看到|线路紧张"))).to_be_visible()
    shown = "() => [...document.querySelectorAll('.tile .document-small video, .tile .document-small img')].length > 0"
    day.lead.wait_for_function(shown)
    assert phone.evaluate("() => document.querySelector('.viewfinder video').srcObject.getAudioTracks().length") == 0
    phone.get_by_role("button", name="停止").click()
    expect(day.lead.locator(".document-small")).to_have_count(0)
    day.assist.get_by_role("button", name="返回").click()


def cuts(day: Day) -> None:
    """Twenty seconds: nothing of the board is missing afterwards. More than a minute: the village has what to do meanwhile."""
    day.lead.locator(".tool", has_text="笔").first.click()
    day.link.become(CUT)
    for line in range(3):
        stroke(day.lead, line)
    day.lead.wait_for_timeout(20_000)
    day.link.become(NARROW)
    has_strokes(day.far, 3)
    calls.wait_until_up(day.far)
    day.link.become(CUT)
    stroke(day.lead, 3)
    expect(day.far.locator(".carry-on")).to_be_visible()
    day.lead.wait_for_timeout(25_000)  # ninety seconds in all: an outage is one of more than a minute, seen after a while
    day.link.become(OPEN)
    expect(day.far.locator(".carry-on")).to_have_count(0)
    has_strokes(day.far, 4)


def votes(day: Day) -> None:
    """Counted hands of both ends: seven and two, thirty-one and nine."""
    day.lead.locator(".extras .tool", has_text="投票").click()
    day.lead.get_by_role("button", name="✓ ✗").click()
    day.lead.get_by_role("button", name="发出问题").click()
    day.assist.click(".big-votes")
    count(day.assist.locator(".assist-sheet"), 7, 2)
    day.lead.get_by_role("button", name="报本班票数").click()
    count(day.lead.locator(".sheet-over"), 31, 9)
    expect(day.lead.locator(".sheet-over .poll-bars li > strong")).to_have_text(["38", "11"])
    day.lead.keyboard.press("Escape")


def works(day: Day, folder: Path) -> None:
    """Photos of work come to the wall of the lead."""
    for number in range(3):
        path = folder / f"work{number}.jpg"
        Image.new("RGB", (1200, 900), (200, 80 + 40 * number, 90)).save(path)
        day.assist.click(".big-photo")
        day.assist.set_input_files(".assist-sheet input[type=file]", path)
        expect(day.assist.locator(".assist-sheet")).to_have_count(0)
    day.lead.locator(".extras .tool", has_text="作品").click()
    expect(day.lead.locator(".photos .photo")).to_have_count(3)
    day.lead.keyboard.press("Escape")


def counted(day: Day) -> None:
    """The lesson counts itself: held by both villages, on a bad line, with who took part; the sheet says the same."""
    dean = other_page(day.lead)
    sign_in(dean, day.at, "qiulan")
    today = TUESDAY.date().isoformat()
    for _ in range(90):
        dean.goto(f"{day.at}/live/statistics?from={today}&to={today}")
        if dean.locator("tr", has_text="石桥村小学").locator("[data-label='实开节次']", has_text="1").count():
            break
        dean.wait_for_timeout(1_000)
    row = dean.locator("tr", has_text="石桥村小学")
    expect(row.locator("[data-label='实开节次']")).to_contain_text("其中 1 节线路不好")
    expect(row).to_contain_text("3 件")
    answer = dean.request.get(f"{day.at}/live/statistics.xlsx?from={today}&to={today}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body())).worksheets[0]
    head, *rows = [list(cells) for cells in sheet.iter_rows(values_only=True)]
    lines: list[dict[Any, Any]] = [dict(zip(head, cells, strict=True)) for cells in rows]
    (far,) = [line for line in lines if line["接收校"] == "石桥村小学" and line["学科"] == "美术"]
    assert (far["接收人数"], far["计划节次"], far["实开节次"], far["开课率"]) == (9, 1, 1, 1)
    assert far["互动次数"] >= 5, "a hand, the stage, votes and three works"
    assert 0 < far["村端占比"] <= 1


def nobody_is_named(day: Day) -> None:
    """What the log says of pupils are numbers of seats and heads; nobody recorded."""
    with sqlite3.connect(day.hub.data / "hub.sqlite3") as database:
        facts = database.execute("select type, data from lesson_fact").fetchall()
        assert database.execute("select count(*) from recording").fetchone() == (0,)
    whos = {found for _kind, data in facts for found in re.findall(r'"who": ?"([^"]*)"', data)}
    assert whos == {"", "4"}
    assert not {kind for kind, _data in facts if kind.startswith("recording:")}


def stroke(page: Page, line: int) -> None:
    box = page.locator(".board-top").bounding_box()
    assert box
    page.mouse.move(box["x"] + 80, box["y"] + 60 + 30 * line)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 80 + 30 * line, steps=6)
    page.mouse.up()


def has_strokes(page: Page, count: int) -> None:
    expect(page.locator(".board-top")).to_have_attribute("aria-label", f"板书，第 1 页，{count} 笔")


def count(sheet: Any, *numbers: int) -> None:
    for place, number in enumerate(numbers):
        sheet.locator(".stepper-value").nth(place).fill(str(number))
    sheet.get_by_role("button", name="交票数").click()


def other_page(page: Page, width: int = 1366) -> Page:
    """Return a page of the same browser for somebody else."""
    browser = page.context.browser
    assert browser
    made = browser.new_context(viewport={"width": width, "height": 820}, locale="zh-CN").new_page()
    made.set_default_timeout(90_000)
    return made


def clocked(moment: datetime) -> dict[str, str]:
    return {"HUB_CLOCK": f"{moment.isoformat()}@{clock.real().isoformat()}"}


def settings(link: Link, moment: datetime) -> dict[str, str]:
    return {"HUB_DEBUG": "1", "HUB_MIN_FREE_GB": "0.1", "HUB_LISTEN": link.city, "HUB_ALLOWED_HOSTS": link.city, **MORE} | clocked(moment)
