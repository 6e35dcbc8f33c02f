"""Bell schedules: when the lessons of a school begin and end, and how far those of two schools overlap. Pure.

Schools ring at their own times; a lesson that two of them share can use only the minutes that both
teach. Times are minutes after local midnight, the ends not included. Source of the limits: the
lesson hours of the district and 40-minute periods (国家课程方案, 一课时 40 分钟).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH_MINUTES = 35
"""Of a 40-minute lesson: with less in common two schools are warned before they pair."""
SHORTEST, LONGEST = 20, 120
"""Minutes of a lesson; anything else is a typing error."""
MOST_PERIODS = 14

_TIME = r"(\d{1,2})\s*[:：.点时]\s*(\d{1,2})?"
_LINE = re.compile(
    rf"^(?:第?\s*[0-9一二三四五六七八九十]{{1,3}}\s*节?课?\s*[.、:：,，]?\s+)?{_TIME}\s*分?\s*(?:-|–|—|－|~|～|到|至)\s*{_TIME}\s*分?$"
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A lesson's time: its number in the day and its minutes after midnight."""

    number: int
    starts: int
    ends: int

    @property
    def minutes(self) -> int:
        return self.ends - self.starts

    def __str__(self) -> str:
        return f"{clock_time(self.starts)}–{clock_time(self.ends)}"


def clock_time(minute: int) -> str:
    """Return a minute of the day as 8:05."""
    return f"{minute // 60}:{minute % 60:02}"


def periods_in(text: str) -> tuple[list[Period], list[str]]:
    """Return the periods that lines of text name, in the order of the day, and the lines that name none.

    A line is 8:20-9:00, 第1节 8:20–9:00, 08：20 到 09：00; periods are numbered as they follow each other.
    A period that is too short or long, or begins before the one above it ends, is among the strange lines.
    """
    found: list[Period] = []
    strange: list[str] = []
    for line in filter(None, (part.strip() for part in text.splitlines())):
        period = _period(line, len(found) + 1)
        if period is None or (found and period.starts < found[-1].ends) or len(found) == MOST_PERIODS:
            strange.append(line)
        else:
            found.append(period)
    return found, strange


def periods_text(periods: Sequence[Period]) -> str:
    """Return periods as lines that ``periods_in`` reads."""
    return "\n".join(str(period) for period in periods)


def overlap(one: Period, other: Period) -> int:
    """Return the minutes that both periods teach; 0 when they do not meet."""
    return max(0, min(one.ends, other.ends) - max(one.starts, other.starts))


def nearest(period: Period, others: Sequence[Period]) -> Period | None:
    """Return the period of another school that has most minutes in common, the earlier of equals; None when none meets."""
    best = max(others, key=lambda other: (overlap(period, other), -other.starts), default=None)
    return best if best is not None and overlap(period, best) else None


def _period(line: str, number: int) -> Period | None:
    read = _LINE.match(line)
    if read is None:
        return None
    first_hour, first_minute, last_hour, last_minute = (int(part or 0) for part in read.groups())
    if max(first_minute, last_minute) > 59 or max(first_hour, last_hour) > 23:
        return None
    period = Period(number, first_hour * 60 + first_minute, last_hour * 60 + last_minute)
    return period if SHORTEST <= period.minutes <= LONGEST else None
