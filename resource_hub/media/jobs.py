"""Background work of the hub's own side of media; encoding is the media worker's."""

from resource_hub.infra import unit
from resource_hub.infra.jobs import JobRun
from resource_hub.media import service
from resource_hub.media.service import objects


def sweep(_run: JobRun) -> None:
    """Forget uploads whose time has passed."""
    service.sweep_uploads()


def sweep_objects(run: JobRun) -> None:
    """Remove stored objects that are nobody's."""
    objects.sweep_objects(run.check)


def order_speech(_run: JobRun) -> None:
    """Have recordings heard that came while there was no speech model."""
    with unit.write():
        service.order_missing_speech()
