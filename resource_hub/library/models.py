"""Tables of the library."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from resource_hub.infra.db import Model, text_enum
from resource_hub.library.schemas import (
    Audience,
    BadgeKind,
    BadgeState,
    Check,
    ComplaintKind,
    ComplaintState,
    Kind,
    Licence,
    Review,
    Verdict,
    VillageFit,
)

_IS_OPEN = sa.text("review NOT IN ('archived', 'withdrawn')")


class Draft(Model):
    """The upload form as it stands on the server; ``resource_id`` once it was turned in.

    ``edits_id`` names the resource that it mends instead of making a new one.
    """

    __tablename__ = "draft"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    resource_id: Mapped[str | None] = mapped_column(sa.String(40))
    edits_id: Mapped[str | None] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Resource(Model):
    """``revision`` guards against two editors; ``subject`` is the code of the subject that the node belongs to.

    One with ``revises_id`` is a revision of that published resource: it goes the same way of review on its own,
    seen by author and reviewers alone, and ends archived when its fields and files have become the resource's.
    ``change_note`` says what it changes. ``due_on`` is the day until which the present review should end,
    ``escalated_at`` when it was told that it did not.
    """

    __tablename__ = "resource"
    __table_args__ = (
        sa.Index("ix_resource_author_updated", "author_id", "updated_at"),
        sa.Index("ix_resource_school_review", "school_id", "review"),
        sa.Index("ix_resource_published_at", "published_at", "id"),
        sa.Index("uq_resource_open_revision", "revises_id", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    keywords: Mapped[list[str]] = mapped_column(default=list)
    node_id: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    subject: Mapped[str | None] = mapped_column(sa.String(32))
    licence: Mapped[Licence] = mapped_column(text_enum(Licence), default=Licence.L3)
    third_party: Mapped[str] = mapped_column(sa.Text, default="")
    village_fit: Mapped[VillageFit | None] = mapped_column(text_enum(VillageFit))
    literacies: Mapped[list[str]] = mapped_column(default=list)
    difficulty: Mapped[int | None]
    audience: Mapped[Audience | None] = mapped_column(text_enum(Audience))
    plan: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """The structured plan (``lesson_plan.Plan``), its defaults left out; ``None`` when it has none."""
    author_id: Mapped[str] = mapped_column(sa.String(40))
    author_name: Mapped[str] = mapped_column(sa.String(60))
    school_id: Mapped[str] = mapped_column(sa.String(40))
    review: Mapped[Review] = mapped_column(text_enum(Review), default=Review.DRAFT)
    review_note: Mapped[str] = mapped_column(sa.Text, default="")
    based_on_id: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    based_on_version: Mapped[int | None]
    """The version of the origin that this work stands on."""
    ignored_version: Mapped[int | None]
    """The newest version of the origin that its author decided not to take."""
    revises_id: Mapped[str | None] = mapped_column(sa.String(40))
    change_note: Mapped[str] = mapped_column(sa.Text, default="")
    due_on: Mapped[date | None]
    escalated_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    files: Mapped[list["ResourceFile"]] = relationship(order_by="ResourceFile.position", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 -- SQLAlchemy reads it from the class


class ResourceScope(Model):
    """One scope word of those who may see a resource, as ``rules.audience`` gave them at its last change.

    A withdrawn resource keeps the words it had: they say who finds its tombstone.
    """

    __tablename__ = "resource_scope"
    __table_args__ = (sa.Index("ix_resource_scope_word", "word", "resource_id"),)

    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(sa.String(120), primary_key=True)


class ResourceFile(Model):
    """A file of a resource, in its order. ``role`` says what it is in a lesson pack; without one its name tells."""

    __tablename__ = "resource_file"
    __table_args__ = (sa.UniqueConstraint("resource_id", "asset_id"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id"), index=True)
    position: Mapped[int]
    role: Mapped[str | None] = mapped_column(sa.String(16))


class PlanPicture(Model):
    """A picture that the plan of a resource shows, as it is now or in one of its versions."""

    __tablename__ = "plan_picture"

    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id"), primary_key=True, index=True)


class PlanBand(Model):
    """One of the eight bands of the fingerprint of a plan's text, as ``TextBand`` is of a document's."""

    __tablename__ = "plan_band"
    __table_args__ = (sa.Index("ix_plan_band_value", "band", "value"),)

    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


class ReviewStep(Model):
    """One step of review: who, when, which verb, with what reason. Never changed."""

    __tablename__ = "review_step"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(sa.String(40))
    verb: Mapped[str] = mapped_column(sa.String(32))
    state: Mapped[Review] = mapped_column(text_enum(Review))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    at: Mapped[datetime]


class IdempotentReply(Model):
    """The answer once given under an ``Idempotency-Key``, so that a repeat makes nothing new."""

    __tablename__ = "idempotent_reply"

    person_id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64))
    resource_id: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]


class ResourceVersion(Model):
    """A resource as it was published: ``fields`` are those of ``rules.VERSIONED``. Never changed.

    ``note`` says what the author changed; ``number`` counts from 1 within the resource.
    """

    __tablename__ = "resource_version"
    __table_args__ = (sa.UniqueConstraint("resource_id", "number"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"))
    number: Mapped[int]
    fields: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    person_id: Mapped[str] = mapped_column(sa.String(40))
    published_at: Mapped[datetime]

    files: Mapped[list["ResourceVersionFile"]] = relationship(order_by="ResourceVersionFile.position", cascade="all, delete-orphan")


class ResourceVersionFile(Model):
    """A file of a published version, in its order; it stays readable to whoever may see the resource."""

    __tablename__ = "resource_version_file"

    version_id: Mapped[str] = mapped_column(sa.ForeignKey("resource_version.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id"), primary_key=True, index=True)
    position: Mapped[int]


class ReviewCheck(Model):
    """One of the four checks by one reviewer: of the whole work, or of the file it names. Never changed."""

    __tablename__ = "review_check"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    asset_id: Mapped[str | None] = mapped_column(sa.ForeignKey("asset.id"))
    check: Mapped[Check] = mapped_column(text_enum(Check))
    verdict: Mapped[Verdict] = mapped_column(text_enum(Verdict))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    person_id: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]


class Complaint(Model):
    """What somebody holds against a resource; to be answered until ``due_at``. ``flagged_at``: told as overdue."""

    __tablename__ = "complaint"
    __table_args__ = (sa.Index("ix_complaint_state_due", "state", "due_at"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    kind: Mapped[ComplaintKind] = mapped_column(text_enum(ComplaintKind))
    text: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[ComplaintState] = mapped_column(text_enum(ComplaintState), default=ComplaintState.OPEN)
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    answered_by: Mapped[str | None] = mapped_column(sa.String(40))
    answered_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    flagged_at: Mapped[datetime | None]


class TextBand(Model):
    """One of the eight bands of the fingerprint of a document's text; near-same texts share some of them."""

    __tablename__ = "text_band"
    __table_args__ = (sa.Index("ix_text_band_value", "band", "value"),)

    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


