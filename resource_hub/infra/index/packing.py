"""The engine's writer, made quick: postings are collected word by word instead of one by one.

The engine sorts every posting by itself, as a tuple, and asks for a length at each; most of a
build went there. Here a word's documents grow in one array, which goes to disk in one piece. What
is written is the engine's own format, so it reads and merges the segments as if they were its own.
Rule: only the fields of ``schema`` are written, and only their words; they carry no values.
"""

import heapq
import pickle
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter, sub
from typing import Any

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter, W3Segment, W3TermInfo
from whoosh.system import pack_ushort
from whoosh.writing import SegmentWriter

_BLOCK = 128
"""Postings in one block; the engine skips blocks whole."""
_PACKED_FROM = 100
"""So many bytes are worth compressing."""
_WORD_BYTES = 250
"""What a word takes in memory beside its postings."""

Piece = tuple[str, bytes, bytes]
"""Field, word, and document and count in turns."""


class Writer(SegmentWriter):  # type: ignore[misc]  # the engine has no types
    """Writes one segment of the fields of ``schema``, and merges others into it."""

    def __init__(self, index: Any, memory_bytes: int) -> None:
        super().__init__(index, compound=False, codec=_Codec())
        self.pool = _Pool(self.temp_storage(), memory_bytes)

    def add_document(self, **record: Any) -> None:
        """Add a record of ``schema.fields_of``."""
        self.perdocwriter.start_doc(self.docnum)
        for name, value in record.items():
            field = self.schema[name]
            words = value if isinstance(value, list) else [value]
            if field.indexed:
                self.pool.add_words(name, self.docnum, words)
            length = len(words) if field.indexed and field.scorable else 0
            self.perdocwriter.add_field(name, field, value if field.stored else None, length)
            if field.column_type:
                self.perdocwriter.add_column_value(name, field.column_type, field.to_column_value(value))
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum += 1

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        for name, pieces in groupby(self.pool.pieces(), key=itemgetter(0)):
            self.fieldwriter.start_field(name, self.schema[name])
            for word, same in groupby(pieces, key=itemgetter(1)):
                self.fieldwriter.add_word(word, array("I", b"".join(piece for _name, _word, piece in same)))
            self.fieldwriter.finish_field()
        self.fieldwriter.close()


class _Pool:
    """Postings by field and word; those that memory can't hold wait on disk, sorted, in runs."""

    def __init__(self, storage: Any, limit: int) -> None:
        self._storage = storage
        self._limit = limit
        self._held: dict[str, dict[bytes, array[int]]] = {}
        self._bytes = 0
        self._runs: list[str] = []

    def add_words(self, name: str, document: int, words: Iterable[str]) -> None:
        held = self._held.setdefault(name, {})
        for word, count in Counter(words).items():
            self._put(held, word.encode(), document, count)
        if self._bytes > self._limit:
            self._spill()

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """Take one posting of a segment that is merged into this one."""
        name, word, document, weight, _value = posting
        self._put(self._held.setdefault(name, {}), word, document, int(weight))

    def pieces(self) -> Iterator[Piece]:
        """Give all postings by field and word; several pieces of one word come in the order of their documents."""
        return heapq.merge(*(self._read(run) for run in self._runs), self._sorted(), key=itemgetter(0, 1))

    def cleanup(self) -> None:
        """Do nothing: the writer removes the folder of its temporary files."""

    def _put(self, held: dict[bytes, "array[int]"], word: bytes, document: int, count: int) -> None:
        found = held.get(word)
        if found is None:
            held[word] = array("I", (document, count))
            self._bytes += _WORD_BYTES
        else:
            found.append(document)
            found.append(count)
            self._bytes += 8

    def _spill(self) -> None:
        run = f"{len(self._runs)}.run"
        with self._storage.create_file(run) as file:
            for piece in self._sorted():
                pickle.dump(piece, file.raw_file())
        self._runs.append(run)
        self._held.clear()
        self._bytes = 0

    def _sorted(self) -> Iterator[Piece]:
        for name, held in sorted(self._held.items()):
            for word in sorted(held):
                yield name, word, held[word].tobytes()

    def _read(self, run: str) -> Iterator[Piece]:
        with self._storage.open_file(run) as file:
            try:
                while True:
                    yield pickle.load(file.raw_file())  # noqa: S301 -- written above
            except EOFError:
                return


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]  # the engine has no types
    def add_word(self, word: bytes, postings: "array[int]") -> None:
        """Write a word of the field that was started; ``postings`` are document and count in turns."""
        documents, counts = postings[::2], postings[1::2]
        begin = self._postfile.tell()
        self._postfile.write(WHOOSH3_HEADER_MAGIC)
        for start in range(0, len(documents), _BLOCK):
            self._write_block(documents[start : start + _BLOCK], counts[start : start + _BLOCK], is_last=start + _BLOCK >= len(documents))
        info = W3TermInfo(
            weight=float(sum(counts)), df=len(documents), maxweight=float(max(counts)), minid=documents[0], maxid=documents[-1]
        )
        info.set_extent(begin, self._postfile.tell() - begin)
        self._tindex.add(pack_ushort(self._fieldid) + word, info.to_bytes())

    def _write_block(self, documents: "array[int]", counts: "array[int]", *, is_last: bool) -> None:
        most = max(counts)
        is_even = most == min(counts)
        weights = (None if most == 1 else float(most)) if is_even else tuple(counts)
        data = pickle.dumps((tuple(map(sub, documents, (0, *documents))), weights, None), 2)
        is_packed = len(data) >= _PACKED_FROM
        if is_packed:
            data = zlib.compress(data, 1)
        # Lengths of texts are left out; the engine's own scores would use them to skip blocks.
        told = pickle.dumps((len(documents), documents[-1], float(most), int(is_packed), 0, 0), 2)
        self._postfile.write_int((len(told) + len(data)) * (-1 if is_last else 1))
        self._postfile.write(told + data)


class _Codec(W3Codec):  # type: ignore[misc]  # the engine has no types
    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)

    def new_segment(self, _storage: Any, name: str) -> W3Segment:
        """Return a segment that remembers the engine's own codec: it is read without us."""
        return W3Segment(W3Codec(), name)
