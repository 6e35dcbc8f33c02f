"""What is found, in which order, and how it is counted: real index, the forty resources of the demo."""

import random
from datetime import UTC, date, datetime

import pytest

from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum import service as curriculum_service
from resource_hub.infra import unit
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Invalid
from resource_hub.kernel.paging import write_cursor
from resource_hub.search import queries, records
from resource_hub.search.models import QueryCount
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
        ("助学教师", "专递课堂助学教师10步"),
        ("颜色", "Colours 配对游戏"),
    ],
)
def test_words_find_their_lesson_first(forty: Shelf, query: str, best: str) -> None:
    assert forty.titles(query)[0] == best


@pytest.mark.parametrize(
    ("sentence", "best"),
    [
        ("怎样用折纸让三年级的孩子理解几分之一?", "分一分—认识几分之一"),
        ("声音到底是怎么产生的呢", "物理：声音的产生"),
        ("有没有讲二十四节气的观察手册可以下载", "二十四节气观察手册"),
        ("村里的孩子考前很紧张,想找一段放松的音频", "考前放松音频"),
        ("我想教孩子们做竹编,有没有微课", "竹编工艺微课"),
        ("冬天零下四度是不是负数从哪里来", "负数从哪里来"),
        ("请问语文秋天的雨教学设计哪里有", "秋天的雨 教学设计"),
        ("我们学校下周二下午要请县里的专家来听课,想准备一节关于竹编的公开课,请大家推荐合适的材料和视频", "竹编工艺微课"),
        (
            "区里组织教师技能大赛,需要提交一份关于流程图的设计,希望参考别的老师写得好的教学设计和活动安排,最好有不用电脑也能做的",
            "画流程图",
        ),
        ("期末复习了,孩子们总是在一元一次方程的去分母那里出错,有没有现成的错题练习可以用", "一元一次方程错题集"),
        ("下个月学校要开家长会,很多孩子是爷爷奶奶带的,想给他们讲讲隔代教养该怎么和孩子说话", "隔代教养怎么说话"),
        ("夏天快到了,学校要求每个班开一次防溺水的主题班会,求一份完整的课件和给家长的告知书", "防溺水班会"),
        ("我是村小的老师,一个人教三个年级,想找一个不需要电脑和设备就能上的科学实验,讲水的蒸发", "水到哪里去了"),
        ("初二物理光的反射这一课,实验室没有激光笔,用手电筒怎么演示才安全又看得清楚", "光的反射演示"),
        ("量子纠缠和弦理论的最新进展里有没有提到流程图", "画流程图"),
    ],
)
def test_a_whole_sentence_finds_the_best_match_though_not_every_word_occurs(forty: Shelf, sentence: str, best: str) -> None:
    assert forty.titles(sentence)[0] == best


@pytest.mark.parametrize("topic", ["竹编", "流程图", "声音的产生", "色彩冷暖", "情绪温度计", "防溺水", "倍的认识", "考前放松", "值日生"])
@pytest.mark.parametrize(
    "sentence",
    [
        "我们学校下周二下午要请县里的专家来听课,想准备一节关于{}的公开课,请大家推荐合适的材料和视频",
        "我是一名刚到村小工作的年轻教师,学生基础比较弱,班里只有十几个人,这学期要上{},请问有没有现成的资源可以直接拿来用",
    ],
)
def test_whatever_is_told_around_it_the_topic_stands_among_the_first(forty: Shelf, sentence: str, topic: str) -> None:
    alone = forty.titles(topic)[0]
    assert alone in forty.titles(sentence.format(topic))[:2]


def test_a_sentence_finds_something_as_long_as_one_of_its_words_is_known(shelf: Shelf) -> None:
    shelf.put("a", "画流程图", pages=["用煮面条的步骤排序"])
    shelf.settle()
    unknown = "县里下周派人来检查工作并且要求每位同事提交材料"
    assert shelf.titles(f"{unknown}面条") == ["画流程图"]
    assert shelf.titles(unknown) == []


