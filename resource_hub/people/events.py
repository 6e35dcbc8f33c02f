"""What other features hear of people."""

from dataclasses import dataclass
from datetime import date

from resource_hub.kernel.events import Event


@dataclass(frozen=True, slots=True)
class PersonLeft(Event):
    """Recorded by ``service.leave`` in the unit that closes the account.

    When a subscriber runs, the person can no longer sign in, all sessions are revoked and all
    roles are ended; the person's row stays, so that works keep their author.
    """

    person_id: str
    school_id: str | None
    on: date
