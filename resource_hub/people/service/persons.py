"""Persons: adding them, the first administrator, and leaving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Role, ScopeKind, Viewer
from resource_hub.people import access, rules
from resource_hub.people.events import PersonLeft
from resource_hub.people.models import Account, Person, RoleGrant
from resource_hub.people.schemas import Locale
from resource_hub.people.service.roles import grant_role, is_last_administrator
from resource_hub.people.service.sessions import revoke_all
from resource_hub.schools import queries as schools
from resource_hub.schools import service as places


@dataclass(frozen=True, slots=True)
class NewPerson:
    """``login`` empty: the staff number is the account name. ``school_id`` empty: the district."""

    name: str
    staff_no: str
    login: str | None = None
    phone: str | None = None
    school_id: str | None = None
    subjects: Sequence[str] = ()
    joined_on: date | None = None
    locale: Locale = Locale.ZH


def add_person(
    new: NewPerson,
    *,
    password_hash: str | None = None,
    must_change: bool = True,
    may_exist: bool = True,
    by: Viewer | None = None,
) -> str:
    """Add a person with an account and return the person's id.

    A person of that staff number is returned as they are, or refused when not ``may_exist``.
    Invalid names the field when account, number, school or subject do not fit.
    """
    if by is not None:
        access.require_school(by, new.school_id)
    there: str | None = db.session.scalar(sa.select(Person.id).where(Person.staff_no == new.staff_no))
    if there and may_exist:
        return there
    login = rules.plain_login(new.login or new.staff_no)
    _check(new, login, is_taken=there is not None)
    person_id = put_person(new, login, password_hash, must_change=must_change, by=by)
    db.session.flush()
    return person_id


def put_person(new: NewPerson, login: str, password_hash: str | None, *, must_change: bool = True, by: Viewer | None = None) -> str:
    """Add the rows of a person whose every field was checked already; returns the id."""
    now = clock.now()
    person_id = new_id("per")
    db.session.add(
        Person(
            id=person_id,
            name=new.name,
            staff_no=new.staff_no,
            phone=new.phone,
            school_id=new.school_id,
            subjects=list(new.subjects),
            joined_on=new.joined_on or schools.today(),
            created_at=now,
        )
    )
    db.session.add(
        Account(
            person_id=person_id,
            login=login,
            password_hash=password_hash,
            must_change=must_change,
            locale=new.locale,
            created_at=now,
            password_changed_at=now,
        )
    )
    audit.note(by, "person.added", Ref("person", person_id), details={"school": new.school_id, "account": login})
    return person_id


def set_up(district: str, name: str, login: str, password_hash: str) -> str:
    """Make the district and its first administrator; Conflict when there is an account already."""
    if db.session.scalar(sa.select(Account.person_id).limit(1)):
        raise Conflict(N_("平台已经完成首次设置，请直接登录。"), code="already_set_up")
    # The district's single slot decides between two set-ups at the same moment.
    district_id = places.set_up_district(district)
    person_id = add_person(
        NewPerson(name=name, staff_no=login, login=login), password_hash=password_hash, must_change=False, may_exist=False
    )
    grant_role(person_id, Role.DISTRICT_ADMIN, ScopeKind.DISTRICT, district_id)
    audit.note(None, "hub.set_up", Ref("person", person_id))
    return person_id


def leave(person_id: str, on: date, *, by: Viewer | None = None) -> None:
    """End a person's work here: account closed and sessions revoked at once, roles ended.

    Records PersonLeft. Conflict for the last administrator of the district.
    """
    if by is not None:
        access.get_person_for(by, person_id, "manage")
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    today = schools.today()
    if on > today:
        raise Invalid(fields={"on": N_("离岗日期不能晚于今天。到了那一天再登记，账号会立即停用。")})
    if person.left_on is not None:
        return
    if is_last_administrator(person_id):
        raise Conflict(N_("这是最后一位区管理员。请先把这项职责交给另一位同事。"), code="last_administrator")
    person.left_on = on
    account = db.session.get(Account, person_id)
    if account:
        account.closed_at = clock.now()
    revoke_all(person_id)
    for grant in db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == person_id)):
        grant.until_on = min(grant.until_on or today, today)
    audit.note(by, "person.left", Ref("person", person_id), details={"on": on.isoformat()})
    unit.record(PersonLeft(person_id, person.school_id, on))


def _check(new: NewPerson, login: str, *, is_taken: bool) -> None:
    fields: dict[str, str] = {}
    if is_taken:
        fields["staff_no"] = N_("这个工号已经在名册里。")
    if not rules.is_login(login):
        fields["account"] = N_("账号用 2 到 40 个小写字母、数字、点、短横或下划线，以字母或数字开头。")
    elif db.session.scalar(sa.select(Account.person_id).where(Account.login == login)):
        fields["account"] = N_("这个账号已经有人用，请换一个。")
    if new.phone and not rules.is_phone(new.phone):
        fields["phone"] = N_("手机号码不对，请填 11 位数字。")
    if new.school_id and schools.school(new.school_id) is None:
        fields["school_id"] = N_("没有这所学校。")
    if set(new.subjects) - set(schools.subject_names()):
        fields["subjects"] = N_("没有这个学科。")
    if fields:
        raise Invalid(fields=fields)
