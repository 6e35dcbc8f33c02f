"""Background work of packs."""

from resource_hub.infra.jobs import JobRun
from resource_hub.packs import service


def make_offline(run: JobRun) -> None:
    """Make an offline pack that was ordered."""
    service.make_offline(run)


def sweep(run: JobRun) -> None:
    """Forget offline packs that nobody asks for."""
    service.sweep_offline(run)


def check_import(run: JobRun) -> None:
    """Look at what an import would make."""
    service.check_import(run)


def make_import(run: JobRun) -> None:
    """Make what its owner confirmed."""
    service.make_import(run)
