"""Collections belong to a place, show each viewer what they may see, and keep their order; bookmarks are one's own."""

import re
from typing import Any

import pytest

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.library.schemas import Licence, Review
from resource_hub.people import service as persons
from resource_hub.schools import queries as schools
from resource_hub.shelves.models import Bookmark, Collection
from resource_hub.shelves.schemas import MOST_ITEMS
from tests.library.works import ART
from tests.shelves.conftest import ADMIN, AUTHOR, DEAN, ELSEWHERE, HEAD, RESEARCHER, VILLAGER, Shelves

pytestmark = pytest.mark.slow


def collect(shelves: Shelves, who: str, *works: str, **given: Any) -> str:
    made = shelves.ask(who, "POST", "/api/v1/collections", 201, json={"title": "备课清单", **given})["id"]
    for work in works:
        shelves.ask(who, "POST", f"/api/v1/collections/{made}/items", 201, json={"resource_id": work})
    return str(made)


def items_of(shelves: Shelves, who: str, ident: str) -> list[str]:
    return [item["title"] for item in shelves.ask(who, "GET", f"/api/v1/collections/{ident}")["items"]]


def titles_of(shelves: Shelves, who: str, of: str = "") -> list[tuple[str, int]]:
    rows = shelves.ask(who, "GET", f"/api/v1/collections?of={of}")["collections"]
    return [(row["title"], row["count"]) for row in rows]


def test_a_collection_is_seen_by_those_whose_it_is(shelves: Shelves) -> None:
    school, community = f"school:{shelves.works.school_of(DEAN)}", f"community:{shelves.works.community_of(DEAN)}"
    collect(shelves, AUTHOR, title="我的")
    collect(shelves, HEAD, title="本校的", word=school)
    collect(shelves, DEAN, title="教共体的", word=community)
    collect(shelves, RESEARCHER, title="全区的", word="district")
    seen = {who: {title for title, _count in titles_of(shelves, who)} for who in (AUTHOR, HEAD, VILLAGER, ELSEWHERE, ADMIN)}
    assert seen == {
        AUTHOR: {"我的", "本校的", "教共体的", "全区的"},
        HEAD: {"本校的", "教共体的", "全区的"},
        VILLAGER: {"教共体的", "全区的"},
        ELSEWHERE: {"全区的"},
        ADMIN: {"全区的"},
    }
    assert titles_of(shelves, AUTHOR, "community") == [("教共体的", 0)]
    assert titles_of(shelves, AUTHOR, "person") == [("我的", 0)]
    assert "本校的" in shelves.page(AUTHOR, "/collections?of=school")


def test_only_who_decides_for_a_place_puts_a_collection_there_and_changes_it(shelves: Shelves) -> None:
    school, community = f"school:{shelves.works.school_of(DEAN)}", f"community:{shelves.works.community_of(DEAN)}"
    for who, word in ((AUTHOR, school), (VILLAGER, community), (DEAN, "district"), (DEAN, "person:per_other"), (ADMIN, school)):
        refused = shelves.ask(who, "POST", "/api/v1/collections", 422, json={"title": "不行", "word": word})
        assert "word" in refused["fields"]
    mine = collect(shelves, HEAD, title="教研组的", word=school)
    work = shelves.make("教案")
    shelves.ask(AUTHOR, "POST", f"/api/v1/collections/{mine}/items", 403, json={"resource_id": work})
    shelves.ask(AUTHOR, "DELETE", f"/api/v1/collections/{mine}", 403)
    shelves.ask(ELSEWHERE, "DELETE", f"/api/v1/collections/{mine}", 404)
    shelves.ask(DEAN, "POST", f"/api/v1/collections/{mine}/items", 201, json={"resource_id": work})
    assert "改变合集的公开范围" in shelves.page(ADMIN, "/admin/audit")
    shelves.ask(DEAN, "PUT", f"/api/v1/collections/{mine}", json={"title": "还给组长"})
    shelves.ask(DEAN, "GET", f"/api/v1/collections/{mine}", 404)
    assert items_of(shelves, HEAD, mine) == ["教案"]


