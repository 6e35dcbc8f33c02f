"""Fixtures with real parts: an object store, SQLite and PostgreSQL, the whole application.

``app`` runs every test that uses it on both databases; ``store`` is one embedded object store
per session. Rule: nothing of ours is replaced by a stand-in.
"""

import gc
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from minio import Minio
from playwright.sync_api import Playwright, sync_playwright

from resource_hub.infra import installation, migrate
from resource_hub.infra import store as embedded
from resource_hub.infra.db import db
from resource_hub.kernel.settings import Settings
from tests import postgres
from tests.people_of_a_district import PASSWORD, District

# How long an example takes says how busy the machine is, and nothing about us.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@dataclass(frozen=True)
class Store:
    """The session's object store, as settings name it."""

    settings: dict[str, str]


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="hub-tests-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def play() -> Iterator[Playwright]:
    """One driver of browsers, since a process can hold but one."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def store(scratch: Path) -> Iterator[Store]:
    """Start weed once; every application of the session gets a bucket of its own."""
    found = installation.load_for_start(Settings.read({"HUB_DATA": str(scratch / "store")}))
    with (scratch / "weed.log").open("wb") as log:
        # It goes with us even when we are killed: a store that stays behind eats memory and a core's tenth.
        argv = ("setpriv", "--pdeathsig", "KILL", "--", *embedded.command(found))
        process = subprocess.Popen(argv, env=dict(embedded.environment(found)), stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_until_ready(found)
        access, secret = found.s3_keys
        yield Store({"HUB_S3_ENDPOINT": found.s3_endpoint, "HUB_S3_ACCESS_KEY": access, "HUB_S3_SECRET_KEY": secret,
                     "HUB_S3_PUBLIC_URL": f"http://{found.s3_endpoint}"})  # fmt: skip
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def sqlite_template(scratch: Path) -> Path:
    """A database file at the newest revision, copied for each test."""
    path = scratch / "template.sqlite3"
    migrate.upgrade(Settings.read({"HUB_DATA": str(scratch), "HUB_DATABASE_URL": f"sqlite:///{path}"}))
    return path


@pytest.fixture(scope="session")
def postgres_template() -> str:
    """The name of a PostgreSQL database at the newest revision."""
    url = postgres.create_database("hub_template")
    migrate.upgrade(Settings.read({"HUB_DATABASE_URL": url}))
    return "hub_template"


@pytest.fixture(scope="session")
def sqlite_district(sqlite_template: Path, scratch: Path) -> Path:
    """The same with the people of the demo district in it."""
    path = scratch / "district.sqlite3"
    shutil.copy(sqlite_template, path)
    _settle(f"sqlite:///{path}", scratch)
    return path


@pytest.fixture(scope="session")
def postgres_district(postgres_template: str, scratch: Path) -> str:
    """The same with the people of the demo district in it."""
    _settle(postgres.create_database("hub_district", template=postgres_template), scratch)
    return "hub_district"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database of each kind; with people in it when the test has a ``district``."""
    name = "district" if "district" in request.fixturenames else "template"
    if request.param == "sqlite":
        target = tmp_path / "hub.sqlite3"
        shutil.copy(request.getfixturevalue(f"sqlite_{name}"), target)
        yield f"sqlite:///{target}"
        return
    url = postgres.create_database(template=request.getfixturevalue(f"postgres_{name}"))
    yield url
    postgres.drop_database(url)


@pytest.fixture
def bucket(store: Store) -> Iterator[str]:
    """A bucket of its own; the store has room for few at a time, so it goes with the test."""
    name = f"b{os.urandom(6).hex()}"
    yield name
    given = store.settings
    asked = Minio(given["HUB_S3_ENDPOINT"], given["HUB_S3_ACCESS_KEY"], given["HUB_S3_SECRET_KEY"], secure=False, region="us-east-1")
    if asked.bucket_exists(name):
        for item in asked.list_objects(name, recursive=True):
            asked.remove_object(name, item.object_name or "")
        asked.remove_bucket(name)


@pytest.fixture
def hub_settings(database: str, store: Store, bucket: str, tmp_path: Path) -> Settings:
    return Settings.read(
        {**store.settings, "HUB_S3_BUCKET": bucket, "HUB_DATA": str(tmp_path / "data"), "HUB_DATABASE_URL": database, "HUB_DEMO": "0",
         "HUB_MIN_FREE_GB": "0.1"}
    )  # fmt: skip


@pytest.fixture
def app(hub_settings: Settings) -> Iterator[Flask]:
    """The whole application over a fresh database and a fresh bucket."""
    from resource_hub.app import create_app

    made = create_app(hub_settings)
    with made.app_context():
        made.extensions["resource_hub"].storage.ensure_bucket()
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def district(app: Flask, client: FlaskClient) -> District:
    """The application with the demo district's people, and a way to ask as one of them."""
    return District(app, client)


def _settle(url: str, scratch: Path) -> None:
    from resource_hub.app import create_app
    from resource_hub.cli.demo.seed import seed_people

    app = create_app(Settings.read({"HUB_DATA": str(scratch / "seed"), "HUB_DATABASE_URL": url, "HUB_DEMO": "0"}))
    with app.app_context():
        seed_people(PASSWORD)
        db.engine.dispose()


def _wait_until_ready(found: installation.Installation) -> None:
    for _ in range(100):
        try:
            embedded.prepare(found)
        except embedded.StoreNotReady:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the object store did not come up")


def pytest_collection_finish() -> None:
    """What is loaded stays: it is not to be looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
