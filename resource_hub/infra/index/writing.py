"""Writing generations: a batch of changes in one commit, or a whole generation from the sources.

Every commit carries the position in the change log as a record of its own, so index and
position can't part, whenever the process dies. Rule: ``compound=False`` always; the engine's
default reads whole segments into memory at each commit.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError
from whoosh import index as engine
from whoosh import query

from resource_hub.infra import unit
from resource_hub.infra.index.changes import Position, position_now
from resource_hub.infra.index.documents import DocumentSource, IndexDocument
from resource_hub.infra.index.schema import POSITION, fields_of, make_schema, position_fields
from resource_hub.infra.index.segments import INDEX_NAME, reading
from resource_hub.kernel.errors import Unavailable
from resource_hub.kernel.refs import Ref

log = logging.getLogger(__name__)

Sources = Mapping[str, DocumentSource]

LOADED_AT_ONCE = 100
MEMORY_MB = 64
"""What a build may hold of its postings before it spills to disk."""

_OUTAGE = (OperationalError, InterfaceError, Unavailable)


_BROKEN_AT_MOST, _BROKEN_SHARE = 20, 0.02


class SourcesBroken(Exception):
    """So much can't be loaded that an index without it would be worse than the old one."""


class BuildStopped(Exception):
    """The process is ending; the unfinished generation is worth nothing."""


def load(sources: Sources, refs: Iterable[Ref]) -> dict[Ref, IndexDocument | None]:
    """Return what to write for each ref; ``None`` takes it out of the index.

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
            loaded, _failed = _load_kind(source, ids)
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
    writer = engine.open_dir(str(path), INDEX_NAME).writer(compound=False)
    try:
        writer.delete_by_query(query.Or([query.Term("ref", ref) for ref in (*replaced, POSITION)]))
        for record in records:
            writer.add_document(**record)
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


def build(path: Path, sources: Sources, progress: Callable[[int, int], None]) -> None:
    """Fill the empty generation at ``path`` with everything there is.

    The position is read before the first document: what changes while we read is in the log
    behind it and will be applied again. ``progress`` may raise ``BuildStopped``.
    """
    position = position_now()
    writer = engine.create_in(str(path), make_schema(), INDEX_NAME).writer(compound=False, limitmb=MEMORY_MB)
    try:
        waiting = [(source, list(_all_ids(source))) for source in sources.values()]
        total = sum(len(ids) for _source, ids in waiting)
        done, broken = 0, 0
        for source, ids in waiting:
            for start in range(0, len(ids), LOADED_AT_ONCE):
                batch = ids[start : start + LOADED_AT_ONCE]
                loaded, failed = _load_kind(source, batch)
                broken += failed
                _refuse_if_hopeless(broken, total)
                for document in loaded.values():
                    writer.add_document(**fields_of(document))
                    done += 1
                    progress(done, total)
        writer.add_document(**position_fields(position))
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


def _refuse_if_hopeless(broken: int, total: int) -> None:
    if broken > _BROKEN_AT_MOST and broken > total * _BROKEN_SHARE:
        raise SourcesBroken(f"{broken} of {total} things can't be loaded")


def _all_ids(source: DocumentSource) -> Iterable[str]:
    after: str | None = None
    while True:
        with unit.read():
            ids = source.all_ids(after, 1000)
        if not ids:
            return
        yield from ids
        after = ids[-1]


def _load_kind(source: DocumentSource, ids: Sequence[str]) -> tuple[Mapping[str, IndexDocument], int]:
    """Return the documents, and how many things could not be loaded."""
    try:
        with unit.read():
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
            with unit.read():
                found.update(source.load([ident]))
        except _OUTAGE:
            raise
        except Exception:  # noqa: BLE001 -- the trace of the batch is in the log already
            failed.append(ident)
    if failed:
        log.error("not findable until they change: %s %s", source.kind, " ".join(failed))
    return found, len(failed)