def test_a_work_that_one_may_not_see_is_left_out_and_not_counted(shelves: Shelves) -> None:
    for_all = shelves.make("全区的教案", review=Review.DISTRICT_PUBLISHED)
    at_school = shelves.make("本校的教案", licence=Licence.L1)
    gone = shelves.make("会下架的")
    community = f"community:{shelves.works.community_of(DEAN)}"
    made = collect(shelves, DEAN, at_school, for_all, gone, word=community)
    shelves.ask(AUTHOR, "POST", f"/api/v1/resources/{gone}/withdrawal", json={"reason": "旧了"})
    assert items_of(shelves, DEAN, made) == ["本校的教案", "全区的教案"]
    assert titles_of(shelves, DEAN) == [("备课清单", 2)]
    assert items_of(shelves, VILLAGER, made) == ["全区的教案"]
    assert titles_of(shelves, VILLAGER) == [("备课清单", 1)]
    assert "本校的教案" not in shelves.page(VILLAGER, f"/collections/{made}")
    shelves.ask(VILLAGER, "POST", f"/api/v1/collections/{collect(shelves, VILLAGER)}/items", 404, json={"resource_id": at_school})


def test_an_order_is_kept_and_what_the_editor_does_not_see_keeps_its_place(shelves: Shelves) -> None:
    works = {name: shelves.make(name) for name in "甲乙丙丁"}
    school = f"school:{shelves.works.school_of(DEAN)}"
    made = collect(shelves, DEAN, *works.values(), word=school)
    shelves.ask(AUTHOR, "POST", f"/api/v1/resources/{works['乙']}/withdrawal", json={"reason": "旧了"})
    order = [works["丁"], works["甲"], works["丙"]]
    assert shelves.ask(DEAN, "PUT", f"/api/v1/collections/{made}/order", json={"resource_ids": order})["order"] == order
    assert items_of(shelves, DEAN, made) == ["丁", "甲", "丙"]
    led = shelves.ask(DEAN, "POST", f"/collections/{made}/items/{works['丙']}/move", data={"to": "up"})
    assert led == f"/collections/{made}#item-{works['丙']}"
    assert items_of(shelves, DEAN, made) == ["丁", "丙", "甲"]
    shelves.ask(DEAN, "POST", f"/collections/{made}/items/{works['丁']}/move", data={"to": "down"})
    assert items_of(shelves, DEAN, made) == ["丙", "丁", "甲"]
    shelves.ask(DEAN, "POST", f"/collections/{made}/items/{works['乙']}/move", 404, data={"to": "up"})
    shelves.ask(DEAN, "POST", f"/collections/{made}/items/{works['甲']}/note", data={"note": "先看这个"})
    page = shelves.page(DEAN, f"/collections/{made}")
    assert "先看这个" in page
    assert f'data-id="{works["甲"]}"' in page
    shelves.ask(DEAN, "DELETE", f"/api/v1/collections/{made}/items/{works['丁']}")
    shelves.ask(DEAN, "POST", f"/api/v1/collections/{made}/items", 201, json={"resource_id": works["丙"]})
    assert items_of(shelves, DEAN, made) == ["丙", "甲"]


def test_a_reading_list_stands_on_its_unit_and_on_the_lessons_in_it(shelves: Shelves) -> None:
    unit_id = shelves.node(ART.rpartition(" / ")[0])
    refused = shelves.ask(AUTHOR, "POST", "/api/v1/collections", 422, json={"title": "读", "kind": "reading_list"})
    assert "node_id" in refused["fields"]
    assert unit_id in shelves.page(AUTHOR, f"/collections/new?node={unit_id}")
    form = {"title": "色彩单元先看这些", "summary": "", "kind": "reading_list", "word": "", "node_id": unit_id}
    made = shelves.ask(AUTHOR, "POST", "/collections", data=form)
    for place in (unit_id, shelves.node(ART)):
        assert "色彩单元先看这些" in shelves.page(AUTHOR, f"/units/{place}")
        assert "色彩单元先看这些" not in shelves.page(DEAN, f"/units/{place}")
    assert f'href="/units/{unit_id}"' in shelves.page(AUTHOR, made)


