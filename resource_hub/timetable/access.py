"""Who sees which lessons, and who may arrange them.

Everybody sees the lessons of the schools that share a community with their own; district roles see all.
Whoever keeps a school (dean, principal, the district) arranges the pairings that it takes part in, and the lead
school's those of the whole community. What a viewer may not see does not exist for them (NotFound).
"""

from collections.abc import Iterable

from resource_hub.community import queries as communities
from resource_hub.community.queries import CommunityFacts
from resource_hub.kernel.errors import NotAllowed, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import queries as people
from resource_hub.schools import access as school_access
from resource_hub.schools import queries as schools
from resource_hub.timetable import queries, rules
from resource_hub.timetable.queries import LessonFacts, PairingFacts

ARRANGERS = school_access.MANAGERS


def seen_schools(viewer: Viewer) -> frozenset[str] | None:
    """Return the schools whose lessons the viewer sees; ``None``: every school."""
    within = school_access.schools_within(viewer, school_access.READERS)
    if within is None:
        return None
    shared = schools.schools_of_communities(viewer.communities)
    own = {viewer.school_id} if viewer.school_id else set()
    return within | own | {school for members in shared.values() for school in members}


def get_lesson_for(viewer: Viewer, lesson_id: str, action: str) -> LessonFacts:
    """Return a lesson to ``see``, to ``change`` (its lead teacher too) or to ``arrange``; NotFound or NotAllowed otherwise."""
    found = queries.lesson(lesson_id)
    if found is None or not sees_lesson(viewer, found, seen_schools(viewer)):
        raise NotFound
    if action not in actions_on(viewer, found):
        raise NotAllowed
    return found


def sees_lesson(viewer: Viewer, found: LessonFacts, within: frozenset[str] | None) -> bool:
    """Return whether the lesson is of schools that the viewer sees, or the viewer's own."""
    return within is None or bool(within & set(found.school_ids)) or viewer.person_id in (*found.person_ids, found.planned_person_id)


def actions_on(viewer: Viewer, found: LessonFacts) -> frozenset[str]:
    """Return what the viewer may do with a lesson that they see."""
    if may_arrange(viewer, found.community_id, found.school_ids):
        return frozenset({"see", "change", "arrange"})
    is_lead = viewer.person_id in {found.lead_person_id, found.planned_person_id}
    return frozenset({"see", "change"}) if is_lead else frozenset({"see"})


def get_pairing_for(viewer: Viewer, pairing_id: str, action: str) -> PairingFacts:
    """Return a pairing to ``see`` or to ``arrange``; NotFound outside the viewer's schools, NotAllowed for another's."""
    found, within = queries.pairing(pairing_id), seen_schools(viewer)
    if found is None or (within is not None and not within & set(found.school_ids)):
        raise NotFound
    if action == "arrange":
        require_arranger(viewer, found.plan.community_id, found.school_ids)
    return found


def may_arrange(viewer: Viewer, community_id: str, school_ids: Iterable[str]) -> bool:
    """Return whether the viewer arranges lessons of these schools in that community."""
    managed = school_access.schools_within(viewer, ARRANGERS)
    if not managed:
        return managed is None
    lead = next((found.lead_school_id for found in communities.communities([community_id])), "")
    return rules.may_arrange(managed, school_ids, lead)


def require_arranger(viewer: Viewer, community_id: str, school_ids: Iterable[str]) -> None:
    """Raise NotAllowed unless the viewer arranges lessons of these schools there."""
    if not may_arrange(viewer, community_id, school_ids):
        raise NotAllowed


def arranged_communities(viewer: Viewer) -> list[CommunityFacts]:
    """Return the communities in which the viewer may pair classes, by code."""
    managed = school_access.schools_within(viewer, ARRANGERS)
    found = communities.communities()
    return found if managed is None else [one for one in found if managed & set(one.school_ids)]


def seen_communities(viewer: Viewer) -> list[CommunityFacts]:
    """Return the communities whose lessons the viewer sees, by code."""
    within, found = seen_schools(viewer), communities.communities()
    return found if within is None else [one for one in found if within & set(one.school_ids)]


def meetable(community: CommunityFacts) -> frozenset[str]:
    """Return who may be asked to a research meeting of a community: who works at its schools, and the district's researchers."""
    staff = {row.id for row in people.staff_of_schools(community.school_ids)}
    return frozenset(staff | {row.id for row in people.researchers()})
