"""What lesson study costs: codings computed, the observation page over the wire and on a village's line. Prints one JSON line a figure.

One function a figure. ``kb`` counts a first load without cache; ``first_note_256k_s`` runs from asking for the list on
256 kbit/s with 300 ms, nothing cached, to the first tag pressed on one's own observation. Chromium's own shaper stands
for the line. Two people in one plan are measured last (``coedit``).
"""

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Cookie, Page, sync_playwright

from benchmarks import coedit
from benchmarks.standing import tell
from resource_hub.observation import coding
from tests.browser.conftest import PATIENCE_MS, chromium, settled, sign_in
from tests.browser.weighing import Scale

TRIES = 3
RUNS = 50
OBSERVER = "yinxiaoman"
MOST_KB = 150
RATE = 256_000 // 8
DELAY_MS = 300


def main() -> None:
    """Print all figures."""
    codings_ms()
    with tempfile.TemporaryDirectory(prefix="bench-study-") as name, settled(Path(name) / "hub") as hub, sync_playwright() as driver:
        address = f"http://127.0.0.1:{hub.port}"
        with chromium(driver) as browser:
            cookies = cookies_of(browser, address)
            observe_kb(browser, address, cookies)
            observe_first_note(browser, address, cookies)
    coedit.main()


def codings_ms() -> None:
    """S-T of 80 codes and FIAS of 800, read and computed: a lesson of forty minutes."""
    drawn = random.Random(36)
    st = "".join(drawn.choice("TS") for _ in range(80))
    fias = " ".join(str(drawn.randint(1, 10)) for _ in range(800))
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        coding.st_figures(coding.read_codes(coding.Scheme.ST, st))
        coding.fias_figures(coding.read_codes(coding.Scheme.FIAS, fias))
        took.append((time.perf_counter() - began) * 1000)
    tell("study.codings.ms", statistics.median(took), "ms", f"S-T of 80 codes and FIAS of 800; median of {RUNS}")


def observe_kb(browser: Browser, address: str, cookies: list[Cookie]) -> None:
    """The list with its beginning and one's own observation, in a browser that was never here."""
    with visit(browser, cookies) as page:
        scale = Scale(page)
        begin(page, address)
        tell("study.observe.kb", scale.kb(), "kB", f"list and observation, cold cache; at most {MOST_KB}")


def observe_first_note(browser: Browser, address: str, cookies: list[Cookie]) -> None:
    """Seconds on a village's line from the address to the first mark in the record."""
    took = []
    for _ in range(TRIES):
        with visit(browser, cookies) as page:
            shape(page.context, page)
            began = time.monotonic()
            begin(page, address)
            page.click(".tag >> nth=0")
            page.wait_for_selector(".tag[aria-pressed=true]")
            took.append(time.monotonic() - began)
    each = ", ".join(f"{one:.1f}" for one in took)
    tell("study.observe.first_note_256k_s", statistics.median(took), "s", f"256 kbit/s, {DELAY_MS} ms, cold; median of {each}")


def begin(page: Page, address: str) -> None:
    """Open the list and begin to observe the next room."""
    page.goto(f"{address}/observe")
    page.click(".observe-room .btn")
    page.wait_for_selector(".observe-thumb .tag")


@contextmanager
def visit(browser: Browser, cookies: list[Cookie]) -> Iterator[Page]:
    """Give a page of a phone that knows nothing but its session; its own copies of pages would hide what comes over the wire."""
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", service_workers="block") as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([*cookies])  # type: ignore[list-item]  # what is read may be written
        yield context.new_page()


def shape(context: BrowserContext, page: Page) -> None:
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    line = {"offline": False, "latency": DELAY_MS, "downloadThroughput": RATE, "uploadThroughput": RATE}
    session.send("Network.emulateNetworkConditions", line)


def cookies_of(browser: Browser, address: str) -> list[Cookie]:
    with browser.new_context(locale="zh-CN") as context:
        context.set_default_timeout(PATIENCE_MS)
        sign_in(context.new_page(), address, OBSERVER)
        return context.cookies()


if __name__ == "__main__":
    main()
