"""Kinds of places, and what the forms of schools, classes and terms send."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator


class SchoolKind(StrEnum):
    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    NINE_YEAR = "nine_year"
    JUNIOR = "junior"
    TEACHING_POINT = "teaching_point"


class Locality(StrEnum):
    """Where a school stands; indicators and line expectations differ by it."""

    CITY = "city"
    TOWN = "town"
    VILLAGE = "village"


class Grade(StrEnum):
    K1 = "K1"
    K2 = "K2"
    K3 = "K3"
    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    G4 = "G4"
    G5 = "G5"
    G6 = "G6"
    G7 = "G7"
    G8 = "G8"
    G9 = "G9"


class SchoolForm(BaseModel):
    """A new school, as the district's administrator enters it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: str = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._-]+$")
    name: str = Field(min_length=1, max_length=100)
    kind: SchoolKind
    locality: Locality
    is_boarding: bool = False
    is_three_schools: bool = False
    uplink_mbps: float | None = Field(default=None, ge=0, le=100_000)

    @field_validator("uplink_mbps", mode="before")
    @classmethod
    def blank_is_unknown(cls, value: object) -> object:
        """An empty box of a form means that nobody measured yet."""
        return None if value == "" else value


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


class ClassForm(BaseModel):
    """A new class; several ``grades`` are those of a multigrade class, and the first names it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    school_year: str = Field(min_length=1, max_length=9)
    grades: Annotated[list[Grade], BeforeValidator(_listed)] = Field(min_length=1)
    number: int = Field(ge=1, le=60)
    head_count: int = Field(default=0, ge=0, le=100)


class BellsForm(BaseModel):
    """The lesson times of a school from a day on, as lines that ``bells.periods_in`` reads."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    from_on: date
    periods: str = Field(min_length=1, max_length=2000)


class ClosureForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    on: date


class CalendarKind(StrEnum):
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


class TermForm(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    school_year: str = Field(min_length=1, max_length=9)
    number: int = Field(ge=1, le=2)
    first_day: date
    last_day: date


class DaysForm(BaseModel):
    """The holidays and make-up days of a calendar year, as lines that ``rules.days_in`` reads."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    holidays: str = Field(default="", max_length=4000)
    makeup_days: str = Field(default="", max_length=4000)
