"""The one verb of the audit: ``note``. It is called inside the unit that does the deed.

Entries are kept aside until the unit commits and are chained as its very last step: there the
lock of the chain is the last one taken, so writers queue for a moment but cannot deadlock.
Rule: entries share the fate of their unit; a refusal must be noted in a unit that commits.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from resource_hub.audit import rules
from resource_hub.audit.models import AuditEntry
from resource_hub.audit.schemas import Details, Result
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer

# Any number that no other advisory lock of ours uses; "audit" in hexadecimal letters.
_CHAIN_LOCK = 0x6175646974
_PENDING = "audit_pending"


@dataclass(frozen=True, slots=True)
class _Fact:
    at: datetime
    actor_id: str | None
    session_id: str | None
    action: str
    ref: Ref | None
    result: Result
    details: rules.Stored


def note(
    viewer: Viewer | None,
    action: str,
    ref: Ref | None = None,
    result: Result = Result.DONE,
    details: Details | None = None,
) -> None:
    """Add an entry to the chain when the current unit commits; ``viewer`` None: the hub itself.

    Details hold no secrets (ValueError) and no telephone numbers (they are masked).
    """
    fact = _Fact(
        at=clock.now(),
        actor_id=viewer.person_id if viewer else None,
        session_id=(viewer.session_id or None) if viewer else None,
        action=action,
        ref=ref,
        result=result,
        details=rules.plain_details(details or {}),
    )
    db.session.info.setdefault(_PENDING, []).append(fact)
    # A unit whose only change is this note has to open its transaction too.
    db.session.connection()


@event.listens_for(db.session, "before_commit")
def _chain(session: Session) -> None:
    facts: list[_Fact] = session.info.get(_PENDING, [])
    if not facts or session.in_nested_transaction():
        return
    session.info[_PENDING] = []
    session.flush()
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = session.execute(sa.select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)).first()
    seq, previous = (last.seq, last.hash) if last else (0, rules.FIRST)
    for fact in facts:
        seq += 1
        entry = _entry(seq, previous, fact)
        session.add(entry)
        previous = entry.hash
    session.flush()


@event.listens_for(db.session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


def _entry(seq: int, previous: str, fact: _Fact) -> AuditEntry:
    entry = AuditEntry(
        seq=seq,
        id=new_id("aud"),
        at=fact.at,
        actor_id=fact.actor_id,
        session_id=fact.session_id,
        action=fact.action,
        ref_kind=fact.ref.kind if fact.ref else None,
        ref_id=fact.ref.id if fact.ref else None,
        result=fact.result,
        details=fact.details,
        prev_hash=previous,
    )
    entry.hash = rules.entry_hash(previous, entry.contents())
    return entry
