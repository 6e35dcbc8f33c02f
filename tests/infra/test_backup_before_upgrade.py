"""An upgrade keeps a backup first; a failed one leaves the old version its database, and says so."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from resource_hub.infra import migrate
from resource_hub.infra.backup import BackupRefused, keep_rows, restore_backup
from resource_hub.kernel.settings import Settings
from tests import postgres

_FAILING = '''"""Fail half-way."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None
def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("DELETE FROM job")
    op.execute("INSERT INTO nowhere VALUES (1)")
def downgrade() -> None:
    op.drop_table("half")
'''
_GOOD = _FAILING.replace('    op.execute("INSERT INTO nowhere VALUES (1)")\n', "")


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    found = Settings.read({"HUB_DATA": str(tmp_path / "data"), "HUB_DATABASE_URL": database})
    engine = sa.create_engine(found.database)
    with engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO worker_beat (worker, seen_at) VALUES ('w', '2026-01-01')"),
        )
        connection.execute(
            sa.text(
                "INSERT INTO job (id, kind, lane, state, payload, priority, attempts, releases, run_at, created_at, progress, stage,"
                " cancel_asked) VALUES ('job_1', 'k', 'light', 'queued', '{}', 0, 0, 0, '2026-01-01', '2026-01-01', 0, '', false)"
            )
        )
    engine.dispose()
    return found


def _folder(tmp_path: Path, revision: str) -> Path:
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.FOLDER, folder)
    (folder / "versions" / "9999_next.py").write_text(revision.replace("{head}", migrate.head() or ""), encoding="utf-8")
    return folder


def _copies(settings: Settings) -> list[Path]:
    """Return what was kept before upgrades."""
    if path := migrate.sqlite_path(settings):
        return list(path.parent.glob("hub.sqlite3.before-*"))
    return list((settings.data_path / "backups-before-upgrade" / "snapshots").glob("[!.]*"))


def _jobs(settings: Settings) -> int:
    engine = sa.create_engine(settings.database)
    with engine.connect() as connection:
        count = connection.execute(sa.text("SELECT count(*) FROM job")).scalar_one()
    engine.dispose()
    return int(count)


@pytest.mark.slow
def test_a_failing_revision_changes_nothing_and_says_so(settings: Settings, tmp_path: Path) -> None:
    folder = _folder(tmp_path, _FAILING)
    with pytest.raises(migrate.MigrationFailed) as failure:
        migrate.upgrade(settings, folder=folder, keep=keep_rows)
    assert "nowhere" in failure.value.message
    assert "旧版本" in failure.value.message
    assert "old version" in failure.value.english
    assert migrate.current(settings) == migrate.head()
    assert _jobs(settings) == 1
    (copy,) = _copies(settings)
    assert str(copy) in failure.value.message
    if path := migrate.sqlite_path(settings):
        assert not (path.parent / "hub.sqlite3.upgrading").exists()


@pytest.mark.slow
def test_what_an_upgrade_took_comes_back_from_the_backup_it_made(settings: Settings, tmp_path: Path) -> None:
    folder, before = _folder(tmp_path, _GOOD), migrate.head() or ""
    migrate.upgrade(settings, folder=folder, keep=keep_rows)
    assert _jobs(settings) == 0
    (copy,) = _copies(settings)
    if path := migrate.sqlite_path(settings):
        copy.replace(path)
    else:
        with pytest.raises(BackupRefused, match="更新的版本"):
            restore_backup(settings, copy.parents[1], replace=True)
        migrate.downgrade(settings, before, folder=folder)
        restore_backup(settings, copy.parents[1], replace=True)
    assert migrate.current(settings) == before
    assert _jobs(settings) == 1


@pytest.mark.slow
def test_without_a_backup_there_is_no_upgrade(postgres_template: str, tmp_path: Path) -> None:
    settings = Settings.read({"HUB_DATA": str(tmp_path), "HUB_DATABASE_URL": postgres.create_database(template=postgres_template)})
    (tmp_path / "backups-before-upgrade").touch()
    with pytest.raises(migrate.MigrationFailed, match="备份没有做成"):
        migrate.downgrade(settings, "base", keep=keep_rows)
    assert migrate.current(settings) == migrate.head()
    (tmp_path / "backups-before-upgrade").unlink()
    for _ in range(2):
        for words in (("downgrade", "0002"), ("downgrade", "0001"), ("upgrade",)):
            _run(settings, *words)
    assert len(_copies(settings)) == migrate.KEPT_COPIES
    postgres.drop_database(settings.database)


def _run(settings: Settings, *words: str) -> None:
    env = {"PATH": os.environ["PATH"], "HUB_DATA": settings.data, "HUB_DATABASE_URL": settings.database_url}
    subprocess.run([sys.executable, "-m", "resource_hub", "database", *words], env=env, check=True)


@pytest.mark.slow
def test_a_good_revision_takes_the_old_ones_place(settings: Settings, tmp_path: Path) -> None:
    migrate.upgrade(settings, folder=_folder(tmp_path, _GOOD))
    assert migrate.current(settings) == "9999"
    assert _jobs(settings) == 0
    with pytest.raises(migrate.MigrationFailed, match="更新的版本"):
        migrate.upgrade(settings)


def test_what_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite3").write_bytes(b"not a database, and rather long for that" * 100)
    with pytest.raises(migrate.MigrationFailed, match="打不开"):
        migrate.upgrade(Settings.read({"HUB_DATA": str(tmp_path)}))


@pytest.mark.slow
def test_only_the_last_three_copies_are_kept(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite3"
    shutil.copy(sqlite_template, path)
    settings = Settings.read({"HUB_DATA": str(tmp_path)})
    for number in range(5):
        path.with_name(f"hub.sqlite3.before-000{number}-x").touch()
    migrate.downgrade(settings, "0009")
    assert len(list(tmp_path.glob("hub.sqlite3.before-*"))) == migrate.KEPT_COPIES


@pytest.mark.slow
def test_a_database_in_use_is_not_upgraded(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite3"
    shutil.copy(sqlite_template, path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("SELECT count(*) FROM job").fetchall()
        with pytest.raises(migrate.MigrationFailed, match="正被别的程序使用"):
            migrate.downgrade(Settings.read({"HUB_DATA": str(tmp_path)}), "0009")
    assert migrate.current(Settings.read({"HUB_DATA": str(tmp_path)})) == migrate.head()
