"""Every page on every screen: nothing overflows, nothing fails in the console, axe finds nothing,
and first loads stay light."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.weighing import Scale
from tests.running_platform import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LESSON = "/resources/LESSON"  # its real path comes with the fixture
NOWHERE = "/resources/res_nowhere"
TEACHER = ("/", "/search?q=分数", "/upload", "/resources/mine", LESSON, "/account", "/complaints", NOWHERE)
ADMINISTRATOR = ("/", "/admin/people", "/admin/people/import", "/admin/schools", "/admin/disk", "/design")
ANYONE = ("/sign-in", "/trust", "/complaints")
SCREENS = ((360, 740), (1366, 768), (1920, 1080))
AXE = ROOT / "static/node_modules/axe-core/axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


Open = Callable[[Page, str], None]


@pytest.fixture
def settle(address: str, lesson: str) -> Open:
    """Open a page by its path, and wait until nothing moves any more."""

    def open_path(page: Page, path: str) -> None:
        page.goto(address + (lesson if path == LESSON else path))
        page.wait_for_load_state("networkidle")

    return open_path


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize(("account", "paths"), [("", ANYONE), ("linxiaoyun", TEACHER), ("minjie", ADMINISTRATOR)])
def test_no_page_is_wider_than_its_screen(
    open_page: OpenPage, settle: Open, account: str, paths: tuple[str, ...], width: int, height: int
) -> None:
    page = open_page(account, ["404"], width=width, height=height).page
    for path in paths:
        settle(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("account", "paths"), [("", ANYONE), ("linxiaoyun", TEACHER), ("minjie", ADMINISTRATOR)])
def test_axe_finds_nothing(open_page: OpenPage, settle: Open, account: str, paths: tuple[str, ...], dark: bool) -> None:
    page = open_page(account, ["404"], dark=dark, bypass_csp=True).page
    for path in paths:
        settle(page, path)
        page.add_script_tag(path=AXE)
        found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == [], path


def test_what_fingers_press_on_a_phone_is_large_enough(open_page: OpenPage, settle: Open) -> None:
    page = open_page("linxiaoyun", ["404"], width=360, height=740).page
    for path in TEACHER:
        settle(page, path)
        small = page.evaluate(
            """() => [...document.querySelectorAll('button, .btn, .tabs a, .bar a, .round, summary, input:not([type=hidden]):not([type=file])')]
              .filter(e => e.offsetParent && !e.closest('.hidden-words'))
              .map(e => [e.outerHTML.slice(0, 100), e.getBoundingClientRect()])
              .filter(([, r]) => r.width > 0 && r.height > 0 && r.height < 43.5)
              .map(([html, r]) => `${html} ${Math.round(r.height)}`)"""
        )
        assert small == [], path


@pytest.mark.parametrize(
    ("account", "path", "most_kb"),
    [("", "/sign-in", 60), *(("linxiaoyun", path, 120) for path in ("/", "/search?q=课", "/upload")), ("linxiaoyun", LESSON, 250)],
)
def test_a_first_load_is_light(open_page: OpenPage, settle: Open, account: str, path: str, most_kb: int) -> None:
    page = open_page().page
    if account:
        page.context.add_cookies([*open_page(account).page.context.cookies()])  # type: ignore[list-item]  # what is read may be written
    scale = Scale(page)
    settle(page, path)
    if path == LESSON:
        page.click(".player-big")
        page.wait_for_function("() => document.querySelector('video').currentTime > 1")
    assert 0 < scale.kb() <= most_kb


def test_every_text_of_the_build_is_compressed_beforehand() -> None:
    dist = ROOT / "static/dist"
    texts = [path for path in dist.rglob("*") if path.suffix in {".js", ".css"} and path.stat().st_size > 2000]
    assert texts
    for path in texts:
        assert gzip.decompress(Path(f"{path}.gz").read_bytes()) == path.read_bytes()
        assert Path(f"{path}.br").is_file()