class ResourceUse(Model):
    """A lesson in which a resource was used, signed by who taught it.

    School, kind of school and name of the class are kept as they were that day: classes move up, schools merge.
    """

    __tablename__ = "resource_use"
    __table_args__ = (
        sa.Index("ix_resource_use_resource_day", "resource_id", "used_on"),
        sa.CheckConstraint("pupils >= 0 AND pupils <= 5000", name="pupils"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"))
    version: Mapped[int]
    person_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    school_id: Mapped[str] = mapped_column(sa.String(40))
    is_village: Mapped[bool]
    class_id: Mapped[str | None] = mapped_column(sa.String(40))
    class_name: Mapped[str] = mapped_column(sa.String(60), default="")
    used_on: Mapped[date]
    pupils: Mapped[int]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    changed: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]


class Adoption(Model):
    """A school or community took a resource into its shared collection; ``word`` is its scope word."""

    __tablename__ = "adoption"

    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(sa.String(120), primary_key=True, index=True)
    is_village: Mapped[bool]
    person_id: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]


_IS_STANDING = sa.text("state <> 'refused'")


class Badge(Model):
    """An honour that its author says a work was given, and what the district found of it.

    Shown as a fact once ``state`` is VERIFIED; ``decided_by`` verified or refused it. The certificate is named by its
    number, by ``proof_asset_id`` (a scan or photograph), or both.
    """

    __tablename__ = "badge"
    __table_args__ = (
        sa.Index("uq_badge_standing", "resource_id", "kind", "year", unique=True, sqlite_where=_IS_STANDING, postgresql_where=_IS_STANDING),
        sa.Index("ix_badge_state_claimed", "state", "claimed_at"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    kind: Mapped[BadgeKind] = mapped_column(text_enum(BadgeKind))
    year: Mapped[int]
    certificate_no: Mapped[str] = mapped_column(sa.String(80), default="")
    proof_asset_id: Mapped[str | None] = mapped_column(sa.ForeignKey("asset.id"), index=True)
    state: Mapped[BadgeState] = mapped_column(text_enum(BadgeState), default=BadgeState.CLAIMED)
    claimed_by: Mapped[str] = mapped_column(sa.String(40))
    claimed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(sa.String(40))
    decided_at: Mapped[datetime | None]
    refused_reason: Mapped[str] = mapped_column(sa.Text, default="")


class Comment(Model):
    """What somebody says about a published work, signed; name and school are kept as they were that day.

    It may point to a page or a second of a file. ``reply_to`` names the comment that it answers; answers have no answers.
    A comment that was removed loses its words at once and stays only as the head of its answers.
    """

    __tablename__ = "comment"
    __table_args__ = (
        sa.Index("ix_comment_resource_created", "resource_id", "created_at", "id"),
        sa.CheckConstraint("page IS NULL OR at_s IS NULL", name="place"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    person_name: Mapped[str] = mapped_column(sa.String(60))
    school: Mapped[str] = mapped_column(sa.String(120), default="")
    body: Mapped[str] = mapped_column(sa.Text)
    asset_id: Mapped[str | None] = mapped_column(sa.ForeignKey("asset.id"))
    page: Mapped[int | None]
    at_s: Mapped[float | None]
    reply_to: Mapped[str | None] = mapped_column(sa.ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None] = mapped_column(sa.String(40))
