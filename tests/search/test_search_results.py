"""What is found, in which order, and how it is counted: real index, the forty titles of the demo."""

import random

import pytest

from resource_hub.kernel.errors import Invalid
from tests.search.shelf import READER, STRANGER, Shelf

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("色彩", "色彩的冷与暖"),
        ("几分之一", "认识几分之一"),
        ("认识几分之一", "认识几分之一"),
        ("折纸", "分数折纸任务单"),
        ("三年级上 色彩", "色彩的冷与暖"),
        ("美术三上 色彩", "色彩的冷与暖"),
        ("七年级 方程", "一元一次方程错题集"),
        ("隔代教養", "隔代教养怎么说话"),
        ("ｃｏｌｏｕｒｓ", "Colours 配对游戏"),
        ("animal", "Animals 听说课"),
        ("s-t观察", "怎样做S-T观察"),
        ("竹编", "竹编工艺微课"),
        ("防溺水", "防溺水班会"),
        ("春", "春 同课异构甲"),
        ("流程图", "画流程图"),
        ("助学教师", "英语助学教师口令卡"),
    ],
)
def test_words_find_their_lesson_first(forty: Shelf, query: str, best: str) -> None:
    assert forty.titles(query)[0] == best


@pytest.mark.parametrize(
    ("sentence", "best"),
    [
        ("怎样用折纸让三年级的孩子理解几分之一?", "分一分—认识几分之一"),
        ("声音到底是怎么产生的呢", "物理:声音的产生"),
        ("有没有讲二十四节气的观察手册可以下载", "二十四节气观察手册"),
        ("村里的孩子考前很紧张,想找一段放松的音频", "考前放松音频"),
        ("我想教孩子们做竹编,有没有微课", "竹编工艺微课"),
        ("冬天零下四度是不是负数从哪里来", "负数从哪里来"),
        ("请问语文秋天的雨教学设计哪里有", "秋天的雨 教学设计"),
    ],
)
def test_a_whole_sentence_finds_the_best_match_though_not_every_word_occurs(forty: Shelf, sentence: str, best: str) -> None:
    assert forty.titles(sentence)[0] == best


def test_what_has_every_word_stands_before_what_has_some(forty: Shelf) -> None:
    titles = forty.titles("分数 任务单")
    assert titles[0] == "分数折纸任务单"
    assert len(titles) > 1


def test_a_phrase_must_stand_letter_by_letter(forty: Shelf) -> None:
    assert forty.titles('"平均分"') == ["分一分—认识几分之一"]
    assert forty.titles("“同课异构乙”") == ["春 同课异构乙"]
    assert forty.search('"异构甲乙"').total == 0


def test_a_minus_takes_out_and_a_field_narrows(forty: Shelf) -> None:
    assert "分数折纸任务单" in forty.titles("折纸")
    assert forty.titles("折纸 -任务单") == ["分一分—认识几分之一"]
    assert set(forty.titles("title:同课异构")) == {"春 同课异构甲", "春 同课异构乙"}
    assert forty.search("学科:数学").total == forty.search(filters={"subject": ["数学"]}).total == 11
    assert forty.search("年级:3年级 学科:美术").total == 1


@pytest.mark.parametrize(
    "odd", ['C:\\path "unclosed', "学科:没有这科", '"', "((((", "a:b", "AND", "*", "😀", "\ud800", "\x00", "-", "?" * 500, "水" * 10_000]
)
def test_odd_text_is_answered(forty: Shelf, odd: str) -> None:
    assert forty.search(odd).total >= 0


@pytest.mark.parametrize("nothing", ["!?。", "*", "😀", '""', "-"])
def test_what_says_nothing_finds_nothing(forty: Shelf, nothing: str) -> None:
    assert forty.search(nothing).total == 0


def test_an_empty_query_browses_the_newest_first(shelf: Shelf) -> None:
    for number in range(5):
        shelf.put(f"n{number}", f"第{number}课", minute=number)
    shelf.settle()
    assert shelf.titles() == [f"第{number}课" for number in (4, 3, 2, 1, 0)]
    assert shelf.titles("课", newest_first=True)[0] == "第4课"


def test_pages_follow_each_other_without_gap_or_double(forty: Shelf) -> None:
    for query in ("", "三年级", "课 学 分"):
        everything = forty.search(query, limit=50)
        found, cursor = [], None
        while True:
            page = forty.search(query, limit=7, cursor=cursor)
            assert page.total == everything.total
            found += page.hits
            if page.cursor is None:
                break
            cursor = page.cursor
        assert [hit.ref for hit in found] == [hit.ref for hit in everything.hits]
        assert len({hit.ref for hit in found}) == everything.total


def test_a_cursor_that_is_not_ours_is_refused(forty: Shelf) -> None:
    for cursor in ("x", "WzFd", "W10", "bnVsbA"):
        with pytest.raises(Invalid) as refused:
            forty.search("分数", cursor=cursor)
        assert "cursor" in refused.value.fields


def test_a_facet_count_is_what_choosing_it_gives(forty: Shelf) -> None:
    for query in ("", "三年级", "怎样认识分数"):
        for name, values in forty.search(query).facets.items():
            for value in values:
                assert forty.search(query, filters={name: [value.value]}).total == value.count, (query, name, value)


