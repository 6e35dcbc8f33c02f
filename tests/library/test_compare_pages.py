"""Two versions stand side by side with their words marked; long documents page by page; old versions stay readable."""

import pytest

from resource_hub.library.schemas import Review
from tests.library.lineage_of_works import AUTHOR, ELSEWHERE, REVIEWER, VILLAGER, Shelf

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
PAGES = [f"第{number}页 {word}的认识,先看一看再画一画,说说理由" for number, word in enumerate("红橙黄绿青蓝紫黑白灰")]


def two_versions(shelf: Shelf) -> str:
    work = shelf.publish("色彩", ("教案.txt", "旧"), ("图.txt", "不变"))
    shelf.write_pages(shelf.resource(work)["files"][0]["asset_id"], *PAGES)
    shelf.revise(work, "<b>换了例子</b>", ("教案.txt", "新"), title="色彩的冷暖")
    changed = [PAGES[0], PAGES[1].replace("先看一看", "先闻一闻"), "完全新写的一页:到田埂上去找颜色", *PAGES[2:]]
    shelf.write_pages(shelf.resource(work)["files"][0]["asset_id"], *changed)
    return work


def test_changed_words_added_pages_and_fields_are_shown_with_links_to_them(shelf: Shelf) -> None:
    work = two_versions(shelf)
    page = shelf.works.page(VILLAGER, f"/resources/{work}/compare?from=1&to=2")
    assert '<del><span class="hidden-words">删去：</span>看一看</del>' in page
    assert '<ins><span class="hidden-words">新增：</span>闻一闻</ins>' in page
    assert "名称改了" in page
    assert "《教案.txt》1 页有改动、1 页新增" in page
    assert "《图.txt》删去" in page
    assert "黄的认识" not in page
    assert "两份内容没有不同" in shelf.works.page(VILLAGER, f"/resources/{work}/compare?from=2&to=2")
    assert "名称改了" in shelf.works.page(VILLAGER, f"/resources/{work}/compare")


def test_versions_are_listed_and_an_old_one_opens_with_its_files(shelf: Shelf) -> None:
    work = two_versions(shelf)
    page = shelf.works.page(VILLAGER, f"/resources/{work}")
    assert "&lt;b&gt;换了例子&lt;/b&gt;" in page
    assert f"/resources/{work}/compare?from=1&amp;to=2" in page
    old = shelf.works.page(VILLAGER, f"/resources/{work}/versions/1")
    assert "这是以前的版本" in old
    assert "图.txt" in old
    asset = old.partition("/media/")[2].partition("/original")[0]
    assert shelf.works.district.client.get(f"/media/{asset}/original", headers=shelf.works.district.as_(VILLAGER)).status_code == 302
    listed = shelf.ask("GET", f"/api/v1/resources/{work}/versions", VILLAGER)
    assert [(row["number"], row["note"]) for row in listed] == [(2, "<b>换了例子</b>"), (1, "")]


def test_versions_and_differences_are_for_those_who_see_the_work(shelf: Shelf) -> None:
    work, other = two_versions(shelf), shelf.works.make(ELSEWHERE, "别处的", Review.SCHOOL_PUBLISHED)
    for path in ("versions/1", "compare?from=1&to=2", f"compare?with={other}"):
        shelf.works.page(ELSEWHERE, f"/resources/{work}/{path}", 404)
    shelf.works.page(VILLAGER, f"/resources/{work}/compare?with={other}", 404)
    for path in ("versions/9", "versions/x", "versions/٣", "compare?from=9&to=2"):
        shelf.works.page(VILLAGER, f"/resources/{work}/{path}", 404)
    shelf.works.page(VILLAGER, f"/resources/{work}/compare?from=x&to=²&file=-1&at=x")


def test_a_fork_stands_beside_its_origin(shelf: Shelf) -> None:
    work = two_versions(shelf)
    fork = shelf.ask("POST", f"/api/v1/resources/{work}/forks", REVIEWER)["id"]
    shelf.ask("PATCH", f"/api/v1/resources/{fork}", REVIEWER, json={"summary": "少一个环节"})
    page = shelf.works.page(REVIEWER, f"/resources/{fork}/compare?with={work}")
    assert "少一个环节" in page
    assert "《教案.txt》" not in page


def test_a_long_document_is_shown_in_parts(shelf: Shelf) -> None:
    old, new = shelf.publish("长", ("书.txt", "旧")), shelf.publish("长", ("书.txt", "新"))
    told = [f"第{number}节 " + "讲一讲这一节的内容和练习" * 40 + str(number * 7919) for number in range(400)]
    for work, texts in ((old, told), (new, [text.replace("练习", f"作业{n % 7}", 1) for n, text in enumerate(told)])):
        shelf.write_pages(shelf.resource(work)["files"][0]["asset_id"], *texts)
    path = f"/resources/{new}/compare?with={old}"
    assert shelf.works.page(AUTHOR, path).count('class="difference"') <= 4
    part = shelf.works.page(AUTHOR, f"{path}&file=0&at=392")
    assert part.count('class="difference"') == 8
    assert 'id="page-0-399"' in part
    assert "后面的改动" not in part
