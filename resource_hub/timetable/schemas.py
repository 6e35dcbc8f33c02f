"""Words of the timetable as they are stored, a pairing as it is planned, and what its forms send."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Weeks(StrEnum):
    EVERY = "every"
    ODD = "odd"
    EVEN = "even"


class PairingReason(StrEnum):
    NO_TEACHER = "no_teacher"
    WEAK_SUBJECT = "weak_subject"
    EXCHANGE = "exchange"
    OTHER = "other"


class ClockUsed(StrEnum):
    """Whose bells a receiving class follows in these lessons: its own school's, or the lead school's."""

    OWN = "own"
    LEAD = "lead"


class LessonKind(StrEnum):
    DELIVERY = "delivery"
    SYNC = "sync"
    MASTER = "master"
    SCHOOL_ONLINE = "school_online"
    RESEARCH_MEETING = "research_meeting"
    VENUE = "venue"


class LessonState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    ENDED = "ended"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    HOLIDAY = "holiday"
    WEATHER = "weather"
    LINE = "line"
    ABSENCE = "absence"
    EVENT = "event"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A weekly lesson: its weekday from 1 (Monday) and its period by the bells of the lead school."""

    weekday: int
    period: int

    def __str__(self) -> str:
        return f"{self.weekday}-{self.period}"

    @classmethod
    def parse(cls, text: str) -> "Slot":
        """Return the slot that ``str`` wrote."""
        weekday, _, period = text.partition("-")
        return cls(int(weekday), int(period))


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiving class and who stands there; nobody may be named yet."""

    class_id: str
    assist_id: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A pairing as somebody means it, saved or not."""

    community_id: str
    subject: str
    lead_class_id: str
    lead_person_id: str
    receivers: tuple[Receiver, ...]
    slots: tuple[Slot, ...]
    first_day: date
    last_day: date
    weeks: Weeks = Weeks.EVERY
    edition: str = ""
    reason: PairingReason = PairingReason.NO_TEACHER
    clock: ClockUsed = ClockUsed.OWN
    kind: LessonKind = LessonKind.DELIVERY

    @property
    def class_ids(self) -> tuple[str, ...]:
        """All classes, the lead class first."""
        return (self.lead_class_id, *(receiver.class_id for receiver in self.receivers))

    @property
    def person_ids(self) -> tuple[str, ...]:
        """The lead teacher and everybody who assists."""
        return (self.lead_person_id, *(receiver.assist_id for receiver in self.receivers if receiver.assist_id))


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


_Texts = Annotated[list[Annotated[str, Field(max_length=40)]], BeforeValidator(_listed)]
_Slots = Annotated[list[Annotated[str, Field(pattern=r"^[1-7]-([1-9]|1[0-4])$")]], BeforeValidator(_listed)]
_Id = Annotated[str, Field(min_length=1, max_length=40)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PairingForm(_Form):
    """``receivers`` and ``assists`` stand side by side, row by row; rows without a class are left out.

    ``accepted`` names the warnings that the sender has read, ``version`` what was changed.
    """

    community_id: _Id
    subject: Annotated[str, Field(min_length=1, max_length=32)]
    edition: Annotated[str, Field(max_length=60)] = ""
    lead_class_id: _Id
    lead_person_id: _Id
    receivers: _Texts = Field(max_length=220)
    assists: _Texts = Field(default=[], max_length=220)
    slots: _Slots = Field(min_length=1, max_length=20)
    weeks: Weeks
    first_day: date
    last_day: date
    reason: PairingReason
    clock: ClockUsed
    kind: LessonKind = LessonKind.DELIVERY
    accepted: Annotated[str, Field(max_length=80)] = ""
    version: int = 0

    def plan(self) -> Plan:
        """Return what the form means."""
        return Plan(
            community_id=self.community_id,
            subject=self.subject,
            edition=self.edition,
            lead_class_id=self.lead_class_id,
            lead_person_id=self.lead_person_id,
            receivers=tuple(_receivers(self.receivers, self.assists)),
            slots=tuple(sorted({Slot.parse(text) for text in self.slots})),
            weeks=self.weeks,
            first_day=self.first_day,
            last_day=self.last_day,
            reason=self.reason,
            clock=self.clock,
            kind=self.kind,
        )


def _receivers(classes: list[str], assists: list[str]) -> Iterable[Receiver]:
    for row, class_id in enumerate(classes):
        if class_id:
            yield Receiver(class_id, (assists[row] if row < len(assists) else "") or None)


class EndForm(_Form):
    on: date
    version: int


class VersionForm(_Form):
    version: int


class SubstituteForm(_Form):
    """``class_id`` names the receiving class whose assistant is replaced; empty: the lead teacher."""

    person_id: _Id
    class_id: Annotated[str, Field(max_length=40)] = ""


class CancelForm(_Form):
    reason: CancelReason
    note: Annotated[str, Field(max_length=200)] = ""


class MoveForm(_Form):
    day: date
    period: Annotated[int, Field(ge=1, le=14)]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A research meeting as somebody means it; ``starts`` is the district's time of day, ``person_ids`` whoever takes part besides."""

    community_id: str
    title: str
    subject: str
    day: date
    starts: time
    minutes: int
    person_ids: tuple[str, ...]
    pack: str = ""


class MeetingForm(_Form):
    community_id: _Id
    title: Annotated[str, Field(min_length=1, max_length=100)]
    subject: Annotated[str, Field(min_length=1, max_length=32)]
    day: date
    starts: time
    minutes: Annotated[int, Field(ge=10, le=240)] = 60
    people: _Texts = Field(default=[], max_length=60)
    pack: Annotated[str, Field(max_length=300)] = ""

    def meeting(self) -> Meeting:
        """Return what the form means."""
        people = tuple(dict.fromkeys(filter(None, self.people)))
        return Meeting(self.community_id, self.title, self.subject, self.day, self.starts, self.minutes, people, self.pack)


class NameForm(_Form):
    """``pack`` is the address of a work on this platform, its id or its ``Ref``; empty takes it away."""

    title: Annotated[str, Field(max_length=100)] = ""
    pack: Annotated[str, Field(max_length=300)] = ""


class SubjectsForm(_Form):
    """``taught`` holds ``class:subject`` of every tick; ``shown`` the classes that the page showed."""

    school_year: Annotated[str, Field(max_length=9)]
    taught: Annotated[list[str], BeforeValidator(_listed)] = Field(default=[], max_length=4000)


def given(plan: Plan) -> dict[str, Any]:
    """Return a plan as the form's values."""
    return {
        "community_id": plan.community_id,
        "subject": plan.subject,
        "edition": plan.edition,
        "lead_class_id": plan.lead_class_id,
        "lead_person_id": plan.lead_person_id,
        "receivers": [receiver.class_id for receiver in plan.receivers],
        "assists": [receiver.assist_id or "" for receiver in plan.receivers],
        "slots": [str(slot) for slot in plan.slots],
        "weeks": plan.weeks.value,
        "first_day": plan.first_day.isoformat(),
        "last_day": plan.last_day.isoformat(),
        "reason": plan.reason.value,
        "clock": plan.clock.value,
        "kind": plan.kind.value,
    }
