"""From words to ranked documents with honest counts, over the arrays of a snapshot.

The viewer's scopes bound the documents before anything is counted, so hidden documents change
neither totals, facets nor the weight of a word. Every step works on whole arrays: one number for
each document of the snapshot, or only for ``numbers`` of them. Rule: nothing is filtered out
afterwards.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from resource_hub.infra import tokenizer
from resource_hub.infra.index import scoring
from resource_hub.infra.index.documents import FACETS
from resource_hub.infra.index.matching import Answer, Found, Phrase, Request, Unit
from resource_hub.infra.index.postings import Documents, Mask, Numbers, Postings
from resource_hub.infra.index.schema import TEXT_FIELDS, facet_field
from resource_hub.infra.index.scoring import Points

if TYPE_CHECKING:
    from resource_hub.infra.index.segments import Snapshot

TEXTS_READ = 2_000
"""Documents whose texts are read for one phrase, the best first; those behind them count as without it."""


def answer(snapshot: "Snapshot", request: Request) -> Answer:
    """Return the page of documents that ``request`` asks for, with totals and facet counts."""
    visible = snapshot.visible(request.scopes)
    numbers, ranks = _ranked(snapshot, request, visible)
    has_all = _has_required(snapshot, request, visible, numbers, ranks)
    numbers, ranks = numbers[has_all], ranks[has_all]
    failed, nearly = _filtered(snapshot, request.filters, numbers)
    hits = numbers[failed == 0]
    facets = {name: _count(snapshot, name, numbers[(failed == 0) | nearly[name]] if name in nearly else hits) for name in FACETS}
    page = _page(snapshot, request, hits, ranks[failed == 0])
    found = page[: request.limit]
    if request.explain:
        found = [one._replace(why=why) for one, why in zip(found, _whys(snapshot, request, visible, found), strict=True)]
    return Answer(tuple(found), len(hits), facets, len(page) > request.limit)


@dataclass(frozen=True, slots=True)
class _Told:
    """What one word tells, and per document how far it covers the word, in its head alone, and how well it stands there."""

    unit: Unit
    tells: float
    degrees: Points
    heads: Points
    scores: Points

    @property
    def worth(self) -> Points:
        return scoring.worth(self.tells, self.degrees, self.scores)


def _told(snapshot: "Snapshot", units: Sequence[Unit], visible: Mask) -> Iterator[_Told]:
    """Give what each word tells; a word that no visible document has is left out."""
    documents = int(np.count_nonzero(visible))
    for unit in units:
        degrees, heads, scores = _covered(snapshot, unit, visible)
        if holding := int(np.count_nonzero(degrees)):
            yield _Told(unit, scoring.tells(unit, units, documents, holding), degrees, heads, scores)


def _ranked(snapshot: "Snapshot", request: Request, visible: Mask) -> tuple[Numbers, Points]:
    """Return the documents that the words find, and what the words make of each."""
    units = scoring.asked(request)
    if not units:
        numbers = np.flatnonzero(visible)
        return numbers, np.zeros(len(numbers))
    cover, worth, stands = (np.zeros(snapshot.size) for _ in range(3))
    has_every = visible
    known, told = 0, 0.0
    for word in _told(snapshot, units, visible):
        told += word.tells
        known += 1
        cover += word.tells * word.degrees
        worth += word.worth
        stands += word.tells * np.maximum(word.heads, scoring.PASSING * word.degrees)
        has_every = has_every & (word.degrees >= scoring.ALL_PARTS)
    if not known:
        return np.empty(0, np.int64), np.empty(0)
    numbers = np.flatnonzero(scoring.is_hit(told, cover, stands) & (cover > 0))
    ranks = scoring.WORTH * worth[numbers] / told
    if known == len(units):
        ranks += scoring.FULL * has_every[numbers]
    return numbers, ranks


def _whys(snapshot: "Snapshot", request: Request, visible: Mask, page: Sequence[Found]) -> list[dict[str, float]]:
    """Return what each rank is made of; the parts add up to it."""
    if scoring.is_browsing(request):
        return [{"newest": found.rank} for found in page]
    numbers = np.array([found.number for found in page], np.int64)
    units = scoring.asked(request)
    words = [(word.unit, word.tells, word.worth[numbers], word.degrees[numbers]) for word in _told(snapshot, units, visible)]
    told = sum(tells for _unit, tells, _worth, _degrees in words)
    return [_why(snapshot, request, found, [(unit, scoring.WORTH * float(worth[at]) / told) for unit, _tells, worth, _degrees in words],
                 has_every=len(words) == len(units) and all(degrees[at] >= scoring.ALL_PARTS for *_, degrees in words))
            for at, found in enumerate(page)]  # fmt: skip


def _why(snapshot: "Snapshot", request: Request, found: Found, words: Sequence[tuple[Unit, float]], *, has_every: bool) -> dict[str, float]:
    segment, number = snapshot.placed(found.number)
    why = {f"word:{unit.text}": points for unit, points in words}
    why["all_words"] = scoring.FULL if has_every else 0.0
    why["boost"] = scoring.BOOST * float(snapshot.boosts[found.number])
    for lift in request.lifts:
        if lift.values.intersection(segment.facet(lift.facet).of(number)):
            why[f"lift:{lift.facet}"] = why.get(f"lift:{lift.facet}", 0.0) + lift.weight
    why["title"] = _title_bonus(snapshot, found.number, request.wording)
    return {name: round(points, 6) for name, points in why.items() if points}


def _covered(snapshot: "Snapshot", unit: Unit, visible: Mask) -> tuple[Points, Points, Points]:
    """Return degree, degree in the head alone, and score: by the word itself, else by one near it, else by its parts."""
    head, score = _word(snapshot, unit.text, visible)
    for name, values in unit.facets.items():
        for value in values:
            documents = _seen(snapshot.postings(facet_field(name), value), visible).documents
            head[documents] += scoring.FACET_WEIGHT
            score[documents] += scoring.FACET_WEIGHT
    _title(snapshot, unit.text, visible, head, score)
    others = _by_parts(snapshot, unit.parts, visible) if unit.parts else (np.zeros(snapshot.size),) * 3
    if unit.near:
        others = _by_near(snapshot, unit.near, visible, *others)
    is_there, is_in_head = score > 0, head > 0
    return np.where(is_there, 1.0, others[0]), np.where(is_in_head, 1.0, others[1]), np.where(is_there, score, others[2])


def _word(snapshot: "Snapshot", word: str, visible: Mask) -> tuple[Points, Points]:
    """Return how well ``word`` stands in the head of each document, and in all of it."""
    head, score = np.zeros(snapshot.size), np.zeros(snapshot.size)
    for name in TEXT_FIELDS:
        found = _seen(snapshot.postings(name, word), visible)
        if not len(found.documents):
            continue
        lengths, usual = snapshot.lengths(name)
        points = scoring.field_score(name, found.counts.astype(np.float64), lengths[found.documents], usual)
        score[found.documents] += points
        if name in scoring.HEADS:
            head[found.documents] += points
    return head, score


def _title(snapshot: "Snapshot", word: str, visible: Mask, *scores: Points) -> None:
    """Raise ``scores`` of documents in whose title ``word`` stands, though it may have been cut otherwise there."""
    grams = tokenizer.query_grams(word)
    documents = _in_all(snapshot, "title_grams", grams, visible) if grams else ()
    if len(documents):
        for score in scores:
            score[documents] = np.maximum(score[documents], scoring.GRAM_WEIGHT)


def _by_parts(snapshot: "Snapshot", parts: tuple[str, ...], visible: Mask) -> tuple[Points, Points, Points]:
    length = sum(map(len, parts))
    share, share_in_head, score = (np.zeros(snapshot.size) for _ in range(3))
    for part in parts:
        told = len(part) / length
        in_head, of_part = _word(snapshot, part, visible)
        share += told * (of_part > 0)
        share_in_head += told * (in_head > 0)
        score += told * of_part
    return _degree(share), _degree(share_in_head), score * share


def _degree(share: Points) -> Points:
    return np.where(share > 0.999, scoring.ALL_PARTS, scoring.SOME_PARTS * share)


def _by_near(
    snapshot: "Snapshot", words: tuple[str, ...], visible: Mask, degree: Points, in_head: Points, score: Points
) -> tuple[Points, Points, Points]:
    """Return what is better of the words near it and its parts, whose degrees and score are given."""
    near_head, near = np.zeros(snapshot.size), np.zeros(snapshot.size)
    for word in words:
        head, of_word = _word(snapshot, word, visible)
        _title(snapshot, word, visible, head, of_word)
        np.maximum(near_head, head, out=near_head)
        np.maximum(near, of_word, out=near)
    is_near = (near > 0) & (degree <= scoring.NEAR)
    return (
        np.where(is_near, scoring.NEAR, degree),
        np.maximum(in_head, scoring.NEAR * (near_head > 0)),
        np.where(is_near, near, score),
    )


def _seen(postings: Postings, visible: Mask) -> Postings:
    shown = visible[postings.documents]
    return Postings(postings.documents[shown], postings.counts[shown])


def _in_all(snapshot: "Snapshot", name: str, words: Sequence[str], visible: Mask) -> Documents:
    """Return the visible documents that have every one of ``words`` in field ``name``."""
    left = visible
    documents: Documents = np.empty(0, np.int32)
    for word in words:
        documents = snapshot.postings(name, word).documents
        documents = documents[left[documents]]
        left = np.zeros(snapshot.size, np.bool_)
        left[documents] = True
    return documents


def _has_required(snapshot: "Snapshot", request: Request, visible: Mask, numbers: Numbers, ranks: Points) -> Mask:
    """Return which documents have all phrases and no excluded word."""
    left = np.ones(len(numbers), np.bool_)
    for phrase in request.excluded:
        holding = _holding(snapshot, phrase, visible)[numbers] & left
        left &= ~(holding if len(phrase.units) == 1 else _saying(snapshot, phrase, numbers, ranks, holding))
    for phrase in request.phrases:
        left &= _saying(snapshot, phrase, numbers, ranks, _holding(snapshot, phrase, visible)[numbers] & left)
    return left


def _holding(snapshot: "Snapshot", phrase: Phrase, visible: Mask) -> Mask:
    """Return which documents have every word of ``phrase``."""
    holding = visible
    for unit in phrase.units:
        holding = holding & (_covered(snapshot, unit, visible)[0] >= scoring.ALL_PARTS)
    return holding


def _saying(snapshot: "Snapshot", phrase: Phrase, numbers: Numbers, ranks: Points, asked: Mask) -> Mask:
    """Return in which of the documents ``asked`` about the phrase stands letter by letter."""
    saying = _cut_so(snapshot, phrase)[numbers] & asked
    places = np.flatnonzero(asked & ~saying)
    best_first = places[np.argsort(-ranks[places], kind="stable")][:TEXTS_READ]
    for place in best_first.tolist():
        saying[place] = snapshot.says(int(numbers[place]), phrase)
    return saying


def _cut_so(snapshot: "Snapshot", phrase: Phrase) -> Mask:
    """Return which documents have a phrase of one word as a word of their texts; they need not be read."""
    is_word = len(phrase.units) == 1 and phrase.units[0].text == phrase.text
    mask = np.zeros(snapshot.size, np.bool_)
    for name in (("title",) if phrase.in_title else TEXT_FIELDS) if is_word else ():
        mask[snapshot.postings(name, phrase.text).documents] = True
    return mask


def _filtered(snapshot: "Snapshot", filters: Mapping[str, frozenset[str]], numbers: Numbers) -> tuple[Numbers, dict[str, Mask]]:
    """Return how many filters each document fails, and per filter which fail that one alone.

    The counts of a filtered facet include the second kind: they tell what choosing another
    value as well would add.
    """
    fails = {name: ~snapshot.any_of(facet_field(name), values)[numbers] for name, values in filters.items()}
    failed = np.zeros(len(numbers), np.int64)
    for mask in fails.values():
        failed += mask
    return failed, {name: mask & (failed == 1) for name, mask in fails.items()}


def _count(snapshot: "Snapshot", name: str, numbers: Numbers) -> tuple[tuple[str, int], ...]:
    values: Counter[str] = Counter()
    for segment, of_segment in snapshot.split(numbers):
        column = segment.facet(name)
        counts = np.bincount(column.codes[of_segment], minlength=len(column.values))
        for code in np.flatnonzero(counts).tolist():
            for value in column.values[code]:
                values[value] += int(counts[code])
    return tuple(sorted(values.items(), key=lambda item: (-item[1], item[0]))[: scoring.MOST_VALUES])


def _page(snapshot: "Snapshot", request: Request, numbers: Numbers, ranks: Points) -> list[Found]:
    """Return the documents of the page and one more, when there is one."""
    if scoring.is_browsing(request):
        keys = np.round(snapshot.updated[numbers], 6)
    else:
        ranks = ranks + scoring.BOOST * snapshot.boosts[numbers]
        for lift in request.lifts:
            ranks += lift.weight * snapshot.any_of(facet_field(lift.facet), lift.values)[numbers]
        keys = np.round(ranks, 6)
        for at in _best(snapshot, numbers, keys, scoring.TITLES_COMPARED) if request.wording else ():
            keys[at] = round(keys[at] + _title_bonus(snapshot, int(numbers[at]), request.wording), 6)
    if request.after:
        behind = _behind(snapshot, numbers, keys, *request.after)
        numbers, keys = numbers[behind], keys[behind]
    best = [(float(keys[at]), int(numbers[at])) for at in _best(snapshot, numbers, keys, request.limit + 1)]
    return [Found(key, snapshot.names[number], number) for key, number in best]


def _best(snapshot: "Snapshot", numbers: Numbers, keys: Points, most: int) -> list[int]:
    """Return where the greatest ``keys`` are, in order; equal ones go by ref."""
    if len(keys) <= most:
        above, level = np.arange(len(keys)), np.empty(0, np.int64)
    else:
        least = np.partition(keys, len(keys) - most)[len(keys) - most]
        above, level = np.flatnonzero(keys > least), np.flatnonzero(keys == least)
    names = snapshot.names
    first = sorted(above.tolist(), key=lambda at: (-keys[at], names[numbers[at]]))
    return first + heapq.nsmallest(most - len(first), level.tolist(), key=lambda at: names[numbers[at]])


def _behind(snapshot: "Snapshot", numbers: Numbers, keys: Points, key: float, ref: str) -> Mask:
    """Return which documents come after the one with ``key`` and ``ref``."""
    behind: Mask = keys < key
    for at in np.flatnonzero(keys == key).tolist():
        behind[at] = snapshot.names[numbers[at]] > ref
    return behind


def _title_bonus(snapshot: "Snapshot", number: int, wording: str) -> float:
    segment, number = snapshot.placed(number)
    return scoring.title_bonus(wording, segment.plain_title(number)) if wording else 0.0


def values(snapshot: "Snapshot", name: str, scopes: frozenset[str]) -> frozenset[str]:
    """Return the values of facet ``name`` that visible documents have."""
    found: set[str] = set()
    for segment, numbers in snapshot.split(np.flatnonzero(snapshot.visible(scopes))):
        column = segment.facet(name)
        for code in np.unique(column.codes[numbers]).tolist():
            found.update(column.values[code])
    return frozenset(found)


def titles(snapshot: "Snapshot", text: str, scopes: frozenset[str], limit: int) -> tuple[str, ...]:
    """Return visible titles that hold ``text``: those that begin with it first, then the short ones."""
    grams = tokenizer.query_grams(text)
    documents = _in_all(snapshot, "title_grams" if grams else "title", grams or tokenizer.index_words(text), snapshot.visible(scopes))
    found: dict[str, tuple[bool, int, str]] = {}
    for document in documents.tolist():
        segment, number = snapshot.placed(document)
        if text in (plain := segment.plain_title(number)):
            title = segment.title(number)
            found[title] = (not plain.startswith(text), len(title), title)
    return tuple(heapq.nsmallest(limit, found, key=found.__getitem__))


def known(snapshot: "Snapshot", words: Iterable[str], scopes: frozenset[str]) -> frozenset[str]:
    """Return those of ``words`` that stand in the head of a visible document."""
    visible = snapshot.visible(scopes)
    return frozenset(word for word in words if any(visible[snapshot.postings(name, word).documents].any() for name in scoring.HEADS))
