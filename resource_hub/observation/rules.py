"""Rubrics and times: how rows make a score, several raters a mean, and a phone's clock a moment. Pure.

A rubric is developmental help: a score has a band and, with several raters, a spread. Rule: nothing here
compares one teacher with another, and no function takes more than one lesson's raters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import fmean

from resource_hub.kernel.errors import N_, Invalid

WHOLE = 100
DROPPED_FROM = 5
"""From so many raters on the highest and the lowest are left out of the mean."""
NEAR = 5.0
"""Points of 100 within which two raters agree."""
LEVELS = (1.0, 0.8, 0.6, 0.4)
"""Shares of a row for 优, 良, 中, 需改进, in the order of its descriptors."""
MOST_ROWS = 20
LONGEST_LESSON = timedelta(hours=6)
MOST_OFFSET = timedelta(days=3650)
"""A phone whose clock is further off than this tells nothing; its notes are taken as made now."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a rubric; ``descriptors`` is empty or says what 优, 良, 中 and 需改进 look like."""

    name: str
    weight: int
    descriptors: tuple[str, ...] = ()


Bands = Sequence[tuple[int, str]]
"""Lower bounds with their words, the highest first; the last is 0."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """Several raters of one lesson: mean, spread, and the share of pairs that are near each other (None for one rater)."""

    raters: int
    mean: float
    low: float
    high: float
    agreement: float | None
    is_trimmed: bool

    @property
    def spread(self) -> float:
        return self.high - self.low


def check_rows(rows: Sequence[Row]) -> None:
    """Raise Invalid unless the rows are a rubric: named, of positive weight, one hundred in all."""
    if not 2 <= len(rows) <= MOST_ROWS:
        raise Invalid(fields={"rows": N_("量表要有 2 到 20 行。")})
    for row in rows:
        if not row.name.strip() or row.weight <= 0:
            raise Invalid(fields={"rows": N_("每一行要有名称和大于 0 的分值。")})
        if row.descriptors and len(row.descriptors) != len(LEVELS):
            raise Invalid(fields={"rows": N_("每一行的说明要么不写，要么写全优、良、中、需改进四档。")})
    total = sum(row.weight for row in rows)
    if total != WHOLE:
        raise Invalid(fields={"rows": N_("各行分值合计是 %(total)s，要正好 100。")}, total=total)


def check_bands(bands: Bands) -> None:
    """Raise Invalid unless every score from 0 to 100 has exactly one band."""
    bounds = [bound for bound, _ in bands]
    if not bands or bounds != sorted(set(bounds), reverse=True) or bounds[-1] != 0 or bounds[0] > WHOLE or not all(w for _, w in bands):
        raise Invalid(fields={"bands": N_("等级要从高到低写，最后一档从 0 分起。")})


def total_of(rows: Sequence[Row], scores: Mapping[int, float]) -> float:
    """Return the sum of all rows; Invalid names the first row that has no score or one out of its weight."""
    for at, row in enumerate(rows):
        if at not in scores:
            raise Invalid(fields={"scores": N_("“%(row)s”还没有打分。")}, row=row.name)
        if not 0 <= scores[at] <= row.weight:
            raise Invalid(fields={"scores": N_("“%(row)s”要在 0 到 %(weight)s 分之间。")}, row=row.name, weight=row.weight)
    return round(sum(scores[at] for at in range(len(rows))), 2)


def band_of(bands: Bands, score: float) -> str:
    """Return the words for a score."""
    return next(words for bound, words in bands if score >= bound)


def pooled(values: Sequence[float], *, whole: float = WHOLE) -> Pooled | None:
    """Return what several raters gave one lesson, or one row of it out of ``whole``; None without any."""
    if not values:
        return None
    in_order = sorted(values)
    is_trimmed = len(in_order) >= DROPPED_FROM
    kept = in_order[1:-1] if is_trimmed else in_order
    pairs = list(combinations(values, 2))
    near = NEAR * whole / WHOLE
    share = sum(abs(a - b) <= near for a, b in pairs) / len(pairs) if pairs else None
    return Pooled(len(in_order), fmean(kept), in_order[0], in_order[-1], share, is_trimmed)


def offset_ms(client_now_ms: int, server_now: datetime) -> int:
    """Return what a phone's clock lacks to ours, in milliseconds, measured when its notes came."""
    offset = int(server_now.timestamp() * 1000) - client_now_ms
    limit = int(MOST_OFFSET.total_seconds() * 1000)
    return max(-limit, min(limit, offset))


def moment_of(client_ms: int, offset: int, server_now: datetime) -> datetime:
    """Return when something happened that a phone dated ``client_ms``; never later than now."""
    try:
        at = datetime.fromtimestamp((client_ms + offset) / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return server_now
    return min(at, server_now)


def second_in(began: datetime, at: datetime) -> int:
    """Return the second of a lesson at that moment, within what a lesson can last."""
    return max(0, min(int(LONGEST_LESSON.total_seconds()), int((at - began).total_seconds())))
