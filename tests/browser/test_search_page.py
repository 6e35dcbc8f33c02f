"""The search page in a real browser: "show more" says that it waits, what went wrong, and stays to be pressed again."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import PASSWORD, OpenPage
from tests.browser.publishing import publish
from tests.browser.test_player import speaking
from tests.infra.standing import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

HITS = 14  # two more than one page shows


def test_more_hits_come_or_it_is_said_why_not(open_page: OpenPage, address: str, tmp_path: Path) -> None:
    fill_shelf(address, tmp_path)
    page = open_page("linxiaoyun", ["Failed to load resource", "net::ERR", "Response Status Error", "htmx"]).page
    page.goto(f"{address}/search?q=红领巾广播稿")
    more, words = page.get_by_role("link", name="显示更多"), page.locator(".exchange-words")
    expect(page.locator(".hit")).to_have_count(12)

    page.route("**/search?*cursor=*", lambda route: route.abort())
    more.click()
    expect(words).to_contain_text("连不上服务器")
    page.unroute("**/search?*cursor=*")

    session = page.context.cookies()
    page.context.clear_cookies()
    more.click()
    expect(words).to_contain_text("登录")
    expect(words.get_by_role("link", name="重新登录")).to_be_visible()
    page.context.add_cookies([*session])  # type: ignore[list-item]  # what is read may be written

    held: list[Route] = []
    page.route("**/search?*cursor=*", lambda route: held.append(route))  # noqa: PLW0108 -- Playwright marks what it is given
    more.click()
    expect(words).to_have_text("正在取，请稍等")
    expect(more).to_have_attribute("aria-busy", "true")
    wait_until(lambda: bool(page.wait_for_timeout(50) or held))
    held[0].continue_()
    expect(page.locator(".hit").nth(12)).to_be_visible()
    expect(words).to_have_count(0)


def test_words_are_marked_on_the_picture_and_on_the_page_that_it_opens(open_page: OpenPage, address: str, tmp_path: Path) -> None:
    lines = [f"第{number}条 值日生擦黑板" for number in range(1, 80)] + ["蒲公英的种子随风飘走"]
    (tmp_path / "公约.txt").write_text("\n".join(lines), "utf-8")
    publish(address, "linxiaoyun", PASSWORD, [tmp_path / "公约.txt"], title="班级公约", kind="media_asset")
    with speaking(address, "linxiaoyun") as hub:
        wait_until(lambda: hub.get("/search", params={"q": "蒲公英的种子"}).json()["data"]["total"] > 0)
    page = open_page("linxiaoyun").page
    page.goto(f"{address}/search?q=蒲公英的种子")
    moment = page.locator(".moments a.has-picture").first
    expect(moment.locator(".word-mark").first).to_be_visible()
    moment.click()
    marked = page.locator(".page.is-shown .word-mark").first
    expect(marked).to_be_visible()
    box, sheet = marked.bounding_box(), page.locator(".page.is-shown").filter(has=page.locator(".word-mark")).bounding_box()
    assert box is not None
    assert sheet is not None
    assert sheet["x"] < box["x"] < sheet["x"] + sheet["width"] / 2


def fill_shelf(address: str, folder: Path) -> None:
    """Make resources that one question finds, more than fit on a page."""
    script = folder / "广播稿.txt"
    script.write_text("红领巾广播站,现在开始播音。", "utf-8")
    first = publish(address, "linxiaoyun", PASSWORD, [script], title="红领巾广播稿 第1期", kind="media_asset")
    with speaking(address, "linxiaoyun") as hub:
        upload = hub.get(first).json()["data"]["files"][0]["upload_id"]
        for number in range(2, HITS + 1):
            made = {"title": f"红领巾广播稿 第{number}期", "kind": "media_asset", "upload_ids": [upload]}
            hub.post("/resources", json=made).raise_for_status()
        wait_until(lambda: hub.get("/search", params={"q": "红领巾广播稿"}).json()["data"]["total"] >= HITS)
