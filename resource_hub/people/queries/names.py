"""Who somebody is: cards for pages, staff of schools, and persons by the words and numbers they are known by.

Rule: what stands here any colleague may see; telephone numbers are for whoever has to call.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.viewer import Role
from resource_hub.people import rules
from resource_hub.people.models import Account, Person, RoleGrant
from resource_hub.people.queries.chunks import chunks
from resource_hub.people.queries.grants import held_on
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What any colleague may see of a person."""

    id: str
    name: str
    school_id: str | None
    school: str
    has_left: bool


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody who works at a school, with the codes of the subjects they teach."""

    id: str
    name: str
    school_id: str
    subjects: tuple[str, ...]


def person_names(ids: Iterable[str]) -> Mapping[str, PersonCard]:
    """Return cards of those persons that exist, leavers included."""
    wanted = {ident for ident in ids if ident}
    if not wanted:
        return {}
    rows = db.session.scalars(sa.select(Person).where(Person.id.in_(wanted))).all()
    names = schools.school_names(row.school_id for row in rows if row.school_id)
    return {p.id: PersonCard(p.id, p.name, p.school_id, names.get(p.school_id or "", ""), p.left_on is not None) for p in rows}


def staff_of_schools(school_ids: Iterable[str]) -> list[StaffRow]:
    """Return who works at those schools today, school by school and by name."""
    query = sa.select(Person).where(Person.school_id.in_(list(school_ids)), Person.left_on.is_(None))
    rows = db.session.scalars(query.order_by(Person.school_id, Person.name, Person.id))
    return [StaffRow(row.id, row.name, row.school_id or "", tuple(row.subjects)) for row in rows]


def researchers() -> list[StaffRow]:
    """Return the district's researchers, by name; they work at no school."""
    is_now = held_on(schools.today())
    held = sa.select(RoleGrant.person_id).where(RoleGrant.role == Role.RESEARCHER, *is_now)
    rows = db.session.scalars(sa.select(Person).where(Person.id.in_(held), Person.left_on.is_(None)).order_by(Person.name, Person.id))
    return [StaffRow(row.id, row.name, row.school_id or "", tuple(row.subjects)) for row in rows]


def telephones(ids: Iterable[str]) -> Mapping[str, str]:
    """Return person → telephone number, unmasked: for whoever has to call them; those without one are left out."""
    rows = db.session.execute(sa.select(Person.id, Person.phone).where(Person.id.in_(list(ids)), Person.left_on.is_(None)))
    return {row.id: row.phone for row in rows if row.phone}


def person_by_staff_no(staff_no: str) -> str | None:
    found: str | None = db.session.scalar(sa.select(Person.id).where(Person.staff_no == staff_no))
    return found


def person_by_login(login: str) -> str | None:
    found: str | None = db.session.scalar(sa.select(Account.person_id).where(Account.login == rules.plain_login(login)))
    return found


def subjects_of(person_id: str) -> tuple[str, ...]:
    """Return the codes of the subjects that a person teaches."""
    person = db.session.get(Person, person_id)
    return tuple(person.subjects) if person else ()


def persons_called(words: str, *, limit: int = 50) -> list[str]:
    """Return persons, leavers included, of whose name, staff number or account ``words`` is a part."""
    query = sa.select(Person.id).outerjoin(Account, Account.person_id == Person.id).where(called(words))
    return list(db.session.scalars(query.order_by(Person.name, Person.id).limit(limit)))


def known_numbers(staff_nos: Sequence[str], logins: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return which of those staff numbers and account names are taken."""
    taken: list[frozenset[str]] = []
    for column, values in ((Person.staff_no, staff_nos), (Account.login, logins)):
        found: set[str] = set()
        for some in chunks(values):
            found.update(db.session.scalars(sa.select(column).where(column.in_(some))))
        taken.append(frozenset(found))
    return taken[0], taken[1]


def called(words: str) -> sa.ColumnElement[bool]:
    """Return the condition that ``words`` is a part of name, staff number or account."""
    return (
        Person.name.contains(words, autoescape=True)
        | Person.staff_no.contains(words, autoescape=True)
        | Account.login.contains(words.casefold(), autoescape=True)
    )
