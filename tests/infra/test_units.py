"""Units of work on both databases: all or nothing, read-only reads, turns of the one writer."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs.models import WorkerBeat
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Conflict, Unavailable

pytestmark = pytest.mark.slow


@pytest.fixture
def hub(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def put(name: str) -> None:
    db.session.add(WorkerBeat(worker=name, seen_at=clock.now()))
    db.session.flush()


def names() -> set[str]:
    with unit.read():
        return set(db.session.scalars(sa.select(WorkerBeat.worker)))


def test_a_unit_that_fails_keeps_nothing_and_runs_nothing_after(hub: Flask) -> None:
    ran: list[str] = []
    with pytest.raises(ZeroDivisionError), unit.write():
        put("a")
        unit.after_commit(lambda: ran.append("a"))
        raise ZeroDivisionError
    assert (names(), ran) == (set(), [])


def test_what_comes_after_sees_the_rows(hub: Flask) -> None:
    seen: list[set[str]] = []
    with unit.write():
        put("a")
        unit.after_commit(lambda: seen.append(names()))
    assert seen == [{"a"}]


def test_a_reading_unit_cannot_write(hub: Flask) -> None:
    with pytest.raises(sa.exc.DBAPIError), unit.read():
        put("a")
    assert names() == set()


def test_a_broken_constraint_is_a_conflict(hub: Flask) -> None:
    with unit.write():
        put("a")
    with pytest.raises(Conflict), unit.write():
        db.session.execute(sa.insert(WorkerBeat).values(worker="a", seen_at=clock.now()))


def test_many_writers_at_once_lose_nothing_and_a_failing_one_spoils_nothing(hub: Flask) -> None:
    kept: list[str] = []

    def work(number: int) -> None:
        with hub.app_context():
            for n in range(20):
                name = f"{number}-{n}"
                try:
                    with unit.write():
                        put(name)
                        if n % 5 == 4:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    continue
                kept.append(name)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 8 * 16
    assert names() == set(kept)


def test_units_do_not_nest(hub: Flask) -> None:
    with pytest.raises(RuntimeError), unit.write(), unit.read():
        pass


def test_a_database_that_stays_locked_is_told_in_words(hub: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as other:
            driver = other.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA query_only=OFF")
            driver.execute("BEGIN IMMEDIATE")
            sa.event.listen(db.engine, "begin", _short_patience, insert=True)
            with pytest.raises(Unavailable, match="数据库正忙"), unit.write():
                put("a")
            driver.execute("ROLLBACK")
    with unit.write():
        put("b")
    assert names() == {"b"}


def _short_patience(connection: sa.Connection) -> None:
    connection.exec_driver_sql("PRAGMA busy_timeout=100")
