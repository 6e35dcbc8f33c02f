"""Snapshots of a whole generation: one committed state, searched for as long as it is held.

The segments of a state stay open while somebody reads it, though the writer has merged them
away. Rule: everything that a viewer is told goes through ``visible``.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.reading import SegmentReader

from resource_hub.infra.index import arrays, scoring
from resource_hub.infra.index.changes import Position
from resource_hub.infra.index.documents import FACETS
from resource_hub.infra.index.matching import Answer, Card, Found, Phrase, Request, passages
from resource_hub.infra.index.postings import NOTHING, IndexDamaged, Mask, Numbers, Postings, Segment, reading
from resource_hub.infra.index.schema import POSITION, read_position
from resource_hub.infra.index.scoring import Points

INDEX_NAME = "MAIN"
_CACHED_MASKS = 64
_CACHED_SAYINGS = 50_000


class Snapshot:
    """One committed state of a generation; the same answer for as long as it is held.

    Documents are numbered through all segments in their order; arrays of a snapshot go by these numbers.
    """

    def __init__(self, path: Path, stamp: int, segments: tuple[Segment, ...], alive: Mask) -> None:
        self.path = path
        self.stamp = stamp
        self.segments = segments
        self.users = 0
        self.is_retired = False
        self.size = len(alive)
        self.starts: tuple[int, ...] = tuple(accumulate((segment.size for segment in segments), initial=0))[:-1]
        """The number of the first document of each segment."""
        self.names: list[str] = list(chain.from_iterable(segment.refs for segment in segments))
        """The ref of each document."""
        self.updated: Points = _joined([segment.updated for segment in segments], np.float64)
        self.boosts: Points = _joined([segment.boosts for segment in segments], np.float64)
        self._sayings: dict[tuple[str, bool, int], bool] = {}
        self._alive = alive
        self._lengths: dict[str, tuple[Points, float]] = {}
        self._masks: OrderedDict[frozenset[str], Mask] = OrderedDict()
        places = self.postings("ref", POSITION).documents
        self._positions: list[int] = places[alive[places]].tolist()
        self.position = self._read_position()

    def visible(self, scopes: frozenset[str]) -> Mask:
        """Return which documents someone with ``scopes`` may see."""
        mask = self._masks.get(scopes)
        if mask is None:
            mask = self._masks[scopes] = self.any_of("scope", scopes) & self._alive
            if len(self._masks) > _CACHED_MASKS:
                self._masks.popitem(last=False)
        return mask

    def postings(self, name: str, word: str) -> Postings:
        """Return the documents of all segments that hold ``word`` in field ``name``."""
        parts = [(start, segment.postings(name, word)) for start, segment in zip(self.starts, self.segments, strict=True)]
        found = [(start, part) for start, part in parts if part is not NOTHING]
        if len(found) == 1 and found[0][0] == 0:
            return found[0][1]
        documents = _joined([part.documents + np.int32(start) for start, part in found], np.int32)
        return Postings(documents, _joined([part.counts for _start, part in found], np.float32))

    def any_of(self, name: str, values: Iterable[str]) -> Mask:
        """Return which documents hold at least one of ``values`` in field ``name``."""
        mask = np.zeros(self.size, np.bool_)
        for value in values:
            mask[self.postings(name, value).documents] = True
        return mask

    def says(self, number: int, phrase: Phrase) -> bool:
        """Return whether ``phrase`` stands in a document letter by letter; pages and filters ask again about the same."""
        asked = (phrase.text, phrase.in_title, number)
        found = self._sayings.get(asked)
        if found is None:
            if len(self._sayings) >= _CACHED_SAYINGS:
                self._sayings.clear()
            segment, place = self.placed(number)
            texts = (segment.plain_title(place),) if phrase.in_title else segment.plain_texts(place)
            found = self._sayings[asked] = any(phrase.text in text for text in texts)
        return found

    def lengths(self, name: str) -> tuple[Points, float]:
        """Return how many words each document has in field ``name``, and their mean."""
        found = self._lengths.get(name)
        if found is None:
            lengths: Points = _joined([segment.lengths(name) for segment in self.segments], np.float64)
            found = self._lengths[name] = lengths, max(1.0, float(lengths.sum()) / max(1, self.size))
        return found

    def placed(self, number: int) -> tuple[Segment, int]:
        """Return the segment of a document, and its number there."""
        at = bisect_right(self.starts, number) - 1
        return self.segments[at], number - self.starts[at]

    def split(self, numbers: Numbers) -> Iterator[tuple[Segment, Numbers]]:
        """Give for each segment that has some of ``numbers`` their numbers there."""
        ends = np.searchsorted(numbers, [*self.starts[1:], self.size]).tolist()
        for segment, start, begin, end in zip(self.segments, self.starts, [0, *ends], ends, strict=False):
            if begin < end:
                yield segment, numbers[begin:end] - start

    @property
    def documents(self) -> int:
        return int(np.count_nonzero(self._alive)) - len(self._positions)

    def refs(self) -> Iterator[str]:
        """Give the refs of all documents."""
        yield from (ref for ref, here in zip(self.names, self._alive, strict=True) if here and ref != POSITION)

    def answer(self, request: Request) -> Answer:
        return arrays.answer(self, request)

    def card(self, found: Found) -> Card:
        segment, number = self.placed(found.number)
        kept = segment.card(number)
        facets = {name: values for name in FACETS if (values := segment.facet(name).of(number))}
        return Card(segment.title(number), kept["path"], tuple(kept["keywords"]), kept["summary"], passages(kept["pages"]), facets)

    def values(self, name: str, scopes: frozenset[str]) -> frozenset[str]:
        return arrays.values(self, name, scopes)

    def titles(self, text: str, scopes: frozenset[str], limit: int) -> tuple[str, ...]:
        return arrays.titles(self, text, scopes, limit)

    def vocabulary(self) -> frozenset[str]:
        return frozenset(word for segment in self.segments for name in scoring.HEADS for word in segment.words(name))

    def known(self, words: frozenset[str], scopes: frozenset[str]) -> frozenset[str]:
        return arrays.known(self, words, scopes)

    def _read_position(self) -> Position:
        if not self._positions:
            return Position()
        segment, number = self.placed(self._positions[0])
        return read_position(str(segment.card(number)))


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
            alive: Mask = _joined([_alive(part) for part in toc.segments], np.bool_)
            return Snapshot(path, toc.generation, segments, alive)
    except BaseException:
        _close(opened)
        raise


def _alive(part: Any) -> Mask:
    mask = np.ones(part.doc_count_all(), np.bool_)
    mask[list(part.deleted_docs())] = False
    return mask


def _close(segments: list[Segment]) -> None:
    for segment in segments:
        segment.close()


def _joined(parts: Sequence[NDArray[Any]], kind: DTypeLike) -> NDArray[Any]:
    return np.concatenate(parts, dtype=kind) if parts else np.empty(0, kind)
