"""What the main pages weigh and how soon they show something on a slow line. Prints one JSON line a figure.

Each page is opened as a browser does that has never been here: nothing cached, no connection open.
``kb`` counts what came over the wire without media; ``first_paint_512k_s`` is the first contentful
paint on 512 kbit/s with 300 ms, and for the play page ``first_frame_512k_s`` the picture that moves
after pressing play on the loaded page. The line is that of the browser tests.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Cookie, sync_playwright

from benchmarks.standing import tell
from tests.browser.conftest import CHROMIUM, PASSWORD, PATIENCE_MS, chromium, settled, sign_in
from tests.browser.link import SLOW, standing_link
from tests.browser.publishing import publish
from tests.browser.recordings import make_lesson, make_slides
from tests.browser.weighing import Scale

TRIES = 3
AUTHOR = "linxiaoyun"
MOST_KB = {"sign_in": 60, "home": 120, "search": 120, "resource": 120, "play": 250, "upload": 120}


@dataclass(frozen=True, slots=True)
class Visit:
    """One cold load; ``frame_s`` where play was pressed."""

    kb: float
    paint_s: float
    frame_s: float = 0.0


def main() -> None:
    """Lay the line, publish what is looked at, and open every page three times from its far end."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-pages-") as name,
        standing_link() as link,
        settled(Path(name) / "hub", HUB_LISTEN=link.city, HUB_ALLOWED_HOSTS=link.city) as hub,
        sync_playwright() as driver,
    ):
        folder, address = Path(name), f"http://{link.city}:{hub.port}"
        paths = pages_of(f"http://127.0.0.1:{hub.port}", folder)
        with chromium(driver, link.program(folder, CHROMIUM)) as browser:
            cookies = cookies_of(browser, address)
            link.become(SLOW)
            for page, path in paths.items():
                known = () if page == "sign_in" else cookies
                told(page, [visit(browser, address + path, known, plays=page == "play") for _ in range(TRIES)])


def pages_of(address: str, folder: Path) -> dict[str, str]:
    """Publish slides, and a recording with slides; return the paths of all pages by name."""
    lesson, deck = make_lesson(folder, seconds=20, kbps=2000), make_slides(folder)
    return {
        "sign_in": "/sign-in",
        "home": "/",
        "search": "/search?q=色彩",
        "resource": publish(address, AUTHOR, PASSWORD, [deck], title="色彩的冷与暖 课件"),
        "play": publish(address, AUTHOR, PASSWORD, [lesson, deck], title="色彩的冷与暖"),
        "upload": "/upload",
    }


def cookies_of(browser: Browser, address: str) -> list[Cookie]:
    with browser.new_context(locale="zh-CN") as context:
        context.set_default_timeout(PATIENCE_MS)
        sign_in(context.new_page(), address, AUTHOR)
        return context.cookies()


def visit(browser: Browser, url: str, cookies: Sequence[Cookie], *, plays: bool) -> Visit:
    """Open one page in a browser that knows nothing but its session."""
    with browser.new_context(viewport={"width": 1366, "height": 820}, locale="zh-CN", timezone_id="Asia/Shanghai") as context:
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([*cookies])  # type: ignore[list-item]  # what is read may be written
        page = context.new_page()
        scale = Scale(page)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        paint_s = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
        if not plays:
            return Visit(scale.kb(), paint_s)
        began = time.monotonic()
        page.click(".player-big")
        page.wait_for_function("() => document.querySelector('video')?.currentTime > 0")
        return Visit(scale.kb(), paint_s, time.monotonic() - began)


def told(page: str, visits: Sequence[Visit]) -> None:
    """Print the figures of one page."""
    tell(f"page.{page}.kb", max(one.kb for one in visits), "kB", f"cold cache, without media; at most {MOST_KB[page]}")
    paints = [one.paint_s for one in visits]
    tell(f"page.{page}.first_paint_512k_s", statistics.median(paints), "s", f"512 kbit/s, 300 ms, cold; median of {_each(paints)}")
    frames = [one.frame_s for one in visits if one.frame_s]
    if frames:
        note = f"from pressing play on the loaded page; median of {_each(frames)}; at most 3"
        tell(f"page.{page}.first_frame_512k_s", statistics.median(frames), "s", note)


def _each(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.1f}" for value in values)


if __name__ == "__main__":
    if os.geteuid() != 0:  # only root of a namespace may lay lines
        ready = 'ip link set lo up && exec "$@"'
        os.execvp("unshare", ["unshare", "-Urn", "sh", "-c", ready, "sh", sys.executable, "-m", "benchmarks.pages"])  # noqa: S606 -- the same again
    main()
