"""What the inbox does without being asked: forget the old, close what waits for leavers."""

from resource_hub.inbox import service
from resource_hub.infra.jobs import JobRun
from resource_hub.people.events import PersonLeft


def prune(run: JobRun) -> None:
    """Forget deliveries that have long been over."""
    with run.completing():
        service.prune()


def close_for_leaver(event: PersonLeft) -> None:
    service.close_for(event.person_id)
