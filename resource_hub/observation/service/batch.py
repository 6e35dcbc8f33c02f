"""What every thing of a batch is judged by: whose it is, when it came, which observation it belongs to and whether that is open."""

from dataclasses import dataclass
from datetime import datetime

from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, Conflict, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.observation import rules
from resource_hub.observation.models import Observation
from resource_hub.observation.schemas import MarkIn, NoteIn, What
from resource_hub.observation.service import subjects


class AnsweredAlready(Conflict):
    code = "answered_already"
    message = N_("授课教师已经回应，这份听课记录不再改动。新的想法请另写一份。")


@dataclass(frozen=True, slots=True)
class Batch:
    """Who sent it, when it came, and what the device's clock lacks to ours."""

    viewer: Viewer
    now: datetime
    offset_ms: int

    def moment_of(self, client_ms: int) -> datetime:
        return rules.moment_of(client_ms, self.offset_ms, self.now)


def own(batch: Batch, observation_id: str) -> Observation:
    """Return the sender's own observation; NotFound otherwise."""
    row = db.session.get(Observation, observation_id)
    if row is None or row.observer_id != batch.viewer.person_id:
        raise NotFound
    return row


def require_open(row: Observation) -> None:
    """Raise AnsweredAlready once the taught teacher has answered."""
    if row.replied_at is not None:
        raise AnsweredAlready


def second_of(parent: Observation, given: NoteIn | MarkIn, at: datetime) -> int:
    """A note or mark of a live lesson stands at the lesson's own second; elsewhere the device knows better."""
    began = subjects.began(parent.lesson_id) if parent.what is What.LESSON else None
    return given.second if began is None else rules.second_in(began, at)