def test_a_word_of_teachers_finds_what_the_book_calls_otherwise(shelf: Shelf) -> None:
    shelf.put("art", "色彩的冷与暖", path="小学 / 美术", facets={"subject": "美术", "grade": "G3"})
    shelf.put("sums", "画线段图", facets={"subject": "数学", "grade": "G3"}, minute=9)
    shelf.put("word", "颜色歌", minute=9)
    shelf.settle()
    assert shelf.titles("三年级 画 颜色")[0] == "色彩的冷与暖"
    assert shelf.titles("颜色") == ["颜色歌", "色彩的冷与暖"], "the word itself stands before what means nearly the same"
    hit = shelf.search("颜色").hits[1]
    assert hit.title_html == "<mark>色彩</mark>的冷与暖"
    assert shelf.titles('"颜色"') == ["颜色歌"]


def test_a_village_teacher_finds_the_colours_lesson_in_their_own_words(forty: Shelf) -> None:
    found = forty.search("三年级 画 颜色")
    assert "色彩的冷与暖" in [hit.title for hit in found.hits[:3]]
    edition = forty.search("三年级 画 颜色", filters={"edition": ["人教版"]})
    assert "色彩的冷与暖" in [hit.title for hit in edition.hits[:3]]
    assert "色彩的冷与暖" in forty.titles("颜色")


def test_the_half_of_a_year_is_understood_of_the_volumes_that_books_have(forty: Shelf) -> None:
    everything = {value.value: value.count for value in forty.search().facets["volume"]}
    assert "三年级上册" in everything
    firsts = sum(count for value, count in everything.items() if value.endswith("上册"))
    assert forty.search("册次:上册").total == firsts == forty.search("volume:上册").total
    assert forty.search("册次:三年级上册").total == everything["三年级上册"]
    assert forty.search("册次:下册 色彩").filters == {}, "nothing of the second half is there, so it is only a word"
    art = forty.search("美术三上")
    assert art.hits[0].title == "色彩的冷与暖"


def test_only_the_filing_tells_the_half_of_the_year(shelf: Shelf) -> None:
    shelf.put("a", "分数练习", facets={"grade": "G3", "volume": "三年级上册"})
    shelf.put("b", "分数练习", facets={"grade": "G3", "volume": "三年级下册"}, minute=9)
    shelf.settle()
    assert [hit.ref.id for hit in shelf.search("三上 分数").hits] == ["a"]
    assert [hit.ref.id for hit in shelf.search("三上 分数", without=["volume"]).hits] == ["a", "b"]


def test_what_has_every_word_stands_before_what_has_some(forty: Shelf) -> None:
    titles = forty.titles("分数 任务单")
    assert titles[0] == "分数折纸任务单"
    assert len(titles) > 1


def test_a_phrase_must_stand_letter_by_letter(forty: Shelf) -> None:
    assert forty.titles('"平均分"')[0] == "分一分—认识几分之一"
    assert set(forty.titles('"平均分"')) < set(forty.titles("分"))
    assert forty.search('"均分平"').total == 0
    assert forty.titles("“同课异构乙”") == ["春 同课异构乙"]
    assert forty.search('"异构甲乙"').total == 0


def test_a_minus_takes_out_and_a_field_narrows(forty: Shelf) -> None:
    with_it, without = set(forty.titles("折纸")), set(forty.titles("折纸 -任务单"))
    assert "分数折纸任务单" in with_it - without
    assert "分一分—认识几分之一" in without < with_it
    assert set(forty.titles("title:同课异构")) == {"春 同课异构甲", "春 同课异构乙"}
    assert forty.search("学科：数学").total == forty.search(filters={"subject": ["数学"]}).total == 12
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
    never = [write_cursor(float("nan"), "a"), write_cursor(float("inf"), "a"), write_cursor(10**400, "a"), "W1tbW1tb" * 5000]
    for cursor in ("x", "WzFd", "W10", "bnVsbA", *never):
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
    shelf.put("team", "分数 同体稿", scopes=["school:s1"], facets={"kind": "slides", "node": ["n1"], "school": "s1"})
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
    assert shelf.search("学校：s5", STRANGER).total == 0
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
            "scopes": chance.sample(["district", "school:s1", "person:reader", "school:s9"], chance.randint(1, 2)),
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
                    if set(n["scopes"]) & viewer.scopes({}) and n["facets"]["kind"] == kind and node in n["facets"]["node"]
                ]
                found = shelf.search("浮力", viewer, filters={"kind": [kind], "node": [node]}, limit=50)
                assert sorted(hit.ref.id for hit in found.hits) == seen
                assert found.total == len(seen)


