"""The unit of work: one transaction per request, socket event or job step.

Services change rows and call ``record``; they never commit. Subscribers of an event run at
once, in the same transaction; ``after_commit`` is for what must not happen before the rows
are safe (telling sockets, nudging the indexer). Units do not nest.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError, OperationalError

from resource_hub.infra import db as database
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel.errors import N_, Conflict, Unavailable
from resource_hub.kernel.events import Event


@dataclass(slots=True)
class _Unit:
    is_write: bool
    after: list[Callable[[], None]] = field(default_factory=list)


_current: ContextVar[_Unit | None] = ContextVar("unit", default=None)


@contextmanager
def read() -> Iterator[None]:
    """Run the block in one read-only transaction; a write inside fails at the database."""
    with _unit(_Unit(is_write=False)):
        try:
            yield
        except OperationalError as error:
            if "readonly" in str(error.orig):
                raise
            raise Unavailable(_reason(error), retry_after=5) from error
        finally:
            _close()


@contextmanager
def write() -> Iterator[None]:
    """Run the block in one transaction: committed at the end, rolled back on any error.

    Raises ``Conflict`` when a constraint decided against us and ``Unavailable`` when the
    database stayed locked or full; nothing of the block is kept then.
    """
    unit = _Unit(is_write=True)
    with _unit(unit):
        try:
            with database.writing():
                try:
                    yield
                    db.session.commit()
                finally:
                    _close()
        except IntegrityError as error:
            raise Conflict(code="already_there") from error
        except OperationalError as error:
            raise Unavailable(_reason(error), retry_after=5) from error
    for act in unit.after:
        act()


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


def _close() -> None:
    db.session.rollback()
    db.session.remove()


def _reason(error: OperationalError) -> str:
    text = str(error.orig)
    if "full" in text or "No space" in text:
        return N_("服务器磁盘已满,这一步没有保存。请通知技术员清理空间后再试,已保存的内容都在。")
    return N_("数据库正忙,这一步没有保存。请稍等几秒再试,已填的内容不会丢失。")
