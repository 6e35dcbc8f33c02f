"""A pack in a real browser: two recordings and two documents, which stand beside the player where there is room."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, OpenPage
from tests.browser.publishing import publish
from tests.browser.recordings import make_lesson, make_slides

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def pack(address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("pack")
    sheet = folder / "暖色任务单.txt"
    sheet.write_text("用叶汁调三种暖色。", encoding="utf-8")
    files = [make_lesson(folder, "城区班.mp4", seconds=3, kbps=800), make_lesson(folder, "村校班.mp4", seconds=5, kbps=800)]
    return publish(address, "linxiaoyun", PASSWORD, [*files, make_slides(folder), sheet], title="两班同上暖色课")


def test_documents_stand_beside_the_player_and_below_it_on_a_phone(open_page: OpenPage, address: str, pack: str) -> None:
    wide = open_page("linxiaoyun").page
    wide.goto(address + pack)
    player, documents = boxes(wide)
    assert documents["x"] >= player["x"] + player["width"]
    assert abs(documents["y"] - player["y"]) < player["height"] / 2
    narrow = open_page("linxiaoyun", width=360, height=780).page
    narrow.goto(address + pack)
    player, documents = boxes(narrow)
    assert documents["y"] >= player["y"] + player["height"]


def test_each_document_has_its_tab(open_page: OpenPage, address: str, pack: str) -> None:
    page = open_page("linxiaoyun").page
    page.goto(address + pack)
    page.get_by_role("tab", name="暖色任务单.txt").click()
    expect(page.locator(".pages-title")).to_have_text("暖色任务单.txt")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".pages-title")).to_have_text("色彩的冷与暖 课件.pptx")
    expect(page.get_by_role("tab", selected=True)).to_be_focused()


def test_a_hit_in_the_second_document_opens_its_tab(open_page: OpenPage, address: str, pack: str) -> None:
    page = open_page("linxiaoyun").page
    page.goto(address + pack)
    second = page.locator("[role=tab]").nth(1)
    asset = (second.get_attribute("id") or "").removeprefix("tab-")
    page.evaluate("place => { location.hash = place }", f"#page-{asset}-1")
    expect(second).to_have_attribute("aria-selected", "true")


def test_each_recording_of_the_pack_plays(open_page: OpenPage, address: str, pack: str) -> None:
    page = open_page("linxiaoyun").page
    page.goto(address + pack)
    chips = page.get_by_role("navigation", name="本包的录像")
    expect(page.locator(".player-time")).to_contain_text("0:03")
    chips.get_by_role("link", name="村校班.mp4").click()
    expect(chips.get_by_role("link", name="村校班.mp4")).to_have_attribute("aria-current", "true")
    expect(page.locator(".player-time")).to_contain_text("0:05")
    page.locator(".player-big").click()
    expect(page.locator(".player-time")).not_to_contain_text("0:00 ")


def boxes(page: Page) -> tuple[dict[str, float], dict[str, float]]:
    page.wait_for_selector(".player-row")
    page.wait_for_selector(".pages-roll .page.is-shown")
    player, documents = page.locator(".player").bounding_box(), page.locator(".documents").bounding_box()
    assert player
    assert documents
    return dict(player), dict(documents)
