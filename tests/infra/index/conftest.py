"""Shelves of notes, for tests of the index below search: over each database, or one of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.search.shelf import Shelf, open_shelf


@pytest.fixture
def any_shelf(database: str, tmp_path: Path) -> Iterator[Shelf]:
    """For what depends on the database: each test runs on both."""
    made = open_shelf(database, tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def shelf(sqlite_template: Path, tmp_path: Path) -> Iterator[Shelf]:
    """For what does not depend on the database."""
    shutil.copy(sqlite_template, tmp_path / "hub.sqlite3")
    made = open_shelf(f"sqlite:///{tmp_path / 'hub.sqlite3'}", tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def postgres_shelf(postgres_template: str, tmp_path: Path) -> Iterator[Shelf]:
    """For what only PostgreSQL does: transactions that write side by side."""
    url = postgres.create_database(template=postgres_template)
    made = open_shelf(url, tmp_path / "data")
    yield made
    made.close()
    postgres.drop_database(url)
