"""Cutting text: one spelling, and marks that fit the original."""

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.infra import tokenizer
from resource_hub.infra.index import snippets

TEXT = st.text(max_size=300) | st.text(alphabet="三3３年級级上(（册初一第单元 gradeGRADE12ＡbİßﬁⅣ①㎡½軟體", max_size=60)


@given(TEXT)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(tokenizer.fold(text)) == len(text)
    assert tokenizer.fold(tokenizer.fold(text)) == tokenizer.fold(text)


@given(TEXT)
def test_normalised_places_lie_in_the_original_in_order(text: str) -> None:
    normal = tokenizer.normalise(text)
    places = [normal.at(index) for index in range(len(normal.text))]
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(TEXT)
def test_any_text_can_be_indexed_and_asked_for(text: str) -> None:
    for word in tokenizer.index_words(text):
        assert word
        assert len(word) <= tokenizer.LONGEST_WORD
    for word in tokenizer.query_words(text):
        assert 0 <= word.start < word.end


@given(TEXT)
def test_what_is_asked_for_is_cut_as_what_is_indexed(text: str) -> None:
    asked = {cut for word in tokenizer.query_words(text) for cut in (word.text, *word.parts)}
    assert asked <= set(tokenizer.index_words(text))


@given(TEXT, st.lists(st.text(min_size=1, max_size=4), max_size=4))
def test_marks_stay_inside_and_apart(text: str, words: list[str]) -> None:
    for shown in (snippets.mark(text, words), *snippets.best([(text, None)], words, 1), snippets.beginning(text)):
        end = -1
        for start, stop in shown.marks:
            assert end < start < stop <= len(shown.text)
            end = stop


def test_one_word_is_found_in_every_spelling() -> None:
    words = set(tokenizer.index_words("３年級上冊 認識 Ｃolours"))
    assert {"三年级", "上册", "认识", "colour"} <= words
    assert set(tokenizer.index_words("三年级上册 认识 colours")) == words


def test_a_guessed_word_is_found_by_its_parts() -> None:
    assert {"折纸", "理解"} <= set(tokenizer.index_words("借助折纸理解平均分"))


def test_a_mark_covers_the_spelling_that_stands_in_the_text() -> None:
    shown = snippets.mark("适合3年级、３年級和grade 3用", ["三年级"])
    assert [shown.text[start:end] for start, end in shown.marks] == ["3年级", "３年級", "grade 3"]


def test_a_snippet_shows_the_place_with_most_words_and_tells_its_page() -> None:
    filler = "水的浮力很大。" + "这一段没有关系。" * 40
    pages = [(filler, None), ("先称重。" * 30 + "把浮力与密度放在一起比较。" + "再记录。" * 30, snippets.Moment("f", 2))]
    (shown,) = snippets.best(pages, ["浮力", "密度"], 1)
    assert shown.moment == snippets.Moment("f", 2)
    assert [shown.text[start:end] for start, end in shown.marks] == ["浮力", "密度"]
    assert len(shown.text) <= snippets.WIDTH + 2
