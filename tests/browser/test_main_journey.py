"""The main job in real browsers: a city teacher uploads while parts of the platform die, a
village teacher of the same community plays on a slow line, another community is refused."""

import os
import signal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import CHROMIUM, PASSWORD, Sending, chromium, settled, visiting
from tests.browser.link import SLOW, in_namespaces, standing_link
from tests.browser.publishing import asking, declare
from tests.browser.recordings import make_lesson, make_slides
from tests.infra.standing import wait_until
from tests.running_platform import START_S, Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

WORDS = "柿子皮调色"  # they stand in the slides alone
WHILE_PARTS_DIE = ["Failed to load resource", "request: net::ERR"]


@in_namespaces
def test_a_lesson_survives_dying_parts_and_plays_on_a_slow_line(play: Playwright, tmp_path: Path) -> None:
    with standing_link() as link, settled(tmp_path / "hub", HUB_LISTEN=link.city, HUB_ALLOWED_HOSTS=link.city) as hub:
        here, there = f"http://127.0.0.1:{hub.port}", f"http://{link.city}:{hub.port}"
        with chromium(play) as browser, visiting(browser, here) as open_page:
            author = open_page("linxiaoyun", WHILE_PARTS_DIE)
            resource = publish_while_parts_die(author.page, here, hub, tmp_path)
            with asking(here, "linxiaoyun", PASSWORD) as api:
                declare(api, resource.rpartition("/")[2])
            author.page.click("text=提交校审")
            expect(author.page.locator("main")).to_contain_text("等待校审")

            reviewer = open_page("qiulan").page
            reviewer.goto(here + resource)
            reviewer.click("text=校审通过")
            expect(reviewer.locator("main")).to_contain_text("校内通过")

        with chromium(play, link.program(tmp_path, CHROMIUM)) as browser, visiting(browser, there) as open_page:
            village = open_page("wuyoutian").page
            link.become(SLOW)
            wait_until(lambda: is_found(village, f"{there}/search?q={WORDS}"))
            village.click("#hits h2 a >> nth=0")
            village.click(".player-big")
            village.wait_for_function("() => document.querySelector('video')?.currentTime > 3")
            expect(village.locator("main")).to_contain_text("色彩的冷与暖")

        with chromium(play) as browser, visiting(browser, here) as open_page:
            refuses(open_page("meixue", [resource]).page, here, resource)


def refuses(page: Page, address: str, resource: str) -> None:
    """Somebody of another community reaches it neither by its page, nor by the API, nor by a search that finds it for others."""
    page.goto(address + resource)
    expect(page.locator("main")).to_contain_text("没有找到")
    expect(page.locator("main")).not_to_contain_text("色彩的冷与暖")
    assert page.request.get(f"{address}/api/v1{resource}").status == 404
    assert not is_found(page, f"{address}/search?q={WORDS}")


def publish_while_parts_die(page: Page, address: str, hub: Platform, folder: Path) -> str:
    """Upload a recording and slides, kill the storage and the worker in the middle; return the path of the resource."""
    Sending(page).limit(2_000_000)
    page.goto(f"{address}/upload")
    with page.expect_file_chooser() as chooser:
        page.click("text=选择文件 >> nth=0")
    chooser.value.set_files([make_lesson(folder), make_slides(folder)])
    page.wait_for_selector(".upload-sending")
    kill(hub, "/weed ")
    expect(page.locator("#f-title")).to_have_value("色彩的冷与暖")
    page.fill("#f-node_id", "美术三上")
    page.click("[role=option] >> nth=0")
    page.click("text=传完后自动保存")
    page.wait_for_url("**/resources/res_*")
    resource = urlsplit(page.url).path
    assert resource
    expect(page.locator(".work")).to_contain_text("课堂实录")
    kill(hub, "resource-hub: worker")
    wait_until_ready(page)
    page.reload()
    expect(page.locator(".player-big")).to_be_visible()
    expect(page.locator(".stage img").first).to_be_visible()
    expect(page.locator(".file")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("课件.pptx")
    return resource


def kill(platform: Platform, words: str) -> None:
    """Kill a part without warning; the supervisor starts it again."""
    os.kill(next(pid for pid, line in platform.alive().items() if words in line), signal.SIGKILL)


def is_found(page: Page, url: str) -> bool:
    page.goto(url)
    return page.locator("#hits h2 a").count() > 0


def wait_until_ready(page: Page) -> None:
    """Wait until every file of the resource that the page shows is there to be seen."""
    address = page.url.replace("/resources/", "/api/v1/resources/", 1)

    def is_ready() -> bool:
        answer = page.request.get(address)
        if answer.ok and answer.json()["data"]["state"] == "ready":
            return True
        page.wait_for_timeout(500)
        return False

    wait_until(is_ready, START_S)
