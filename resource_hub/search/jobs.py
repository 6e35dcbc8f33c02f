"""Upkeep of the change log that the indexers follow."""

from resource_hub.infra.index import changes
from resource_hub.infra.jobs import JobKind, JobRun


def prune_changes(run: JobRun) -> None:
    """Drop changes that every index in use has long since taken in."""
    with run.completing():
        changes.prune()


PRUNE = JobKind(name="search.prune_changes", lane="light", handler=prune_changes)
EVERY_S = 24 * 3600.0
