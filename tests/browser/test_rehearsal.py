"""A room rehearses a coming lesson by itself, over a line that we bend: what it foretells is what the lesson then comes to."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import calls, lessons
from tests.browser.conftest import PATIENCE_MS, sign_in
from tests.browser.link import THIN, Link, in_namespaces, standing_link
from tests.browser.test_class_terminal import has_copy
from tests.infra.standing import free_port
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass
class School:
    """The device of a room that shows an empty day, at the far end of ``link``, and the lead of its lessons here."""

    hub: Platform
    link: Link
    at: str
    lead: Page
    room: Page

    def rehearsed(self) -> str:
        """What the lead reads of the room when it has rehearsed a lesson of tomorrow, by itself."""
        coming = lessons.plan(self.hub, starts_in=timedelta(hours=20))
        told = self.room.locator(".day-rehearsal")
        expect(told).to_contain_text("演练声音画面", timeout=2 * PATIENCE_MS)
        expect(told).to_have_count(0, timeout=2 * PATIENCE_MS)
        self.lead.goto(f"{self.at}/timetable/lessons/{coming.lesson}")
        return self.lead.locator(".stock li", has_text="演练").inner_text()


@pytest.fixture
def school(play: Playwright, tmp_path: Path) -> Iterator[School]:
    with ExitStack() as kept:
        link = kept.enter_context(standing_link())
        hub = kept.enter_context(calls.hub(tmp_path, link, HUB_TURN_HOST=link.city, HUB_TURN_PORT=str(free_port())))
        at = f"http://{link.city}:{hub.port}"
        planned = lessons.plan(hub, starts_in=timedelta(hours=3))
        lead, room = calls.pages(kept, play, tmp_path, at, [link])
        sign_in(lead, at, lessons.LEAD)
        lessons.clear_ahead(hub)
        room.goto(f"{at}/terminal?code={planned.codes[1]}")
        room.click("main .btn-primary")
        expect(room.locator(".day-next h2")).to_have_text("今天没有同步课")
        has_copy(room, "/terminal")  # nothing is fetched any more
        yield School(hub, link, at, lead, room)


@in_namespaces
def test_a_room_foretells_what_its_line_lets_through_and_the_lesson_comes_to_it(school: School) -> None:
    foretold = school.rehearsed()
    assert "石桥村小学" in foretold
    assert "画面＋语音＋课件" in foretold
    assert "备用线路不通" not in foretold, "the way by TCP was tried too"

    school.link.become(THIN)
    foretold = school.rehearsed()
    assert re.search("语音＋课件|只有课件和文字", foretold)
    assert "画面＋语音" not in foretold

    # The lesson itself, on the same line.
    lessons.clear_ahead(school.hub)
    today = lessons.plan(school.hub)
    school.lead.goto(f"{school.at}/live/{today.lesson}")
    expect(school.room.locator(".screen")).to_be_visible()
    calls.begin(school.lead)
    calls.wait_until_up(school.room)
    expect(school.lead.locator(".tile", has_text="石桥村小学")).to_contain_text(re.compile("语音|静止画面|只有课件和文字"))
