"""The objects of the bucket: copied into the pool once, put back by their keys.

Objects are never rewritten under their key, so one of the same key, size and etag as in the last
snapshot is not read again. Rule: bytes count as copied only when their length, and their MD5
where the etag is one, are what storage says.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TypeVar

import urllib3
from minio.error import S3Error

from resource_hub.infra.backup.folder import BackupFolder
from resource_hub.infra.backup.manifest import BackupRefused, StoredObject
from resource_hub.infra.backup.watch import Watch
from resource_hub.infra.storage import Storage
from resource_hub.kernel.errors import NotFound, Unavailable

Listed = tuple[str, int, str]
"""Key, size and etag as the bucket lists them."""

NOT_KEPT = "health/"
_AT_ONCE = 4
_BATCH = 64
_TRIES = 3
_CHUNK = 1 << 20

Item = TypeVar("Item")
Result = TypeVar("Result")


class Unreadable(Exception):
    """Storage lists the object but cannot give its bytes."""


def listed(bucket: Storage) -> list[Listed]:
    """Return every object that a backup keeps."""
    return [item for item in bucket.list_keys() if not item[0].startswith(NOT_KEPT)]


class Copier:
    """Copies what one snapshot needs, over as many rounds as it takes."""

    def __init__(self, bucket: Storage, folder: BackupFolder, watch: Watch) -> None:
        self._bucket, self._folder, self._watch = bucket, folder, watch
        self.got: dict[str, StoredObject] = {}
        self.copied_count = self.copied_bytes = 0
        self._known: Mapping[Listed, StoredObject] = {}

    def begin(self, left: Mapping[str, StoredObject]) -> None:
        """Take over what earlier snapshots and a killed backup have copied."""
        self._known = self._folder.known() | {(one.key, one.size, one.etag): one for one in left.values()}

    def copy(self, items: Iterable[Listed]) -> None:
        """Bring these objects into the pool; those that vanished meanwhile or cannot be read are left out."""
        wanted = []
        for item in items:
            earlier = self._known.get(item)
            if earlier and self._folder.has(earlier):
                self.got[item[0]] = earlier
            elif item[0] not in self.got:
                wanted.append(item)
        self._need_space(sum(size for _key, size, _etag in wanted))
        self._watch.stage("复制文件", "Copying objects", sum(size for _key, size, _etag in wanted))
        with self._folder.journal().open("a", encoding="utf-8") as journal:
            for one in _side_by_side(self._fetch, wanted):
                if one is not None:
                    journal.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
                    journal.flush()
                    self.got[one.key] = one
                    self.copied_count += 1
                    self.copied_bytes += one.size

    def _fetch(self, item: Listed) -> StoredObject | None:
        fresh = self._folder.incoming()
        for pause_s in (*range(1, _TRIES), None):
            try:
                one = _download(self._bucket, item, fresh)
            except NotFound:
                return None
            except (Unavailable, Unreadable):
                fresh.unlink(missing_ok=True)
                if pause_s is not None:
                    time.sleep(pause_s)
            else:
                self._folder.take_in(fresh, one.sha256)
                self._watch.step(one.size)
                return one
        next(self._bucket.list_keys(NOT_KEPT), None)  # raises Unavailable when storage as a whole is away
        return None

    def _need_space(self, needed: int) -> None:
        free = shutil.disk_usage(self._folder.path).free
        if needed > free:
            raise BackupRefused(
                f"备份盘空间不够：还需 {needed / 1e9:.1f} GB，只剩 {free / 1e9:.1f} GB。早先的备份仍然可用；请清理或换更大的盘。",
                f"Too little space for the backup: {needed / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free. Earlier snapshots stay good.",
            )


def put_back(bucket: Storage, folder: BackupFolder, objects: Iterable[StoredObject], watch: Watch) -> None:
    """Put every object under its key; one of the same size and etag that is there already is left."""
    there = {key: (size, etag) for key, size, etag in listed(bucket)}

    def put(one: StoredObject) -> None:
        if there.get(one.key) != (one.size, one.etag):
            bucket.put_file(one.key, folder.pooled(one.sha256), one.media_type)
        watch.step(one.size)

    for _done in _side_by_side(put, objects):
        pass


def sha256_in(bucket: Storage, key: str) -> str:
    """Return the checksum of the bytes that storage gives for ``key``."""
    digest = hashlib.sha256()
    for chunk in bucket.stream(key):
        digest.update(chunk)
    return digest.hexdigest()


def _download(bucket: Storage, item: Listed, fresh: Path) -> StoredObject:
    key, size, etag = item
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    try:
        response = bucket._client.get_object(bucket.bucket, key)
        try:
            with fresh.open("wb") as out:
                for chunk in response.stream(_CHUNK):
                    sha256.update(chunk)
                    md5.update(chunk)
                    out.write(chunk)
            media_type = response.headers.get("Content-Type") or "application/octet-stream"
            told = (response.headers.get("ETag") or "").strip('"').lower()
        finally:
            response.close()
            response.release_conn()
    except S3Error as error:
        if error.code in {"NoSuchKey", "NoSuchObject"}:
            raise NotFound from error
        raise Unreadable(str(error)) from error
    except urllib3.exceptions.HTTPError as error:
        raise Unreadable(str(error)) from error
    if fresh.stat().st_size != size or (len(told) == 32 and told != md5.hexdigest()):
        raise Unreadable(f"{key}: other bytes than storage tells of")
    return StoredObject(key, size, etag, sha256.hexdigest(), media_type)


def _side_by_side(act: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Act on a few items at a time; the first error ends it."""
    rest = iter(items)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while batch := list(islice(rest, _BATCH)):
            yield from pool.map(act, batch)
