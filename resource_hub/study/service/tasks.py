"""A task from its opening to the shared plan; each verb is one step of the lead.

The plan is one of ``plans``: members comment in it from the first day, and write in it from the meeting on.
"""

from flask_babel import gettext as _

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.viewer import Viewer
from resource_hub.plans import service as plans
from resource_hub.plans.schemas import Part, PlanIn, VersionIn
from resource_hub.study import queries, rules
from resource_hub.study.access import get_task_for
from resource_hub.study.events import Prepared
from resource_hub.study.models import PrepMember, PrepTask
from resource_hub.study.schemas import Dues, MeetingIn, PrepState, TaskIn
from resource_hub.study.service import notices
from resource_hub.study.service.circle import checked_members, checked_place
from resource_hub.timetable import service as timetable
from resource_hub.timetable.schemas import Meeting


def open_task(viewer: Viewer, given: TaskIn) -> str:
    """Open a task that the viewer leads, with the plan that will be its draft; returns its id."""
    dues = rules.planned(Dues(**{name: getattr(given, name) for name in Dues.model_fields}))
    node_id = checked_place(given.subject, given.node_id)
    members = checked_members(viewer, given.community_id, given.people)
    plan_id = plans.begin_plan(viewer, PlanIn(title=given.title, node_id=node_id or ""))
    plans.let_in(viewer, plan_id, members, Part.COMMENTER)
    now = clock.now()
    task = PrepTask(
        id=new_id("prp"), title=given.title, subject=given.subject, node_id=node_id, community_id=given.community_id,
        lead_id=viewer.person_id, plan_id=plan_id, state=PrepState.DRAFTING, created_at=now, updated_at=now, **dues.model_dump(),
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    db.session.add_all(PrepMember(task_id=task.id, person_id=one, added_at=now) for one in members)
    db.session.flush()
    audit.note(viewer, "prep.opened", notices.task_ref(task.id))
    return task.id


def add_colleague(viewer: Viewer, task_id: str, person_id: str) -> None:
    """Take another colleague of the community in; taking in a member again changes nothing."""
    task = get_task_for(viewer, task_id, "lead", lock=True)
    checked_members(viewer, task.community_id, [person_id])
    if db.session.get(PrepMember, (task.id, person_id)) is None:
        db.session.add(PrepMember(task_id=task.id, person_id=person_id, added_at=clock.now()))
        db.session.flush()
        part = Part.COMMENTER if task.state in {PrepState.DRAFTING, PrepState.DISCUSSING} else Part.EDITOR
        plans.let_in(viewer, task.plan_id, [person_id], part)


def change_dues(viewer: Viewer, task_id: str, dues: Dues) -> None:
    """Give a task other days; Invalid names one that lies before an earlier step's."""
    task = get_task_for(viewer, task_id, "lead", lock=True)
    for name, day in rules.planned(dues).model_dump().items():
        setattr(task, name, day)
    task.updated_at = clock.now()


def ask_comments(viewer: Viewer, task_id: str) -> None:
    """Keep the draft as a version and ask the members for their comments."""
    task = _moved(viewer, task_id, PrepState.DISCUSSING)
    plans.keep_version(viewer, task.plan_id, VersionIn(name=_("初稿")))
    notices.tell(notices.COMMENT, notices.task_ref(task.id), queries.prep_member_ids(task.id), but=viewer.person_id, due=task.meeting_due)


def call_meeting(viewer: Viewer, task_id: str, given: MeetingIn) -> str:
    """Call the meeting in a live room and let all members write; Invalid names the field, as for every meeting.

    Whoever is busy then, or for whom the room has no place, is left out of it by naming the others.
    """
    task = _moved(viewer, task_id, PrepState.MEETING)
    members = queries.prep_member_ids(task.id)
    others = tuple(sorted((members & set(given.people) if given.people else members) - {viewer.person_id}))
    title = _("集体备课：%(title)s", title=task.title)[:100]
    asked = Meeting(task.community_id, title, task.subject, given.day, given.starts, given.minutes, others)
    task.meeting_id = timetable.add_meeting(asked, by=viewer)
    task.meeting_due = given.day
    plans.let_in(viewer, task.plan_id, members, Part.EDITOR)
    db.session.flush()
    return task.meeting_id


def share_plan(viewer: Viewer, task_id: str) -> int:
    """Make the plan as it stands the shared one, as a named version; everybody may make their own from it now."""
    task = _moved(viewer, task_id, PrepState.SHARED)
    task.shared_version = plans.keep_version(viewer, task.plan_id, VersionIn(name=_("共案")))
    members = queries.prep_member_ids(task.id)
    for person in sorted(members):
        unit.record(Prepared(task.id, task.plan_id, person, person == task.lead_id))
    notices.tell(notices.ADAPT, notices.task_ref(task.id), members, but=viewer.person_id, due=task.taught_due)
    return task.shared_version


def _moved(viewer: Viewer, task_id: str, to: PrepState) -> PrepTask:
    task = get_task_for(viewer, task_id, "lead", lock=True)
    task.state = rules.moved(task.state, to)
    task.updated_at = clock.now()
    audit.note(viewer, "prep.moved", notices.task_ref(task.id), details={"to": to.value})
    return task
