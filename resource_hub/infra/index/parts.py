"""Writing a new generation in several processes: each writes segments of its own, which are put together.

Cutting texts and making postings cost some milliseconds of Python a document; one process would use one core and
slow the requests of the process it lives in. Rule: a part counts only when its process was told
the end; one that loses its parent leaves nothing that anybody reads.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from whoosh import index as engine
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from resource_hub.infra.index import packing
from resource_hub.infra.index.changes import Position
from resource_hub.infra.index.documents import IndexDocument
from resource_hub.infra.index.schema import make_schema, record_of
from resource_hub.infra.index.segments import INDEX_NAME

Written = IndexDocument | Position
Add = Callable[[Written], None]

PROCESSES = 2
_SENT_AT_ONCE = 50


class PartLost(Exception):
    """A process that wrote a part of the generation has ended before it was done."""


@contextmanager
def writers(path: Path, memory_mb: int, processes: int) -> Iterator[Add]:
    """Give what adds a document to the empty generation at ``path``; all are committed at the end, or none."""
    if not processes:
        yield from _here(path, memory_mb)
        return
    made = [_Part(path / f"part{number}", memory_mb) for number in range(processes)]
    turn = 0

    def add(written: Written) -> None:
        nonlocal turn
        made[turn // _SENT_AT_ONCE % processes].add(written)
        turn += 1

    try:
        yield add
        for part in made:
            part.end()
        for part in made:
            part.wait()
    finally:
        for part in made:
            part.kill()
    _put_together(path, [part.path for part in made])


def _here(path: Path, memory_mb: int) -> Iterator[Add]:
    writer = packing.Writer(engine.create_in(str(path), make_schema(), INDEX_NAME), memory_mb << 20)
    try:
        yield lambda written: writer.add_document(**record_of(written))
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


class _Part:
    """One process that writes, and the folder of its part."""

    def __init__(self, path: Path, memory_mb: int) -> None:
        self.path = path
        path.mkdir()
        argv = [sys.executable, "-c", f"from {__name__} import write; write()", str(path), str(memory_mb)]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE)

    def add(self, written: Written | None) -> None:
        try:
            pickle.dump(written, self._pipe)
        except OSError as error:
            raise PartLost(str(self.path)) from error

    def end(self) -> None:
        self.add(None)
        self._pipe.close()

    def wait(self) -> None:
        if self._process.wait():
            raise PartLost(f"{self.path}: {self._process.returncode}")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        with suppress(OSError):  # what waited to be sent goes with the process
            self._pipe.close()

    @property
    def _pipe(self) -> IO[bytes]:
        if self._process.stdin is None:
            raise PartLost(str(self.path))
        return self._process.stdin


def _put_together(path: Path, folders: list[Path]) -> None:
    """Move the segments of all parts into one folder, and make them one index."""
    segments = []
    for folder in folders:
        segments += TOC.read(FileStorage(str(folder)), INDEX_NAME).segments
        for file in folder.iterdir():
            if file.name.startswith(f"{INDEX_NAME}_") and file.suffix != ".toc":
                file.replace(path / file.name)
            else:
                file.unlink()
        folder.rmdir()
    TOC(make_schema(), segments, 1).write(FileStorage(str(path)), INDEX_NAME)


def write() -> None:
    """Write what the parent sends, until it tells the end; the whole life of a part's process."""
    os.nice(5)
    path, memory_mb = sys.argv[1], int(sys.argv[2])
    writer = packing.Writer(engine.create_in(path, make_schema(), INDEX_NAME), memory_mb << 20)
    while (written := pickle.load(sys.stdin.buffer)) is not None:  # noqa: S301 -- our own parent sends it
        writer.add_document(**record_of(written))
    writer.commit(merge=False)
