"""Everything for one lesson on one page: in groups, forks below their origin, the old book, two side by side."""

import re
from collections.abc import Callable

import pytest

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.library.models import Resource
from resource_hub.library.schemas import Kind, Licence, Review
from resource_hub.library.service.changes import tell_change
from resource_hub.media.models import Asset, Rendition
from tests.library.lineage_of_works import Shelf
from tests.library.works import ART
from tests.shelves.conftest import AUTHOR, DEAN, ELSEWHERE, VILLAGER, Shelves

pytestmark = pytest.mark.slow
ART_UNIT = ART.rpartition(" / ")[0]
OLD = "小学 / 英语 / 人教版（PEP）（三年级起点） / 三年级上册 / Unit 2 Colours"
NEW = "小学 / 英语 / 人教版（PEP）（三年级起点）（2024） / 三年级上册 / Unit 5 The colourful world"


def groups_of(data: dict) -> dict[str, list[str]]:
    return {group["group"]: [work["title"] for work in group["works"]] for group in data["groups"]}


def test_works_stand_in_groups_and_what_is_missing_is_named(shelves: Shelves) -> None:
    shelves.make("色彩教案", ART)
    shelves.make("整个单元的设计", ART_UNIT, Kind.UNIT_PLAN)
    shelves.make("练习", ART, Kind.EXERCISE)
    path = f"/units/{shelves.node(ART_UNIT)}"
    found = groups_of(shelves.ask(AUTHOR, "GET", f"/api/v1{path}"))
    assert found == {"plans": ["整个单元的设计", "色彩教案"], "slides": [], "sheets": ["练习"], "recordings": []}
    page = shelves.page(AUTHOR, path)
    assert "还缺课件。" in page
    assert "还缺录像与微课。" in page
    assert "还缺教学设计" not in page
    lesson = groups_of(shelves.ask(AUTHOR, "GET", f"/api/v1/units/{shelves.node(ART)}"))
    assert lesson["plans"] == ["色彩教案"]
    shelves.page(AUTHOR, "/units/cur_nowhere", 404)


def test_a_group_alone_is_read_page_by_page(shelves: Shelves) -> None:
    for number in range(50):
        shelves.make(f"第{number:02}份", ART)
    path = f"/units/{shelves.node(ART)}"
    page = shelves.page(AUTHOR, path)
    assert len(re.findall("第[0-9]{2}份</a>", page)) == 8
    assert f'href="{path}?kind=plans"' in page
    first = shelves.page(AUTHOR, f"{path}?kind=plans")
    following = re.search(r'href="([^"]*cursor=[^"]*)"', first)
    assert following is not None
    second = shelves.page(AUTHOR, following.group(1).replace("&amp;", "&"))
    listed = re.findall("(第[0-9]{2}份)</a>", first + second)
    assert sorted(listed) == [f"第{number:02}份" for number in range(50)]
    shelves.page(AUTHOR, f"{path}?kind=plans&cursor=x", 422)
    assert "还缺课件" in shelves.page(AUTHOR, f"{path}?kind=nonsense")


def test_a_fork_stands_below_its_origin_with_the_lessons_of_villages(shelves: Shelves) -> None:
    origin = shelves.make("城里的教案", ART)
    shelves.make("村里的教案", ART, who=VILLAGER, based_on=origin)
    for _again in range(3):
        shelves.ask(VILLAGER, "POST", f"/api/v1/resources/{origin}/uses", json={"pupils": 9})
    shelves.ask(DEAN, "POST", f"/api/v1/resources/{origin}/uses", json={"pupils": 40})
    path = f"/units/{shelves.node(ART)}"
    plans = shelves.ask(AUTHOR, "GET", f"/api/v1{path}")["groups"][0]
    assert plans["count"] == 2
    assert [(work["title"], work["village_uses"], [fork["title"] for fork in work["forks"]]) for work in plans["works"]] == [
        ("城里的教案", 3, ["村里的教案"])
    ]
    page = shelves.page(AUTHOR, path)
    assert "村校已用 3 次" in page
    assert page.index("城里的教案</a>") < page.index("村里的教案</a>")


