"""The models of a community, after the provincial documents, and what its forms send."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class CommunityModel(StrEnum):
    MERGED = "merged"
    COOP = "coop"
    ASSOC = "assoc"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class CommunityForm(_Form):
    code: str = Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._-]+$")
    name: str = Field(min_length=1, max_length=100)
    model: CommunityModel
    lead_school_id: str = Field(min_length=1, max_length=40)
    starts_on: date


class FactsForm(_Form):
    """What may change of a community later."""

    name: str = Field(min_length=1, max_length=100)
    model: CommunityModel
    lead_school_id: str = Field(min_length=1, max_length=40)


class JoinForm(_Form):
    school_id: str = Field(min_length=1, max_length=40)
    since: date


class LeaveForm(_Form):
    until: date
