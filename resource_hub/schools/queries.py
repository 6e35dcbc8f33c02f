"""Reading places: schools, classes, subjects, the calendar and who belongs together.

Results are plain values that may be kept past the unit. "Today" is the district's local date.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.schools import labels, rules
from resource_hub.schools.bells import Period
from resource_hub.schools.models import BellSchedule, CalendarDay, CommunityMember, District, School, SchoolClass, Subject, Term
from resource_hub.schools.schemas import CalendarKind, Grade, Locality, SchoolKind

_HOLIDAYS_AHEAD = 150
"""Days; a summer of holidays and the next ones after it."""


@dataclass(frozen=True, slots=True)
class DistrictFacts:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    id: str
    code: str
    name: str
    kind: SchoolKind
    locality: Locality
    is_boarding: bool
    is_three_schools: bool
    uplink_mbps: float | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class ClassFacts:
    id: str
    school_id: str
    school_year: str
    grade: Grade
    number: int
    grades: tuple[Grade, ...]
    head_count: int

    @property
    def name(self) -> str:
        """Return what the class is called, in the reader's language."""
        named = _("、").join(str(labels.GRADES[grade]) for grade in self.grades)
        return _("%(grades)s(%(number)s)班", grades=named, number=self.number)


@dataclass(frozen=True, slots=True)
class TermFacts:
    id: str
    school_year: str
    number: int
    first_day: date
    last_day: date
    holidays: frozenset[date]
    makeup_days: frozenset[date]

    @property
    def name(self) -> str:
        """Return what the term is called, in the reader's language."""
        return f"{self.school_year} {labels.TERMS[self.number]}"

    @property
    def weeks(self) -> int:
        return rules.weeks_in_term(self.first_day, self.last_day)

    def week_of(self, day: date) -> int | None:
        """Return the teaching week of ``day``, from 1; ``None`` outside the term."""
        return rules.teaching_week(self.first_day, self.last_day, day)

    def is_teaching_day(self, day: date) -> bool:
        return rules.is_teaching_day(self.first_day, self.last_day, day, self.holidays, self.makeup_days)


@dataclass(frozen=True, slots=True)
class Bells:
    """The lesson times of a school from a day on."""

    from_on: date
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Holidays and make-up days with their names."""

    holidays: Mapping[date, str]
    makeup_days: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Membership:
    """A school in a community, from ``since`` up to but not including ``until``."""

    school_id: str
    school: str
    since: date
    until: date | None


def today() -> date:
    """Return the district's local date."""
    return clock.now().astimezone(hub().settings.zone).date()


def school_year() -> str:
    """Return the school year of today, like 2026-2027."""
    return rules.school_year_of(today())


def the_district() -> DistrictFacts | None:
    """Return the district, or ``None`` before the installation was set up."""
    row = db.session.scalar(sa.select(District))
    return DistrictFacts(row.id, row.name) if row else None


def schools(ids: Iterable[str] | None = None, *, with_closed: bool = False) -> list[SchoolFacts]:
    """Return the schools of the district (or those of ``ids``), by name."""
    query = sa.select(School).order_by(School.name, School.id)
    if ids is not None:
        query = query.where(School.id.in_(list(ids)))
    if not with_closed:
        query = query.where(School.closed_on.is_(None) | (School.closed_on > today()))
    return [_school(row) for row in db.session.scalars(query)]


def school(school_id: str) -> SchoolFacts | None:
    row = db.session.get(School, school_id)
    return _school(row) if row else None


def school_by_code(code: str) -> SchoolFacts | None:
    row = db.session.scalar(sa.select(School).where(School.code == code))
    return _school(row) if row else None


