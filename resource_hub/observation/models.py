"""Tables of observation. Ids of observations, notes, marks and codings are made on the observer's device.

What a device says of time is kept as it was said (``client_at``) beside the offset measured when it came, so that
a wrong clock can be judged later. ``cycle_id`` has no foreign key: cycles of lesson study are a feature above.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.observation.coding import Scheme
from resource_hub.observation.frame import Viewpoint
from resource_hub.observation.licc import End, Level
from resource_hub.observation.schemas import Sharing, Side, VisitKind, What


class Observation(Model):
    """One observer's record of one lesson; ``shared_at`` is the observer's signature, ``replied_at`` the teacher's."""

    __tablename__ = "observation"
    __table_args__ = (
        sa.Index("ix_observation_observer", "observer_id", "started_at"),
        sa.Index("ix_observation_teacher", "teacher_id", "sharing"),
        sa.Index("ix_observation_school", "school_id", "sharing"),
        sa.Index("ix_observation_lesson", "lesson_id"),
        sa.Index("ix_observation_asset", "asset_id"),
        sa.Index("ix_observation_cycle", "cycle_id"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    observer_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    what: Mapped[What] = mapped_column(text_enum(What))
    lesson_id: Mapped[str | None] = mapped_column(sa.ForeignKey("lesson.id", ondelete="SET NULL"))
    resource_id: Mapped[str | None] = mapped_column(sa.ForeignKey("resource.id", ondelete="SET NULL"))
    asset_id: Mapped[str | None] = mapped_column(sa.ForeignKey("asset.id", ondelete="SET NULL"))
    cycle_id: Mapped[str | None] = mapped_column(sa.String(40))
    teacher_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    school_id: Mapped[str | None] = mapped_column(sa.ForeignKey("school.id"))
    teacher: Mapped[str] = mapped_column(sa.String(60))
    school: Mapped[str] = mapped_column(sa.String(100))
    class_name: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(32))
    topic: Mapped[str] = mapped_column(sa.String(100))
    period: Mapped[str] = mapped_column(sa.String(40))
    place: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[VisitKind] = mapped_column(text_enum(VisitKind))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    client_at: Mapped[int] = mapped_column(sa.BigInteger)
    offset_ms: Mapped[int] = mapped_column(sa.BigInteger)
    level: Mapped[str] = mapped_column(sa.String(20))
    opinion: Mapped[str] = mapped_column(sa.Text)
    village: Mapped[str] = mapped_column(sa.Text)
    strengths: Mapped[list[str]]
    suggestions: Mapped[list[str]]
    viewpoints: Mapped[list[str]]
    sharing: Mapped[Sharing] = mapped_column(text_enum(Sharing))
    shared_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(sa.Text)
    replied_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ObservationNote(Model):
    """A note at a second of the lesson; a deleted one stays as an empty row, so that an old copy cannot bring it back."""

    __tablename__ = "observation_note"
    __table_args__ = (sa.Index("ix_observation_note_observation", "observation_id", "second"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    observation_id: Mapped[str] = mapped_column(sa.ForeignKey("observation.id", ondelete="CASCADE"))
    second: Mapped[int]
    at: Mapped[datetime]
    client_at: Mapped[int] = mapped_column(sa.BigInteger)
    offset_ms: Mapped[int] = mapped_column(sa.BigInteger)
    stage: Mapped[str] = mapped_column(sa.String(40))
    teacher: Mapped[str] = mapped_column(sa.Text)
    pupils: Mapped[str] = mapped_column(sa.Text)
    comment: Mapped[str] = mapped_column(sa.Text)
    village: Mapped[str] = mapped_column(sa.Text)
    tags: Mapped[list[str]]
    side: Mapped[Side | None] = mapped_column(text_enum(Side))
    photo_id: Mapped[str | None] = mapped_column(sa.ForeignKey("asset.id", ondelete="SET NULL"))
    is_deleted: Mapped[bool]
    version: Mapped[int]


class ObservationMark(Model):
    """One thing counted from a viewpoint of the frame; a deleted one stays, so that an old copy cannot bring it back."""

    __tablename__ = "observation_mark"
    __table_args__ = (
        sa.Index("ix_observation_mark_observation", "observation_id", "second"),
        sa.CheckConstraint("wait_ms >= 0", name="wait"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    observation_id: Mapped[str] = mapped_column(sa.ForeignKey("observation.id", ondelete="CASCADE"))
    second: Mapped[int]
    at: Mapped[datetime]
    client_at: Mapped[int] = mapped_column(sa.BigInteger)
    offset_ms: Mapped[int] = mapped_column(sa.BigInteger)
    viewpoint: Mapped[Viewpoint] = mapped_column(text_enum(Viewpoint))
    item: Mapped[str] = mapped_column(sa.String(32))
    end: Mapped[End] = mapped_column(text_enum(End))
    level: Mapped[Level | None] = mapped_column(text_enum(Level))
    wait_ms: Mapped[int | None]
    is_deleted: Mapped[bool]
    version: Mapped[int]


class Coding(Model):
    """Codes of one end of a lesson by one coder; step ``k`` begins at ``from_second + k * interval_s``."""

    __tablename__ = "coding"
    __table_args__ = (sa.Index("ix_coding_observation", "observation_id"), sa.CheckConstraint("interval_s > 0", name="step"))

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    observation_id: Mapped[str] = mapped_column(sa.ForeignKey("observation.id", ondelete="CASCADE"))
    coder_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    scheme: Mapped[Scheme] = mapped_column(text_enum(Scheme))
    side: Mapped[Side] = mapped_column(text_enum(Side))
    interval_s: Mapped[int]
    from_second: Mapped[int]
    codes: Mapped[str] = mapped_column(sa.Text)
    version: Mapped[int]
    updated_at: Mapped[datetime]


class Rubric(Model):
    """A district's copy of a rubric; what was scored keeps the version it was scored by."""

    __tablename__ = "rubric"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(60))
    about: Mapped[str] = mapped_column(sa.String(100))
    based_on: Mapped[str] = mapped_column(sa.String(40))
    rows: Mapped[list[Any]] = mapped_column(sa.JSON)
    created_by: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    version: Mapped[int]


class AppraisalRound(Model):
    """A named round of formal appraisal; without one every score is developmental."""

    __tablename__ = "appraisal_round"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    opened_by: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class RubricScore(Model):
    """What one observer scored; ``rows`` are the names, weights and scores of then, ``total`` is empty until all rows have one."""

    __tablename__ = "rubric_score"

    observation_id: Mapped[str] = mapped_column(sa.ForeignKey("observation.id", ondelete="CASCADE"), primary_key=True)
    rubric_id: Mapped[str] = mapped_column(sa.String(40))
    rubric_version: Mapped[int]
    round_id: Mapped[str | None] = mapped_column(sa.ForeignKey("appraisal_round.id"))
    rows: Mapped[list[Any]] = mapped_column(sa.JSON)
    total: Mapped[float | None]
    scored_at: Mapped[datetime]
