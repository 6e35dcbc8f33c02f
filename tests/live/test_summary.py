"""A lesson in counts, by the district's definitions."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.live.summary import summary
from tests.live.playing import BEGAN, Play

MINUTE = 60_000
PERIOD = (BEGAN, BEGAN + 40 * MINUTE)


class Story:
    """Facts at minutes of a lesson."""

    def __init__(self) -> None:
        self.facts: list[dict[str, Any]] = []

    def at(self, minute: float, kind: str, by: str = "lead", **data: Any) -> "Story":
        seq = len(self.facts) + 1
        fact = {"lesson": "l", "seq": seq, "at": BEGAN + int(minute * MINUTE), "by": by, "type": kind, "data": {"id": f"c{seq}"} | data}
        self.facts.append(fact)
        return self

    def comes(self, minute: float, seat: str) -> "Story":
        return self.at(minute, "seat:joined", seat, seat=seat, conn=seat, device=seat)

    def goes(self, minute: float, seat: str) -> "Story":
        return self.at(minute, "seat:left", seat, seat=seat, conn=seat)


def begun() -> Story:
    return Story().comes(-2, "lead").comes(-1, "class:1").at(0, "lesson:started")


def test_a_whole_lesson_is_held_and_not_degraded() -> None:
    found = summary(begun().at(40, "lesson:ended").facts, PERIOD, [0, 1])
    assert (found.is_held, found.is_degraded, found.together_ms, found.availability) == (True, False, 40 * MINUTE, 1.0)


def test_ninety_seconds_without_line_make_it_degraded_and_half_a_minute_does_not() -> None:
    short = begun().goes(10, "class:1").comes(10.5, "class:1").at(40, "lesson:ended")
    long = begun().goes(10, "class:1").comes(11.5, "class:1").at(40, "lesson:ended")
    assert summary(short.facts, PERIOD, [0, 1]).is_degraded is False
    assert summary(long.facts, PERIOD, [0, 1]).is_degraded is True
    assert summary(long.facts, PERIOD, [0, 1]).sites[1].outages == 1


def test_less_than_sixty_of_a_hundred_of_the_period_is_not_held() -> None:
    assert summary(begun().at(23.9, "lesson:ended").facts, PERIOD, [0, 1]).is_held is False
    assert summary(begun().at(24, "lesson:ended").facts, PERIOD, [0, 1]).is_held is True


def test_works_are_given_back_in_time_within_two_days_of_the_end() -> None:
    two_days = 48 * 60
    story = begun()
    photos = [story.at(30, "photo:added", "assist:1", site=1, asset="a").facts[-1]["data"]["id"] for _ in range(3)]
    story.at(40, "lesson:ended").at(41, "work:commented", photo=photos[0], text="线画得直").at(
        41, "work:commented", photo=photos[0], text="好"
    )
    story.at(40 + two_days + 1, "work:commented", photo=photos[1], text="晚了")
    site = summary(story.facts, PERIOD, [0, 1]).sites[1]
    assert (site.works, site.answered, site.unanswered) == (3, 1, 1)


def test_text_alone_counts_as_no_sound() -> None:
    story = begun().at(10, "link:changed", site=1, rung="text").at(20, "link:changed", site=1, rung="audio12").at(40, "lesson:ended")
    found = summary(story.facts, PERIOD, [0, 1])
    assert (found.availability, found.is_degraded) == (0.75, True)


def test_taking_part_is_counted_by_class_and_form() -> None:
    story = begun().at(5, "hand:raised", "assist:1", site=1, who="4").at(5.5, "hand:called", hand="c4")
    story.at(8, "poll:answered", "assist:1", poll="p", site=1, counts=[7, 2]).at(
        8, "poll:answered", "lead", poll="p", site=0, counts=[31, 9]
    )
    story.at(20, "stroke:drawn", "class:1", page="d/1").at(21, "stroke:drawn", "lead", page="d/1").at(40, "lesson:ended")
    found = summary(story.facts, PERIOD, [0, 1])
    assert found.sites[1].forms == {"hand": 1, "poll": 1, "ink": 1}
    assert found.sites[0].forms == {"poll": 1}
    assert found.village_share == 0.75
    assert found.sites[1].waited_s == (30,)
    assert found.sites[1].silent_s == 20 * 60


def test_a_pause_is_no_silence() -> None:
    story = begun().at(10, "lesson:paused").at(30, "lesson:resumed").at(40, "lesson:ended")
    assert summary(story.facts, PERIOD, [0, 1]).sites[1].silent_s == 20 * 60


def test_a_lesson_that_never_began_has_nothing() -> None:
    found = summary(Story().comes(-2, "lead").facts, PERIOD, [0, 1])
    assert (found.is_held, found.interactions, found.village_share) == (False, 0, None)


@given(st.integers(0, 2**32))
def test_whatever_happened_the_counts_stay_within_their_bounds(seed: int) -> None:
    play = Play(seed).run(80)
    found = summary(play.facts, PERIOD, range(3))
    assert found.ran is not None
    length = found.ran[1] - found.ran[0]
    assert all(0 <= site.there_ms <= length and 0 <= site.silent_s * 1000 <= length for site in found.sites)
    assert found.together_ms <= length
    assert 0 <= found.availability <= 1
