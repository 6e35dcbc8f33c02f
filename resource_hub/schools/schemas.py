"""Kinds of places, and what the school form sends."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator


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
