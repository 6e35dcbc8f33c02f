"""Sound and picture between three rooms through the forwarder: each sends once, each is given what its own line carries."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import calls, lessons
from tests.browser.link import CUT, OPEN, THIN, Link, in_namespaces, standing_link
from tests.infra.standing import wait_until
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SPEECH_KBPS = range(12, 110)
"""Speech alone on the wire, with headers and what keeps connections alive."""


@dataclass
class Rooms:
    """A lesson of three rooms: the lead's panel here, two class screens at the far ends of their lines."""

    hub: Platform
    links: list[Link]
    lead: Page
    villages: list[Page]

    def tile(self, number: int) -> str:
        return f".tile >> nth={number - 1}"


@pytest.fixture
def rooms(play: Playwright, tmp_path: Path) -> Iterator[Rooms]:
    with ExitStack() as kept:
        links = [kept.enter_context(standing_link()) for _ in range(2)]
        links[1].let_reach(links[0].city)
        # This machine is in the networks of both lines, so the forwarder is to be found at both of its addresses.
        hub = kept.enter_context(calls.hub(tmp_path, links[0], HUB_SFU_HOST="0.0.0.0"))
        planned, at = lessons.plan(hub), f"http://{links[0].city}:{hub.port}"
        lead, *villages = calls.pages(kept, play, tmp_path, at, links)
        calls.lead_in(lead, at, planned)
        for number, village in enumerate(villages, 1):
            calls.village_in(village, at, planned, number)
        calls.begin(lead)
        yield Rooms(hub, links, lead, villages)


@in_namespaces
def test_three_rooms_hear_each_other_each_on_the_rung_of_its_own_line(rooms: Rooms) -> None:
    lead, (first, second) = rooms.lead, rooms.villages
    for village in rooms.villages:
        village.wait_for_function(calls.SEES, arg=".screen-corner")
    lead.wait_for_function("() => [...document.querySelectorAll('.tile video')].filter((one) => one.videoWidth > 0).length === 2")
    # Each sends once; the lead hears both classes, a class hears the lead.
    assert calls.ends_of(lead) == {"out": 1, "in": 2}
    assert calls.ends_of(first) == calls.ends_of(second) == {"out": 1, "in": 1}

    # Who is on stage is heard by the other class too.
    lead.locator(rooms.tile(1)).get_by_role("button", name="上台").click()
    second.wait_for_function(calls.SEES, arg=".screen-guest")
    assert calls.share_invented(second, 4) < calls.MOST_INVENTED

    # By hand, from the lead's end: stills come to that class, and the words are true at both ends.
    lead.locator(rooms.tile(1)).locator("select").select_option("still")
    expect(lead.locator(rooms.tile(1))).to_contain_text("静止画面（手动限定）")
    first.wait_for_function("() => [...document.querySelectorAll('.screen-corner img')].some((one) => one.naturalWidth > 0)")
    assert calls.share_invented(first, 4) < calls.MOST_INVENTED

    # By itself: the line of the second class becomes thin, and nobody else notices.
    rooms.links[1].become(THIN)
    expect(lead.locator(rooms.tile(2))).to_contain_text(re.compile("静止画面|语音"))
    lead.get_by_role("button", name="设备").click()
    expect(lead.get_by_text("平台统一转发")).to_be_visible()

    # Whoever comes anew on such a line is given no more than it carries, from the first moment on.
    second.reload()
    second.wait_for_function("() => window.connections.filter((one) => one.connectionState === 'connected').length === 3")
    assert calls.share_invented(second, 4) < calls.MOST_INVENTED
    assert calls.pictures(second) == 0
    rooms.links[1].become(OPEN)

    # The forwarder dies: the lesson goes on, and sound and picture come back by themselves.
    os.kill(rooms.hub.pid("/usr/bin/janus"), signal.SIGKILL)
    lead.get_by_role("button", name="下台").click()
    expect(second.locator(".screen-guest")).to_have_count(0)
    for page, wanted in ((lead, 3), (first, 2), (second, 2)):
        page.wait_for_function(calls.IS_LOST)
        page.wait_for_function(
            "(many) => window.connections.filter((one) => one.connectionState === 'connected').length === many", arg=wanted
        )
    assert calls.share_invented(first, 4) < calls.MOST_INVENTED


@in_namespaces
def test_a_line_on_which_nothing_can_be_told_is_not_filled_with_pictures(rooms: Rooms) -> None:
    lead, (_first, second) = rooms.lead, rooms.villages
    second.wait_for_function(calls.SEES, arg=".screen-corner")
    wait_until(lambda: _kbps(rooms.links[1]) > SPEECH_KBPS.stop, 60)  # a picture is on its way
    rooms.links[1].become(CUT)
    expect(lead.locator(rooms.tile(2))).to_contain_text("断线")
    wait_until(lambda: _kbps(rooms.links[1]) in SPEECH_KBPS, 30)

    # Who is back sees what is going on again.
    rooms.links[1].become(OPEN)
    expect(lead.locator(rooms.tile(2))).not_to_contain_text("断线")
    came = calls.pictures(second)
    wait_until(lambda: calls.pictures(second) > came + 20, 60)


def _kbps(link: Link, seconds: float = 2) -> int:
    """Return what this end puts on the line to a village, whether or not it arrives there."""
    cable = next(name for name, found in psutil.net_if_addrs().items() if any(one.address == link.city for one in found))
    before = psutil.net_io_counters(pernic=True)[cable].bytes_sent
    time.sleep(seconds)
    return int((psutil.net_io_counters(pernic=True)[cable].bytes_sent - before) * 8 / 1000 / seconds)


@in_namespaces
def test_a_forwarder_that_hangs_is_done_without_until_it_answers_again(rooms: Rooms) -> None:
    lead = rooms.lead
    lead.get_by_role("button", name="设备").click()
    expect(lead.get_by_text("平台统一转发")).to_be_visible()
    hung = rooms.hub.pid("/usr/bin/janus")
    os.kill(hung, signal.SIGSTOP)
    try:
        expect(lead.locator(".tiles-note")).to_contain_text("由主讲的电脑分别发给每个教室")
        for village in rooms.villages:
            calls.wait_until_up(village)
            assert calls.share_invented(village, 4) < calls.MOST_INVENTED
    finally:
        os.kill(hung, signal.SIGCONT)
    expect(lead.get_by_text("平台统一转发")).to_be_visible()
    for village in rooms.villages:
        calls.wait_until_up(village)
        assert calls.share_invented(village, 4) < calls.MOST_INVENTED
