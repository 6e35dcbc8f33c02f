"""Every page on every screen, in both languages: nothing overflows, nothing fails in the console,
axe finds nothing, first loads stay light. Pages are looked at full, not empty."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import shelf
from tests.browser.conftest import OpenPage, visiting
from tests.browser.weighing import Scale
from tests.infra.standing import wait_until
from tests.running_platform import ROOT, START_S, up

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PACK = "PACK"  # its real path comes with the fixture
NOWHERE = "/resources/res_nowhere"
SEARCH = f"/search?q={shelf.WORD}"
ROSTER_ERRORS = "a roster with errors"
# Pages of one thing: where it is listed, and what is pressed on the way.
REACHED = {
    "a person": ("/admin/people", "main a[href^='/admin/people/per_']"),
    "a school": ("/admin/schools", "main th a"),
    "its rooms": ("/admin/schools", "main th a", "main a[href$='/terminals']"),
    "a community": ("/admin/communities", "main th a"),
    "a term": ("/admin/terms", "main th a"),
}
TEACHER = ("/", SEARCH, "/search?q=根本没有的词", "/upload", "/resources/mine", PACK, "/account", NOWHERE)
ADMINISTRATOR = (
    "/", "/admin/people", "/admin/people/import", ROSTER_ERRORS, "/admin/schools", "/admin/communities", "/admin/terms", "/admin/audit",
    "/admin/disk", "/design", *REACHED,
)  # fmt: skip
ANYONE = ("/sign-in", "/trust", "/complaints", "/terminal")
VISITS = [("", ANYONE), ("linxiaoyun", TEACHER), ("minjie", ADMINISTRATOR)]
# What the browser itself says of the two pages that are refusals.
REFUSALS = [NOWHERE, "status of 422"]
AXE = ROOT / "static/node_modules/axe-core/axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
PRESSED = "button, .btn, .tabs a, .bar a, .round, summary, select, textarea, input:not([type=hidden]):not([type=file])"

Open = Callable[[Page, str], None]


@dataclass(frozen=True)
class Look:
    """A screen, a language, a theme; axe looks at each arrangement in each theme once."""

    width: int
    height: int
    locale: str = "zh"
    dark: bool = False
    has_axe: bool = True


LOOKS = [Look(360, 740), Look(360, 740, "en", has_axe=False), Look(1366, 768, dark=True), Look(1920, 1080, "en")]


@pytest.fixture
def settle(address: str, pack: str, tmp_path: Path) -> Open:
    """Open a page by its path or name, and wait until nothing moves any more."""

    def open_path(page: Page, path: str) -> None:
        if path in REACHED:
            start, *presses = REACHED[path]
            page.goto(address + start)
            for press in presses:
                page.locator(press).first.click()
        elif path == ROSTER_ERRORS:
            page.goto(f"{address}/admin/people/import")
            page.set_input_files("#file", roster_with_errors(tmp_path))
            page.click("main form .btn-primary")
            expect(page.locator("main tbody tr").first).to_be_visible()
        else:
            page.goto(address + (pack if path == PACK else path))
        page.wait_for_load_state("networkidle")

    return open_path


def roster_with_errors(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["姓名", "工号", "手机", "学校", "学科", "角色", "账号"])
    book.worksheets[0].append(["", "QL9001", "12", "没有的学校", "没有的学科", "没有的角色", "Not An Account"])
    path = folder / "名册.xlsx"
    book.save(path)
    return path


def dress(page: Page, address: str, look: Look) -> None:
    page.context.add_cookies([{"name": "hub_locale", "value": look.locale, "url": address}])


def inspect(page: Page, look: Look, path: str) -> None:
    """Nothing is wider than the screen, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width, path
    if not look.has_axe:
        return
    page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == [], path


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize(("account", "paths"), VISITS)
def test_every_page_fits_its_screen_and_axe_finds_nothing(
    open_page: OpenPage, settle: Open, address: str, account: str, paths: tuple[str, ...], look: Look
) -> None:
    page = open_page(account, REFUSALS, width=look.width, height=look.height, dark=look.dark, bypass_csp=True).page
    dress(page, address, look)
    for path in paths:
        settle(page, path)
        assert page.locator("html").get_attribute("lang") == ("en" if look.locale == "en" else "zh-CN"), path
        inspect(page, look, path)


