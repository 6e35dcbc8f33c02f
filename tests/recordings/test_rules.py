"""The clock of a recording, what is waited for, what is marked and what is forgotten: pure decisions."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.live import state
from resource_hub.media.rules import LONGEST_GAP_S, place_pieces
from resource_hub.recordings import marks, rules
from resource_hub.recordings.rules import SessionFacts, Timeline
from resource_hub.recordings.schemas import MarkKind
from tests.live.playing import Play

BEGAN = 1_790_000_000_000
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
PIECES = st.lists(st.tuples(st.integers(BEGAN, BEGAN + 3_600_000), st.floats(0.1, 900)), min_size=1, max_size=6)


def timeline(*pieces: tuple[float, float]) -> Timeline:
    """Sessions that began so many seconds after the lesson, and how long each is."""
    return Timeline(tuple(place_pieces([(BEGAN + round(at_s * 1000), length_s) for at_s, length_s in pieces])))


def fact(kind: str, at_s: float, by: str = "lead", /, **data: object) -> marks.Fact:
    return {"lesson": "les_x", "seq": 1, "at": BEGAN + round(at_s * 1000), "by": by, "type": kind, "data": data}


WORDS = marks.Words(
    page_title=lambda deck, page: f"{deck} {page}",
    page_text=lambda deck, page: f"all of {deck} {page}" if deck == "deck" else "",
    site=lambda site: f"class {site}",
    hand="%(site)s raises a hand",
    stage="%(site)s speaks",
)


@given(PIECES)
def test_pieces_keep_their_order_and_never_lie_over_each_other(pieces: list[tuple[int, float]]) -> None:
    placed = place_pieces(pieces)
    assert [piece.at_ms for piece in placed] == sorted(at_ms for at_ms, _length in pieces)
    for earlier, later in pairwise(placed):
        gap_s = later.start_s - earlier.start_s - earlier.length_s
        assert -0.01 <= gap_s <= LONGEST_GAP_S + 0.01


@given(st.lists(st.tuples(st.floats(0.01, 600), st.floats(0.1, 900)), min_size=1, max_size=6), st.data())
def test_what_was_recorded_plays_at_its_moment_whatever_breaks_there_were(runs: list[tuple[float, float]], data: st.DataObject) -> None:
    pieces, at_s = [], 0.0
    for gap_s, length_s in runs:
        pieces.append((at_s + gap_s, length_s))
        at_s += gap_s + length_s
    found = timeline(*pieces)
    begun_s, length_s = data.draw(st.sampled_from(pieces))
    moment = BEGAN + round((begun_s + data.draw(st.floats(0, 0.99)) * length_s) * 1000)
    assert found.moment_of(found.second_of(moment)) == pytest.approx(moment, abs=3)


@given(PIECES, st.integers(-10_000, 8_000_000), st.integers(0, 100_000))
def test_a_later_moment_never_plays_earlier(pieces: list[tuple[int, float]], after_ms: int, more_ms: int) -> None:
    found = Timeline(tuple(place_pieces(pieces)))
    assert 0 <= found.second_of(BEGAN + after_ms) <= found.second_of(BEGAN + after_ms + more_ms) <= found.length_s + 0.01


def test_a_short_cut_stays_in_the_time_and_a_long_break_does_not() -> None:
    found = timeline((0, 10), (25, 10), (635, 10))
    assert [piece.start_s for piece in found.placed] == [0, 25, 65]
    assert (found.second_of(BEGAN + 26_000), found.second_of(BEGAN + 17_000)) == (26, 17)
    assert found.second_of(BEGAN + 400_000) == 65  # in the break: where it was left out
    assert found.moment_of(66) == BEGAN + 636_000


@pytest.mark.parametrize(
    ("claimed", "told", "expected"),
    [(BEGAN + 900, BEGAN, BEGAN + 900), (BEGAN + 3_600_000, BEGAN, BEGAN), (None, BEGAN, BEGAN), (BEGAN, None, BEGAN + 7_000), (None, None, BEGAN + 7_000)],
)  # fmt: skip
def test_a_recorder_with_a_wrong_clock_is_set_right_by_the_log(claimed: int | None, told: int | None, expected: int) -> None:
    assert rules.begun_at(claimed, told, BEGAN + 7_000) == expected


def test_a_session_is_waited_for_until_all_is_there_or_a_day_is_over() -> None:
    whole = SessionFacts(range(5), 5, was_told=True, heard_at=NOW)
    holed = SessionFacts([0, 1, 3, 4], 5, was_told=True, heard_at=NOW)
    unfinished = SessionFacts([0, 1], None, was_told=True, heard_at=NOW)
    never = SessionFacts([], None, was_told=False, heard_at=NOW)
    lost = SessionFacts([], None, was_told=True, heard_at=NOW)
    assert [rules.is_settled(one, NOW) for one in (whole, holed, unfinished, never, lost)] == [True, False, False, True, False]
    later = NOW + timedelta(minutes=10)  # what never sent anything holds nobody up; what comes of it all the same is joined again
    assert [rules.is_settled(one, later) for one in (holed, unfinished, lost)] == [False, False, True]
    assert all(rules.is_settled(one, NOW + timedelta(days=1)) for one in (holed, unfinished, lost))
    assert rules.missing(holed.numbers, 5) == [2]


def test_the_end_is_announced_a_week_and_a_day_before() -> None:
    left = [rules.announced_days(NOW + timedelta(days=days), NOW) for days in (8, 7, 3, 1, 0.5)]
    assert left == [None, 7, 7, 1, 1]


def test_seats_are_forgotten_half_a_year_after_the_term() -> None:
    ends = [date(2025, 7, 4), date(2026, 1, 23), date(2026, 7, 3)]
    assert rules.thinned_before(ends, date(2026, 7, 21)) == date(2025, 7, 5)
    assert rules.thinned_before(ends, date(2026, 7, 22)) == date(2026, 1, 24)
    assert rules.thinned_before(ends, date(2025, 7, 5)) is None


@given(st.integers(0, 2**32), st.integers(1, 120))
def test_what_is_left_of_a_thinned_log_folds_to_the_same_board(seed: int, steps: int) -> None:
    play = Play(seed).run(steps)
    left = [
        one if one["type"] in rules.KEPT_WITH_RECORDING else one | {"type": "fact:forgotten", "by": "", "data": {}} for one in play.facts
    ]
    now = state.fold(state.new(play.lesson), left)
    for kept in ("seq", "phase", "slide", "pages", "started_at", "ended_at"):
        assert now[kept] == play.now[kept]
    assert now["polls"] == play.now["polls"]
    assert (now["seats"], now["chat"], now["scores"], now["photos"]) == ({}, [], {}, [])


@given(st.integers(0, 2**32))
def test_the_page_of_a_recording_is_told_of_no_seat(seed: int) -> None:
    for shown in marks.shown_facts(Play(seed).run(80).facts):
        assert shown["type"] in marks.SHOWN
        assert not shown["data"].get("who")


def test_marks_are_slides_questions_hands_and_words_with_their_seconds() -> None:
    facts = [
        fact("slide:turned", -60, deck="deck", page=1, step=0),
        fact("slide:turned", 10, deck="deck", page=2, step=0),
        fact("slide:turned", 11, deck="deck", page=3, step=0),
        fact("poll:opened", 20, question="3/4 = 6/8?", choices=["1", "2"], kind="hands"),
        fact("hand:raised", 22, site=1, who="12"),
        fact("stage:changed", 23, site=1, who="12"),
        fact("stage:changed", 24, site=None, who=""),
        fact("chat:said", 25, "assist:1", text="听得清"),
        fact("chat:said", 4000, "assist:1", text="下课以后"),
    ]
    found = marks.marks_of(facts, timeline((0, 30), (32, 60)), WORDS)
    assert [(mark.at_s, mark.kind, mark.text) for mark in found] == [
        (0, MarkKind.SLIDE, "deck 1"),
        (11, MarkKind.SLIDE, "deck 3"),
        (20, MarkKind.QUESTION, "3/4 = 6/8?"),
        (22, MarkKind.HAND, "class 1 raises a hand"),
        (23, MarkKind.STAGE, "class 1 speaks"),
        (25, MarkKind.CHAT, "听得清"),
    ]
    assert marks.slide_texts(facts, timeline((0, 30), (32, 60)), WORDS) == [(0, "all of deck 1"), (11, "all of deck 3")]
    assert marks.marks_of([], timeline((0, 30)), WORDS) == marks.marks_of(facts, timeline(), WORDS) == []
