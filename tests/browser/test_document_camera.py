"""A phone becomes the document camera of a class by a code: its picture comes to the lead, to all classes when it is shown, and no sound.

The devices are the fake ones that Chromium brings; the phone's browser is signed in by nobody.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser import calls, lessons
from tests.browser.conftest import PASSWORD, OpenPage, chromium, visiting
from tests.browser.publishing import publish
from tests.browser.test_pages import AXE, RULES
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

SOUNDS = """() => { const video = document.querySelector('.viewfinder video')
  return [video.muted, video.srcObject.getAudioTracks().length, video.srcObject.getVideoTracks().length] }"""


@pytest.fixture
def browser(play: Playwright) -> Iterator[Browser]:
    with chromium(play, flags=calls.DEVICES) as made:
        yield made


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    with visiting(browser, address) as open_one:
        yield open_one


def test_a_phone_films_for_its_class_until_another_takes_its_place_or_the_lesson_ends(
    open_page: OpenPage, platform: Platform, address: str, tmp_path: Path
) -> None:
    slides = publish(address, lessons.LEAD, PASSWORD, [lessons.make_deck(tmp_path)], title="色彩的冷与暖")
    planned = lessons.plan(platform, slides)
    village = open_page(allowed=["404", "net::ERR"]).page
    calls.village_in(village, address, planned, 1)
    village.goto(f"{address}/live/{planned.lesson}")  # it may have gone to one before it
    lead = open_page(lessons.LEAD, bypass_csp=True).page
    lead.goto(f"{address}/live/{planned.lesson}")
    calls.begin(lead)
    assist = open_page(lessons.ASSIST, width=360, height=740, bypass_csp=True).page
    assist.goto(f"{address}/live/{planned.lesson}")

    # By the picture: what it holds is the address with the code behind its mark.
    code = invited(assist)
    readable(assist)
    first = phone(open_page, f"{address}/live/{planned.lesson}/camera#{code.replace('-', '')}")
    assert first.evaluate("location.hash") == ""
    readable(first)
    first.get_by_role("button", name="打开摄像头").click()
    expect(first.get_by_text("主讲能看到")).to_be_visible()
    expect(first.get_by_text("石桥村小学")).to_be_visible()
    assert first.evaluate(SOUNDS) == [True, 0, 1]
    expect(assist.get_by_text("手机已经接入")).to_be_visible()
    lead.wait_for_function(calls.SEES, arg=".tile .document-small")
    lead.get_by_role("button", name="放大石桥村小学").click()
    lead.wait_for_function(calls.SEES, arg=".document-large")
    readable(lead)
    lead.locator(".document-acts").get_by_role("button", name="关闭").click()
    expect(lead.locator(".document-large")).to_have_count(0)

    # By typing; of two phones the later has the place.
    assist.get_by_role("button", name="换一部手机").click()
    expect(first.get_by_text("这部手机已经不是文档摄像头")).to_be_visible()
    code = assist.locator(".camera-code").inner_text()
    second = phone(open_page, f"{address}/camera", "404")
    second.fill(".companion-code", "AAAAA-AAAAA")
    second.get_by_role("button", name="打开摄像头").click()
    expect(second.get_by_role("alert")).to_contain_text("这个码不对")
    second.fill(".companion-code", code.lower())
    second.get_by_role("button", name="打开摄像头").click()
    expect(second.get_by_text("主讲能看到")).to_be_visible()
    second.reload()
    second.get_by_role("button", name="打开摄像头").click()
    expect(second.get_by_text("主讲能看到")).to_be_visible()

    third = shown_to_all(open_page, lead, village, f"{address}/live/{planned.lesson}/camera")
    lead.get_by_role("button", name="下课").click()
    for one in (second, third):
        expect(one.get_by_text("已经停止")).to_be_visible()


def shown_to_all(open_page: OpenPage, lead: Page, village: Page, where: str) -> Page:
    """A phone on the lead's own table comes to the screens of the classes when the lead says so; return its page."""
    lead.get_by_role("button", name="设备").click()
    lead.get_by_label("放在哪个班").select_option("0")
    lead.get_by_role("button", name="生成二维码").click()
    code = lead.locator(".camera-code").inner_text()
    page = phone(open_page, f"{where}#{code}")
    page.get_by_role("button", name="打开摄像头").click()
    expect(page.get_by_text("主讲能看到")).to_be_visible()
    lead.keyboard.press("Escape")
    lead.locator(".lead-side > .document-small button").click()
    lead.get_by_role("button", name="给各班看").click()
    village.wait_for_function(calls.SEES, arg=".screen-document")
    lead.get_by_role("button", name="不再给各班看").click()
    expect(village.locator(".screen-document")).to_have_count(0)
    return page


def invited(assist: Page) -> str:
    """Have a code made on the assistant's page and return it."""
    assist.get_by_role("button", name="文档摄像头").click()
    assist.get_by_role("button", name="生成二维码").click()
    assist.wait_for_function("() => document.querySelector('.camera-scan img')?.naturalWidth > 0")
    return assist.locator(".camera-code").inner_text()


def phone(open_page: OpenPage, where: str, *allowed: str) -> Page:
    page = open_page(width=412, height=800, bypass_csp=True, allowed=allowed).page
    page.goto(where)
    return page


def readable(page: Page) -> None:
    """Nothing hangs over the edge, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []
