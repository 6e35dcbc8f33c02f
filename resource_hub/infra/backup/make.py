"""Making a snapshot while the platform is in use.

The rows are read first, in one unchanging view, then the objects; since an object is stored
before any row names it, whatever the rows name was there at that moment. Rule: when an object
that they name was swept away before it was copied, a new view is read and the round begins
again; an object too many is harmless, one too few would be a loss.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import sqlalchemy as sa
from alembic.migration import MigrationContext

from resource_hub import __version__
from resource_hub.infra import migrate
from resource_hub.infra.backup import objects, rows
from resource_hub.infra.backup.folder import BackupFolder
from resource_hub.infra.backup.manifest import BackupRefused, FileFacts, Manifest, TableFacts, file_facts, write_manifest
from resource_hub.infra.backup.rows import Named
from resource_hub.infra.backup.standing import standing_storage
from resource_hub.infra.backup.watch import Quiet, Watch
from resource_hub.infra.storage import Storage
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Unavailable
from resource_hub.kernel.settings import Settings

KEPT = ("secrets.json", "demo-*.done", "gateway/caddy/pki/**/*")
"""Files of the data folder that cannot be made again; the last is the authority that computers on the LAN trust."""

BEFORE_UPGRADES = "backups-before-upgrade"
"""Where in the data folder the rows of a database server are kept before each upgrade."""

_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup did; ``removed`` are the snapshots it took away."""

    name: str
    manifest: Manifest
    copied_count: int
    copied_bytes: int
    removed: Sequence[str]


@dataclass(frozen=True, slots=True)
class _View:
    revision: str
    dialect: str
    tables: Sequence[TableFacts]
    named: frozenset[str]


def make_backup(settings: Settings, target: Path, *, named: Named, keep: int = 14, watch: Watch | None = None) -> Made:
    """Write a new snapshot to ``target`` and take away those beyond the newest ``keep``.

    Raises BackupRefused, or Unavailable when storage stays away; earlier snapshots stay whole.
    """
    told = watch or Quiet()
    _must_be_there(settings)
    folder = BackupFolder(target)
    with folder.locked(), standing_storage(settings) as bucket:
        place, left = folder.begin()
        folder.clear_incoming()
        copier = objects.Copier(bucket, folder, told)
        copier.begin(left)
        try:
            view, missing = _take(settings, bucket, place, copier, named, told)
        except Unavailable as error:
            raise BackupRefused(
                "存储中断，这次备份没有完成。早先的备份仍然可用，已复制的部分都在；存储恢复后再运行一次，会接着复制。",
                "Storage went away, so this backup is not finished. Earlier snapshots stay good; run it again and it goes on from here.",
            ) from error
        in_order = [copier.got[key] for key in sorted(copier.got)]
        manifest = Manifest(
            made_at=clock.now().isoformat(),
            program=__version__,
            database=view.dialect,
            revision=view.revision,
            tables=view.tables,
            objects=folder.write_objects(place, in_order),
            object_count=len(in_order),
            object_bytes=sum(one.size for one in in_order),
            files=_keep_files(settings, place),
            missing=missing,
        )
        write_manifest(place, manifest)
        name = folder.finish(place)
        folder.clear_incoming()
        return Made(name, manifest, copier.copied_count, copier.copied_bytes, _prune(folder, keep, missing, told))


def keep_rows(settings: Settings) -> Path:
    """Write the rows alone to the data folder, before a revision changes them; return the snapshot.

    Objects stay as they are in an upgrade, so they are not copied and a restore leaves them alone.
    """
    folder = BackupFolder(settings.data_path / BEFORE_UPGRADES)
    with folder.locked():
        place, _left = folder.begin()
        view = _read_rows(settings, place, {}, Quiet())
        manifest = Manifest(
            made_at=clock.now().isoformat(),
            program=__version__,
            database=view.dialect,
            revision=view.revision,
            tables=view.tables,
            objects=folder.write_objects(place, []),
            object_count=0,
            object_bytes=0,
            files=(_keep_settings(settings, place),),
            is_rows_only=True,
        )
        write_manifest(place, manifest)
        name = folder.finish(place)
        folder.prune(migrate.KEPT_COPIES)
    return folder.place(name)


