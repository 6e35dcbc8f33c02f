"""Two people in one plan: how long until the other sees it, and what a plan weighs after forty minutes. Run by ``benchmarks.study``.

Two real browsers, the village's behind a line that we bend; both clocks are this machine's. A sentence counts as seen when
it stands on the other's page. Lines are laid in network namespaces: who is not root becomes root of namespaces of its own.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import socketio
from playwright.sync_api import Locator, Page, sync_playwright
from pycrdt import Doc, Map, XmlElement, XmlFragment, XmlText

from benchmarks.standing import tell
from resource_hub.library.lesson_plan import COLUMNS, Plan, Step
from resource_hub.plans import document
from resource_hub.plans.updates import clock_of
from tests.browser import calls
from tests.browser.conftest import PASSWORD, sign_in
from tests.browser.link import OPEN, Line, Link, Shape, standing_link
from tests.browser.publishing import asking
from tests.browser.test_plan_editor import begin, invite, saved, text_at
from tests.live.clients import run

CITY, VILLAGE, VILLAGE_NAME = "linxiaoyun", "wuyoutian", "吴有田"
NARROW = Line(Shape(256, 150), Shape(256, 150))
LINES = {"open": OPEN, "256k": NARROW}
MINUTES, EDITS_A_MINUTE, STEPS = 40, 200, 8
SENTENCES, EVERY_MS = 60, 300
LOADS = 5
_AGAIN = "import benchmarks.coedit as coedit; coedit.measure()"
_SENDS = """() => { window.sent = []
  document.addEventListener('beforeinput', (event) => { if (/^第\\d+句/.test(event.data || '')) window.sent.push(Date.now()) }, true) }"""
_SEES = """(text) => { window.seen = []
  const look = () => { while (text.textContent.includes('第' + window.seen.length + '句')) window.seen.push(Date.now()) }
  new MutationObserver(look).observe(text, { subtree: true, childList: true, characterData: true }) }"""


def main() -> None:
    """Print the figures; what needs lines of its own is measured in namespaces when we are not root."""
    tell(
        "study.doc.40min_kb",
        len(worn(fresh()).get_update()) / 1000,
        "kB",
        f"{MINUTES} minutes of {EDITS_A_MINUTE} edits, a fifth taken back",
    )
    if os.geteuid() == 0:
        measure()
    else:
        command = ["unshare", "-Urn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", sys.executable, "-c", _AGAIN]
        subprocess.run(command, check=True)


def measure() -> None:
    """Tell when what one writes stands on the other's page, on each line; then how long an old plan takes to open beside a fresh one."""
    with tempfile.TemporaryDirectory(prefix="bench-coedit-") as name, ExitStack() as kept:
        play, link = kept.enter_context(sync_playwright()), kept.enter_context(standing_link())
        hub = kept.enter_context(calls.hub(Path(name), link))
        at = f"http://{link.city}:{hub.port}"
        city, village = calls.pages(kept, play, Path(name), at, [link])
        for page, account in ((city, CITY), (village, VILLAGE)):
            sign_in(page, at, account)
        plan = begin(city, at, "色彩的冷与暖")
        invite(city, plan, VILLAGE_NAME)
        for page in (city, village):
            page.goto(plan)
            saved(page)
        writing(city, village, link)
        opening(city, at)


def writing(city: Page, village: Page, link: Link) -> None:
    """Let both write in turn, each in a stage of its own, on each line."""
    for name, line in LINES.items():
        link.become(line)
        waits = seen_after(city, village, 0) + seen_after(village, city, 1)
        waits.sort()
        note = f"{len(waits)} sentences, half of them written in the village; {line.towards.rate_kbps or 'unbounded'} kbit/s"
        tell(f"study.coedit.{name}.p50_ms", statistics.median(waits), "ms", note)
        tell(f"study.coedit.{name}.p95_ms", waits[round(len(waits) * 0.95) - 1], "ms", note)
        for page in (city, village):
            saved(page)
            page.reload()
            saved(page)
    link.become(OPEN)


