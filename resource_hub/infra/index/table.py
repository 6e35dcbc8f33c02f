"""Searching the table that all nodes share: conditions are counted by PostgreSQL, the best are ranked here.

Totals and facets count every hit. Ranks are exact for a bounded set of candidates that is filled
from the best down: whole questions in titles first, then in heads, then in passing, the newest
first; what is left follows in the order of its date. So the work for a common word is bounded, and
every page can still be turned. Rule: every condition begins with the viewer's scopes.
"""

import heapq
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from resource_hub.infra import tokenizer
from resource_hub.infra.db import db
from resource_hub.infra.index import conditions, scoring
from resource_hub.infra.index.conditions import ALWAYS, HEAD, NEVER, OFTEN, clean, either, every, token
from resource_hub.infra.index.documents import FACETS
from resource_hub.infra.index.matching import Answer, Card, Found, Phrase, Request, Unit, passages
from resource_hub.infra.index.rows import GROUPS, facets_of, unpack
from resource_hub.infra.index.schema import TEXT_FIELDS
from resource_hub.infra.index.tables import SearchDocument, SearchFacets, SearchWord

CANDIDATES = 250
"""Hits that are weighed one by one; a reader who turns a dozen pages has seen them."""
_REST = -1e11
"""The rank of a hit that was not weighed lies below all others; its date orders it."""
_REMEMBERED = 4096
_USUAL_S = 300.0
_TABLE = SearchDocument.__table__
_C = _TABLE.c

Condition = tuple[str, tuple[sa.ColumnElement[bool], ...]]
"""What the tokens of a document must be, and what must stand in its text."""


class _Weighed(NamedTuple):
    """A candidate with what its rank is made of."""

    rank: float
    id: int
    ref: str
    row: Any
    why: Mapping[str, float]


class Memory:
    """What one process remembers of the table: counts until the next commit, and sets of facets."""

    def __init__(self) -> None:
        self.sets: dict[int, Mapping[str, tuple[str, ...]]] = {}
        """Sets of facet values; their rows never change."""
        self.usual: dict[str, float] = {}
        self.usual_until = float("-inf")
        self._stamp = -1
        self._kept: OrderedDict[object, Any] = OrderedDict()
        self._lock = threading.Lock()

    def move_to(self, stamp: int) -> None:
        with self._lock:
            if self._stamp != stamp:
                self._stamp = stamp
                self._kept.clear()

    def recall(self, key: object) -> Any:
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: object, value: Any) -> None:
        with self._lock:
            self._kept[key] = value
            if len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)


