"""Verbs on places: the district, schools, classes, terms, subjects, community membership.

Every verb is idempotent by its natural key, so that a seed may run twice: what is there already
is returned as it is. Rights are checked at the doors; ``by`` names who is noted in the audit.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.schools import rules
from resource_hub.schools.models import CommunityMember, District, School, SchoolClass, Subject, Term
from resource_hub.schools.schemas import Grade, SchoolForm


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
        raise Invalid(fields={"name": N_("已经有一所同名的学校。请写明校区,或检查是否重复添加。")})
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


def add_class(
    school_id: str,
    *,
    school_year: str,
    grade: Grade,
    number: int,
    head_count: int = 0,
    grades: Sequence[Grade] = (),
    by: Viewer | None = None,
) -> str:
    """Add a class and return its id; ``grades`` lists all grades of a multigrade class."""
    school = db.session.get(School, school_id)
    if school is None:
        raise NotFound
    taught = tuple(grades) or (grade,)
    if not set(taught) <= set(rules.grades_of(school.kind)):
        raise Invalid(fields={"grade": N_("这类学校没有这个年级。")})
    there = db.session.scalar(
        sa.select(SchoolClass.id).where(
            SchoolClass.school_id == school_id,
            SchoolClass.school_year == school_year,
            SchoolClass.grade == grade,
            SchoolClass.number == number,
        )
    )
    if there:
        return there
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


def add_term(
    *,
    school_year: str,
    number: int,
    first_day: date,
    last_day: date,
    holidays: Iterable[date] = (),
    makeup_days: Iterable[date] = (),
    by: Viewer | None = None,
) -> str:
    """Add a term and return its id; Invalid when it ends before it begins."""
    if last_day <= first_day:
        raise Invalid(fields={"last_day": N_("结束日期要在开始日期之后。")})
    district_id = _district_id()
    there = db.session.scalar(
        sa.select(Term.id).where(Term.district_id == district_id, Term.school_year == school_year, Term.number == number)
    )
    if there:
        return there
    term = Term(
        id=new_id("trm"),
        district_id=district_id,
        school_year=school_year,
        number=number,
        first_day=first_day,
        last_day=last_day,
        holidays=sorted(day.isoformat() for day in holidays),
        makeup_days=sorted(day.isoformat() for day in makeup_days),
    )
    db.session.add(term)
    db.session.flush()
    audit.note(by, "term.added", Ref("term", term.id), details={"school_year": school_year, "number": number})
    return term.id


def join_community(school_id: str, community_id: str, since: date, *, by: Viewer | None = None) -> None:
    """Let the school belong to the community from ``since``; nothing happens when it does already."""
    there = db.session.scalar(_open_membership(school_id, community_id))
    if there:
        return
    db.session.add(CommunityMember(id=new_id("mem"), school_id=school_id, community_id=community_id, since=since))
    db.session.flush()
    audit.note(by, "community.joined", Ref("community", community_id), details={"school": school_id, "since": since.isoformat()})


def leave_community(school_id: str, community_id: str, until: date, *, by: Viewer | None = None) -> None:
    """End the membership: ``until`` is the first day outside. NotFound when there is none."""
    there = db.session.scalar(_open_membership(school_id, community_id))
    if there is None:
        raise NotFound
    there.until = until
    audit.note(by, "community.left", Ref("community", community_id), details={"school": school_id, "until": until.isoformat()})


def _open_membership(school_id: str, community_id: str) -> sa.Select[CommunityMember]:
    return sa.select(CommunityMember).where(
        CommunityMember.school_id == school_id, CommunityMember.community_id == community_id, CommunityMember.until.is_(None)
    )


def _district_id() -> str:
    district_id: str | None = db.session.scalar(sa.select(District.id))
    if district_id is None:
        raise NotFound(N_("还没有建立区县。请先完成首次设置。"))
    return district_id
