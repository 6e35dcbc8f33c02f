"""The calendar of schools and the standard list of subjects. Pure.

A teaching week runs from Monday; week 1 is the week that holds the first day of term. Holidays
and make-up days are data, never constants, since the state announces them yearly.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from resource_hub.kernel.errors import N_
from resource_hub.schools.schemas import Grade, SchoolKind

SUBJECTS: tuple[tuple[str, str], ...] = (
    ("chinese", N_("语文")),
    ("math", N_("数学")),
    ("english", N_("英语")),
    ("morality", N_("道德与法治")),
    ("science", N_("科学")),
    ("physics", N_("物理")),
    ("chemistry", N_("化学")),
    ("biology", N_("生物学")),
    ("history", N_("历史")),
    ("geography", N_("地理")),
    ("music", N_("音乐")),
    ("fine_art", N_("美术")),
    ("arts", N_("艺术")),
    ("pe", N_("体育与健康")),
    ("it", N_("信息科技")),
    ("calligraphy", N_("书法")),
    ("labour", N_("劳动")),
    ("practice", N_("综合实践活动")),
    ("mental_health", N_("心理健康")),
    ("local", N_("地方与校本课程")),
    ("child_health", N_("幼儿健康")),
    ("child_language", N_("幼儿语言")),
    ("child_society", N_("幼儿社会")),
    ("child_science", N_("幼儿科学")),
    ("child_art", N_("幼儿艺术")),
)
"""Code and name; the district may add to it. Codes never change, names may."""

_GRADES: dict[SchoolKind, str] = {
    SchoolKind.KINDERGARTEN: "K1 K2 K3",
    SchoolKind.PRIMARY: "G1 G2 G3 G4 G5 G6",
    SchoolKind.NINE_YEAR: "G1 G2 G3 G4 G5 G6 G7 G8 G9",
    SchoolKind.JUNIOR: "G7 G8 G9",
    SchoolKind.TEACHING_POINT: "K1 K2 K3 G1 G2 G3 G4 G5 G6",
}

_LONGEST_BREAK = timedelta(days=60)
"""A longer range in the calendar is a typing error, most likely in the year."""


def grades_of(kind: SchoolKind) -> tuple[Grade, ...]:
    """Return the grades that a school of that kind may have."""
    return tuple(Grade(code) for code in _GRADES[kind].split())


def teaching_week(first_day: date, last_day: date, day: date) -> int | None:
    """Return the week of term that ``day`` lies in, from 1; ``None`` outside the term."""
    if not first_day <= day <= last_day:
        return None
    return (_monday(day) - _monday(first_day)).days // 7 + 1


def weeks_in_term(first_day: date, last_day: date) -> int:
    """Return how many teaching weeks the term touches."""
    return (_monday(last_day) - _monday(first_day)).days // 7 + 1


def is_teaching_day(first_day: date, last_day: date, day: date, holidays: Collection[date], makeup_days: Collection[date]) -> bool:
    """True when lessons are held: a make-up day, or a weekday of term that is no holiday."""
    return first_day <= day <= last_day and is_working_day(day, holidays, makeup_days)


def is_working_day(day: date, off: Collection[date], on: Collection[date]) -> bool:
    """True on a make-up day, and on a weekday that is no holiday."""
    return day in on or (day.weekday() < 5 and day not in off)


def working_day_after(start: date, days: int, off: Collection[date], on: Collection[date]) -> date:
    """Return the working day that is ``days`` working days after ``start``; ``start`` itself never counts."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, off, on)
    return day


def working_days_between(start: date, end: date, off: Collection[date], on: Collection[date]) -> int:
    """Return how many working days follow ``start`` up to and including ``end``; negative when ``end`` comes first."""
    if end < start:
        return -working_days_between(end, start, off, on)
    return sum(is_working_day(start + timedelta(days=n), off, on) for n in range(1, (end - start).days + 1))


def school_year_of(day: date) -> str:
    """Return the school year of ``day``, like 2026-2027; a new one begins in August."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{first + 1}"


def is_school_year(text: str) -> bool:
    """True for two years in a row, like 2026-2027."""
    found = re.fullmatch(r"(\d{4})-(\d{4})", text)
    return found is not None and int(found[2]) == int(found[1]) + 1


def days_in(text: str) -> tuple[dict[date, str], list[str]]:
    """Return the days that lines of text name, each with its name, and the lines that name no day.

    A line (or what stands between commas) is one day or a range, its numbers written any way:
    2026-10-01, 2026/10/1, 2026-10-01 – 2026-10-08 国庆节, 2026.10.1-8; words at its end or its
    beginning are the name.
    """
    days: dict[date, str] = {}
    strange = []
    for line in filter(None, (part.strip() for part in re.split(r"[\n,;\uff0c\u3001\uff1b]", text))):
        first, last = _range(line)
        if first is None or last is None or not timedelta() <= last - first <= _LONGEST_BREAK:
            strange.append(line)
            continue
        days |= {first + timedelta(days=n): _name(line) for n in range((last - first).days + 1)}
    return days, strange


def spans(days: Mapping[date, str]) -> list[tuple[date, date, str]]:
    """Return days in a row under one name as first day, last day and name, in order."""
    found: list[tuple[date, date, str]] = []
    for day, name in sorted(days.items()):
        if found and found[-1][2] == name and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day, name)
        else:
            found.append((day, day, name))
    return found


def days_text(days: Mapping[date, str]) -> str:
    """Return days as lines that ``days_in`` reads, days in a row as a range."""
    lines = (f"{first} {name}" if first == last else f"{first} – {last} {name}" for first, last, name in spans(days))
    return "\n".join(line.strip() for line in lines)


def _range(line: str) -> tuple[date | None, date | None]:
    """The last day may leave out the year, or the year and the month, of the first."""
    numbers = [int(number) for number in re.findall(r"\d{1,4}", line)]
    begin, end = numbers[:3], numbers[3:]
    if len(begin) < 3 or len(end) > 3:
        return None, None
    try:
        return date(*begin), date(*begin[: 3 - len(end)], *end)
    except ValueError:
        return None, None


def _name(line: str) -> str:
    """The longer of what stands before the first number and after the last; 日 belongs to the number."""
    before, after = re.split(r"\d", line, maxsplit=1)[0], re.split(r"\d", line)[-1]
    return max(before, after.strip().lstrip("日号"), key=len).strip(" :：-–—()（）")[:60]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
