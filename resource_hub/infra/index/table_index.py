"""The engine that keeps the index in PostgreSQL: what state its tables are in, and how a rebuild is asked for.

Apart from ``table``, which searches them, and ``table_writing``, which fills them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import Flask

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.index.engine import IndexRebuilding
from resource_hub.infra.index.table import Memory, TableReader
from resource_hub.infra.index.tables import SearchState


class TableIndex:
    """The engine of ``HUB_SEARCH=postgresql``."""

    def __init__(self, app: Flask) -> None:
        self.nudged = threading.Event()
        self.report: dict[str, Any] = {"state": "following", "lag_seconds": 0.0}
        self._app = app
        self._memory = Memory()

    @contextmanager
    def snapshot(self) -> Iterator[TableReader]:
        """Give a look at the table, inside a reading unit; raises ``IndexRebuilding`` before it was ever built."""
        state = db.session.get(SearchState, 1)
        if state is None or not state.built:
            raise IndexRebuilding(retry_after=5, percent=int(_progress(state) * 100))
        # Guesses about tokens are poor: a scan of the wide table, or compiling for it, would cost far more than it saves.
        _set(jit="off", enable_seqscan="off")
        yield TableReader(state.stamp, self._memory)
        _set(enable_seqscan="on")

    def health(self) -> dict[str, Any]:
        """Return documents, lag_seconds, generation and state for /healthz."""
        with self._app.app_context(), unit.read():
            state = db.session.get(SearchState, 1)
            told = dict(self.report)
            if state is None or state.build > state.built:
                told |= {"progress": round(_progress(state), 3)}
            if state is None or not state.built:
                return told | {"documents": 0, "generation": None, "state": "rebuilding"}
            return told | {"documents": TableReader(state.stamp, self._memory).documents, "generation": f"b{state.built}"}

    def ask_rebuild(self) -> None:
        """Have the indexers write every document anew."""
        with self._app.app_context(), unit.write():
            rebuild(state_for_write())
        self.nudged.set()

    @property
    def is_rebuild_asked(self) -> bool:
        with self._app.app_context(), unit.read():
            state = db.session.get(SearchState, 1)
            return state is None or state.build > state.built

    def progress(self) -> float:
        with self._app.app_context(), unit.read():
            return _progress(db.session.get(SearchState, 1))

    def may_write(self) -> bool:
        """Return True: rows are locked for each step, so every process may help."""
        return True

    def refresh(self) -> None:
        """Do nothing: every look sees what is committed."""

    def close(self) -> None:
        """Do nothing: no file is held."""


def state_for_write() -> SearchState:
    """Return the state, locked: whoever holds it is the one who writes."""
    found = db.session.scalars(sa.select(SearchState).where(SearchState.id == 1).with_for_update()).one_or_none()
    if found is None:
        found = SearchState(id=1, stamp=0, position={}, analysis=0, built=0, build=0, kind="", after="", done=0, total=0, broken=0)
        db.session.add(found)
    return found


def rebuild(state: SearchState) -> None:
    """Let a rebuild begin, or begin anew; what is there is searched meanwhile."""
    state.build = max(state.build, state.built) + 1
    state.kind, state.after, state.done, state.total, state.broken = "", "", 0, 0, 0


def _progress(state: SearchState | None) -> float:
    return min(1.0, state.done / state.total) if state and state.total else 0.0


def _set(**values: str) -> None:
    """Set parameters of PostgreSQL for the rest of the transaction."""
    db.session.execute(sa.select(*(sa.func.set_config(name, value, True) for name, value in values.items())))
