"""Bringing a snapshot back into an installation that does not run.

The whole backup is proved first; then objects go in, which nothing names yet, then the rows, in
one rename (SQLite) or one transaction (PostgreSQL). Rule: until that moment whatever stood there
before is untouched, and an SQLite file that is replaced is kept beside the new one.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from random import SystemRandom

import sqlalchemy as sa
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection

from resource_hub.infra import installation, migrate
from resource_hub.infra.backup import objects, rows
from resource_hub.infra.backup.folder import BackupFolder
from resource_hub.infra.backup.manifest import BackupRefused, Manifest, StoredObject
from resource_hub.infra.backup.standing import standing_storage
from resource_hub.infra.backup.verify import verify
from resource_hub.infra.backup.watch import Quiet, Watch
from resource_hub.infra.storage import Storage
from resource_hub.kernel import clock
from resource_hub.kernel.errors import HubError
from resource_hub.kernel.settings import Settings

_READ_BACK = 40


@dataclass(frozen=True, slots=True)
class Restored:
    """``read_back`` objects were fetched and compared; ``differing`` settings had another value when the backup was made."""

    name: str
    manifest: Manifest
    read_back: int
    replaced: Path | None
    differing: Sequence[str]


def restore_backup(
    settings: Settings, source: Path, *, snapshot: str | None = None, replace: bool = False, watch: Watch | None = None
) -> Restored:
    """Bring a snapshot into the installation of ``settings``, the newest when none is named.

    Raises BackupDamaged before anything is touched, and BackupRefused for a target that runs, or
    that holds something while ``replace`` is not given.
    """
    told = watch or Quiet()
    folder = BackupFolder(source)
    name, manifest = folder.find(snapshot)
    _must_be_known(manifest)
    kept = verify(folder, name, manifest, told)
    place = folder.place(name)
    was = json.loads((place / "settings.json").read_text(encoding="utf-8"))
    if settings.is_demo and was.get("HUB_DEMO") == "0":
        raise BackupRefused(
            "备份来自正式的平台（HUB_DEMO=0），而这里的设置是演示模式，启动时会混入演示帐号。没有改动任何数据。请设 HUB_DEMO=0 后再恢复。",
            "The backup comes from a real platform (HUB_DEMO=0), but demo mode is on here. Nothing was changed. Set HUB_DEMO=0 first.",
        )
    with installation.locked(settings):
        if manifest.is_rows_only:
            _must_be_empty(settings, None, replace=replace)
            replaced, read_back = _restore_rows(settings, place, manifest, told), 0
            shutil.rmtree(settings.data_path / "index", ignore_errors=True)
            _must_be_same(_differing_counts(settings, manifest))
        else:
            replaced, read_back = _restore_all(settings, folder, name, manifest, kept, replace=replace, watch=told)
    return Restored(name, manifest, read_back, replaced, _differing(settings, was))


def _restore_all(
    settings: Settings, folder: BackupFolder, name: str, manifest: Manifest, kept: Sequence[StoredObject], *, replace: bool, watch: Watch
) -> tuple[Path | None, int]:
    """Bring back objects, rows and files; return where the old database lies and how many objects were read back."""
    with standing_storage(settings, is_locked=True) as bucket:
        _must_be_empty(settings, bucket, replace=replace)
        _need_space(settings, manifest)
        watch.stage("恢复文件", "Restoring objects", manifest.object_bytes)
        objects.put_back(bucket, folder, kept, watch)
    replaced = _restore_rows(settings, folder.place(name), manifest, watch)
    _restore_files(settings, folder.place(name))
    with standing_storage(settings, is_locked=True) as bucket:  # our own store anew, so that nothing comes from its memory
        if replace:
            _remove_others(bucket, kept)
        return replaced, _compare(settings, bucket, manifest, kept, watch)


def _must_be_known(manifest: Manifest) -> None:
    if not migrate.knows(manifest.revision):
        raise BackupRefused(
            f"备份来自更新的版本（{manifest.program}，数据库 {manifest.revision}）。请先安装那个版本，再恢复。",
            f"The backup comes from a newer version ({manifest.program}, database {manifest.revision}). Install that version first.",
        )


def _must_be_empty(settings: Settings, bucket: Storage | None, *, replace: bool) -> None:
    """Refuse a target that holds something, or in any case tables of which this program knows no names; ``bucket`` when it counts."""
    if migrate.sqlite_path(settings) is None and (stands_at := migrate.current(settings)) and not migrate.knows(stands_at):
        raise BackupRefused(
            f"目标数据库来自更新的版本（{stands_at}），没有改动。请先用那个版本的程序退回（resource-hub database downgrade），"
            "或换一个空的数据库。",
            f"The target database comes from a newer version ({stands_at}); nothing was changed. Take it back with that version first"
            " (resource-hub database downgrade), or use an empty database.",
        )
    if replace:
        return
    if _has_rows(settings) or (bucket and objects.listed(bucket)):
        raise BackupRefused(
            "恢复的目标已有内容，没有改动。请用 --into 指定一个新目录；确实要用备份取代现有内容时，加 --replace。",
            "The target is not empty; nothing was changed. Name a new folder by --into, or add --replace to put the backup in its place.",
        )


def _has_rows(settings: Settings) -> bool:
    path = migrate.sqlite_path(settings)
    if path is not None and not path.exists():
        return False
    try:
        with sa.create_engine(settings.database, poolclass=sa.pool.NullPool).connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            return revision is not None and (not migrate.knows(revision) or any(rows.counts(connection).values()))
    except sa.exc.DatabaseError as error:
        raise BackupRefused(
            f"目标数据库打不开（{error.orig}），没有改动。请检查 HUB_DATABASE_URL；要取代已损坏的文件，加 --replace。",
            f"The target database cannot be opened ({error.orig}); nothing was changed. Look at HUB_DATABASE_URL, or add --replace.",
        ) from error


def _need_space(settings: Settings, manifest: Manifest) -> None:
    free = shutil.disk_usage(settings.data_path).free
    needed = manifest.object_bytes if not settings.s3_endpoint else 0
    if needed > free:
        raise BackupRefused(
            f"磁盘空间不够恢复：需要 {needed / 1e9:.1f} GB，只剩 {free / 1e9:.1f} GB。没有改动任何数据。",
            f"Too little disk to restore: {needed / 1e9:.1f} GB needed, {free / 1e9:.1f} GB free. Nothing was changed.",
        )


def _restore_rows(settings: Settings, place: Path, manifest: Manifest, watch: Watch) -> Path | None:
    """Put the rows in place; return where the database that stood there lies now."""
    path = migrate.sqlite_path(settings)
    watch.stage("恢复数据库", "Restoring the database", manifest.rows, is_bytes=False)
    try:
        if path is None:
            with sa.create_engine(settings.database, poolclass=sa.pool.NullPool).begin() as connection:
                _drop_tables(connection)
                _fill(connection, place, manifest, watch)
            return None
        return _fill_file(path, place, manifest, watch)
    except HubError:
        raise
    except Exception as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0][:300]
        raise BackupRefused(
            f"数据库没能恢复（{said}），原来的数据库没有改动。请把这句话告诉技术员。",
            f"The database could not be restored ({said}); the one that stood there is untouched.",
        ) from error


def _fill(connection: Connection, place: Path, manifest: Manifest, watch: Watch) -> None:
    migrate.build(connection, manifest.revision)
    rows.load(connection, place, manifest.tables, watch)
    migrate.build(connection, "head")


def _fill_file(path: Path, place: Path, manifest: Manifest, watch: Watch) -> Path | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(f"{path.name}.restoring")
    migrate.forget(work)
    with sa.create_engine(f"sqlite:///{work}", poolclass=sa.pool.NullPool).connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
        _fill(connection, place, manifest, watch)
        connection.commit()
        if (said := connection.exec_driver_sql("PRAGMA integrity_check").scalar()) != "ok":
            raise ValueError(f"integrity check: {said}")
    replaced = _keep_aside(path) if path.exists() else None
    migrate.put_in_place(work, path)
    return replaced


def _keep_aside(path: Path) -> Path:
    """Give the old database, its log written back, a second name; under its own it stands until the new one takes it."""
    for left in path.parent.glob(f"{path.name}.replaced-*"):
        if left.samefile(path):
            left.unlink()  # the second name that a killed restore gave it
    try:
        with suppress(sqlite3.DatabaseError):  # a damaged one is kept as it is, with its logs
            migrate.held(path).close()
    except migrate.MigrationFailed as error:
        raise BackupRefused(
            f"数据库 {path} 正被别的程序使用，数据库没有改动。请先停止打开它的程序，再恢复一次。",
            f"The database {path} is in use by another program and was not replaced. Stop that program, then restore again.",
        ) from error
    aside = path.with_name(f"{path.name}.replaced-{clock.now():%Y%m%d-%H%M%S-%f}")
    for end in ("", *migrate.LOGS):
        if (part := path.with_name(path.name + end)).exists():
            os.link(part, aside.with_name(aside.name + end))
    migrate.sync_folder(path.parent)
    return aside


def _drop_tables(connection: Connection) -> None:
    """Drop our tables alone: others may stand in the same schema, and what leans on ours stops the restore."""
    ours = migrate.tables_at(MigrationContext.configure(connection).get_current_revision())
    if ours:
        quote = connection.dialect.identifier_preparer.quote
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {', '.join(quote(name) for name in sorted(ours))}")


def _restore_files(settings: Settings, place: Path) -> None:
    """Put back what the data folder kept; the index is built anew from the rows."""
    data = settings.data_path
    kept = place / "kept"
    for path in sorted(kept.rglob("*")):
        if path.is_file():
            target = data / path.relative_to(kept)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = target.with_name(f".{target.name}.restoring")
            shutil.copyfile(path, fresh)
            fresh.chmod(0o600)
            fresh.replace(target)
    shutil.rmtree(data / "index", ignore_errors=True)


def _remove_others(bucket: Storage, kept: Sequence[StoredObject]) -> None:
    wanted = {one.key for one in kept}
    for key, _size, _etag in objects.listed(bucket):
        if key not in wanted:
            bucket.delete(key)


def _compare(settings: Settings, bucket: Storage, manifest: Manifest, kept: Sequence[StoredObject], watch: Watch) -> int:
    """Count the rows and read some objects back; raises BackupRefused when they are not those of the backup."""
    wrong = _differing_counts(settings, manifest)
    sizes = {key: size for key, size, _etag in objects.listed(bucket)}
    wrong += [one.key for one in kept if sizes.get(one.key) != one.size]
    sample = SystemRandom().sample(kept, min(_READ_BACK, len(kept)))
    watch.stage("抽查恢复的内容", "Reading back", sum(one.size for one in sample))
    for one in sample:
        if objects.sha256_in(bucket, one.key) != one.sha256:
            wrong.append(one.key)
        watch.step(one.size)
    _must_be_same(wrong)
    return len(sample)


def _differing_counts(settings: Settings, manifest: Manifest) -> list[str]:
    with sa.create_engine(settings.database, poolclass=sa.pool.NullPool).connect() as connection:
        now = rows.counts(connection)
    return [f"{table.name}: {now.get(table.name)} ≠ {table.rows}" for table in manifest.tables if now.get(table.name) != table.rows]


def _must_be_same(wrong: Sequence[str]) -> None:
    if wrong:
        raise BackupRefused(
            f"恢复后的核对没有通过：{'、'.join(wrong[:5])}。备份本身完好，请换一块磁盘或另一个存储再恢复。",
            f"What was restored is not what the backup holds: {', '.join(wrong[:5])}. The backup is whole; use another disk.",
        )


def _differing(settings: Settings, was: dict[str, str]) -> list[str]:
    """Name the settings of the backup that have another value here; secret ones by name alone."""
    here = {f"HUB_{f.name.upper()}": str(getattr(settings, f.name)) for f in fields(settings)}
    defaults = {f"HUB_{f.name.upper()}": str(f.default) for f in fields(settings)}
    local = {"HUB_DATA", "HUB_CLOCK"}
    secret = ("SECRET", "PASSWORD", "KEY", "DATABASE_URL", "REDIS_URL")
    return [
        f"{name}=…" if any(word in name for word in secret) else f"{name}={was.get(name, defaults[name])}"
        for name in sorted(here)
        if name not in local and was.get(name, defaults[name]) != here[name]
    ]
