"""A teacher prepares with a village colleague, then hosts a cycle of two rounds: each page has one next step, and is read by everybody."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_pages import AXE, RULES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LEAD, COLLEAGUE = "linxiaoyun", "吴有田"


def looked_at(page: Page, name: str) -> None:
    """Nothing is wider than the screen, axe has nothing against it, one primary button at most stands in the content."""
    if folder := os.environ.get("HUB_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    assert page.locator("main .btn-primary:visible").count() <= 1, name
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], name


def press(page: Page, words: str) -> None:
    page.locator("main").get_by_role("button", name=words, exact=True).first.click()


def told(page: Page, words: str) -> None:
    expect(page.locator("main .note-ok, .note-ok").first).to_contain_text(words)


def prepared(page: Page, address: str) -> None:
    page.goto(f"{address}/study")
    looked_at(page, "study-list-empty")
    page.click("main a:has-text('开始集体备课')")
    page.fill("#title", "色彩的冷与暖")
    page.click(f".tick-list label:has-text('{COLLEAGUE}')")
    looked_at(page, "study-new-task")
    press(page, "开始备课")
    looked_at(page, "study-task-drafting")
    press(page, "初稿好了，请大家提意见")
    told(page, "提意见")
    looked_at(page, "study-task-discussing")
    task = page.url
    page.click("summary:has-text('已经当面讨论过')")
    press(page, "定为共案")
    told(page, "共案已定")
    page.fill("#situation", "九名学生，先摸一摸柿子再说冷暖")
    press(page, "改成我班的个案")
    page.wait_for_url("**/plans/pln_*")
    page.goto(task)
    page.click("a:has-text('看二次备课的改动')")
    expect(page.locator(".study-red .difference ins").first).to_contain_text("九名学生")
    looked_at(page, "study-edition")
    page.goto(task)
    press(page, "记下上课")
    told(page, "已记下")
    page.fill("#worked", "先动手，村端说得多")
    press(page, "写课后反思")
    told(page, "反思已保存")
    looked_at(page, "study-task-reflected")


def held(page: Page, cycle: str, number: int) -> None:
    """Begin a round, say that it was taught today, and hold its talk to the end."""
    page.goto(cycle)
    if number == 1:
        looked_at(page, "study-cycle-begun")
    page.select_option("#version", index=1)
    page.select_option("#teacher_id", index=1)
    press(page, f"开始第 {number} 轮")
    page.goto(f"{cycle}/rounds/{number}")
    page.fill("#taught_on", (datetime.now(UTC) + timedelta(hours=8)).date().isoformat())
    press(page, "就是这一节")
    press(page, "开始研讨")
    press(page, "请授课教师先说")
    page.fill("#text", "想让两端都先动手")
    press(page, "记下")
    press(page, "接下来说证据")
    page.fill("#text", "村端四号先摸再说")
    press(page, "记下")
    if number == 1:
        looked_at(page, "study-round-evidence")
    press(page, "接下来谈问题")
    press(page, "接下来谈改进")
    press(page, "记下来由")
    told(page, "来由")
    press(page, "结束研讨")


def test_a_teacher_prepares_with_a_colleague_and_hosts_two_rounds(open_page: OpenPage, address: str) -> None:
    page = open_page(LEAD, bypass_csp=True).page
    prepared(page, address)
    page.goto(f"{address}/study/cycles/new")
    page.fill("#theme", "村端如何动手")
    page.select_option("#lead_id", index=1)
    page.click(f".tick-list label:has-text('{COLLEAGUE}')")
    looked_at(page, "study-new-cycle")
    press(page, "开始研究")
    cycle = page.url
    held(page, cycle, 1)
    looked_at(page, "study-round-concluded")
    held(page, cycle, 2)
    page.goto(f"{cycle}/compare")
    looked_at(page, "study-compare")
    page.goto(cycle)
    press(page, "结题")
    expect(page.locator(".study-report h1")).to_have_text("村端如何动手")
    looked_at(page, "study-report")
    page.goto(f"{cycle}")
    looked_at(page, "study-cycle-closed")
    phone = open_page(LEAD, width=360, height=740, dark=True, bypass_csp=True).page
    for name, path in (("list", f"{address}/study"), ("cycle", cycle), ("round", f"{cycle}/rounds/2"), ("compare", f"{cycle}/compare")):
        phone.goto(path)
        looked_at(phone, f"study-{name}-360-dark")
