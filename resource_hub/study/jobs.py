"""What study does without being asked: remind of steps that are nearly due, by the digest."""

from resource_hub.infra import unit
from resource_hub.infra.jobs import JobRun
from resource_hub.study import service


def remind(_run: JobRun) -> None:
    """Tell those for whom a step of a task is due within two days."""
    with unit.write():
        service.remind()
