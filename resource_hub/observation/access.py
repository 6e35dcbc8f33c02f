"""Who sees which observation, and how much of it. Asked inside the query, never afterwards.

The observer sees their own; the taught teacher what was shared with them, notes and codings included; members of
the cycle what was shared further; the principal of the teacher's school the report of it, without notes and codings.
Rule: what a viewer may not see does not exist for them (NotFound).
"""

from collections.abc import Callable

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotAllowed, NotFound
from resource_hub.kernel.viewer import Role, Viewer
from resource_hub.observation.models import Observation
from resource_hub.observation.schemas import Sharing
from resource_hub.schools import access as school_access

RUBRIC_KEEPERS = frozenset({Role.RESEARCHER, Role.DISTRICT_ADMIN})
PRINCIPALS = frozenset({Role.PRINCIPAL})

Circle = Callable[[Viewer], frozenset[str]]
"""The cycles of lesson study that a viewer is a member of today."""

_circles: list[Circle] = []


def circle_by(circle: Circle) -> None:
    """Let a higher feature say who belongs to which cycle; at start only."""
    if circle not in _circles:
        _circles.append(circle)


def cycles_of(viewer: Viewer) -> frozenset[str]:
    """Return the cycles that the viewer belongs to."""
    return frozenset[str]().union(*(circle(viewer) for circle in _circles))


def shows_notes_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that notes and codings of an observation are for this viewer."""
    mine = Observation.observer_id == viewer.person_id
    taught = sa.and_(Observation.teacher_id == viewer.person_id, Observation.sharing != Sharing.PRIVATE)
    member = sa.and_(Observation.cycle_id.in_(sorted(cycles_of(viewer))), Observation.sharing == Sharing.SHARED)
    return sa.or_(mine, taught, member)


def shows_report_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that the report of an observation is for this viewer."""
    led = school_access.schools_within(viewer, PRINCIPALS)
    if led is None:
        led = frozenset()  # a principal of everything is none; the district has no right to reports by its office
    answers = sa.and_(Observation.school_id.in_(sorted(led)), Observation.sharing == Sharing.SHARED)
    return sa.or_(shows_notes_to(viewer), answers)


def get_observation_for(viewer: Viewer, observation_id: str, action: str, *, lock: bool = False) -> Observation:
    """Return an observation to ``read`` (the report), for its ``notes``, to ``change`` (its observer) or to ``reply`` (the teacher)."""
    test = shows_report_to(viewer) if action == "read" else shows_notes_to(viewer)
    query = sa.select(Observation).where(Observation.id == observation_id, test)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    if action == "change" and found.observer_id != viewer.person_id:
        raise NotAllowed
    if action == "reply" and (found.teacher_id != viewer.person_id or found.observer_id == viewer.person_id):
        raise NotAllowed
    return found


def exists(observation_id: str) -> bool:
    """Return whether anybody has an observation of that id; asked before a device's new one is given its page."""
    return db.session.scalar(sa.select(Observation.id).where(Observation.id == observation_id)) is not None
