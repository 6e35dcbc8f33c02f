"""Nothing moves under a reader's eyes while a page comes: what stands there before scripts and pictures
arrive has their size.

Scripts are held back until the page has been painted, as a slow line does; else they would be there
before the first paint, and nothing could be seen to move.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import OpenPage
from tests.infra.standing import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MOST = 0.02
WATCH = """
window.shifts = []
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    const moved = shift.sources.map(({ node, previousRect: a, currentRect: b }) =>
      `${node && (node.className || node.nodeName)} ${a.y},${a.height} -> ${b.y},${b.height}`)
    window.shifts.push([shift.value, ...moved])
  }
}).observe({ type: 'layout-shift', buffered: true })
"""
IS_PAINTED = "() => document.querySelector('.foot') && performance.getEntriesByName('first-contentful-paint').length > 0"


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1366, 768)])
@pytest.mark.parametrize("name", ["resource", "search", "upload"])
def test_nothing_moves_while_a_page_comes(open_page: OpenPage, address: str, lesson: str, name: str, width: int, height: int) -> None:
    page = open_page("linxiaoyun", width=width, height=height).page
    path = {"resource": lesson, "search": search_for(page, address, lesson), "upload": "/upload"}[name]
    page.add_init_script(WATCH)
    for is_at_end in (False, True):
        shifts = shifts_of(page, address + path, is_at_end=is_at_end)
        assert sum(shift[0] for shift in shifts) <= MOST, shifts


def search_for(page: Page, address: str, lesson: str) -> str:
    """Return the path of a search that has found something."""
    page.goto(address + lesson)
    path = f"/search?q={page.locator('h1').inner_text()}"
    wait_until(lambda: bool(page.goto(address + path) and page.locator(".hit").count()))
    return path


def shifts_of(page: Page, url: str, *, is_at_end: bool) -> list[Any]:
    """Open a page, its beginning or its end in view, and return what moved, by how much."""
    scripts = re.compile(r"/static/.*\.js$")
    page.route(scripts, hold)
    page.goto(url, wait_until="commit")
    page.wait_for_function(IS_PAINTED)
    if is_at_end:
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_timeout(600)  # what is scrolled to comes to rest; moves right after an input do not count
    page.unroute(scripts)  # what was held goes on
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    found: list[Any] = page.evaluate("() => window.shifts")
    return found


def hold(_route: Route) -> None:
    """Neither let a request go on nor end it."""
