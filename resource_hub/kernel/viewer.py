"""Who is looking: the person, where they belong, and what they may do there.

A ``Viewer`` is built once per request, socket or job and passed down; nothing below the doors
asks the session again. Roles are those of the district's rule book; each holds in one scope.
"""

from collections.abc import Iterable
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

    def holds(
        self,
        roles: Iterable[Role],
        *,
        school_id: str | None = None,
        community_ids: Iterable[str] = (),
        subject: str | None = None,
    ) -> bool:
        """True when one of ``roles`` is held over that school, its communities or the district.

        ``subject`` is asked of grants that are narrowed to subjects.
        """
        wanted = frozenset(roles)
        communities = frozenset(community_ids)
        for grant in self.grants:
            if grant.role not in wanted:
                continue
            if grant.subjects and subject not in grant.subjects:
                continue
            if grant.scope is ScopeKind.DISTRICT:
                return True
            if grant.scope is ScopeKind.SCHOOL and school_id and grant.scope_id == school_id:
                return True
            if grant.scope is ScopeKind.COMMUNITY and grant.scope_id in communities:
                return True
            if grant.scope is ScopeKind.SUBJECT and subject and grant.scope_id == subject:
                return True
        return False

    @property
    def is_district_staff(self) -> bool:
        return any(grant.scope is ScopeKind.DISTRICT for grant in self.grants)

    @property
    def scopes(self) -> frozenset[str]:
        """The scope words of everything this viewer may see; they stand in every query.

        ``person:…``, ``school:…``, ``community:…`` and ``district`` for adults; reviewers add
        ``review:<school>``, district staff ``staff``. A class terminal browses nothing.
        """
        if self.is_terminal:
            return frozenset()
        words = {f"person:{self.person_id}", "district"}
        words |= {f"community:{ident}" for ident in self.community_ids}
        if self.school_id:
            words.add(f"school:{self.school_id}")
        for grant in self.grants:
            if grant.role in SCHOOL_REVIEWERS and grant.scope is ScopeKind.SCHOOL:
                words.add(f"review:{grant.scope_id}")
            if grant.role in DISTRICT_STAFF and grant.scope is ScopeKind.DISTRICT:
                words.add("staff")
        return frozenset(words)


SCHOOL_REVIEWERS = frozenset({Role.GROUP_HEAD, Role.DEAN, Role.PRINCIPAL})
DISTRICT_STAFF = frozenset({Role.DISTRICT_ADMIN, Role.RESEARCHER})
