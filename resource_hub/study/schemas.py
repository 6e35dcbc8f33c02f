"""Words and shapes of preparation and study: states, phases, what forms give. Nothing here names a pupil."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MOST_MEMBERS = 30
MOST_ROUNDS = 3


class PrepState(StrEnum):
    """How far a task is; the last three follow what members do with the shared plan."""

    DRAFTING = "drafting"
    DISCUSSING = "discussing"
    MEETING = "meeting"
    SHARED = "shared"
    TAUGHT = "taught"
    REFLECTED = "reflected"
    ARCHIVED = "archived"


class PrepStep(StrEnum):
    """What waits for one person; a page shows it as its one button."""

    ASK = "ask"
    COMMENT = "comment"
    CALL = "call"
    SHARE = "share"
    ADAPT = "adapt"
    TEACH = "teach"
    REFLECT = "reflect"
    ARCHIVE = "archive"


class CycleState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


class RoundState(StrEnum):
    PLANNED = "planned"
    TAUGHT = "taught"
    DISCUSSING = "discussing"
    CONCLUDED = "concluded"


class Phase(StrEnum):
    """A phase of the talk after a lesson, in the order of the protocol."""

    PAUSE = "pause"
    INTENT = "intent"
    EVIDENCE = "evidence"
    ISSUES = "issues"
    NEXT = "next"


class HourPart(StrEnum):
    """What training hours are proposed for."""

    LEAD = "lead"
    TAUGHT = "taught"
    CODED = "coded"
    OBSERVED = "observed"


def _listed(given: object) -> object:
    """One tick of a form comes as a word, several as a list."""
    return [given] if isinstance(given, str) and given else given or []


def _none_if_blank(given: object) -> object:
    return None if isinstance(given, str) and not given.strip() else given


Id = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z_-]*$")]
Named = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(max_length=2_000)]
LongText = Annotated[str, StringConstraints(max_length=8_000)]
People = Annotated[list[Named], BeforeValidator(_listed), Field(max_length=MOST_MEMBERS)]
Day = Annotated[date | None, BeforeValidator(_none_if_blank)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Dues(_Form):
    """The days of a task, each may be left out."""

    draft_due: Day = None
    meeting_due: Day = None
    shared_due: Day = None
    taught_due: Day = None
    reflection_due: Day = None


class TaskIn(Dues):
    title: Title
    subject: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    community_id: Named
    node_id: Id = ""
    people: People = []


class MeetingIn(_Form):
    """When a task's members meet, and which of them; nobody named means everybody."""

    day: date
    starts: time
    minutes: Annotated[int, Field(ge=10, le=240)] = 60
    people: People = []


class EditionIn(_Form):
    """村校学情与改动: what is so in my class, and what I change therefore."""

    situation: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class TaughtIn(_Form):
    taught_on: date
    lesson_id: Id = ""
    note: Text = ""


class ReflectionIn(_Form):
    worked: Text = ""
    problem: Text = ""
    evidence: Text = ""
    next: Text = ""


class CycleIn(_Form):
    theme: Title
    hypothesis: Text = ""
    subject: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    community_id: Named
    node_id: Id = ""
    lead_id: Named
    people: People = []


class RoundIn(_Form):
    """A round by the plan that is taught in it: one of the viewer's plans and a named version of it."""

    plan_id: Named
    version: Annotated[int, Field(ge=1, le=10_000)]
    teacher_id: Named


class LessonIn(_Form):
    """What was taught in a round: a lesson of the timetable, a recording of the library, or a day on which it was taught."""

    lesson_id: Id = ""
    resource_id: Id = ""
    taught_on: Day = None


class ObserverIn(_Form):
    person_id: Named
    task: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class TurnIn(_Form):
    """Something said, noted by who said it or, with ``speaker_id``, by the host; evidence may name an observation."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
    speaker_id: Id = ""
    observation_id: Id = ""


class ReasonIn(_Form):
    """This stage of the next plan changes because of that turn."""

    step_id: Named
    turn_id: Named


class ReportIn(_Form):
    """The words of the closing report; a figure stands in them as ``[[2:village_share]]``."""

    background: LongText = ""
    findings: LongText = ""
    changes: LongText = ""
    conclusions: LongText = ""
