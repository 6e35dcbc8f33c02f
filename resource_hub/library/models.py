"""Tables of the library."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from resource_hub.infra.db import Model, text_enum
from resource_hub.library.schemas import Kind, Licence, Review, VillageFit


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
    """``revision`` guards against two editors; ``subject`` is the code of the subject that the node belongs to."""

    __tablename__ = "resource"
    __table_args__ = (
        sa.Index("ix_resource_author_updated", "author_id", "updated_at"),
        sa.Index("ix_resource_school_review", "school_id", "review"),
        sa.Index("ix_resource_published_at", "published_at", "id"),
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
    author_id: Mapped[str] = mapped_column(sa.String(40))
    author_name: Mapped[str] = mapped_column(sa.String(60))
    school_id: Mapped[str] = mapped_column(sa.String(40))
    review: Mapped[Review] = mapped_column(text_enum(Review), default=Review.DRAFT)
    review_note: Mapped[str] = mapped_column(sa.Text, default="")
    based_on_id: Mapped[str | None] = mapped_column(sa.String(40))
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
    """A file of a resource, in its order."""

    __tablename__ = "resource_file"
    __table_args__ = (sa.UniqueConstraint("resource_id", "asset_id"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id"), index=True)
    position: Mapped[int]


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
