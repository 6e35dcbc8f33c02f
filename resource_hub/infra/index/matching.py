"""From words to ranked documents with honest counts, over the arrays of a snapshot.

Documents that have every word stand first, then those that hold most of what the words tell:
rare words tell more, a word in the title more than one in passing, and a word that no visible
document has tells nothing, so that a long sentence still finds its lesson. The viewer's scopes
bound the documents before anything is counted, so hidden documents change neither totals,
facets nor the weight of a word. Rule: nothing is filtered out afterwards.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from resource_hub.infra import tokenizer
from resource_hub.infra.index.documents import FACETS
from resource_hub.infra.index.schema import TEXT_FIELDS, facet_field
from resource_hub.infra.index.segments import Segment, Snapshot, any_of, idf

_FIELD_WEIGHT = {"title": 5.0, "keywords": 3.0, "path": 2.5, "summary": 1.5, "body": 1.0}
_LENGTH_SHARE = {"title": 0.3, "keywords": 0.2, "path": 0.0, "summary": 0.4, "body": 0.6}
_FACET_WEIGHT = 2.0
_GRAM_WEIGHT = 2.5
_SATURATION = 1.2
_ALL_PARTS, _SOME_PARTS = 0.9, 0.6
"""How far a word is covered when only the shorter words inside it are there: all, or some."""
_NEAR = 0.7
"""How far a word is covered by one that means nearly the same; less than by itself, so that ranks below it."""
_HALF = 12.0
"""The score at which a word counts half: once in a text is little, in title and keywords much."""
_LEAST_COVER, _LEAST_OF_BEST = 0.3, 0.5
"""The share of what the known words tell that a hit must have, or the share of what the best one is worth."""
_FLOOR = 0.5
"""What even a word tells that almost everything has."""
_CHARACTER = 0.4
"""A single character among words tells less than its rareness says."""
_FULL, _WORTH, _BOOST = 10.0, 9.0, 0.5
_IN_TITLE = 2.0
_TITLES_COMPARED = 200
_MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Unit:
    """One word asked for; ``facets`` are facet values that mean the same (三年级), ``near`` words that mean nearly that."""

    text: str
    parts: tuple[str, ...] = ()
    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Text that must stand in a document letter by letter; ``in_title`` looks there only."""

    text: str
    units: tuple[Unit, ...]
    """Its words, at least one."""
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: best documents for ``units`` among those with phrases, filters and scopes."""

    scopes: frozenset[str]
    units: tuple[Unit, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    wording: str = ""
    """The words as one normalised text, to prefer titles that say just this."""
    newest_first: bool = False
    limit: int = 20
    after: tuple[float, str] | None = None


class Found(NamedTuple):
    rank: float
    ref: str
    segment: int
    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    found: tuple[Found, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    has_more: bool


Place = tuple[int, int]
Degrees = dict[Place, float]


def answer(snapshot: Snapshot, request: Request) -> Answer:
    """Return the page of documents that ``request`` asks for, with totals and facet counts."""
    visible = snapshot.visible(request.scopes)
    ranks = _ranks(snapshot, request, visible)
    _require(snapshot, request, visible, ranks)
    hits, nearly = _filtered(snapshot, request.filters, ranks)
    facets = {name: _count(snapshot, name, [*hits, *nearly.get(name, ())]) for name in FACETS}
    page = _page(snapshot, request, {place: ranks[place] for place in hits})
    return Answer(tuple(page[: request.limit]), len(hits), facets, len(page) > request.limit)


def _ranks(snapshot: Snapshot, request: Request, visible: tuple[bytes, ...]) -> Degrees:
    units = [*request.units, *(unit for phrase in request.phrases for unit in phrase.units)]
    if not units:
        return {(s, n): 0.0 for s, mask in enumerate(visible) for n, seen in enumerate(mask) if seen}
    documents = sum(mask.count(1) for mask in visible)
    cover: Degrees = {}
    worth: Degrees = {}
    whole: Counter[Place] = Counter()
    known, told = 0, 0.0
    for unit in units:
        degrees, scores = _match(snapshot, unit, visible)
        if not degrees:
            continue
        tells = (_FLOOR + idf(documents, len(degrees))) * (_CHARACTER if len(unit.text) == 1 and len(units) > 1 else 1.0)
        told += tells
        known += 1
        for place, degree in degrees.items():
            cover[place] = cover.get(place, 0.0) + tells * degree
            worth[place] = worth.get(place, 0.0) + tells * degree * scores[place] / (scores[place] + _HALF)
            if degree >= _ALL_PARTS:
                whole[place] += 1
    enough = _LEAST_OF_BEST * max(worth.values(), default=0.0)
    every = known if known == len(units) else -1
    return {
        place: _WORTH * has / told + (_FULL if whole[place] == every else 0.0)
        for place, has in worth.items()
        if has >= enough or cover[place] >= _LEAST_COVER * told or whole[place] == every
    }


def _match(snapshot: Snapshot, unit: Unit, visible: tuple[bytes, ...]) -> tuple[Degrees, Degrees]:
    """Return how far each visible document covers ``unit``, and how well it stands there."""
    degrees: Degrees = {}
    scores: Degrees = {}
    for number, (segment, seen) in enumerate(zip(snapshot.segments, visible, strict=True)):
        for document, (degree, score) in _covered(segment, unit).items():
            if seen[document]:
                degrees[number, document], scores[number, document] = degree, score
    return degrees, scores


def _covered(segment: Segment, unit: Unit) -> dict[int, tuple[float, float]]:
    """Return degree and score per document: by the word itself, else by one near it, else by its parts."""
    itself = _word_scores(segment, unit.text)
    for name, values in unit.facets.items():
        for value in values:
            for document in segment.postings(facet_field(name), value).documents:
                itself[document] = itself.get(document, 0.0) + _FACET_WEIGHT
    for document in _titled(segment, unit.text):
        itself[document] = max(itself.get(document, 0.0), _GRAM_WEIGHT)
    found = {document: (_NEAR, score) for document, score in _near_scores(segment, unit.near).items()}
    for document, (share, score) in _part_scores(segment, unit.parts).items():
        degree = _ALL_PARTS if share > 0.999 else _SOME_PARTS * share
        if document not in found or degree > _NEAR:
            found[document] = degree, score * share
    return found | {document: (1.0, score) for document, score in itself.items()}


def _word_scores(segment: Segment, word: str) -> dict[int, float]:
    scores: dict[int, float] = {}
    for name in TEXT_FIELDS:
        postings = segment.postings(name, word)
        if not postings.documents:
            continue
        weight, share = _FIELD_WEIGHT[name], _LENGTH_SHARE[name]
        lengths = segment.lengths(name)
        usual = max(1.0, sum(lengths) / max(1, segment.size))
        for document, count in zip(postings.documents, postings.counts, strict=True):
            norm = _SATURATION * (1 - share + share * lengths[document] / usual)
            scores[document] = scores.get(document, 0.0) + weight * count * (_SATURATION + 1) / (count + norm)
    return scores


def _near_scores(segment: Segment, words: tuple[str, ...]) -> dict[int, float]:
    found: dict[int, float] = {}
    for word in words:
        for document, score in (_word_scores(segment, word) | dict.fromkeys(_titled(segment, word), _GRAM_WEIGHT)).items():
            found[document] = max(score, found.get(document, 0.0))
    return found


def _titled(segment: Segment, word: str) -> set[int]:
    """Return the documents in whose title ``word`` stands, though it may have been cut otherwise there."""
    return _in_all(segment, "title_grams", tokenizer.query_grams(word))


def _part_scores(segment: Segment, parts: tuple[str, ...]) -> dict[int, tuple[float, float]]:
    found: dict[int, tuple[float, float]] = {}
    length = sum(map(len, parts))
    for part in parts:
        share = len(part) / length
        for document, score in _word_scores(segment, part).items():
            before = found.get(document, (0.0, 0.0))
            found[document] = (before[0] + share, before[1] + score * share)
    return found


def _in_all(segment: Segment, name: str, words: tuple[str, ...]) -> set[int]:
    if not words:
        return set()
    found = set(segment.postings(name, words[0]).documents)
    for word in words[1:]:
        found.intersection_update(segment.postings(name, word).documents)
    return found


def _require(snapshot: Snapshot, request: Request, visible: tuple[bytes, ...], ranks: Degrees) -> None:
    """Drop from ``ranks`` what lacks a phrase or has an excluded word."""
    for phrase in request.excluded:
        for place in _holding(snapshot, phrase, visible) & ranks.keys():
            if len(phrase.units) == 1 or _stands_in(snapshot, place, phrase):
                del ranks[place]
    for phrase in request.phrases:
        candidates = _holding(snapshot, phrase, visible)
        for place in list(ranks):
            if place not in candidates or not _stands_in(snapshot, place, phrase):
                del ranks[place]


def _holding(snapshot: Snapshot, phrase: Phrase, visible: tuple[bytes, ...]) -> set[Place]:
    """Return the documents that have every word of ``phrase``."""
    found = [{place for place, degree in _match(snapshot, unit, visible)[0].items() if degree >= _ALL_PARTS} for unit in phrase.units]
    return set.intersection(*found)


def _stands_in(snapshot: Snapshot, place: Place, phrase: Phrase) -> bool:
    segment = snapshot.segments[place[0]]
    return any(phrase.text in tokenizer.normalise(text).text for text in _texts(segment, place[1], title_only=phrase.in_title))


def _texts(segment: Segment, number: int, *, title_only: bool) -> Iterator[str]:
    yield segment.title(number)
    if title_only:
        return
    card = segment.card(number)
    yield from (card["path"], *card["keywords"], card["summary"])
    for text, _moment in card["pages"]:
        yield text


def _filtered(
    snapshot: Snapshot, filters: Mapping[str, frozenset[str]], places: Iterable[Place]
) -> tuple[list[Place], dict[str, list[Place]]]:
    """Return what passes all filters, and per filter what fails that one alone.

    The counts of a filtered facet include the second kind: they tell what choosing another
    value as well would add.
    """
    if not filters:
        return list(places), {}
    masks = {name: [any_of(segment, facet_field(name), values) for segment in snapshot.segments] for name, values in filters.items()}
    hits: list[Place] = []
    nearly: dict[str, list[Place]] = {}
    for place in places:
        failed = [name for name, mask in masks.items() if not mask[place[0]][place[1]]]
        if not failed:
            hits.append(place)
        elif len(failed) == 1:
            nearly.setdefault(failed[0], []).append(place)
    return hits, nearly


def _count(snapshot: Snapshot, name: str, places: Iterable[Place]) -> tuple[tuple[str, int], ...]:
    columns = [segment.facet(name) for segment in snapshot.segments]
    codes = Counter((s, columns[s].codes[n]) for s, n in places)
    values: Counter[str] = Counter()
    for (s, code), count in codes.items():
        for value in columns[s].values[code]:
            values[value] += count
    return tuple(sorted(values.items(), key=lambda item: (-item[1], item[0]))[:_MOST_VALUES])


def _page(snapshot: Snapshot, request: Request, ranks: Mapping[Place, float]) -> list[Found]:
    """Return the documents of the page and one more, when there is one."""
    is_browsing = request.newest_first or not (request.units or request.phrases)
    every = [_found(snapshot, place, rank, is_browsing=is_browsing) for place, rank in ranks.items()]
    if request.wording and not is_browsing:
        top = heapq.nsmallest(_TITLES_COMPARED, every, key=_order)
        told = {f.ref: f._replace(rank=round(f.rank + _title_bonus(snapshot, f, request.wording), 6)) for f in top}
        every = [told.get(f.ref, f) for f in every]
    if request.after:
        bound = (-request.after[0], request.after[1])
        every = [f for f in every if _order(f) > bound]
    return heapq.nsmallest(request.limit + 1, every, key=_order)


def _found(snapshot: Snapshot, place: Place, rank: float, *, is_browsing: bool) -> Found:
    segment, number = snapshot.segments[place[0]], place[1]
    key = segment.updated[number] if is_browsing else rank + _BOOST * segment.boosts[number]
    return Found(round(key, 6), segment.refs[number], *place)


def _order(found: Found) -> tuple[float, str]:
    return (-found.rank, found.ref)


def _title_bonus(snapshot: Snapshot, found: Found, wording: str) -> float:
    title = snapshot.segments[found.segment].plain_title(found.number)
    return _IN_TITLE * len(wording) / len(title) if wording in title else 0.0
