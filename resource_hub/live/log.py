"""The one writer of lesson logs in a process: many commands of many lessons, one transaction.

A command becomes a fact only here: its lesson's head is locked, facts that another node wrote meanwhile
are taken in, the command is judged against the state of now, and all facts of the group are on disk
before anybody hears of one. Rule: one thread calls this, so states are read and changed by it alone.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import HubError, NotFound
from resource_hub.live import acts, queries, state
from resource_hub.live.models import LessonFact, LessonLog
from resource_hub.live.seats import Seat

MOST_FACTS = 400
"""A client that missed more is given the state instead."""
KEPT_BOOKS = 200
"""Lessons held in memory at most; those that nobody asked for longest are read again when needed."""

Consequence = Callable[[str, state.Fact], None]
LATE = "late"
"""The name under which a consequence stands of whatever comes after the lesson ended."""


@dataclass(slots=True)
class Given:
    """A command as it waits for its turn; ``act`` is None for what the server itself says (who came, who left)."""

    lesson: str
    seat: Seat
    type: str
    id: str
    data: dict[str, Any]
    act: acts.Act | None = None
    made_at: int | None = None
    device: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of a command: its fact, or only the number of the fact that an earlier copy became, or the refusal."""

    seq: int = 0
    fact: state.Fact | None = None
    error: HubError | None = None


@dataclass(slots=True)
class Book:
    """A lesson in memory: its state, the command ids that are facts already, its planned end (ms), whether all only watch."""

    state: state.State
    refs: dict[str, int] = field(default_factory=dict)
    planned_end: int | None = None
    is_watched: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class Joined:
    """What a client gets when it joins: the facts after the one it has, or the state of now."""

    seq: int
    facts: Sequence[state.Fact] | None = None
    snapshot: state.State | None = None


class Log:
    """The logs of the lessons that this process carries."""

    def __init__(self, consequences: dict[str, Consequence] | None = None) -> None:
        self._books: dict[str, Book] = {}
        self._consequences = consequences or {}

    def append(self, group: Sequence[Given]) -> list[Outcome]:
        """Turn commands into facts in their order; what is returned is on disk.

        A command that no longer fits carries its refusal; when the database fails, all carry that failure and
        none happened.
        """
        lessons = sorted({given.lesson for given in group})
        # What changes rows of other features too needs a whole unit; ink by the thousand does without.
        is_plain = all(given.type not in self._consequences for given in group) and all(self._is_running(lesson) for lesson in lessons)
        try:
            if is_plain:
                with unit.write_rows() as connection:
                    return self._write(connection, lessons, group)
            with unit.write():
                return self._write(db.session.connection(), lessons, group)
        except HubError as error:
            self._forget(lessons)
            return [Outcome(error=error) for _ in group]
        except BaseException:
            self._forget(lessons)
            raise

    def join(self, lesson: str, since: int | None) -> Joined:
        """Return what a client that has the facts up to ``since`` needs; the state when it has none, too old or foreign ones."""
        with unit.read():
            book = self._book(lesson, _head(lesson))
            now: int = book.state["seq"]
            if since is not None and 0 <= now - since <= MOST_FACTS:
                return Joined(now, facts=queries.facts_after(db.session.connection(), lesson, since, up_to=now))
        return Joined(now, snapshot=snapshot(book.state))

    def page(self, lesson: str, page: str) -> tuple[int, list[dict[str, Any]]]:
        """Return the strokes of a page of the board, and the number of the last fact they hold."""
        with unit.read():
            book = self._book(lesson, _head(lesson))
        return book.state["seq"], list(book.state["pages"].get(page, ()))

    def seats(self, lesson: str) -> dict[str, dict[str, str]]:
        """Return the connections in each seat, with their devices, as the log has them."""
        with unit.read():
            book = self._book(lesson, _head(lesson))
        return {seat: dict(conns) for seat, conns in book.state["seats"].items()}

    def audio(self, lesson: str) -> dict[str, str]:
        """Return by site which device has the room's sound."""
        with unit.read():
            book = self._book(lesson, _head(lesson))
        return dict(book.state["audio"])

    def cameras(self, lesson: str) -> dict[str, dict[str, Any]]:
        """Return by site the invitation of its document camera and which device holds it."""
        with unit.read():
            book = self._book(lesson, _head(lesson))
        return {site: dict(camera) for site, camera in book.state["cameras"].items()}

    def _write(self, connection: Connection, lessons: Sequence[str], group: Sequence[Given]) -> list[Outcome]:
        heads = _locked(connection, lessons)
        books = {lesson: self._book(lesson, heads[lesson], connection) for lesson in lessons}
        outcomes = [self._take(books[given.lesson], given) for given in group]
        made = [(given, outcome.fact) for given, outcome in zip(group, outcomes, strict=True) if outcome.fact is not None]
        if made:
            connection.execute(_ADD_FACTS, [_row(given, fact) for given, fact in made])
            changed = [{"lesson": lesson, "now": books[lesson].state["seq"]} for lesson in {given.lesson for given, _ in made}]
            connection.execute(_SET_HEAD, changed)
        for given, fact in made:
            is_late = books[given.lesson].state["phase"] == "ended" and not fact["type"].startswith(("lesson:", "seat:"))
            if act := self._consequences.get(LATE if is_late else fact["type"]):
                act(given.lesson, fact)
        return outcomes

    def _is_running(self, lesson: str) -> bool:
        """True for a lesson in memory that is not over: what comes then changes nothing but its log."""
        book = self._books.get(lesson)
        return book is not None and book.state["phase"] != "ended"

    def _take(self, book: Book, given: Given) -> Outcome:
        if (known := book.refs.get(given.id)) is not None:
            return Outcome(seq=known)
        # Of two moments in one lesson the later number has the later time, whatever a clock was set to.
        at = max(clock.ms(clock.now()), book.at)
        try:
            data = given.data if given.act is None else self._decided(book, given, at)
        except HubError as error:
            return Outcome(error=error)
        seq = book.state["seq"] + 1
        fact = {"lesson": given.lesson, "seq": seq, "at": at, "by": str(given.seat), "type": given.type, "data": data}
        state.apply(book.state, fact)
        book.refs[given.id], book.at = seq, at
        return Outcome(seq, fact)

    @staticmethod
    def _decided(book: Book, given: Given, at: int) -> dict[str, Any]:
        assert given.act is not None  # noqa: S101 -- asked by the only caller
        moment = acts.Moment(book.state, given.seat, at, given.id, given.device, book.planned_end, book.is_watched)
        data = acts.decide(given.act, moment, given.data)
        if given.made_at is not None and at - given.made_at > _LATE_MS:
            data["made_at"] = max(given.made_at, book.state["started_at"] or given.made_at)
        return data

    def _book(self, lesson: str, head: int, connection: Connection | None = None) -> Book:
        """Return the lesson's book at the head that the database shows, reading what is new."""
        connection = connection or db.session.connection()
        book = self._books.pop(lesson, None)
        if book is None or book.state["seq"] > head:
            planned_end, is_watched = queries.planned(lesson)
            book = Book(state.new(lesson), planned_end=planned_end, is_watched=is_watched)
        if book.state["seq"] < head:
            for fact, ref in queries.facts_with_refs(connection, lesson, book.state["seq"], head):
                state.apply(book.state, fact)
                book.at = fact["at"]
                if ref is not None:
                    book.refs[ref] = fact["seq"]
        self._books[lesson] = book  # the last in order is the one asked for last
        while len(self._books) > KEPT_BOOKS:
            self._books.pop(next(iter(self._books)))
        return book

    def _forget(self, lessons: Iterable[str]) -> None:
        for lesson in lessons:
            self._books.pop(lesson, None)


