"""The pages of search in the whole application: what is shown, kept, counted and told."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from flask import Flask

from resource_hub.inbox import queries as inbox
from resource_hub.infra import unit
from resource_hub.infra.features import Card, Feature
from resource_hub.infra.index import DocumentSource, IndexDocument, Indexer, Moment, Passage, index_of, touch
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import queries, records
from tests.people.standing import Town, app, hub_settings, town

__all__ = ["app", "hub_settings", "town"]

pytestmark = pytest.mark.slow


@dataclass
class Parcels:
    """Findable things with a title, of one school or of all."""

    app: Flask
    indexer: Indexer
    kept: dict[str, IndexDocument] = field(default_factory=dict)

    def put(self, ident: str, title: str, at: datetime, *, scope: str = "district", grade: str = "G3", pages: Sequence[str] = ()) -> None:
        self.kept[ident] = IndexDocument(
            ref=Ref("parcel", ident),
            title=title,
            scopes=frozenset({scope}),
            updated_at=at,
            pages=[Passage(text, Moment("f1", number)) for number, text in enumerate(pages, 1)],
            facets={"grade": grade},
        )
        with self.app.app_context(), unit.write():
            touch(Ref("parcel", ident))
        deadline = time.monotonic() + 30
        self.indexer.turn()
        while self.indexer.is_building:
            assert time.monotonic() < deadline
            self.indexer.turn()

    def cards(self, _viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
        return {ident: Card(self.kept[ident].title, f"/parcels/{ident}") for ident in ids if ident in self.kept}

    def load(self, ids: Sequence[str]) -> Mapping[str, IndexDocument]:
        return {ident: self.kept[ident] for ident in ids if ident in self.kept}

    def all_ids(self, after: str | None, limit: int) -> Sequence[str]:
        return sorted(ident for ident in self.kept if after is None or ident > after)[:limit]


@pytest.fixture
def parcels(app: Flask) -> Iterator[Parcels]:
    made = Parcels(app, Indexer(app, poll_s=0.05))
    source = DocumentSource("parcel", made.load, made.all_ids)
    app.extensions["resource_hub"].mount(Feature(name="parcels", documents=[source], cards={"parcel": made.cards}))
    yield made
    made.indexer.stop()
    index_of(app).close()


def test_a_recognised_grade_is_a_chip_that_can_be_removed(town: Town, parcels: Parcels) -> None:
    parcels.put("a", "分数练习", clock.now())
    parcels.put("b", "分数练习 四年级用", clock.now(), grade="G4")
    browser = town.browser("linxiaoyun")
    page = browser.get("/search?q=三年级 分数").text
    assert "找到 1 个资源" in page
    assert "/parcels/a" in page
    assert "/parcels/b" not in page
    assert "without=grade" in page
    assert "找到 2 个资源" in browser.get("/search?q=三年级 分数&without=grade").text


def test_hits_open_at_their_pages_and_words_read_otherwise_are_told(town: Town, parcels: Parcels) -> None:
    parcels.put("a", "练习", clock.now(), pages=["认识时间", "皮影戏的由来"])
    parcels.put("c", "皮影戏", clock.now())
    page = town.browser("linxiaoyun").get("/search?q=皮影戏").text
    assert "/parcels/a#page-f1-2" in page
    assert "“piyingxi”已按“皮影戏”查找" in town.browser("linxiaoyun").get("/search?q=piyingxi").text


def test_only_who_may_weigh_sees_the_reasons(town: Town, parcels: Parcels) -> None:
    parcels.put("a", "分数", clock.now())
    assert "排序理由" in town.browser("minjie").get("/search?q=分数&explain=1").text
    assert "排序理由" not in town.browser("linxiaoyun").get("/search?q=分数&explain=1").text
    api = "/api/v1/search?q=分数&explain=1"
    assert town.browser("minjie").get(api).json["data"]["hits"][0]["why"]
    assert town.browser("linxiaoyun").get(api).json["data"]["hits"][0]["why"] == {}


def test_what_was_searched_in_vain_is_counted_for_the_librarian_without_the_person(town: Town, parcels: Parcels) -> None:
    parcels.put("a", "分数", clock.now())
    teacher = town.browser("linxiaoyun")
    for words in ("皮影戏", "皮影戏", "分数"):
        assert teacher.get(f"/search?q={words}").status_code == 200
    desk = town.browser("minjie").get("/admin/search").text
    assert "皮影戏" in desk
    assert "分数</a>" not in desk
    assert "林晓云" not in desk
    assert teacher.get("/admin/search").status_code == 403
    assert "皮影戏" in teacher.get("/search/saved").text, "their own last queries"
    assert "皮影戏" not in town.browser("meixue").get("/search/saved").text
    teacher.post("/search/recent/end", page="/account")
    assert "皮影戏" not in teacher.get("/search/saved").text


def test_synonyms_and_weights_are_set_at_the_desk(town: Town, parcels: Parcels) -> None:
    parcels.put("a", "番茄的生长", clock.now())
    admin, teacher = town.browser("minjie"), town.browser("linxiaoyun")
    assert admin.post("/admin/search/synonyms", {"groups": "西红柿 番茄\n"}, page="/account").status_code == 303
    assert "找到 1 个资源" in teacher.get("/search?q=西红柿").text
    wrong = admin.post("/admin/search/synonyms", {"groups": "一个"}, page="/account")
    assert wrong.status_code == 422
    assert "“一个”这一行不对" in wrong.text
    weights = {"edition": "2", "subject": "1", "grade": "0", "community": "0.5"}
    assert admin.post("/admin/search/weights", weights, page="/account").status_code == 303
    assert admin.post("/admin/search/weights", weights | {"edition": "9"}, page="/account").status_code == 422
    assert teacher.post("/admin/search/weights", weights, page="/account").status_code == 403


def test_a_saved_search_tells_once_what_is_new_to_its_owner_and_may_see(town: Town, parcels: Parcels) -> None:
    now = clock.now()
    parcels.put("old", "分数旧课", now - timedelta(days=2))
    teacher = town.browser("linxiaoyun")
    saved = teacher.post("/search/saved", {"q": "分数", "name": "我的分数"}, page="/account")
    assert saved.status_code == 303
    with town.app.app_context(), unit.read():
        me = town.viewer("linxiaoyun")
        kept = queries.saved_searches(me.person_id)
    assert [one.name for one in kept] == ["我的分数"]
    parcels.put("new", "分数新课", now + timedelta(minutes=5))
    parcels.put("hidden", "分数秘密", now + timedelta(minutes=5), scope=f"school:{town.schools['B1']}")
    clock.start_at(now + timedelta(days=1))
    for _again in range(2):
        with town.app.app_context():
            records.tell_news(kept[0].id)
    with town.app.test_request_context(), unit.read():
        clock.start_at(now + timedelta(days=3))
        told = [item for item in inbox.inbox(me) if item.kind == "search.news"]
        assert inbox.inbox(town.viewer("meixue")) == []
    assert len(told) == 1
    assert "分数新课" in told[0].sentence
    assert "1 个" in told[0].sentence
    assert "sort=newest" in told[0].url


def test_a_saved_search_belongs_to_one_person(town: Town, parcels: Parcels) -> None:
    parcels.put("a", "分数", clock.now())
    with town.app.app_context(), unit.write():
        saved = records.save_search(town.viewer("linxiaoyun"), "我的", "分数", {"grade": ["G3"]})
    other = town.browser("meixue")
    assert other.post(f"/search/saved/{saved.id}/end", page="/account").status_code == 404
    own = town.browser("linxiaoyun")
    assert "grade=G3" in own.get("/search/saved").text
    assert own.post(f"/search/saved/{saved.id}/end", page="/account").status_code == 303
    assert "我的</a>" not in own.get("/search/saved").text


def test_suggestions_are_titles_one_may_see_and_own_queries(town: Town, parcels: Parcels) -> None:
    parcels.put("a", "分数的初步认识", clock.now())
    parcels.put("b", "分数秘密", clock.now(), scope=f"school:{town.schools['B1']}")
    browser = town.browser("linxiaoyun")
    browser.get("/search?q=分数折纸")
    found = browser.get("/api/v1/search/suggestions?q=分数").json["data"]["suggestions"]
    assert {"text": "分数折纸", "source": "own"} in found
    assert {"text": "分数的初步认识", "source": "title"} in found
    assert "分数秘密" not in {one["text"] for one in found}
    assert {one["text"] for one in town.browser("meixue").get("/api/v1/search/suggestions?q=分数").json["data"]["suggestions"]} == {
        "分数的初步认识",
        "分数秘密",
    }


@pytest.mark.parametrize("odd", ["%ff%fe%E6", "*" * 50, "水" * 10_000, "%F0%9F%98%80", "(.*)%2B", "\\", "%00"])
def test_odd_text_is_answered_by_page_and_suggestions(town: Town, parcels: Parcels, odd: str) -> None:
    parcels.put("a", "分数", clock.now())
    browser = town.browser("linxiaoyun")
    assert browser.get(f"/search?q={odd}").status_code == 200
    assert browser.get(f"/api/v1/search/suggestions?q={odd}").status_code == 200


def test_when_a_condition_leaves_nothing_the_page_says_which_one_to_let_go(town: Town, parcels: Parcels) -> None:
    parcels.put("a", "分数练习", clock.now())
    page = town.browser("linxiaoyun").get("/search?q=分数&grade=G9").text
    assert "没有找到合适的资源" in page
    assert "有 1 个" in page
