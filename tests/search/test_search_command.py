"""``resource-hub index``: rebuild and check, with and without a site that runs."""

import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from resource_hub.app import create_app
from resource_hub.cli.index import command
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.index import IndexDocument, Indexer, index_of, touch
from resource_hub.infra.index.writing import apply
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.settings import Settings
from tests.search.shelf import READER

pytestmark = pytest.mark.slow


@pytest.fixture
def env(sqlite_template: Path, tmp_path: Path) -> dict[str, str]:
    shutil.copy(sqlite_template, tmp_path / "hub.sqlite3")
    return {"HUB_DATA": str(tmp_path / "data"), "HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.sqlite3'}", "HUB_DEMO": "0"}


def run(env: dict[str, str], *words: str) -> Result:
    return CliRunner().invoke(command, words, env=env)


def test_a_rebuild_without_a_running_site_is_done_at_once(env: dict[str, str]) -> None:
    assert run(env, "check").exit_code == 1
    done = run(env, "rebuild")
    assert done.exit_code == 0, done.output
    assert "索引已重建" in done.output
    assert run(env, "check").exit_code == 0


def test_a_running_site_rebuilds_when_asked(env: dict[str, str]) -> None:
    app = create_app(Settings.read(env))
    indexer = Indexer(app, poll_s=0.05)
    indexer.start()
    try:
        while indexer.is_building or index_of(app).folder.current() is None:
            time.sleep(0.02)
        first = index_of(app).folder.current()
        done = run(env, "rebuild")
        assert done.exit_code == 0, done.output
        assert index_of(app).folder.current() != first
    finally:
        indexer.stop()
        index_of(app).close()
        with app.app_context():
            db.engine.dispose()


def test_a_check_names_what_differs(env: dict[str, str]) -> None:
    run(env, "rebuild")
    app = create_app(Settings.read(env))
    with app.app_context(), index_of(app).snapshot() as snapshot:
        ghost = IndexDocument(ref=Ref("resource", "ghost"), title="浮力", scopes=READER.scopes({}), updated_at=clock.now())
        apply(snapshot.path, {ghost.ref: ghost}, snapshot.position)
    index_of(app).close()
    found = run(env, "check")
    assert found.exit_code == 1
    assert "resource:ghost" in found.output
    with app.app_context(), unit.write():
        touch(Ref("resource", "ghost"))
    run(env, "rebuild")
    assert run(env, "check").exit_code == 0
    with app.app_context():
        db.engine.dispose()
