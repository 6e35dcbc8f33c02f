"""A lesson that is only watched: the class sends nothing, sees and hears the lead some seconds late, and the board with it."""

import json
import os
import re
import signal
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, Playwright, expect

from resource_hub.app import create_app
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.settings import Settings
from resource_hub.live.cast import PLAYLIST
from resource_hub.timetable.models import Lesson
from resource_hub.timetable.schemas import LessonKind
from tests.browser import calls, lessons
from tests.browser.link import in_namespaces, standing_link
from tests.browser.test_lesson_pages import has_strokes, stroke
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PLAYS = "() => [...document.querySelectorAll('.cast.is-on video')].some((one) => one.videoWidth > 0)"


def watched(hub: Platform, lesson: str) -> None:
    """Make a lesson one that is only watched."""
    app = create_app(Settings.read({"HUB_DATA": str(hub.data), "HUB_PORT": str(hub.port)}))
    with app.app_context(), unit.write():
        db.session.get_one(Lesson, lesson).kind = LessonKind.SCHOOL_ONLINE


@in_namespaces
def test_a_class_that_watches_sees_the_lead_and_the_board_in_step(play: Playwright, tmp_path: Path) -> None:
    with ExitStack() as kept:
        link = kept.enter_context(standing_link())
        hub = kept.enter_context(calls.hub(tmp_path, link, HUB_SFU_HOST=link.city))
        planned, at = lessons.plan(hub), f"http://{link.city}:{hub.port}"
        watched(hub, planned.lesson)
        lead, village = calls.pages(kept, play, tmp_path, at, [link])
        calls.lead_in(lead, at, planned)
        calls.village_in(village, at, planned, 1)
        expect(lead.locator(".watchers h2")).to_have_text("1 / 2 个教室在听课")
        calls.begin(lead)
        village.wait_for_function(PLAYS)
        assert village.evaluate("() => window.connections.length") == 0
        expect(village.locator(".cast-words")).to_have_text(re.compile(r"晚 \d+ 秒"))
        late_s = int(re.findall(r"\d+", village.locator(".cast-words").inner_text())[0])
        assert 0 < late_s <= 15
        expect(lead.locator(".watchers li", has_text="石桥村小学")).to_contain_text("听得到、看得到")
        expect(lead.locator(".watchers li", has_text="大坪教学点")).to_contain_text("还没有进来")
        lead.screenshot(path=str(tmp_path / "cast-lead.png"))

        # What is written now is seen once its voice is heard.
        lead.locator(".tool", has_text="笔").first.click()
        stroke(lead, (0.2, 0.3), (0.4, 0.5))
        has_strokes(lead, 1, 1)
        expect(village.locator(".board-top")).to_have_attribute("aria-label", "板书，第 1 页，0 笔")
        has_strokes(village, 1, 1)
        village.set_viewport_size({"width": 1920, "height": 1080})
        village.screenshot(path=str(tmp_path / "cast-class.png"))

        # What cuts the segments dies, then the forwarder: both times sound and picture come again by themselves.
        (cutting,) = [one for one in psutil.process_iter() if one.name() == "ffmpeg" and PLAYLIST in one.cmdline()]
        for count, pid in ((2, cutting.pid), (3, hub.pid("/usr/bin/janus"))):
            before = run_of(hub, planned.lesson)
            os.kill(pid, signal.SIGKILL)
            wait_for_another(lead, hub, planned.lesson, before)
            expect(village.locator(".cast-words")).to_have_text(re.compile(r"晚 \d+ 秒"))
            stroke(lead, (0.2, 0.2 + count / 10), (0.6, 0.2 + count / 10))
            has_strokes(village, 1, count)
        village.locator(".cast-newest").click()
        expect(village.locator(".cast-words")).to_have_text(re.compile("板书是最新的"))
        lead.get_by_role("button", name="下课", exact=True).click()


def run_of(hub: Platform, lesson: str) -> int:
    """The run of ffmpeg whose segments are given out; 0 while there is none."""
    told = hub.data / "casts" / lesson / "run.json"
    return int(json.loads(told.read_text("ascii"))["run"]) if told.exists() else 0


def wait_for_another(page: Page, hub: Platform, lesson: str, before: int) -> None:
    for _ in range(180):
        if run_of(hub, lesson) not in {0, before}:
            return
        page.wait_for_timeout(500)
    raise AssertionError("nothing is cast any more")