def test_the_old_book_stands_under_the_new_one(shelves: Shelves) -> None:
    shelves.make("旧书的颜色课", OLD)
    shelves.make("旧书里别人看不到的", OLD, who=ELSEWHERE, licence=Licence.L1)
    page = shelves.page(AUTHOR, f"/units/{shelves.node(NEW)}")
    assert "旧教材" in page
    assert "旧书的颜色课" in page
    assert "旧书里别人看不到的" not in page
    assert f"/units/{shelves.node(OLD)}" in page
    assert "这是旧教材" not in page
    before = shelves.page(AUTHOR, f"/units/{shelves.node(OLD)}")
    assert "这是旧教材" in before
    assert f"/units/{shelves.node(NEW)}" in before


def test_two_works_side_by_side_are_an_address_that_tells_nobody_more(shelves: Shelves, put: Callable[..., str]) -> None:
    shelf = Shelf(shelves.works, put)
    left = shelf.publish("左边的教案", ("教案.txt", "导入"))
    asset = shelf.resource(left)["files"][0]["asset_id"]
    shelf.write_pages(asset, *(f"第{number}页的话" for number in range(1, 15)))
    secret = shelves.make("本校的右边", ART, licence=Licence.L1)
    path = f"/units/{shelves.node(ART)}?left={left}&right={secret}"
    own = shelves.page(AUTHOR, path)
    for words in ("第1页的话", "第12页的话", "还有 2 页", "本校的右边"):
        assert words in own
    assert "第13页的话" not in own
    other = shelves.page(VILLAGER, path)
    assert "第1页的话" in other
    assert "本校的右边" not in other
    assert "已下架，或者您无权查看" in other
    assert "第1页的话" not in shelves.page(AUTHOR, f"/units/{shelves.node(ART)}")


def test_what_a_pack_holds_is_not_called_missing(shelves: Shelves, put: Callable[..., str]) -> None:
    uploads = [put(AUTHOR, name, name.encode()) for name in ("冷暖色教案.txt", "冷暖色课件.txt")]
    body = {"title": "冷暖色课例包", "kind": "lesson_pack", "node": shelves.node(ART), "upload_ids": uploads, "licence": "L3"}
    pack = shelves.ask(AUTHOR, "POST", "/api/v1/resources", json=body)["id"]
    shelves.ask(AUTHOR, "POST", f"/api/v1/resources/{pack}/submission")
    assert shelves.works.review_of(pack) is Review.SUBMITTED
    path = f"/units/{shelves.node(ART)}"
    assert "还缺课件" in shelves.page(AUTHOR, path)
    shelves.ask(DEAN, "POST", f"/api/v1/resources/{pack}/school-approval")
    page = shelves.page(AUTHOR, path)
    assert page.count("没有单独的一份，课例包里有。") == 2
    assert "还缺课件" not in page
    assert "还缺任务单与习题" in page
    missing = shelves.page(AUTHOR, "/browse/missing")
    assert f'<a href="/units/{shelves.node(ART_UNIT)}">色彩</a><span class="muted">缺 任务单与习题 · 录像与微课</span>' in missing


def test_a_recording_shows_its_stills_with_their_seconds(shelves: Shelves, put: Callable[..., str]) -> None:
    uploads = [put(AUTHOR, "录像.txt", b"frames")]
    body = {"title": "冷暖色实录", "kind": "recorded_lesson", "node": shelves.node(ART), "upload_ids": uploads}
    made_id = shelves.ask(AUTHOR, "POST", "/api/v1/resources", json=body)["id"]
    work = shelves.ask(AUTHOR, "GET", f"/api/v1/resources/{made_id}")
    with shelves.works.district.app.app_context(), unit.write():
        asset = db.session.get_one(Asset, work["files"][0]["asset_id"])
        asset.family, asset.duration_s = "video", 600.0
        for at_s in range(0, 600, 75):
            db.session.add(Rendition(id=new_id("ren"), asset_id=asset.id, group="stills", kind="still", label=str(at_s), key=f"stills/{at_s}.jpg",
                                     media_type="image/jpeg", bytes=1, meta={"at_s": at_s}))  # fmt: skip
        made = db.session.get_one(Resource, work["id"])
        made.review, made.published_at = Review.SCHOOL_PUBLISHED, clock.now()
        tell_change(made)
    page = shelves.page(VILLAGER, f"/units/{shelves.node(ART)}")
    assert re.findall("<time>([0-9:]+)</time>", page) == ["0:00", "2:30", "5:00", "7:30"]
    assert f'href="/resources/{work["id"]}?t=150"' in page