class TableReader:
    """One question's look at the table, inside the caller's reading unit."""

    def __init__(self, stamp: int, memory: Memory) -> None:
        self.stamp = stamp
        self._memory = memory
        memory.move_to(stamp)

    @property
    def documents(self) -> int:
        return self._counted([ALWAYS])[0]

    def answer(self, request: Request) -> Answer:
        words = self._told(request)
        scoped = conditions.scoped(request.scopes)
        hits = every([scoped, self._hits(scoped, words)]) if scoring.asked(request) else scoped
        required, texts = _required(request)
        filters = {name: conditions.filtered(name, values) for name, values in request.filters.items()}
        whole: Condition = (every([hits, required, *filters.values()]), texts)
        total, facets = self._facets(whole, tuple(GROUPS))
        for name in filters:
            others = every([hits, required, *(condition for other, condition in filters.items() if other != name)])
            group = next(column for column, names in GROUPS.items() if name in names)
            facets[name] = self._facets((others, texts), (group,))[1][name]
        page = self._browsed(whole, request) if scoring.is_browsing(request) else self._ranked(whole, request, words, total)
        shown = {name: tuple(sorted(facets[name].items(), key=_by_count)[: scoring.MOST_VALUES]) for name in FACETS}
        return Answer(tuple(page[: request.limit]), total, shown, len(page) > request.limit)

    def card(self, found: Found) -> Card:
        row = db.session.execute(sa.select(_C.title, _C.card, *(_C[group] for group in GROUPS)).where(_C.id == found.number)).one_or_none()
        if row is None:  # it left the table after it was found
            return Card("", "", (), "", (), {})
        kept = row.card
        facets = _joined(self._sets({getattr(row, group) for group in GROUPS}).values())
        return Card(row.title, kept["path"], tuple(kept["keywords"]), kept["summary"], passages(kept["pages"]), facets)

    def values(self, name: str, scopes: frozenset[str]) -> frozenset[str]:
        group = next(column for column, names in GROUPS.items() if name in names)

        numbers = self._memory.recall((group, scopes))
        if numbers is None:
            wanted = sa.select(_C[group]).distinct().where(_meets(conditions.scoped(scopes)))
            numbers = frozenset(db.session.scalars(wanted))
            self._memory.keep((group, scopes), numbers)
        return frozenset(value for facets in self._sets(numbers).values() for value in facets.get(name, ()))

    def titles(self, text: str, scopes: frozenset[str], limit: int) -> tuple[str, ...]:
        text = clean(text)
        named = conditions.titled(text)
        if named == NEVER:
            named = every(token(HEAD, word) for word in tokenizer.index_words(text))
        begins = sa.func.starts_with(_C.plain_title, text)
        wanted = sa.select(_C.title, begins).where(
            _meets(every([conditions.scoped(scopes), named])), sa.func.strpos(_C.plain_title, text) > 0
        )
        ordered = wanted.group_by(_C.title, begins).order_by(begins.desc(), sa.func.length(_C.title), _C.title).limit(limit)
        return tuple(row.title for row in db.session.execute(ordered)) if named not in (NEVER, ALWAYS) else ()

    def vocabulary(self) -> frozenset[str]:
        return frozenset(db.session.scalars(sa.select(SearchWord.word)))

    def known(self, words: frozenset[str], scopes: frozenset[str]) -> frozenset[str]:
        asked = sorted(words)
        scoped = conditions.scoped(scopes)
        there = [sa.exists().where(_meets(every([scoped, token(HEAD, word)]))) for word in asked]
        found = db.session.execute(sa.select(*there)).one() if there else ()
        return frozenset(word for word, is_there in zip(asked, found, strict=True) if is_there)

    def refs(self) -> Iterator[str]:
        yield from db.session.scalars(sa.select(_C.ref))

    def _told(self, request: Request) -> list[tuple[float, Unit]]:
        """Return what each word tells; a word that no visible document has is left out."""
        units = scoring.asked(request)
        if not units:
            return []
        scoped = conditions.scoped(request.scopes)
        documents, *holding = self._counted([scoped, *(every([scoped, conditions.touching(unit)]) for unit in units)])
        return [(scoring.tells(unit, units, documents, count), unit) for unit, count in zip(units, holding, strict=True) if count]

    def _hits(self, scoped: str, words: Sequence[tuple[float, Unit]]) -> str:
        """Return the condition of ``scoring.is_hit``."""
        if not words:
            return NEVER
        told = sum(tells for tells, _unit in words)
        covering = conditions.at_least([(tells, conditions.levels(unit)) for tells, unit in words], scoring.LEAST_COVER)
        standing = [(tells, conditions.standing(unit)) for tells, unit in words]
        low, high = 0.0, scoring.LEAST_COVER / scoring.LEAST_OF_BEST
        if self._has_any(every([scoped, conditions.at_least(standing, high)])):
            return covering  # what stands for half of the best covers enough anyway
        for _ in range(5):
            middle = (low + high) / 2
            low, high = (middle, high) if self._has_any(every([scoped, conditions.at_least(standing, middle)])) else (low, middle)
        rows = self._rows(self._newest((every([scoped, conditions.at_least(standing, low)]), ()), CANDIDATES), words)
        best = max((_stands(row, words, self._usual()) for row in rows), default=0.0)
        return either([covering, conditions.at_least(standing, scoring.LEAST_OF_BEST * best / told)])

    def _ranked(self, whole: Condition, request: Request, words: Sequence[tuple[float, Unit]], total: int) -> list[Found]:
        candidates = self._candidates(whole, request, words, total)
        weighed = self._weigh(candidates, request, words)
        after = request.after
        if after is not None:
            weighed = [item for item in weighed if (-item.rank, item.ref) > (-after[0], after[1])]
        best = heapq.nsmallest(request.limit + 1, weighed, key=lambda item: (-item.rank, item.ref))
        page = [Found(item.rank, item.ref, item.id, item.why) for item in best]
        if len(page) > request.limit or total <= len(candidates):
            return page
        return page + self._rest(whole, candidates, request, request.limit + 1 - len(page))

    def _candidates(self, whole: Condition, request: Request, words: Sequence[tuple[float, Unit]], total: int) -> list[int]:
        """Return the hits to weigh: all of them when they are few, else the best that conditions can tell."""
        tokens, texts = whole
        tiers = [ALWAYS] if total <= CANDIDATES else _tiers(request, words)
        found: dict[int, None] = {}
        for tier in tiers:
            found.update(dict.fromkeys(self._newest((every([tokens, tier]), texts), CANDIDATES)))
            if len(found) >= min(CANDIDATES, total):
                break
        return list(found)

    def _weigh(self, ids: Sequence[int], request: Request, words: Sequence[tuple[float, Unit]]) -> list[_Weighed]:
        rows = self._rows(ids, words)
        usual = self._usual()
        asked = scoring.asked(request)
        told = sum(tells for tells, _unit in words)
        is_complete = len(words) == len(asked)
        weighed = []
        for row in rows:
            why: dict[str, float] = {}
            whole = is_complete
            for tells, word in words:
                degree, score = _covered(row, word, usual, TEXT_FIELDS)
                why[f"word:{word.text}"] = scoring.WORTH * scoring.worth(tells, degree, score) / told
                whole = whole and degree >= scoring.ALL_PARTS
            why["all_words"] = scoring.FULL if whole else 0.0
            why["boost"] = scoring.BOOST * row.boost
            for lift in request.lifts:
                if lift.values.intersection(row.facets.get(lift.facet, ())):
                    why[f"lift:{lift.facet}"] = why.get(f"lift:{lift.facet}", 0.0) + lift.weight
            why["title"] = scoring.title_bonus(request.wording, row.plain_title)
            kept = {name: round(points, 6) for name, points in why.items() if points} if request.explain else {}
            weighed.append(_Weighed(round(sum(why.values()), 6), row.id, row.ref, row, kept))
        return weighed

    def _rest(self, whole: Condition, candidates: Sequence[int], request: Request, limit: int) -> list[Found]:
        """Return hits that were not weighed, behind those that were."""
        date = sa.func.round(sa.cast(_C.updated, sa.Numeric), 3)
        wanted = _where(sa.select(_C.id, _C.ref, _C.updated), whole).where(_C.id.not_in(candidates))
        if request.after and request.after[0] < _REST / 2:
            wanted = wanted.where(_is_behind(date, Decimal(str(round(request.after[0] - _REST, 3))), request.after[1]))
        rows = db.session.execute(wanted.order_by(date.desc(), _C.ref).limit(limit))
        why = {"newest": 0.0} if request.explain else {}
        return [Found(_REST + round(row.updated, 3), row.ref, row.id, why) for row in rows]

    def _browsed(self, whole: Condition, request: Request) -> list[Found]:
        wanted = _where(sa.select(_C.id, _C.ref, _C.updated), whole)
        if request.after:
            wanted = wanted.where(_is_behind(_C.updated, *request.after))
        rows = db.session.execute(wanted.order_by(_C.updated.desc(), _C.ref).limit(request.limit + 1))
        found = [Found(row.updated, row.ref, row.id) for row in rows]
        return [f._replace(why={"newest": f.rank}) for f in found] if request.explain else found

    def _facets(self, condition: Condition, groups: tuple[str, ...]) -> tuple[int, dict[str, Counter[str]]]:
        """Return how many documents meet ``condition``, and the counts of the facets of ``groups``."""
        columns = [_C[group] for group in groups]
        wanted = _where(sa.select(*columns, sa.func.count().label("many")), condition)
        rows = db.session.execute(wanted.group_by(sa.func.grouping_sets(*(sa.tuple_(column) for column in columns)))).all()
        sets = self._sets({number for row in rows for number in row[:-1] if number is not None})
        counts: dict[str, Counter[str]] = {name: Counter() for group in groups for name in GROUPS[group]}
        total = 0
        for row in rows:
            group = next(at for at, number in enumerate(row[:-1]) if number is not None)
            total += row.many if group == 0 else 0
            for name, values in sets[row[group]].items():
                for value in values:
                    counts[name][value] += row.many
        return total, counts

    def _newest(self, condition: Condition, limit: int) -> list[int]:
        # The sum keeps PostgreSQL from walking the index of dates, which would unpack the tokens of every row on the way.
        return list(db.session.scalars(_where(sa.select(_C.id), condition).order_by((_C.updated + 0).desc(), _C.ref).limit(limit)))

    def _rows(self, ids: Sequence[int], words: Sequence[tuple[float, Unit]]) -> list["_Row"]:
        """Return what ranks are made of, for these documents and words."""
        texts = sorted({text for _tells, word in words for text in (word.text, *word.parts, *word.near)})
        # An empty object joined to the counts unpacks them once; each look at a stored value would unpack it anew.
        counts = _C.counts.op("||")(sa.cast({}, postgresql.JSONB)).label("counts")
        columns = (_C.id, _C.ref, _C.boost, _C.plain_title, _C.lengths, *(_C[group] for group in GROUPS))
        kept = sa.select(*columns, counts).where(_C.id.in_(ids)).offset(0).subquery()
        shown = [kept.c[column.name] for column in columns]
        packed = [sa.cast(kept.c.counts.op("->>")(sa.literal(clean(text))), sa.BigInteger) for text in texts]
        rows = db.session.execute(sa.select(*shown, *packed)).all() if ids else []
        sets = self._sets({getattr(row, group) for row in rows for group in GROUPS})
        return [
            _Row(
                row.id,
                row.ref,
                row.boost,
                row.plain_title,
                dict(zip(TEXT_FIELDS, map(int, row.lengths.split(",")), strict=True)),
                _joined(sets[getattr(row, group)] for group in GROUPS),
                {text: count for text, count in zip(texts, row[len(columns) :], strict=True) if count is not None},
            )
            for row in rows
        ]

    def _usual(self) -> Mapping[str, float]:
        """Return the mean length of each field; they hardly change, so a look every few minutes does."""
        memory = self._memory
        if time.monotonic() > memory.usual_until:
            means = [sa.func.avg(sa.cast(sa.func.split_part(_C.lengths, ",", at), sa.Integer)) for at in range(1, len(TEXT_FIELDS) + 1)]
            row = db.session.execute(sa.select(*means)).one()
            memory.usual = {name: max(1.0, float(mean or 0)) for name, mean in zip(TEXT_FIELDS, row, strict=True)}
            memory.usual_until = time.monotonic() + _USUAL_S
        return memory.usual

    def _sets(self, numbers: Collection[int]) -> dict[int, Mapping[str, tuple[str, ...]]]:
        """Return these sets of facet values."""
        known = self._memory.sets
        missing = [number for number in numbers if number not in known]
        if missing:
            wanted = sa.select(SearchFacets.id, SearchFacets.text).where(SearchFacets.id.in_(missing))
            known.update({row.id: facets_of(row.text) for row in db.session.execute(wanted)})
        return {number: known[number] for number in numbers}

    def _counted(self, tokens: Sequence[str]) -> list[int]:
        """Return how many documents meet each condition."""
        found = {condition: self._memory.recall(condition) for condition in tokens}
        missing = [condition for condition, count in found.items() if count is None]
        if missing:
            columns = [sa.select(sa.func.count()).select_from(_TABLE).where(_meets(condition)).scalar_subquery() for condition in missing]
            counted = dict(zip(missing, db.session.execute(sa.select(*columns)).one(), strict=True))
            for condition, count in counted.items():
                self._memory.keep(condition, count)
            found |= counted
        return [found[condition] for condition in tokens]

    def _has_any(self, tokens: str) -> bool:
        return tokens != NEVER and bool(db.session.scalar(sa.select(sa.exists().where(_meets(tokens)))))


