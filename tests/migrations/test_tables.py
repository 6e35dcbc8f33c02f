"""The tables that the revisions make are those that the models describe, on both databases, there and back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection

import resource_hub.app  # noqa: F401 -- brings every model
from resource_hub.infra import migrate
from resource_hub.infra.db import db
from resource_hub.kernel.settings import Settings
from tests import postgres

pytestmark = pytest.mark.slow

OURS = db.metadata
ONE_OF_TWO = {"login_session.terminal_id", "calendar_feed.class_id"}
"""Columns that a check keeps empty, since another one is filled."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An installation without a database of each kind."""
    url = postgres.create_database() if request.param == "postgresql" else ""
    yield Settings.read({"HUB_DATA": str(tmp_path), "HUB_DATABASE_URL": url})
    if url:
        postgres.drop_database(url)


@contextmanager
def connected(settings: Settings) -> Iterator[Connection]:
    with sa.create_engine(settings.database, poolclass=sa.pool.NullPool).begin() as connection:
        yield connection


def test_revisions_make_the_tables_that_the_models_describe(empty: Settings) -> None:
    migrate.upgrade(empty)
    with connected(empty) as connection:
        compared = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(compared, OURS) == []


def test_checks_allow_the_same_words_as_the_models(empty: Settings) -> None:
    """Alembic compares no checks: a new word of an enum would be refused by the database of an older day."""
    migrate.upgrade(empty)
    with connected(empty) as connection:
        there = {
            (table, check["name"]): words(check["sqltext"])
            for table in OURS.tables
            for check in sa.inspect(connection).get_check_constraints(table)
        }
        described = {
            (table.name, check.name): words(str(check.sqltext.compile(connection, compile_kwargs={"literal_binds": True})))
            for table in OURS.tables.values()
            for check in table.constraints
            if isinstance(check, sa.CheckConstraint)
        }
    assert described
    assert there == described


def words(check: str) -> set[str]:
    return set(re.findall(r"'([^']*)'", check))


def test_full_tables_go_all_the_way_back_and_forth(empty: Settings) -> None:
    migrate.upgrade(empty)
    fill(empty)
    migrate.downgrade(empty, "base")
    with connected(empty) as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
        if connection.dialect.name == "postgresql":
            left = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            assert connection.execute(sa.text(left)).all() == []
    migrate.upgrade(empty)
    fill(empty)


def test_each_revision_can_be_taken_back_alone_with_rows_in_its_tables(empty: Settings) -> None:
    numbers = [file.stem[:4] for file in sorted((migrate.FOLDER / "versions").glob("*.py"))]
    migrate.upgrade(empty)
    fill(empty)
    for before, number in reversed(list(zip([*numbers], numbers[1:], strict=False))):
        kept = counts(empty)
        migrate.downgrade(empty, before)
        migrate.upgrade(empty, number)
        migrate.downgrade(empty, before)
        assert counts(empty).items() <= kept.items(), f"{number} took rows of tables that it did not make"


def counts(settings: Settings) -> dict[str, int]:
    """Return the number of rows by table."""
    with connected(settings) as connection:
        names = sa.inspect(connection).get_table_names()
        return {
            name: connection.execute(sa.text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names if name != "alembic_version"
        }


def fill(settings: Settings) -> None:
    """Put one row into every table, with everything that it can name."""
    with connected(settings) as connection:
        made: dict[str, dict[str, Any]] = {}
        for table in OURS.sorted_tables:
            wanted = [c for c in table.columns if not c.nullable or (c.foreign_keys and str(c) not in ONE_OF_TWO)]
            made[table.name] = {column.name: value(column, made) for column in wanted}
            connection.execute(table.insert().values(made[table.name]))


def value(column: sa.Column[Any], made: dict[str, dict[str, Any]]) -> Any:
    for key in column.foreign_keys:
        return made.get(key.column.table.name, {}).get(key.column.name)  # nothing where a table points to itself
    kind = column.type.impl_instance if isinstance(column.type, sa.types.TypeDecorator) else column.type
    if isinstance(kind, sa.Enum):
        return next(iter(kind.enum_class or kind.enums))
    if isinstance(kind, sa.JSON):
        return {}
    plain = {str: "1", bytes: b"1", int: 1, float: 1.0, bool: True, date: date(2026, 9, 1), datetime: datetime(2026, 9, 1, tzinfo=UTC)}
    return plain[kind.python_type]
