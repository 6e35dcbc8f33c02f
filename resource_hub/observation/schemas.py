"""Words and input shapes of observation; what a device sends is refused when a field is unknown."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from resource_hub.observation.coding import Scheme
from resource_hub.observation.frame import MOST_CHOSEN, Viewpoint
from resource_hub.observation.licc import End, Level


class What(StrEnum):
    """What is observed: a live lesson of the timetable, a recording of the library, or a lesson in the next room."""

    LESSON = "lesson"
    RECORDING = "recording"
    ROOM = "room"


class VisitKind(StrEnum):
    OWN_SCHOOL = "own_school"
    OTHER_SCHOOL = "other_school"
    ONLINE = "online"
    UNANNOUNCED = "unannounced"
    OPEN = "open"
    APPRAISAL = "appraisal"


class Sharing(StrEnum):
    """Who sees an observation; each step is the observer's and widens."""

    PRIVATE = "private"
    TEACHER = "shared_with_teacher"
    SHARED = "shared"


class Side(StrEnum):
    """An end of a shared lesson."""

    CITY = "city"
    VILLAGE = "village"


MOST_POINTS = 3
"""Strengths and suggestions a report holds: what a teacher can take along."""
MOST_AT_ONCE = 400
"""Things in one sync; a lesson of notes has sixty."""
LONGEST_WAIT_MS = 10 * 60_000
"""A question for which nobody waits longer."""

ObservationId = Annotated[str, StringConstraints(pattern=r"^obs_[0-9a-z]{26}$")]
NoteId = Annotated[str, StringConstraints(pattern=r"^obn_[0-9a-z]{26}$")]
MarkId = Annotated[str, StringConstraints(pattern=r"^obm_[0-9a-z]{26}$")]
CodingId = Annotated[str, StringConstraints(pattern=r"^cod_[0-9a-z]{26}$")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Millis = Annotated[int, Field(ge=0, le=10**14)]
"""Milliseconds since 1970, of the clock of the device."""
Second = Annotated[int, Field(ge=0, le=6 * 3600)]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
"""How often the device changed the thing; the higher one is the newer."""


class Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScoreIn(Data):
    """A rubric filled in; ``scores`` in the order of its rows, empty places are not scored yet."""

    rubric: Id
    version: int = Field(default=1, ge=1)
    scores: list[Annotated[float, Field(ge=0, le=100)] | None] = Field(max_length=20)
    round: Id | None = None


class ObservationIn(Data):
    """An observation as the device has it; ``started_at`` by the device's clock."""

    id: ObservationId
    version: Version
    what: What
    lesson: Id | None = None
    resource: Id | None = None
    asset: Id | None = None
    cycle: Id | None = None
    teacher_id: Id | None = None
    teacher: Word = ""
    school: Line = ""
    class_name: Word = ""
    subject: Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)] = ""
    topic: Line = ""
    period: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    place: Word = ""
    kind: VisitKind = VisitKind.OWN_SCHOOL
    started_at: Millis
    ended_at: Millis | None = None
    level: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    opinion: LongText = ""
    village: LongText = ""
    strengths: list[Text] = Field(default_factory=list, max_length=MOST_POINTS)
    suggestions: list[Text] = Field(default_factory=list, max_length=MOST_POINTS)
    viewpoints: list[Viewpoint] = Field(default_factory=list, max_length=MOST_CHOSEN)
    score: ScoreIn | None = None


class NoteIn(Data):
    """A note as the device has it: ``made_at`` by its clock, ``second`` in the recording or since the observer began."""

    id: NoteId
    observation: ObservationId
    version: Version
    made_at: Millis
    second: Second
    stage: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    teacher: Text = ""
    pupils: Text = ""
    comment: Text = ""
    village: Text = ""
    tags: list[Annotated[str, StringConstraints(min_length=1, max_length=20)]] = Field(default_factory=list, max_length=12)
    side: Side | None = None
    photo: Id | None = None
    is_deleted: bool = False


class MarkIn(Data):
    """One thing counted, as the device has it; ``wait_ms`` is from a question until an answer began."""

    id: MarkId
    observation: ObservationId
    version: Version
    made_at: Millis
    second: Second
    viewpoint: Viewpoint
    item: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    end: End
    level: Level | None = None
    wait_ms: Annotated[int, Field(ge=0, le=LONGEST_WAIT_MS)] | None = None
    is_deleted: bool = False


class CodingIn(Data):
    """Codes of one end as the device has them; ``-`` stands for a missed tick."""

    id: CodingId
    observation: ObservationId
    version: Version
    scheme: Scheme
    side: Side = Side.CITY
    interval_s: int = Field(default=30, ge=1, le=60)
    from_second: Second = 0
    codes: Annotated[str, StringConstraints(max_length=60_000)]


class SyncIn(Data):
    """What a device has and the server may not: ``now`` is what its clock shows while it sends."""

    now: Millis
    observations: list[ObservationIn] = Field(default_factory=list, max_length=50)
    notes: list[NoteIn] = Field(default_factory=list, max_length=MOST_AT_ONCE)
    marks: list[MarkIn] = Field(default_factory=list, max_length=MOST_AT_ONCE)
    codings: list[CodingIn] = Field(default_factory=list, max_length=50)


class CodesIn(Data):
    """Codes to be computed, of no lesson; ``other`` is a second coder's, to be compared."""

    scheme: Scheme
    codes: list[str | int] | str
    interval_s: int | None = Field(default=None, ge=1, le=60)
    other: list[str | int] | str | None = None


class ReplyIn(Data):
    reply: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class TeacherIn(Data):
    """Whom an observation of the next room was of, once the observer shares it."""

    teacher_id: Id | None = None


class RowIn(Data):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    weight: int = Field(ge=1, le=100)
    descriptors: list[Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]] = Field(default_factory=list, max_length=4)


class RubricIn(Data):
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    about: Line = ""
    rows: list[RowIn] = Field(min_length=2, max_length=20)


class RoundIn(Data):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]
