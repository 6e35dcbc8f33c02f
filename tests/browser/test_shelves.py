"""From the curriculum to a lesson, two works side by side, and a reading list put in order by hand and by keyboard."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, OpenPage
from tests.browser.publishing import approve, asking, data_of, make, upload
from tests.browser.test_pages import Look, dress, inspect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
LOOKS = [Look(360, 740), Look(1366, 768, dark=True), Look(1920, 1080, "en")]
TITLES = ("色彩之一", "色彩之二", "色彩之三")


@pytest.fixture(scope="module")
def lesson_page(address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a lesson with three plans."""
    folder = tmp_path_factory.mktemp("plans")
    with asking(address, "linxiaoyun", PASSWORD) as hub:
        node = next(one for one in data_of(hub.get("/curriculum/nodes", params={"q": "色彩的冷与暖"}))["nodes"])["id"]
        made = [
            make(hub, title=title, kind="lesson_plan", node=node, upload_ids=[upload(hub, plan(folder / f"{title}.txt"))])
            for title in TITLES
        ]
    for one in made:
        approve(address, PASSWORD, one, author="linxiaoyun", reviewer="tangwan")
    return f"/units/{node}"


def plan(path: Path) -> Path:
    path.write_text(path.stem, "utf-8")
    return path


def listed(page: Page) -> list[str]:
    return [title.strip() for title in page.locator(".shelf-item .row-title").all_inner_texts()]


def test_a_reading_list_is_made_and_put_in_order(open_page: OpenPage, address: str, lesson_page: str) -> None:
    page = open_page("linxiaoyun").page
    page.goto(address + lesson_page)
    page.get_by_role("link", name="新建阅读单").click()
    page.get_by_label("名称").fill("先看这些")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="合集里还没有您能看到的资源")).to_be_visible()
    collection = page.url
    for title in TITLES:
        page.goto(address + lesson_page)
        page.get_by_role("link", name=title, exact=True).click()
        page.get_by_text("收进合集").click()
        page.get_by_role("button", name="放入 先看这些").click()
        expect(page.get_by_role("button", name="移出 先看这些")).to_be_visible()
    page.goto(collection)
    assert listed(page) == list(TITLES)
    with page.expect_response(lambda answer: answer.url.endswith("/order")) as kept:
        page.get_by_role("button", name="下移 色彩之一").press("Enter")
    assert kept.value.ok
    assert listed(page) == ["色彩之二", "色彩之一", "色彩之三"]
    expect(page.get_by_role("button", name="下移 色彩之一")).to_be_focused()
    with page.expect_response(lambda answer: answer.url.endswith("/order")) as kept:
        page.locator(".shelf-handle").nth(2).drag_to(page.locator(".shelf-item").first, target_position={"x": 200, "y": 6})
    assert kept.value.ok
    assert listed(page) == ["色彩之三", "色彩之二", "色彩之一"]
    page.reload()
    assert listed(page) == ["色彩之三", "色彩之二", "色彩之一"]
    page.goto(address + lesson_page)
    expect(page.get_by_role("link", name="先看这些")).to_be_visible()


def test_two_works_are_put_side_by_side_from_the_shelf(open_page: OpenPage, address: str, lesson_page: str) -> None:
    page = open_page("wuyoutian", width=360, height=740).page
    page.goto(address + lesson_page)
    page.get_by_role("link", name="并排看 色彩之一").click()
    page.get_by_role("link", name="放到右边对比 色彩之二").click()
    expect(page.locator(".beside-side h3")).to_have_text(["色彩之一", "色彩之二"])
    page.get_by_role("link", name="结束并排").click()
    expect(page.locator(".beside")).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_shelves_are_sound_on_every_screen(open_page: OpenPage, address: str, lesson_page: str, look: Look) -> None:
    page = open_page("linxiaoyun", width=look.width, height=look.height, dark=look.dark, bypass_csp=True).page
    dress(page, address, look)
    for path in ("/browse", lesson_page, "/browse/missing", "/browse/new", "/collections", "/collections/new", "/bookmarks"):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        inspect(page, look, path)


@pytest.mark.parametrize("width", [360, 1366])
def test_two_recordings_play_side_by_side(open_page: OpenPage, address: str, lesson_page: str, pack: str, width: int) -> None:
    page = open_page("linxiaoyun", width=width, bypass_csp=True).page
    ident = pack.rpartition("/")[2]
    page.goto(f"{address}{lesson_page}?left={ident}&right={ident}")
    players = page.locator(".beside [data-island=player][data-mounted]")
    expect(players).to_have_count(2)
    page.wait_for_load_state("networkidle")
    inspect(page, Look(width, 768), "two recordings")
