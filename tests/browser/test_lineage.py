"""From a village lesson back to its author: found, adapted, taught, told; and two versions side by side on every screen."""

from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, OpenPage
from tests.browser.publishing import approve, asking, data_of, make, upload, wait_until_ready
from tests.browser.test_pages import Look, dress, inspect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
FIRST = ["导入:看一看教室里的颜色,说一说哪些暖、哪些冷。", "新授:认识色相环,用投影比较六种颜色。", "练习:在任务单上涂一涂,同桌互评。"]
SECOND = [FIRST[0], "到田埂上去:找三片叶子,比一比谁更暖。", FIRST[1].replace("投影", "色卡"), FIRST[2]]
LOOKS = [Look(360, 740), Look(1366, 768, dark=True), Look(1920, 1080, "en")]


def plan(path: Path, steps: list[str]) -> Path:
    """Write a plan with a page for each step."""
    document = docx.Document()
    for number, step in enumerate(steps):
        if number:
            document.add_page_break()
        document.add_heading(f"环节 {number + 1}", 1)
        document.add_paragraph(step)
    document.save(str(path))
    return path


@pytest.fixture(scope="module")
def work(address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a plan in its second version."""
    folder = tmp_path_factory.mktemp("plans")
    with asking(address, "linxiaoyun", PASSWORD) as hub:
        made = make(hub, title="冷暖色教案", kind="lesson_plan", upload_ids=[upload(hub, plan(folder / "教案.docx", FIRST))])
        wait_until_ready(hub, made)
    approve(address, PASSWORD, made, author="linxiaoyun", reviewer="tangwan")
    with asking(address, "linxiaoyun", PASSWORD) as hub:
        (folder / "二").mkdir()
        led = hub.post(f"{address}/resources/{made}/mending", headers={"Accept": "text/html"}).headers["Location"]
        again = [upload(hub, plan(folder / "二" / "教案.docx", SECOND))]
        body = {"title": "冷暖色教案", "kind": "lesson_plan", "upload_ids": again, "change_note": "换成田里的材料"}
        revision = data_of(hub.post("/resources", json={**body, "draft_id": led.rpartition("draft=")[2]}))["id"]
        wait_until_ready(hub, revision)
    approve(address, PASSWORD, revision, author="linxiaoyun", reviewer="tangwan")
    return f"/resources/{made}"


def test_a_lesson_taught_in_the_village_is_seen_by_its_author(open_page: OpenPage, address: str, work: str) -> None:
    page = open_page("wuyoutian", width=360, height=740).page
    page.goto(address + work)
    page.get_by_role("link", name="用于上课").click()
    page.get_by_label("哪个班").select_option(index=1)
    page.get_by_text("写两句给同事").click()
    page.get_by_label("怎么样").fill("孩子们在田里找颜色,很专心")
    page.get_by_role("button", name="记下这节课").click()
    expect(page.locator(".uses")).to_contain_text("石桥村小学 吴有田")
    page.get_by_role("button", name="改编").click()
    expect(page.locator(".chain")).to_contain_text("林晓云")
    author = open_page("linxiaoyun").page
    author.goto(f"{address}/work")
    expect(author.locator(".work-used", has_text="冷暖色教案")).to_contain_text("孩子们在田里找颜色")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_versions_stand_side_by_side_on_every_screen(open_page: OpenPage, address: str, work: str, look: Look) -> None:
    page: Page = open_page("linxiaoyun", width=look.width, height=look.height, dark=look.dark, bypass_csp=True).page
    dress(page, address, look)
    for path in (work, f"{work}/compare?from=1&to=2", f"{work}/versions/1", f"{work}/uses/new", "/work"):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        inspect(page, look, path)
    page.goto(f"{address}{work}/compare?from=1&to=2")
    expect(page.locator("ins", has_text="色卡")).to_be_visible()
    expect(page.locator("del", has_text="投影")).to_be_visible()
    pictures = page.locator(".difference-side img")
    expect(pictures).to_have_count(5)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
    if look.width == 360:
        places = [side.bounding_box() for side in page.locator(".difference").last.locator(".difference-side").all()]
        assert places[0] is not None
        assert places[1] is not None
        assert places[0]["y"] < places[1]["y"]
