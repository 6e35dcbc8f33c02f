"""What is done with recordings while nobody asks: joining what stays away, announcing and bringing their end, thinning logs."""

from resource_hub.infra import unit
from resource_hub.infra.jobs import JobRun
from resource_hub.media import service as media
from resource_hub.recordings import service


def join_left(run: JobRun) -> None:
    """Join recordings whose rest has stayed away for a day."""
    with run.completing():
        service.join_left()


def retire(run: JobRun) -> None:
    """Announce the end of recordings that nobody shared, and erase those whose time is over; then chunks and old films go."""
    with unit.write():
        service.announce_ends()
    with unit.write():
        service.erase_over()
    service.forget_chunks()
    with run.completing():
        media.forget_films()


def thin(run: JobRun) -> None:
    """Let what single seats did become counts, half a year after the term."""
    with run.completing():
        service.thin_logs()
