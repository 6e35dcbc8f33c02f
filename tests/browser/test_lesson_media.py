"""Sound and picture between city and a village over a bad line: real browsers, real connections, a line that we bend.

The village's browser runs at the far end of the line, with the fake devices that Chromium brings. What counts is what
arrives there: sound that was not invented, the rung in words at the city's end, ink that goes on.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser import lessons
from tests.browser.conftest import CHROMIUM, FLAGS, PASSWORD, PATIENCE_MS, settled, sign_in
from tests.browser.link import CUT, OPEN, THIN, Link, in_namespaces, standing_link
from tests.browser.publishing import publish

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MOST_INVENTED = 0.25
"""Share of sound: it is heard. How well depends on the machine as well as on the line, and is measured in benchmarks/."""
DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"]
REMEMBER = """(() => { const Real = window.RTCPeerConnection; window.connections = []
  window.RTCPeerConnection = function (...given) { const made = new Real(...given); window.connections.push(made); return made }
  window.RTCPeerConnection.prototype = Real.prototype })()"""
HEARD = """async () => { let samples = 0, concealed = 0, up = 0
  for (const pc of window.connections) { up += pc.connectionState === 'connected'
    ;(await pc.getStats()).forEach((part) => { if (part.type === 'inbound-rtp' && part.kind === 'audio') {
      samples += part.totalSamplesReceived; concealed += part.concealedSamples - part.silentConcealedSamples } }) }
  return JSON.stringify({ samples, concealed, up }) }"""


@dataclass
class Call:
    """A lesson between two rooms: the lead's panel here, the class screen at the far end of ``link``."""

    link: Link
    lead: Page
    village: Page

    def heard(self) -> dict[str, int]:
        """What the village heard so far: samples of sound in all and invented ones, and connections that are up."""
        found: dict[str, int] = json.loads(self.village.evaluate(HEARD))
        return found

    def share_invented(self, seconds: float) -> float:
        """The share of sound that the village had to invent during so many seconds."""
        before = self.heard()
        self.lead.wait_for_timeout(seconds * 1000)
        after = self.heard()
        samples = after["samples"] - before["samples"]
        assert samples > 0, "nothing is heard"
        return (after["concealed"] - before["concealed"]) / samples

    def wait_until_up(self) -> None:
        self.village.wait_for_function("() => window.connections.some((one) => one.connectionState === 'connected')")


@pytest.fixture
def call(play: Playwright, tmp_path: Path) -> Iterator[Call]:
    with standing_link() as link, settled(tmp_path / "hub", HUB_LISTEN=link.city, HUB_ALLOWED_HOSTS=link.city) as hub:
        address = f"http://{link.city}:{hub.port}"
        slides = publish(address, lessons.LEAD, PASSWORD, [lessons.make_deck(tmp_path)], title="色彩的冷与暖")
        planned = lessons.plan(hub, slides)
        flags = [*FLAGS, *DEVICES, f"--unsafely-treat-insecure-origin-as-secure={address}"]
        programs = (CHROMIUM, str(link.program(tmp_path, CHROMIUM)))
        browsers = [play.chromium.launch(executable_path=program, args=flags) for program in programs]
        pages = [browser.new_context(viewport={"width": 1366, "height": 820}, locale="zh-CN").new_page() for browser in browsers]
        for page in pages:
            page.set_default_timeout(PATIENCE_MS)
            page.add_init_script(REMEMBER)
        lead, village = pages
        sign_in(lead, address, lessons.LEAD)
        lead.goto(f"{address}/live/{planned.lesson}")
        village.goto(f"{address}/terminal")
        village.fill("input[name=code]", planned.codes[1])
        village.click("main .btn-primary")
        expect(village.locator(".screen")).to_be_visible()  # it goes there by itself
        lead.click(".lead-card .btn-primary")
        lead.get_by_role("button", name="打开声音和画面").click()
        call = Call(link, lead, village)
        call.wait_until_up()
        yield call
        for browser in browsers:
            browser.close()


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
def test_a_village_hears_and_sees_the_lead_without_anybody_pressing_anything_there(call: Call) -> None:
    call.village.wait_for_function("() => [...document.querySelectorAll('.screen-corner video')].some((one) => one.videoWidth > 0)")
    call.lead.wait_for_function("() => [...document.querySelectorAll('.tile video')].some((one) => one.videoWidth > 0)")
    assert call.share_invented(4) < MOST_INVENTED
    call.lead.click("text=笔")
    ink(call, 1)


@in_namespaces
def test_forty_seconds_without_line_heal_by_themselves(call: Call) -> None:
    call.lead.click("text=笔")
    ink(call, 1)
    call.link.become(CUT)
    call.village.wait_for_function("() => window.connections.every((one) => one.connectionState !== 'connected')")
    call.lead.wait_for_timeout(30_000)
    call.link.become(OPEN)
    call.wait_until_up()
    assert call.share_invented(4) < MOST_INVENTED
    ink(call, 2)


@in_namespaces
def test_on_a_thin_line_pictures_give_way_speech_and_ink_do_not(call: Call) -> None:
    call.link.become(THIN)
    tile = call.lead.locator(".tile", has_text="石桥村小学")
    expect(tile).to_contain_text(re.compile("静止画面|语音"))
    call.lead.wait_for_timeout(10_000)
    assert call.share_invented(10) < MOST_INVENTED
    call.lead.click("text=笔")
    ink(call, 1)
    call.link.become(OPEN)
    expect(tile).to_contain_text(re.compile("小画面|画面清晰|画面高清"))
