"""Writing the table that all nodes share: changes and rebuilds, in steps that exclude each other.

Every step locks the one row of state, loads what it writes and commits it together with the
position in the log (or the place of the rebuild), so no process can overwrite a newer document
with one it loaded before, and dying at any point repeats work but loses none. A rebuild goes
through the table in place: old documents are found until their new form is there. Rule: nothing
is loaded before the lock is held.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from resource_hub.infra import tokenizer, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.index.changes import Follower, Position, PositionLost, position_now
from resource_hub.infra.index.documents import IndexDocument
from resource_hub.infra.index.rows import GROUPS, digest, row_of
from resource_hub.infra.index.table_index import TableIndex, rebuild, state_for_write
from resource_hub.infra.index.tables import SearchDocument, SearchFacets, SearchState, SearchWord
from resource_hub.infra.index.writing import LOADED_AT_ONCE, SourcesBroken, all_ids, load, load_kind, refuse_if_hopeless
from resource_hub.kernel.refs import Ref

log = logging.getLogger(__name__)

_WAIT_AFTER_FAILURE_S = 3.0
_BATCHES_A_TURN = 5
_WIDE = ("tokens", "counts", "card")


class TableKeeper:
    """Follows the log and rebuilds, for ``Indexer``; every process may have one."""

    def __init__(self, index: TableIndex) -> None:
        self._index = index
        self._follower: Follower | None = None
        self._taken_up: dict[str, Any] = {}
        """The position that stood in the table when ``_follower`` was made or moved."""
        self._retry_at = 0.0
        self.caught_up_at = time.monotonic()

    def turn(self) -> bool:
        """Do what is due now."""
        with unit.read():
            state = db.session.get(SearchState, 1)
            fits = state is not None and state.build and state.analysis == tokenizer.ANALYSIS
        if not fits:
            self._begin()
        self._follow()
        self._go_on_building()
        return True

    @property
    def is_building(self) -> bool:
        return self._index.is_rebuild_asked

    def stop(self) -> None:
        """Nothing is held between turns."""

    def _begin(self) -> None:
        """Follow the log from here, and rebuild: for a first start, and when the log no longer fits."""
        position = position_now()
        with unit.write():
            state = state_for_write()
            state.position, state.analysis = asdict(position), tokenizer.ANALYSIS
            rebuild(state)
        self._follower = None

    def _follow(self) -> None:
        for _ in range(_BATCHES_A_TURN):
            follower = self._take_up()
            try:
                batch = follower.next_batch()
            except PositionLost:
                log.warning("the change log no longer fits the index; building it anew")
                self._begin()
                return
            if batch.refs:
                with unit.write():
                    state = state_for_write()
                    if state.position != self._taken_up:
                        return  # another process was here first; the next turn goes on behind it
                    documents = load(hub().documents, batch.refs, db.session.begin_nested)
                    write(documents, state.build)
                    self._taken_up = state.position = asdict(batch.position)
                    state.stamp += 1
            follower.applied(batch)
            if not batch.has_more:
                self.caught_up_at = time.monotonic()
                return
        self._index.nudged.set()

    def _take_up(self) -> Follower:
        with unit.read():
            stands = dict(db.session.scalars(sa.select(SearchState.position)).one())
        if self._follower is None or stands != self._taken_up:
            self._follower, self._taken_up = Follower(Position(**stands)), stands
        return self._follower

    def _go_on_building(self) -> None:
        if time.monotonic() < self._retry_at or not self._index.is_rebuild_asked:
            return
        try:
            self._build_step()
        except SourcesBroken:
            log.exception("building the index failed; it is tried again")
            self._retry_at = time.monotonic() + _WAIT_AFTER_FAILURE_S
            self._index.ask_rebuild()
        else:
            self._index.nudged.set()

    def _build_step(self) -> None:
        """Write the next documents of the rebuild, or end it."""
        kinds = list(hub().documents)
        with unit.read():
            is_fresh = db.session.scalars(sa.select(SearchState.kind)).one() == ""
        total = sum(1 for source in hub().documents.values() for _id in all_ids(source)) if is_fresh else 0
        with unit.write():
            state = state_for_write()
            if state.kind == "" and kinds:
                state.kind, state.after, state.total = kinds[0], "", total
            source = hub().documents.get(state.kind)
            ids = source.all_ids(state.after or None, LOADED_AT_ONCE) if source else ()
            if source and ids:
                loaded, broken = load_kind(source, ids, db.session.begin_nested)
                state.broken += broken
                refuse_if_hopeless(state.broken, state.total)
                write({Ref(source.kind, ident): document for ident, document in loaded.items()}, state.build)
                state.after, state.done = ids[-1], state.done + len(ids)
            elif state.kind in kinds[:-1]:
                state.kind, state.after = kinds[kinds.index(state.kind) + 1], ""
            else:
                _end(state)
            state.stamp += 1


def write(documents: Mapping[Ref, IndexDocument | None], build: int) -> None:
    """Write ``documents``; ``None`` takes one out. Inside the caller's write unit."""
    gone = [str(ref) for ref, document in documents.items() if document is None]
    if gone:
        db.session.execute(sa.delete(SearchDocument).where(SearchDocument.ref.in_(gone)))
    rows = [row_of(document) for document in documents.values() if document is not None]
    if not rows:
        return
    numbers = _numbers([row[group] for row in rows for group in GROUPS])
    words = sorted({word for row in rows for word in row.pop("heads")})
    if words:
        db.session.execute(insert(SearchWord).on_conflict_do_nothing(), [{"word": word} for word in words])
    for row in rows:
        row.update({"build": build} | {group: numbers[row[group]] for group in GROUPS})
    db.session.connection().execute(_upsert(rows[0]), rows)


def _upsert(row: Mapping[str, Any]) -> sa.Insert:
    values: dict[str, Any] = {name: sa.bindparam(name) for name in row if name not in _WIDE}
    values |= {name: sa.cast(sa.bindparam(name, type_=sa.Text), SearchDocument.__table__.c[name].type) for name in _WIDE}
    made = insert(SearchDocument).values(values)
    return made.on_conflict_do_update(index_elements=["ref"], set_={name: made.excluded[name] for name in row if name != "ref"})


def _numbers(texts: Sequence[str]) -> dict[str, int]:
    """Return the numbers of these sets of facets; new ones get one."""
    digests = {digest(text): text for text in texts}
    new = [{"digest": key, "text": text} for key, text in sorted(digests.items())]
    db.session.execute(insert(SearchFacets).on_conflict_do_nothing(index_elements=["digest"]), new)
    found = db.session.execute(sa.select(SearchFacets.id, SearchFacets.digest).where(SearchFacets.digest.in_(digests)))
    return {digests[row.digest]: row.id for row in found}


def _end(state: SearchState) -> None:
    """Take out what the rebuild did not meet; what changed meanwhile was written as part of it."""
    db.session.execute(sa.delete(SearchDocument).where(SearchDocument.build < state.build))
    state.built, state.kind, state.after = state.build, "", ""
