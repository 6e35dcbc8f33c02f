"""Who may do what with a plan: its owner, and those whom the owner let write or comment. Nobody else learns of it.

The part of a person stands in the query; what a part may do is the table below.
"""

from collections.abc import Collection

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, Conflict, NotAllowed, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.plans.models import Plan, PlanMember
from resource_hub.plans.schemas import Part, PlanState

ACTIONS = {
    "view": frozenset({Part.OWNER, Part.EDITOR, Part.COMMENTER}),
    "comment": frozenset({Part.OWNER, Part.EDITOR, Part.COMMENTER}),
    "write": frozenset({Part.OWNER, Part.EDITOR}),
    "manage": frozenset({Part.OWNER}),
}
ON_OPEN = frozenset({"comment", "write"})
"""What is done with an open plan only."""


class NotAWriter(NotAllowed):
    code = "not_a_writer"
    message = N_("您现在不能修改这份教案。您写的内容还在本机，需要时请复制出来，或请教案的主人重新邀请您。")


class PlanClosed(Conflict):
    code = "plan_closed"
    message = N_("这份教案已经定稿，不能再改。要继续写，请教案的主人先重新打开。")


def get_plan_for(viewer: Viewer, plan_id: str, action: str, *, lock: bool = False) -> tuple[Plan, Part]:
    """Return a plan and the viewer's part in it to ``view``, ``comment``, ``write`` or ``manage``.

    Raises NotFound, NotAWriter or PlanClosed.
    """
    query = _with_part(viewer.person_id).where(Plan.id == plan_id)
    found = db.session.execute(query.with_for_update(of=Plan) if lock else query).first()
    if found is None:
        raise NotFound
    plan, part = found.Plan, Part(found.part)
    judge(part, plan.state, action)
    return plan, part


def judge(part: Part, state: PlanState, action: str) -> None:
    """Raise NotAWriter or PlanClosed when this part may not do that in this state."""
    if part not in ACTIONS[action]:
        raise NotAWriter
    if state is PlanState.CLOSED and action in ON_OPEN:
        raise PlanClosed


def shown_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that a plan is the viewer's, or that they were let in."""
    return sa.or_(Plan.owner_id == viewer.person_id, _is_member(viewer.person_id))


def standings(pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], tuple[Part, PlanState]]:
    """Return part and state for those (plan, person) pairs that may open the plan."""
    plans = {plan for plan, _person in pairs}
    found: dict[tuple[str, str], tuple[Part, PlanState]] = {}
    states: dict[str, PlanState] = {}
    for ident, owner, state in db.session.execute(sa.select(Plan.id, Plan.owner_id, Plan.state).where(Plan.id.in_(plans))):
        states[ident] = state
        found[ident, owner] = Part.OWNER, state
    members = sa.select(PlanMember.plan_id, PlanMember.person_id, PlanMember.part)
    members = members.where(PlanMember.plan_id.in_(plans), PlanMember.part != Part.FORMER)
    for ident, person, part in db.session.execute(members):
        found.setdefault((ident, person), (part, states[ident]))
    return {pair: found[pair] for pair in pairs if pair in found}


def _is_member(person_id: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(PlanMember.plan_id == Plan.id, PlanMember.person_id == person_id, PlanMember.part != Part.FORMER)


def _with_part(person_id: str) -> sa.Select[tuple[Plan, str]]:
    member = sa.select(sa.cast(PlanMember.part, sa.String)).where(PlanMember.plan_id == Plan.id, PlanMember.person_id == person_id)
    part = sa.case((Plan.owner_id == person_id, sa.literal(Part.OWNER.value)), else_=member.scalar_subquery())
    return sa.select(Plan, part.label("part")).where(sa.or_(Plan.owner_id == person_id, _is_member(person_id)))
