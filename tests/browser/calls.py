"""Rooms of a lesson as real browsers with the fake devices that Chromium brings, at the ends of lines that we bend."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.browser import lessons
from tests.browser.conftest import CHROMIUM, FLAGS, PATIENCE_MS, settled, sign_in
from tests.browser.link import Link
from tests.running_platform import Platform

MOST_INVENTED = 0.25
"""Share of sound: it is heard. How well depends on the machine as well as on the line, and is measured in benchmarks/."""
DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"]
SEES = "(place) => [...document.querySelectorAll(place + ' video')].some((one) => one.videoWidth > 0)"
_REMEMBER = """(() => { const Real = window.RTCPeerConnection; window.connections = []
  let limit = null
  try { limit = sessionStorage.getItem('relay') } catch { return }
  window.RTCPeerConnection = function (config = {}, ...rest) {
    const only = (one) => ({ ...one, urls: [one.urls].flat().filter((url) => url.endsWith('transport=' + limit)) })
    const given = limit ? { ...config, iceServers: (config.iceServers || []).map(only), iceTransportPolicy: 'relay' } : config
    const made = new Real(given, ...rest); window.connections.push(made)
    made.addEventListener('connectionstatechange', () => (made.lostOnce ||= ['disconnected', 'failed'].includes(made.connectionState)))
    return made }
  window.RTCPeerConnection.prototype = Real.prototype })()"""
_HEARD = """async () => { let samples = 0, concealed = 0, up = 0
  for (const pc of window.connections) { up += pc.connectionState === 'connected'
    ;(await pc.getStats()).forEach((part) => { if (part.type === 'inbound-rtp' && part.kind === 'audio') {
      samples += part.totalSamplesReceived; concealed += part.concealedSamples - part.silentConcealedSamples } }) }
  return JSON.stringify({ samples, concealed, up }) }"""
_ENDS = """() => { const found = { out: 0, in: 0 }
  for (const pc of window.connections) if (pc.connectionState === 'connected')
    found[pc.getTransceivers().some((one) => one.currentDirection === 'recvonly') ? 'in' : 'out'] += 1
  return found }"""
_PICTURES = """async () => { let received = 0
  for (const pc of window.connections) (await pc.getStats()).forEach((part) => {
    if (part.type === 'inbound-rtp' && part.kind === 'video') received += part.packetsReceived })
  return received }"""
IS_LOST = "() => window.connections.some((one) => one.lostOnce)"
_WAYS = """async () => { const found = []
  for (const pc of window.connections) { if (pc.connectionState !== 'connected') continue
    const stats = await pc.getStats(); let pair = null
    stats.forEach((one) => { if (one.type === 'transport') pair = stats.get(one.selectedCandidatePairId) })
    const local = stats.get(pair.localCandidateId); found.push([local.candidateType, local.relayProtocol || '']) }
  return found }"""
_CANDIDATES = """async (iceServers) => { const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' }); let count = 0
  await new Promise((done) => { pc.onicecandidate = ({ candidate }) => candidate ? count++ : done()
    pc.createDataChannel('asked'); pc.createOffer().then((offer) => pc.setLocalDescription(offer)) })
  pc.close(); return count }"""
_IS_UP = "() => window.connections.some((one) => one.connectionState === 'connected')"


@contextmanager
def hub(folder: Path, link: Link, **settings: str) -> Iterator[Platform]:
    """Run the platform at this side of a line, where the far end finds it."""
    with settled(folder / "hub", HUB_LISTEN=link.city, HUB_ALLOWED_HOSTS=link.city, **settings) as platform:
        yield platform


def pages(kept: ExitStack, play: Playwright, folder: Path, at: str, links: Sequence[Link]) -> list[Page]:
    """Open a page of a browser here, and one at the far end of each line."""
    flags = [*FLAGS, *DEVICES, f"--unsafely-treat-insecure-origin-as-secure={at}"]
    found = []
    for program in (CHROMIUM, *(str(link.program(folder, CHROMIUM)) for link in links)):
        browser = kept.enter_context(play.chromium.launch(executable_path=program, args=flags))
        page = browser.new_context(viewport={"width": 1366, "height": 820}, locale="zh-CN").new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(_REMEMBER)
        found.append(page)
    return found


def lead_in(page: Page, at: str, planned: lessons.Planned) -> None:
    """Let the lead come to the lesson."""
    sign_in(page, at, lessons.LEAD)
    page.goto(f"{at}/live/{planned.lesson}")


def village_in(page: Page, at: str, planned: lessons.Planned, number: int) -> None:
    """Bind the screen of a class; it goes into the lesson by itself."""
    page.goto(f"{at}/terminal")
    page.fill("input[name=code]", planned.codes[number])
    page.click("main .btn-primary")
    expect(page.locator(".screen")).to_be_visible()


def begin(lead: Page) -> None:
    """Begin the lesson with sound and picture."""
    lead.click(".lead-card .btn-primary")
    lead.get_by_role("button", name="打开声音和画面").click()


def wait_until_up(page: Page) -> None:
    page.wait_for_function(_IS_UP)


def go_through_relay(page: Page, transport: str) -> None:
    """From now on the page finds others through the relay only, reached by ``udp`` or ``tcp``."""
    page.evaluate("(transport) => sessionStorage.setItem('relay', transport)", transport)
    page.reload()


def ways_of(page: Page) -> list[list[str]]:
    """Return for each connection that is up how it leaves this end: kind of address, and the transport to a relay."""
    found: list[list[str]] = page.evaluate(_WAYS)
    return found


def relayed_candidates(page: Page, servers: list[dict[str, object]]) -> int:
    """Return how many addresses a relay gives the page for these passes."""
    found: int = page.evaluate(_CANDIDATES, servers)
    return found


def heard(page: Page) -> dict[str, int]:
    """What a room heard so far: samples of sound in all and invented ones, and connections that are up."""
    found: dict[str, int] = json.loads(page.evaluate(_HEARD))
    return found


def share_invented(page: Page, seconds: float) -> float:
    """Return the share of sound that a room had to invent during so many seconds."""
    before = heard(page)
    page.wait_for_timeout(seconds * 1000)
    after = heard(page)
    samples = after["samples"] - before["samples"]
    assert samples > 0, "nothing is heard"
    return (after["concealed"] - before["concealed"]) / samples


def pictures(page: Page) -> int:
    """Return how many packets of moving pictures came to the page since it was opened."""
    found: int = page.evaluate(_PICTURES)
    return found


def ends_of(page: Page) -> dict[str, int]:
    """Return how many connections are up that send, and that only receive."""
    found: dict[str, int] = page.evaluate(_ENDS)
    return found