_LATE_MS = 2_000
"""A command that waited longer in a client than this says when it was meant."""
_LOGS: sa.Table = LessonLog.__table__  # type: ignore[assignment]  # a table, as declared
_FACTS: sa.Table = LessonFact.__table__  # type: ignore[assignment]  # a table, as declared
_HEADS = (
    sa.select(_LOGS.c.lesson_id, _LOGS.c.head)
    .where(_LOGS.c.lesson_id.in_(sa.bindparam("lessons", expanding=True)))
    .order_by(_LOGS.c.lesson_id)
    .with_for_update()
)
_ADD_FACTS = sa.insert(_FACTS)
_SET_HEAD = sa.update(_LOGS).where(_LOGS.c.lesson_id == sa.bindparam("lesson")).values(head=sa.bindparam("now"))
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_FIRST_HEAD = sa.text("INSERT INTO lesson_log (lesson_id, head) VALUES (:lesson, 0) ON CONFLICT DO NOTHING")


def snapshot(now: state.State) -> state.State:
    """Return the state as a joining client gets it: of the board only the page that is shown; ``board:load`` gives the others."""
    shown = shown_page(now)
    given = now | {"pages": {page: strokes for page, strokes in now["pages"].items() if page == shown}, "unloaded": other_pages(now)}
    # A copy: the state goes on changing in the log's thread while this is being sent.
    copied: state.State = json.loads(json.dumps(given))
    return copied


def shown_page(now: state.State) -> str | None:
    """Return the page of the board over the slide that is shown."""
    slide = now["slide"]
    return None if slide is None else f"{slide['deck']}/{slide['page']}"


def other_pages(now: state.State) -> list[str]:
    """Return the pages that have strokes and are not the one shown."""
    return [page for page, strokes in now["pages"].items() if strokes and page != shown_page(now)]


def _locked(connection: Connection, lessons: Sequence[str]) -> dict[str, int]:
    """Return the heads of these lessons, locked until the end of the unit, in one order for all nodes."""
    wanted = {"lessons": list(lessons)}
    heads = {row.lesson_id: row.head for row in connection.execute(_HEADS, wanted)}
    if missing := [lesson for lesson in lessons if lesson not in heads]:
        if queries.known_lessons(missing) < frozenset(missing):
            raise NotFound
        connection.execute(_FIRST_HEAD, [{"lesson": lesson} for lesson in missing])
        heads = {row.lesson_id: row.head for row in connection.execute(_HEADS, wanted)}
    return heads


def _head(lesson: str) -> int:
    return db.session.scalar(sa.select(LessonLog.head).where(LessonLog.lesson_id == lesson)) or 0


def _row(given: Given, fact: state.Fact) -> dict[str, Any]:
    return {
        "lesson_id": given.lesson,
        "seq": fact["seq"],
        "at": fact["at"],
        "by": fact["by"],
        "type": fact["type"],
        "ref": given.id,
        "data": _encoded(fact["data"]),
    }
