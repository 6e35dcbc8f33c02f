"""Sharing step by step, the taught teacher's answer, and the trace of opening a recording with pupils.

Rule: each widening is the observer's own press; nothing is shared by time, by rank or by a default.
"""

from datetime import timedelta

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.inbox import service as inbox
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.media import queries as media
from resource_hub.observation.access import get_observation_for
from resource_hub.observation.coding import GAP, read_codes
from resource_hub.observation.events import Coded, Observed
from resource_hub.observation.models import Coding, Observation
from resource_hub.observation.schemas import Sharing
from resource_hub.people import queries as people

SHARED, REPLIED = "observation.shared", "observation.replied"
SHORTEST = timedelta(minutes=1)


class SharedAlready(Conflict):
    code = "shared_already"
    message = N_("这份听课记录已经公开到这一步了。")


def name_teacher(viewer: Viewer, observation_id: str, teacher_id: str) -> None:
    """Say who taught a lesson of the next room; only before it is shared."""
    row = get_observation_for(viewer, observation_id, "change", lock=True)
    if row.sharing is not Sharing.PRIVATE:
        raise SharedAlready
    card = people.person_names([teacher_id]).get(teacher_id)
    if card is None or card.has_left or card.id == viewer.person_id:
        raise Invalid(fields={"teacher_id": N_("请从名单里选授课教师。")})
    row.teacher_id, row.school_id, row.teacher, row.school = card.id, card.school_id, card.name, card.school


def share(viewer: Viewer, observation_id: str) -> Sharing:
    """Take the next step: to the taught teacher, then further; the first one signs and ends the observation."""
    row = get_observation_for(viewer, observation_id, "change", lock=True)
    if row.sharing is Sharing.SHARED:
        raise SharedAlready
    if row.sharing is Sharing.PRIVATE:
        _sign(row)
    else:
        row.sharing = Sharing.SHARED
    row.updated_at = clock.now()
    audit.note(viewer, "observation.shared", Ref("observation", row.id), details={"with": row.sharing.value})
    return row.sharing


def reply(viewer: Viewer, observation_id: str, words: str) -> None:
    """Keep the taught teacher's answer, which is their signature; from then on the record does not change."""
    row = get_observation_for(viewer, observation_id, "reply", lock=True)
    row.reply, row.replied_at = words, clock.now()
    inbox.settle(SHARED, Ref("observation", row.id))
    inbox.deliver([row.observer_id], REPLIED, Ref("observation", row.id), words={"who": viewer.name})


def note_viewing(viewer: Viewer, asset_id: str) -> None:
    """Write down that somebody opened a recording with pupils to observe it."""
    if media.consent_of([asset_id])[asset_id].may_show_pupils:
        audit.note(viewer, "recording.observed", Ref("asset", asset_id))


def _sign(row: Observation) -> None:
    if row.teacher_id is None:
        raise Invalid(fields={"teacher_id": N_("先选授课教师，才能把记录给这位教师看。")})
    row.sharing, row.shared_at = Sharing.TEACHER, clock.now()
    row.ended_at = row.ended_at or row.shared_at
    minutes = round((row.ended_at - row.started_at) / timedelta(minutes=1))
    unit.record(Observed(row.id, row.observer_id, row.teacher_id, row.lesson_id, row.asset_id, row.cycle_id, max(0, minutes)))
    for coding in db.session.scalars(sa.select(Coding).where(Coding.observation_id == row.id).order_by(Coding.id)):
        if coded := sum(code != GAP for code in read_codes(coding.scheme, coding.codes, with_gaps=True)):
            length = round(coded * coding.interval_s / 60)
            ids = (coding.id, row.id, coding.coder_id, row.lesson_id, row.asset_id, row.cycle_id)
            unit.record(Coded(*ids, coding.scheme.value, length))
    if row.teacher_id != row.observer_id:
        who = people.person_names([row.observer_id])[row.observer_id].name
        inbox.deliver([row.teacher_id], SHARED, Ref("observation", row.id), words={"who": who})
