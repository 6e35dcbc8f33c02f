"""Upkeep: the change log that the indexers follow, old counts of queries, and news of saved searches."""

from resource_hub.infra import unit
from resource_hub.infra.index import changes
from resource_hub.infra.jobs import JobKind, JobRun
from resource_hub.search import records


def prune_changes(run: JobRun) -> None:
    """Drop changes that every index in use has long since taken in, and counts of days long past."""
    with run.completing():
        changes.prune()
        records.prune()


def tell_news(run: JobRun) -> None:
    """Tell each owner what their saved searches find anew."""
    with unit.read():
        ids = records.saved_ids()
    for saved_id in ids:
        records.tell_news(saved_id)
    with run.completing():
        pass


PRUNE = JobKind(name="search.prune_changes", lane="light", handler=prune_changes)
NEWS = JobKind(name="search.news", lane="light", handler=tell_news)
SWEEPS = {PRUNE.name: 24 * 3600.0, NEWS.name: 3600.0}
