"""Who is looking: the person, where they belong, and what they may do there.

A ``Viewer`` is built once per request, socket or job and passed down; nothing below the doors
asks the session again. Roles are those of the district's rule book; each holds in one scope.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    DISTRICT_ADMIN = "district_admin"
    DISTRICT_LEADER = "district_leader"
    RESEARCHER = "researcher"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"
    PRIVACY_OFFICER = "privacy_officer"
    PRINCIPAL = "principal"
    DEAN = "dean"
    GROUP_HEAD = "group_head"
    LEAD_TEACHER = "lead_teacher"
    ASSIST_TEACHER = "assist_teacher"
    TEACHER = "teacher"
    STUDIO_HOST = "studio_host"
    COUNSELOR = "counselor"
    HEAD_TEACHER = "head_teacher"
    SAFETY_OFFICER = "safety_officer"
    TECH = "tech"
    CLASS_TERMINAL = "class_terminal"


class ScopeKind(StrEnum):
    DISTRICT = "district"
    COMMUNITY = "community"
    SCHOOL = "school"
    SUBJECT = "subject"


class Duty(StrEnum):
    """What a role obliges its holder to, within its scope and subjects."""

    SCHOOL_REVIEW = "school_review"
    DISTRICT_REVIEW = "district_review"
    MANAGE = "manage"
    """To take a work down."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held now, in one scope; ``subjects`` narrows it (empty: all subjects)."""

    role: Role
    scope: ScopeKind
    scope_id: str
    subjects: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Viewer:
    person_id: str
    name: str
    school_id: str | None
    community_ids: frozenset[str]
    grants: tuple[Grant, ...]
    locale: str = "zh"
    session_id: str = ""
    is_terminal: bool = False
    school_name: str = ""

    def has_role(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    @property
    def communities(self) -> frozenset[str]:
        """The communities of the viewer's school and of their roles."""
        return self.community_ids | {grant.scope_id for grant in self.grants if grant.scope is ScopeKind.COMMUNITY}

    def scopes(self, schools_of: Mapping[str, Iterable[str]]) -> frozenset[str]:
        """Return the scope words of everything this viewer may see or has a duty for; they stand in every query.

        ``schools_of`` gives the schools of ``communities`` today: who belongs together is a
        matter of the viewer, so a thing's words stay true when a school joins or leaves.
        ``person:…``, ``school:…`` and ``district`` are for adults, ``community_of:<school>``
        for each school they share a community with; duties add the words of ``duty_words``.
        A class terminal browses nothing.
        """
        if self.is_terminal:
            return frozenset()
        words = {f"person:{self.person_id}", "district"}
        words |= {f"community_of:{school}" for ident in self.community_ids for school in schools_of.get(ident, ())}
        if self.school_id:
            words.add(f"school:{self.school_id}")
        for duty, roles in _HOLDERS.items():
            for grant in self.grants:
                if grant.role in roles:
                    words |= {f"{duty}:{place}:{subject}" for place in _places(grant, schools_of) for subject in _subjects(grant)}
        return frozenset(words)


SCHOOL_REVIEWERS = frozenset({Role.GROUP_HEAD, Role.DEAN, Role.PRINCIPAL})
DISTRICT_STAFF = frozenset({Role.DISTRICT_ADMIN, Role.RESEARCHER})
SHARERS = frozenset(Role) - DISTRICT_STAFF - {Role.CLASS_TERMINAL, Role.DISTRICT_LEADER, Role.INSPECTOR, Role.AUDITOR}
"""Whoever works at a school: its people upload and share, the district's review."""
_HOLDERS = {
    Duty.SCHOOL_REVIEW: SCHOOL_REVIEWERS,
    Duty.DISTRICT_REVIEW: DISTRICT_STAFF,
    Duty.MANAGE: frozenset({Role.DEAN, Role.PRINCIPAL, Role.DISTRICT_ADMIN}),
}
_ANY = "*"
_NONE = "-"


def duty_words(duty: Duty, school_id: str, subject: str | None) -> frozenset[str]:
    """Return the scope words of those who have ``duty`` for a thing of that school and subject.

    What belongs to no subject is everybody's who has the duty for some subject there, so that it never waits for nobody.
    """
    subjects = (_ANY, subject or _NONE)
    return frozenset(f"{duty}:{place}:{held}" for place in (_ANY, school_id) for held in subjects)


def _places(grant: Grant, schools_of: Mapping[str, Iterable[str]]) -> Iterable[str]:
    if grant.scope is ScopeKind.COMMUNITY:
        return schools_of.get(grant.scope_id, ())
    return (grant.scope_id if grant.scope is ScopeKind.SCHOOL else _ANY,)


def _subjects(grant: Grant) -> Iterable[str]:
    if grant.scope is ScopeKind.SUBJECT:
        return ({grant.scope_id} & (grant.subjects or {grant.scope_id})) | {_NONE}
    return grant.subjects | {_NONE} if grant.subjects else (_ANY,)
