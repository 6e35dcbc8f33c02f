"""The restore drill: what was backed up while in use comes back, whole, on either database, or not at all."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from resource_hub.cli.backup import NAMED
from resource_hub.infra import installation, jobs, migrate, unit
from resource_hub.infra.backup import BackupDamaged, BackupFolder, BackupRefused, Quiet, check_all, keep_rows, make_backup, restore_backup
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.storage import Storage
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.settings import Settings
from resource_hub.media.models import Asset, Page, Rendition
from tests import postgres
from tests.conftest import Store
from tests.infra.standing import running_store

pytestmark = pytest.mark.slow


def _add_asset(data: bytes) -> str:
    """Store an original with a page and a rendition, bytes first, as the application does."""
    ident = new_id("ast")
    keys = {"original": f"originals/{ident}", "page": f"renditions/{ident}/1/p1.webp", "poster": f"renditions/{ident}/1/poster.webp"}
    for key in keys.values():
        hub().storage.put_bytes(key, key.encode() + data, "video/mp4")
    with unit.write():
        facts = {"名": "光合作用", "n": None, "f": 1.5}
        asset = Asset(id=ident, person_id="per_1", filename="《课》\n'.mp4", media_type="video/mp4", family="video", size=len(data), facts=facts,
                      duration_s=12.25, has_video=True, created_at=clock.now())  # fmt: skip
        db.session.add(asset)
        db.session.flush()
        db.session.add(Page(asset_id=ident, number=1, text="第一页", width=1, height=1, images={"320": keys["page"]}))
        db.session.add(
            Rendition(id=new_id("ren"), asset_id=ident, group="poster", kind="poster", label="p", key=keys["poster"], media_type="image/webp",
                      bytes=3, meta={})
        )  # fmt: skip
    return ident


def _remove_asset(ident: str) -> None:
    with unit.write():
        db.session.delete(db.session.get_one(Asset, ident))
    for key in list(hub().storage.list_keys(f"renditions/{ident}/")):
        hub().storage.delete(key[0])
    hub().storage.delete(f"originals/{ident}")


@pytest.fixture
def filled(app: Flask, hub_settings: Settings) -> Settings:
    with app.app_context():
        for number in range(8):
            _add_asset(os.urandom(2000 * number))
        with unit.write():
            jobs.enqueue("media.sweep", {"a": [1, "二"]}, dedupe="once")
    return hub_settings


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, database: str, tmp_path: Path, store: Store) -> Iterator[Settings]:
    """An empty installation with a bucket of its own, on the other database, or on the same one where a test asks for it."""
    is_other = getattr(request, "param", "other") == "other"
    url = postgres.create_database() if is_other == database.startswith("sqlite") else ""
    given = {**store.settings, "HUB_S3_BUCKET": f"r{os.urandom(6).hex()}", "HUB_DATA": str(tmp_path / "elsewhere"), "HUB_DEMO": "0"}
    found = Settings.read({**given, "HUB_DATABASE_URL": url})
    yield found
    bucket = _bucket(found)
    if bucket._client.bucket_exists(bucket.bucket):
        for key, _size, _etag in list(bucket.list_keys()):
            bucket.delete(key)
        bucket._client.remove_bucket(bucket.bucket)
    if url:
        postgres.drop_database(url)


def _bucket(settings: Settings) -> Storage:
    found = installation.load(settings)
    return Storage(settings, found.s3_endpoint, *found.s3_keys)


def _named_by_rows(settings: Settings) -> set[str]:
    """Return what the rows of a database name, read apart from the backup's own reading."""
    engine = sa.create_engine(settings.database)
    with engine.connect() as connection:
        assets = connection.execute(sa.text("SELECT id FROM asset")).scalars().all()
        renditions = connection.execute(sa.text("SELECT key FROM rendition")).scalars().all()
    engine.dispose()
    return {f"originals/{ident}" for ident in assets} | {f"renditions/{ident}/1/p1.webp" for ident in assets} | set(renditions)


def _environment(settings: Settings) -> dict[str, str]:
    given = {f"HUB_{f.name.upper()}": getattr(settings, f.name) for f in fields(settings) if getattr(settings, f.name) != f.default}
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **given}


