"""Writing the index folder of one node: follows the change log, and rebuilds beside it.

A rebuild fills the next generation in a thread of its own, then catches up from the position at
which it began to read, and only then takes over. Rule: a position is committed with the documents
it stands for, so dying at any point repeats work but loses none.
"""

import logging
import threading
import time
from dataclasses import dataclass, field

from flask import Flask

from resource_hub.infra.features import hub
from resource_hub.infra.index.changes import Follower, Position, PositionLost
from resource_hub.infra.index.engine import Index
from resource_hub.infra.index.folder import Generation
from resource_hub.infra.index.postings import IndexDamaged
from resource_hub.infra.index.segments import open_snapshot
from resource_hub.infra.index.writing import BuildStopped, apply, build, load

log = logging.getLogger(__name__)

MOST_SEGMENTS = 64
"""Changes leave small segments behind; with so many of them, each question looks into too many places."""
_BATCHES_A_TURN = 5
_WAIT_AFTER_FAILURE_S = 3.0
_YOUNG_S = 60.0
"""A generation that is damaged younger than this points to a lasting cause: building waits."""
_BREATH_S = 0.001
"""A build lets requests of the same process in after every document."""


@dataclass(slots=True)
class _Builder:
    """A rebuild under way in its own thread."""

    generation: Generation
    thread: threading.Thread = field(init=False)
    failure: BaseException | None = None
    noted_at: float = 0.0


class FolderKeeper:
    """What the ``Indexer`` of a process does for the folder of its node; one process at a time."""

    def __init__(self, app: Flask, index: Index) -> None:
        self._app = app
        self._index = index
        self._folder = index.folder
        self._stopping = threading.Event()
        self._follower: Follower | None = None
        self._following: Generation | None = None
        self._builder: _Builder | None = None
        self._successor: tuple[Generation, Follower] | None = None
        self._must_build = False
        self._retry_at = 0.0
        self._switched_at = float("-inf")
        self.caught_up_at = time.monotonic()

    def turn(self) -> bool:
        """Do what is due now; False when another process writes this folder."""
        if not self._folder.try_lock():
            return False
        if self._follower is None and not self._must_build:
            self._open()
        self._care_for_build()
        if self._follower is not None and self._following is not None:
            self._follow(self._following, self._follower)
        if self._successor is not None:
            self._catch_up(*self._successor)
        return True

    @property
    def is_building(self) -> bool:
        return self._builder is not None or self._successor is not None or self._must_build or self._folder.is_rebuild_asked

    def stop(self) -> None:
        """End the thread and free the folder; an unfinished rebuild begins anew next time."""
        self._stopping.set()
        if self._builder:
            self._builder.thread.join()
            self._builder = None
        self._folder.unlock()

    def _open(self) -> None:
        """Take up the current generation where its last commit left the log."""
        generation = self._folder.current()
        self._index.refresh()
        if generation is None or not generation.is_readable or generation.path == self._index.damaged:
            self._must_build = True
            return
        try:
            position = open_position(generation)
        except IndexDamaged:
            self._lose(generation)
            return
        self._following, self._follower = generation, Follower(position)
        self._must_build = not generation.is_current

    def _follow(self, generation: Generation, follower: Follower) -> None:
        try:
            if self._advance(generation, follower):
                self.caught_up_at = time.monotonic()
        except PositionLost:
            log.warning("the change log no longer fits the index; building it anew")
            self._follower, self._must_build = None, True
        except IndexDamaged:
            self._lose(generation)
        else:
            self._index.refresh()
            if self._index.damaged == generation.path:
                self._lose(generation)
            elif self._index.segments > MOST_SEGMENTS:
                self._folder.ask_rebuild()

    def _advance(self, generation: Generation, follower: Follower) -> bool:
        """Apply what waits, in a few commits; True when nothing is left."""
        for _ in range(_BATCHES_A_TURN):
            batch = follower.next_batch()
            if batch.refs:
                apply(generation.path, load(hub().documents, batch.refs), batch.position)
            follower.applied(batch)
            if not batch.has_more:
                return True
        self._index.nudged.set()
        return False

    def _lose(self, generation: Generation) -> None:
        log.error("index %s is damaged; building it anew", generation.path)
        self._index.damaged = generation.path
        self._index.refresh()
        self._follower = self._following = None
        self._must_build = True
        if time.monotonic() - self._switched_at < _YOUNG_S:
            self._retry_at = time.monotonic() + _YOUNG_S / 2

    def _care_for_build(self) -> None:
        if self._index.damaged is not None and self._following is not None and self._index.damaged == self._following.path:
            self._lose(self._following)
        builder = self._builder
        if builder is not None and not builder.thread.is_alive():
            self._builder = None
            self._take(builder)
        is_wanted = self._must_build or self._folder.is_rebuild_asked
        if is_wanted and self._builder is None and self._successor is None and time.monotonic() >= self._retry_at:
            self._begin_build()

    def _begin_build(self) -> None:
        self._folder.ask_rebuild()
        self._folder.note_progress(0, 1)
        generation = self._folder.new_generation()
        builder = _Builder(generation)
        builder.thread = threading.Thread(target=self._build, args=(builder,), name="index-build", daemon=True)
        self._builder = builder
        builder.thread.start()

    def _build(self, builder: _Builder) -> None:
        def progress(done: int, total: int) -> None:
            if self._stopping.is_set():
                raise BuildStopped
            if time.monotonic() - builder.noted_at > 0.5:
                builder.noted_at = time.monotonic()
                self._folder.note_progress(done, total)
            time.sleep(_BREATH_S)

        try:
            with self._app.app_context():
                build(builder.generation.path, hub().documents, progress)
        except Exception as error:  # noqa: BLE001 -- handed to the indexer's thread, which logs it
            builder.failure = error

    def _take(self, builder: _Builder) -> None:
        if isinstance(builder.failure, BuildStopped):
            return
        if builder.failure is None:
            try:
                self._successor = (builder.generation, Follower(open_position(builder.generation)))
            except IndexDamaged as error:
                builder.failure = error
        if builder.failure is not None:
            log.error("building the index failed; it is tried again", exc_info=builder.failure)
            self._retry_at = time.monotonic() + _WAIT_AFTER_FAILURE_S

    def _catch_up(self, generation: Generation, follower: Follower) -> None:
        """Bring the new generation up to the log and, once there, let it take over."""
        try:
            if not self._advance(generation, follower):
                return
        except (IndexDamaged, PositionLost):
            log.exception("the new index can't follow the log; building it once more")
            self._successor = None
            self._retry_at = time.monotonic() + _WAIT_AFTER_FAILURE_S
            return
        self._folder.switch_to(generation)
        self._following, self._follower = generation, follower
        self._successor, self._must_build = None, False
        self.caught_up_at = self._switched_at = time.monotonic()
        self._index.refresh()
        self._folder.drop_others(generation)
        self._folder.rebuild_done()


def open_position(generation: Generation) -> Position:
    """Return how far ``generation`` has followed the log."""
    snapshot = open_snapshot(generation.path, {})
    for segment in snapshot.segments:
        segment.close()
    return snapshot.position
