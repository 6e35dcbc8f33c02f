"""Decisions about recordings: when a session began, whether all of it is there, where a moment of the lesson plays. Pure.

The lesson's clock is the server's: facts carry it, recorders estimate it. A recording's own seconds begin with its first
session and leave out what no session recorded beyond ``media.rules.LONGEST_GAP_S``; ``Timeline`` turns one into the other,
both ways, and never backwards.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from resource_hub.media.schemas import Placed

CLAIM_BELIEVED_MS = 5_000
"""A recorder starts within a moment of the fact that says so; a claim further off is a wrong clock."""
GIVEN_UP_AFTER = timedelta(hours=24)
"""So long after the last chunk a session whose rest stays away is joined as it is."""
EMPTY_GIVEN_UP_AFTER = timedelta(minutes=10)
"""The same of one that never sent anything: most never recorded anything either, and what comes later is joined again."""
KEPT_FOR = timedelta(days=30)
ANNOUNCED_DAYS = (7, 1)
CHUNKS_KEPT = timedelta(days=3)
"""After joining: a computer that was off may still bring its rest."""
THINNED_AFTER = timedelta(days=180)
"""After the end of a term seats and words of its lessons become counts."""


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """One session as the server has it; ``total`` is known once its recorder finished."""

    numbers: Collection[int]
    total: int | None
    was_told: bool
    """Whether the lesson's log says that it began: a session that never did may be empty for ever."""
    heard_at: datetime


def begun_at(claimed_ms: int | None, told_ms: int | None, received_ms: int) -> int:
    """Return when a session began by the server's clock: as its recorder claims, if the log or the arrival bears it out."""
    sure = told_ms if told_ms is not None else received_ms
    if claimed_ms is None or abs(claimed_ms - sure) > CLAIM_BELIEVED_MS:
        return sure
    return claimed_ms


def missing(numbers: Collection[int], total: int) -> list[int]:
    """Return the chunks below ``total`` that are not there."""
    there = set(numbers)
    return [number for number in range(total) if number not in there]


def is_settled(session: SessionFacts, now: datetime) -> bool:
    """Return whether nothing of a session is waited for any more: all is there, it never began, or its rest stayed away too long."""
    if session.total is not None and not missing(session.numbers, session.total):
        return True
    if not session.numbers and not session.was_told:
        return True
    return now - session.heard_at >= (GIVEN_UP_AFTER if session.numbers else EMPTY_GIVEN_UP_AFTER)


def is_usable(session: SessionFacts) -> bool:
    """Return whether a session can be played at all: its first chunk holds the head of the file."""
    return 0 in session.numbers


def announced_days(expires_at: datetime, now: datetime) -> int | None:
    """Return of which announcement (days left, at most) it is time; None when the end is further off."""
    left = expires_at - now
    return next((days for days in sorted(ANNOUNCED_DAYS) if left <= timedelta(days=days)), None)


def thinned_before(term_ends: Sequence[date], today: date) -> date | None:
    """Return the day before which lessons lose what single seats did: after the last term that ended long enough ago."""
    over = [last for last in term_ends if last + THINNED_AFTER <= today]
    return max(over) + timedelta(days=1) if over else None


ALWAYS_KEPT = frozenset({"lesson:started", "lesson:paused", "lesson:resumed", "lesson:extended", "lesson:ended"})
KEPT_WITH_RECORDING = ALWAYS_KEPT | {
    "slide:turned", "stroke:drawn", "strokes:erased", "page:cleared", "pointer:kept", "pointer:dropped",
    "poll:opened", "poll:answered", "poll:closed", "timer:started", "timer:stopped", "recording:started", "recording:stopped",
}  # fmt: skip
"""Board, slides, questions and their totals by class: what the page of a recording shows. All else says what one seat did."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The moments of a lesson and the seconds of its recording; ``placed`` is in order and has no overlap."""

    placed: tuple[Placed, ...]

    @property
    def length_s(self) -> float:
        return self.placed[-1].start_s + self.placed[-1].length_s if self.placed else 0.0

    def second_of(self, at_ms: int) -> float:
        """Return where a moment plays; what happened while nothing was recorded plays where that time was left out."""
        found = 0.0
        for n, piece in enumerate(self.placed):
            if at_ms < piece.at_ms:
                break
            ends_s = self.placed[n + 1].start_s if n + 1 < len(self.placed) else piece.start_s + piece.length_s
            found = min(piece.start_s + (at_ms - piece.at_ms) / 1000, ends_s)
        return round(found, 3)

    def moment_of(self, second: float) -> int:
        """Return the moment that plays at a second."""
        if not self.placed:
            return 0
        playing = self.placed[0]
        for piece in self.placed:
            if piece.start_s <= second:
                playing = piece
        return playing.at_ms + round((max(second, 0.0) - playing.start_s) * 1000)

    @property
    def ends_at(self) -> int:
        last = self.placed[-1]
        return last.at_ms + round(last.length_s * 1000)