def test_a_grade_that_only_the_filing_tells_counts_as_said(shelf: Shelf) -> None:
    shelf.put("a", "分数练习", facets={"grade": "G3"})
    shelf.put("b", "分数练习", facets={"grade": "G4"}, minute=9)
    shelf.settle()
    found = shelf.search("三年级 分数")
    assert [hit.ref.id for hit in found.hits] == ["a"]
    assert [(item.facet, item.name) for item in found.narrowed] == [("grade", "三年级")]
    plain = shelf.search("三年级 分数", without=["grade"])
    assert [hit.ref.id for hit in plain.hits] == ["a", "b"]
    assert plain.narrowed == ()


def test_a_chosen_value_stands_instead_of_what_was_understood(shelf: Shelf) -> None:
    shelf.put("a", "分数练习", facets={"grade": "G3"})
    shelf.put("b", "分数练习", facets={"grade": "G4"})
    shelf.settle()
    found = shelf.search("三年级 分数", filters={"grade": ["G4"]})
    assert [hit.ref.id for hit in found.hits] == ["b"]
    assert found.narrowed == ()


def test_what_was_understood_lets_go_when_it_fits_nothing(shelf: Shelf) -> None:
    shelf.put("a", "浮力", facets={"grade": "G8", "subject": "物理"})
    shelf.put("b", "分数", facets={"grade": "G3", "subject": "数学"})
    shelf.settle()
    found = shelf.search("三年级 浮力")
    assert found.hits[0].ref.id == "a"
    assert [item.name for item in found.let_go] == ["三年级"]
    assert found.filters == {}


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


def test_a_hit_shows_up_to_three_pages_the_best_first(shelf: Shelf) -> None:
    shelf.put("a", "课", pages=["浮力", "密度", "浮力与密度", "浮力计", "浮力"])
    shelf.settle()
    hit = shelf.search("浮力 密度").hits[0]
    assert [place.moment.page for place in hit.moments if place.moment] == [3, 1, 2]
    assert hit.moment == hit.moments[0].moment


@pytest.mark.parametrize(
    ("typed", "read", "best"),
    [
        ("fenshu 折纸", "分数", "分数折纸任务单"),
        ("zhubian", "竹编", "竹编工艺微课"),
        ("liuchengtu", "流程图", "画流程图"),
        ("fns", "防溺水", "防溺水班会"),
        ("qingxu wenduji", "情绪温度计", "情绪温度计"),
        ("情绪温度记", "情绪温度计", "情绪温度计"),
        ("大清树下的小学", "大青树下的小学", "大青树下的小学 朗读指导"),
        ("aminals", "animal", "Animals 听说课"),
    ],
)
def test_pinyin_initials_and_misspellings_are_read_as_words(forty: Shelf, typed: str, read: str, best: str) -> None:
    found = forty.search(typed)
    assert read in [one.words for one in found.rewrites]
    assert found.hits[0].title == best
    assert forty.search(typed, verbatim=True).rewrites == ()


def test_pinyin_may_spell_a_subject(forty: Shelf) -> None:
    found = forty.search("meishu 三上")
    assert {item.name for item in found.narrowed} == {"三年级", "上册", "美术"}
    assert found.hits[0].title == "色彩的冷与暖"


def test_a_name_with_one_wrong_character_is_put_right_when_that_finds_much_better(forty: Shelf) -> None:
    found = forty.search("防弱水班会")
    assert found.instead == "防溺水班会"
    assert found.hits[0].title == "防溺水班会"


