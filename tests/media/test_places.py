"""Where words stand on a page."""

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.media.places import boxes_of

RUNS = [[100, 100, 200, 20, "分数的加法"], [300, 100, 100, 20, "和 Half"], [100, 140, 120, 20, "分数"]]


def test_a_word_is_found_wherever_it_stands() -> None:
    assert boxes_of(RUNS, ["分数"]) == ((100, 100, 80, 20), (100, 140, 120, 20))


def test_a_word_over_two_runs_has_two_boxes_and_blanks_and_case_do_not_count() -> None:
    assert boxes_of(RUNS, ["法 和"]) == ((260, 100, 40, 20), (300, 100, 29, 20))
    assert boxes_of(RUNS, ["half"])[0][0] > 300


def test_what_is_not_there_has_no_box() -> None:
    assert boxes_of(RUNS, ["小数", "", " "]) == ()
    assert boxes_of([], ["分数"]) == ()


@given(st.lists(st.text("分数ab ", min_size=1, max_size=8), max_size=5), st.text("分数ab ", max_size=4))
def test_boxes_lie_in_their_runs(texts: list[str], word: str) -> None:
    runs = [[10, 20 * number, 100, 15, text] for number, text in enumerate(texts)]
    for x, y, width, height in boxes_of(runs, [word]):
        assert (x >= 10, x + width <= 111, y % 20, height) == (True, True, 0, 15)
