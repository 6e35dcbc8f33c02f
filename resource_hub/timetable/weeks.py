"""On which days a weekly lesson falls, and when that is. Pure.

A lesson falls on the weekdays of its slots, Monday to Friday, that are taught; holidays fall out. A
make-up day 调休 carries no lessons of its own: it stands for another weekday, and the calendar does
not say for which, so a lesson lost to a holiday is moved there by a person who knows. Weeks are
teaching weeks, week 1 being the one that holds the first day of term; odd and even count by them.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

from resource_hub.schools import rules
from resource_hub.schools.bells import Period
from resource_hub.timetable.schemas import Slot, Weeks

_SCHOOL_DAYS = 5


class TermDays(Protocol):
    """What is asked of a term: its days, those that are not taught and those that are taught besides."""

    @property
    def first_day(self) -> date: ...
    @property
    def last_day(self) -> date: ...
    @property
    def holidays(self) -> Collection[date]: ...
    @property
    def makeup_days(self) -> Collection[date]: ...


class BellsFrom(Protocol):
    """The lesson times of a school from a day on."""

    @property
    def from_on(self) -> date: ...
    @property
    def periods(self) -> Sequence[Period]: ...


def lesson_days(term: TermDays, first: date, last: date, slots: Iterable[Slot], weeks: Weeks) -> list[tuple[date, int]]:
    """Return day and period of every lesson from ``first`` to ``last``, in order."""
    by_weekday: dict[int, list[int]] = {}
    for slot in slots:
        by_weekday.setdefault(slot.weekday, []).append(slot.period)
    begin, end = max(first, term.first_day), min(last, term.last_day)
    days = (begin + timedelta(days=n) for n in range((end - begin).days + 1))
    taught = [day for day in days if _is_taught(term, day) and in_weeks(term, day, weeks)]
    return [(day, period) for day in taught for period in sorted(by_weekday.get(day.isoweekday(), ()))]


def in_weeks(term: TermDays, day: date, weeks: Weeks) -> bool:
    """True when the teaching week of ``day`` is one of ``weeks``."""
    number = rules.teaching_week(term.first_day, term.last_day, day)
    return number is not None and (weeks is Weeks.EVERY or (number % 2 == 1) is (weeks is Weeks.ODD))


def may_hold_lessons(term: TermDays, day: date) -> bool:
    """True when a lesson may be moved to that day: a teaching day, a make-up day included."""
    return rules.is_teaching_day(term.first_day, term.last_day, day, term.holidays, term.makeup_days)


def period_on(bells: Iterable[BellsFrom], day: date, number: int) -> Period | None:
    """Return the period of that number by the bells that hold on ``day``; None when there is none."""
    return next((period for period in periods_on(bells, day) if period.number == number), None)


def periods_on(bells: Iterable[BellsFrom], day: date) -> Sequence[Period]:
    """Return the periods that hold on ``day``; none before the first bells."""
    latest = max((one for one in bells if one.from_on <= day), key=lambda one: one.from_on, default=None)
    return latest.periods if latest else ()


def moment(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return a minute of a local day as a moment."""
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def minute_of(at: datetime, zone: tzinfo) -> int:
    """Return the local minute of the day of a moment."""
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute


def monday_of(day: date) -> date:
    """Return the Monday of the week that ``day`` lies in."""
    return day - timedelta(days=day.weekday())


def week_text(day: date) -> str:
    """Return the week of ``day`` as addresses have it: 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def week_in(text: str) -> date | None:
    """Return the Monday of a week written as 2026-W48; None when it is none."""
    found = re.fullmatch(r"(20\d\d)-W(\d\d?)", text)
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None


def _is_taught(term: TermDays, day: date) -> bool:
    return day.isoweekday() <= _SCHOOL_DAYS and may_hold_lessons(term, day)
