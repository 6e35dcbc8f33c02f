"""Migrations: Alembic over ``migrations/``, so that a failed upgrade changes nothing.

SQLite: the file is copied, a second copy is migrated and checked, and takes the old one's place
in one rename. PostgreSQL: the rows are kept by what the caller brings (``Keep``), and the whole
way to the new revision is one transaction. Rule: whatever fails, the old version of the program
finds its database as it left it, and ``MigrationFailed`` says so.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool
from sqlalchemy.engine import Connection, make_url

from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, HubError
from resource_hub.kernel.settings import Settings

_PACKAGED = Path(__file__).parents[1] / "migrations"
FOLDER = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parents[2] / "migrations"
KEPT_COPIES = 3
LOGS = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a database, and reads into any file of that name."""
_WAIT_FOR_OTHERS_S = 3
_ADVISORY_LOCK = 0x4855_425F  # any number that nobody else locks

Keep = Callable[[Settings], Path]
"""Makes a backup of the rows on a database server, and returns where it lies."""


class MigrationFailed(HubError):
    """The tables could not be brought to another revision; nothing of the old ones has changed."""

    code, status = "migration_failed", 503

    def __init__(self, chinese: str, english: str) -> None:
        self.english = english
        super().__init__(chinese)


def upgrade(settings: Settings, revision: str = "head", *, folder: Path = FOLDER, keep: Keep | None = None) -> None:
    """Bring the database to ``revision``; raises ``MigrationFailed`` and leaves it as it was."""
    wanted = head(folder) if revision == "head" else revision
    if current(settings) == wanted:
        return
    _change(settings, lambda connection: command.upgrade(config(settings, connection, folder), revision), folder, keep)


def downgrade(settings: Settings, revision: str, *, folder: Path = FOLDER, keep: Keep | None = None) -> None:
    """Take the database back to ``revision``; raises ``MigrationFailed`` and leaves it as it was."""
    _change(settings, lambda connection: command.downgrade(config(settings, connection, folder), revision), folder, keep)


def build(connection: Connection, revision: str, *, folder: Path = FOLDER) -> None:
    """Make the tables of ``revision`` in the caller's transaction on an empty database."""
    made = Config()
    made.set_main_option("script_location", str(folder).replace("%", "%%"))
    made.attributes["connection"] = connection
    command.upgrade(made, revision)


def current(settings: Settings) -> str | None:
    """Return the revision that the database stands at; ``None`` when it is empty or not there; raises ``MigrationFailed``."""
    path = sqlite_path(settings)
    if path is not None and not path.exists():
        return None
    try:
        with _engine(settings.database).connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except sa.exc.DatabaseError as error:
        raise MigrationFailed(
            N_("数据库打不开（%(reason)s），没有改动任何数据。请检查 HUB_DATABASE_URL；文件若已损坏，从备份恢复（resource-hub restore）。")
            % {"reason": _reason(error)},
            f"The database cannot be opened ({_reason(error)}); nothing was changed. Look at HUB_DATABASE_URL; if the file is damaged,"
            " restore it from a backup (resource-hub restore).",
        ) from error


def head(folder: Path = FOLDER) -> str | None:
    """Return the newest revision of this version of the program."""
    return ScriptDirectory(str(folder)).get_current_head()


def knows(revision: str, folder: Path = FOLDER) -> bool:
    """Whether this version of the program has that revision."""
    return revision in {script.revision for script in ScriptDirectory(str(folder)).walk_revisions()}


@cache
def tables_at(revision: str | None) -> frozenset[str]:
    """Return the names of the tables that stand at a known revision: ours, whoever else uses the same schema."""
    if revision is None:
        return frozenset()
    with _engine("sqlite://").connect() as connection:
        build(connection, revision)
        return frozenset(sa.inspect(connection).get_table_names())


def config(settings: Settings, connection: Connection | None = None, folder: Path = FOLDER) -> Config:
    """Return Alembic's configuration for this installation."""
    made = Config()
    made.set_main_option("script_location", str(folder).replace("%", "%%"))
    made.attributes["url"] = settings.database
    if connection is not None:
        made.attributes["connection"] = connection
    return made


def sqlite_path(settings: Settings) -> Path | None:
    """Return the file of an SQLite database; ``None`` for PostgreSQL."""
    url = make_url(settings.database)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def put_in_place(work: Path, path: Path) -> None:
    """Let the whole database ``work`` be the one at ``path``, in one rename.

    Logs go first, or SQLite would read what an earlier file left into the new one. Where the file at
    ``path`` still counts, its own log was written back before.
    """
    sync_file(work)
    forget_logs(path)
    sync_folder(path.parent)
    work.replace(path)
    sync_folder(path.parent)


def _change(settings: Settings, act: Callable[[Connection], None], folder: Path, keep: Keep | None) -> None:
    stood_at = current(settings)
    if stood_at is not None and not knows(stood_at, folder):
        raise MigrationFailed(
            N_("数据库来自更新的版本（%(revision)s），本版本不认识。数据没有改动；请改用新版本的程序。") % {"revision": stood_at},
            f"The database comes from a newer version ({stood_at}) than this program. Nothing was changed; run the newer program.",
        )
    path = sqlite_path(settings)
    if path is None:
        kept = _keep(settings, keep) if keep and stood_at else None
        _change_in_one_transaction(settings, act, stood_at, kept)
    else:
        _change_a_copy(path, act, stood_at)


