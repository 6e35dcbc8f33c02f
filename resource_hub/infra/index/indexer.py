"""The thread that keeps the index fresh: takes turns at the change log, and at a rebuild when one is due.

What a turn does depends on the engine: ``generations`` writes files of this node, ``table_writing``
rows for all nodes. Rule: a turn is short, so a change is findable within seconds of its commit even
while everything is rebuilt.
"""

import logging
import threading
import time
from typing import Protocol

from flask import Flask

from resource_hub.infra.index.engine import Index, SearchEngine, index_of
from resource_hub.infra.index.generations import FolderKeeper
from resource_hub.infra.index.table_index import TableIndex
from resource_hub.infra.index.table_writing import TableKeeper

log = logging.getLogger(__name__)

POLL_S = 0.5
_WAIT_AFTER_FAILURE_S = 3.0


class Keeper(Protocol):
    """What an engine does in its turns, with an app context."""

    caught_up_at: float
    """When nothing of the log was left, on the monotonic clock."""

    def turn(self) -> bool:
        """Do what is due now; False when another process does it."""

    @property
    def is_building(self) -> bool: ...

    def stop(self) -> None: ...


class Indexer:
    """``start`` and ``stop`` it in a server; a command calls ``turn`` itself."""

    def __init__(self, app: Flask, poll_s: float = POLL_S) -> None:
        self._app = app
        self._index = index_of(app)
        self._poll_s = poll_s
        self._keeper = _keeper(app, self._index)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Follow the log in a thread of its own until ``stop``."""
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the threads and let another process write."""
        self._stopping.set()
        self._index.nudged.set()
        if self._thread:
            self._thread.join()
        self._keeper.stop()

    def turn(self) -> bool:
        """Do what is due now; False when another process does it."""
        with self._app.app_context():
            is_ours = self._keeper.turn()
            if is_ours:
                self._tell()
            else:
                self._index.report = {"state": "following", "lag_seconds": 0.0}
        return is_ours

    @property
    def is_building(self) -> bool:
        return self._keeper.is_building

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._index.nudged.clear()
            try:
                self.turn()
            except Exception:
                log.exception("indexing failed; it is tried again, searching goes on with what is there")
                self._index.report = {"state": "failing", "lag_seconds": self._lag()}
                self._stopping.wait(_WAIT_AFTER_FAILURE_S)
            self._index.nudged.wait(self._poll_s)

    def _tell(self) -> None:
        self._index.report = {"state": "rebuilding" if self.is_building else "ready", "lag_seconds": self._lag()}

    def _lag(self) -> float:
        return round(max(0.0, time.monotonic() - self._keeper.caught_up_at - self._poll_s), 1)


def start_indexer(app: Flask) -> Indexer:
    """Start the indexer of this process; only servers call this, once."""
    indexer = Indexer(app)
    indexer.start()
    return indexer


def _keeper(app: Flask, index: SearchEngine) -> Keeper:
    if isinstance(index, TableIndex):
        return TableKeeper(index)
    if isinstance(index, Index):
        return FolderKeeper(app, index)
    raise TypeError(type(index))
