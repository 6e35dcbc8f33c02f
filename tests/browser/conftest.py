"""A running platform with the demo district's people, and real browsers that tolerate no fault.

``open_page`` gives a page in which any script error, console error, broken policy or lost request
fails the test. Rule: pages are driven as people drive them; only the line and the clock of patience
are ours.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, expect

from tests.browser import shelf
from tests.browser.publishing import publish
from tests.browser.recordings import make_lesson, make_slides
from tests.infra.standing import wait_until
from tests.running_platform import ROOT, START_S, Platform, up

PASSWORD = "Chun-Feng-2026"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-quic", "--disable-component-update", "--disable-sync"]
PATIENCE_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)  # how long is never the question


@dataclass
class Watched:
    """A page and what went wrong in it. ``allowed``: parts of messages that the test expects."""

    page: Page
    faults: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", lambda m: self.faults.append(f"console: {m.text} {m.location}") if m.type == "error" else None)
        self.page.on("requestfailed", self._lost)

    def unexpected(self) -> list[str]:
        return [fault for fault in self.faults if not any(part in fault for part in self.allowed)]

    def _lost(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # given up by the page itself, as when it is left
            self.faults.append(f"request: {request.failure} {request.method} {request.url}")


class Sending:
    """How a page's browser sends: slowed down, so that there is a middle, or cut off."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")

    def limit(self, bytes_a_second: int) -> None:
        self._become(bytes_a_second, is_cut=False)

    def cut(self) -> None:
        self._become(-1, is_cut=True)

    def _become(self, bytes_a_second: int, *, is_cut: bool) -> None:
        line = {"offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
        self.session.send("Network.emulateNetworkConditions", line)


OpenPage = Callable[..., Watched]


@contextmanager
def settled(data: Path, **settings: str) -> Iterator[Platform]:
    """Run the whole tree with the demo's people in it and without the forty resources."""
    with up(data, HUB_DEBUG="1", HUB_MIN_FREE_GB="0.1", **settings) as hub:
        wait_until(hub.is_ready, START_S)
        env = {"HUB_DATA": str(data), "HUB_PORT": str(hub.port), "HUB_DEMO_PASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}
        subprocess.run([sys.executable, "-m", "resource_hub", "demo", "people"], cwd=ROOT, env=env, check=True, capture_output=True)
        yield hub


@contextmanager
def visiting(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Give a way to open pages, each in a browser context of its own, signed in as ``account`` when one is given."""
    contexts: list[BrowserContext] = []
    opened: list[Watched] = []

    def open_one(
        account: str = "",
        allowed: Sequence[str] = (),
        *,
        width: int = 1366,
        height: int = 820,
        dark: bool = False,
        bypass_csp: bool = False,
    ) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light", bypass_csp=bypass_csp, has_touch=width < 500,
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        watched = Watched(context.new_page(), allowed=[*allowed])
        opened.append(watched)
        if account:
            sign_in(watched.page, address, account)
        return watched

    try:
        yield open_one
    finally:
        for context in contexts:
            context.close()
    faults = [fault for watched in opened for fault in watched.unexpected()]
    assert not faults, "\n".join(faults)


@contextmanager
def chromium(play: Playwright, program: Path | str = CHROMIUM, *, flags: Sequence[str] = ()) -> Iterator[Browser]:
    with play.chromium.launch(executable_path=str(program), args=[*FLAGS, *flags]) as made:
        yield made


def sign_in(page: Page, address: str, account: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("input[name=account]", account)
    page.fill("input[name=password]", PASSWORD)
    page.click("form[action='/sign-in'] button.btn-primary")
    page.wait_for_selector(".bar .menu")


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with settled(tmp_path_factory.mktemp("platform")) as hub:
        yield hub


@pytest.fixture(scope="session")
def address(platform: Platform) -> str:
    return f"http://127.0.0.1:{platform.port}"


@pytest.fixture(scope="session")
def browser(play: Playwright) -> Iterator[Browser]:
    with chromium(play) as made:
        yield made


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    with visiting(browser, address) as open_one:
        yield open_one


@pytest.fixture(scope="session")
def lesson(address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a resource with a recording and slides, by linxiaoyun."""
    folder = tmp_path_factory.mktemp("files")
    files = [make_lesson(folder, seconds=6, kbps=1000), make_slides(folder)]
    return publish(address, "linxiaoyun", PASSWORD, files, title="色彩的冷与暖")


@pytest.fixture(scope="session")
def pack(address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a published resource with a recording, captions and slides, on a full shelf."""
    return shelf.fill(address, PASSWORD, tmp_path_factory.mktemp("shelf"))
