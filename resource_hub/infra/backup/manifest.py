"""The manifest of one snapshot: what it holds, with the checksum of every file, and its own.

Rule: it is written last and in one rename; a snapshot without a whole manifest does not exist.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from resource_hub.kernel.errors import HubError

FORMAT = 1
NAME = "manifest.json"


class BackupRefused(HubError):
    """The backup or restore was not begun, or stopped; ``english`` says the same for the console."""

    code, status = "backup_refused", 409

    def __init__(self, chinese: str, english: str) -> None:
        self.english = english
        super().__init__(chinese)


class BackupDamaged(BackupRefused):
    """Files of a backup are not as they were written; ``names`` are their paths in it."""

    code = "backup_damaged"

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        shown = "、".join(self.names[:5]) + (f" … ({len(self.names)})" if len(self.names) > 5 else "")
        super().__init__(
            f"备份中有文件损坏或缺失：{shown}。没有改动任何数据。请换一个备份或另一个时间点（--snapshot）。"
            "若平台仍在，删掉这些文件后再运行一次 resource-hub backup 会重新复制。",
            f"Damaged or missing in the backup: {shown}. Nothing was changed. Use another backup or snapshot (--snapshot). If the"
            " platform still stands, delete these files and run resource-hub backup again: they are copied anew.",
        )


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of the snapshot by its path in it."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TableFacts:
    name: str
    rows: int
    file: FileFacts


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the bucket named it, and the bytes that the pool keeps for it."""

    key: str
    size: int
    etag: str
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """``missing`` names objects that rows speak of but storage could not give; ``is_rows_only``: objects were not asked for."""

    made_at: str
    program: str
    database: str
    revision: str
    tables: Sequence[TableFacts]
    objects: FileFacts
    object_count: int
    object_bytes: int
    files: Sequence[FileFacts]
    missing: Sequence[str] = field(default_factory=tuple)
    is_rows_only: bool = False

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    def all_files(self) -> list[FileFacts]:
        return [*(table.file for table in self.tables), self.objects, *self.files]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest whole or not at all; everything written before it is on the disk by then."""
    told: dict[str, Any] = {"format": FORMAT, **asdict(manifest)}
    text = json.dumps({**told, "seal": _seal(told)}, ensure_ascii=False, indent=1)
    os.sync()
    fresh = folder / f".{NAME}"
    with fresh.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(folder / NAME)
    sync_folder(folder)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a snapshot; raises BackupDamaged, or BackupRefused for one of a newer program."""
    place = f"{folder.parent.name}/{folder.name}/{NAME}"
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        seal, version = told.pop("seal"), told["format"]
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise BackupDamaged([place]) from error
    if version != FORMAT:
        raise BackupRefused(
            f"这个备份由更新的版本写成（格式 {version}）。请用新版本的程序恢复它。",
            f"This backup was written by a newer version (format {version}). Restore it with that version.",
        )
    if seal != _seal(told):
        raise BackupDamaged([place])
    del told["format"]
    return Manifest(
        **{
            **told,
            "tables": tuple(TableFacts(t["name"], t["rows"], FileFacts(**t["file"])) for t in told["tables"]),
            "objects": FileFacts(**told["objects"]),
            "files": tuple(FileFacts(**facts) for facts in told["files"]),
            "missing": tuple(told["missing"]),
        }
    )


def file_facts(folder: Path, path: Path) -> FileFacts:
    return FileFacts(str(path.relative_to(folder)), path.stat().st_size, sha256_of(path))


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(path: Path) -> None:
    """Make renames and new names inside ``path`` survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _seal(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
