"""A shelf on both databases, and one filled with the forty resources of the demo district."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from resource_hub.kernel import clock
from tests.search import forty as resources
from tests.search.shelf import Shelf, open_shelf


@pytest.fixture
def any_shelf(database: str, tmp_path: Path) -> Iterator[Shelf]:
    made = open_shelf(database, tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def shelf(sqlite_template: Path, tmp_path: Path) -> Iterator[Shelf]:
    shutil.copy(sqlite_template, tmp_path / "hub.sqlite3")
    made = open_shelf(f"sqlite:///{tmp_path / 'hub.sqlite3'}", tmp_path / "data")
    yield made
    made.close()


@pytest.fixture(scope="session")
def forty(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """The forty resources, indexed once; tests only read it."""
    folder = tmp_path_factory.mktemp("forty")
    shutil.copy(sqlite_template, folder / "hub.sqlite3")
    made = open_shelf(f"sqlite:///{folder / 'hub.sqlite3'}", folder / "data")
    resources.fill(made)
    made.settle()
    yield made
    made.close()


@pytest.fixture
def own_clock() -> Iterator[None]:
    """Let a test set the clock, and put it back."""
    yield
    clock.start_at(None)