def test_several_values_of_a_facet_add_up_and_several_facets_narrow(forty: Shelf) -> None:
    counts = {value.value: value.count for value in forty.search().facets["kind"]}
    both = forty.search(filters={"kind": ["slides", "exercise"]})
    assert both.total == counts["slides"] + counts["exercise"]
    assert {value.value: value.count for value in both.facets["kind"]} == counts, "what else could be chosen is still counted"
    narrow = forty.search(filters={"kind": ["slides"], "subject": ["数学"]})
    assert 0 < narrow.total < counts["slides"]
    assert [value.value for value in narrow.facets["grade"]]


def test_labels_name_values(forty: Shelf) -> None:
    labels = {value.value: value.label for value in forty.search().facets["kind"]}
    assert labels["slides"] == "课件"
    assert labels["unit_plan"] == "unit_plan"


def test_the_hidden_is_neither_shown_nor_counted_nor_weighed(any_shelf: Shelf) -> None:
    shelf = any_shelf
    shelf.put("open", "分数的初步认识", facets={"kind": "slides", "node": ["n1", "n2"]})
    shelf.settle()
    before = shelf.search("分数 认识", STRANGER)
    assert before.total == 1
    shelf.put("team", "分数 同体稿", scopes=["community:a"], facets={"kind": "slides", "node": ["n1"], "school": "s1"})
    shelf.put("draft", "分数 草稿 认识", scopes=["person:reader"], facets={"kind": "exercise"})
    for number in range(6):
        shelf.put(f"other{number}", "认识 分数", scopes=["school:s5"], facets={"kind": "unit_plan", "school": "s5"})
    shelf.settle()
    after = shelf.search("分数 认识", STRANGER)
    assert after.total == 1
    assert after.facets == before.facets
    assert [hit.score for hit in after.hits] == [hit.score for hit in before.hits], "rareness is counted among what one may see"
    assert "unit_plan" not in {value.value for value in shelf.search("", STRANGER).facets["kind"]}
    mine = shelf.search("分数", READER)
    assert {hit.ref.id for hit in mine.hits} == {"open", "team", "draft"}
    assert {value.value: value.count for value in mine.facets["kind"]} == {"slides": 2, "exercise": 1}
    assert shelf.search('"草稿"', STRANGER).total == 0
    assert shelf.search("学校:s5", STRANGER).total == 0
    assert shelf.search(filters={"school": ["s5"]}).total == 0


def test_a_scope_that_is_taken_away_hides_at_the_next_commit(any_shelf: Shelf) -> None:
    any_shelf.put("a", "光的反射", scopes=["district"])
    any_shelf.settle()
    assert any_shelf.search("反射", STRANGER).total == 1
    any_shelf.put("a", "光的反射", scopes=["person:reader"])
    any_shelf.settle()
    assert any_shelf.search("反射", STRANGER).total == 0
    assert any_shelf.search("反射").total == 1


def test_random_scopes_and_filters_agree_with_counting_by_hand(shelf: Shelf) -> None:
    chance = random.Random(3)
    notes = {}
    for number in range(60):
        note = {
            "scopes": chance.sample(["district", "community:a", "community:b", "person:reader", "school:s9"], chance.randint(1, 2)),
            "facets": {"kind": chance.choice(["slides", "exercise"]), "node": chance.sample(["n1", "n2", "n3"], chance.randint(1, 3))},
        }
        notes[f"n{number:02}"] = note
        shelf.put(f"n{number:02}", "浮力的课", **note)
        if number % 20 == 0:
            shelf.settle()
    shelf.settle()
    for viewer in (READER, STRANGER):
        for kind in ("slides", "exercise"):
            for node in ("n1", "n3"):
                seen = [
                    i
                    for i, n in notes.items()
                    if set(n["scopes"]) & viewer.scopes and n["facets"]["kind"] == kind and node in n["facets"]["node"]
                ]
                found = shelf.search("浮力", viewer, filters={"kind": [kind], "node": [node]}, limit=50)
                assert sorted(hit.ref.id for hit in found.hits) == seen
                assert found.total == len(seen)


def test_a_grade_that_only_the_filing_tells_counts_as_said(shelf: Shelf) -> None:
    shelf.put("a", "分数练习", facets={"grade": "G3"})
    shelf.put("b", "分数练习", facets={"grade": "G4"}, minute=9)
    shelf.settle()
    found = shelf.search("三年级 分数")
    assert [hit.ref.id for hit in found.hits] == ["a", "b"]
    assert [(item.facet, item.name) for item in found.understood] == [("grade", "三年级")]


def test_among_equals_the_adopted_one_comes_first(shelf: Shelf) -> None:
    for ident, boost in (("a", 0.0), ("b", 1.0), ("c", 0.5)):
        shelf.put(ident, "光的反射", boost=boost)
    shelf.settle()
    assert [hit.ref.id for hit in shelf.search("反射").hits] == ["b", "c", "a"]


def test_a_hit_shows_its_page_and_marks_what_was_asked_in_safe_html(shelf: Shelf) -> None:
    shelf.put("a", "<b>课</b> 浮力", pages=["第一页讲密度", "第二页<script>讲浮力与称重"])
    shelf.settle()
    hit = shelf.search("称重").hits[0]
    assert hit.moment
    assert hit.moment.page == 2
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["称重"]
    assert hit.snippet_html == "第二页&lt;script&gt;讲浮力与<mark>称重</mark>"
    assert shelf.search("浮力").hits[0].title_html == "&lt;b&gt;课&lt;/b&gt; <mark>浮力</mark>"
