"""What every handler needs around its work: the order, the original, room, keys, and stored results.

Rules: an object's key holds the attempt that wrote it, so that a worker which lost its lease can
never write under a playlist that another one recorded; what a failed attempt stored is removed.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from media_worker.scratch import Room
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobRun
from resource_hub.infra.storage import storage
from resource_hub.kernel.errors import HubError
from resource_hub.media import service
from resource_hub.media.schemas import AssetOrder

log = logging.getLogger(__name__)

WORKING_ROOM = 256 << 20


@dataclass(slots=True)
class Desk:
    """One attempt at one asset: its scratch folder and what it stored so far."""

    run: JobRun
    order: AssetOrder
    stored: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.run.scratch

    def fetch(self, key: str, name: str) -> Path:
        """Copy an object into the scratch folder."""
        path = self.folder / name
        storage().get_file(key, path)
        self.run.check()
        return path

    def store(self, path: Path, media_type: str, name: str = "") -> str:
        """Store a file among the asset's renditions and return its key."""
        self.run.check()
        key = f"renditions/{self.order.asset_id}/{self.order.generation}/{self.run.token[-10:]}-{name or path.name}"
        self.stored.append(key)
        storage().put_file(key, path, media_type)
        return key


@contextmanager
def desk(run: JobRun, *, factor: float = 1.0, extra: int = WORKING_ROOM) -> Iterator[Desk]:
    """Open the asset of ``run`` with room for ``factor`` times its original; clear up when the work fails."""
    with unit.read():
        order = service.asset_order(str(run.payload["asset_id"]))
    found = Desk(run, order)
    with room().reserve(int(order.size * factor) + extra):
        try:
            yield found
        except BaseException:
            _discard(found.stored)
            raise


def room() -> Room:
    """Return the scratch room of this process."""
    settings = hub().settings
    return _room(settings.data_path / "scratch", float(settings.scratch_gb), float(settings.min_free_gb))


@cache
def _room(folder: Path, quota_gb: float, min_free_gb: float) -> Room:
    return Room(folder, quota_gb=quota_gb, min_free_gb=min_free_gb)


def _discard(keys: list[str]) -> None:
    for key in keys:
        try:
            storage().delete(key)
        except HubError:
            # Storage is away: the sweep of unowned objects removes it later.
            log.info("left behind: %s", key)
            return
