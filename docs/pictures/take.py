"""Take the README's pictures from a running demo district: ``python docs/pictures/take.py ADDRESS PASSWORD``.

Pictures are never made by hand, so that they show what the program shows.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-quic"]


def main(address: str, password: str) -> None:
    """Write today.png, search.png, resource.png, unit.png and phone.png."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name, path, size in (
            ("today", "/", (1366, 860)),
            ("search", "/search?q=三上 分数", (1366, 860)),
            ("unit", "/browse", (1366, 860)),
            ("resource", "first", (1366, 860)),
            ("phone", "/", (360, 740)),
        ):
            context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai")
            page = context.new_page()
            sign_in(page, address, password)
            if name == "unit":
                page.goto(address + path)
                page.locator("main a[href*='/units/']").first.click()
            elif path == "first":
                page.goto(f"{address}/search?kind=recorded_lesson")
                page.click("#hits h2 a")
            else:
                page.goto(address + path)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(1000)
            page.screenshot(path=FOLDER / f"{name}.png")
            context.close()
        browser.close()


def sign_in(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("input[name=account]", "linxiaoyun")
    page.fill("input[name=password]", password)
    page.click("form[action='/sign-in'] button.btn-primary")
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2])
