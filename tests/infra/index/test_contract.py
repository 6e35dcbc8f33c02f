"""What every search engine promises, asked of each: the files of a node and the table of all nodes."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.index import Indexer, IndexRebuilding
from resource_hub.infra.index.matching import Lift, Request, Unit
from resource_hub.kernel.refs import Ref
from tests import postgres
from tests.infra.index.rack import SCOPES, Rack, open_rack, phrase, units

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
MATHS = {"subject": "数学", "grade": "g3", "kind": "slides", "school": "s1"}


@pytest.fixture(params=["whoosh", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str, Path]]:
    """Engine, database and data folder of an installation."""
    if request.param == "postgresql":
        url = postgres.create_database(template=request.getfixturevalue("postgres_template"))
        yield "postgresql", url, tmp_path / "data"
        postgres.drop_database(url)
        return
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "hub.sqlite3")
    yield "whoosh", f"sqlite:///{tmp_path / 'hub.sqlite3'}", tmp_path / "data"


@pytest.fixture
def rack(where: tuple[str, str, Path]) -> Iterator[Rack]:
    made = open_rack(*where)
    yield made
    made.close()


def fill(rack: Rack, count: int, title: str = "第{}课 浮力", **given: object) -> None:
    with rack.app.app_context(), unit.write():
        for number in range(count):
            rack.write(f"n{number:03}", title.format(number), pages=[f"浮力与密度 {number} " * 5], minute=number, **given)


def test_before_the_first_build_it_says_what_is_going_on(rack: Rack) -> None:
    with pytest.raises(IndexRebuilding) as refused:
        rack.ask("浮力")
    assert refused.value.retry_after
    with rack.app.app_context():
        assert rack.index.health()["state"] == "rebuilding"
    rack.settle()
    assert rack.ask("浮力").total == 0
    with rack.app.app_context():
        told = rack.index.health()
    assert (told["state"], told["documents"]) == ("ready", 0)


def test_words_are_found_in_every_place_and_the_title_counts_most(rack: Rack) -> None:
    rack.put("body", "一节课", pages=["讲到浮力的一页"])
    rack.put("summary", "二节课", summary="浮力的大小")
    rack.put("keyword", "三节课", keywords=["浮力"])
    rack.put("title", "浮力")
    rack.put("none", "密度")
    rack.settle()
    found = rack.ask("浮力")
    assert found.total == 4
    assert [Ref.parse(f.ref).id for f in found.found] == ["title", "keyword", "summary", "body"]


def test_documents_with_every_word_stand_before_those_with_some(rack: Rack) -> None:
    rack.put("both", "一节课", pages=["浮力与密度"])
    rack.put("one", "浮力")
    rack.settle()
    assert rack.found("浮力 密度") == ["both", "one"]


def test_a_long_question_finds_its_topic_whatever_stands_around_it(rack: Rack) -> None:
    rack.put("topic", "倍的认识")
    for number in range(12):
        rack.put(f"talk{number}", f"教研记录{number}", pages=["请问 老师 班级 学生 活动 材料 时间 教室 家长 问题"[: 6 + 3 * number]])
    rack.settle()
    assert rack.found("请问老师班级学生活动材料时间教室家长问题倍的认识")[0] == "topic"


def test_parts_near_words_and_facets_count_for_a_word(rack: Rack) -> None:
    rack.put("facet", "一节课", facets={"grade": "g3"})
    rack.put("near", "算术")
    rack.put("parts", "三角与形状")
    rack.settle()
    assert rack.found(units=(Unit("三年级", facets={"grade": frozenset({"g3"})}),)) == ["facet"]
    assert rack.found(units=(Unit("数学", near=("算术",)),)) == ["near"]
    assert rack.found(units=(Unit("三角形状", parts=("三角", "形状")),)) == ["parts"]


def test_phrases_stand_letter_by_letter(rack: Rack) -> None:
    rack.put("so", "一节课", pages=["光合作用的条件"])
    rack.put("apart", "二节课", pages=["光合的意义,作用于叶"])
    rack.put("titled", "光合作用")
    rack.settle()
    assert sorted(rack.found(phrases=(phrase("光合作用"),))) == ["so", "titled"]
    assert rack.found(phrases=(phrase("光合作用", in_title=True),)) == ["titled"]


def test_excluded_words_and_phrases_are_left_out(rack: Rack) -> None:
    rack.put("a", "浮力与密度")
    rack.put("b", "浮力与压强")
    rack.put("c", "浮力", pages=["压强的大小"])
    rack.settle()
    assert rack.found("浮力", excluded=(phrase("密度"),)) in (["b", "c"], ["c", "b"])
    assert sorted(rack.found("浮力", excluded=(phrase("压强的大小"),))) == ["a", "b"]
    assert rack.found(excluded=(phrase("压强"),)) == ["a"]


def test_hidden_documents_change_neither_hits_totals_facets_nor_ranks(rack: Rack) -> None:
    rack.put("a", "浮力 密度", facets=MATHS)
    rack.put("b", "浮力", facets=MATHS, minute=1)
    rack.settle()
    before = rack.ask("浮力 密度")
    for number in range(5):
        rack.put(f"hidden{number}", "浮力", scopes=["school:s9"], facets=MATHS)
    rack.settle()
    after = rack.ask("浮力 密度")
    # Lengths of fields are means over all; what a word tells is not.
    assert [(f.ref, round(f.rank, 0)) for f in after.found] == [(f.ref, round(f.rank, 0)) for f in before.found]
    assert (after.total, after.facets) == (before.total, before.facets)
    assert rack.ask("浮力", scopes=frozenset({"school:s9"})).total == 5
    assert rack.ask("浮力", scopes=frozenset()).total == 0
    assert rack.ask(scopes=frozenset()).total == 0


def test_facets_count_all_hits_and_a_chosen_one_what_choosing_more_would_add(rack: Rack) -> None:
    rack.put("a", "浮力", facets=MATHS | {"node": ["n1", "n2"]})
    rack.put("b", "浮力", facets=MATHS | {"subject": "科学", "node": ["n2"]})
    rack.put("c", "浮力", facets={"kind": "lesson_plan"})
    rack.put("d", "密度", facets=MATHS)
    rack.settle()
    facets = rack.ask("浮力").facets
    assert facets["node"] == (("n2", 2), ("n1", 1))
    assert facets["kind"] == (("slides", 2), ("lesson_plan", 1))
    assert facets["community"] == ()
    chosen = rack.ask("浮力", filters={"subject": frozenset({"数学"})})
    assert chosen.total == 1
    assert chosen.facets["subject"] == (("数学", 1), ("科学", 1))
    assert chosen.facets["kind"] == (("slides", 1),)
    two = rack.ask("浮力", filters={"subject": frozenset({"数学", "科学"}), "kind": frozenset({"slides"})})
    assert two.total == 2
    assert two.facets["node"] == (("n2", 2), ("n1", 1))


def test_lifts_raise_hits_and_make_none_and_the_reasons_add_up(rack: Rack) -> None:
    rack.put("plain", "浮力", minute=2)
    rack.put("lifted", "浮力", facets={"edition": "人教版"}, boost=0.5)
    rack.put("other", "密度", facets={"edition": "人教版"})
    rack.settle()
    lifts = (Lift("edition", frozenset({"人教版"}), 1.5),)
    answer = rack.ask("浮力", lifts=lifts, explain=True)
    assert [Ref.parse(f.ref).id for f in answer.found] == ["lifted", "plain"]
    first = answer.found[0]
    assert set(first.why) == {"word:浮力", "all_words", "boost", "lift:edition", "title"}
    assert first.why["lift:edition"] == 1.5
    assert sum(first.why.values()) == pytest.approx(first.rank, abs=1e-5)
    assert rack.ask("浮力", lifts=lifts).found[0].why == {}


def test_browsing_gives_the_newest_first(rack: Rack) -> None:
    fill(rack, 5)
    rack.settle()
    assert rack.found() == ["n004", "n003", "n002", "n001", "n000"]
    assert rack.found("浮力", newest_first=True) == ["n004", "n003", "n002", "n001", "n000"]


@pytest.mark.parametrize("asked", [{}, {"words": "浮力"}, {"words": "浮力", "newest_first": True}])
def test_pages_hold_every_hit_once_and_in_order(rack: Rack, asked: dict[str, object]) -> None:
    fill(rack, 23)
    rack.settle()
    seen: list[tuple[float, str]] = []
    after = None
    while True:
        page = rack.ask(limit=5, after=after, **asked)  # type: ignore[arg-type]
        assert page.total == 23
        seen += [(-found.rank, found.ref) for found in page.found]
        if not page.has_more:
            break
        after = (page.found[-1].rank, page.found[-1].ref)
    assert len({ref for _rank, ref in seen}) == len(seen) == 23
    assert seen == sorted(seen)


def test_what_changes_is_found_anew_and_what_goes_is_gone(rack: Rack) -> None:
    rack.settle()
    rack.put("a", "光的反射")
    rack.settle()
    assert rack.found("反射") == ["a"]
    rack.put("a", "光的折射")
    rack.settle()
    assert rack.found("反射") == []
    assert rack.found("折射") == ["a"]
    rack.remove("a")
    rack.settle()
    assert rack.ask().total == 0


def test_a_document_is_shown_as_it_was_given(rack: Rack) -> None:
    rack.put("a", "三年級 ＡＢ", path="数学", keywords=["重点"], summary="概要", pages=["第一页", "第二页"], facets=MATHS)
    rack.settle()
    with rack.app.app_context(), unit.read(), rack.index.snapshot() as snapshot:
        card = snapshot.card(snapshot.answer(Request(scopes=SCOPES, units=units("重点"))).found[0])
    assert (card.title, card.path, card.keywords, card.summary) == ("三年級 ＡＢ", "数学", ("重点",), "概要")
    assert [(text, moment.page if moment else 0) for text, moment in card.passages] == [("第一页", 1), ("第二页", 2)]
    assert card.facets == {name: (value,) for name, value in MATHS.items()}


def test_suggestions_come_from_visible_titles_only(rack: Rack) -> None:
    rack.put("a", "分数的初步认识", facets=MATHS)
    rack.put("b", "认识分数")
    rack.put("c", "分数与小数", scopes=["school:s9"], facets={"subject": "科学"})
    rack.put("d", "Water animals", keywords=["浮游"])
    rack.settle()
    with rack.app.app_context(), unit.read(), rack.index.snapshot() as snapshot:
        assert snapshot.titles("分数", SCOPES, 5) == ("分数的初步认识", "认识分数")
        assert snapshot.titles("分数", SCOPES, 1) == ("分数的初步认识",)
        assert snapshot.titles("animal", SCOPES, 5) == ("Water animals",)
        assert snapshot.titles("?", SCOPES, 5) == ()
        assert {"分数", "小数", "浮游"} <= snapshot.vocabulary()
        assert snapshot.known(frozenset({"分数", "小数", "浮游"}), SCOPES) == {"分数", "浮游"}
        assert snapshot.values("subject", SCOPES) == {"数学"}
        assert snapshot.values("subject", frozenset({"school:s9"})) == {"科学"}
        assert sorted(snapshot.refs()) == ["item:a", "item:b", "item:c", "item:d"]
        assert snapshot.documents == 4


def test_no_text_breaks_the_index_or_a_question(rack: Rack) -> None:
    odd = "浮力 \0 \ud800 ' \\ & | ! ( ) :* <-> " + "𠮷🙂" * 20
    rack.put("odd", odd, pages=[odd], keywords=[odd], facets={"node": ["'\\&|!", "\0"]}, path="\\u0000 \\")
    rack.put("even", "浮力")
    rack.settle()
    assert rack.ask("浮力").total == 2
    for text in (odd, "' | 'x", "\\", "a' & !b", "浮力:*", "\0", "🙂", "' " * 200):
        rack.ask(text, phrases=(phrase("浮力"),), filters={"node": frozenset({text})})
        assert rack.ask(units=(Unit(text or "x", parts=(text,), near=(text,)),)).total in (0, 1)
    assert rack.ask(units=tuple(Unit(f"词{number}", near=("浮力",)) for number in range(64))).total == 2


def test_a_book_of_many_words_is_found(rack: Rack) -> None:
    chance = random.Random(3)
    words = ["".join(chance.choices("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏", k=3)) for _ in range(60_000)]
    rack.put("book", "一本书", pages=[" ".join(words), "浮力"])
    rack.settle()
    assert rack.found("一本书") == ["book"]


def test_writes_during_a_rebuild_are_found_meanwhile_and_afterwards(rack: Rack) -> None:
    fill(rack, 230)
    rack.settle()
    with rack.app.app_context():
        rack.index.ask_rebuild()
    rack.indexer.turn()
    rack.put("during", "潜水艇")
    rack.put("n000", "改了名字的课")
    rack.put("n229", "也改了名字的课")
    rack.remove("n001")
    deadline = time.monotonic() + 5
    while not rack.found("潜水艇"):
        assert time.monotonic() < deadline
        rack.indexer.turn()
    rack.settle()
    assert rack.found("潜水艇") == ["during"]
    assert sorted(rack.found("改了名字")) == ["n000", "n229"]
    assert rack.ask("浮力").total == 227


def test_a_rebuild_takes_out_what_is_gone_without_a_word(rack: Rack) -> None:
    fill(rack, 3)
    rack.put("stray", "密度")
    rack.settle()
    with rack.app.app_context(), unit.write():
        rack.forget("stray")
    with rack.app.app_context():
        rack.index.ask_rebuild()
    rack.settle()
    assert rack.ask().total == 3


def test_readers_see_a_whole_index_while_it_is_rebuilt_and_written(rack: Rack) -> None:
    fill(rack, 120)
    rack.settle()
    rack.indexer.start()
    failures: list[BaseException] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            try:
                assert rack.ask("浮力").total == 120
            except BaseException as error:  # noqa: BLE001 -- told by the test's own thread
                failures.append(error)
                return

    readers = [threading.Thread(target=look) for _ in range(2)]
    for thread in readers:
        thread.start()
    for number in range(3):
        with rack.app.app_context():
            rack.index.ask_rebuild()
        rack.put("n000", f"第{number}次改的浮力课")
        deadline = time.monotonic() + 60
        while rack.index.is_rebuild_asked:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    done.set()
    for thread in readers:
        thread.join()
    assert failures == []


@pytest.mark.timeout(120)
def test_a_writer_killed_again_and_again_loses_and_doubles_nothing(rack: Rack, where: tuple[str, str, Path]) -> None:
    chance = random.Random(7)
    fill(rack, 40)
    rack.settle()
    rack.indexer.stop()
    for life in range(4):
        argv = [sys.executable, str(HERE / "indexing_rack.py"), *map(str, where)]
        process = subprocess.Popen(argv, env={**os.environ, "PYTHONPATH": str(Path(tests.__file__).parents[1])})
        end = time.monotonic() + 1.0 + chance.random()
        while time.monotonic() < end:
            rack.put(f"n{chance.randrange(40):03}", f"第{life}次改的浮力课")
            assert rack.ask("浮力").total == 40, "what readers see is always whole"
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    rack.put("last", "最后一课 浮力")
    rack.indexer = Indexer(rack.app)
    rack.settle()
    assert rack.ask("浮力").total == len(rack.found("浮力", limit=60)) == 41
    with rack.app.app_context(), unit.read():
        source = hub().documents["item"]
        true = {ident: document.title for ident, document in source.load(source.all_ids(None, 100)).items()}
        with rack.index.snapshot() as snapshot:
            found = snapshot.answer(Request(scopes=SCOPES, limit=60)).found
            assert {Ref.parse(f.ref).id: snapshot.card(f).title for f in found} == true


def test_a_word_that_very_many_have_is_counted_whole_and_turned_to_the_end(rack: Rack) -> None:
    fill(rack, 900, title="第{}课")
    rack.put("keyword", "一节课", keywords=["浮力"], pages=["密度"])
    rack.put("title", "浮力", facets=MATHS)
    rack.settle()
    pages, after = [], None
    while not pages or pages[-1].has_more:
        pages.append(rack.ask("浮力", limit=50, after=after))
        after = (pages[-1].found[-1].rank, pages[-1].found[-1].ref)
    refs = [found.ref for page in pages for found in page.found]
    assert refs[:2] == ["item:title", "item:keyword"]
    assert len(set(refs)) == len(refs) == 902
    assert {page.total for page in pages} == {902}
    assert pages[0].facets["subject"] == (("数学", 1),)
    assert rack.found("浮力", filters={"subject": frozenset({"数学"})}) == ["title"]
