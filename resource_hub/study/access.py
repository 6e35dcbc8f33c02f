"""Who sees a task or a cycle: its members. For everybody else it is not there. Asked inside the query.

The lead moves a task on; organiser and lead host a cycle. Rule: membership opens what members shared with the cycle,
never a colleague's own draft: what observers wrote keeps its own steps (``observation.access``).
"""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, NotAllowed, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.study.models import PrepMember, PrepTask, StudyCycle, StudyMember, StudyRound


class NotTheLead(NotAllowed):
    code = "not_the_lead"
    message = N_("这一步由主备人来走。")


class NotTheHost(NotAllowed):
    code = "not_the_host"
    message = N_("这一步由课例研究的组织者或主备人来走。")


def tasks_shown_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that the viewer is a member of a task."""
    return sa.exists().where(PrepMember.task_id == PrepTask.id, PrepMember.person_id == viewer.person_id)


def cycles_shown_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that the viewer is a member of a cycle."""
    return sa.exists().where(StudyMember.cycle_id == StudyCycle.id, StudyMember.person_id == viewer.person_id)


def get_task_for(viewer: Viewer, task_id: str, action: str, *, lock: bool = False) -> PrepTask:
    """Return a task of the viewer to ``view`` or to ``lead``; NotFound, NotTheLead."""
    query = sa.select(PrepTask).where(PrepTask.id == task_id, tasks_shown_to(viewer))
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    if action == "lead" and found.lead_id != viewer.person_id:
        raise NotTheLead
    return found


def get_cycle_for(viewer: Viewer, cycle_id: str, action: str, *, lock: bool = False) -> StudyCycle:
    """Return a cycle of the viewer to ``view``, to ``host`` or to ``organise``; NotFound, NotTheHost."""
    query = sa.select(StudyCycle).where(StudyCycle.id == cycle_id, cycles_shown_to(viewer))
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    hosts = {"view": None, "host": {found.organiser_id, found.lead_id}, "organise": {found.organiser_id}}[action]
    if hosts is not None and viewer.person_id not in hosts:
        raise NotTheHost
    return found


def get_round_for(viewer: Viewer, round_id: str, action: str, *, lock: bool = False) -> tuple[StudyCycle, StudyRound]:
    """Return a round with its cycle to ``view``, to ``host``, or to ``teach`` (its teacher may, and the hosts)."""
    query = sa.select(StudyRound).join(StudyCycle, StudyCycle.id == StudyRound.cycle_id)
    query = query.where(StudyRound.id == round_id, cycles_shown_to(viewer))
    found = db.session.scalar(query.with_for_update(of=StudyRound) if lock else query)
    if found is None:
        raise NotFound
    is_own = action == "teach" and found.teacher_id == viewer.person_id
    return get_cycle_for(viewer, found.cycle_id, "view" if is_own or action == "view" else "host"), found


def cycles_of(viewer: Viewer) -> frozenset[str]:
    """Return the cycles that the viewer is a member of."""
    if viewer.is_terminal:
        return frozenset()
    return frozenset(db.session.scalars(sa.select(StudyMember.cycle_id).where(StudyMember.person_id == viewer.person_id)))
