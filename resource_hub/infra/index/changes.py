"""The log of changed things that every node's indexer follows.

A row is written in the transaction of the change itself, so nothing is indexed that was rolled
back and nothing committed is missed. Rule: a reader never trusts ``seq`` alone. With PostgreSQL
numbers are given before the commit, so a smaller one may appear later; rows carry the number of
their transaction, and a position only passes transactions that the snapshot proves finished.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra import unit
from resource_hub.infra.db import Model, db
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref

KEPT_ROWS = 100_000
"""A node that fell further behind rebuilds its index instead."""


class transaction_number(sa.sql.expression.FunctionElement[int]):  # noqa: N801 -- reads as SQL
    """The number of the running transaction; 0 with SQLite, where commits come in order of seq."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(transaction_number)
def _compile_plain(_element: object, _compiler: object, **_kw: Any) -> str:
    return "0"


@compiles(transaction_number, "postgresql")
def _compile_postgresql(_element: object, _compiler: object, **_kw: Any) -> str:
    return "pg_current_xact_id()::text::bigint"


class IndexChange(Model):
    __tablename__ = "index_change"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 -- a number must never come twice

    seq: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)
    ref_kind: Mapped[str] = mapped_column(sa.String(32))
    ref_id: Mapped[str] = mapped_column(sa.String(64))
    transaction_id: Mapped[int] = mapped_column(sa.BigInteger, default=transaction_number(), index=True)
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Position:
    """All changes whose order key is below ``low`` are in the index.

    ``seq`` and ``witness`` remember one applied row: when it is no longer there as remembered
    (restored backup, log cut), the position means nothing and the index must be rebuilt.
    """

    low: int = 0
    seq: int = 0
    witness: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    key: int
    ref: Ref
    witness: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Changed things to load again, the position once they are applied, and whether more wait."""

    refs: tuple[Ref, ...]
    position: Position
    has_more: bool = False


class PositionLost(Exception):
    """The log no longer holds what the position remembers."""


def touch(*refs: Ref) -> None:
    """Have ``refs`` indexed anew once the current write unit is committed."""
    at = clock.now()
    db.session.add_all(IndexChange(ref_kind=ref.kind, ref_id=ref.id, at=at) for ref in refs)
    db.session.flush()


def position_now() -> Position:
    """Return a position from which every change not visible now is still to come."""
    with unit.read():
        low = _horizon()
        row = db.session.execute(sa.select(IndexChange).where(_key() < low).order_by(IndexChange.seq.desc()).limit(1)).scalar()
        return Position(low, row.seq, _witness(row)) if row else Position(low)


@dataclass(slots=True)
class Follower:
    """Reads the log from a position on, each row once, also those that commit out of order."""

    position: Position
    _done: dict[int, int] = field(default_factory=dict)
    """seq → key of rows applied already at or above ``low``."""
    _pending: list[tuple[int, int]] = field(default_factory=list)

    def next_batch(self, limit: int = 200) -> Batch:
        """Return what changed since; nothing moves until ``applied`` is called.

        Raises ``PositionLost`` when the log was cut or replaced under us.
        """
        with unit.read():
            # The horizon is read first: rows that commit in between are seen, none is skipped.
            horizon = _horizon()
            self._check()
            rows = self._rows(limit)
        taken, has_more = rows[:limit], len(rows) > limit
        low = max(self.position.low, min(horizon, taken[-1].key if has_more else horizon))
        position = Position(low, taken[-1].seq, taken[-1].witness) if taken else replace(self.position, low=low)
        self._pending = [(row.seq, row.key) for row in taken]
        return Batch(tuple(dict.fromkeys(row.ref for row in taken)), position, has_more)

    def applied(self, batch: Batch) -> None:
        """Move behind ``batch``, the one that ``next_batch`` gave last."""
        self.position = batch.position
        self._done.update(self._pending)
        self._done = {seq: key for seq, key in self._done.items() if key >= batch.position.low}
        self._pending = []

    def _rows(self, limit: int) -> list[_Row]:
        key = _key()
        wanted = sa.select(IndexChange).where(key >= self.position.low).order_by(key, IndexChange.seq)
        found = db.session.execute(wanted.limit(limit + 1 + len(self._done))).scalars()
        return [
            _Row(row.seq, row.transaction_id if _is_postgresql() else row.seq, Ref(row.ref_kind, row.ref_id), _witness(row))
            for row in found
            if row.seq not in self._done
        ]

    def _check(self) -> None:
        known = self.position
        if known.witness:
            row = db.session.get(IndexChange, known.seq)
            if row is None or _witness(row) != known.witness:
                raise PositionLost
        elif (db.session.scalar(sa.select(sa.func.min(IndexChange.seq))) or 0) > KEPT_ROWS // 2:
            raise PositionLost
        if _is_postgresql() and known.low > _snapshot_end("xmax"):
            raise PositionLost


def prune(keep: int = KEPT_ROWS) -> None:
    """Drop all but the newest ``keep`` rows; inside the caller's write unit."""
    newest = db.session.scalar(sa.select(sa.func.max(IndexChange.seq)))
    if newest is not None:
        db.session.execute(sa.delete(IndexChange).where(IndexChange.seq <= newest - keep))


def _is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def _key() -> sa.ColumnElement[int]:
    return IndexChange.__table__.c.transaction_id if _is_postgresql() else IndexChange.__table__.c.seq


def _horizon() -> int:
    """Return the key below which no row can appear any more."""
    if _is_postgresql():
        return _snapshot_end("xmin")
    return int(db.session.scalar(sa.select(sa.func.max(IndexChange.seq))) or 0) + 1


def _snapshot_end(end: str) -> int:
    return int(db.session.scalar(sa.text(f"SELECT pg_snapshot_{end}(pg_current_snapshot())::text::bigint")) or 0)


def _witness(row: IndexChange) -> str:
    return f"{row.ref_kind}:{row.ref_id}@{row.at.isoformat()}"
