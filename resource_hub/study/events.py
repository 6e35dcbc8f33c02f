"""What other features hear of preparation and study: who prepared, who taught, which hours an organiser proposes."""

from dataclasses import dataclass
from datetime import date

from resource_hub.kernel.events import Event


@dataclass(frozen=True, slots=True)
class Prepared(Event):
    """Recorded in the unit that makes a task's plan the shared one, once for each member; ``is_lead`` for who drafted it."""

    task_id: str
    plan_id: str
    person_id: str
    is_lead: bool


@dataclass(frozen=True, slots=True)
class Taught(Event):
    """Recorded once for each teacher of a task or of a round, when it is said that the lesson was held.

    ``lesson_id`` and ``resource_id`` are empty where no lesson of the timetable and no recording stands for it.
    """

    task_id: str | None
    cycle_id: str | None
    person_id: str
    taught_on: date
    lesson_id: str | None
    resource_id: str | None


@dataclass(frozen=True, slots=True)
class ProposedHours:
    """What one person is proposed for one part they had."""

    person_id: str
    part: str
    hours: int


@dataclass(frozen=True, slots=True)
class HoursProposed(Event):
    """Recorded once in the life of a cycle: when its organiser confirms the hours of a closed one."""

    cycle_id: str
    organiser_id: str
    lines: tuple[ProposedHours, ...]
