"""What consents do without being asked: end on their day, and take recordings with them that may not be kept."""

from resource_hub.infra.jobs import JobRun
from resource_hub.media.service import consents


def expire(run: JobRun) -> None:
    """End the batches whose last day is over; all of them with their recordings, or none."""
    with run.completing():
        consents.expire_batches()


def erase(run: JobRun) -> None:
    """Erase the recordings of consents that were taken back two weeks ago."""
    with run.completing():
        consents.erase_withdrawn()