@dataclass(frozen=True, slots=True)
class _Row:
    """What ranks are made of, of one document."""

    id: int
    ref: str
    boost: float
    plain_title: str
    lengths: Mapping[str, int]
    facets: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, int]


def _covered(row: _Row, word: Unit, usual: Mapping[str, float], fields: Sequence[str]) -> tuple[float, float]:
    """Return degree and score: by the word itself, else by one near it, else by its parts."""
    itself = _score(row, word.text, usual, fields)
    itself += sum(scoring.FACET_WEIGHT for name, values in word.facets.items() for value in row.facets.get(name, ()) if value in values)
    if _is_titled(row, word.text):
        itself = max(itself, scoring.GRAM_WEIGHT)
    if itself:
        return 1.0, itself
    near = max((max(_score(row, text, usual, fields), scoring.GRAM_WEIGHT * _is_titled(row, text)) for text in word.near), default=0.0)
    length = sum(map(len, word.parts))
    scores = [(len(part) / length, _score(row, part, usual, fields)) for part in word.parts]
    share = sum(part for part, score in scores if score)
    degree = scoring.ALL_PARTS if share > 0.999 else scoring.SOME_PARTS * share
    if near and degree <= scoring.NEAR:
        return scoring.NEAR, near
    return degree, sum(part * score for part, score in scores) * share


