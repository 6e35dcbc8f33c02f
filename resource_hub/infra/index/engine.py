"""The index of this process: a snapshot to search, kept fresh, and what is told when there is none.

Every web process and command has one ``SearchEngine``: an ``Index`` over the files of its node,
which the one ``Indexer`` per data folder writes, or a ``TableIndex``. Rule: searches go through
``snapshot()``; it keeps the files of a state open for as long as somebody reads it.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, current_app

from resource_hub.infra import unit
from resource_hub.infra.index import changes
from resource_hub.infra.index.folder import IndexFolder
from resource_hub.infra.index.matching import Reader
from resource_hub.infra.index.postings import IndexDamaged, Segment
from resource_hub.infra.index.segments import Snapshot, open_snapshot, stamp_of
from resource_hub.kernel.errors import N_, Unavailable
from resource_hub.kernel.refs import Ref

log = logging.getLogger(__name__)

_EXTENSION = "resource_hub.index"
_LOOK_AGAIN_S = 0.2


class SearchEngine(Protocol):
    """What the application holds of its search engine, whichever it is."""

    nudged: threading.Event
    """Set when something waits to be indexed."""
    report: dict[str, Any]
    """What the indexer of this process told last."""

    def snapshot(self) -> AbstractContextManager[Reader]:
        """Give the newest committed state, inside a reading unit; raises ``IndexRebuilding`` when there is none to read."""

    def refresh(self) -> None:
        """See what is committed now, at once."""

    def health(self) -> dict[str, Any]:
        """Return documents, lag_seconds, generation and state for /healthz."""

    def ask_rebuild(self) -> None:
        """Have whoever writes build the index anew, while it is searched."""

    @property
    def is_rebuild_asked(self) -> bool: ...

    def progress(self) -> float:
        """Return how much of a running rebuild is done, 0…1."""

    def may_write(self) -> bool:
        """Return whether this process may take the turns of an indexer."""

    def close(self) -> None: ...


class IndexRebuilding(Unavailable):
    """No generation can be searched yet; one is being built."""

    code, message = "index_rebuilding", N_("正在重建索引，已完成 %(percent)s %%。资源都在，可以先按目录浏览；索引建好后搜索会自动恢复。")


class Index:
    """Opens what the writer commits. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self.folder = IndexFolder(path)
        self.nudged = threading.Event()
        self.damaged: Path | None = None
        """The generation that turned out to be unreadable; its writer builds another."""
        self.report: dict[str, Any] = {"state": "following", "lag_seconds": 0.0}
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()
        self._looked_at = float("-inf")

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Give the newest committed state; raises ``IndexRebuilding`` when there is none to read."""
        if time.monotonic() - self._looked_at > _LOOK_AGAIN_S:
            self.refresh()
        with self._lock:
            held = self._snapshot
            if held is None:
                raise self._rebuilding()
            held.users += 1
        try:
            yield held
        except IndexDamaged as error:
            log.exception("index %s can't be read", held.path)
            self.give_up(held.path)
            raise self._rebuilding() from error
        finally:
            with self._lock:
                held.users -= 1
                self._free(held)

    def refresh(self) -> None:
        """Open the last commit of the current generation, if we don't hold it already."""
        with self._lock:
            self._looked_at = time.monotonic()
            generation = self.folder.current()
            if generation is None or not generation.is_readable or generation.path == self.damaged:
                self._hold(None)
                return
            held = self._snapshot
            try:
                if held and held.path == generation.path and held.stamp == stamp_of(generation.path):
                    return
                known = {s.id: s for s in held.segments} if held and held.path == generation.path else {}
                self._hold(open_snapshot(generation.path, known))
            except IndexDamaged:
                current = self.folder.current()
                if current and current.path == generation.path:
                    self.damaged = generation.path
                    self._hold(None)

    @property
    def segments(self) -> int:
        """How many segments the state has that was opened last."""
        held = self._snapshot
        return len(held.segments) if held else 0

    def give_up(self, path: Path) -> None:
        """Take the generation at ``path`` out of use and have another built."""
        self.damaged = path
        self.folder.ask_rebuild()
        self.refresh()
        self.nudged.set()

    def ask_rebuild(self) -> None:
        self.folder.ask_rebuild()
        self.nudged.set()

    @property
    def is_rebuild_asked(self) -> bool:
        return self.folder.is_rebuild_asked

    def progress(self) -> float:
        return self.folder.progress()

    def may_write(self) -> bool:
        return self.folder.try_lock()

    def close(self) -> None:
        with self._lock:
            self._hold(None)

    def health(self) -> dict[str, Any]:
        """Return documents, lag_seconds, generation and state for /healthz."""
        told = dict(self.report)
        if self.folder.is_rebuild_asked or told["state"] == "rebuilding":
            told["progress"] = round(self.folder.progress(), 3)
        try:
            with self.snapshot() as snapshot:
                return told | {"documents": snapshot.documents, "generation": snapshot.path.name}
        except IndexRebuilding:
            return told | {"documents": 0, "generation": None, "state": "rebuilding", "progress": round(self.folder.progress(), 3)}

    def _rebuilding(self) -> IndexRebuilding:
        return IndexRebuilding(retry_after=5, percent=int(self.folder.progress() * 100))

    def _hold(self, snapshot: Snapshot | None) -> None:
        before, self._snapshot = self._snapshot, snapshot
        for segment in snapshot.segments if snapshot else ():
            segment.holders += 1
        if before is not None:
            before.is_retired = True
            self._free(before)

    def _free(self, snapshot: Snapshot) -> None:
        """Close the files that nobody can read any more."""
        if not snapshot.is_retired or snapshot.users:
            return
        unused: list[Segment] = []
        for segment in snapshot.segments:
            segment.holders -= 1
            if segment.holders == 0:
                unused.append(segment)
        for segment in unused:
            segment.close()


def set_index(app: Flask, index: SearchEngine) -> None:
    app.extensions[_EXTENSION] = index


def index_of(app: Flask) -> SearchEngine:
    found: SearchEngine = app.extensions[_EXTENSION]
    return found


def current_index() -> SearchEngine:
    """Return the index of the running application."""
    return index_of(current_app._get_current_object())  # type: ignore[attr-defined]


def touch(*refs: Ref) -> None:
    """Have ``refs`` indexed anew (or taken out, when they are gone) after this write unit."""
    changes.touch(*refs)
    unit.after_commit(current_index().nudged.set)


def health() -> dict[str, Any]:
    """Return the health of this process's index."""
    return current_index().health()
