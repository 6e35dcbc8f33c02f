"""Who is told of what: always by the digest, never at once; a reminder once a step is nearly due.

Rule: nobody is told that others have not done something.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import sqlalchemy as sa

from resource_hub.inbox import service as inbox
from resource_hub.infra.db import db
from resource_hub.kernel.refs import Ref
from resource_hub.schools import queries as schools
from resource_hub.study import rules
from resource_hub.study.models import PersonalEdition, PrepMember, PrepTask, StudyCycle
from resource_hub.study.schemas import Dues, PrepState

COMMENT, ADAPT, DUE = "study.comment", "study.adapt", "study.due"
TAKE_PART, OBSERVE = "study.take_part", "study.observe"
REMINDED_BEFORE = timedelta(days=2)


def task_ref(task_id: str) -> Ref:
    return Ref("prep_task", task_id)


def tell(kind: str, ref: Ref, to: Iterable[str], *, but: str, due: date | None = None) -> None:
    """Tell everybody but who did it."""
    inbox.deliver([one for one in to if one != but], kind, ref, due=due)


def invite(cycle: StudyCycle, persons: Iterable[str], *, but: str) -> None:
    tell(TAKE_PART, Ref("study_cycle", cycle.id), persons, but=but)


def remind() -> None:
    """Tell those for whom a step of a task is due within two days; nobody is told of one day twice."""
    today = schools.today()
    for task in db.session.scalars(sa.select(PrepTask).where(PrepTask.state != PrepState.ARCHIVED).order_by(PrepTask.id)):
        due = rules.due_of(task.state, Dues(**{name: getattr(task, name) for name in Dues.model_fields}))
        if due is not None and today <= due <= today + REMINDED_BEFORE and due != task.reminded_for:
            task.reminded_for = due
            inbox.deliver(_waited_for(task), DUE, task_ref(task.id), due=due)


def _waited_for(task: PrepTask) -> list[str]:
    """Return for whom a step waits: the lead, or those members who have not taught or reflected yet."""
    if not rules.is_used(task.state):
        return [task.lead_id]
    is_done = PersonalEdition.taught_on if task.state is PrepState.SHARED else PersonalEdition.reflected_at
    done = sa.select(PersonalEdition.person_id).where(PersonalEdition.task_id == task.id, is_done.is_not(None))
    return list(db.session.scalars(sa.select(PrepMember.person_id).where(PrepMember.task_id == task.id, PrepMember.person_id.not_in(done))))
