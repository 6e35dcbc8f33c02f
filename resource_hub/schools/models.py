"""Tables of places and calendar. Head-counts are the only thing known of pupils."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.schools.schemas import CalendarKind, Grade, Locality, SchoolKind


class District(Model):
    """The one district of this installation; ``slot`` lets the database refuse a second."""

    __tablename__ = "district"
    __table_args__ = (sa.CheckConstraint("slot = 1", name="only_one"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    slot: Mapped[int] = mapped_column(default=1, unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    created_at: Mapped[datetime]


class School(Model):
    __tablename__ = "school"
    __table_args__ = (sa.Index("ix_school_district_name", "district_id", "name"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("district.id"))
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    kind: Mapped[SchoolKind] = mapped_column(text_enum(SchoolKind))
    locality: Mapped[Locality] = mapped_column(text_enum(Locality))
    is_boarding: Mapped[bool] = mapped_column(default=False)
    is_three_schools: Mapped[bool] = mapped_column(default=False)
    uplink_mbps: Mapped[float | None]
    created_at: Mapped[datetime]
    closed_on: Mapped[date | None]


class SchoolClass(Model):
    """A class of pupils; ``grades`` names all grades of a multigrade class (复式班)."""

    __tablename__ = "school_class"
    __table_args__ = (sa.UniqueConstraint("school_id", "school_year", "grade", "number"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    school_id: Mapped[str] = mapped_column(sa.ForeignKey("school.id"))
    school_year: Mapped[str] = mapped_column(sa.String(9))
    grade: Mapped[Grade] = mapped_column(text_enum(Grade))
    number: Mapped[int]
    grades: Mapped[list[str]]
    head_count: Mapped[int] = mapped_column(default=0)


class Term(Model):
    __tablename__ = "term"
    __table_args__ = (sa.UniqueConstraint("district_id", "school_year", "number"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    district_id: Mapped[str] = mapped_column(sa.ForeignKey("district.id"))
    school_year: Mapped[str] = mapped_column(sa.String(9))
    number: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]


class BellSchedule(Model):
    """When the lessons of a school begin and end, from a day on until the next one begins; ``periods`` are [starts, ends] in minutes."""

    __tablename__ = "bell_schedule"
    __table_args__ = (sa.UniqueConstraint("school_id", "from_on"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    school_id: Mapped[str] = mapped_column(sa.ForeignKey("school.id"))
    from_on: Mapped[date]
    periods: Mapped[list[Any]] = mapped_column(sa.JSON)


class CalendarDay(Model):
    """A day that is not what its weekday says; the district enters what the state announces."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[CalendarKind] = mapped_column(text_enum(CalendarKind))
    name: Mapped[str] = mapped_column(sa.String(60), default="")


class Subject(Model):
    __tablename__ = "subject"

    code: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)
    position: Mapped[int] = mapped_column(default=0)


class CommunityMember(Model):
    """A school in a community, from ``since`` up to but not including ``until``.

    ``community_id`` has no foreign key: the community's table belongs to a higher feature.
    """

    __tablename__ = "community_member"
    __table_args__ = (sa.UniqueConstraint("school_id", "community_id", "since"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    school_id: Mapped[str] = mapped_column(sa.ForeignKey("school.id"))
    community_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
