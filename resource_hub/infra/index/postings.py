"""What the engine wrote, as arrays: the segments of a generation.

The engine's matchers cost microseconds per posting and its files may not be read by two threads
at once; a ``Segment`` decodes each posting list once, block by block, under a lock, and keeps the
arrays that were asked for last. Segments never change on disk (only documents get marked as
deleted), so what was decoded stays true until the segment is merged away. Rule: whatever reading
damaged files raises leaves here as ``IndexDamaged``, and nothing else.
"""

import errno
import io
import pickle
import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec
from whoosh.index import LockError
from whoosh.reading import TermNotFound
from whoosh.util.numeric import byte_to_length

from resource_hub.infra import tokenizer
from resource_hub.infra.index.schema import TEXT_FIELDS, facet_field

Documents = NDArray[np.int32]
Numbers = NDArray[np.int64]
"""Documents of a whole snapshot, ascending."""
Mask = NDArray[np.bool_]

_CACHED_AT_LEAST, _CACHED_PER_DOCUMENT = 1 << 18, 1_000
"""Bytes of postings kept per segment; a word that every document has takes 8 per document."""
_ENTRY = 200
"""What even an empty entry takes."""
_PLAIN_TITLES = 20_000
_LENGTHS = np.array([byte_to_length(code) for code in range(256)], np.float64)
_INT = struct.Struct("!i")
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

    documents: Documents
    counts: NDArray[np.float32]

    @property
    def bytes(self) -> int:
        return _ENTRY + self.documents.nbytes + self.counts.nbytes


NOTHING = Postings(np.empty(0, np.int32), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True)
class FacetColumn:
    """Per document a code, and per code the values of the facet (none, one or several)."""

    codes: NDArray[np.int32]
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
        self.id: str = reader.segment().segment_id()
        self.holders = 0
        """Snapshots that use this segment; kept by the engine that opens them."""
        self.size: int = reader.doc_count_all()
        self._cached_at_most = max(_CACHED_AT_LEAST, _CACHED_PER_DOCUMENT * self.size)
        try:
            with reading():
                self._open_files()
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
            self._cached += found.bytes
            while self._cached > self._cached_at_most and len(self._postings) > 1:
                self._cached -= self._postings.popitem(last=False)[1].bytes
            return found

    def facet(self, name: str) -> FacetColumn:
        with self._lock, reading():
            if name not in self._facets:
                self._facets[name] = self._decode_facet(facet_field(name))
            return self._facets[name]

    def lengths(self, name: str) -> NDArray[np.float64]:
        """Return the number of words per document in field ``name``."""
        return _LENGTHS[self._length_codes[name]]

    def words(self, name: str) -> list[str]:
        """Return the words that stand in field ``name`` of any document."""
        with self._lock, reading():
            return [word.decode() for word in self._reader.lexicon(name)]

    def title(self, number: int) -> str:
        with self._lock, reading():
            return bytes(self._headings[number]).decode()

    def plain_title(self, number: int) -> str:
        """Return the title as queries are written."""
        plain = self._plain_titles.get(number)
        if plain is None:
            if len(self._plain_titles) >= _PLAIN_TITLES:
                self._plain_titles.clear()
            plain = self._plain_titles[number] = tokenizer.normalise(self.title(number)).text
        return plain

    def plain_texts(self, number: int) -> Iterator[str]:
        """Give all texts as queries are written, one by one."""
        yield self.plain_title(number)
        card = self.card(number)
        for text in (card["path"], *card["keywords"], card["summary"], *(page for page, _moment in card["pages"])):
            yield tokenizer.normalise(text).text

    def card(self, number: int) -> Any:
        with self._lock, reading():
            return self._reader.stored_fields(number)["card"]

    def close(self) -> None:
        with self._lock:
            self._file.close()
            self._reader.close()

    def _open_files(self) -> None:
        """Open or read now what would be opened at first use: by then a new generation may have removed it."""
        reader, segment = self._reader, self._reader.segment()
        self.refs: list[str] = list(reader.column_reader("ref"))
        self.updated = self._numbers("updated", ">f8")
        self.boosts = self._numbers("boost", ">f8")
        self._length_codes = {name: self._read_lengths(name) for name in TEXT_FIELDS}
        self._headings = reader.column_reader("heading")
        reader.stored_fields(0)
        self._file = reader.storage().open_file(segment.make_filename(W3Codec.POSTS_EXT))

    def _read_lengths(self, name: str) -> NDArray[np.uint8]:
        # A field that no document has was never given a file of lengths.
        return self._numbers(f"_{name}_len", "B") if self._reader.field_length(name) else np.zeros(self.size, np.uint8)

    def _numbers(self, column: str, kind: str) -> NDArray[Any]:
        """Return a column of numbers; the file ends with the last one that is not 0."""
        with self._reader.storage().open_file(W3Codec.column_filename(self._reader.segment(), column)) as file:
            told = np.frombuffer(file.read(), kind)
        numbers = np.zeros(self.size, told.dtype.newbyteorder("="))
        numbers[: len(told)] = told
        return numbers

    def _decode(self, name: str, word: str) -> Postings:
        try:
            # Half a character is no word, and no sign of damage either.
            start, _length = self._reader.term_info(name, word.encode("utf-8", "replace").decode()).extent()
        except TermNotFound:
            return NOTHING
        steps: list[tuple[int, ...]] = []
        counts: list[NDArray[np.float32]] = []
        begins, lasts, many = [], [], 0
        for last, block_steps, weights in self._blocks(start):
            begins.append(many)
            lasts.append(last)
            steps.append(block_steps)
            counts.append(np.full(len(block_steps), 1.0 if weights is None else weights, np.float32))
            many += len(block_steps)
        documents = np.fromiter(chain.from_iterable(steps), np.int32, many)
        # Each block counts from zero again.
        documents[begins[1:]] -= np.array(lasts[:-1], np.int32)
        documents = np.cumsum(documents, dtype=np.int32)
        if documents.min() < 0 or documents.max() >= self.size:
            raise IndexDamaged(f"{self.id}: postings of documents that are not there")
        return Postings(documents, np.concatenate(counts))

    def _blocks(self, start: int) -> Iterator[tuple[int, tuple[int, ...], tuple[float, ...] | float | None]]:
        """Give of every block of a list its last document, the steps between documents, and the counts (each, or one for all)."""
        file = self._file
        file.seek(start)
        if file.read(len(WHOOSH3_HEADER_MAGIC)) != WHOOSH3_HEADER_MAGIC:
            raise IndexDamaged(f"{self.id}: no postings at {start}")
        is_last = False
        while not is_last:
            (length,) = _INT.unpack(file.read(_INT.size))
            is_last = length < 0
            block = io.BytesIO(file.read(abs(length)))
            _size, last, _heaviest, packed, *_lengths = pickle.load(block)  # noqa: S301 -- the engine's own format, in our own folder
            data = block.read()
            steps, weights, _values = pickle.loads(zlib.decompress(data) if packed else data)  # noqa: S301 -- as above
            yield last, steps, weights

    def _decode_facet(self, name: str) -> FacetColumn:
        codes = np.zeros(self.size, np.int32)
        known: dict[tuple[str, ...], int] = {(): 0}
        for term in self._reader.lexicon(name):
            value = term.decode()
            documents = self._decode(name, value).documents
            before = codes[documents]
            held = tuple(known)
            for code in np.unique(before):
                codes[documents[before == code]] = known.setdefault((*held[code], value), len(known))
        return FacetColumn(codes, tuple(known))
