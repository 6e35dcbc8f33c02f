"""What a check of a room finds, and what follows from it for the lesson. Pure.

Kept apart from the schemas of commands because a check is no act of teaching: it comes before the lesson, over
HTTP, and no fact tells of it. Rule: a judgement is a word first and a colour second.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Rung = Literal["video720", "video360", "video180", "still", "audio24", "audio16", "audio12", "text"]
SEEN = frozenset({"video720", "video360", "video180"})
"""Rungs on which the classes see each other move."""


class Echo(StrEnum):
    """How loud the room's own loudspeaker comes back through its microphone."""

    GOOD = "good"
    SOME = "some"
    BAD = "bad"
    UNKNOWN = "unknown"


class Health(StrEnum):
    """How a room stands: all is well, a lesson goes but something is lacking, no lesson goes, nobody looked."""

    WELL = "well"
    FAIR = "fair"
    POOR = "poor"
    UNKNOWN = "unknown"


class CheckIn(BaseModel):
    """What a device found out about itself and its line; what it could not measure is null."""

    model_config = ConfigDict(extra="forbid")

    up_kbps: Annotated[int, Field(ge=0, le=10_000_000)] | None
    down_kbps: Annotated[int, Field(ge=0, le=10_000_000)] | None
    rtt_ms: Annotated[int, Field(ge=0, le=600_000)] | None
    camera: bool
    mic: bool
    echo: Echo
    relay: bool | None
    rung: Rung
    note: Annotated[str, Field(max_length=200)] = ""


class ProbeQuery(BaseModel):
    """How many bytes a device wants to measure its line with."""

    model_config = ConfigDict(extra="forbid")

    bytes: int


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A check that was kept, as lists show it."""

    class_id: str
    device: str
    at: datetime
    up_kbps: int | None
    down_kbps: int | None
    rtt_ms: int | None
    camera: bool
    mic: bool
    echo: Echo
    relay: bool | None
    rung: Rung
    note: str


def health_of(check: CheckFacts | None) -> Health:
    """Return how a room stands by its last check: without a microphone or a line for speech no lesson goes."""
    if check is None:
        return Health.UNKNOWN
    if not check.mic or check.rung == "text":
        return Health.POOR
    is_well = check.camera and check.echo in {Echo.GOOD, Echo.UNKNOWN} and check.relay is not False and check.rung in SEEN
    return Health.WELL if is_well else Health.FAIR
