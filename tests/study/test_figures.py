"""Figures of a round, and the words of a report with figures in them."""

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.study.figures import Figure, mean, pieces, stage_lines, token

PLANNED = [("a", "导入", 5), ("b", "新授", 20), ("c", "展示", None)]


def test_a_slide_that_names_a_stage_gives_its_time() -> None:
    lines = stage_lines(PLANNED, {"新授：冷与暖": 900, "新授二": 120, "别的": 50}, [], None)
    assert [(line.id, line.planned, line.taught_s, line.is_noted) for line in lines] == [
        ("a", 5, None, False),
        ("b", 20, 1020, False),
        ("c", None, None, False),
    ]


def test_where_no_slide_names_it_what_an_observer_marked_does() -> None:
    noted = [("导入", 0), ("导入", 60), ("新授", 240), ("展示", 1500)]
    lines = stage_lines(PLANNED, {"新授": 1200}, noted, 2400)
    assert [(line.taught_s, line.is_noted) for line in lines] == [(240, True), (1200, False), (900, True)]
    assert stage_lines(PLANNED, {}, noted, None)[2].taught_s is None


def test_what_nobody_measured_is_not_nought() -> None:
    assert mean([]) is None
    assert mean([None, None]) is None
    assert mean([0.5, None, 0.7]) == 0.6


def test_a_figure_stands_in_the_words_with_its_address() -> None:
    figures = {(2, "village_share"): Figure("41%", "/here")}
    found = list(pieces(f"村端占到了{token(2, 'village_share')}，比{token(1, 'village_share')}多。", figures))
    assert [(piece.text, piece.url) for piece in found] == [("村端占到了", ""), ("41%", "/here"), ("，比", ""), ("—", ""), ("多。", "")]


@given(st.text())
def test_words_without_a_mark_stay_as_they_are(words: str) -> None:
    assert "".join(piece.text for piece in pieces(words.replace("[[", ""), {})) == words.replace("[[", "")
