"""Tables of the lesson log: every act of teaching as a numbered row, and who sat where.

``lesson_log`` is locked by whoever appends, so that numbers have no gap and no double, on several
nodes too; ``ref`` is the command's own id, so that a repeated command finds what it became.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model


class LessonLog(Model):
    """The head of a lesson's log: the number of its last fact."""

    __tablename__ = "lesson_log"

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True)
    head: Mapped[int] = mapped_column(default=0)


class LessonFact(Model):
    """One fact; ``at`` in milliseconds since 1970, ``data`` as JSON text."""

    __tablename__ = "lesson_fact"
    __table_args__ = (sa.Index("uq_lesson_fact_ref", "lesson_id", "ref", unique=True),)

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int] = mapped_column(sa.BigInteger)
    by: Mapped[str] = mapped_column(sa.String(32))
    type: Mapped[str] = mapped_column(sa.String(24))
    ref: Mapped[str | None] = mapped_column(sa.String(24))
    data: Mapped[str] = mapped_column(sa.Text)


class LessonSeat(Model):
    """Who took a seat, once for each person or terminal that did."""

    __tablename__ = "lesson_seat"
    __table_args__ = (sa.UniqueConstraint("lesson_id", "seat", "holder_id"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id"))
    seat: Mapped[str] = mapped_column(sa.String(32))
    holder_id: Mapped[str] = mapped_column(sa.String(40))
    first_at: Mapped[datetime]


class WebNode(Model):
    """A web process that carries lessons, and when it was last alive: the seats of a dead one are left."""

    __tablename__ = "web_node"

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    seen_at: Mapped[datetime]
