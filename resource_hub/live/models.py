"""Tables of the lesson log: every act of teaching as a numbered row, and who sat where.

``lesson_log`` is locked by whoever appends, so that numbers have no gap and no double, on several
nodes too; ``ref`` is the command's own id, so that a repeated command finds what it became. What was tried out
in a lesson that is then planned away goes with it; one that began is never planned away. ``room_check``
is no part of the log: it tells of the room, not of the lesson.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.live.checks import Echo
from resource_hub.live.stocktaking import StockState


class LessonLog(Model):
    """The head of a lesson's log: the number of its last fact. ``thinned_at``: since when only the lesson itself is told."""

    __tablename__ = "lesson_log"

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
    head: Mapped[int] = mapped_column(default=0)
    thinned_at: Mapped[datetime | None]


class LessonFact(Model):
    """One fact; ``at`` in milliseconds since 1970, ``data`` as JSON text."""

    __tablename__ = "lesson_fact"
    __table_args__ = (sa.Index("uq_lesson_fact_ref", "lesson_id", "ref", unique=True),)

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
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
    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"))
    seat: Mapped[str] = mapped_column(sa.String(32))
    holder_id: Mapped[str] = mapped_column(sa.String(40))
    first_at: Mapped[datetime]


class WebNode(Model):
    """A web process that carries lessons, and when it was last alive: the seats of a dead one are left."""

    __tablename__ = "web_node"

    id: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    seen_at: Mapped[datetime]


class RoomCheck(Model):
    """How a room was found before a lesson, kept for 13 months as the history of its health; ``device`` is browser and system.

    What could not be measured is empty, ``relay`` also where the installation has none. It outlives a lesson that is planned away.
    """

    __tablename__ = "room_check"
    __table_args__ = (sa.Index("ix_room_check_class", "class_id", "at"), sa.Index("ix_room_check_lesson", "lesson_id"))

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    lesson_id: Mapped[str | None] = mapped_column(sa.ForeignKey("lesson.id", ondelete="SET NULL"))
    class_id: Mapped[str] = mapped_column(sa.ForeignKey("school_class.id"))
    site: Mapped[int]
    seat: Mapped[str] = mapped_column(sa.String(32))
    device: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime]
    up_kbps: Mapped[int | None]
    down_kbps: Mapped[int | None]
    rtt_ms: Mapped[int | None]
    camera: Mapped[bool]
    mic: Mapped[bool]
    echo: Mapped[Echo] = mapped_column(text_enum(Echo))
    relay: Mapped[bool | None]
    rung: Mapped[str] = mapped_column(sa.String(16))
    note: Mapped[str] = mapped_column(sa.String(200))


class LessonRehearsal(Model):
    """What the device of a room found days before a lesson by sending and receiving what the lesson will; the last for each class.

    ``sees`` and ``is_seen`` are rungs, ``path`` is how sound and picture went (``rehearsing.Path``); kept for 13 months.
    """

    __tablename__ = "lesson_rehearsal"
    __table_args__ = (sa.Index("ix_lesson_rehearsal_class", "class_id", "at"),)

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[str] = mapped_column(sa.ForeignKey("school_class.id"), primary_key=True)
    site: Mapped[int]
    device: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime]
    up_kbps: Mapped[int | None]
    down_kbps: Mapped[int | None]
    rtt_ms: Mapped[int | None]
    sees: Mapped[str] = mapped_column(sa.String(16))
    is_seen: Mapped[str] = mapped_column(sa.String(16))
    concealed: Mapped[float | None]
    path: Mapped[str] = mapped_column(sa.String(8))
    tcp: Mapped[bool | None]


class LessonVoice(Model):
    """A clip that a lead recorded for rooms which live sound did not reach, named by their page; kept for a week."""

    __tablename__ = "lesson_voice"

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
    voice: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    at: Mapped[datetime]
    media_type: Mapped[str] = mapped_column(sa.String(32))
    sound: Mapped[bytes]


class LessonCounts(Model):
    """What a lesson was, in counts, kept for ever; ``sites`` holds one ``summary.SiteSummary`` a class.

    Made from the log when the lesson ends, and again when evidence of a room that was cut off comes in.
    """

    __tablename__ = "lesson_counts"

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
    made_at: Mapped[datetime]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    period_ms: Mapped[int]
    together_ms: Mapped[int]
    sound_ms: Mapped[int]
    is_held: Mapped[bool]
    is_degraded: Mapped[bool]
    sites: Mapped[list[Any]] = mapped_column(sa.JSON)


class LessonLocalPlan(Model):
    """What a village class does when its line is cut, as its teachers wrote it; ``micro_lesson`` is the id of a resource."""

    __tablename__ = "lesson_local_plan"

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(400), default="")
    micro_lesson: Mapped[str | None] = mapped_column(sa.String(40))
    changed_by: Mapped[str] = mapped_column(sa.String(40))
    changed_at: Mapped[datetime]


class StockReport(Model):
    """What a room's device has of a lesson's stock, as it said last; ``mark`` names the stock that it spoke of."""

    __tablename__ = "stock_report"

    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
    site: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(sa.String(64))
    have_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    total_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    state: Mapped[StockState] = mapped_column(text_enum(StockState))
    at: Mapped[datetime]
