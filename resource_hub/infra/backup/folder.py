"""The backup folder: its lock, its snapshots, and the pool where every object lies once by its SHA-256.

The unfinished snapshot keeps a journal of the objects it has copied, so that the next backup
goes on where a killed one stopped. Rule: a snapshot is removed by renaming it first, and pool
files only when no snapshot names them.
"""

import fcntl
import gzip
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from resource_hub.infra.backup.manifest import (
    NAME,
    BackupDamaged,
    BackupRefused,
    FileFacts,
    Manifest,
    StoredObject,
    file_facts,
    read_manifest,
    sha256_of,
    sync_folder,
)
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id

_UNFINISHED = ".unfinished"
_JOURNAL = "journal.jsonl"
_OBJECTS = "objects.jsonl.gz"


class BackupFolder:
    """Paths and states; knows neither database nor bucket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._snapshots = path / "snapshots"
        self._pool = path / "objects"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder when needed and hold it; raises BackupRefused when another backup does."""
        try:
            self._snapshots.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._pool.mkdir(exist_ok=True, mode=0o700)
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise BackupRefused(
                f"备份目录 {self.path} 不能写入（{error.strerror}）。请换一个目录，或检查移动硬盘是否接好。",
                f"The backup folder {self.path} cannot be written ({error.strerror}). Name another, or see whether the drive is mounted.",
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise BackupRefused(
                f"另一个备份正在写 {self.path}，请等它完成。", f"Another backup is writing to {self.path}; wait until it is done."
            ) from error
        try:
            yield
        finally:
            os.close(handle)

    def names(self) -> list[str]:
        """Return the finished snapshots, the oldest first."""
        return sorted(place.parent.name for place in self._snapshots.glob(f"[!.]*/{NAME}"))

    def place(self, name: str) -> Path:
        return self._snapshots / name

    def find(self, name: str | None) -> tuple[str, Manifest]:
        """Return the named snapshot or the newest; raises BackupRefused when there is none."""
        names = self.names()
        if not names or (name is not None and name not in names):
            there = "、".join(names) or "-"
            raise BackupRefused(
                f"{self.path} 中没有{'这个时间点的' if names else '完整的'}备份。现有：{there}",
                f"No {'such' if names else 'finished'} snapshot in {self.path}. There are: {', '.join(names) or 'none'}",
            )
        chosen = name or names[-1]
        return chosen, read_manifest(self.place(chosen))

    def begin(self) -> tuple[Path, dict[str, StoredObject]]:
        """Return an empty place for a new snapshot, and by key the whole objects that a killed backup left."""
        place = self._snapshots / _UNFINISHED
        left = self._read_journal(place / _JOURNAL)
        for old in self._snapshots.glob(".old-*"):
            shutil.rmtree(old)
        if place.exists():
            for child in place.iterdir():
                if child.is_dir():
                    shutil.rmtree(child)
                elif child.name != _JOURNAL:
                    child.unlink()
        place.mkdir(exist_ok=True, mode=0o700)
        return place, left

    def journal(self) -> Path:
        return self._snapshots / _UNFINISHED / _JOURNAL

    def finish(self, place: Path) -> str:
        """Give the snapshot, manifest and all, its name."""
        name = f"{clock.now():%Y%m%d-%H%M%S-%f}"
        (place / _JOURNAL).unlink(missing_ok=True)
        place.rename(self._snapshots / name)
        sync_folder(self._snapshots)
        return name

    def pooled(self, sha256: str) -> Path:
        return self._pool / sha256[:2] / sha256

    def has(self, stored: StoredObject) -> bool:
        """Whether the pool has a file of that name and size; its bytes are proved by ``verify``."""
        try:
            return self.pooled(stored.sha256).stat().st_size == stored.size
        except OSError:
            return False

    def incoming(self) -> Path:
        """Return a path beside the pool for bytes whose checksum is not known yet."""
        place = self.path / "incoming"
        place.mkdir(exist_ok=True, mode=0o700)
        return place / new_id("in")

    def take_in(self, fresh: Path, sha256: str) -> None:
        """Move a whole file into the pool."""
        target = self.pooled(sha256)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        fresh.replace(target)

    def clear_incoming(self) -> None:
        shutil.rmtree(self.path / "incoming", ignore_errors=True)

    def write_objects(self, place: Path, objects: Iterable[StoredObject]) -> FileFacts:
        """Write the list of a snapshot's objects."""
        path = place / _OBJECTS
        with gzip.open(path, "wt", compresslevel=4, encoding="utf-8") as out:
            for one in objects:
                out.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
        return file_facts(place, path)

    def objects_of(self, name: str, manifest: Manifest) -> Iterator[StoredObject]:
        """Yield the objects of a snapshot; raises BackupDamaged when the list is not as written."""
        path = self.place(name) / manifest.objects.path
        if not path.is_file() or sha256_of(path) != manifest.objects.sha256:
            raise BackupDamaged([f"snapshots/{name}/{manifest.objects.path}"])
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield StoredObject(**json.loads(line))

    def known(self) -> dict[tuple[str, int, str], StoredObject]:
        """Return the objects of the newest whole snapshot by key, size and etag."""
        for name in reversed(self.names()):
            try:
                return {(one.key, one.size, one.etag): one for one in self.objects_of(name, read_manifest(self.place(name)))}
            except BackupRefused:
                continue
        return {}

    def prune(self, keep: int) -> list[str]:
        """Remove all but the newest ``keep`` snapshots and the objects that only they named; return their names."""
        names = self.names()
        outdated = names[:-keep] if keep > 0 else []
        if not outdated:
            return []
        try:
            needed = {one.sha256 for name in names[-keep:] for one in self.objects_of(name, read_manifest(self.place(name)))}
        except BackupRefused:
            return []  # what a damaged list needs is unknown, so nothing is removed
        for name in outdated:
            gone = self.place(name).rename(self._snapshots / f".old-{name}")
            shutil.rmtree(gone)
        for file in self._pool.glob("??/*"):
            if file.name not in needed:
                file.unlink()
        return outdated

    def _read_journal(self, path: Path) -> dict[str, StoredObject]:
        """Return what a killed backup copied, proved anew, since its files were not yet synced."""
        found: dict[str, StoredObject] = {}
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return found
        for line in lines:
            try:
                one = StoredObject(**json.loads(line))
            except (ValueError, TypeError):
                continue  # the last line, cut in the middle
            if self.has(one) and sha256_of(self.pooled(one.sha256)) == one.sha256:
                found[one.key] = one
        return found