def seen_after(writer: Page, watcher: Page, stage: int) -> list[int]:
    """Return for each sentence how many ms after its key it stood on the other's page; the text is emptied again."""
    column = "教师活动"
    text_at(watcher, stage, column).evaluate(_SEES)
    writer.evaluate(_SENDS)
    text = text_at(writer, stage, column)
    empty(writer, text)
    for number in range(SENTENCES):
        writer.keyboard.insert_text(f"第{number}句")
        writer.wait_for_timeout(EVERY_MS)
    watcher.wait_for_function(f"() => window.seen.length === {SENTENCES}")
    sent, seen = writer.evaluate("() => window.sent"), watcher.evaluate("() => window.seen")
    assert len(sent) == SENTENCES, "not every sentence was written"
    empty(writer, text)
    return [after - before for before, after in zip(sent, seen, strict=True)]


def empty(page: Page, text: Locator) -> None:
    text.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")


def opening(page: Page, at: str) -> None:
    """Tell how much longer a plan of forty minutes takes to open than one that was just begun."""
    new, old = begin(page, at, "刚开始写的教案"), begin(page, at, "写了四十分钟的教案")
    with asking(at, CITY, PASSWORD) as api:
        run(wear(at, str(api.headers["Authorization"]).removeprefix("Bearer "), old.rsplit("/", 1)[1]))
    took = {address: statistics.median(loads(page, address)) for address in (new, old)}
    tell("study.doc.40min_open_ratio", took[old] / took[new], "", f"{took[old]:.0f} ms, just begun {took[new]:.0f} ms; median of {LOADS}")


def loads(page: Page, address: str) -> list[float]:
    """Return how many ms it took until the plan could be written in, with the page's parts in the browser's cache."""
    found = []
    for _ in range(LOADS):
        page.goto("about:blank")
        began = time.perf_counter()
        page.goto(address, wait_until="commit")
        saved(page)
        found.append((time.perf_counter() - began) * 1000)
    return found


def fresh() -> Doc[Any]:
    return document.new(Plan(steps=tuple(Step(id=f"s{number}") for number in range(STEPS))))


def worn(doc: Doc[Any]) -> Doc[Any]:
    """Write in a document as people do in forty minutes: a fifth is taken back again."""
    steps = sorted(doc.get("steps", type=Map).keys())
    texts = [_line_in(doc, step, column) for step in steps for column in COLUMNS]
    lengths = [0] * len(texts)
    for edit in range(MINUTES * EDITS_A_MINUTE):
        at = edit // 40 % len(texts)  # people write a while in one place before they go to the next
        if edit % 5 == 4 and lengths[at]:
            lengths[at] -= 1
            del texts[at][lengths[at] * 3 : lengths[at] * 3 + 3]
        else:
            texts[at].insert(lengths[at] * 3, chr(0x4E00 + edit % 2000))
            lengths[at] += 1
    return doc


async def wear(at: str, token: str, plan: str) -> None:
    """Bring forty minutes of writing into a plan on the platform."""
    sio = socketio.AsyncClient(serializer="msgpack", reconnection=False)
    await sio.connect(at, namespaces=["/plans"], auth={"token": token}, transports=["websocket"])
    reply = await sio.call("plan:join", {"plan": plan}, namespace="/plans")
    doc: Doc[Any] = Doc()
    doc.apply_update(reply["data"]["update"])
    before = doc.get_state()
    worn(doc)
    given = {"plan": plan, "update": doc.get_update(before), "client": doc.client_id, "clock": clock_of(doc.get_state(), doc.client_id)}
    answer = await sio.call("plan:update", given, namespace="/plans")
    await sio.disconnect()
    assert answer["ok"], answer


def _line_in(doc: Doc[Any], step: str, column: str) -> XmlText:
    fragment = doc.get("steps", type=Map)[step][column]
    assert isinstance(fragment, XmlFragment)
    line, words = XmlElement("paragraph"), XmlText()
    fragment.children.append(line)
    line.children.append(words)
    return words


if __name__ == "__main__":
    main()
