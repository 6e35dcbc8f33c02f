"""A research meeting on a running platform: called by a form, held in a room of its own, its minutes stay."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser import lessons
from tests.browser.conftest import PASSWORD, OpenPage
from tests.browser.publishing import publish
from tests.browser.test_lesson_pages import LINE, stroke
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def call(page: Page, address: str, pack: str) -> str:
    """Call a meeting of the next minutes with one colleague; returns the path of its room."""
    begins = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=5)
    page.goto(f"{address}/timetable/meetings/new?pack={address}{pack}")
    page.fill("input[name=title]", "色彩课怎么让村里的孩子先说")
    page.select_option("select[name=subject]", "fine_art")
    page.fill("input[name=day]", f"{begins:%Y-%m-%d}")
    page.fill("input[name=starts]", f"{begins:%H:%M}")
    page.click("main .btn-primary")
    expect(page.locator("main")).to_contain_text("请至少选一位参加的教师")
    expect(page.locator("input[name=title]")).to_have_value("色彩课怎么让村里的孩子先说")
    page.get_by_label("吴有田").check()
    page.click("main .btn-primary")
    page.get_by_role("link", name="进入联合教研").click()
    expect(page.locator(".meeting")).to_be_visible()
    return page.url


def test_teachers_meet_over_slides_and_keep_minutes(
    open_page: OpenPage, platform: Platform, address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lessons.clear(platform)  # whoever has a lesson at this hour of the demo's timetable cannot be asked to a meeting
    deck = lessons.make_deck(tmp_path_factory.mktemp("slides"))
    pack = publish(address, lessons.LEAD, PASSWORD, [deck], title="色彩的冷与暖（教研）")
    host, guest = open_page(lessons.LEAD, LINE).page, open_page("wuyoutian", LINE).page
    room = call(host, address, pack)
    guest.goto(f"{address}/inbox")
    expect(guest.locator("main")).to_contain_text("请参加联合教研：色彩课怎么让村里的孩子先说")
    guest.goto(room)
    expect(guest.locator(".board-sheet img:not(.is-coming)")).to_be_visible()
    host.get_by_role("button", name="开始", exact=True).click()
    expect(guest.locator(".top-phase.is-live")).to_be_visible()

    guest.get_by_role("button", name="我想发言").click()
    expect(host.locator(".attendee", has_text="吴有田")).to_contain_text("想发言")
    host.get_by_role("button", name="请他翻页").click()
    expect(guest.locator(".strip")).to_be_visible()
    guest.locator(".thumb").nth(2).click()
    expect(host.locator(".thumb[aria-current]")).to_contain_text("3")

    host.get_by_label("写一条").fill("先让村端答第一个问题")
    host.get_by_role("button", name="决定", exact=True).click()
    host.get_by_role("button", name="记下").click()
    expect(guest.locator(".minutes")).to_contain_text("先让村端答第一个问题")
    guest.get_by_label("写一条").fill("村里的孩子认识柿子红")
    guest.get_by_role("button", name="记下").click()
    expect(host.locator(".minutes li")).to_have_count(2)
    host.locator(".tool").first.click()
    stroke(host, (0.2, 0.2), (0.5, 0.5))
    host.get_by_role("button", name="结束", exact=True).click()
    guest.reload()
    expect(guest.locator(".minutes .minute-decision")).to_contain_text("先让村端答第一个问题")
