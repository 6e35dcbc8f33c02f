"""Strokes come back as they were drawn, and what is no stroke is told."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.live import board

POINTS = st.lists(st.tuples(st.integers(-50, 2_050), st.integers(-50, 2_050)), min_size=1, max_size=80)


@given(POINTS)
def test_a_stroke_comes_back_point_for_point(points: list[board.Pair]) -> None:
    assert list(board.decode(board.encode(points))) == points


@given(POINTS)
def test_a_stroke_passes_json_unescaped_but_for_the_backslash(points: list[board.Pair]) -> None:
    assert all("?" <= character <= "~" for character in board.encode(points))


@given(st.text(alphabet="_`abcdefghijklmnopqrstuvwxyz{|}~", min_size=1))
def test_a_stroke_that_ends_inside_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cut short"):
        board.decode(text)


@given(st.text(alphabet="?@^_`~", min_size=1, max_size=12))
def test_the_pattern_admits_exactly_what_can_be_read(text: str) -> None:
    try:
        is_read = bool(board.decode(text))
    except ValueError:
        is_read = False
    assert bool(re.search(board.WHOLE_POINTS, text)) == is_read


def test_a_second_of_slow_writing_stays_under_three_hundred_bytes() -> None:
    curve = [(400 + 3 * n, 300 + (n * n) // 40) for n in range(60)]
    assert len(board.encode(curve)) < 200