def school_names(ids: Iterable[str]) -> Mapping[str, str]:
    """Return the names of those schools that exist, closed ones included."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(School.id, School.name).where(School.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def classes_of_school(school_id: str, school_year: str | None = None) -> list[ClassFacts]:
    query = sa.select(SchoolClass).where(SchoolClass.school_id == school_id)
    if school_year:
        query = query.where(SchoolClass.school_year == school_year)
    return _in_order(db.session.scalars(query))


def classes_of_schools(school_ids: Iterable[str], school_year: str) -> list[ClassFacts]:
    """Return the classes that those schools have in a school year, school by school."""
    query = sa.select(SchoolClass).where(SchoolClass.school_id.in_(list(school_ids)), SchoolClass.school_year == school_year)
    return sorted(_in_order(db.session.scalars(query)), key=lambda klass: klass.school_id)


def classes(ids: Iterable[str]) -> Mapping[str, ClassFacts]:
    """Return those classes that exist, by id."""
    wanted = {ident for ident in ids if ident}
    if not wanted:
        return {}
    return {klass.id: klass for klass in _in_order(db.session.scalars(sa.select(SchoolClass).where(SchoolClass.id.in_(wanted))))}


def bells_of(school_ids: Iterable[str], on: date) -> dict[str, Bells]:
    """Return the lesson times of these schools on that day; schools that set none are left out."""
    query = sa.select(BellSchedule).where(BellSchedule.school_id.in_(list(school_ids)), BellSchedule.from_on <= on)
    return {row.school_id: _bells(row) for row in db.session.scalars(query.order_by(BellSchedule.from_on))}


def bells_of_schools(school_ids: Iterable[str]) -> dict[str, list[Bells]]:
    """Return all lesson times that these schools ever set, the earliest first."""
    wanted = list(dict.fromkeys(school_ids))
    found: dict[str, list[Bells]] = {school_id: [] for school_id in wanted}
    query = sa.select(BellSchedule).where(BellSchedule.school_id.in_(wanted)).order_by(BellSchedule.from_on)
    for row in db.session.scalars(query):
        found[row.school_id].append(_bells(row))
    return found


def all_bells(school_id: str) -> list[Bells]:
    """Return all lesson times that a school ever set, the latest first."""
    rows = db.session.scalars(sa.select(BellSchedule).where(BellSchedule.school_id == school_id).order_by(BellSchedule.from_on.desc()))
    return [_bells(row) for row in rows]


def subject_names() -> Mapping[str, str]:
    """Return code → name of every subject, in the order of the list."""
    rows = db.session.execute(sa.select(Subject.code, Subject.name).order_by(Subject.position, Subject.code))
    return {row.code: row.name for row in rows}


def terms() -> list[TermFacts]:
    """Return all terms, oldest first."""
    rows = db.session.scalars(sa.select(Term).order_by(Term.first_day)).all()
    if not rows:
        return []
    calendar = special_days(rows[0].first_day, max(row.last_day for row in rows))
    return [_term(row, calendar) for row in rows]


def term(term_id: str) -> TermFacts | None:
    row = db.session.get(Term, term_id)
    return _term(row, special_days(row.first_day, row.last_day)) if row else None


def term_on(day: date) -> TermFacts | None:
    """Return the term that ``day`` lies in."""
    row = db.session.scalar(sa.select(Term).where(Term.first_day <= day, Term.last_day >= day).order_by(Term.first_day.desc()))
    return _term(row, special_days(row.first_day, row.last_day)) if row else None


def special_days(first: date, last: date) -> SpecialDays:
    """Return the holidays and make-up days from ``first`` to ``last``."""
    rows = db.session.scalars(sa.select(CalendarDay).where(CalendarDay.day.between(first, last)).order_by(CalendarDay.day)).all()
    named = {kind: {row.day: row.name for row in rows if row.kind is kind} for kind in CalendarKind}
    return SpecialDays(named[CalendarKind.HOLIDAY], named[CalendarKind.MAKEUP])


def working_day_after(start: date, days: int) -> date:
    """Return the working day that is ``days`` working days after ``start``, by the district's calendar."""
    # Twice the days hold the weekends, the rest the longest holidays that a deadline may meet.
    calendar = special_days(start, start + timedelta(days=2 * days + _HOLIDAYS_AHEAD))
    return rules.working_day_after(start, days, calendar.holidays, calendar.makeup_days)


