"""A city and a village teacher write one plan in two browsers: at once, without a line, in another order, and back again."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.weighing import Scale

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CUT = ("ERR_INTERNET_DISCONNECTED", "WebSocket")
TEACHER, VILLAGE = "教师活动", "村校端做什么"
EDITOR_KB = 350


def begin(page: Page, address: str, title: str) -> str:
    """Begin a plan as its owner does and return its address."""
    page.goto(f"{address}/plans")
    page.click("a.btn-primary[href='/plans/new']")
    page.fill("#title", title)
    page.click("text=开始写")
    page.wait_for_selector(".plan-steps li")
    return page.url


def invite(page: Page, plan: str, name: str, words: str = "请来一起写") -> None:
    page.goto(f"{plan}/members")
    page.fill("#q", name)
    page.click("text=查找")
    page.locator("li", has_text=name).get_by_role("button", name=words).click()
    page.wait_for_selector(f".row-title >> text={name}")


def text_at(page: Page, stage: int, column: str) -> Locator:
    return (
        page.locator(f".plan-steps li >> nth={stage}")
        .locator(".plan-column", has=page.locator(f".plan-label:text-is('{column}')"))
        .locator(".plan-text")
    )


def write(page: Page, text: Locator, words: str) -> None:
    text.click()
    expect(text).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(words)


def type_at_once(*written: tuple[Page, str]) -> None:
    """Let each page type its words, key by key in turn."""
    for number in range(max(len(words) for _page, words in written)):
        for page, words in written:
            page.keyboard.insert_text(words[number : number + 1])


def drag(page: Page, row: Locator, onto: Locator) -> None:
    """Take a row by its grip and let it go in the middle of another."""
    grip = row.locator(".plan-grip")
    grip.scroll_into_view_if_needed()
    box, target = grip.bounding_box(), onto.bounding_box()
    assert box
    assert target
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 30, target["y"] + target["height"] / 2, steps=6)
    page.mouse.up()


def names(page: Page) -> list[str]:
    return page.eval_on_selector_all(".plan-stage input[type=text]", "fields => fields.map(field => field.value)")


def saved(page: Page) -> None:
    expect(page.locator(".plan-truth")).to_have_text("已保存")


def test_two_teachers_write_one_plan(open_page: OpenPage, address: str) -> None:
    city, village = open_page("linxiaoyun", allowed=CUT), open_page("wuyoutian", width=360, height=760, allowed=CUT)
    plan = begin(city.page, address, "色彩的冷与暖")
    invite(city.page, plan, "吴有田")
    city.page.goto(plan)
    village.page.goto(f"{address}/plans")
    village.page.click("text=色彩的冷与暖")
    for page in (city.page, village.page):
        saved(page)
        assert names(page) == ["导入", "新授", "练习", "小结"]
    expect(city.page.locator(".plan-people")).to_contain_text("吴有田")

    # At once, in the same text, key by key.
    here, there = text_at(city.page, 0, TEACHER), text_at(village.page, 0, TEACHER)
    here.click()
    there.click()
    said, answered = "出示两幅画，哪一幅让你觉得暖？", "请学生先看校园里的树叶。"
    type_at_once((city.page, said), (village.page, answered))
    for text in (here, there):
        expect(text).to_contain_text(said)
        expect(text).to_contain_text(answered)
    expect(city.page.locator(".plan-cell.is-shared .plan-here")).to_have_text("吴有田在这里")

    # The village loses its line, writes on, and closes the page; the city moves the same stage meanwhile.
    village.page.context.set_offline(True)
    expect(village.page.locator(".plan-truth")).to_contain_text("断线，写的内容已存在本机")
    write(village.page, text_at(village.page, 1, VILLAGE), "摆出柿子皮和板蓝根叶汁")
    city.page.locator(".plan-stage input[type=text] >> nth=1").focus()
    city.page.keyboard.press("Alt+ArrowUp")
    write(city.page, text_at(city.page, 0, TEACHER), "示范调色")
    assert names(city.page)[:2] == ["新授", "导入"]
    context = village.page.context
    village.page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(plan)
    saved(again)
    for page in (city.page, again):
        expect(text_at(page, 0, VILLAGE)).to_contain_text("摆出柿子皮和板蓝根叶汁")
        expect(text_at(page, 0, TEACHER)).to_contain_text("示范调色")
        expect(text_at(page, 1, TEACHER)).to_contain_text(said)

    # By the grip, and back by undo; a stage taken out, and brought back.
    rows = city.page.locator(".plan-steps li")
    drag(city.page, rows.nth(0), rows.nth(3))
    expect(city.page.locator("[aria-live].hidden-words")).to_have_text("「新授」已移到第 4 个")
    assert names(city.page) == ["导入", "练习", "小结", "新授"]
    city.page.get_by_role("button", name="撤销").click()
    expect(rows.nth(0).locator("input[type=text]")).to_have_value("新授")
    city.page.get_by_role("button", name="移除「练习」").click()
    expect(rows).to_have_count(3)
    expect(again.locator(".plan-steps li")).to_have_count(3)
    city.page.get_by_role("button", name="恢复").click()
    expect(again.locator(".plan-steps li")).to_have_count(4)

    # Minutes that do not add up are said.
    for row, minutes in enumerate((15, 5, 12, 6)):
        rows.nth(row).locator("input[type=number]").fill(str(minutes))
    expect(again.locator(".plan-bar p")).to_have_text("计划 38/40 分钟 还差 2 分钟")
    saved(city.page)


def test_a_suggestion_becomes_the_text_and_the_version_says_whose_it_was(open_page: OpenPage, address: str) -> None:
    city, village = open_page("linxiaoyun"), open_page("wuyoutian")
    plan = begin(city.page, address, "秋天的雨")
    invite(city.page, plan, "吴有田", "只提意见")
    city.page.goto(plan)
    write(city.page, text_at(city.page, 0, TEACHER), "读课文")
    saved(city.page)
    village.page.goto(plan)
    expect(village.page.locator(".plan-truth")).to_have_text("您可以阅读和提意见")
    cell = village.page.locator(".plan-steps li >> nth=0").locator(".plan-column >> nth=0")
    cell.locator(".plan-remarks-switch").click()
    cell.get_by_text("直接提改法").click()
    cell.get_by_label("改成这样").fill("先听雨声，再读课文")
    cell.get_by_label("为什么这样改").fill("村校教室外就有雨棚")
    cell.get_by_text("提出建议").click()
    mine = city.page.locator(".plan-steps li >> nth=0").locator(".plan-column >> nth=0")
    mine.get_by_text("1 条意见").click()
    mine.get_by_role("button", name="采纳", exact=True).click()
    for page in (city.page, village.page):
        expect(text_at(page, 0, TEACHER)).to_have_text("先听雨声，再读课文")
    expect(mine.locator(".plan-cause")).to_contain_text("这一处来自吴有田的建议")
    city.page.goto(f"{plan}/versions")
    city.page.fill("#name", "听了村校的意见")
    city.page.click("text=存为新版本")
    city.page.click(".row-title >> text=第 1 版")
    expect(city.page.locator(".plan-sheet td >> nth=0")).to_contain_text("先听雨声，再读课文")
    expect(city.page.locator(".plan-cause")).to_contain_text("村校教室外就有雨棚")


def test_formulas_come_with_the_first_one_and_the_editor_is_light(open_page: OpenPage, address: str) -> None:
    watched = open_page("linxiaoyun")
    plan = begin(watched.page, address, "分数的初步认识")
    fresh = open_page("linxiaoyun")
    scale = Scale(fresh.page)
    fresh.page.goto(plan)
    saved(fresh.page)
    assert scale.kb() < EDITOR_KB
    light = scale.kb()
    text_at(fresh.page, 0, TEACHER).click()
    fresh.page.get_by_role("button", name="公式").click()
    fresh.page.fill("#plan-latex", r"\frac{1}{2}")
    expect(fresh.page.locator(".plan-shown .katex")).to_be_visible()
    fresh.page.click("text=插入")
    expect(watched.page.locator(".plan-formula .katex .mfrac")).to_be_visible()
    saved(fresh.page)
    assert scale.kb() > light + 60
    fresh.page.goto(f"{plan}/sheet")
    expect(fresh.page.locator(".plan-formula .katex .mfrac")).to_be_visible()
    assert re.search(r"计划 0 分钟", fresh.page.inner_text(".page-head"))
