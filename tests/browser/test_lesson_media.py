"""Sound and picture between city and a village over a bad line: real browsers, real connections, a line that we bend.

The village's browser runs at the far end of the line, with the fake devices that Chromium brings. What counts is what
arrives there: sound that was not invented, the rung in words at the city's end, ink that goes on.
"""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from resource_hub.infra import installation, turn
from resource_hub.infra.installation import Installation
from resource_hub.kernel.settings import Settings
from tests.browser import calls, lessons
from tests.browser.conftest import PASSWORD
from tests.browser.link import CUT, OPEN, THIN, Link, in_namespaces, standing_link
from tests.browser.publishing import publish
from tests.infra.standing import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ARRIVED = """async (least) => { let packets = 0
  for (const pc of window.connections) (await pc.getStats()).forEach((part) => {
    if (part.type === 'inbound-rtp' && part.kind === 'audio') packets += part.packetsReceived })
  return packets > least }"""


@dataclass
class Call:
    """A lesson between two rooms: the lead's panel here, the class screen at the far end of ``link``."""

    link: Link
    found: Installation
    lesson: str
    lead: Page
    village: Page

    @property
    def tile(self) -> Locator:
        return self.lead.locator(".tile", has_text="石桥村小学")


@pytest.fixture
def call(play: Playwright, tmp_path: Path) -> Iterator[Call]:
    with ExitStack() as kept:
        link = kept.enter_context(standing_link())
        relay = {"HUB_TURN_HOST": link.city, "HUB_TURN_PORT": str(free_port())}
        hub = kept.enter_context(calls.hub(tmp_path, link, **relay))
        at = f"http://{link.city}:{hub.port}"
        slides = publish(at, lessons.LEAD, PASSWORD, [lessons.make_deck(tmp_path)], title="色彩的冷与暖")
        planned = lessons.plan(hub, slides)
        lead, village = calls.pages(kept, play, tmp_path, at, [link])
        calls.lead_in(lead, at, planned)
        calls.village_in(village, at, planned, 1)
        calls.begin(lead)
        calls.wait_until_up(village)
        found = installation.load(Settings.read({"HUB_DATA": str(hub.data), **relay}))
        yield Call(link, found, planned.lesson, lead, village)


def ink(call: Call, count: int) -> None:
    """The lead writes one more stroke; the village has ``count`` of them."""
    box = call.lead.locator(".board-top").bounding_box()
    assert box
    call.lead.mouse.move(box["x"] + 60, box["y"] + 60 + 20 * count)
    call.lead.mouse.down()
    call.lead.mouse.move(box["x"] + 300, box["y"] + 70 + 20 * count, steps=6)
    call.lead.mouse.up()
    expect(call.village.locator(".board-top")).to_have_attribute("aria-label", f"板书，第 1 页，{count} 笔")


@in_namespaces
def test_a_village_hears_and_sees_the_lead_and_speaks_when_its_microphone_is_held_open(call: Call) -> None:
    call.village.wait_for_function(calls.SEES, arg=".screen-corner")
    call.lead.wait_for_function(calls.SEES, arg=".tile")
    assert calls.share_invented(call.village, 4) < calls.MOST_INVENTED
    call.lead.click("text=笔")
    ink(call, 1)

    assert not call.lead.evaluate(ARRIVED, 0), "the microphone of a village that is not on stage is closed"
    call.village.keyboard.down(" ")
    expect(call.village.get_by_text("麦克风已打开，主讲能听到")).to_be_visible()
    call.lead.wait_for_function(ARRIVED, arg=50)
    call.village.keyboard.up(" ")
    expect(call.village.get_by_text("麦克风已打开，主讲能听到")).to_have_count(0)

    # A line that carries no live sound: what the lead records is heard there by itself.
    call.tile.locator("select").select_option("text")
    expect(call.tile).to_contain_text("只有课件和文字（手动限定）")
    hold = call.lead.get_by_role("button", name="按住录音")
    hold.hover()
    call.lead.mouse.down()
    call.lead.wait_for_timeout(2_000)  # so long somebody speaks
    call.lead.mouse.up()
    expect(call.village.get_by_text("正在播放老师的留言")).to_be_visible()
    expect(call.lead.get_by_text("已发出，到了会自动播放")).to_be_visible()
    call.tile.locator("select").select_option("")
    expect(call.tile).to_contain_text(re.compile("语音|静止画面|画面"))


@in_namespaces
def test_forty_seconds_without_line_heal_by_themselves(call: Call) -> None:
    call.lead.click("text=笔")
    ink(call, 1)
    call.link.become(CUT)
    call.village.wait_for_function("() => window.connections.every((one) => one.connectionState !== 'connected')")
    call.lead.wait_for_timeout(30_000)
    call.link.become(OPEN)
    calls.wait_until_up(call.village)
    assert calls.share_invented(call.village, 4) < calls.MOST_INVENTED
    ink(call, 2)


@in_namespaces
def test_on_a_thin_line_pictures_give_way_speech_and_ink_do_not(call: Call) -> None:
    call.link.become(THIN)
    expect(call.tile).to_contain_text(re.compile("静止画面|语音"))
    call.lead.wait_for_timeout(10_000)
    assert calls.share_invented(call.village, 10) < calls.MOST_INVENTED
    call.lead.click("text=笔")
    ink(call, 1)
    call.link.become(OPEN)
    expect(call.tile).to_contain_text(re.compile("小画面|画面清晰|画面高清"))


@in_namespaces
def test_the_relay_carries_what_finds_no_straight_way_by_udp_and_tcp_and_nobody_without_a_pass(call: Call) -> None:
    for transport in ("udp", "tcp"):
        for page in (call.lead, call.village):
            calls.go_through_relay(page, transport)
        call.lead.get_by_role("button", name="打开声音和画面").click()
        for page in (call.lead, call.village):
            calls.wait_until_up(page)
            assert calls.ways_of(page) == [["relay", transport]]
        assert calls.share_invented(call.village, 4) < calls.MOST_INVENTED

    servers = call.village.evaluate("(lesson) => fetch(`/api/v1/lessons/${lesson}/ice`).then((one) => one.json())", call.lesson)["data"][
        "ice_servers"
    ]
    assert calls.relayed_candidates(call.village, servers) > 0
    forged = [servers[0] | {"username": f"{int(servers[0]['username'].split(':')[0]) + 9_999}:me"}]
    guessed = [servers[0] | {"credential": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}]
    expired = turn.ice_servers(call.found.settings, call.found.secrets.session, "me", int(time.time()) - turn.PASS_LIFE_S - 60)
    assert [calls.relayed_candidates(call.village, one) for one in (forged, guessed, expired)] == [0, 0, 0]
