"""The one writer of documents in a process: many updates of many plans, one transaction.

An update is taken in only here: its plan's head is locked, what another node wrote meanwhile is taken in,
the sender's right is asked, and all of the group is on disk before anybody hears of it. Rule: one thread
calls this, so documents are read and changed by it alone.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pycrdt import Doc

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import HubError, NotFound, TooLarge
from resource_hub.plans import access, document, stored, updates
from resource_hub.plans.models import Plan, PlanDocument, PlanUpdate
from resource_hub.plans.schemas import Part, PlanState
from resource_hub.plans.stored import Book

KEPT_BOOKS = 100
"""Plans held in memory at most; those that nobody asked for longest are read again when needed."""
MOST_UPDATES = 200
MOST_BYTES = 128 << 10
"""So many updates, or bytes of them, are gathered into a new snapshot."""
LARGEST_DOCUMENT = 3 << 20

Act = Callable[["Doc[Any]", int], None]
"""A change that the server itself makes, given the number that it will have; raises what refuses it."""


@dataclass(slots=True)
class Given:
    """An update of a client as it waits for its turn, or an ``act`` of the server in somebody's name."""

    plan: str
    person: str
    update: bytes = b""
    client: int = 0
    clock: int = 0
    act: Act | None = None
    action: str = "write"


@dataclass(slots=True)
class Outcome:
    """What became of an update: the number of the document, the change to pass on (empty when it changed nothing), or the refusal."""

    plan: str
    seq: int = 0
    change: bytes = b""
    error: HubError | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """What a client gets when it joins: what it lacks, and what the server has (a state vector)."""

    seq: int
    update: bytes
    state: bytes


class Log:
    """The documents that this process carries."""

    def __init__(self) -> None:
        self._books: dict[str, Book] = {}

    def append(self, group: Sequence[Given]) -> list[Outcome]:
        """Take updates in, in their order; what is returned is on disk.

        One that may not be carries its refusal; when the database fails, all carry that failure and none was taken in.
        """
        plans = sorted({given.plan for given in group})
        try:
            with unit.write():
                heads = _locked(plans)
                standings = access.standings({(given.plan, given.person) for given in group})
                outcomes = [self._taken(heads, standings, given) for given in group]
                self._keep(heads, group, outcomes)
        except HubError as error:
            self._forget(plans)
            return [Outcome(given.plan, error=error) for given in group]
        except BaseException:
            self._forget(plans)
            raise
        for plan in plans:
            if plan in self._books:
                self._books[plan].fresh.clear()
        return outcomes

    def join(self, plan: str, state: bytes) -> Joined:
        """Return what a client with this state vector lacks; raises NotFound or BadUpdate."""
        with unit.read():
            head = db.session.get(PlanDocument, plan)
            if head is None:
                raise NotFound
            book = self._book(head)
        return Joined(book.seq, updates.lacking(book.doc, state), book.doc.get_state())

    def _taken(self, heads: dict[str, PlanDocument], standings: dict[tuple[str, str], tuple[Part, PlanState]], given: Given) -> Outcome:
        head = heads.get(given.plan)
        standing = standings.get((given.plan, given.person))
        if head is None or standing is None:
            return Outcome(given.plan, error=access.NotAWriter() if head else NotFound())
        try:
            access.judge(*standing, given.action)
        except HubError as error:
            return Outcome(given.plan, error=error)
        try:
            change = self._change(head, given)
        except HubError as error:
            self._rebuild(head)
            return Outcome(given.plan, error=error)
        book = self._books[given.plan]
        if change:
            book.seq += 1
            book.fresh.append(change)
        return Outcome(given.plan, book.seq, change)

    def _change(self, head: PlanDocument, given: Given) -> bytes:
        book = self._book(head)
        if given.act is not None:
            return _acted(book.doc, given.act, book.seq + 1)
        change = updates.applied(book.doc, given.update)
        if updates.clock_of(book.doc.get_state(), given.client) < given.clock:
            raise updates.UpdateLacks
        if head.size + sum(map(len, book.fresh)) + len(change) > LARGEST_DOCUMENT:
            raise TooLarge(document.PlanTooLarge.message, code=document.PlanTooLarge.code)
        document.check(book.doc)
        return change

    def _keep(self, heads: dict[str, PlanDocument], group: Sequence[Given], outcomes: Sequence[Outcome]) -> None:
        now = clock.now()
        changed = [(given, outcome) for given, outcome in zip(group, outcomes, strict=True) if outcome.change]
        for given, outcome in changed:
            db.session.add(PlanUpdate(plan_id=given.plan, seq=outcome.seq, person_id=given.person, at=now, data=outcome.change))
        db.session.flush()
        for plan in dict.fromkeys(given.plan for given, _outcome in changed):
            head, book = heads[plan], self._books[plan]
            added = sum(map(len, book.fresh))
            head.head, head.size, head.loose = book.seq, head.size + added, head.loose + added
            _gather(head, book.doc)
            title = document.title_of(book.doc)
            db.session.execute(sa.update(Plan).where(Plan.id == plan).values(updated_at=now, title=title))

    def _book(self, head: PlanDocument) -> Book:
        """Return the document at the head that the database shows, reading what is new."""
        book = self._books.pop(head.plan_id, None)
        if book is None or book.seq - len(book.fresh) > head.head or not stored.catch_up(book, head):
            book = stored.open_book(head)
        self._books[head.plan_id] = book  # the last in order is the one asked for last
        while len(self._books) > KEPT_BOOKS:
            self._books.pop(next(iter(self._books)))
        return book

    def _rebuild(self, head: PlanDocument) -> None:
        """Take a refused change out again: the document as it is on disk, and what this group brought before."""
        before = self._books.pop(head.plan_id, None)
        book = stored.open_book(head)
        for change in before.fresh if before else ():
            book.doc.apply_update(change)
            book.seq += 1
            book.fresh.append(change)
        self._books[head.plan_id] = book

    def _forget(self, plans: Iterable[str]) -> None:
        for plan in plans:
            self._books.pop(plan, None)


def begin(plan_id: str, doc: Doc[Any]) -> None:
    """Write the first snapshot of a plan."""
    snapshot = doc.get_update()
    db.session.add(PlanDocument(plan_id=plan_id, head=0, snapshot_seq=0, snapshot=snapshot, size=len(snapshot), loose=0))


def _locked(plans: Collection[str]) -> dict[str, PlanDocument]:
    """Return the heads of these plans, locked until the end of the unit, in one order for all nodes."""
    query = sa.select(PlanDocument).where(PlanDocument.plan_id.in_(plans)).order_by(PlanDocument.plan_id)
    return {head.plan_id: head for head in db.session.scalars(query.with_for_update())}


def _gather(head: PlanDocument, doc: Doc[Any]) -> None:
    if head.head - head.snapshot_seq < MOST_UPDATES and head.loose < MOST_BYTES:
        return
    head.snapshot, head.snapshot_seq = doc.get_update(), head.head
    head.size, head.loose = len(head.snapshot), 0
    db.session.execute(sa.delete(PlanUpdate).where(PlanUpdate.plan_id == head.plan_id, PlanUpdate.seq <= head.head))


def _acted(doc: Doc[Any], act: Act, seq: int) -> bytes:
    before = doc.get_state()
    changes: list[bytes] = []
    watching = doc.observe(lambda event: changes.append(event.update))
    try:
        act(doc, seq)
    finally:
        doc.unobserve(watching)
    return doc.get_update(before) if len(changes) > 1 else changes[0] if changes else b""
