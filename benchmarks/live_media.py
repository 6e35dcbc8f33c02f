"""What sound and picture of a lesson take on the way to a village, rung by rung, and how soon a village is in its lesson, and how heavy its pages are.

Two real browsers with the fake devices that Chromium brings, a line between them that we bend. The fake camera is easy to encode,
so the figures of the picture are what the ladder lets through of it, not its limits. Lines are laid in network namespaces: who is
not root becomes root of namespaces of its own. Run by ``benchmarks.live``.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.standing import tell
from tests.browser import calls, lessons
from tests.browser.conftest import PASSWORD
from tests.browser.link import OPEN, Line, Link, Shape, standing_link
from tests.browser.publishing import asking, publish
from tests.browser.weighing import Scale
from tests.live.clients import Client, run

RUNGS = ("video720", "video360", "video180", "still", "audio24", "audio16", "audio12", "text")
"""From the best down: what is forbidden is left at once, what is allowed is climbed slowly."""
NARROW = Line(Shape(600, 150), Shape(250, 150))
"""The least that a village class is planned with."""
SETTLES_S, MEASURED_S = 5, 10
_CAME = """async () => { let bytes = 0
  for (const pc of window.connections) (await pc.getStats()).forEach((part) => {
    // With what every packet has around it on the line: IP and UDP.
    if (part.type === 'transport') bytes += part.bytesReceived + 28 * (part.packetsReceived || 0) })
  return bytes }"""
_AGAIN = "import benchmarks.live_media as media; media.measure()"


def main() -> None:
    """Measure, in namespaces of our own when we are not root."""
    if os.geteuid() == 0:
        measure()
    else:
        command = ["unshare", "-Urn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, "-c", _AGAIN]
        subprocess.run(command, check=True)


def measure() -> None:
    """Tell the seconds until a village is in its lesson, then kbit/s towards it on each rung."""
    with tempfile.TemporaryDirectory(prefix="bench-media-") as name, ExitStack() as kept:
        folder = Path(name)
        play, link = kept.enter_context(sync_playwright()), kept.enter_context(standing_link())
        hub = kept.enter_context(calls.hub(folder, link))
        at = f"http://{link.city}:{hub.port}"
        slides = publish(at, lessons.LEAD, PASSWORD, [lessons.make_deck(folder)], title="色彩的冷与暖")
        planned = lessons.plan(hub, slides)
        lead, village = calls.pages(kept, play, folder, at, [link])
        calls.lead_in(lead, at, planned)
        calls.village_in(village, at, planned, 1)
        with asking(at, lessons.LEAD, PASSWORD) as api:
            panel = Client(at, str(api.headers["Authorization"]).removeprefix("Bearer "), planned.lesson)
        give(panel, "link:report", {"site": 1, "rung": RUNGS[0]})  # where the line begins
        calls.begin(lead)
        calls.wait_until_up(village)
        weights(lead, village)
        joining(link, village)
        ladder(panel, village)


def weights(lead: Page, village: Page) -> None:
    """What the two pages of a lesson that is on weigh in a browser that has nothing of them."""
    for name, page, most in (("class_screen", village, 250), ("lead_panel", lead, 300)):
        with page.context.browser.new_context(storage_state=page.context.storage_state(), service_workers="block") as context:  # type: ignore[union-attr]
            fresh = context.new_page()
            scale = Scale(fresh)
            fresh.goto(page.url, wait_until="networkidle")
            tell(f"live.{name}.kb", scale.kb(), "kB", f"first load over the wire, slides apart, at most {most}")


def joining(link: Link, village: Page) -> None:
    """A room whose browser has the page from before comes in on a narrow line, until it hears the lead."""
    address = village.url
    village.goto("about:blank")
    link.become(NARROW)
    began = time.monotonic()
    village.goto(address, wait_until="commit")
    village.wait_for_selector(".screen")
    calls.wait_until_up(village)
    tell("live.join_village_s", time.monotonic() - began, "s", "600/250 kbit/s, 150 ms each way; until the lead is heard, goal 15")
    link.become(OPEN)


def ladder(panel: Client, village: Page) -> None:
    """Forbid one rung after the other and count what still comes."""
    for rung in RUNGS:
        give(panel, "link:limit", {"site": 1, "rung": rung})
        village.wait_for_timeout(SETTLES_S * 1000)
        before, heard, began = village.evaluate(_CAME), calls.heard(village), time.monotonic()
        village.wait_for_timeout(MEASURED_S * 1000)
        kbps = (village.evaluate(_CAME) - before) * 8 / 1000 / (time.monotonic() - began)
        tell(f"live.ladder.{rung}.kbps", kbps, "kbit/s", f"towards the village, headers included; {invented(heard, calls.heard(village))}")


def invented(before: dict[str, int], after: dict[str, int]) -> str:
    """Return how much of the sound the village had to invent, in words."""
    samples = after["samples"] - before["samples"]
    if samples <= 0:
        return "no live sound"
    return f"{(after['concealed'] - before['concealed']) / samples:.1%} of the sound invented; fake camera and sound"


def give(panel: Client, name: str, data: dict[str, object]) -> None:
    """Give one command in the lead's seat."""

    async def story() -> None:
        await panel.come_back()
        assert (await panel.act(name, data))["ok"], name
        await panel.close()

    run(story())