def test_a_form_with_something_wrong_comes_back_filled_in(shelves: Shelves) -> None:
    refused = shelves.ask(AUTHOR, "POST", "/collections", 422, data={"title": " ", "summary": "这是说明", "kind": "series"})
    assert "这是说明" in refused
    assert "这一项需要填写" in refused
    made = collect(shelves, AUTHOR, title="原名", kind="series", summary="说明")
    assert "原名" in shelves.page(AUTHOR, f"/collections/{made}/form")
    shelves.ask(AUTHOR, "POST", f"/collections/{made}", 422, data={"title": "新名", "word": "district"})
    shelves.ask(AUTHOR, "POST", f"/collections/{made}", data={"title": "新名", "kind": "list"})
    assert titles_of(shelves, AUTHOR) == [("新名", 0)]
    shelves.ask(AUTHOR, "POST", f"/collections/{made}/removal")
    assert titles_of(shelves, AUTHOR) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_collection_holds_so_many_and_no_more(shelves: Shelves) -> None:
    works = [shelves.make(f"第{number}份") for number in range(MOST_ITEMS + 1)]
    made = collect(shelves, AUTHOR, *works[:-1])
    full = shelves.ask(AUTHOR, "POST", f"/api/v1/collections/{made}/items", 409, json={"resource_id": works[-1]})
    assert full["code"] == "collection_full"
    assert len(items_of(shelves, AUTHOR, made)) == MOST_ITEMS


def test_a_bookmark_is_ones_own_and_made_on_the_page_of_the_work(shelves: Shelves) -> None:
    works = {name: shelves.make(name) for name in ("先收藏", "后收藏", "本校才有")}
    part = {"HX-Request": "true", **shelves.works.district.as_(VILLAGER)}
    client = shelves.works.district.app.test_client(use_cookies=False)
    assert 'aria-pressed="false"' in shelves.page(VILLAGER, f"/resources/{works['先收藏']}")
    after = client.post(f"/resources/{works['先收藏']}/bookmark", headers=part).text
    assert 'aria-pressed="true"' in after
    assert "<html" not in after
    assert shelves.ask(VILLAGER, "POST", f"/resources/{works['后收藏']}/bookmark") == f"/resources/{works['后收藏']}"
    shelves.ask(VILLAGER, "PUT", f"/api/v1/bookmarks/{works['后收藏']}")
    kept = shelves.page(VILLAGER, "/bookmarks")
    assert re.findall("(先收藏|后收藏)</a>", kept) == ["后收藏", "先收藏"]
    assert "先收藏" not in shelves.page(AUTHOR, "/bookmarks")
    shelves.ask(AUTHOR, "POST", f"/api/v1/resources/{works['后收藏']}/withdrawal", json={"reason": "旧了"})
    assert [work["title"] for work in shelves.ask(VILLAGER, "GET", "/api/v1/bookmarks")["works"]] == ["先收藏"]
    shelves.ask(VILLAGER, "DELETE", f"/api/v1/bookmarks/{works['先收藏']}")
    assert shelves.ask(VILLAGER, "GET", "/api/v1/bookmarks")["works"] == []
    shelves.ask(VILLAGER, "PUT", "/api/v1/bookmarks/res_nowhere", 404)


def test_a_work_is_put_into_a_collection_on_its_own_page(shelves: Shelves) -> None:
    work = shelves.make("教案")
    mine, others = collect(shelves, AUTHOR, title="我的合集"), collect(shelves, DEAN, title="别人的合集")
    page = shelves.page(AUTHOR, f"/resources/{work}")
    assert "我的合集" in page
    assert "别人的合集" not in page
    shelves.ask(AUTHOR, "POST", f"/resources/{work}/collections", data={"collection_id": mine})
    assert items_of(shelves, AUTHOR, mine) == ["教案"]
    shelves.ask(AUTHOR, "POST", f"/resources/{work}/collections", 404, data={"collection_id": others})
    shelves.ask(AUTHOR, "POST", f"/resources/{work}/collections/end", data={"collection_id": mine})
    assert items_of(shelves, AUTHOR, mine) == []
    led = shelves.ask(AUTHOR, "POST", "/collections", data={"title": "从这份开始", "kind": "list", "resource_id": work})
    assert items_of(shelves, AUTHOR, led.rpartition("/")[2]) == ["教案"]


def test_what_was_a_leavers_alone_goes_and_what_was_the_schools_stays(shelves: Shelves) -> None:
    work = shelves.make("教案")
    school = f"school:{shelves.works.school_of(HEAD)}"
    own, shared = collect(shelves, HEAD, work, title="自己的"), collect(shelves, HEAD, work, title="学校的", word=school)
    shelves.ask(HEAD, "PUT", f"/api/v1/bookmarks/{work}")
    leaver = shelves.works.viewer(HEAD).person_id
    with shelves.works.district.app.app_context(), unit.write():
        persons.leave(leaver, schools.today())
    assert items_of(shelves, DEAN, shared) == ["教案"]
    with shelves.works.district.app.app_context(), unit.read():
        assert db.session.get(Collection, own) is None
        assert db.session.get(Bookmark, (leaver, work)) is None