def _keep(settings: Settings, keep: Keep) -> Path:
    try:
        return keep(settings)
    except (HubError, OSError) as error:
        raise MigrationFailed(
            N_("升级前的备份没有做成（%(reason)s），没有升级，数据没有改动。") % {"reason": error},
            f"The backup before the upgrade failed ({getattr(error, 'english', error)}); nothing was upgraded and nothing has changed.",
        ) from error


def _change_in_one_transaction(settings: Settings, act: Callable[[Connection], None], stood_at: str | None, kept: Path | None) -> None:
    try:
        with _engine(settings.database).begin() as connection:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            act(connection)
    except Exception as error:
        raise MigrationFailed(
            N_(
                "数据库升级没有成功（%(reason)s）。升级已整体撤回，数据完好，仍是旧版本（%(revision)s）；升级前的备份：%(copy)s。请继续用旧版本的程序，并把这句话告诉技术员。"
            )
            % {"reason": _reason(error), "revision": stood_at or "-", "copy": kept or "-"},
            f"The database could not be upgraded ({_reason(error)}). All of it was rolled back: the data are whole and at revision"
            f" {stood_at or '-'}, with a backup of them at {kept or '-'}. Go on with the old version of the program.",
        ) from error


def _change_a_copy(path: Path, act: Callable[[Connection], None], stood_at: str | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(f"{path.name}.upgrading")
    forget(work)
    if not path.exists():
        _migrate_file(path, work, act, None)
        put_in_place(work, path)
        return
    _need_space(path)
    with closing(held(path)) as old:
        before = path.with_name(f"{path.name}.before-{stood_at or 'empty'}-{clock.now():%Y%m%d-%H%M%S}")
        _copy(old, before)
        shutil.copyfile(before, work)
        _migrate_file(path, work, act, before)
        put_in_place(work, path)
    for outdated in sorted(path.parent.glob(f"{path.name}.before-*"), key=lambda copy: copy.stat().st_mtime)[:-KEPT_COPIES]:
        outdated.unlink()


def held(path: Path) -> sqlite3.Connection:
    """Open the database for us alone, its log written back.

    Raises ``MigrationFailed`` when another process has it open, ``sqlite3.DatabaseError`` when it is damaged.
    """
    opened = sqlite3.connect(path, timeout=0.5, isolation_level=None)
    try:
        _leave_wal(opened)
        opened.execute("PRAGMA locking_mode=EXCLUSIVE")
        opened.execute("BEGIN EXCLUSIVE")
        opened.execute("COMMIT")  # this lock stays with the connection, and unlike a transaction lets it be copied
    except sqlite3.OperationalError as error:
        opened.close()
        raise MigrationFailed(
            N_("数据库 %(path)s 正被别的程序使用，没有升级，数据没有改动。请先停止平台（和其他打开它的程序），再试一次。") % {"path": path},
            f"The database {path} is in use by another program, so it was not upgraded and nothing has changed. Stop the platform first.",
        ) from error
    except sqlite3.DatabaseError:
        opened.close()
        raise
    return opened


def _leave_wal(held: sqlite3.Connection) -> None:
    """Write the log back and do without it, which SQLite grants to an only user."""
    deadline = time.monotonic() + _WAIT_FOR_OTHERS_S
    while True:
        try:
            held.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


def _copy(source: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        if (said := copy.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise MigrationFailed(
                N_("数据库文件已有损坏（%(said)s），没有升级。请从备份恢复（resource-hub restore）。") % {"said": said},
                f"The database file is damaged ({said}) and was not upgraded. Restore it from a backup (resource-hub restore).",
            )
    sync_file(target)


def _migrate_file(path: Path, work: Path, act: Callable[[Connection], None], before: Path | None) -> None:
    try:
        with _engine(f"sqlite:///{work}").connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
            act(connection)
            connection.commit()
            _check(connection)
    except Exception as error:
        forget(work)
        raise MigrationFailed(
            N_(
                "数据库升级没有成功（%(reason)s）。原来的数据库没有改动：%(path)s；升级前的副本：%(copy)s。请继续用旧版本的程序，并把这句话告诉技术员。"
            )
            % {"reason": _reason(error), "path": path, "copy": before or "-"},
            f"The database could not be upgraded ({_reason(error)}). The old one is untouched at {path}, with a copy at {before or '-'}."
            " Go on with the old version of the program.",
        ) from error


def _check(connection: Connection) -> None:
    if (said := connection.exec_driver_sql("PRAGMA integrity_check").scalar()) != "ok":
        raise ValueError(f"integrity check: {said}")
    if lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise ValueError(f"a row of {lost[0]} points to a row of {lost[2]} that is not there")


def _need_space(path: Path) -> None:
    needed = 2.2 * path.stat().st_size
    if shutil.disk_usage(path.parent).free < needed:
        raise MigrationFailed(
            N_("磁盘空间不够升级数据库（需要 %(needed)s MB），没有升级，数据没有改动。请清理磁盘后再启动。")
            % {"needed": int(needed / 1e6)},
            f"Too little disk to upgrade the database ({int(needed / 1e6)} MB needed); nothing has changed. Free some space, then start.",
        )


def forget(work: Path) -> None:
    """Remove a database that nobody needs, with its logs."""
    work.unlink(missing_ok=True)
    forget_logs(work)


def forget_logs(path: Path) -> None:
    for end in LOGS:
        path.with_name(path.name + end).unlink(missing_ok=True)


def _engine(url: str) -> sa.Engine:
    return create_engine(url, poolclass=pool.NullPool)


def sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: Exception) -> str:
    """Return what went wrong, without the statement that SQLAlchemy adds."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"{type(error).__name__}: {said[0][:200] if said else '-'}"
