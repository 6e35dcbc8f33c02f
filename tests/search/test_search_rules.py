"""What is understood of a query: pure, so everything can be tried."""

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.infra import tokenizer
from resource_hub.search import rules

TEXT = st.text(max_size=200) | st.text(alphabet='三上年级数学语文-"“”:：title学科\\ 　ab1', max_size=60)


def asked(text: str) -> rules.Question:
    return rules.take_apart(tokenizer.normalise(text).text)


def recognised(text: str) -> list[tuple[str, str]]:
    return [(item.facet, item.name) for item in asked(text).understood]


@given(TEXT)
def test_no_text_fails_and_none_grows_without_bound(text: str) -> None:
    question = asked(text)
    assert len(question.words) <= rules.LONGEST + 1
    for part in (*question.phrases, *question.title_phrases, *question.excluded):
        assert any(char.isalnum() for char in part)


@given(st.text(alphabet=st.characters(categories=["Lo", "Lu", "Ll", "Nd"]), min_size=1, max_size=30))
def test_plain_letters_are_words_and_no_operator(text: str) -> None:
    question = asked(text)
    assert question.words == tokenizer.normalise(text).text[: rules.LONGEST]
    assert not any((question.phrases, question.excluded, question.filters, question.title_phrases))


def test_grade_and_volume_are_recognised_in_every_way_teachers_write_them() -> None:
    for text in ("三年级上", "三上", "3年级上册", "３年級上冊", "三年级（上）", "三（上）", "三年级上学期", "3上"):
        assert recognised(text) == [("grade", "三年级"), ("volume", "上册")], text
    for text in ("grade 3", "Grade3", "G3", "3年级", "三年級"):
        assert recognised(text) == [("grade", "三年级")], text
    assert recognised("初一数学") == [("grade", "七年级"), ("subject", "数学")]
    assert recognised("九下物理") == [("grade", "九年级"), ("volume", "下册"), ("subject", "物理")]
    assert recognised("小学道法") == [("stage", "小学"), ("subject", "道德与法治")]
    assert recognised("math") == [("subject", "数学")]


def test_what_only_looks_like_a_grade_is_left_alone() -> None:
    for text in ("星期三上午", "想一下", "等一下", "正月初一", "13年级", "三年级上课", "第三上面"):
        assert ("volume", "上册") not in recognised(text), text
        assert ("volume", "下册") not in recognised(text), text
    assert recognised("大年初一") == []
    assert recognised("partial arts") == []


def test_operators_count_when_they_are_well_formed() -> None:
    question = asked('分数 "平均分" -任务单 学科：数学 title:认识')
    assert question.words == "分数"
    assert question.phrases == ("平均分",)
    assert question.excluded == ("任务单",)
    assert question.title_phrases == ("认识",)
    assert question.filters == (rules.FieldFilter("subject", "数学"),)
    assert asked("“平均分”").phrases == ("平均分",)
    assert asked('-"平均 分" 折纸').excluded == ("平均 分",)
    assert asked("学科：数学").filters == (rules.FieldFilter("subject", "数学"),)


def test_what_is_not_well_formed_is_words() -> None:
    for text in (
        'C:\\path "unclosed',
        "a:b:c",
        "-",
        '""',
        "--x",
        "学科：",
        ":数学",
        "time: 12:30",
        "−4℃",
        "x -4",
        "http://a/b?c=d",
        "AND OR NOT (",
        "*?~^{}[]",
        "a-b",
    ):
        question = asked(text)
        assert not any((question.phrases, question.excluded, question.filters)), text


def test_excluding_needs_something_to_exclude_from() -> None:
    question = asked("-任务单")
    assert question.words == "任务单"
    assert question.excluded == ()


def test_a_very_long_query_is_searched_by_its_beginning() -> None:
    assert len(asked("浮力" * 5000).words) == rules.LONGEST


def test_words_that_say_little_are_left_out_unless_there_are_no_others() -> None:
    assert rules.telling(["怎样", "认识", "的", "分数"]) == [False, True, False, True]
    assert rules.telling(["怎么", "的"]) == [True, True]


def test_a_value_is_known_by_its_code_and_by_its_name() -> None:
    assert rules.names_same("三年级", "G3", "")
    assert rules.names_same("三年级", "x", "三年级")
    assert rules.names_same("数学", "数学", "")
    assert not rules.names_same("三年级", "G4", "四年级")


def test_the_half_of_a_year_means_the_volumes_of_every_grade() -> None:
    assert rules.names_same("上册", "三年级上册", "三年级上册")
    assert rules.names_same("全一册", "九年级全一册", "")
    assert not rules.names_same("上册", "三年级下册", "")
    assert not rules.names_same("三年级", "三年级上册", ""), "only a half is looked for inside"


def test_a_subject_inside_another_word_is_no_subject() -> None:
    for text in ("科学家的故事", "美术馆", "音乐会", "艺术节"):
        assert not [item for item in asked(text).understood if item.facet == "subject"], text


def test_kinds_and_editions_are_recognised() -> None:
    assert ("kind", "教学设计") in recognised("秋天的雨 教案")
    assert ("kind", "课件") in recognised("ppt 分数")
    assert recognised("部编版") == [("edition", "统编版")]
    assert rules.names_same("人教版", "人教版（2024）", "人教版（2024）")
    assert not rules.names_same("人教版", "北师大版", "北师大版")


def test_what_is_understood_is_taken_out_of_the_words() -> None:
    question = asked("三年级上册 数学 分数")
    assert rules.without(question.words, question.understood) == "分数"
