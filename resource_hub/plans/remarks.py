"""Remarks beside a plan's texts: comments, answers, suggestions, and how they end.

A suggestion that is accepted becomes the text there in the same transaction that says so: of two people who
decide at once the first is right, and the other is told. ``plan_cause`` keeps which remark a text came from.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from pycrdt import Doc
from pydantic import TypeAdapter

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, Text
from resource_hub.plans import access, document
from resource_hub.plans.models import PlanCause, PlanRemark, PlanVersion
from resource_hub.plans.schemas import AddRemark, RemarkKind, RemarkState, SettleRemark

MOST_REMARKS = 2_000
_TEXT: TypeAdapter[Text] = TypeAdapter(Text)


class RemarkSettled(Conflict):
    code = "remark_settled"
    message = N_("这条意见刚刚已经有人处理过了，以先处理的为准。")


class PlaceGone(Conflict):
    code = "place_gone"
    message = N_("这条建议所在的环节已经移除，不能采纳。需要时请先恢复这个环节。")


def add_remark(viewer: Viewer, given: AddRemark) -> str:
    """Write a remark down and return its id; raises Invalid for one that says nothing or stands nowhere."""
    access.get_plan_for(viewer, given.plan, "comment")
    if not _is_place(given.place):
        raise Invalid(fields={"place": N_("没有这一栏。")})
    if not (given.proposal.strip() if given.kind is RemarkKind.SUGGESTION else given.text):
        raise Invalid(fields={"text": N_("请先写下意见。")})
    if given.answers is not None:
        _root(given)
    if (db.session.scalar(sa.select(sa.func.count()).where(PlanRemark.plan_id == given.plan)) or 0) >= MOST_REMARKS:
        raise Invalid(N_("这份教案的意见太多了，请先处理一些。"))
    made = PlanRemark(
        id=new_id("rmk"), plan_id=given.plan, author_id=viewer.person_id, at=clock.now(), state=RemarkState.OPEN,
        **given.model_dump(exclude={"plan"}),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.id


def settle_remark(viewer: Viewer, given: SettleRemark) -> None:
    """End a comment (``resolved``) or refuse a suggestion; RemarkSettled when somebody was faster.

    Who wrote it may take it back; else it is for those who write.
    """
    remark = _open(given.plan, given.remark)
    action = "comment" if remark.author_id == viewer.person_id else "write"
    access.get_plan_for(viewer, given.plan, action)
    is_fitting = given.state in _ENDS[remark.kind]
    if not is_fitting:
        raise Invalid(fields={"state": N_("这条意见不能这样处理。")})
    _end(remark, viewer.person_id, given.state)


def accepting(person_id: str, given: SettleRemark) -> Callable[[Doc[Any], int], None]:
    """Return the act that puts a suggestion in the place of the text there, for ``log.Log`` to do."""

    def act(doc: Doc[Any], seq: int) -> None:
        remark = _open(given.plan, given.remark)
        if remark.kind is not RemarkKind.SUGGESTION:
            raise Invalid(fields={"state": N_("这条意见不能这样处理。")})
        if not document.put_text(doc, remark.place, _TEXT.validate_python(remark.proposal)):
            raise PlaceGone
        _end(remark, person_id, RemarkState.ACCEPTED)
        version = 1 + (db.session.scalar(sa.select(sa.func.max(PlanVersion.number)).where(PlanVersion.plan_id == given.plan)) or 0)
        cause = PlanCause(
            remark_id=remark.id, plan_id=given.plan, place=remark.place, seq=seq, version=version, person_id=person_id, at=clock.now()
        )
        db.session.add(cause)
        db.session.flush()

    return act


_ENDS = {
    RemarkKind.COMMENT: frozenset({RemarkState.RESOLVED}),
    RemarkKind.SUGGESTION: frozenset({RemarkState.REFUSED}),
}


def _open(plan_id: str, remark_id: str) -> PlanRemark:
    """Return a remark that nobody has settled, as nobody else can until this unit ends."""
    query = sa.select(PlanRemark).where(PlanRemark.id == remark_id, PlanRemark.plan_id == plan_id)
    found = db.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    if found.state is not RemarkState.OPEN:
        raise RemarkSettled
    return found


def _end(remark: PlanRemark, person_id: str, state: RemarkState) -> None:
    remark.state, remark.settled_by, remark.settled_at = state, person_id, clock.now()
    db.session.flush()


def _root(given: AddRemark) -> None:
    query = sa.select(PlanRemark.answers).where(PlanRemark.id == given.answers, PlanRemark.plan_id == given.plan)
    found = db.session.execute(query).first()
    if found is None or found.answers is not None:
        raise NotFound


def _is_place(place: str) -> bool:
    _ident, slash, column = place.partition("/")
    return column in COLUMNS if slash else place in SECTIONS
