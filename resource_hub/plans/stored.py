"""Documents as they are on disk: the snapshot and the updates after it. Reads only, inside the caller's unit."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from pycrdt import Doc

from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotFound, Unavailable
from resource_hub.plans.models import PlanDocument, PlanUpdate


@dataclass(slots=True)
class Book:
    """A plan's document in memory; ``fresh`` are changes in it that are not yet on disk."""

    doc: Doc[Any]
    seq: int
    fresh: list[bytes] = field(default_factory=list)


def opened(plan_id: str) -> Doc[Any]:
    """Return a plan's document as it is on disk, for whoever only reads; raises NotFound."""
    head = db.session.get(PlanDocument, plan_id)
    if head is None:
        raise NotFound
    return open_book(head).doc


def open_book(head: PlanDocument) -> Book:
    doc: Doc[Any] = Doc()
    doc.apply_update(head.snapshot)
    book = Book(doc, head.snapshot_seq)
    if not catch_up(book, head):
        raise Unavailable(retry_after=1)  # gathered between two looks at the database: the next try finds it whole
    return book


def catch_up(book: Book, head: PlanDocument) -> bool:
    """Apply what is on disk after the book's number; False when some of it was gathered meanwhile."""
    at = book.seq - len(book.fresh)
    if at == head.head:
        return True
    query = sa.select(PlanUpdate.seq, PlanUpdate.data).where(PlanUpdate.plan_id == head.plan_id, PlanUpdate.seq > at)
    rows = db.session.execute(query.where(PlanUpdate.seq <= head.head).order_by(PlanUpdate.seq)).all()
    if [row.seq for row in rows] != list(range(at + 1, head.head + 1)):
        return False
    for row in rows:
        book.doc.apply_update(row.data)
    book.seq = head.head + len(book.fresh)
    return True
