"""The unit of work: one transaction per request, socket event or job step.

Services change rows and call ``record``; they never commit. Subscribers of an event run at
once, in the same transaction; ``after_commit`` is for what must not happen before the rows
are safe (telling sockets, nudging the indexer). Units do not nest.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from resource_hub.infra import db as database
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel.errors import N_, Conflict, Invalid, Unavailable
from resource_hub.kernel.events import Event

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Unit:
    is_write: bool
    after: list[Callable[[], None]] = field(default_factory=list)


_current: ContextVar[_Unit | None] = ContextVar("unit", default=None)


@contextmanager
def read() -> Iterator[None]:
    """Run the block in one read-only transaction; a write inside fails at the database."""
    with _unit(_Unit(is_write=False)), _told_in_words(), _session_closed():
        yield


@contextmanager
def write() -> Iterator[None]:
    """Run the block in one transaction: committed at the end, rolled back on any error.

    Raises ``Conflict`` when a constraint or another writer decided against us, ``Invalid`` for what
    the database cannot hold and ``Unavailable`` when it stayed locked or full; nothing of the block
    is kept then.
    """
    unit = _Unit(is_write=True)
    with _unit(unit), _told_in_words(), database.writing(), _session_closed():
        yield
        db.session.commit()
    for act in unit.after:
        act()


@contextmanager
def write_rows() -> Iterator[Connection]:
    """As ``write``, for many small rows a second: gives the connection itself, with no session around it.

    Events cannot be recorded inside.
    """
    with _unit(_Unit(is_write=True)), _told_in_words(), database.writing_rows() as connection:
        yield connection


def is_open() -> bool:
    """Return whether this runs inside a unit, so that the database may be asked."""
    return _current.get() is not None


def after_commit(act: Callable[[], None]) -> None:
    """Run ``act`` once the current unit's rows are safe; never when it fails."""
    unit = _current.get()
    if unit is None or not unit.is_write:
        raise RuntimeError("after_commit outside a write unit")
    unit.after.append(act)


def record(event: Event) -> None:
    """Tell subscribers of ``event``, in this transaction; their errors fail the unit."""
    for subscriber in hub().subscribers.get(type(event), ()):
        subscriber(event)


@contextmanager
def _unit(unit: _Unit) -> Iterator[None]:
    if _current.get() is not None:
        raise RuntimeError("units of work do not nest")
    token = _current.set(unit)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def _told_in_words() -> Iterator[None]:
    """Turn what the database raises into our errors; a write in a reading unit stays a fault of the code."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(code="already_there") from error
    except StaleDataError as error:
        raise Conflict from error
    except DataError as error:
        raise Invalid(N_("有一项内容无法保存：它太长，或含有看不见的特殊字符。请改短或重新输入后再试。")) from error
    except OperationalError as error:
        if "readonly" in str(error.orig):
            raise
        raise Unavailable(_reason(error), retry_after=5) from error


@contextmanager
def _session_closed() -> Iterator[None]:
    """Close the session in any case; of several errors the first is the one that is told."""
    try:
        yield
    except BaseException:
        try:
            _close()
        except SQLAlchemyError as error:
            log.warning("the session of a failed unit did not close well: %s", error)
        raise
    _close()


def _close() -> None:
    try:
        db.session.rollback()
    finally:
        db.session.remove()


def _reason(error: OperationalError) -> str:
    text = str(error.orig)
    if "full" in text or "No space" in text:
        return N_("服务器磁盘已满，这一步没有保存。请通知技术员清理空间后再试，已保存的内容都在。")
    return N_("数据库正忙，这一步没有保存。请稍等几秒再试，已填的内容不会丢失。")
