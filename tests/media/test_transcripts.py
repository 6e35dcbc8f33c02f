"""What is said and shown: lines, times of edited words, passages, suggested chapters. Pure."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.media.captions import read_webvtt, to_webvtt, write_webvtt
from resource_hub.media.transcripts import (
    LONGEST_LINE,
    LONGEST_LINE_S,
    PASSAGE_S,
    Word,
    clean_slide,
    columns,
    lines_of,
    passages_of,
    retime,
    suggest_chapters,
)

SENTENCE: list[Word] = [(1.0 + n * 0.25, 1.25 + n * 0.25, sign) for n, sign in enumerate("同学们好。今天学习分数的加法")]


def _laid_out(steps: list[tuple[float, float, str]]) -> list[Word]:
    found: list[Word] = []
    at = 0.0
    for length, gap, text in steps:
        found.append((at, at + length, text))
        at += length + gap
    return found


words = st.lists(
    st.tuples(st.floats(0, 0.6), st.floats(0, 1.5), st.text("同学们好分数加法，。 lesson", min_size=1, max_size=4)), max_size=60
).map(_laid_out)


def test_lines_end_with_sentences_and_at_pauses() -> None:
    assert [line.text for line in lines_of(SENTENCE)] == ["同学们好。", "今天学习分数的加法"]
    english: list[Word] = [(0.0, 1.0, " Good morning"), (1.0, 1.5, " class."), (1.5, 2.0, " It is 3.5"), (2.0, 3.0, " metres.")]
    assert [line.text for line in lines_of(english)] == ["Good morning class.", "It is 3.5 metres."]
    paused: list[Word] = [(0.0, 0.5, "好"), (0.5, 1.0, "的"), (3.0, 3.5, "请坐")]
    assert [(line.start_s, line.end_s, line.text) for line in lines_of(paused)] == [(0.0, 1.0, "好的"), (3.0, 3.5, "请坐")]


@given(words)
def test_no_line_is_too_long_none_runs_backwards_and_no_word_is_lost(given_words: list[Word]) -> None:
    lines = lines_of(given_words)
    assert "".join(line.text for line in lines).replace(" ", "") == "".join(text for _, _, text in given_words).replace(" ", "")
    for line in lines:
        assert columns(line.text.replace(" ", "")) <= LONGEST_LINE
        assert line.start_s <= line.end_s <= line.start_s + LONGEST_LINE_S + 0.1
        for before, after in pairwise(line.words):
            assert before[0] <= before[1] <= after[0] <= after[1]


def test_an_edited_line_keeps_the_times_of_what_stayed() -> None:
    heard: list[Word] = [(10.0, 10.5, "分"), (10.5, 11.0, "树"), (11.0, 11.5, "的"), (11.5, 12.0, "加"), (12.0, 12.5, "法")]
    mended = retime(heard, "分数的加减法", 10.0, 12.5)
    assert "".join(text for _, _, text in mended) == "分数的加减法"
    times = {text: (start, end) for start, end, text in mended}
    assert times["分"] == (10.0, 10.5)
    assert times["数"] == (10.5, 11.0)
    assert times["法"] == (12.0, 12.5)
    assert 12.0 <= times["减"][0] <= times["减"][1] <= 12.0


def test_a_latin_word_is_one_word_and_a_line_without_known_words_shares_its_time() -> None:
    spread = retime([], "use if 条件", 4.0, 8.0)
    assert [text for _, _, text in spread] == ["use", "if", "条", "件"]
    assert spread[0][0] == 4.0
    assert spread[-1][1] == 8.0


@given(words, st.text("同学们好分数加法，。 lesson", max_size=40))
def test_edited_words_stand_in_order_within_their_line(given_words: list[Word], text: str) -> None:
    for line in lines_of(given_words):
        mended = retime(line.words, text, line.start_s, line.end_s)
        assert "".join(word for _, _, word in mended) == text.replace(" ", "")
        for start, end, _ in mended:
            assert line.start_s - 0.02 <= start <= end + 0.01 <= line.end_s + 0.03
        for before, after in pairwise(mended):
            assert before[0] <= after[0] + 0.011


def test_passages_are_as_long_as_a_phrase_and_begin_where_their_first_line_does() -> None:
    lines = [(n * 4.0, n * 4.0 + 4, f"第{n}句。") for n in range(10)]
    found = list(passages_of(lines))
    assert [at for at, _ in found] == [0.0, 12.0, 24.0, 36.0]
    assert found[0][1] == "第0句。第1句。第2句。"
    assert all(end - began <= PASSAGE_S for began, end in ((at, at + 12) for at, _ in found))
    assert list(passages_of([(1.0, 2.0, "Look at me."), (2.0, 3.0, "and say")])) == [(1.0, "Look at me. and say")]
    assert list(passages_of([(1.0, 90.0, "一句很长的话")])) == [(1.0, "一句很长的话")]


def test_chapters_are_suggested_where_the_heading_of_the_slide_is_new() -> None:
    slides = [
        (0.5, "第一课 认识分数\n目标"),
        (70.0, "第一课 认识分数\n目标 一"),
        (150.0, "~ |\n二、例题\n1/2"),
        (160.0, "三、练习"),
        (400.0, "四、小结"),
    ]
    assert [(mark.at_s, mark.title) for mark in suggest_chapters(slides, 2700)] == [
        (0.0, "第一课 认识分数"),
        (150.0, "二、例题"),
        (400.0, "四、小结"),
    ]
    assert suggest_chapters(slides[:2], 2700) == []


def test_dirt_on_a_slide_is_no_text() -> None:
    assert clean_slide("| ~\n 认识分数 \n.\n—— x\n1/2 + 1/4") == "认识分数\n1/2 + 1/4"


def test_captions_are_read_as_they_were_written() -> None:
    cues = read_webvtt(to_webvtt(b"1\n00:00:01,000 --> 00:00:02,000\n3 < 5 & 8 > 7\n"))
    assert [(cue.start_ms, cue.end_ms) for cue in cues] == [(1000, 2000)]
    assert read_webvtt(write_webvtt(cues)) == cues