def working_days_between(start: date, end: date) -> int:
    """Return how many working days follow ``start`` up to and including ``end``; negative when ``end`` comes first."""
    calendar = special_days(min(start, end), max(start, end))
    return rules.working_days_between(start, end, calendar.holidays, calendar.makeup_days)


def communities_of_school(school_id: str | None, on: date | None = None) -> frozenset[str]:
    """Return the communities that the school belongs to on that day (default: today)."""
    if school_id is None:
        return frozenset()
    day = on or today()
    query = sa.select(CommunityMember.community_id).where(CommunityMember.school_id == school_id, *_valid(day))
    return frozenset(db.session.scalars(query))


def communities_of_schools(ids: Iterable[str], on: date | None = None) -> Mapping[str, frozenset[str]]:
    """Return school → its communities on that day, for many schools at once."""
    wanted, day = list(set(ids)), on or today()
    found: dict[str, set[str]] = {school_id: set() for school_id in wanted}
    query = sa.select(CommunityMember.school_id, CommunityMember.community_id).where(CommunityMember.school_id.in_(wanted), *_valid(day))
    for row in db.session.execute(query):
        found[row.school_id].add(row.community_id)
    return {school_id: frozenset(ids) for school_id, ids in found.items()}


def schools_of_communities(ids: Iterable[str], on: date | None = None) -> Mapping[str, tuple[str, ...]]:
    """Return community → ids of its schools on that day."""
    wanted: Sequence[str] = list(set(ids))
    found: dict[str, list[str]] = {community_id: [] for community_id in wanted}
    query = (
        sa.select(CommunityMember.community_id, CommunityMember.school_id)
        .where(CommunityMember.community_id.in_(wanted), *_valid(on or today()))
        .order_by(CommunityMember.since, CommunityMember.school_id)
    )
    for row in db.session.execute(query):
        found[row.community_id].append(row.school_id)
    return {community_id: tuple(members) for community_id, members in found.items()}


def memberships_of_community(community_id: str) -> list[Membership]:
    """Return who belongs, will belong and did belong to the community, the earliest first."""
    query = (
        sa.select(CommunityMember, School.name)
        .join(School, School.id == CommunityMember.school_id)
        .where(CommunityMember.community_id == community_id)
        .order_by(CommunityMember.since, School.name)
    )
    rows = db.session.execute(query)
    return [Membership(row.CommunityMember.school_id, row.name, row.CommunityMember.since, row.CommunityMember.until) for row in rows]


def community_ids() -> list[str]:
    """Return the communities that have schools today."""
    return list(db.session.scalars(sa.select(CommunityMember.community_id).where(*_valid(today())).distinct()))


def _valid(day: date) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return CommunityMember.since <= day, CommunityMember.until.is_(None) | (CommunityMember.until > day)


def _in_order(rows: Iterable[SchoolClass]) -> list[ClassFacts]:
    found = [ClassFacts(c.id, c.school_id, c.school_year, c.grade, c.number, tuple(Grade(g) for g in c.grades), c.head_count) for c in rows]
    order = list(Grade)
    return sorted(found, key=lambda c: (c.school_year, order.index(c.grade), c.number))


def _school(row: School) -> SchoolFacts:
    return SchoolFacts(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        locality=row.locality,
        is_boarding=row.is_boarding,
        is_three_schools=row.is_three_schools,
        uplink_mbps=row.uplink_mbps,
        closed_on=row.closed_on,
    )


def _bells(row: BellSchedule) -> Bells:
    return Bells(row.from_on, tuple(Period(number, *times) for number, times in enumerate(row.periods, 1)))


def _term(row: Term, calendar: SpecialDays) -> TermFacts:
    return TermFacts(
        id=row.id,
        school_year=row.school_year,
        number=row.number,
        first_day=row.first_day,
        last_day=row.last_day,
        holidays=frozenset(day for day in calendar.holidays if row.first_day <= day <= row.last_day),
        makeup_days=frozenset(day for day in calendar.makeup_days if row.first_day <= day <= row.last_day),
    )
