"""The queue of a reviewer, worked by keyboard alone, on three screens."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, OpenPage
from tests.browser.publishing import asking, make, upload
from tests.browser.test_pages import Look, inspect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
AUTHOR, REVIEWER = "lujing", "xianghong"


@pytest.fixture(scope="module")
def waiting(address: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two works that wait for the dean of a school."""
    folder: Path = tmp_path_factory.mktemp("works")
    made = []
    with asking(address, AUTHOR, PASSWORD) as hub:
        for title in ("折纸里的分数", "分数墙"):
            file = folder / f"{title}.txt"
            file.write_text(f"{title}:折一折,涂一涂。", "utf-8")
            made.append(make(hub, title=title, kind="lesson_plan", upload_ids=[upload(hub, file)]))
            hub.post(f"/resources/{made[-1]}/submission").raise_for_status()
    return made


@pytest.mark.parametrize("look", [Look(360, 740), Look(1366, 768), Look(1920, 1080, dark=True)], ids=str)
def test_the_queue_fits_its_screen(open_page: OpenPage, address: str, waiting: list[str], look: Look) -> None:
    page = open_page(REVIEWER, width=look.width, height=look.height, dark=look.dark, bypass_csp=True).page
    page.goto(f"{address}/reviews?at={waiting[0]}")
    page.wait_for_load_state("networkidle")
    inspect(page, look, "/reviews")
    page.goto(f"{address}/complaints/new?resource={waiting[0]}")
    inspect(page, look, "/complaints/new")
    page.goto(f"{address}/complaints/mine")
    inspect(page, look, "/complaints/mine")


def test_a_reviewer_needs_nothing_but_keys(open_page: OpenPage, address: str, waiting: list[str]) -> None:
    page = open_page(REVIEWER).page
    page.goto(f"{address}/reviews?at={waiting[0]}")
    heading = page.locator("#chosen")
    expect(heading).to_have_text("折纸里的分数")
    page.keyboard.press("j")
    expect(heading).to_have_text("分数墙")
    page.keyboard.press("k")
    expect(heading).to_have_text("折纸里的分数")
    page.keyboard.press("r")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("ja1")
    expect(page.locator("#reason")).to_have_value("ja1")
    page.locator("#reason").fill("")
    page.locator("#reason").blur()
    for key in "1234":
        page.keyboard.press(key)
    expect(page.locator(".review-form input[name=passed]:checked")).to_have_count(4)
    page.keyboard.press("a")
    expect(page.locator("main")).to_contain_text("《折纸里的分数》审核通过")
    expect(heading).to_have_text("分数墙")
