"""The one writer of SQLite in a process: units take turns in a shared transaction, and one
commit makes them all safe.

SQLite's own busy handler lets writers starve for seconds, and with synchronous FULL each commit
waits for the disk. So units queue at a gate, each in a savepoint of the group's transaction;
the last in the queue (or the one that fills the group) commits for all. Rule: a unit is told
that it succeeded only after the group's commit; if that fails, every unit of the group failed.
"""

import sqlite3
import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, ExceptionContext
from sqlalchemy.exc import OperationalError

BUSY_TIMEOUT_S = 10
"""How long a unit waits for its turn in all: in our queue, then for writers of other processes."""
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

    def __init__(self, engine: Engine, longest_s: float = LONGEST_S) -> None:
        self._engine, self._longest_s = engine, longest_s
        # One lock over queue and turn: whoever leaves the group open knows that somebody comes to end it.
        self._gate = threading.Condition()
        self._is_taken = False
        self._waiting = 0
        self._group: _Group | None = None
        event.listen(engine, "handle_error", self._notice_end)

    def enter(self) -> _Group:
        """Wait for a turn and return the group to write in; its transaction has begun."""
        deadline = time.monotonic() + BUSY_TIMEOUT_S
        with self._gate:
            self._waiting += 1
            try:
                came = self._gate.wait_for(lambda: not self._is_taken, BUSY_TIMEOUT_S)
            finally:
                self._waiting -= 1
            if not came:
                raise OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError("database is locked: the queue did not move"))
            self._is_taken = True
        if self._group is None:
            try:
                self._group = _begin(self._engine, deadline - time.monotonic())
            except BaseException:
                self._pass_on()
                raise
        return self._group

    def leave(self, group: _Group) -> None:
        """End the turn; returns once the group is on disk, and raises what its commit raised."""
        self._end_turn(group)
        group.done.wait()
        if group.failure is not None:
            raise group.failure

    def give_up(self, group: _Group) -> None:
        """End the turn of a unit that failed and was rolled back; the others of the group go on."""
        self._end_turn(group)

    def _end_turn(self, group: _Group) -> None:
        group.size += 1
        with self._gate:
            is_young = group.size < MOST_UNITS and time.monotonic() - group.began < self._longest_s
            if is_young and self._waiting and _still_runs(group):
                self._pass_on()
                return
        self._group = None
        try:
            _commit(group)
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        with self._gate:
            self._is_taken = False
            self._gate.notify()

    def _notice_end(self, context: ExceptionContext) -> None:
        """Let a transaction that SQLite rolled back by itself, as on a full disk, be written in no more.

        The next savepoint would silently begin another transaction, with the earlier units' rows gone. A
        connection that counts as lost refuses every statement until its transaction is given up.
        """
        group = self._group
        if group is None or context.connection is not group.connection or _still_runs(group):
            return
        group.failure = context.sqlalchemy_exception
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False


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
        """End the turn, if it was taken; returns when what it wrote is on disk."""
        group, self._group = self._group, None
        if group is not None:
            self._writer.leave(group)

    def give_up(self) -> None:
        """End the turn, if it was taken, of a unit that failed."""
        group, self._group = self._group, None
        if group is not None:
            self._writer.give_up(group)


def _begin(engine: Engine, patience_s: float) -> _Group:
    connection = engine.connect()
    try:
        _wait_for_others(connection, patience_s)
        connection.begin()
        _wait_for_others(connection, BUSY_TIMEOUT_S)
    except BaseException:
        connection.invalidate()  # it would wait for the wrong time when used again
        connection.close()
        raise
    return _Group(connection)


def _wait_for_others(connection: Connection, patience_s: float) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 -- just connected
    driver.execute(f"PRAGMA busy_timeout={max(1, round(patience_s * 1000))}")


def _commit(group: _Group) -> None:
    """Commit for all; a transaction that is no longer the one that began is a failure."""
    try:
        if not _still_runs(group) and group.failure is None:
            reason = sqlite3.OperationalError(f"the transaction of {group.size} units was ended by the database")
            group.failure = OperationalError("COMMIT", {}, reason)
        if group.failure is None:
            group.connection.commit()
    except BaseException as error:  # noqa: BLE001 -- every unit of the group must hear of it
        group.failure = error
    finally:
        try:
            group.connection.close()
        finally:
            group.done.set()


def _still_runs(group: _Group) -> bool:
    if group.failure is not None or group.connection.invalidated:
        return False
    driver = group.connection.connection.driver_connection
    return driver is not None and bool(driver.in_transaction)