def _prune(folder: BackupFolder, keep: int, missing: Sequence[str], watch: Watch) -> list[str]:
    """Remove what is beyond ``keep``, unless it may hold what is missing now; what stays for that is told."""
    beyond = len(folder.names()) - keep
    if beyond <= 0:
        return []
    removed = [] if missing else folder.prune(keep)
    if not removed:
        watch.note(
            f"没有清理旧的时间点：超出 --keep {keep} 的有 {beyond} 个，其中可能有现在缺失或损坏的文件。备份目录会一直变大；"
            "请先用 --check 核对，找回或删除缺失的内容，之后的备份会照常清理。",
            f"{beyond} snapshots beyond --keep {keep} were not removed, since they may hold what is missing or damaged now. The folder"
            " keeps growing: run --check, bring back or delete what is missing, and the next backup removes them.",
        )
    return removed


def _must_be_there(settings: Settings) -> None:
    """Refuse before a wrong data folder is filled with files of its own."""
    path = migrate.sqlite_path(settings)
    if path is not None and not path.exists():
        raise BackupRefused(
            f"没有找到数据库 {path}。请用平台启动时的 HUB_DATA（和 HUB_DATABASE_URL）运行备份。",
            f"There is no database at {path}. Run the backup with the HUB_DATA (and HUB_DATABASE_URL) that the platform is started with.",
        )


def _take(
    settings: Settings, bucket: Storage, place: Path, copier: objects.Copier, named: Named, watch: Watch
) -> tuple[_View, tuple[str, ...]]:
    """Take rows and objects that belong together; also return what storage could not give."""
    before: set[str] | None = None
    for _round in range(_ROUNDS):
        view = _read_rows(settings, place, named, watch)
        there = objects.listed(bucket)
        copier.copy(there)
        missing = set(view.named) - set(copier.got)
        if not missing or missing == before:
            for gone in set(copier.got) - {key for key, _size, _etag in there} - view.named:
                del copier.got[gone]  # copied in an earlier round, swept since, and named by no row
            return view, tuple(sorted(missing))
        before = missing
    raise BackupRefused(
        "备份期间文件一直在被清理，没能得到完整的时间点。早先的备份仍然可用；请稍后再试。",
        "Objects kept being swept away during the backup. Earlier snapshots stay good; try again later.",
    )


def _read_rows(settings: Settings, place: Path, named: Named, watch: Watch) -> _View:
    shutil.rmtree(place / "rows", ignore_errors=True)
    try:
        with rows.snapshot(settings.database) as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            _must_be_known(revision)
            watch.stage("保存数据库", "Saving the database", sum(rows.counts(connection).values()), is_bytes=False)
            tables, keys = rows.dump(connection, place, named, watch)
            return _View(revision or "", connection.dialect.name, tables, frozenset(keys))
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise BackupRefused(
            f"读不到数据库（{error.orig}）。早先的备份仍然可用。请检查 HUB_DATA 和 HUB_DATABASE_URL。",
            f"The database cannot be read ({error.orig}). Earlier snapshots stay good. Look at HUB_DATA and HUB_DATABASE_URL.",
        ) from error


def _must_be_known(revision: str | None) -> None:
    """Refuse tables of which this program knows no names: they would be left out."""
    if revision is not None and not migrate.knows(revision):
        raise BackupRefused(
            f"数据库来自更新的版本（{revision}），本版本不认识。请用那个版本的程序备份。",
            f"The database comes from a newer version ({revision}) than this program. Back it up with that version.",
        )


def _keep_files(settings: Settings, place: Path) -> tuple[FileFacts, ...]:
    """Copy what the data folder alone holds, and write down the settings."""
    kept = []
    for pattern in KEPT:
        for path in sorted(settings.data_path.glob(pattern)):
            if path.is_file():
                target = place / "kept" / path.relative_to(settings.data_path)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copyfile(path, target)
                target.chmod(0o600)
                kept.append(file_facts(place, target))
    return (*kept, _keep_settings(settings, place))


def _keep_settings(settings: Settings, place: Path) -> FileFacts:
    """Write down the settings that are not the default."""
    given = {f"HUB_{f.name.upper()}": value for f in fields(settings) if (value := getattr(settings, f.name)) != f.default}
    told = place / "settings.json"
    told.touch(mode=0o600)
    told.write_text(json.dumps(given, ensure_ascii=False, indent=1), encoding="utf-8")
    return file_facts(place, told)
