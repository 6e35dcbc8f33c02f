"""Whose schools a viewer may see in administration.

District staff see all; people of a school see their own. ``None`` stands for "all".
"""

from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Role, ScopeKind, Viewer
from resource_hub.schools import queries

READERS = frozenset({Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER, Role.RESEARCHER, Role.INSPECTOR, Role.AUDITOR, Role.PRINCIPAL, Role.DEAN})

MANAGERS = frozenset({Role.DISTRICT_ADMIN, Role.PRINCIPAL, Role.DEAN})
"""Who keeps the classes of a school: the district for every school, principal and dean for their own."""


def schools_within(viewer: Viewer, roles: frozenset[Role]) -> frozenset[str] | None:
    """Return the schools over which the viewer holds one of ``roles``; ``None``: every school."""
    communities: set[str] = set()
    found: set[str] = set()
    for grant in viewer.grants:
        if grant.role not in roles:
            continue
        # A subject's researcher works in every school.
        if grant.scope in (ScopeKind.DISTRICT, ScopeKind.SUBJECT):
            return None
        if grant.scope is ScopeKind.SCHOOL:
            found.add(grant.scope_id)
        elif grant.scope is ScopeKind.COMMUNITY:
            communities.add(grant.scope_id)
    for members in queries.schools_of_communities(communities).values():
        found.update(members)
    return frozenset(found)


def get_school_for(viewer: Viewer, school_id: str, roles: frozenset[Role] = READERS) -> queries.SchoolFacts:
    """Return the school when it lies within the viewer's ``roles``; NotFound otherwise."""
    within = schools_within(viewer, roles)
    school = queries.school(school_id)
    if school is None or (within is not None and school_id not in within):
        raise NotFound
    return school
