"""A dean prints and enters consent slips, a teacher says what the recording stands on, and both are told by the inbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, OpenPage
from tests.browser.publishing import asking, make, upload, wait_until_ready
from tests.browser.recordings import make_lesson
from tests.browser.test_pages import LOOKS, REFUSALS, Look, dress, inspect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DEAN, TEACHER, ADMIN = "qiulan", "linxiaoyun", "minjie"


def returned_recording(address: str, folder: Path) -> str:
    """Let the teacher submit a recording that nobody can be recognised in and the dean return it; gives its title."""
    title = f"录像课 {folder.name}"
    with asking(address, TEACHER, PASSWORD) as hub:
        sent = upload(hub, make_lesson(folder, seconds=2, kbps=300))
        made = make(hub, title=title, kind="recorded_lesson", upload_ids=[sent])
        wait_until_ready(hub, made)
        asset = hub.get(f"/resources/{made}").json()["data"]["files"][0]["asset_id"]
        hub.put(f"/assets/{asset}/consent", json={"declaration": "no_pupils"}).raise_for_status()
        hub.post(f"/resources/{made}/submission").raise_for_status()
    with asking(address, DEAN, PASSWORD) as hub:
        hub.post(f"/resources/{made}/return", json={"reason": "请补上教案"}).raise_for_status()
    return title


def activate_a_batch(page: Page, address: str) -> Iterator[str]:
    """Go from the empty form to a batch in use, and give the address of every page on the way."""
    page.goto(f"{address}/consents")
    yield page.url
    fold = page.locator("details.fold", has_text="新建告知书")
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    page.select_option("#class_id", index=1)
    page.select_option("#scope", "district")
    page.fill("#headcount", "40")
    page.get_by_role("button", name="新建告知书").click()
    expect(page.get_by_role("heading", name="登记回执")).to_be_visible()
    batch = page.url
    yield f"{batch}/notice"
    yield batch
    page.fill("#agreed", "38")
    page.fill("#declined", "1")
    page.get_by_role("button", name="保存人数").click()
    expect(page.get_by_text("1 份没有收回")).to_be_visible()
    yield batch
    page.check("input[type=checkbox][required]")
    page.get_by_role("button", name="启用这批告知书").click()
    expect(page.get_by_text("已启用")).to_be_visible()
    yield batch


def test_from_the_paper_slip_to_the_recording(open_page: OpenPage, address: str, tmp_path: Path) -> None:
    title = returned_recording(address, tmp_path)
    dean = open_page(DEAN).page
    for _place in activate_a_batch(dean, address):
        pass
    teacher = open_page(TEACHER).page
    teacher.goto(f"{address}/inbox")
    told = teacher.locator(".row-item", has_text=title)
    expect(told).to_contain_text("请补上教案")
    told.get_by_role("button").click()
    expect(teacher.locator("h1")).to_contain_text(title)

    teacher.goto(f"{address}/consents/recordings")
    row = teacher.locator(".row-item").first
    row.locator("select").select_option(label=row.locator("option", has_text="全区").first.inner_text())
    row.get_by_role("button").click()
    expect(teacher.locator(".row-item").first).to_contain_text("可以公开")
    dean.reload()
    expect(dean.locator("section", has_text="用到这批告知书的录像").locator(".row-item")).to_contain_text("可以公开")
    dean.get_by_text("家长撤回同意").click()
    dean.get_by_role("button", name="登记撤回").click()
    expect(dean.get_by_text("用到这批告知书的录像已停止展示")).to_be_visible()
    teacher.reload()
    expect(teacher.locator(".row-item").first).to_contain_text("家长已撤回")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_pages_fit_their_screens_and_axe_finds_nothing(open_page: OpenPage, address: str, tmp_path: Path, look: Look) -> None:
    returned_recording(address, tmp_path)
    writer = open_page(DEAN).page
    looker = open_page(DEAN, width=look.width, height=look.height, dark=look.dark, bypass_csp=True).page
    dress(looker, address, look)
    for place in activate_a_batch(writer, address):
        looker.goto(place)
        inspect(looker, look, place)
    for account, paths in ((TEACHER, ("/inbox", "/consents/recordings")), (ADMIN, ("/inbox", "/admin/terms", "/admin/terms/days/2026"))):
        page = open_page(account, REFUSALS, width=look.width, height=look.height, dark=look.dark, bypass_csp=True).page
        dress(page, address, look)
        for path in paths:
            page.goto(address + path)
            inspect(page, look, path)
