"""A week of lessons as a page shows it: days side by side, periods below each other.

Whose week it is stands in the address (``of``): one's own, a class's, a school's, a community's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.schools import queries as schools
from resource_hub.timetable import access, labels, queries, weeks
from resource_hub.timetable.names import SiteFacts
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import LessonState

_SCHOOL_DAYS = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """What is special about a lesson, in words, with its tone."""

    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson in a week, in the words of its reader."""

    id: str
    subject: str
    title: str
    times: str
    period: int | None
    lead: str
    teacher: str
    receivers: tuple[str, ...]
    marks: tuple[Mark, ...]
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """The lessons of one period of a day."""

    period: int | None
    row: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    column: int
    words: str
    note: str
    is_today: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """``of`` is the query of its address, ``number`` its teaching week."""

    title: str
    of: Mapping[str, str]
    words: str
    number: int | None
    days: tuple[Day, ...]
    this: str
    before: str
    after: str
    current: str
    class_id: str | None

    @property
    def is_empty(self) -> bool:
        return not any(day.cells for day in self.days)


def week_of(viewer: Viewer, asked: Mapping[str, str]) -> Week:
    """Return the week that an address asks for; NotFound for what the viewer does not see, and for a week that is none."""
    today = schools.today()
    monday = weeks.week_in(asked["week"]) if asked.get("week") else weeks.monday_of(today)
    if monday is None:
        raise NotFound
    last = monday + timedelta(days=6)
    title, of, lessons = _lessons(viewer, asked, monday, last)
    term = schools.term_on(monday) or schools.term_on(last)
    return Week(
        title=title,
        of=of,
        words=f"{labels.short_day(monday)} – {labels.short_day(last)}",
        number=(term.week_of(max(monday, term.first_day)) if term else None),
        days=tuple(_days(lessons, monday, today, term)),
        this=weeks.week_text(monday),
        before=weeks.week_text(monday - timedelta(days=7)),
        after=weeks.week_text(monday + timedelta(days=7)),
        current=weeks.week_text(today),
        class_id=of.get("class"),
    )


def entry(lesson: LessonFacts) -> Entry:
    """Return a lesson in the words of its reader."""
    lead = next((site for site in lesson.sites if site.position == 0), None)
    return Entry(
        id=lesson.id,
        subject=lesson.subject_name,
        title=lesson.title,
        times=f"{labels.local(lesson.starts_at)}–{labels.local(lesson.ends_at)}",
        period=lesson.period,
        lead=_place(lead) if lead else "",
        teacher="" if lesson.is_meeting else lesson.lead,
        receivers=tuple(_place(site) for site in lesson.receivers),
        marks=tuple(marks(lesson)),
        is_cancelled=lesson.state is LessonState.CANCELLED,
    )


def _place(site: SiteFacts) -> str:
    return f"{site.school} {site.class_name}".strip()


def marks(lesson: LessonFacts) -> list[Mark]:
    """Return what is special about a lesson: cancelled, open, held, moved, taken over, or past without a record."""
    found = []
    if lesson.state is LessonState.CANCELLED:
        reason = labels.CANCEL_REASONS[lesson.cancel_reason] if lesson.cancel_reason else ""
        found.append(Mark(_("停课 · %(reason)s", reason=reason), "danger"))
    elif lesson.state is not LessonState.PLANNED:
        found.append(Mark(str(labels.STATES[lesson.state]), "ok"))
    elif not lesson.is_ahead:
        found.append(Mark(_("没有上课记录"), ""))
    if lesson.moved_from:
        found.append(Mark(_("调课 · 原 %(day)s", day=labels.short_day(lesson.moved_from)), "warn"))
    if lesson.planned_person_id:
        found.append(Mark(_("代课 · 原 %(name)s", name=lesson.planned), "warn"))
    found += [Mark(_("%(school)s换人助学", school=site.school), "warn") for site in lesson.sites if site.planned_assist_id]
    return found


