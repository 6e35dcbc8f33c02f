"""Rubrics, raters, clocks of phones, and the time of stages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.kernel.errors import Invalid
from resource_hub.observation import rules, seeds, stages
from resource_hub.observation.rules import Row

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MINUTE = 60_000


@pytest.mark.parametrize("name", seeds.SEEDS)
def test_every_seed_is_a_rubric_of_one_hundred(name: str) -> None:
    rules.check_rows(seeds.SEEDS[name].rows)
    rules.check_bands(seeds.BANDS)


def test_the_seed_for_paired_lessons_has_words_for_every_level() -> None:
    assert all(len(row.descriptors) == 4 for row in seeds.SEEDS["seed_c"].rows)


@pytest.mark.parametrize(
    "rows", [[Row("甲", 50)], [Row("甲", 50), Row("乙", 49)], [Row("甲", 100), Row(" ", 0)], [Row("甲", 50, ("好",)), Row("乙", 50)]]
)
def test_what_is_no_rubric_is_refused(rows: list[Row]) -> None:
    with pytest.raises(Invalid):
        rules.check_rows(rows)


def test_bands_cover_every_score_once() -> None:
    assert [rules.band_of(seeds.BANDS, score) for score in (100, 90, 89.5, 70, 60, 59.9)] == ["优", "优", "良＋", "良", "合格", "待改进"]
    for wrong in ([], [(90, "优")], [(60, "合格"), (90, "优"), (0, "差")], [(90, ""), (0, "差")]):
        with pytest.raises(Invalid):
            rules.check_bands(wrong)


def test_a_total_needs_every_row_within_its_weight() -> None:
    rows = [Row("甲", 60), Row("乙", 40)]
    assert rules.total_of(rows, {0: 48, 1: 32.5}) == 80.5
    for scores in ({0: 48}, {0: 61, 1: 0}, {0: -1, 1: 0}):
        with pytest.raises(Invalid):
            rules.total_of(rows, scores)


def test_from_five_raters_on_the_highest_and_the_lowest_are_left_out() -> None:
    four, five = rules.pooled([60, 80, 82, 100]), rules.pooled([60, 80, 82, 84, 100])
    assert four
    assert five
    assert (four.mean, four.is_trimmed, four.spread) == (80.5, False, 40)
    assert (five.mean, five.is_trimmed, five.low, five.high) == (82, True, 60, 100)
    assert five.agreement == pytest.approx(0.3)
    assert rules.pooled([]) is None
    assert rules.pooled([77]) == rules.Pooled(1, 77, 77, 77, None, is_trimmed=False)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
def test_a_mean_lies_among_its_raters(values: list[float]) -> None:
    found = rules.pooled(values)
    assert found
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9
    assert found.agreement is None or 0 <= found.agreement <= 1


@given(st.integers(-(10**12), 10**12), st.integers(0, 3 * 3600))
def test_a_wrong_clock_is_aligned_when_its_notes_come(wrong_ms: int, ago_s: int) -> None:
    phone_now = int(NOW.timestamp() * 1000) + wrong_ms
    offset = rules.offset_ms(phone_now, NOW)
    at = rules.moment_of(phone_now - ago_s * 1000, offset, NOW)
    if abs(wrong_ms) <= rules.MOST_OFFSET.total_seconds() * 1000:
        assert abs((NOW - at).total_seconds() - ago_s) < 0.01
    assert at <= NOW


def test_a_clock_from_nowhere_is_taken_as_now() -> None:
    assert rules.moment_of(10**18, 0, NOW) == NOW
    assert rules.second_in(NOW, NOW - timedelta(minutes=3)) == 0
    assert rules.second_in(NOW, NOW + timedelta(days=3)) == 6 * 3600


def told(*story: tuple[int, str, dict[str, object]]) -> list[dict[str, object]]:
    return [
        {"at": minute * MINUTE, "type": kind, "data": data, "by": "lead", "seq": at} for at, (minute, kind, data) in enumerate(story, 1)
    ]


LESSON = told(
    (-2, "slide:turned", {"deck": "d", "page": 1, "step": 0}),
    (0, "lesson:started", {}),
    (5, "slide:turned", {"deck": "d", "page": 2, "step": 0}),
    (8, "slide:turned", {"deck": "d", "page": 3, "step": 0}),
    (9, "hand:raised", {"id": "h", "site": 1, "who": ""}),
    (10, "lesson:paused", {}),
    (15, "lesson:resumed", {}),
    (15, "hand:called", {"id": "c", "hand": "h"}),
    (16, "stage:changed", {"id": "s", "site": 0, "who": ""}),
    (17, "poll:opened", {"id": "p", "question": "哪些颜色暖？", "choices": ["红", "蓝"], "kind": "hands"}),
    (18, "poll:answered", {"id": "a", "poll": "p", "site": 1, "counts": [7, 2]}),
    (20, "slide:turned", {"deck": "x", "page": 1, "step": 0}),
    (30, "lesson:ended", {}),
)


def test_stages_get_the_minutes_of_their_slides_without_pauses() -> None:
    plan = [("导入", ("d", 1)), ("探究", ("d", 2))]
    assert [(one.name, one.seconds // 60) for one in stages.seconds_by_stage(LESSON, plan)] == [("导入", 5), ("探究", 10), ("", 10)]
    assert sum(stages.seconds_by_slide(LESSON).values()) == 25 * 60


def test_turns_and_polls_are_counted_by_class() -> None:
    assert stages.turns(LESSON) == {1: 1, 0: 1}
    assert stages.polls(LESSON) == [stages.PollTold("哪些颜色暖？", {1: 9})]
