"""Verbs of plans beside writing in them: to begin one, let people in, name a version, close. Only here and in the log rows change."""

from collections.abc import Iterable

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library
from resource_hub.library.lesson_plan import Plan as Content
from resource_hub.library.lesson_plan import Step
from resource_hub.plans import access, document, log, queries, stored
from resource_hub.plans.models import Plan, PlanDocument, PlanMember, PlanVersion
from resource_hub.plans.schemas import MOST_MEMBERS, MemberIn, Part, PlanIn, PlanState, VersionIn

FIRST_STEPS = (N_("导入"), N_("新授"), N_("练习"), N_("小结"))
"""The stages that a blank plan begins with; each may be renamed or taken out."""


def begin_plan(viewer: Viewer, given: PlanIn, content: Content | None = None) -> str:
    """Begin a plan and return its id; ``content`` is what it begins with, else the form with its first stages.

    Its title is the given one, else that of the work, of the place, or of the content. NotFound for a work that the viewer may
    not see, or a place that the curriculum does not have.
    """
    work = library.resource_view(viewer, given.resource_id) if given.resource_id else None
    node = curriculum.node(given.node_id) if given.node_id else None
    title = given.title or (work.title if work else node.title if node else content.title if content else "")
    if not title:
        raise Invalid(fields={"title": N_("请写下课题。")})
    content = (content or _blank()).model_copy(update={"title": title})
    now = clock.now()
    plan = Plan(
        id=new_id("pln"), owner_id=viewer.person_id, school_id=viewer.school_id, title=title, state=PlanState.OPEN,
        node_id=node.id if node else work.node_id if work else None, resource_id=work.id if work else None, created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    log.begin(plan.id, document.new(content))
    return plan.id


def put_member(viewer: Viewer, plan_id: str, given: MemberIn) -> None:
    """Let somebody of the viewer's communities write or comment, or change which of both."""
    plan, _part = access.get_plan_for(viewer, plan_id, "manage", lock=True)
    if given.person_id == plan.owner_id or given.person_id not in queries.invitable(viewer, ids=[given.person_id]):
        raise NotFound
    _let_in(viewer, plan_id, given.person_id, given.part)


def let_in(viewer: Viewer, plan_id: str, person_ids: Iterable[str], part: Part) -> None:
    """Let those write or comment whom a feature above knows to belong together; the owner among them stays the owner."""
    plan, _part = access.get_plan_for(viewer, plan_id, "manage", lock=True)
    for person_id in sorted(set(person_ids) - {plan.owner_id}):
        _let_in(viewer, plan_id, person_id, part)


def remove_member(viewer: Viewer, plan_id: str, person_id: str) -> None:
    """Let somebody no longer write or comment; who leaves by themselves need not be the owner."""
    access.get_plan_for(viewer, plan_id, "view" if person_id == viewer.person_id else "manage")
    member = db.session.get(PlanMember, (plan_id, person_id))
    if member is None or member.part is Part.FORMER:
        raise NotFound
    member.part = Part.FORMER
    audit.note(viewer, "plan.unshared", Ref("plan", plan_id), details={"person": person_id})


def keep_version(viewer: Viewer, plan_id: str, given: VersionIn) -> int:
    """Keep the plan as it stands under a name and return the version's number."""
    access.get_plan_for(viewer, plan_id, "write")
    head = db.session.get(PlanDocument, plan_id, with_for_update=True)
    if head is None:
        raise NotFound
    doc = stored.opened(plan_id)
    number = 1 + (db.session.scalar(sa.select(sa.func.max(PlanVersion.number)).where(PlanVersion.plan_id == plan_id)) or 0)
    content = document.read(doc).model_dump(mode="json")
    row = PlanVersion(
        id=new_id("plv"), plan_id=plan_id, number=number, name=given.name, note=given.note, content=content, state=doc.get_state(),
        person_id=viewer.person_id, at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return number


def set_state(viewer: Viewer, plan_id: str, state: PlanState) -> None:
    """Close a plan, so that nobody changes it any more, or open it again."""
    plan, _part = access.get_plan_for(viewer, plan_id, "manage", lock=True)
    plan.state = state
    audit.note(viewer, "plan.closed" if state is PlanState.CLOSED else "plan.opened", Ref("plan", plan_id))


def remove_plan(viewer: Viewer, plan_id: str) -> None:
    """Remove a plan with all its versions; its members no longer find it."""
    plan, _part = access.get_plan_for(viewer, plan_id, "manage", lock=True)
    audit.note(viewer, "plan.removed", Ref("plan", plan_id), details={"title": plan.title})
    db.session.delete(plan)
    db.session.flush()


def forget_member(person_id: str) -> None:
    """Let a leaver out of the plans of others; what they own stays with those who write in it."""
    db.session.execute(sa.update(PlanMember).where(PlanMember.person_id == person_id).values(part=Part.FORMER))


def _let_in(viewer: Viewer, plan_id: str, person_id: str, part: Part) -> None:
    member = db.session.get(PlanMember, (plan_id, person_id))
    if member is None:
        if queries.count_members(plan_id) >= MOST_MEMBERS:
            raise Invalid(N_("一份教案最多邀请 %(most)s 人。"), most=MOST_MEMBERS)
        member = PlanMember(plan_id=plan_id, person_id=person_id)
        db.session.add(member)
    member.part, member.added_by, member.added_at = part, viewer.person_id, clock.now()
    db.session.flush()
    audit.note(viewer, "plan.shared", Ref("plan", plan_id), details={"person": person_id, "part": part.value})


def _blank() -> Content:
    from flask_babel import gettext

    return Content(steps=tuple(Step(id=new_id("stp"), name=gettext(name)) for name in FIRST_STEPS))
