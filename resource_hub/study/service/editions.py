"""What each member does with the shared plan: their own edition, how it was taught, what they think of it; and putting away."""

from flask_babel import gettext as _

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lineage
from resource_hub.library.lesson_plan import Block, Plan, Text, Words
from resource_hub.plans import queries as plan_queries
from resource_hub.plans import service as plans
from resource_hub.plans.schemas import Part, PlanIn, VersionIn
from resource_hub.schools import queries as schools
from resource_hub.study import queries, rules
from resource_hub.study.access import get_task_for
from resource_hub.study.events import Taught
from resource_hub.study.models import PersonalEdition, PrepTask
from resource_hub.study.schemas import EditionIn, PrepState, ReflectionIn, TaughtIn
from resource_hub.study.service import notices, packs
from resource_hub.timetable import queries as timetable


class EditionExists(Conflict):
    code = "edition_exists"
    message = N_("您已经有自己的个案了，请接着写那一份。")


def make_edition(viewer: Viewer, task_id: str, given: EditionIn) -> str:
    """Make the viewer's own plan from the shared one, with what is so in their class; returns the plan's id.

    The other members may read it and comment, so that pictures of the shared plan show and the difference can be seen.
    """
    task = _used(viewer, task_id)
    if db.session.get(PersonalEdition, (task.id, viewer.person_id)) is not None:
        raise EditionExists
    shared = plan_queries.plan_of(viewer, task.plan_id, task.shared_version)
    plan_id = plans.begin_plan(viewer, PlanIn(title=task.title, node_id=task.node_id or ""), _adapted(viewer, shared, given.situation))
    plans.let_in(viewer, plan_id, queries.prep_member_ids(task.id), Part.COMMENTER)
    row = PersonalEdition(
        task_id=task.id, person_id=viewer.person_id, plan_id=plan_id, situation=given.situation, begun_at=clock.now(), taught_note="",
        worked="", problem="", evidence="", next="",
    )  # fmt: skip
    db.session.add(row)
    task.updated_at = clock.now()
    db.session.flush()
    return plan_id


def note_taught(viewer: Viewer, task_id: str, given: TaughtIn) -> None:
    """Note when the viewer taught their edition, and the lesson if there is one; Invalid for another's lesson or a day ahead."""
    task = _used(viewer, task_id)
    row = _own(task, viewer)
    if row.taught_on is not None:
        raise rules.WrongStep
    if given.taught_on > schools.today():
        raise Invalid(fields={"taught_on": N_("这一天还没有到。")})
    row.lesson_id = _own_lesson(viewer, given.lesson_id) if given.lesson_id else None
    row.taught_on, row.taught_note = given.taught_on, given.note
    plans.keep_version(viewer, row.plan_id, VersionIn(name=_("上课用的")))
    task.state, task.updated_at = rules.reached(task.state, PrepState.TAUGHT), clock.now()
    unit.record(Taught(task.id, None, viewer.person_id, given.taught_on, row.lesson_id, None))


def reflect(viewer: Viewer, task_id: str, given: ReflectionIn) -> None:
    """Keep what the viewer thinks of their lesson; they may change it until the task is put away."""
    task = _used(viewer, task_id)
    row = _own(task, viewer)
    if row.taught_on is None:
        raise rules.WrongStep
    said = given.model_dump()
    if not any(said.values()):
        raise Invalid(fields={"worked": N_("四栏里至少写一栏。")})
    for name, words in said.items():
        setattr(row, name, words)
    row.reflected_at = clock.now()
    task.state, task.updated_at = rules.reached(task.state, PrepState.REFLECTED), clock.now()


def archive_task(viewer: Viewer, task_id: str) -> str:
    """Put a task away as a draft of a case pack in the library, for the lead to look over; returns the work's id."""
    task = get_task_for(viewer, task_id, "lead", lock=True)
    task.state = rules.moved(task.state, PrepState.ARCHIVED)
    facts = queries.task(viewer, task.id)
    shared = plan_queries.plan_of(viewer, task.plan_id, task.shared_version)
    task.resource_id = packs.draft_pack(viewer, packs.of_task(facts, shared))
    task.updated_at = clock.now()
    audit.note(viewer, "prep.archived", notices.task_ref(task.id))
    db.session.flush()
    return task.resource_id


def _used(viewer: Viewer, task_id: str) -> PrepTask:
    """Return a task whose shared plan members work with; WrongStep before and after."""
    task = get_task_for(viewer, task_id, "view", lock=True)
    if not rules.is_used(task.state):
        raise rules.WrongStep
    return task


def _own(task: PrepTask, viewer: Viewer) -> PersonalEdition:
    row = db.session.get(PersonalEdition, (task.id, viewer.person_id))
    if row is None:
        raise NotFound
    return row


def _own_lesson(viewer: Viewer, lesson_id: str) -> str:
    lesson = timetable.lesson(lesson_id)
    if lesson is None or lesson.is_meeting or viewer.person_id not in lesson.person_ids:
        raise Invalid(fields={"lesson_id": N_("请从您自己的课里选。")})
    return lesson.id


def _adapted(viewer: Viewer, shared: Plan, situation: str) -> Plan:
    """Return the plan with the situation of the class before what it says of such classes."""
    place = "learners_village" if viewer.school_id and lineage.is_village(viewer.school_id) else "learners_city"
    said: Text = tuple(Block(runs=(Words(text=line),)) for line in situation.splitlines() if line.strip())
    return shared.model_copy(update={place: said + getattr(shared, place)})
