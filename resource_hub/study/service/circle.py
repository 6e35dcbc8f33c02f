"""Whom a task or a cycle may take in: people of one community, as for a research meeting."""

from collections.abc import Iterable

from resource_hub.curriculum import queries as curriculum
from resource_hub.kernel.errors import N_, Invalid, NotAllowed
from resource_hub.kernel.viewer import Viewer
from resource_hub.schools import queries as schools
from resource_hub.timetable import access as timetable


def checked_members(viewer: Viewer, community_id: str, wanted: Iterable[str]) -> list[str]:
    """Return the members, the viewer among them; NotAllowed for a community of others, Invalid for somebody who is not of it."""
    community = next((one for one in timetable.seen_communities(viewer) if one.id == community_id), None)
    if community is None:
        raise NotAllowed
    persons = list(dict.fromkeys([viewer.person_id, *wanted]))
    if set(persons) - {viewer.person_id} - timetable.meetable(community):
        raise Invalid(fields={"people": N_("有的教师不在这个教共体里，请重新选择。")})
    return persons


def checked_place(subject: str, node_id: str) -> str | None:
    """Return the place in the curriculum, None for none; Invalid for an unknown subject, NotFound for an unknown place."""
    if subject not in schools.subject_names():
        raise Invalid(fields={"subject": N_("请从名单里选学科。")})
    return curriculum.node(node_id).id if node_id else None