def test_a_search_shows_places_and_filters_and_more_on_request(open_page: OpenPage, settle: Open) -> None:
    page = open_page("linxiaoyun").page
    settle(page, SEARCH)
    expect(page.locator("#hits .hit")).to_have_count(12)
    expect(page.locator("#hits mark").first).to_be_visible()
    expect(page.locator(".moments a").first).to_contain_text("页")
    assert page.locator(".facets section").count() >= 3
    page.get_by_role("link", name="显示更多").click()
    # The platform is shared: tests that came before may have left more of the same word.
    expect(page.locator("#hits .hit").nth(shelf.HITS - 1)).to_be_visible()
    expect(page.locator("#hits .hit", has_text="色彩练习")).to_have_count(shelf.EXERCISES)
    page.locator(".facets section", has_text="类型").get_by_role("link", name="课件").click()
    expect(page.locator("#hits .hit", has_text="色彩练习")).to_have_count(0)
    expect(page.locator("#hits .hit", has_text="色彩的冷与暖 课件")).to_have_count(1)


def test_paper_has_the_words_and_none_of_the_frame(open_page: OpenPage, settle: Open) -> None:
    page = open_page("linxiaoyun").page
    page.emulate_media(media="print")
    for path in ("/", SEARCH, PACK, "/resources/mine"):
        settle(page, path)
        expect(page.locator("main h1")).to_be_visible()
        for part in (".bar", ".rail", ".tabs", ".foot", ".facets", ".pager", ".player-bar"):
            assert [found for found in page.locator(part).all() if found.is_visible()] == [], (path, part)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize(("account", "paths"), VISITS)
def test_what_fingers_press_on_a_phone_is_large_enough(open_page: OpenPage, settle: Open, account: str, paths: tuple[str, ...]) -> None:
    page = open_page(account, REFUSALS, width=360, height=740).page
    for path in paths:
        settle(page, path)
        small = page.evaluate(
            """pressed => [...document.querySelectorAll(pressed)]
              .filter(e => e.offsetParent && !e.closest('.hidden-words'))
              .map(e => ['checkbox', 'radio'].includes(e.type) ? e.closest('label') ?? e.labels[0] ?? e : e)
              .map(e => [e.outerHTML.slice(0, 100), e.getBoundingClientRect()])
              .filter(([, r]) => r.width > 0 && r.height > 0 && r.height < 43.5)
              .map(([html, r]) => `${html} ${Math.round(r.height)}`)""",
            PRESSED,
        )
        assert small == [], path


@pytest.mark.parametrize(("demo", "path"), [("0", "/setup"), ("1", "/sign-in")])
def test_the_first_page_of_an_installation_fits_too(browser: Browser, tmp_path: Path, demo: str, path: str) -> None:
    with up(tmp_path / "hub", HUB_DEMO=demo, HUB_MIN_FREE_GB="0.1") as hub:
        wait_until(hub.is_ready, START_S)
        address = f"http://127.0.0.1:{hub.port}"
        with visiting(browser, address) as open_page:
            for look in LOOKS:
                page = open_page(width=look.width, height=look.height, dark=look.dark, bypass_csp=True).page
                dress(page, address, look)
                page.goto(address + path)
                if demo == "1":
                    page.click(".demo-accounts summary")
                    expect(page.locator(".demo-accounts li").first).to_be_visible()
                page.wait_for_load_state("networkidle")
                inspect(page, look, path)


@pytest.mark.parametrize(
    ("account", "path", "most_kb"),
    [("", "/sign-in", 60), *(("linxiaoyun", path, 120) for path in ("/", SEARCH, "/upload")), ("linxiaoyun", PACK, 250)],
)
def test_a_first_load_is_light(open_page: OpenPage, settle: Open, account: str, path: str, most_kb: int) -> None:
    page = open_page().page
    if account:
        page.context.add_cookies([*open_page(account).page.context.cookies()])  # type: ignore[list-item]  # what is read may be written
    scale = Scale(page)
    settle(page, path)
    if path == PACK:
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
