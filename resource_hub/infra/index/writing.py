"""Writing generations: a batch of changes in one commit, or a whole generation from the sources.

Every commit carries the position in the change log as a record of its own, so index and
position can't part, whenever the process dies. Rule: ``compound=False`` always; the engine's
default reads whole segments into memory at each commit.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError
from whoosh import index as engine
from whoosh import query
from whoosh.reading import SegmentReader

from resource_hub.infra import unit
from resource_hub.infra.index import packing, parts
from resource_hub.infra.index.changes import Position, position_now
from resource_hub.infra.index.documents import DocumentSource, IndexDocument
from resource_hub.infra.index.postings import reading
from resource_hub.infra.index.schema import POSITION, fields_of, position_fields
from resource_hub.infra.index.segments import INDEX_NAME
from resource_hub.kernel.errors import Unavailable
from resource_hub.kernel.refs import Ref

log = logging.getLogger(__name__)

Sources = Mapping[str, DocumentSource]
Within = Callable[[], AbstractContextManager[object]]

LOADED_AT_ONCE = 100
MEMORY_MB = 64
"""What a build may hold of its postings before it spills to disk, in each of its processes."""
SHARED_FROM = 2_000
"""So many documents are written by several processes; fewer are done before those have started."""

MERGED_FROM, MERGED_BELOW = 6, (6, 36)
"""So many segments with fewer documents than that are merged into one. A merge takes some 20 ms a document."""

_OUTAGE = (OperationalError, InterfaceError, Unavailable)


_BROKEN_AT_MOST, _BROKEN_SHARE = 20, 0.02


class SourcesBroken(Exception):
    """So much can't be loaded that an index without it would be worse than the old one."""


class BuildStopped(Exception):
    """The process is ending; the unfinished generation is worth nothing."""


def load(sources: Sources, refs: Iterable[Ref], within: Within = unit.read) -> dict[Ref, IndexDocument | None]:
    """Return what to write for each ref; ``None`` takes it out of the index.

    ``within`` opens the transaction of one loading.

    A thing whose source fails is taken out rather than left with an old, perhaps too wide,
    scope; only an outage of the database is raised, to be tried again.
    """
    found: dict[Ref, IndexDocument | None] = {}
    by_kind: dict[str, list[str]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    for kind, ids in by_kind.items():
        source = sources.get(kind)
        if source is not None:
            loaded, _failed = load_kind(source, ids, within)
            found.update((Ref(kind, ident), loaded.get(ident)) for ident in ids)
    return found


def apply(path: Path, documents: Mapping[Ref, IndexDocument | None], position: Position) -> None:
    """Write ``documents`` and ``position`` into the generation at ``path``, in one commit.

    Raises ``IndexDamaged`` when the generation can't be read as it was written.
    """
    records = [fields_of(document) for document in documents.values() if document is not None]
    with reading():
        _commit(path, [str(ref) for ref in documents], [*records, position_fields(position)])


def _commit(path: Path, replaced: Sequence[str], records: Sequence[dict[str, Any]]) -> None:
    writer = packing.Writer(engine.open_dir(str(path), INDEX_NAME), MEMORY_MB << 20)
    try:
        writer.delete_by_query(query.Or([query.Term("ref", ref) for ref in (*replaced, POSITION)]))
        for record in records:
            writer.add_document(**record)
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=_merge_few)


def _merge_few(writer: Any, segments: list[Any]) -> list[Any]:
    """Merge segments of like size, once there are several, while that is quick; return those that stay.

    The engine's own policy writes all small segments anew at every fifth commit, the longer the
    slower. What a merge may not touch any more waits for the next rebuild.
    """
    levels: dict[int, list[Any]] = {}
    for segment in segments:
        level = next((at for at, most in enumerate(MERGED_BELOW) if segment.doc_count() < most), len(MERGED_BELOW))
        levels.setdefault(level, []).append(segment)
    merged = [segment for at in range(len(MERGED_BELOW)) if len(same := levels.get(at, [])) >= MERGED_FROM for segment in same]
    for segment in merged:
        part = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(part)
        part.close()
    return [segment for segment in segments if segment not in merged]


def build(path: Path, sources: Sources, progress: Callable[[int, int], None], *, shared_from: int = SHARED_FROM) -> None:
    """Fill the empty generation at ``path`` with everything there is.

    The position is read before the first document: what changes while we read is in the log
    behind it and will be applied again. ``progress`` may raise ``BuildStopped``.
    """
    position = position_now()
    waiting = [(source, list(all_ids(source))) for source in sources.values()]
    total = sum(len(ids) for _source, ids in waiting)
    with parts.writers(path, MEMORY_MB, parts.PROCESSES if total >= shared_from else 0) as add:
        done, broken = 0, 0
        for source, ids in waiting:
            for start in range(0, len(ids), LOADED_AT_ONCE):
                batch = ids[start : start + LOADED_AT_ONCE]
                loaded, failed = load_kind(source, batch)
                broken += failed
                refuse_if_hopeless(broken, total)
                for document in loaded.values():
                    add(document)
                    done += 1
                    progress(done, total)
        add(position)


def refuse_if_hopeless(broken: int, total: int) -> None:
    """Raise ``SourcesBroken`` when too much of a rebuild can't be loaded."""
    if broken > _BROKEN_AT_MOST and broken > total * _BROKEN_SHARE:
        raise SourcesBroken(f"{broken} of {total} things can't be loaded")


def all_ids(source: DocumentSource) -> Iterable[str]:
    """Give the ids of everything there is of one kind."""
    after: str | None = None
    while True:
        with unit.read():
            ids = source.all_ids(after, 1000)
        if not ids:
            return
        yield from ids
        after = ids[-1]


def load_kind(source: DocumentSource, ids: Sequence[str], within: Within = unit.read) -> tuple[Mapping[str, IndexDocument], int]:
    """Return the documents, and how many things could not be loaded."""
    try:
        with within():
            return source.load(ids), 0
    except _OUTAGE:
        raise
    except Exception:
        log.exception("loading %s %s failed%s", source.kind, ids[0], "; each is tried alone" if len(ids) > 1 else "")
    if len(ids) == 1:
        return {}, 1
    found: dict[str, IndexDocument] = {}
    failed = []
    for ident in ids:
        try:
            with within():
                found.update(source.load([ident]))
        except _OUTAGE:
            raise
        except Exception:  # noqa: BLE001 -- the trace of the batch is in the log already
            failed.append(ident)
    if failed:
        log.error("not findable until they change: %s %s", source.kind, " ".join(failed))
    return found, len(failed)
