"""Tables of the timetable. Moments are UTC, days are the district's; pupils are head-counts only.

``community_id`` has no foreign key: communities may be told apart from their rows by the schools' feature
already, which stands lower. ``period`` is always one of the lead school's bells.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.timetable.schemas import CancelReason, ClockUsed, LessonKind, LessonState, PairingReason, Weeks


class Pairing(Model):
    """Classes that are taught a subject together through a part of a term; valid until ``ended_on``."""

    __tablename__ = "pairing"
    __table_args__ = (sa.Index("ix_pairing_community", "community_id", "term_id"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    community_id: Mapped[str] = mapped_column(sa.String(40))
    term_id: Mapped[str] = mapped_column(sa.ForeignKey("term.id"))
    subject: Mapped[str] = mapped_column(sa.String(32))
    edition: Mapped[str] = mapped_column(sa.String(60), default="")
    lead_class_id: Mapped[str] = mapped_column(sa.ForeignKey("school_class.id"))
    lead_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    weeks: Mapped[Weeks] = mapped_column(text_enum(Weeks))
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[PairingReason] = mapped_column(text_enum(PairingReason))
    clock: Mapped[ClockUsed] = mapped_column(text_enum(ClockUsed))
    kind: Mapped[LessonKind] = mapped_column(text_enum(LessonKind))
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(sa.String(40))
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class PairingClass(Model):
    """A receiving class of a pairing, in its order from 1."""

    __tablename__ = "pairing_class"
    __table_args__ = (sa.CheckConstraint("position >= 1", name="receives"),)

    pairing_id: Mapped[str] = mapped_column(sa.ForeignKey("pairing.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[str] = mapped_column(sa.ForeignKey("school_class.id"), primary_key=True)
    assist_person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    position: Mapped[int]


class PairingSlot(Model):
    """A weekly lesson of a pairing."""

    __tablename__ = "pairing_slot"
    __table_args__ = (sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),)

    pairing_id: Mapped[str] = mapped_column(sa.ForeignKey("pairing.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    period: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Lesson(Model):
    """A shared lesson, planned or held. ``planned_person_id`` is who was to lead before a substitute came,
    ``moved_from`` and ``moved_from_period`` where it stood before it was moved.
    """

    __tablename__ = "lesson"
    __table_args__ = (
        sa.UniqueConstraint("pairing_id", "day", "period"),
        sa.Index("ix_lesson_day", "day"),
        sa.Index("ix_lesson_lead", "lead_person_id", "day"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    pairing_id: Mapped[str | None] = mapped_column(sa.ForeignKey("pairing.id"))
    community_id: Mapped[str] = mapped_column(sa.String(40))
    kind: Mapped[LessonKind] = mapped_column(text_enum(LessonKind))
    subject: Mapped[str] = mapped_column(sa.String(32))
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    day: Mapped[date]
    period: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    lead_class_id: Mapped[str | None] = mapped_column(sa.ForeignKey("school_class.id"))
    lead_person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"))
    planned_person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    pack: Mapped[str | None] = mapped_column(sa.String(100))
    state: Mapped[LessonState] = mapped_column(text_enum(LessonState))
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[CancelReason | None] = mapped_column(text_enum(CancelReason))
    cancel_note: Mapped[str] = mapped_column(sa.String(200), default="")
    moved_from: Mapped[date | None]
    moved_from_period: Mapped[int | None]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class LessonSite(Model):
    """A class at a lesson: position 0 leads, the others receive. ``head_count`` is that of the day it was planned.

    In a research meeting a place is a person's and has no class: who called it at 0, whoever takes part behind.
    """

    __tablename__ = "lesson_site"
    __table_args__ = (
        sa.UniqueConstraint("lesson_id", "class_id"),
        sa.Index("ix_lesson_site_class", "class_id"),
        sa.Index("ix_lesson_site_school", "school_id"),
        sa.Index("ix_lesson_site_assist", "assist_person_id"),
    )

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    class_id: Mapped[str | None] = mapped_column(sa.ForeignKey("school_class.id"))
    school_id: Mapped[str | None] = mapped_column(sa.ForeignKey("school.id"))
    assist_person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    planned_assist_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    head_count: Mapped[int] = mapped_column(default=0)


class ClassSubject(Model):
    """A subject that the class is taught by its own school; a subject without a row is not taught there."""

    __tablename__ = "class_subject"

    class_id: Mapped[str] = mapped_column(sa.ForeignKey("school_class.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))


class CalendarFeed(Model):
    """An address by which a calendar program reads the lessons of one person or one class; the token is kept as a hash."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        sa.CheckConstraint("(person_id IS NULL) <> (class_id IS NULL)", name="one_owner"),
        sa.Index("ix_calendar_feed_created_by", "created_by"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[str | None] = mapped_column(sa.ForeignKey("person.id"))
    class_id: Mapped[str | None] = mapped_column(sa.ForeignKey("school_class.id"))
    created_by: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
