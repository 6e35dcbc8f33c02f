"""Who may manage whom. District administrators reach everyone; principals and deans their school.

What lies outside is NotFound, what is inside but more powerful is refused with a reason.
"""

from collections.abc import Iterable, Sequence

from resource_hub.kernel.errors import N_, NotAllowed, NotFound
from resource_hub.kernel.viewer import Role, Viewer
from resource_hub.people import queries, rules
from resource_hub.schools import access as school_access
from resource_hub.schools import queries as schools


class MorePowerful(NotAllowed):
    code = "more_powerful"
    message = N_("这位同事的职责需要区管理员来维护，请联系区管理员。")


class OwnAccount(NotAllowed):
    code = "own_account"
    message = N_("不能这样修改自己的账号。改密码请到“账号与密码”，职责请找上一级管理员。")


def managed_schools(viewer: Viewer) -> frozenset[str] | None:
    """Return the schools whose people the viewer manages; ``None``: all, district staff included."""
    return school_access.schools_within(viewer, rules.MANAGERS)


def get_person_for(viewer: Viewer, person_id: str, action: str) -> queries.PersonRow:
    """Return a person to ``see`` or to ``manage``; NotFound outside the viewer's schools.

    Managing oneself raises OwnAccount, managing someone more powerful MorePowerful.
    """
    person = queries.person(person_id)
    within = managed_schools(viewer)
    if person is None or (within is not None and person.school_id not in within):
        raise NotFound
    if action == "see":
        return person
    if person.id == viewer.person_id:
        raise OwnAccount
    communities = schools.communities_of_school(person.school_id)
    if not rules.may_manage(viewer.grants, (grant.role for grant in person.roles), person.school_id, communities):
        raise MorePowerful
    return person


def manageable(viewer: Viewer, persons: Sequence[queries.PersonRow]) -> frozenset[str]:
    """Return those of ``persons`` whom the viewer may manage; asks once for all of them."""
    within = managed_schools(viewer)
    communities = schools.communities_of_schools(person.school_id for person in persons if person.school_id)
    return frozenset(
        person.id
        for person in persons
        if person.id != viewer.person_id
        and (within is None or person.school_id in within)
        and rules.may_manage(
            viewer.grants, (grant.role for grant in person.roles), person.school_id, communities.get(person.school_id or "", ())
        )
    )


def require_school(viewer: Viewer, school_id: str | None) -> None:
    """Raise NotFound unless the viewer manages people of that school (``None``: the district)."""
    within = managed_schools(viewer)
    if within is not None and school_id not in within:
        raise NotFound


def require_grantable(viewer: Viewer, roles: Iterable[Role], school_id: str | None) -> None:
    """Raise NotAllowed unless the viewer may hand out every one of ``roles`` at that school."""
    communities = schools.communities_of_school(school_id)
    if not all(rules.may_grant(viewer.grants, role, school_id, communities) for role in roles):
        raise NotAllowed(N_("您不能授予这个职责，请联系区管理员。"))
