"""One lesson from its author through both reviews into a village class and back: returned for a picture, mended, approved
by the school and the district, found in plain words, adapted, taught, seen by its author, and taken down."""

from pathlib import Path

import docx
import pytest
from lxml import etree
from playwright.sync_api import Page, expect
from pptx import Presentation

from resource_hub.cli.demo.papers import Letterhead, pdf_bytes
from tests.browser.conftest import OpenPage
from tests.browser.test_main_journey import wait_until_ready
from tests.infra.standing import wait_until
from tests.openings.test_lom import PROFILE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
FILES = "input[data-upload=files]"
TITLE = "田野里的冷与暖"
SLIDES = ["田野里的冷与暖", "谁是暖色", "谁是冷色", "城里的霓虹灯", "地铁站的颜色", "用泥土调暖色"]
BROUGHT = "本地材料：田埂上的黄泥、板蓝根叶。"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journey")


def test_a_lesson_goes_through_reviews_into_a_village_class_and_back(open_page: OpenPage, address: str, folder: Path) -> None:
    author = open_page("linxiaoyun").page
    path = bring(author, address, files_of(folder), folder)
    author.get_by_role("button", name="提交校审").click()
    expect(author.locator("main")).to_contain_text("等待校审")
    expect(author.get_by_role("link", name="逐项审核")).to_have_count(0)  # nobody reviews their own

    reviewer = open_page("tangwan").page
    reviewer.goto(f"{address}/reviews?at={path.rpartition('/')[2]}")
    give_back(reviewer)
    author.goto(address + path)
    expect(author.locator(".note-warn").first).to_contain_text("课件.pptx》 版权：图片来源不明")
    author.get_by_role("button", name="修改", exact=True).click()
    author.locator("#f-third_party").fill("霓虹灯、地铁站两张图为本人拍摄。")
    save(author)
    author.get_by_role("button", name="提交校审").click()
    expect(author.locator("main")).to_contain_text("等待校审")

    pass_all(reviewer, f"{address}/reviews?at={path.rpartition('/')[2]}")
    village, stranger = open_page("wuyoutian", ["410"], width=360, height=740).page, open_page("meixue", ["404"]).page
    village.goto(address + path)
    expect(village.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    stranger.goto(address + path)
    expect(stranger.locator("main")).to_contain_text("没有找到")

    author.goto(address + path)
    author.get_by_role("button", name="申请区审").click()
    researcher = open_page("zhoumin").page
    pass_all(researcher, f"{address}/reviews?at={path.rpartition('/')[2]}")
    stranger.goto(address + path)
    expect(stranger.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(stranger.locator("main")).to_contain_text("周敏")

    wait_until(lambda: TITLE in first_hits(village, f"{address}/search?q=三年级 画 颜色&village_fit=screen"))
    adapted = adapt(village, address, path, folder)
    expect(village.locator(".chain")).to_contain_text("林晓云")
    village.get_by_role("link", name="与它对比").click()
    expect(village.locator("del", has_text="霓虹灯").first).to_be_attached()
    expect(village.locator("main")).to_contain_text("《本地材料.txt》新增")
    teach(village, address + path)
    author.goto(f"{address}/work")
    mine = author.locator(".work-used", has_text=TITLE)
    expect(mine).to_contain_text("9 名学生")
    expect(mine).to_contain_text("吴有田")
    assert not [word for word in ("积分", "排行", "点赞") if word in author.locator("main").inner_text()]

    exported = author.request.get(f"{address}/api/v1{path}/lom")
    PROFILE.assertValid(etree.fromstring(exported.body()))
    take_down(open_page, address, path)
    village.goto(address + path)
    expect(village.locator("main")).to_contain_text("这份资源已下架")
    village.goto(address + adapted)  # what was made of it stays its own author's
    expect(village.get_by_role("heading", level=1)).to_be_visible()


def files_of(folder: Path) -> list[Path]:
    """Write a plan, slides and a sheet."""
    plan = docx.Document()
    plan.add_heading("教学设计", 0)
    plan.add_paragraph("三年级学生看田野的颜色，分出冷色和暖色，用泥土和叶汁画家乡。")
    plan.save(str(folder / f"{TITLE} 教案.docx"))
    write_slides(folder / f"{TITLE} 课件.pptx", SLIDES)
    sheet = pdf_bytes("# 任务\n调出三种暖色，画在圆里。", Letterhead(f"{TITLE} 任务单", "林晓云", "青岚区实验小学"))
    (folder / f"{TITLE} 任务单.pdf").write_bytes(sheet)
    return [folder / f"{TITLE} {name}" for name in ("教案.docx", "课件.pptx", "任务单.pdf")]


def write_slides(path: Path, titles: list[str]) -> None:
    deck = Presentation()
    for title in titles:
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = title
    deck.save(str(path))


def bring(page: Page, address: str, files: list[Path], folder: Path) -> str:
    """Upload the files as one pack and return its path."""
    page.goto(f"{address}/upload")
    page.set_input_files(FILES, files)
    expect(page.locator("#f-title")).to_have_value(TITLE)
    expect(page.locator("#f-kind")).to_have_value("lesson_pack")
    expect(page.locator("#f-licence")).to_have_value("L3")
    expect(page.locator("#f-author_name")).to_have_value("林晓云")
    page.fill("#f-node_id", "美术三上 色彩")
    page.locator("[role=option]").first.click()
    page.fill("#f-summary", "看田野的颜色，分冷暖，画家乡。")
    page.get_by_text("更多信息").click()
    page.select_option("#f-village_fit", "screen")
    save(page)
    expect(page.locator(".pages-place img").first).to_be_visible()
    path = page.url.removeprefix(address)
    page.goto(f"{address}/upload")
    page.set_input_files(FILES, files[:1])
    expect(page.locator(".note", has_text="相同或很接近").get_by_role("link", name=TITLE)).to_have_attribute("href", path)
    page.get_by_role("button", name="移除").click()
    page.goto(address + path)
    return path


def save(page: Page) -> None:
    """Save the upload form as soon as its files are there, and wait until the pages of the resource can be read."""
    expect(page.locator(".upload-sending, .upload-waiting")).to_have_count(0)
    page.get_by_role("button", name="保存为资源").or_(page.get_by_role("button", name="保存修改")).click()
    page.wait_for_url("**/resources/res_*")
    wait_until_ready(page)
    page.reload()


def give_back(page: Page) -> None:
    check = page.locator(".review-check", has_text="版权")
    check.get_by_text("有问题，写原因").click()
    check.get_by_label("哪个文件").select_option(label=f"2 · {TITLE} 课件.pptx")
    check.get_by_label("要改什么").fill("图片来源不明，请注明或更换。")
    page.get_by_role("button", name="退回修改").click()
    expect(page.locator("main")).to_contain_text(f"《{TITLE}》")


def pass_all(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("#chosen")).to_have_text(TITLE)
    for check in page.locator(".review-form input[name=passed]").all():
        check.check()
    page.get_by_role("button", name="审核通过").click()
    expect(page.locator("main")).to_contain_text(f"《{TITLE}》审核通过")


def first_hits(page: Page, url: str) -> list[str]:
    page.goto(url)
    return page.locator("#hits h2").all_inner_texts()[:3]


def adapt(page: Page, address: str, path: str, folder: Path) -> str:
    """Adapt the pack: two slides fewer, and a note on what is at hand in the village; return the path of the adaptation."""
    ours = folder / "村里"
    ours.mkdir()
    write_slides(ours / f"{TITLE} 课件.pptx", [title for title in SLIDES if "霓虹" not in title and "地铁" not in title])
    (ours / "本地材料.txt").write_text(BROUGHT, encoding="utf-8")
    page.goto(address + path)
    page.get_by_role("button", name="改编").click()
    page.wait_for_url(lambda url: "/resources/res_" in url and not url.endswith(path))
    adapted = page.url.removeprefix(address)
    page.get_by_role("button", name="修改", exact=True).click()
    page.get_by_role("button", name=f"移除 {TITLE} 课件.pptx").click()
    page.set_input_files(FILES, list(ours.iterdir()))
    expect(page.locator(".upload-done")).to_have_count(4)
    save(page)
    return adapted


def teach(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="用于上课").click()
    page.get_by_text("写两句给同事").click()
    page.get_by_label("学生人数").fill("9")
    page.get_by_role("button", name="记下这节课").click()
    expect(page.locator(".uses")).to_contain_text("9 名学生")


def take_down(open_page: OpenPage, address: str, path: str) -> None:
    """Complain as a teacher of another school, take down as the dean, and find it written in the audit."""
    other = open_page("lujing").page
    other.goto(address + path)
    other.get_by_role("link", name="投诉这份资源").click()
    other.locator("input[name=kind]").first.check()
    other.locator("#text").fill("第 4 页的图片是别人的。")
    other.get_by_role("button", name="提交投诉").click()
    expect(other.locator(".complaint", has_text=TITLE)).to_be_visible()
    dean = open_page("qiulan").page
    dean.goto(f"{address}/complaints/mine")
    one = dean.locator(".complaint", has_text=TITLE)
    one.get_by_label("给投诉人的答复").fill("已下架，谢谢。")
    one.locator("input[name=outcome][value=hidden]").check()
    one.get_by_role("button", name="处理").click()
    expect(dean.locator(".complaint", has_text=TITLE)).to_contain_text("已下架，谢谢。")
    auditor = open_page("jianbo").page
    auditor.goto(f"{address}/admin/audit?person=qiulan")
    expect(auditor.locator("tbody tr", has_text="下架").first).to_contain_text("邱岚")