def _lessons(viewer: Viewer, asked: Mapping[str, str], first: date, last: date) -> tuple[str, dict[str, str], list[LessonFacts]]:
    within = access.seen_schools(viewer)
    if asked.get("class"):
        klass = schools.classes([asked["class"]]).get(asked["class"])
        if klass is None or (within is not None and klass.school_id not in within):
            raise NotFound
        name = schools.school_names([klass.school_id])[klass.school_id]
        return f"{name} {klass.name}", {"class": klass.id}, queries.lessons_between(first, last, class_id=klass.id)
    if asked.get("school"):
        school = schools.school(asked["school"])
        if school is None or (within is not None and school.id not in within):
            raise NotFound
        return school.name, {"school": school.id}, queries.lessons_between(first, last, school_ids=[school.id])
    if asked.get("community"):
        found = next((one for one in access.seen_communities(viewer) if one.id == asked["community"]), None)
        if found is None:
            raise NotFound
        lessons = queries.lessons_between(first, last, community_id=found.id)
        return found.name, {"community": found.id}, [one for one in lessons if access.sees_lesson(viewer, one, within)]
    return _("我的课表"), {}, queries.lessons_between(first, last, person_id=viewer.person_id)


def _days(lessons: list[LessonFacts], monday: date, today: date, term: schools.TermFacts | None) -> list[Day]:
    """Saturday and Sunday stand there only when something is taught on them."""
    special = schools.special_days(monday, monday + timedelta(days=6))
    rows = sorted({lesson.period or 0 for lesson in lessons}, key=lambda period: (period == 0, period))
    found: list[Day] = []
    for n in range(7):
        day = monday + timedelta(days=n)
        ours = [lesson for lesson in lessons if lesson.day == day]
        if n >= _SCHOOL_DAYS and not ours and day not in special.makeup_days:
            continue
        note = _note(day, special, term)
        words = f"{labels.WEEKDAYS[day.isoweekday()]} · {labels.short_day(day)}"
        found.append(Day(day, len(found) + 1, words, note, day == today, tuple(_cells(ours, rows))))
    return found


def _cells(lessons: list[LessonFacts], rows: list[int]) -> list[Cell]:
    found = []
    for row, period in enumerate(rows, 1):
        entries = tuple(entry(lesson) for lesson in lessons if (lesson.period or 0) == period)
        if entries:
            found.append(Cell(period or None, row, entries))
    return found


def _note(day: date, special: schools.SpecialDays, term: schools.TermFacts | None) -> str:
    if day in special.makeup_days:
        return _("调休上课")
    if day in special.holidays:
        return special.holidays[day] or _("放假")
    return "" if term and term.first_day <= day <= term.last_day else _("不在学期里")


@dataclass(frozen=True, slots=True)
class Choice:
    """A week that the viewer may look at besides."""

    name: str
    of: Mapping[str, str]


def choices(viewer: Viewer, shown: Week) -> dict[str, list[Choice]]:
    """Return other weeks by kind: communities, schools, and the classes of the school that is shown (or one's own) with shared lessons."""
    within = access.seen_schools(viewer)
    places = schools.schools(within)
    school_id = shown.of.get("school") or viewer.school_id
    return {
        "communities": [Choice(one.name, {"community": one.id}) for one in access.seen_communities(viewer)],
        "schools": [Choice(one.name, {"school": one.id}) for one in places],
        "classes": _classes(school_id) if school_id else [],
    }


def _classes(school_id: str) -> list[Choice]:
    today = schools.today()
    term = schools.term_on(today)
    lessons = queries.lessons_between(term.first_day, term.last_day, school_ids=[school_id]) if term else []
    found = schools.classes(site.class_id for lesson in lessons for site in lesson.sites if site.school_id == school_id)
    return [Choice(klass.name, {"class": klass.id}) for klass in found.values()]


@dataclass(frozen=True, slots=True)
class NextLesson:
    """The lesson that somebody leads or assists next, as the first page shows it."""

    id: str
    title: str
    url: str
    when: str
    where: str
    has_pack: bool
    is_near: bool
    is_open: bool
    is_lead: bool


def next_lesson(viewer: Viewer) -> NextLesson | None:
    """Return the viewer's next lesson of these two weeks; None when there is none."""
    found = queries.next_lesson(viewer.person_id, schools.today() + timedelta(days=14))
    if found is None:
        return None
    shown = entry(found)
    return NextLesson(
        id=found.id,
        title=" · ".join(part for part in (shown.subject, shown.title) if part),
        url=f"/timetable/lessons/{found.id}",
        when=f"{labels.when_words(found.day, found.period, found.starts_at)} · {shown.times}",
        where=" → ".join(part for part in (shown.lead, _("、").join(shown.receivers)) if part),
        has_pack=found.pack is not None,
        is_near=found.is_near,
        is_open=found.state is LessonState.OPEN,
        is_lead=found.lead_person_id == viewer.person_id,
    )
