"""Units of work on both databases: all or nothing, read-only reads, turns of the one writer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.disk import DiskDay
from resource_hub.infra.jobs.models import WorkerBeat
from resource_hub.infra.writer import Writer
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Conflict, HubError, Invalid, Unavailable
from resource_hub.library.models import Resource
from resource_hub.library.schemas import Kind
from tests.infra.standing import wait_until
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow

_ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


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


class Queue:
    """Units of one group of SQLite's writer, in the order in which they were put into the queue."""

    def __init__(self, app: Flask) -> None:
        self.told: dict[str, str] = {}
        self._app, self._threads, self._open = app, [], threading.Event()
        with app.app_context():
            self._writer = app.extensions["writer"] = Writer(db.engine, longest_s=600)
        self._first = threading.Event()
        self.add("first", self._hold)
        assert self._first.wait(30)

    def add(self, name: str, act: Callable[[str], None]) -> None:
        """Let a unit queue; ``told`` will say how it ended."""
        waiting = self._writer._waiting
        thread = threading.Thread(target=self._work, args=(name, act))
        self._threads.append(thread)
        thread.start()
        if len(self._threads) > 1:
            wait_until(lambda: self._writer._waiting == waiting + 1)

    def run(self) -> dict[str, str]:
        """Let them all come to their turn, and return what each was told."""
        self._open.set()
        for thread in self._threads:
            thread.join()
        return self.told

    def _hold(self, name: str) -> None:
        put(name)
        self._first.set()
        assert self._open.wait(30)

    def _work(self, name: str, act: Callable[[str], None]) -> None:
        with self._app.app_context():
            try:
                with unit.write():
                    act(name)
            except (HubError, ZeroDivisionError) as error:
                self.told[name] = str(error)
            else:
                self.told[name] = "saved"


def fill_the_disk(name: str) -> None:
    """Write more than the database may grow by, as on a full disk."""
    bind = db.session.connection()
    pages = bind.exec_driver_sql("PRAGMA page_count").scalar()
    bind.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    put(name * 1_000_000)


def refuse(name: str) -> None:
    put(name)
    raise ZeroDivisionError


@_ON_SQLITE
def test_a_full_disk_fails_the_whole_group_and_nothing_is_told_to_be_saved_that_is_not(hub: Flask) -> None:
    """SQLite rolls back what earlier units of the group wrote; a later refusal must not hide that."""
    queue = Queue(hub)
    queue.add("full", fill_the_disk)
    queue.add("refused", refuse)
    queue.add("later", put)
    told = queue.run()
    assert {name for name, words in told.items() if words == "saved"} == names() == {"later"}
    assert "磁盘已满" in told["first"]
    assert "磁盘已满" in told["full"]
    assert told["refused"] == ""
    with unit.write():
        put("afterwards")
    assert names() == {"later", "afterwards"}


@_ON_SQLITE
def test_a_unit_that_overlooks_the_full_disk_can_write_no_more(hub: Flask) -> None:
    """Its next statement would otherwise be kept at once, in no transaction at all."""
    with pytest.raises(sa.exc.SQLAlchemyError), unit.write():
        with suppress(sa.exc.OperationalError):
            db.session.connection().exec_driver_sql("PRAGMA max_page_count=1")
            db.session.execute(sa.insert(WorkerBeat).values(worker="x" * 9_000_000, seen_at=clock.now()))
        db.session.execute(sa.insert(WorkerBeat).values(worker="a", seen_at=clock.now()))
    assert names() == set()


@_ON_SQLITE
def test_a_unit_that_refuses_leaves_the_others_of_its_group_alone(hub: Flask) -> None:
    queue = Queue(hub)
    queue.add("refused", refuse)
    queue.add("later", put)
    assert queue.run() == {"first": "saved", "refused": "", "later": "saved"}
    assert names() == {"first", "later"}


@_ON_SQLITE
def test_a_turn_that_does_not_come_is_told_in_words_and_holds_up_nobody(hub: Flask) -> None:
    """Each waits ten seconds in all, not ten after those before it; whoever gave up is no longer waited for."""
    queue = Queue(hub)
    for name in ("second", "third"):
        queue.add(name, put)
    wait_until(lambda: len(queue.told) == 2)
    assert all("数据库正忙" in words for words in queue.told.values())
    assert queue.run()["first"] == "saved"
    assert names() == {"first"}


@_ON_SQLITE
def test_a_full_disk_reaches_the_reader_in_words(district: District) -> None:
    headers = district.as_("linxiaoyun")
    with district.app.app_context():
        sa.event.listen(db.engine, "begin", _no_more_pages, insert=True)
    for _ in range(100):
        answer = district.client.post("/api/v1/drafts", headers=headers)
        if answer.status_code == 503:
            break
    assert answer.status_code == 503
    assert "磁盘已满" in answer.json["error"]["message"]


def _no_more_pages(connection: sa.Connection) -> None:
    connection.exec_driver_sql("PRAGMA max_page_count=1")


def test_a_row_that_another_changed_in_between_is_a_conflict(hub: Flask) -> None:
    with unit.write():
        db.session.add(
            Resource(
                id="res_1", title="a", kind=Kind.LESSON_PACK, author_id="p", author_name="p", school_id="s",
                created_at=clock.now(), updated_at=clock.now(),
            )
        )  # fmt: skip
    with pytest.raises(Conflict) as refusal, unit.write():
        found = db.session.get_one(Resource, "res_1")
        db.session.execute(sa.update(Resource.__table__).values(revision=Resource.__table__.c.revision + 1))
        found.title = "b"
    assert refusal.value.code == "conflict"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_the_database_cannot_hold_is_invalid(hub: Flask) -> None:
    for worker in ("nul \0", "x" * 5000):
        with pytest.raises(Invalid, match="无法保存"), unit.write():
            put(worker)
    with pytest.raises(Invalid), unit.read():
        db.session.get(WorkerBeat, "nul \0")
    with pytest.raises(Invalid), unit.write():
        db.session.add(DiskDay(day=clock.now().date(), measured_at=clock.now(), total=1 << 70, free=0, parts={}))
        db.session.flush()


def test_a_nul_in_an_account_is_refused(district: District) -> None:
    answer = district.client.post("/api/v1/tokens", json={"account": "lin\0xiaoyun", "password": "x"})
    assert answer.status_code in {401, 422}
    assert answer.json["error"]["message"]
