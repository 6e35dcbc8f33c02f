"""Reading what the engine wrote: segments as plain arrays, and snapshots of a whole generation.

The engine's matchers cost microseconds per posting and its files may not be read by two threads
at once; a ``Segment`` decodes each posting list once, under a lock, and keeps it as arrays.
Segments never change on disk (only documents get marked as deleted), so what was decoded stays
true until the segment is merged away. Rule: whatever reading damaged files raises leaves here
as ``IndexDamaged``, and nothing else.
"""

import errno
import math
import threading
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, LockError
from whoosh.reading import SegmentReader, TermNotFound

from resource_hub.infra import tokenizer
from resource_hub.infra.index.changes import Position
from resource_hub.infra.index.schema import POSITION, TEXT_FIELDS, facet_field, read_position

INDEX_NAME = "MAIN"
CACHED_POSTINGS = 2_000_000
"""Postings kept per segment: 8 bytes each."""
_CACHED_MASKS = 64
_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class IndexDamaged(Exception):
    """Files of the index can't be read as they were written."""


@contextmanager
def reading() -> Iterator[None]:
    """Turn whatever broken files raise into ``IndexDamaged``; a full disk or memory is no damage.

    The engine answers nonsense in its files with any exception, bare ``Exception`` included.
    """
    try:
        yield
    except (IndexDamaged, FileNotFoundError, MemoryError, LockError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _PASSING:
            raise
        raise IndexDamaged(repr(error)) from error


@dataclass(frozen=True, slots=True)
class Postings:
    """Documents that hold a word in a field, ascending, and how often."""

    documents: "array[int]"
    counts: "array[float]"


NOTHING = Postings(array("I"), array("f"))


@dataclass(frozen=True, slots=True)
class FacetColumn:
    """Per document a code, and per code the values of the facet (none, one or several)."""

    codes: "array[int]"
    values: tuple[tuple[str, ...], ...]

    def of(self, number: int) -> tuple[str, ...]:
        return self.values[self.codes[number]]


class Segment:
    """One immutable part of a generation, with what was decoded of it so far."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._lock = threading.RLock()
        self._postings: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._cached = 0
        self._facets: dict[str, FacetColumn] = {}
        self._plain_titles: dict[int, str] = {}
        self._lengths: dict[str, array[int]] = {}
        self.id: str = reader.segment().segment_id()
        self.holders = 0
        """Snapshots that use this segment; kept by the engine that opens them."""
        self.size: int = reader.doc_count_all()
        try:
            with reading():
                self._open_files()
                self.refs: list[str] = list(reader.column_reader("ref"))
                self.updated = array("d", reader.column_reader("updated"))
                self.boosts = array("d", reader.column_reader("boost"))
        except BaseException:
            reader.close()
            raise

    def postings(self, name: str, word: str) -> Postings:
        with self._lock, reading():
            found = self._postings.get((name, word))
            if found is not None:
                self._postings.move_to_end((name, word))
                return found
            found = self._decode(name, word)
            self._postings[name, word] = found
            self._cached += len(found.documents)
            while self._cached > CACHED_POSTINGS and len(self._postings) > 1:
                self._cached -= len(self._postings.popitem(last=False)[1].documents)
            return found

    def facet(self, name: str) -> FacetColumn:
        with self._lock, reading():
            if name not in self._facets:
                self._facets[name] = self._decode_facet(facet_field(name))
            return self._facets[name]

    def lengths(self, name: str) -> "array[int]":
        """Return the number of words per document in field ``name``."""
        with self._lock, reading():
            if name not in self._lengths:
                self._lengths[name] = array("I", (self._reader.doc_field_length(number, name) or 0 for number in range(self.size)))
            return self._lengths[name]

    def title(self, number: int) -> str:
        with self._lock, reading():
            return bytes(self._headings[number]).decode()

    def plain_title(self, number: int) -> str:
        """Return the title as queries are written."""
        plain = self._plain_titles.get(number)
        if plain is None:
            plain = self._plain_titles[number] = tokenizer.normalise(self.title(number)).text
        return plain

    def card(self, number: int) -> Any:
        with self._lock, reading():
            return self._reader.stored_fields(number)["card"]

    def number_of(self, ref: str) -> int | None:
        found = self.postings("ref", ref).documents
        return found[0] if found else None

    def close(self) -> None:
        with self._lock:
            self._reader.close()

    def _open_files(self) -> None:
        """Open now what the engine would open at first use: by then a new generation may have removed it."""
        self._headings = self._reader.column_reader("heading")
        self._reader.stored_fields(0)
        for name in TEXT_FIELDS:
            self._reader.doc_field_length(0, name)

    def _decode(self, name: str, word: str) -> Postings:
        try:
            matcher = self._reader.postings(name, word)
        except TermNotFound:
            return NOTHING
        documents, counts = array("I"), array("f")
        while matcher.is_active():
            documents.append(matcher.id())
            counts.append(matcher.weight())
            matcher.next()
        return Postings(documents, counts)

    def _decode_facet(self, name: str) -> FacetColumn:
        held: dict[int, tuple[str, ...]] = {}
        for term in self._reader.lexicon(name):
            value = term.decode()
            for number in self._decode(name, value).documents:
                held[number] = (*held.get(number, ()), value)
        known: dict[tuple[str, ...], int] = {(): 0}
        codes = array("I", bytes(4 * self.size))
        for number, values in held.items():
            codes[number] = known.setdefault(values, len(known))
        return FacetColumn(codes, tuple(known))


@dataclass(slots=True)
class Snapshot:
    """One committed state of a generation; the same answer for as long as it is held."""

    path: Path
    stamp: int
    segments: tuple[Segment, ...]
    alive: tuple[bytes, ...]
    """Per segment one byte per document: 1 when it is not deleted."""
    position: Position
    users: int = 0
    is_retired: bool = False
    _masks: OrderedDict[frozenset[str], tuple[bytes, ...]] = field(default_factory=OrderedDict)

    def visible(self, scopes: frozenset[str]) -> tuple[bytes, ...]:
        """Return per segment which documents someone with ``scopes`` may see."""
        masks = self._masks.get(scopes)
        if masks is None:
            masks = tuple(both(any_of(s, "scope", scopes), alive) for s, alive in zip(self.segments, self.alive, strict=True))
            self._masks[scopes] = masks
            if len(self._masks) > _CACHED_MASKS:
                self._masks.popitem(last=False)
        return masks

    @property
    def documents(self) -> int:
        return sum(mask.count(1) for mask in self.alive) - (1 if self.position_at is not None else 0)

    @property
    def position_at(self) -> tuple[int, int] | None:
        return find(self.segments, self.alive, POSITION)

    def refs(self) -> Iterator[str]:
        """Give the refs of all documents."""
        for segment, alive in zip(self.segments, self.alive, strict=True):
            yield from (ref for ref, here in zip(segment.refs, alive, strict=True) if here and ref != POSITION)


def any_of(segment: Segment, name: str, values: Iterable[str]) -> bytes:
    """Return which documents of ``segment`` hold at least one of ``values`` in field ``name``."""
    mask = bytearray(segment.size)
    for value in values:
        for number in segment.postings(name, value).documents:
            mask[number] = 1
    return bytes(mask)


def both(first: bytes, second: bytes) -> bytes:
    """Return the documents that stand in both masks."""
    return (int.from_bytes(first) & int.from_bytes(second)).to_bytes(len(first))


def find(segments: tuple[Segment, ...], alive: tuple[bytes, ...], ref: str) -> tuple[int, int] | None:
    """Return segment and number of the living document ``ref``."""
    for index, (segment, mask) in enumerate(zip(segments, alive, strict=True)):
        for number in segment.postings("ref", ref).documents:
            if mask[number]:
                return index, number
    return None


def stamp_of(path: Path) -> int:
    """Return the number of the last commit in the generation at ``path``; -1 without one."""
    with reading():
        return int(TOC._latest_generation(FileStorage(str(path)), INDEX_NAME))


def open_snapshot(path: Path, known: Mapping[str, Segment]) -> Snapshot:
    """Return the last commit of the generation at ``path``; segments in ``known`` are used again.

    A writer may remove merged segments while we open them: then the next commit is read instead.
    """
    for _attempt in range(20):
        try:
            return _open(path, known)
        except FileNotFoundError:
            continue
    raise IndexDamaged(f"{path}: files of the last commit are missing")


def _open(path: Path, known: Mapping[str, Segment]) -> Snapshot:
    storage = FileStorage(str(path))
    opened: list[Segment] = []
    try:
        with reading():
            toc = TOC.read(storage, INDEX_NAME)
            new = [part for part in toc.segments if part.segment_id() not in known]
            opened.extend(Segment(SegmentReader(storage, toc.schema, part, generation=toc.generation)) for part in new)
            by_id = {**known, **{segment.id: segment for segment in opened}}
            segments = tuple(by_id[part.segment_id()] for part in toc.segments)
            alive = tuple(_alive(part) for part in toc.segments)
            found = find(segments, alive, POSITION)
            position = read_position(str(segments[found[0]].card(found[1]))) if found else Position()
        return Snapshot(path, toc.generation, segments, alive, position)
    except BaseException:
        _close(opened)
        raise


def _alive(part: Any) -> bytes:
    mask = bytearray(b"\1" * part.doc_count_all())
    for number in part.deleted_docs():
        mask[number] = 0
    return bytes(mask)


def _close(segments: list[Segment]) -> None:
    for segment in segments:
        segment.close()


def idf(documents: int, holding: int) -> float:
    """Return how much a word tells that ``holding`` of ``documents`` have."""
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))
