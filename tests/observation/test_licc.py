"""The frame and its sheets: four by five, and laws that hold for whatever was counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.observation import licc
from resource_hub.observation.frame import FRAME, QUESTION, SHEETS, Viewpoint, WrongItem, check_item
from resource_hub.observation.licc import End, Level, Mark

OTHERS = [(viewpoint, item) for viewpoint, sheet in SHEETS.items() for item in sheet.items if item != QUESTION]
QUESTIONS = st.builds(
    Mark,
    viewpoint=st.just(Viewpoint.DIALOGUE),
    item=st.just(QUESTION),
    end=st.sampled_from(End),
    second=st.integers(0, 3000),
    level=st.none() | st.sampled_from(Level),
    wait_ms=st.none() | st.integers(0, 600_000),
)
SEEN = st.tuples(st.sampled_from(OTHERS), st.sampled_from(End), st.integers(0, 3000)).map(lambda one: Mark(*one[0], one[1], one[2]))
MARKS = st.lists(QUESTIONS | SEEN, max_size=60)


def question(end: End, level: Level | None = None, wait_ms: int | None = None) -> Mark:
    return Mark(Viewpoint.DIALOGUE, QUESTION, end, 60, level, wait_ms)


def test_the_frame_has_four_dimensions_of_five_viewpoints_each_once() -> None:
    assert [len(sheets) for sheets in FRAME.values()] == [5, 5, 5, 5]
    assert list(SHEETS) == list(Viewpoint)
    words = [sheet.name for sheet in SHEETS.values()] + [sheet.prompt for sheet in SHEETS.values()]
    assert len(set(words)) == 40
    assert [viewpoint for viewpoint, sheet in SHEETS.items() if QUESTION in sheet.items] == [Viewpoint.DIALOGUE]


def test_a_sheet_counts_its_own_things_only() -> None:
    check_item(Viewpoint.DIALOGUE, QUESTION)
    with pytest.raises(WrongItem):
        check_item(Viewpoint.LISTENING, QUESTION)


def test_questions_are_counted_by_end_with_levels_and_waiting_times() -> None:
    found = licc.questions([
        question(End.CITY, Level.REMEMBER, 1_000), question(End.CITY, Level.ANALYSE, 4_000), question(End.CITY), question(End.VILLAGE, Level.CREATE),
    ])  # fmt: skip
    city = found[End.CITY]
    assert (city.asked, city.timed, city.wait_s, city.longest_s, city.higher) == (3, 2, 2.5, 4, 0.5)
    assert (city.levels[Level.REMEMBER], city.levels[Level.APPLY]) == (1, 0)
    assert (found[End.VILLAGE].wait_s, found[End.VILLAGE].higher) == (None, 1)
    assert (found[End.ALL].asked, found[End.ALL].wait_s, found[End.ALL].higher) == (0, None, None)
    assert licc.village_share(found) == 0.25
    assert licc.village_share(licc.questions([question(End.ALL)])) is None


@given(MARKS)
def test_nothing_is_lost_and_nothing_counted_twice(marks: list[Mark]) -> None:
    counted = licc.counts(marks)
    assert sum(n for items in counted.values() for ends in items.values() for n in ends.values()) == len(marks)
    asked = licc.questions(marks)
    assert sum(one.asked for one in asked.values()) == sum(mark.item == QUESTION for mark in marks)
    for end, one in asked.items():
        assert counted.get(Viewpoint.DIALOGUE, {}).get(QUESTION, {}).get(end, 0) == one.asked
        assert sum(one.levels.values()) <= one.asked
        assert one.timed <= one.asked


@given(MARKS, st.randoms(use_true_random=False))
def test_the_order_in_which_devices_send_changes_no_figure(marks: list[Mark], random: object) -> None:
    mixed = list(marks)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert licc.counts(mixed) == licc.counts(marks)
    for end, one in licc.questions(marks).items():
        other = licc.questions(mixed)[end]
        assert (other.asked, other.levels, other.timed, other.longest_s) == (one.asked, one.levels, one.timed, one.longest_s)
        assert other.wait_s == pytest.approx(one.wait_s)


@given(MARKS)
def test_a_mean_lies_within_what_was_timed_and_a_part_between_nothing_and_all(marks: list[Mark]) -> None:
    for one in licc.questions(marks).values():
        assert (one.wait_s is None) == (one.timed == 0)
        if one.wait_s is not None and one.longest_s is not None:
            assert 0 <= one.wait_s <= one.longest_s + 1e-9
        assert one.higher is None or 0 <= one.higher <= 1
    share = licc.village_share(licc.questions(marks))
    assert share is None or 0 <= share <= 1