def test_a_guess_that_finds_no_better_is_only_offered(shelf: Shelf) -> None:
    with shelf.app.app_context(), unit.write():
        curriculum_service.load_standard()
    shelf.put("a", "防弱水的办法")
    shelf.settle()
    found = shelf.search("防弱水")
    assert [hit.title for hit in found.hits] == ["防弱水的办法"]
    assert (found.instead, found.hint) == ("", "防溺水")
    assert shelf.search("防弱水", verbatim=True).hint == ""


def test_a_word_of_hidden_things_shows_neither_in_readings_nor_suggestions(shelf: Shelf) -> None:
    shelf.put("secret", "皮影戏", scopes=["school:s1"])
    shelf.put("open", "分数")
    shelf.settle()
    assert [one.words for one in shelf.search("piyingxi").rewrites] == ["皮影戏"]
    assert shelf.search("piyingxi", STRANGER).rewrites == ()
    assert shelf.search("皮影系", STRANGER).rewrites == ()
    assert [one.text for one in shelf.suggest("皮影")] == ["皮影戏"]
    assert shelf.suggest("皮影", STRANGER) == []
    assert shelf.suggest("piying", STRANGER) == []


def test_synonyms_are_what_the_table_says(shelf: Shelf) -> None:
    shelf.put("a", "番茄的生长")
    shelf.settle()
    assert shelf.titles("西红柿") == []
    with shelf.app.app_context(), unit.write():
        records.set_synonyms(["西红柿 番茄", "颜色 色彩"], by=READER)
    assert shelf.titles("西红柿") == ["番茄的生长"]
    with shelf.app.app_context(), unit.read():
        assert queries.synonym_groups() == ["西红柿 番茄", "颜色 色彩"]
    with pytest.raises(Invalid), shelf.app.app_context(), unit.write():
        records.set_synonyms(["一个"], by=READER)


def test_the_books_of_the_district_stand_first_and_the_reasons_add_up(shelf: Shelf) -> None:
    with shelf.app.app_context(), unit.write():
        curriculum_service.load_standard()
        own = curriculum.node_at("小学 / 数学 / 人教版 / 三年级上册")
        curriculum_service.set_district_edition(2026, "小学", "数学", own.trail[2])
    shelf.put("b", "分数课", facets={"node": list(own.trail)})
    shelf.put("a", "分数课", minute=9)
    shelf.settle()
    found = shelf.search("分数课", explain=True)
    assert [hit.ref.id for hit in found.hits] == ["b", "a"]
    for hit in found.hits:
        assert sum(hit.why.values()) == pytest.approx(hit.score, abs=1e-3)
    assert "lift:node" in found.hits[0].why
    with shelf.app.app_context(), unit.write():
        records.set_weights({"edition": 0.0}, by=READER)
    assert [hit.ref.id for hit in shelf.search("分数课").hits] == ["a", "b"]
    with pytest.raises(Invalid), shelf.app.app_context(), unit.write():
        records.set_weights({"edition": 5.1}, by=READER)


def test_the_log_counts_queries_and_forgets_them_without_ever_knowing_who(shelf: Shelf, own_clock: None) -> None:
    clock.start_at(datetime(2026, 9, 1, 3, tzinfo=UTC))
    for hits in (3, 0, 0):
        with shelf.app.app_context(), unit.write():
            records.count_query("皮影  戏", hits)
    with shelf.app.app_context(), unit.write():
        records.count_query("分数", 7)
        records.count_query("  ", 0)
    with shelf.app.app_context(), unit.read():
        asked = queries.asked_in_vain(date(2026, 8, 1))
    assert [(one.query, one.asked) for one in asked] == [("皮影 戏", 3)]
    assert {column.name for column in QueryCount.__table__.columns} == {"query", "day", "asked", "hits"}
    clock.start_at(datetime(2027, 3, 15, tzinfo=UTC))
    with shelf.app.app_context(), unit.write():
        records.prune()
    with shelf.app.app_context(), unit.read():
        assert queries.asked_in_vain(date(2026, 8, 1)) == []
