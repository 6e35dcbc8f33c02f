"""What every handler needs around its work: the order, the original, room, keys, and stored results.

Rules: an object's key holds the attempt that wrote it (its lease), so that a worker which lost
its lease can never write under a playlist that another one recorded; what a failed attempt
stored is removed, but for what a row names by then.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from media_worker.scratch import Room
from resource_hub.infra import jobs, unit
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobRun
from resource_hub.infra.storage import storage
from resource_hub.kernel.errors import N_, HubError, Invalid, NotFound
from resource_hub.media import service
from resource_hub.media.schemas import AssetOrder
from resource_hub.media.service import objects

log = logging.getLogger(__name__)

WORKING_ROOM = 256 << 20


class OriginalMissing(Invalid):
    code = "original_missing"
    message = N_("原件不在存储中，无法处理。请重新上传这个文件；若服务器刚从备份恢复过，请先告诉技术员。")


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
        """Copy an object into the scratch folder; waits while storage is away, raises OriginalMissing when it has no original."""
        path = self.folder / name
        try:
            self.run.insist(lambda: storage().get_file(key, path))
        except NotFound as error:
            if key == self.order.key:
                raise OriginalMissing from error
            raise
        self.run.check()
        return path

    def store(self, path: Path, media_type: str, name: str = "") -> str:
        """Store a file among the asset's renditions and return its key; waits while storage is away."""
        key = objects.rendition_key(self.order.asset_id, self.order.generation, self.run.token, name or path.name)
        self.stored.append(key)
        self.run.insist(lambda: storage().put_file(key, path, media_type))
        return key

    @contextmanager
    def completing(self) -> Iterator[None]:
        """``JobRun.completing``, once what was stored survives a power cut."""
        self.run.insist(storage().settle)
        with self.run.completing():
            yield

    def remove(self, key: str) -> None:
        """Remove an object; waits while storage is away."""
        self.run.insist(lambda: storage().delete(key))


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
            _discard(order.asset_id, found.stored)
            raise


def room() -> Room:
    """Return the scratch room of this process."""
    settings = hub().settings
    return _room(jobs.scratch_folder(), float(settings.scratch_gb), float(settings.min_free_gb))


@cache
def _room(folder: Path, quota_gb: float, min_free_gb: float) -> Room:
    return Room(folder, quota_gb=quota_gb, min_free_gb=min_free_gb)


def _discard(asset_id: str, stored: list[str]) -> None:
    """Remove what was stored in vain. Rows decide: pages are recorded while the work goes on, and an answer may be lost after a commit."""
    try:
        with unit.read():
            named = objects.keys_of([asset_id])
        for key in stored:
            if key not in named:
                storage().delete(key)
    except (HubError, SQLAlchemyError) as error:
        # Storage or database is away: the sweep of unowned objects removes it later.
        log.info("left behind for %s: %s", asset_id, error)