def _score(row: _Row, word: str, usual: Mapping[str, float], fields: Sequence[str]) -> float:
    packed = row.counts.get(word, 0)
    there = [(name, count) for name in fields if (count := unpack(packed, name))]
    return sum(scoring.field_score(name, count, row.lengths[name], usual[name]) for name, count in there)


def _is_titled(row: _Row, word: str) -> bool:
    grams = _grams(word)
    return bool(grams) and all(gram in row.plain_title for gram in grams)


@lru_cache(maxsize=4096)
def _grams(word: str) -> tuple[str, ...]:
    return tokenizer.query_grams(word)


def _joined(sets: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    return {name: values for facets in sets for name, values in facets.items()}


def _stands(row: _Row, words: Sequence[tuple[float, Unit]], usual: Mapping[str, float]) -> float:
    """Return how far a document stands for the question; see ``scoring.is_hit``."""
    return sum(
        tells * max(_covered(row, word, usual, scoring.HEADS)[0], scoring.PASSING * _covered(row, word, usual, TEXT_FIELDS)[0])
        for tells, word in words
    )


def _required(request: Request) -> Condition:
    """Return the condition of phrases and excluded words."""
    tokens, texts = [], []
    for phrase in request.phrases:
        tokens.append(every(conditions.covering(word) for word in phrase.units))
        texts.append(_says(phrase))
    for phrase in request.excluded:
        held = every(conditions.covering(word) for word in phrase.units)
        if len(phrase.units) == 1:
            tokens.append(f"!{held}")
        else:
            texts.append(sa.not_(sa.and_(_meets(held), _says(phrase))))
    return every(tokens), tuple(texts)


def _says(phrase: Phrase) -> sa.ColumnElement[bool]:
    return sa.func.strpos(_C.plain_title if phrase.in_title else _C.plain, clean(phrase.text)) > 0


def _tiers(request: Request, words: Sequence[tuple[float, Unit]]) -> list[str]:
    """Return conditions from the best hits down to all of them."""
    heads = [conditions.covering(word, HEAD) for _tells, word in words]
    whole = every(conditions.covering(word) for _tells, word in words)
    lifted = either(conditions.filtered(lift.facet, lift.values) for lift in request.lifts)
    often = either(token(OFTEN, word.text) for _tells, word in words)
    return [
        every([*heads, lifted]),
        every(heads),
        every([whole, either(heads), lifted]),
        every([whole, either(heads)]),
        heads[max(range(len(words)), key=lambda at: words[at][0])],
        every([whole, often]),
        whole,
        ALWAYS,
    ]


def _where(wanted: sa.Select[Any], condition: Condition) -> sa.Select[Any]:
    tokens, texts = condition
    return wanted.where(_meets(tokens), *texts)


def _meets(tokens: str) -> sa.ColumnElement[bool]:
    return sa.true() if tokens == ALWAYS else _C.tokens.bool_op("@@")(sa.cast(tokens, postgresql.TSQUERY))


def _is_behind(key: sa.ColumnElement[Any], value: float | Decimal, ref: str) -> sa.ColumnElement[bool]:
    return sa.or_(key < value, sa.and_(key == value, ref < _C.ref))


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
