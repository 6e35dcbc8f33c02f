"""Tables of plans: who writes, the document as numbered updates, named versions, remarks and causes.

``plan_document`` is locked by whoever appends, so that numbers have no gap and no double, on several nodes
too. What is up to ``snapshot_seq`` stands in ``snapshot`` and its updates are gone.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.plans.schemas import Part, PlanState, RemarkKind, RemarkState


class Plan(Model):
    """A plan; ``title`` repeats what its document says. ``resource_id`` is the work of the library that it began from."""

    __tablename__ = "plan"
    __table_args__ = (sa.Index("ix_plan_owner_updated", "owner_id", "updated_at"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    owner_id: Mapped[str] = mapped_column(sa.String(40))
    school_id: Mapped[str | None] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    node_id: Mapped[str | None] = mapped_column(sa.String(40))
    resource_id: Mapped[str | None] = mapped_column(sa.String(40))
    state: Mapped[PlanState] = mapped_column(text_enum(PlanState), default=PlanState.OPEN)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class PlanMember(Model):
    """Somebody whom the owner let write or comment."""

    __tablename__ = "plan_member"

    plan_id: Mapped[str] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(40), primary_key=True, index=True)
    part: Mapped[Part] = mapped_column(text_enum(Part))
    added_by: Mapped[str] = mapped_column(sa.String(40))
    added_at: Mapped[datetime]


class PlanDocument(Model):
    """The document's head: the number of its last update, and what of it is gathered.

    ``size`` is about what all takes in bytes, ``loose`` what the updates that are not gathered take.
    """

    __tablename__ = "plan_document"

    plan_id: Mapped[str] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    head: Mapped[int] = mapped_column(default=0)
    snapshot_seq: Mapped[int] = mapped_column(default=0)
    snapshot: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    size: Mapped[int]
    loose: Mapped[int] = mapped_column(default=0)


class PlanUpdate(Model):
    """One update, as this server wrote it after taking it in: bytes of a client are never passed on."""

    __tablename__ = "plan_update"

    plan_id: Mapped[str] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]
    data: Mapped[bytes] = mapped_column(sa.LargeBinary)


class PlanVersion(Model):
    """The plan as it stood, under a name; ``state`` is the state vector of the document then. Never changed."""

    __tablename__ = "plan_version"
    __table_args__ = (sa.UniqueConstraint("plan_id", "number"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    plan_id: Mapped[str] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(80))
    note: Mapped[str] = mapped_column(sa.String(500))
    content: Mapped[dict[str, Any]]
    state: Mapped[bytes] = mapped_column(sa.LargeBinary)
    person_id: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]


class PlanRemark(Model):
    """A comment or a suggestion beside a text; ``quote`` is what it speaks of, ``answers`` the remark that it answers."""

    __tablename__ = "plan_remark"
    __table_args__ = (sa.Index("ix_plan_remark_plan_at", "plan_id", "at"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    plan_id: Mapped[str] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[RemarkKind] = mapped_column(text_enum(RemarkKind))
    text: Mapped[str] = mapped_column(sa.Text)
    proposal: Mapped[str] = mapped_column(sa.Text)
    quote: Mapped[str] = mapped_column(sa.String(500))
    answers: Mapped[str | None] = mapped_column(sa.String(40))
    author_id: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]
    state: Mapped[RemarkState] = mapped_column(text_enum(RemarkState), default=RemarkState.OPEN)
    settled_by: Mapped[str | None] = mapped_column(sa.String(40))
    settled_at: Mapped[datetime | None]


class PlanCause(Model):
    """A text of the plan came from a remark: since the update ``seq``, in the version ``version`` for the first time."""

    __tablename__ = "plan_cause"
    __table_args__ = (sa.Index("ix_plan_cause_plan", "plan_id", "place"),)

    remark_id: Mapped[str] = mapped_column(sa.ForeignKey("plan_remark.id", ondelete="CASCADE"), primary_key=True)
    plan_id: Mapped[str] = mapped_column(sa.ForeignKey("plan.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(sa.String(60))
    seq: Mapped[int]
    version: Mapped[int]
    person_id: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]
