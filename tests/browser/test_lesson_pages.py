"""The four pages of a lesson on a running platform: what one does, the others see, and a reload loses nothing.

Canvases are asked for their pixels: a stroke counts as seen when it is drawn, not when its fact came.
"""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser import lessons
from tests.browser.conftest import PASSWORD, OpenPage
from tests.browser.lessons import Planned
from tests.browser.publishing import publish
from tests.browser.test_pages import AXE, RULES
from tests.browser.weighing import Scale
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LINE = ["net::ERR", "WebSocket", "Failed to load resource"]
PIXELS = """() => { const c = document.querySelector('.board-sheet canvas')
  const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data
  let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n }"""
PRESSED = ".tool, .stage-button, .btn, .thumb, .stepper-step, .big-button"


@pytest.fixture(scope="module")
def slides(address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of six slides that only their author may see in the library."""
    folder = tmp_path_factory.mktemp("slides")
    return publish(address, lessons.LEAD, PASSWORD, [lessons.make_deck(folder)], title="色彩的冷与暖")


@pytest.fixture
def planned(platform: Platform, slides: str) -> Planned:
    return lessons.plan(platform, slides)


def enter(page: Page, address: str, planned: Planned) -> Page:
    page.goto(f"{address}/live/{planned.lesson}")
    expect(page.locator(".board-sheet img:not(.is-coming)")).to_be_visible()
    return page


def room(page: Page, address: str, planned: Planned, place: int) -> Page:
    page.goto(f"{address}/terminal")
    page.fill("input[name=code]", planned.codes[place])
    page.click("main .btn-primary")
    expect(page.locator(".screen")).to_be_visible()  # it goes by itself, to this lesson or to one before it
    return enter(page, address, planned)


def begin(page: Page) -> None:
    page.click(".lead-card .btn-primary")
    expect(page.locator(".top-phase.is-live")).to_be_visible()


def stroke(page: Page, *places: tuple[float, float]) -> None:
    box = page.locator(".board-top").bounding_box()
    assert box
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()


def has_strokes(page: Page, number: int, count: int) -> None:
    """The board shows this page with so many strokes, and they are drawn."""
    expect(page.locator(".board-top")).to_have_attribute("aria-label", f"板书，第 {number} 页，{count} 笔")
    if count:
        page.wait_for_function(f"() => ({PIXELS})() > 100")
    else:
        page.wait_for_function(f"() => ({PIXELS})() === 0")


def test_what_the_lead_writes_and_turns_is_seen_by_all_and_outlives_a_reload(open_page: OpenPage, address: str, planned: Planned) -> None:
    lead = enter(open_page(lessons.LEAD).page, address, planned)
    village = room(open_page(width=1920, height=1080).page, address, planned, 1)
    assistant = enter(open_page(lessons.ASSIST, width=360, height=740).page, address, planned)
    begin(lead)
    expect(village.locator(".screen-cover")).to_have_count(0)
    lead.locator(".tool", has_text="笔").first.click()
    stroke(lead, (0.2, 0.5), (0.3, 0.4), (0.4, 0.6))
    stroke(lead, (0.6, 0.5), (0.7, 0.7))
    for page in (lead, village, assistant):
        has_strokes(page, 1, 2)
    lead.locator(".tool", has_text="撤回").click()
    has_strokes(village, 1, 1)
    lead.keyboard.press("PageDown")
    for page in (lead, village, assistant):
        has_strokes(page, 2, 0)
    lead.keyboard.press("PageUp")
    has_strokes(village, 1, 1)
    before = village.evaluate(PIXELS)
    village.reload()
    has_strokes(village, 1, 1)
    assert village.evaluate(PIXELS) == before


def test_hands_and_votes_of_the_village_reach_the_lead(open_page: OpenPage, address: str, planned: Planned) -> None:
    lead = enter(open_page(lessons.LEAD).page, address, planned)
    village = room(open_page(width=1920, height=1080).page, address, planned, 1)
    assistant = enter(open_page(lessons.ASSIST, width=360, height=740).page, address, planned)
    expect(lead.locator(".lead-card .state-ok")).to_have_count(1)
    begin(lead)
    assistant.click(".big-hand")
    for digit in "12":
        assistant.locator(".number-pad button", has_text=digit).click()
    assistant.click(".assist-sheet .btn-primary")
    expect(lead.locator(".queue-words")).to_contain_text("12 号")
    lead.click(".queue .btn-primary")
    expect(village.locator(".ribbon")).to_contain_text("12 号")
    expect(assistant.locator(".now-line")).to_contain_text("主讲请本班回答")
    lead.locator(".extras .tool", has_text="投票").click()
    lead.fill(".sheet-over input >> nth=0", "哪种颜色最暖？")
    lead.click(".sheet-over .btn-primary")
    expect(village.locator(".big-choices li")).to_have_count(4)
    assistant.click(".big-votes")
    for choice, count in (("A", 5), ("B", 3)):
        for _ in range(count):
            assistant.click(f"[aria-label='{choice}加一']")
    assistant.click(".assist-sheet .btn-primary")
    expect(lead.locator(".sheet-over .poll-bars li > strong")).to_have_text(["5", "3", "0", "0"])
    lead.click(".sheet-over .btn-primary")
    expect(village.locator(".ribbon .poll-bars")).to_be_visible()


def test_what_was_done_with_the_line_down_arrives_when_it_is_back(open_page: OpenPage, address: str, planned: Planned) -> None:
    lead = enter(open_page(lessons.LEAD).page, address, planned)
    begin(lead)
    assistant = enter(open_page(lessons.ASSIST, LINE, width=360, height=740).page, address, planned)
    expect(assistant.locator(".top-state")).to_have_text("线路正常")
    assistant.context.set_offline(True)
    expect(assistant.locator(".top-state")).to_contain_text("断线")
    assistant.click(".big-hand")
    assistant.click(".assist-sheet .btn-primary")
    expect(assistant.locator(".now-kept")).to_contain_text("连上后自动送出（1）")
    assistant.context.set_offline(False)
    expect(lead.locator(".queue-words")).to_contain_text("等了")
    expect(assistant.locator(".now-kept")).to_have_count(0)


def test_works_are_on_every_screen_until_the_lead_goes_on(open_page: OpenPage, address: str, planned: Planned, tmp_path: Path) -> None:
    lead = enter(open_page(lessons.LEAD, bypass_csp=True).page, address, planned)
    village = room(open_page(width=1920, height=1080).page, address, planned, 1)
    assistant = enter(open_page(lessons.ASSIST, width=360, height=740).page, address, planned)
    watcher = enter(open_page("minjie").page, address, planned)
    everybody = {"lead": lead, "class": village, "assist": assistant, "watch": watcher}
    begin(lead)
    for number in range(5):
        assistant.click(".big-photo")
        assistant.set_input_files(".assist-sheet input[type=file]", painting(tmp_path / f"work{number}.jpg", number))
        expect(assistant.locator(".assist-sheet")).to_have_count(0)
    lead.locator(".extras .tool", has_text="作品").click()
    expect(lead.locator(".photos .photo")).to_have_count(5)
    lead.get_by_role("button", name="投到各班大屏").click()
    for name, page in everybody.items():
        expect(page.locator(".wall figure")).to_have_count(5)
        for work in range(5):
            page.wait_for_function("(at) => document.querySelectorAll('.wall img')[at]?.naturalWidth > 0", arg=work)
        shoot(page, f"wall-{name}")
    village.reload()
    expect(village.locator(".wall figure")).to_have_count(5)
    lead.add_script_tag(path=AXE)
    assert lead.evaluate("rules => axe.run(document, rules)", RULES)["violations"] == []
    lead.get_by_role("button", name="只看第 2 件").click()
    for name, page in everybody.items():
        expect(page.locator(".wall.is-alone img")).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        shoot(page, f"wall-alone-{name}")
    lead.get_by_role("button", name="看全部").click()
    expect(village.locator(".wall figure")).to_have_count(5)
    lead.get_by_role("button", name="下一页").click()
    for page in everybody.values():
        expect(page.locator(".wall")).to_have_count(0)


def painting(path: Path, number: int) -> Path:
    """A photo of a sheet on which warm and cold colours were tried."""
    sheet = Image.new("RGB", (1600, 1200), (238, 232, 220))
    draw = ImageDraw.Draw(sheet)
    for spot in range(24):
        x, y = 120 + spot % 6 * 240, 120 + spot // 6 * 260
        warmth = (spot + number * 5) % 24 * 10
        draw.ellipse((x, y, x + 180, y + 180 + number * 6), fill=(warmth, 90, 240 - warmth))
    sheet.save(path)
    return path


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("HUB_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_a_watcher_is_unseen_and_sees_what_happens(open_page: OpenPage, address: str, planned: Planned) -> None:
    lead = enter(open_page(lessons.LEAD).page, address, planned)
    begin(lead)
    watcher = open_page("minjie").page
    enter(watcher, address, planned)
    expect(watcher.locator(".tool")).to_have_count(0)
    lead.keyboard.press("PageDown")
    expect(watcher.locator(".timeline")).to_contain_text("翻到第 2 页")
    expect(lead.locator(".tile .state-none")).to_have_count(2)


def test_a_palm_beside_the_pen_and_a_second_finger_write_nothing(open_page: OpenPage, address: str, planned: Planned) -> None:
    lead = enter(open_page(lessons.LEAD).page, address, planned)
    begin(lead)
    lead.locator(".tool", has_text="笔").first.click()
    touch(lead, "touch", [(1, 0.1), (2, 0.6)])  # two fingers at once
    has_strokes(lead, 1, 1)
    touch(lead, "pen", [(3, 0.2)])
    has_strokes(lead, 1, 2)
    touch(lead, "touch", [(4, 0.3)])
    touch(lead, "pen", [(5, 0.4)])
    has_strokes(lead, 1, 3)


def test_the_lead_may_watch_their_own_lesson_unseen(open_page: OpenPage, address: str, planned: Planned) -> None:
    page = open_page(lessons.LEAD).page
    page.goto(f"{address}/live/{planned.lesson}?as=observer")
    expect(page.locator(".watch .timeline, .watch .muted").first).to_be_visible()
    expect(page.locator(".tool")).to_have_count(0)


def test_who_has_no_seat_learns_not_even_that_the_lesson_is_there(open_page: OpenPage, address: str, planned: Planned) -> None:
    stranger = open_page("dingning", ["404"]).page
    for path in (f"/live/{planned.lesson}", f"/api/v1/lessons/{planned.lesson}/materials"):
        answer = stranger.goto(address + path)
        assert answer
        assert answer.status == 404


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_the_classes_keep_a_quarter_of_the_leads_screen(
    open_page: OpenPage, address: str, planned: Planned, width: int, height: int
) -> None:
    lead = enter(open_page(lessons.LEAD, width=width, height=height).page, address, planned)
    begin(lead)
    assert share(lead, ".tile") >= 0.25
    lead.locator(".stage-button").first.click()
    expect(lead.locator(".tile-stage")).to_have_count(1)
    assert share(lead, ".tile-stage") >= 0.25
    assert lead.evaluate("document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth")
    assert small(lead, PRESSED) == []


@pytest.mark.parametrize(("account", "width", "height"), [(lessons.LEAD, 1366, 768), (lessons.ASSIST, 360, 740), ("minjie", 360, 740)])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_on_the_pages_of_a_lesson(
    open_page: OpenPage, address: str, planned: Planned, account: str, width: int, height: int, dark: bool
) -> None:
    page = enter(open_page(account, width=width, height=height, dark=dark, bypass_csp=True).page, address, planned)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []


def test_axe_finds_nothing_on_the_screen_of_a_class(open_page: OpenPage, address: str, planned: Planned) -> None:
    page = room(open_page(width=1920, height=1080, bypass_csp=True).page, address, planned, 2)
    expect(page.locator("button, a:not(.skip), input")).to_have_text(["检查一下教室"])
    begin(enter(open_page(lessons.LEAD).page, address, planned))
    expect(page.locator(".screen-cover")).to_have_count(0)
    page.add_script_tag(path=AXE)
    assert page.evaluate("rules => axe.run(document, rules)", RULES)["violations"] == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.locator("button, a:not(.skip), input").count() == 0


@pytest.mark.parametrize(("seat", "most_kb"), [("class", 250), ("lead", 300)])
def test_the_pages_of_a_lesson_are_light(open_page: OpenPage, address: str, planned: Planned, seat: str, most_kb: int) -> None:
    page = open_page(lessons.LEAD if seat == "lead" else "").page
    if seat == "class":
        room(page, address, planned, 1)
    fresh = open_page().page
    fresh.context.add_cookies([*page.context.cookies()])  # type: ignore[list-item]  # what is read may be written
    scale = Scale(fresh)
    enter(fresh, address, planned)
    assert 0 < scale.kb() <= most_kb


def touch(page: Page, kind: str, hands: list[tuple[int, float]]) -> None:
    """Draw with several pointers at the same time, each from its place downwards."""
    page.evaluate(
        """([kind, hands]) => { const board = document.querySelector('.board-top'), box = board.getBoundingClientRect()
          const give = (type, step) => hands.forEach(([pointerId, x]) => board.dispatchEvent(new PointerEvent(type,
            {pointerId, pointerType: kind, button: 0, bubbles: true, clientX: box.x + x * box.width, clientY: box.y + (0.2 + step * 0.05) * box.height})))
          give('pointerdown', 0); for (let step = 1; step < 9; step++) give('pointermove', step); give('pointerup', 9) }""",
        [kind, hands],
    )


def small(page: Page, selector: str) -> list[str]:
    """Return what fingers would miss of that."""
    found: list[str] = page.evaluate(
        """css => [...document.querySelectorAll(css)].filter(e => e.offsetParent)
          .filter(e => { const r = e.getBoundingClientRect(); return Math.min(r.width, r.height) < 43.5 }).map(e => e.outerHTML.slice(0, 80))""",
        selector,
    )
    return found


def share(page: Page, selector: str) -> float:
    """How much of the screen these elements have."""
    area: float = page.evaluate(
        """css => [...document.querySelectorAll(css)].reduce((sum, e) => {
          const r = e.getBoundingClientRect(); return sum + r.width * r.height }, 0) / (innerWidth * innerHeight)""",
        selector,
    )
    return area