def _run(settings: Settings, *words: str) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, "-m", "resource_hub", *words]
    return subprocess.run(argv, env=_environment(settings), capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("elsewhere", ["same", "other"], indirect=True)
def test_rows_and_objects_come_back_on_either_database(filled: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    made = make_backup(filled, tmp_path / "backup", named=NAMED)
    restored = restore_backup(elsewhere, tmp_path / "backup")
    assert restored.read_back == made.manifest.object_count == 24
    here, there = _bucket(filled), _bucket(elsewhere)
    for key, _size, _etag in here.list_keys():
        assert there.get_bytes(key) == here.get_bytes(key)
        assert there._client.stat_object(there.bucket, key).content_type == "video/mp4"
    again = make_backup(elsewhere, tmp_path / "again", named=NAMED)
    assert {t.name: (t.rows, t.file.sha256) for t in again.manifest.tables} == {
        t.name: (t.rows, t.file.sha256) for t in made.manifest.tables
    }
    assert (elsewhere.data_path / "secrets.json").read_bytes() == (filled.data_path / "secrets.json").read_bytes()
    with pytest.raises(BackupRefused, match="目标已有内容"):
        restore_backup(elsewhere, tmp_path / "backup")


def test_a_backup_while_in_use_holds_what_its_rows_name(app: Flask, filled: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    stopping = threading.Event()
    faults: list[Exception] = []

    def use() -> None:
        with app.app_context():
            added: list[str] = []
            try:
                while not stopping.is_set():
                    added.append(_add_asset(os.urandom(500)))
                    if len(added) > 60:  # an object lives longer than a backup takes from rows to bytes, as those of a platform do
                        _remove_asset(added.pop(0))
            except Exception as error:  # noqa: BLE001 -- told by the test itself
                faults.append(error)

    user = threading.Thread(target=use)
    user.start()
    try:
        for _ in range(3):
            made = make_backup(filled, tmp_path / "backup", named=NAMED)
            assert made.manifest.missing == ()
    finally:
        stopping.set()
        user.join()
    assert faults == []
    restore_backup(elsewhere, tmp_path / "backup")
    named = _named_by_rows(elsewhere)
    assert len(named) >= 24
    assert named <= {key for key, _size, _etag in _bucket(elsewhere).list_keys()}


def test_an_object_swept_between_rows_and_copy_makes_a_new_round(app: Flask, filled: Settings, tmp_path: Path) -> None:
    with app.app_context():
        doomed = _add_asset(b"doomed")

        class Sweeping(Quiet):
            """Removes an asset when its row is read and its bytes are not."""

            def stage(self, _chinese: str, english: str, _total: int, *, is_bytes: bool = True) -> None:
                if is_bytes and english == "Copying objects" and doomed in _assets():
                    _remove_asset(doomed)

        made = make_backup(filled, tmp_path / "backup", named=NAMED, watch=Sweeping())
    assert made.manifest.missing == ()
    assert made.manifest.object_count == 24
    assert next(t.rows for t in made.manifest.tables if t.name == "asset") == 8


def _assets() -> list[str]:
    with unit.read():
        return list(db.session.scalars(sa.select(Asset.id).order_by(Asset.id)))


def test_an_object_that_storage_has_lost_is_told_and_the_rest_is_kept(app: Flask, filled: Settings, tmp_path: Path) -> None:
    with app.app_context():
        lost = f"originals/{_assets()[0]}"
        hub().storage.delete(lost)
    done = _run(filled, "backup", str(tmp_path / "backup"))
    assert done.returncode == 3
    assert lost in done.stderr
    assert check_all(BackupFolder(tmp_path / "backup"), Quiet())


def test_old_snapshots_stay_while_something_is_missing_and_that_is_told(app: Flask, filled: Settings, tmp_path: Path) -> None:
    """They may hold the last copy of it."""
    backup = ("backup", str(tmp_path / "backup"), "--keep", "1")
    assert _run(filled, *backup).returncode == 0
    with app.app_context():
        asset = _assets()[0]
        hub().storage.delete(f"originals/{asset}")
        done = _run(filled, *backup)
        assert done.returncode == 3
        assert "没有清理旧的时间点" in done.stdout
        assert len(BackupFolder(tmp_path / "backup").names()) == 2
        _remove_asset(asset)
    done = _run(filled, *backup)
    assert done.returncode == 0
    assert "没有清理" not in done.stdout
    assert len(BackupFolder(tmp_path / "backup").names()) == 1


def test_one_changed_byte_stops_the_restore_by_the_files_name(filled: Settings, elsewhere: Settings, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    made = make_backup(filled, target, named=NAMED)
    pooled = max((target / "objects").glob("??/*"), key=lambda path: path.stat().st_size)
    table = target / "snapshots" / made.name / "rows" / "asset.jsonl.gz"
    for file in (pooled, table, target / "snapshots" / made.name / "manifest.json"):
        whole = file.read_bytes()
        middle = len(whole) // 2
        file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        with pytest.raises(BackupDamaged) as refusal:
            restore_backup(elsewhere, target)
        assert refusal.value.names == [str(file.relative_to(target))]
        with pytest.raises(BackupDamaged) as found:
            check_all(BackupFolder(target), Quiet())
        assert found.value.names == [str(file.relative_to(target))]
        file.write_bytes(whole)
    assert not elsewhere.data_path.exists()
    restore_backup(elsewhere, target)


def test_the_next_backup_copies_only_what_is_new_and_old_ones_go(app: Flask, filled: Settings, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    first = make_backup(filled, target, named=NAMED, keep=2)
    assert first.copied_count == 24
    with app.app_context():
        _add_asset(b"new")
        _remove_asset(_assets()[0])
    second = make_backup(filled, target, named=NAMED, keep=2)
    assert (second.copied_count, second.manifest.object_count, second.removed) == (3, 24, [])
    assert len(list((target / "objects").glob("??/*"))) == 27
    third = make_backup(filled, target, named=NAMED, keep=2)
    assert (third.copied_count, third.removed) == (0, [first.name])
    assert len(list((target / "objects").glob("??/*"))) == 24
    assert check_all(BackupFolder(target), Quiet()) == [second.name, third.name]


def test_a_killed_backup_leaves_the_earlier_one_and_the_next_goes_on(app: Flask, filled: Settings, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    first = make_backup(filled, target, named=NAMED)
    with app.app_context():
        for number in range(250):
            hub().storage.put_bytes(f"originals/extra{number}", os.urandom(3000))
    journal = target / "snapshots" / ".unfinished" / "journal.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "resource_hub", "backup", str(target)], env=_environment(filled), stderr=subprocess.DEVNULL
    )
    _wait_until(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    copied = journal.read_bytes().count(b"\n")
    assert copied < 250
    assert check_all(BackupFolder(target), Quiet()) == [first.name]
    second = make_backup(filled, target, named=NAMED)
    assert second.copied_count <= 250 - copied + 1
    assert second.manifest.object_count == 274
    assert not journal.exists()
    assert check_all(BackupFolder(target), Quiet()) == [first.name, second.name]


def test_a_wrong_data_folder_is_told_and_left_alone(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="没有找到数据库"):
        make_backup(Settings.read({"HUB_DATA": str(tmp_path / "nowhere")}), tmp_path / "backup", named=NAMED)
    assert list(tmp_path.iterdir()) == []


def test_two_backups_do_not_write_at_once(filled: Settings, tmp_path: Path) -> None:
    with BackupFolder(tmp_path / "backup").locked(), pytest.raises(BackupRefused, match="另一个备份"):
        make_backup(filled, tmp_path / "backup", named=NAMED)


def test_replace_puts_the_backup_in_the_place_of_what_is_there(app: Flask, filled: Settings, tmp_path: Path) -> None:
    made = make_backup(filled, tmp_path / "backup", named=NAMED)
    with app.app_context():
        _add_asset(b"later")
        db.engine.dispose()
    restored = restore_backup(filled, tmp_path / "backup", replace=True)
    assert (restored.replaced is not None) == filled.database.startswith("sqlite")
    again = make_backup(filled, tmp_path / "again", named=NAMED)
    assert [t.rows for t in again.manifest.tables] == [t.rows for t in made.manifest.tables]
    assert again.manifest.object_count == 24


def test_a_running_platform_is_not_restored_over(filled: Settings, tmp_path: Path) -> None:
    make_backup(filled, tmp_path / "backup", named=NAMED)
    with installation.locked(filled), pytest.raises(installation.StartRefused):
        restore_backup(filled, tmp_path / "backup", replace=True)


def test_the_command_line_restores_into_a_fresh_folder_with_its_own_store(sqlite_template: Path, tmp_path: Path) -> None:
    """The first backup finds the store running; later both commands start it for themselves."""
    settings = Settings.read({"HUB_DATA": str(tmp_path / "data"), "HUB_DEMO": "0"})
    settings.data_path.mkdir()
    shutil.copy(sqlite_template, settings.data_path / "hub.sqlite3")
    with running_store(installation.load_for_start(settings)):
        _bucket(settings).put_bytes("originals/one", b"one" * 1000)
        done = _run(settings, "backup", str(tmp_path / "backup"))
        assert done.returncode == 0, done.stderr
    done = _run(settings, "backup", str(tmp_path / "backup"))
    assert done.returncode == 0, done.stderr
    assert "(0 copied)" in done.stdout
    done = _run(settings, "backup", str(tmp_path / "backup"), "--check")
    assert done.returncode == 0, done.stderr
    assert "2" in done.stdout
    demo = replace(settings, demo="1")
    assert "HUB_DEMO=0" in _run(demo, "restore", str(tmp_path / "backup"), "--into", str(tmp_path / "fresh")).stderr
    done = _run(settings, "restore", str(tmp_path / "backup"), "--into", str(tmp_path / "fresh"))
    assert done.returncode == 0, done.stderr
    assert "1 read back" in done.stdout
    assert (tmp_path / "fresh" / "hub.sqlite3").exists()
    assert (tmp_path / "fresh" / "secrets.json").read_bytes() == (tmp_path / "data" / "secrets.json").read_bytes()


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)


LEFT_BY_A_KILL = """
import os, signal, sqlite3, sys
hub = sqlite3.connect(sys.argv[1], isolation_level=None)
hub.execute("PRAGMA journal_mode=WAL")
hub.execute("PRAGMA wal_autocheckpoint=0")
hub.execute("CREATE TABLE stray (n INTEGER)")
hub.execute("INSERT INTO disk_use VALUES ('2026-09-02', '2026-09-02', 1, 1, '{}')")
os.kill(os.getpid(), signal.SIGKILL)
"""
RESTORE_KILLED_AT = """
import os, signal, sys
from pathlib import Path
from resource_hub.infra.backup import restore_backup
from resource_hub.kernel.settings import Settings

left = int(sys.argv[1])

def count(event, words):
    global left
    if event in {"os.link", "os.rename", "os.remove"} and "hub.sqlite3" in str(words):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
restore_backup(Settings.read(), Path(sys.argv[2]), replace=True)
"""


@pytest.fixture
def killed(sqlite_template: Path, tmp_path: Path) -> Path:
    """A data folder whose platform was killed: one row stands in the database's log alone."""
    folder = tmp_path / "killed"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "hub.sqlite3")
    subprocess.run([sys.executable, "-c", LEFT_BY_A_KILL, str(folder / "hub.sqlite3")], check=False)
    assert (folder / "hub.sqlite3-wal").stat().st_size > 0
    return folder


@pytest.fixture
def kept_rows(sqlite_template: Path, tmp_path: Path) -> Path:
    """A backup that knows another day."""
    settings = Settings.read({"HUB_DATA": str(tmp_path / "earlier"), "HUB_DEMO": "0"})
    settings.data_path.mkdir()
    shutil.copy(sqlite_template, settings.data_path / "hub.sqlite3")
    with closing(sqlite3.connect(settings.data_path / "hub.sqlite3", isolation_level=None)) as hub:
        hub.execute("INSERT INTO disk_use VALUES ('2026-09-01', '2026-09-01', 1, 1, '{}')")
    return keep_rows(settings).parents[1]


def _days(database: Path, scratch: Path) -> list[str]:
    """Return the days of a database as the next start would find them, on a copy of its files."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    for part in ("", *migrate.LOGS):
        if (file := database.with_name(database.name + part)).exists():
            shutil.copy(file, scratch)
    with closing(sqlite3.connect(scratch / database.name)) as hub:
        assert hub.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [day for (day,) in hub.execute("SELECT day FROM disk_use ORDER BY day")]


def test_a_log_whose_database_is_gone_is_read_into_no_other(killed: Path, kept_rows: Path, tmp_path: Path) -> None:
    settings = Settings.read({"HUB_DATA": str(killed), "HUB_DEMO": "0"})
    (killed / "hub.sqlite3").unlink()
    shutil.copytree(killed, tmp_path / "second")
    restore_backup(settings, kept_rows, replace=True)
    assert _days(killed / "hub.sqlite3", tmp_path / "look") == ["2026-09-01"]
    migrate.upgrade(Settings.read({"HUB_DATA": str(tmp_path / "second")}))
    assert _days(tmp_path / "second" / "hub.sqlite3", tmp_path / "look") == []


def test_a_restore_killed_anywhere_leaves_the_old_database_or_the_new_one(killed: Path, kept_rows: Path, tmp_path: Path) -> None:
    found = []
    for killed_at in range(40):
        data = tmp_path / f"at-{killed_at}"
        shutil.copytree(killed, data)
        argv = [sys.executable, "-c", RESTORE_KILLED_AT, str(killed_at), str(kept_rows)]
        env = {**_environment(Settings.read({"HUB_DATA": str(data), "HUB_DEMO": "0"})), "PYTHONPATH": str(Path.cwd())}
        done = subprocess.run(argv, env=env, check=False)
        found.append(_days(data / "hub.sqlite3", tmp_path / "look"))
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        restored = restore_backup(Settings.read({"HUB_DATA": str(data), "HUB_DEMO": "0"}), kept_rows, replace=True)
        assert restored.replaced
        assert _days(restored.replaced, tmp_path / "look") == found[-1]
        assert _days(data / "hub.sqlite3", tmp_path / "look") == ["2026-09-01"]
    old, new = ["2026-09-02"], ["2026-09-01"]
    assert found == [old] * (len(found) - 1) + [new]
    assert len(found) > 3


@pytest.fixture
def server(postgres_template: str, tmp_path: Path) -> Iterator[Settings]:
    """An installation on PostgreSQL whose schema others use too."""
    url = postgres.create_database(template=postgres_template)
    found = Settings.read({"HUB_DATA": str(tmp_path / "data"), "HUB_DATABASE_URL": url, "HUB_DEMO": "0"})
    _ask(found, "CREATE TABLE visitor (id int PRIMARY KEY)", "INSERT INTO visitor VALUES (1)")
    _ask(found, "CREATE TABLE visit (visitor int CONSTRAINT who REFERENCES visitor)", "INSERT INTO visit VALUES (1)")
    _ask(found, "INSERT INTO disk_use VALUES ('2026-09-01', '2026-09-01', 1, 1, '{}')")
    yield found
    postgres.drop_database(url)


def _ask(settings: Settings, *statements: str) -> list[str]:
    """Return the first column of the last statement's rows, as text."""
    with sa.create_engine(settings.database, poolclass=sa.pool.NullPool).begin() as connection:
        done = [connection.execute(sa.text(statement)) for statement in statements]
        return [str(row[0]) for row in done[-1]] if done[-1].returns_rows else []


def test_tables_of_others_are_neither_kept_nor_replaced(server: Settings) -> None:
    kept = keep_rows(server).parents[1]
    _ask(server, "DELETE FROM disk_use", "INSERT INTO visit VALUES (1)")
    restore_backup(server, kept, replace=True)
    assert _ask(server, "SELECT day FROM disk_use") == ["2026-09-01"]
    assert _ask(server, "SELECT visitor FROM visit") == ["1", "1"]
    assert _ask(server, "SELECT conname FROM pg_constraint WHERE conname = 'who'") == ["who"]
    _ask(server, "CREATE VIEW report AS SELECT day FROM disk_use", "DELETE FROM disk_use")
    with pytest.raises(BackupRefused, match="原来的数据库没有改动"):
        restore_backup(server, kept, replace=True)
    assert _ask(server, "SELECT day FROM report") == []


def test_a_database_of_a_newer_version_is_neither_kept_nor_replaced(server: Settings) -> None:
    kept = keep_rows(server).parents[1]
    _ask(server, "UPDATE alembic_version SET version_num = '9999'")
    for replace_it in (True, False):
        with pytest.raises(BackupRefused, match="更新的版本"):
            restore_backup(server, kept, replace=replace_it)
    with pytest.raises(BackupRefused, match="更新的版本"):
        keep_rows(server)
    assert _ask(server, "SELECT day FROM disk_use") == ["2026-09-01"]
