"""Observing with a phone whose line is off from the first second and whose clock is wrong; what became of it on the server.

The phone has opened the page once before. Between the stages of the story nobody waits for minutes: the device's own clock is moved.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from resource_hub.app import create_app
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.settings import Settings
from resource_hub.observation.models import Coding, Observation, ObservationMark, ObservationNote
from tests.browser import lessons
from tests.browser.conftest import OpenPage
from tests.browser.test_pages import AXE, RULES
from tests.browser.weighing import Scale
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LINE = ["net::ERR", "Failed to load resource", "ERR_INTERNET"]
OBSERVER, TEACHER = "yinxiaoman", lessons.LEAD
HOUR = 3_600_000
MOST_KB = 150


def shift(page: Page, ms: int) -> None:
    """Move the device's clock."""
    page.evaluate("ms => { const real = Date.now.bind(Date); Date.now = () => real() + ms }", ms)


def is_ready(page: Page) -> None:
    """The browser keeps the pages and answers for them."""
    page.evaluate(
        """async () => { for (;;) {
          const one = await navigator.serviceWorker.getRegistration('/observe')
          const isUp = one && one.active && one.active.state === 'activated' && navigator.serviceWorker.controller
          if (isUp && await caches.match('/observe/new', {ignoreVary: true})) return
          await new Promise(done => setTimeout(done, 100)) } }"""
    )


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("HUB_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page="report" in name or "lesson" in name)


def line(page: Page, state: str) -> None:
    expect(page.locator(f".observe-line [data-line={state}]")).to_have_count(1)


def accessible(page: Page) -> None:
    page.add_script_tag(path=str(AXE))
    assert page.evaluate("rules => axe.run(document, rules)", RULES)["violations"] == []


def on_server(platform: Platform, observation_id: str) -> dict[str, Any]:
    app = create_app(Settings.read({"HUB_DATA": str(platform.data), "HUB_PORT": str(platform.port)}))
    with app.app_context(), unit.read():
        row = db.session.get_one(Observation, observation_id)
        notes = db.session.scalars(
            sa.select(ObservationNote).where(ObservationNote.observation_id == row.id).order_by(ObservationNote.second)
        )
        marks = db.session.scalars(
            sa.select(ObservationMark)
            .where(ObservationMark.observation_id == row.id, ~ObservationMark.is_deleted)
            .order_by(ObservationMark.id)
        )
        codings = db.session.scalars(sa.select(Coding).where(Coding.observation_id == row.id))
        found = {
            "topic": row.topic, "started_at": row.started_at, "offset_ms": row.offset_ms,
            "viewpoints": row.viewpoints, "marks": [(mark.item, mark.end.value, mark.level, mark.wait_ms) for mark in marks],
            "notes": [(note.second, tuple(note.tags), note.pupils) for note in notes],
            "codings": [(coding.scheme.value, coding.side.value, coding.codes) for coding in codings],
        }  # fmt: skip
        db.engine.dispose()
    return found


def go_offline(page: Page, address: str) -> None:
    """Open the page once, light as it is; then the line goes, and the clock is an hour behind."""
    scale = Scale(page)
    page.goto(f"{address}/observe")
    line(page, "sent")
    assert scale.kb() < MOST_KB
    is_ready(page)
    page.context.add_init_script(f"{{ const real = Date.now.bind(Date); Date.now = () => real() - {HOUR} }}")
    page.context.set_offline(True)
    page.reload()


def begin(page: Page) -> str:
    page.fill("#room-teacher", "田老师")
    page.fill("#room-topic", "找规律")
    shot(page, "observe-list-360")
    page.click(".observe-room .btn")
    page.wait_for_url("**/observe/obs_*")
    return page.url.rsplit("/", 1)[1]


def take_notes(page: Page) -> None:
    """One with three tags, and one seven minutes later."""
    for tag in ("提问", "小组讨论", "村端发言"):
        page.click(f".tag:has-text('{tag}')")
    page.fill("#note-text", "第二组用小棒摆出了规律")
    shot(page, "observe-notes-360")
    accessible(page)
    page.click(".observe-save .btn-primary")
    expect(page.locator(".observe-last li")).to_have_count(1)
    line(page, "cut")
    shift(page, 7 * 60_000)
    page.fill("#note-text", "村端先说")
    page.click(".observe-save .btn-primary")


def code(page: Page) -> None:
    """Miss two ticks, be told, fill in one of them; a reload loses nothing."""
    page.click("#tab-st")
    page.click(".observe-start .btn-primary")
    expect(page.locator(".observe-st")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator(".observe-codes li")).to_have_text(["T"])
    shift(page, 90_000)
    expect(page.locator(".observe-gaps .state")).to_contain_text("漏了 2 次")
    page.click(".observe-st .big:has-text('S')")
    expect(page.locator(".observe-codes li")).to_have_text(["T", "-", "-", "S"])
    page.click(".observe-gaps .btn:has-text('第 2 次')")
    page.keyboard.press("s")
    expect(page.locator(".observe-codes li")).to_have_text(["T", "S", "-", "S"])
    shot(page, "observe-st-360")
    accessible(page)
    page.reload()
    page.click("#tab-st")
    expect(page.locator(".observe-codes li")).to_have_text(["T", "S", "-", "S"])


def count(page: Page) -> None:
    """Two viewpoints are chosen; a question is timed by keys, another by taps, and one mark is taken back; a reload loses nothing."""
    page.click("#tab-count")
    page.click(".observe-views .level:has-text('对话')")
    page.click(".observe-views .level:has-text('倾听')")
    shot(page, "observe-frame-360")
    accessible(page)
    page.click(".observe-frame-end .btn-primary")
    expect(page.locator(".observe-tick")).to_contain_text("教师问完时")
    page.keyboard.press("c")
    expect(page.locator(".observe-tick")).to_contain_text("问了城里，正在等回答")
    shift(page, 2_500)
    page.keyboard.press("d")
    page.keyboard.press("4")
    expect(page.locator(".observe-last li").first).to_contain_text("提问 · 城里 · 分析 · 候答")
    page.click(".observe-asking .big:has-text('问村里')")
    page.click(".observe-items .big:has-text('追问')")
    page.click(".observe-items .big:has-text('转问')")
    page.keyboard.press("Backspace")
    shot(page, "observe-asking-360")
    accessible(page)
    page.click(".observe-counting .chip:has-text('倾听')")
    page.keyboard.press("v")
    page.keyboard.press("q")
    expect(page.locator(".observe-items .big strong")).to_have_text(["1", "0", "0"])
    shot(page, "observe-counting-360")
    page.reload()
    page.click("#tab-count")
    expect(page.locator(".observe-asking .big strong")).to_have_text(["1", "1", "0"])
    expect(page.locator(".observe-items .big strong")).to_have_text(["1", "0", "0"])


def test_a_lesson_next_door_is_observed_without_a_line_and_handed_in_once(open_page: OpenPage, address: str, platform: Platform) -> None:
    page = open_page(OBSERVER, LINE, width=360, height=740, bypass_csp=True).page
    go_offline(page, address)
    observation_id = begin(page)
    take_notes(page)
    code(page)
    count(page)
    page.click("#tab-rubric")
    page.select_option("#rubric", label="专递课堂型")
    page.click(".observe-row >> nth=0 >> .level >> nth=0")
    shot(page, "observe-rubric-360")
    accessible(page)
    page.context.set_offline(False)
    line(page, "sent")
    page.reload()
    line(page, "sent")
    found = on_server(platform, observation_id)
    assert found["topic"] == "找规律"
    assert [note[1:] for note in found["notes"]] == [(("提问", "小组讨论", "村端发言"), "第二组用小棒摆出了规律"), ((), "村端先说")]
    assert found["notes"][1][0] >= 7 * 60
    assert found["codings"] == [("st", "city", "TS-S")]
    assert found["viewpoints"] == ["dialogue", "listening"]
    (timed, *others) = found["marks"]
    assert timed[:3] == ("question", "city", "analyse")
    assert 2_500 <= timed[3] < 60_000
    assert others == [("question", "village", None, None), ("probed", "village", None, None), ("built_on", "village", None, None)]
    assert abs(found["offset_ms"] - HOUR) < 15 * 60_000
    page.click("#tab-fields")
    shot(page, "observe-fields-360")
    page.click("a:has-text('看记录表')")
    expect(page.locator(".sheet").first).to_contain_text("找规律")
    expect(page.locator(".sheet").last).to_contain_text("问城里 1 次")
    shot(page, "observe-report-360")


def test_a_colleague_observes_a_live_lesson_and_its_teacher_answers(open_page: OpenPage, address: str, platform: Platform) -> None:
    planned = lessons.plan(platform)
    page = open_page(OBSERVER, LINE, bypass_csp=True).page
    page.goto(f"{address}/timetable/lessons/{planned.lesson}")
    page.click(".doors a:has-text('听课记录')")
    page.click(".observe-offer .btn-primary")
    page.wait_for_url("**/observe/obs_*")
    expect(page.locator(".tag")).to_have_count(12)
    page.keyboard.press("1")
    page.click(".observe-save .btn-primary")
    page.click("#tab-st")
    page.click(".observe-start .btn-primary")
    expect(page.locator(".observe-st")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator(".observe-codes li")).to_have_text(["T"])
    shift(page, 30_000)
    expect(page.locator(".observe-tick")).to_contain_text("第 2 次")
    page.keyboard.press("s")
    shot(page, "observe-st-1366")
    page.click("#tab-count")
    page.click(".observe-views .level:has-text('对话')")
    page.click(".observe-frame-end .btn-primary")
    for key in "cd2vd5a":
        page.keyboard.press(key)
    expect(page.locator(".observe-asking .big strong")).to_have_text(["1", "1", "1"])
    shot(page, "observe-asking-1366")
    line(page, "sent")
    page.click("#tab-fields")
    page.fill("#field-opinion", "两端都有作品，村端可以多等一会儿")
    accessible(page)
    page.click("a:has-text('看记录表')")
    expect(page.locator(".sheet").last).to_contain_text("村端可以多等一会儿")
    page.click("button:has-text('签名，给授课教师看')")
    expect(page.locator(".note-ok")).to_be_visible()
    shot(page, "observe-report-1366")
    url = page.url
    teacher = open_page(TEACHER, bypass_csp=True, dark=True).page
    teacher.goto(url)
    expect(teacher.locator(".chart").first).to_be_visible()
    accessible(teacher)
    shot(teacher, "observe-report-dark")
    teacher.fill("#reply", "下次先让村端说")
    teacher.click("button:has-text('签名，发出回应')")
    expect(teacher.locator(".sheet").last).to_contain_text("下次先让村端说")
    teacher.goto(f"{address}/observe/lessons/{planned.lesson}")
    expect(teacher.locator(".chart").first).to_be_visible()
    expect(teacher.locator(".counted").first).to_contain_text("问城里")
    accessible(teacher)
    shot(teacher, "observe-lesson-dark")
