"""Tasks and cycles as plain values, with the names of their people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from resource_hub.library.lesson_plan import Plan as Content
from resource_hub.study.rules import Own
from resource_hub.study.schemas import CycleState, Dues, Phase, PrepState, RoundState


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    school: str
    school_id: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """A member's own plan from the shared one, and what became of it."""

    person: Person
    plan_id: str
    situation: str
    begun_at: datetime
    taught_on: date | None
    lesson_id: str | None
    taught_note: str
    worked: str
    problem: str
    evidence: str
    next: str
    reflected_at: datetime | None

    @property
    def own(self) -> Own:
        return Own(has_edition=True, is_taught=self.taught_on is not None, has_reflected=self.reflected_at is not None)


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task with its members (the lead first) and their editions in the order of members."""

    id: str
    title: str
    subject: str
    node_id: str | None
    community_id: str
    lead_id: str
    plan_id: str
    state: PrepState
    shared_version: int | None
    meeting_id: str | None
    resource_id: str | None
    dues: Dues
    updated_at: datetime
    members: Sequence[Person]
    editions: Sequence[Edition]

    def own_of(self, person_id: str) -> Own:
        return next((one.own for one in self.editions if one.person.id == person_id), Own())


@dataclass(frozen=True, slots=True)
class CauseFacts:
    """A remark that a text of a plan came from, as it stood when the plan was bound to a round."""

    place: str
    version: int
    kind: str
    author: str
    text: str
    proposal: str


@dataclass(frozen=True, slots=True)
class TurnFacts:
    id: str
    phase: Phase
    speaker: Person
    text: str
    observation_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """A round with its plan as it stood, its observers with their tasks, and what was said."""

    id: str
    number: int
    state: RoundState
    plan_id: str
    plan_version: int
    plan_name: str
    content: Content
    causes: Sequence[CauseFacts]
    teacher: Person
    lesson_id: str | None
    resource_id: str | None
    asset_id: str | None
    taught_on: date | None
    phase: Phase | None
    phase_at: datetime | None
    observers: Sequence[tuple[Person, str]]
    turns: Sequence[TurnFacts]
    reasons: Mapping[str, Sequence[str]]
    """Stage → the turns because of which it changes after this round."""


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """A cycle with its members (organiser and lead first) and its rounds in order."""

    id: str
    theme: str
    hypothesis: str
    subject: str
    node_id: str | None
    community_id: str
    organiser_id: str
    lead_id: str
    state: CycleState
    report: Mapping[str, str]
    closed_at: datetime | None
    hours_at: datetime | None
    resource_id: str | None
    updated_at: datetime
    members: Sequence[Person]
    rounds: Sequence[RoundFacts]

    @property
    def host_ids(self) -> frozenset[str]:
        return frozenset({self.organiser_id, self.lead_id})


@dataclass(frozen=True, slots=True)
class CycleRow:
    """A cycle in a list; ``rounds`` are the states of its rounds in order."""

    id: str
    theme: str
    state: CycleState
    organiser: str
    updated_at: datetime
    rounds: Sequence[RoundState]
