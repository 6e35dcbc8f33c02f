"""Verbs on places: the district, schools, classes, terms, subjects, community membership.

Every verb is idempotent by its natural key, so that a seed may run twice: what is there already
is returned as it is. Rights are checked at the doors; ``by`` names who is noted in the audit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.schools import queries, rules
from resource_hub.schools.bells import Period
from resource_hub.schools.events import MembershipChanged
from resource_hub.schools.models import BellSchedule, CalendarDay, CommunityMember, District, School, SchoolClass, Subject, Term
from resource_hub.schools.schemas import CalendarKind, Grade, SchoolForm

_LONGEST_TERM = timedelta(days=250)
_WRONG_YEAR = N_("学年写成相连的两年，如 2026-2027。")


def set_up_district(name: str, *, by: Viewer | None = None) -> str:
    """Make the one district with the standard subjects and return its id; a second is never made."""
    there: str | None = db.session.scalar(sa.select(District.id))
    if there:
        return there
    district = District(id=new_id("dis"), name=name, created_at=clock.now())
    db.session.add(district)
    db.session.flush()
    add_subjects(rules.SUBJECTS)
    audit.note(by, "district.added", Ref("district", district.id), details={"name": name})
    return district.id


def add_subjects(named: Iterable[tuple[str, str]]) -> None:
    """Add subjects by code and name; those whose code is there already stay as they are."""
    there = set(db.session.scalars(sa.select(Subject.code)))
    fresh = [(code, name) for code, name in named if code not in there]
    for position, (code, name) in enumerate(fresh, start=len(there)):
        db.session.add(Subject(code=code, name=name, position=position))
    db.session.flush()


def add_school(form: SchoolForm, *, by: Viewer | None = None, may_exist: bool = True) -> str:
    """Add a school and return its id; Invalid when the name belongs to another code.

    A school of that code is returned as it is, or refused when it may not exist yet.
    """
    there: str | None = db.session.scalar(sa.select(School.id).where(School.code == form.code))
    if there and may_exist:
        return there
    if there:
        raise Invalid(fields={"code": N_("这个学校代码已经用过了。")})
    if db.session.scalar(sa.select(School.id).where(School.name == form.name)):
        raise Invalid(fields={"name": N_("已经有一所同名的学校。请写明校区，或检查是否重复添加。")})
    school = School(
        id=new_id("sch"),
        district_id=_district_id(),
        code=form.code,
        name=form.name,
        kind=form.kind,
        locality=form.locality,
        is_boarding=form.is_boarding,
        is_three_schools=form.is_three_schools,
        uplink_mbps=form.uplink_mbps,
        created_at=clock.now(),
    )
    db.session.add(school)
    db.session.flush()
    audit.note(by, "school.added", Ref("school", school.id), details={"code": form.code, "name": form.name})
    return school.id


def close_school(school_id: str, on: date, *, by: Viewer | None = None) -> None:
    """End a school on that day; its people and works stay."""
    school = db.session.get(School, school_id)
    if school is None:
        raise NotFound
    school.closed_on = on
    audit.note(by, "school.closed", Ref("school", school.id), details={"on": on.isoformat()})


def reopen_school(school_id: str, *, by: Viewer | None = None) -> None:
    """Take the closing of a school back; nothing happens when it is open."""
    school = db.session.get(School, school_id)
    if school is None:
        raise NotFound
    if school.closed_on is None:
        return
    school.closed_on = None
    audit.note(by, "school.reopened", Ref("school", school.id))


def add_class(
    school_id: str,
    *,
    school_year: str,
    grade: Grade,
    number: int,
    head_count: int = 0,
    grades: Sequence[Grade] = (),
    may_exist: bool = True,
    by: Viewer | None = None,
) -> str:
    """Add a class and return its id; ``grades`` lists all grades of a multigrade class.

    Invalid names the field when the school has no such grade, or has the class and may not.
    """
    school = db.session.get(School, school_id)
    if school is None:
        raise NotFound
    taught = tuple(dict.fromkeys(grades)) or (grade,)
    if not rules.is_school_year(school_year):
        raise Invalid(fields={"school_year": _WRONG_YEAR})
    if not set(taught) <= set(rules.grades_of(school.kind)):
        raise Invalid(fields={"grades": N_("这类学校没有这个年级。")})
    there = db.session.scalar(
        sa.select(SchoolClass.id).where(
            SchoolClass.school_id == school_id,
            SchoolClass.school_year == school_year,
            SchoolClass.grade == grade,
            SchoolClass.number == number,
        )
    )
    if there and may_exist:
        return there
    if there:
        raise Invalid(fields={"number": N_("这个班已经在列表里。")})
    klass = SchoolClass(
        id=new_id("cls"),
        school_id=school_id,
        school_year=school_year,
        grade=grade,
        number=number,
        grades=[g.value for g in taught],
        head_count=head_count,
    )
    db.session.add(klass)
    db.session.flush()
    audit.note(by, "class.added", Ref("school_class", klass.id), details={"school": school_id, "grade": grade.value, "number": number})
    return klass.id


def set_bells(school_id: str, from_on: date, periods: Sequence[Period], *, by: Viewer | None = None) -> None:
    """Let these be the lesson times of a school from that day on, instead of what was set for the day itself."""
    if db.session.get(School, school_id) is None:
        raise NotFound
    db.session.execute(sa.delete(BellSchedule).where(BellSchedule.school_id == school_id, BellSchedule.from_on == from_on))
    times = [[period.starts, period.ends] for period in periods]
    db.session.add(BellSchedule(id=new_id("bel"), school_id=school_id, from_on=from_on, periods=times))
    audit.note(by, "school.bells", Ref("school", school_id), details={"from": from_on.isoformat(), "periods": len(periods)})


def drop_bells(school_id: str, from_on: date, *, by: Viewer | None = None) -> None:
    """Take back the lesson times that were to begin on that day; those before them go on."""
    found = db.session.scalar(sa.select(BellSchedule).where(BellSchedule.school_id == school_id, BellSchedule.from_on == from_on))
    if found is None:
        raise NotFound
    db.session.delete(found)
    audit.note(by, "school.bells", Ref("school", school_id), details={"from": from_on.isoformat(), "periods": 0})


def add_term(
    *,
    school_year: str,
    number: int,
    first_day: date,
    last_day: date,
    may_exist: bool = True,
    by: Viewer | None = None,
) -> str:
    """Add a term and return its id; Invalid names the field whose days do not fit."""
    if not rules.is_school_year(school_year):
        raise Invalid(fields={"school_year": _WRONG_YEAR})
    _check_order(first_day, last_day)
    there = db.session.scalar(sa.select(Term.id).where(Term.school_year == school_year, Term.number == number))
    if there and may_exist:
        return there
    if there:
        raise Invalid(fields={"number": N_("这个学期已经在列表里。要改日期，请在列表里点开它。")})
    _check_overlap(first_day, last_day)
    term = Term(
        id=new_id("trm"), district_id=_district_id(), school_year=school_year, number=number, first_day=first_day, last_day=last_day
    )
    db.session.add(term)
    db.session.flush()
    audit.note(by, "term.added", Ref("term", term.id), details={"school_year": school_year, "number": number})
    return term.id


def change_term(term_id: str, first_day: date, last_day: date, *, by: Viewer | None = None) -> None:
    """Give a term another first and last day."""
    term = db.session.get(Term, term_id)
    if term is None:
        raise NotFound
    _check_order(first_day, last_day)
    _check_overlap(first_day, last_day, but=term_id)
    term.first_day, term.last_day = first_day, last_day
    audit.note(by, "term.changed", Ref("term", term.id), details={"school_year": term.school_year, "number": term.number})


def set_special_days(year: int, holidays: Mapping[date, str], makeup_days: Mapping[date, str], *, by: Viewer | None = None) -> None:
    """Let these be all holidays and make-up days of the calendar year, each with its name.

    The state announces them by the calendar year, long after the school year has begun.
    """
    for field, days in (("holidays", holidays), ("makeup_days", makeup_days)):
        outside = sorted(day for day in days if day.year != year)
        if outside:
            raise Invalid(fields={field: N_("%(day)s 不在 %(year)s 年，请改正或去掉。")}, day=outside[0], year=year)
    both = sorted(holidays.keys() & makeup_days.keys())
    if both:
        raise Invalid(fields={"makeup_days": N_("%(day)s 既写在放假里，又写在调课里。")}, day=both[0])
    db.session.execute(sa.delete(CalendarDay).where(CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))))
    for kind, named in ((CalendarKind.HOLIDAY, holidays), (CalendarKind.MAKEUP, makeup_days)):
        db.session.add_all(CalendarDay(day=day, kind=kind, name=name) for day, name in named.items())
    audit.note(by, "calendar.changed", details={"year": year, "holidays": len(holidays), "makeup_days": len(makeup_days)})


def join_community(school_id: str, community_id: str, since: date, *, by: Viewer | None = None) -> None:
    """Let the school belong to the community from ``since``; nothing happens when it does already.

    A membership that ends on that day or later goes on instead. Records MembershipChanged.
    """
    there = db.session.scalar(_lasting_membership(school_id, community_id, since))
    if there is not None and there.until is None:
        return
    if there is not None:
        there.until = None
    else:
        db.session.add(CommunityMember(id=new_id("mem"), school_id=school_id, community_id=community_id, since=since))
    db.session.flush()
    audit.note(by, "community.joined", Ref("community", community_id), details={"school": school_id, "since": since.isoformat()})
    _tell(school_id, since)


def leave_community(school_id: str, community_id: str, until: date, *, by: Viewer | None = None) -> None:
    """End the membership: ``until`` is the first day outside. NotFound when there is none.

    Records MembershipChanged. Invalid for a day before the school joined.
    """
    there = db.session.scalar(_lasting_membership(school_id, community_id, queries.today()))
    if there is None:
        raise NotFound
    if until < there.since:
        raise Invalid(fields={"until": N_("退出日期不能早于加入日期。")})
    there.until = until
    db.session.flush()
    audit.note(by, "community.left", Ref("community", community_id), details={"school": school_id, "until": until.isoformat()})
    _tell(school_id, until)


def _tell(school_id: str, on: date) -> None:
    """Record the change now and, when it lies ahead, once more on its day."""
    unit.record(MembershipChanged(school_id))
    begins = datetime.combine(on, time(), hub().settings.zone)
    delay_s = (begins - clock.now()).total_seconds()
    if delay_s > 0:
        jobs.enqueue("schools.membership", {"school_id": school_id}, delay_s=delay_s, dedupe=f"membership:{school_id}:{on.isoformat()}")


def _lasting_membership(school_id: str, community_id: str, day: date) -> sa.Select[CommunityMember]:
    """The latest membership that does not end before ``day``."""
    return (
        sa.select(CommunityMember)
        .where(
            CommunityMember.school_id == school_id,
            CommunityMember.community_id == community_id,
            CommunityMember.until.is_(None) | (CommunityMember.until >= day),
        )
        .order_by(CommunityMember.since.desc())
        .limit(1)
    )


def _check_order(first_day: date, last_day: date) -> None:
    if last_day <= first_day:
        raise Invalid(fields={"last_day": N_("结束日期要在开始日期之后。")})
    if last_day - first_day > _LONGEST_TERM:
        raise Invalid(fields={"last_day": N_("一个学期没有这么长，请检查年份。")})


def _check_overlap(first_day: date, last_day: date, *, but: str | None = None) -> None:
    others = sa.select(Term.id).where(Term.first_day <= last_day, Term.last_day >= first_day, Term.id != (but or ""))
    if db.session.scalar(others.limit(1)):
        raise Invalid(fields={"first_day": N_("和另一个学期的日期重叠。")})


def _district_id() -> str:
    district_id: str | None = db.session.scalar(sa.select(District.id))
    if district_id is None:
        raise NotFound(N_("还没有建立区县。请先完成首次设置。"))
    return district_id
