"""The one writer of SQLite in a process: units take turns in a shared transaction, and one
commit makes them all safe.

SQLite's own busy handler lets writers starve for seconds, and with synchronous FULL each commit
waits for the disk. So units queue at a lock, each in a savepoint of the group's transaction;
the last in the queue (or the one that fills the group) commits for all. Rule: a unit is told
that it succeeded only after the group's commit; if that fails, every unit of the group failed.
"""

import sqlite3
import threading
import time
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError

MOST_UNITS = 32
LONGEST_S = 0.02
"""A group that is older commits although others wait: nobody's answer is held up for long."""


@dataclass(slots=True)
class _Group:
    connection: Connection
    began: float = field(default_factory=time.monotonic)
    size: int = 0
    done: threading.Event = field(default_factory=threading.Event)
    failure: BaseException | None = None


class Writer:
    """Gives out turns; one per engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._group: _Group | None = None

    def enter(self) -> _Group:
        """Wait for a turn and return the group to write in; its transaction has begun."""
        with self._count:
            self._waiting += 1
        self._turn.acquire()
        with self._count:
            self._waiting -= 1
        if self._group is None:
            try:
                self._group = _begin(self._engine)
            except BaseException:
                self._turn.release()
                raise
        return self._group

    def leave(self, group: _Group) -> None:
        """End the turn; returns once the group is on disk, and raises what its commit raised."""
        group.size += 1
        with self._count:
            is_last = self._waiting == 0
        if is_last or group.size >= MOST_UNITS or time.monotonic() - group.began > LONGEST_S:
            self._group = None
            _commit(group)
        self._turn.release()
        group.done.wait()
        if group.failure is not None:
            raise group.failure


class Turn:
    """One unit's turn, taken when it first touches the database and not before."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._group: _Group | None = None

    def connection(self) -> Connection:
        """Return the group's connection, waiting for the turn when it was not taken yet."""
        if self._group is None:
            self._group = self._writer.enter()
        return self._group.connection

    def leave(self) -> None:
        """End the turn, if it was taken."""
        group, self._group = self._group, None
        if group is not None:
            self._writer.leave(group)


def _begin(engine: Engine) -> _Group:
    connection = engine.connect()
    try:
        connection.begin()
    except BaseException:
        connection.close()
        raise
    return _Group(connection)


def _commit(group: _Group) -> None:
    """Commit for all; a transaction that SQLite ended by itself (a full disk) is a failure."""
    try:
        _must_still_run(group)
        group.connection.commit()
    except BaseException as error:  # noqa: BLE001 -- every unit of the group must hear of it
        group.failure = error
    finally:
        group.connection.close()
        group.done.set()


def _must_still_run(group: _Group) -> None:
    driver = group.connection.connection.driver_connection
    if driver is None or not driver.in_transaction:
        reason = sqlite3.OperationalError(f"the transaction of {group.size} units was ended by the database")
        raise OperationalError("COMMIT", {}, reason)
