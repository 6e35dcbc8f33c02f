"""Reading the audit: recent entries, and whether the chain is whole.

The chain proves that nothing inside it was changed or taken out. A cut at its end shows only
against ``head`` kept elsewhere, which is why backups write the head down.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from resource_hub.audit import rules
from resource_hub.audit.models import AuditEntry
from resource_hub.audit.schemas import Result
from resource_hub.infra.db import db
from resource_hub.kernel.refs import Ref


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to show; what is left out is not asked. ``people`` empty means nobody, ``None`` everybody."""

    people: Sequence[str] | None = None
    action: str = ""
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    at: datetime
    actor_id: str | None
    action: str
    ref: Ref | None
    result: Result
    details: dict[str, Any]


def chain_is_whole() -> bool:
    """True when every entry stands where and as it was written."""
    return first_break() is None


def first_break() -> int | None:
    """Return the number of the first entry that does not fit, or ``None``."""
    previous, expected = rules.FIRST, 1
    query = sa.select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=500)
    with closing(db.session.scalars(query)) as entries:
        for entry in entries:
            is_next = entry.seq == expected and entry.prev_hash == previous
            if not is_next or entry.hash != rules.entry_hash(previous, entry.contents()):
                return expected
            previous, expected = entry.hash, expected + 1
    return None


def head() -> tuple[int, str]:
    """Return number and hash of the newest entry, to be kept outside the database."""
    row = db.session.execute(sa.select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)).first()
    return (row.seq, row.hash) if row else (0, rules.FIRST)


def recent(limit: int = 50, *, before: int | None = None, ref: Ref | None = None) -> list[Entry]:
    """Return entries, newest first, older than number ``before``."""
    query = sa.select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    if ref is not None:
        query = query.where(AuditEntry.ref_kind == ref.kind, AuditEntry.ref_id == ref.id)
    return [_entry(row) for row in db.session.scalars(query)]


def entries(wanted: Wanted, *, limit: int = 50, before: int | None = None) -> list[Entry]:
    """Return the entries that were asked for, newest first, older than number ``before``.

    A person is asked for as who did it and as whom it was done to.
    """
    query = sa.select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(limit)
    if wanted.people is not None:
        done_to = (AuditEntry.ref_kind == "person") & AuditEntry.ref_id.in_(wanted.people)
        query = query.where(AuditEntry.actor_id.in_(wanted.people) | done_to)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.before is not None:
        query = query.where(AuditEntry.at < wanted.before)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    return [_entry(row) for row in db.session.scalars(query)]


def _entry(row: AuditEntry) -> Entry:
    ref = Ref(row.ref_kind, row.ref_id) if row.ref_kind and row.ref_id else None
    return Entry(row.seq, row.at, row.actor_id, row.action, ref, row.result, row.details)
