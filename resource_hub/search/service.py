"""``search``: one question of one viewer, answered from the index of this process.

Why apart from ``infra.index``: the index knows words and facets; here they become what teachers
mean. Rule: read-only and without a transaction of its own; labels, synonyms and weights are read
in the caller's unit.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup, escape

from resource_hub.infra import tokenizer
from resource_hub.infra.index import FACETS, Moment, current_index, matching, snippets
from resource_hub.infra.index.matching import Card, Found, Phrase, Reader, Request, Unit
from resource_hub.infra.index.snippets import Marked
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.kernel.paging import read_cursor, write_cursor
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import lexicon, ranking, reading, rules
from resource_hub.search.access import scopes_of
from resource_hub.search.queries import labels_of, synonyms
from resource_hub.search.reading import Reading, Rewrite
from resource_hub.search.rules import Question, Understood

NOTHING = matching.Answer((), 0, {}, has_more=False)
MOST_MOMENTS = 3
_MUCH_BETTER = 5.0
"""How much higher the best hit of a guess must stand to be shown at once: half of what having every word is worth."""


@dataclass(frozen=True, slots=True)
class Place:
    """One stretch of a hit that holds the words, and where it opens; ``moment`` is ``None`` for the summary."""

    text: str
    marks: tuple[tuple[int, int], ...]
    moment: Moment | None

    @property
    def html(self) -> Markup:
        return marked_html(self.text, self.marks)

    @property
    def words(self) -> list[str]:
        """What is marked, each once."""
        return list(dict.fromkeys(self.text[start:end] for start, end in self.marks))


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, with what a list shows of it."""

    ref: Ref
    title: str
    title_marks: tuple[tuple[int, int], ...]
    path: str
    places: tuple[Place, ...]
    """Where the words stand, the best first; at least one."""
    score: float
    facets: Mapping[str, tuple[str, ...]]
    """Its facet values; ``Result.labels`` has the words for them."""
    why: Mapping[str, float] = field(default_factory=dict)
    """What the score is made of, when that was asked."""

    @property
    def snippet(self) -> str:
        return self.places[0].text

    @property
    def marks(self) -> tuple[tuple[int, int], ...]:
        return self.places[0].marks

    @property
    def moment(self) -> Moment | None:
        return self.places[0].moment

    @property
    def moments(self) -> tuple[Place, ...]:
        """The places that can be opened: pages and seconds."""
        return tuple(place for place in self.places if place.moment)

    @property
    def title_html(self) -> Markup:
        return marked_html(self.title, self.title_marks)

    @property
    def snippet_html(self) -> Markup:
        return self.places[0].html


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Result:
    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    took_ms: float
    cursor: str | None
    understood: tuple[Understood, ...]
    """School words recognised in the query."""
    filters: Mapping[str, frozenset[str]]
    """Chosen by parameter, typed as ``field:value`` or understood."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    narrowed: tuple[Understood, ...] = ()
    """What was understood and narrows the hits."""
    let_go: tuple[Understood, ...] = ()
    """What was understood but fits nothing, so that it does not narrow."""
    rewrites: tuple[Rewrite, ...] = ()
    """Words that were read as others: pinyin, misspellings."""
    instead: str = ""
    """What was searched since the words as typed found nothing."""
    hint: str = ""
    """What may have been meant."""


def search(
    viewer: Viewer,
    query: str = "",
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    without: Sequence[str] = (),
    limit: int = 20,
    cursor: str | None = None,
    newest_first: bool = False,
    verbatim: bool = False,
    explain: bool = False,
) -> Result:
    """Return the page of things that ``viewer`` may see and ``query`` means, best first.

    ``without`` names facets whose words stay plain words; ``verbatim`` reads no word as another.
    Without a query it browses, newest first. Raises ``Invalid`` for a cursor that is not ours
    and ``IndexRebuilding`` while no index can be read.
    """
    started = time.perf_counter()
    how = Request(
        scopes=scopes_of(viewer),
        lifts=ranking.lifts_of(viewer),
        limit=limit,
        after=_after(cursor),
        newest_first=newest_first,
        explain=explain,
    )
    with current_index().snapshot() as reader:
        asked = _asked(reader, how, query, rules.chosen(filters or {}), without, verbatim=verbatim)
        instead = ""
        if asked.reading.hint:
            hinted = _asked(reader, how, asked.reading.hint, rules.chosen(filters or {}), without, verbatim=True)
            if _best(reader, hinted) > _best(reader, asked) + _MUCH_BETTER:
                asked, instead = hinted, hinted.reading.words
        answer = _answer(reader, asked, query)
        cards = [reader.card(found) for found in answer.found]
        labels = labels_of(_shown_values(answer, cards, asked.request))
        words = _words_to_mark(asked.request)
        hits = tuple(_hit(found, card, words) for found, card in zip(answer.found, cards, strict=True))
    facets = {
        name: tuple(FacetValue(value, labels[name][value], count) for value, count in counts)
        for name, counts in answer.facets.items()
        if counts
    }
    last = answer.found[-1] if answer.has_more else None
    return Result(
        hits=hits,
        total=answer.total,
        facets=facets,
        took_ms=round((time.perf_counter() - started) * 1000, 1),
        cursor=write_cursor(last.rank, last.ref) if last else None,
        understood=asked.question.understood,
        filters=asked.request.filters,
        labels=labels,
        narrowed=asked.narrowed,
        let_go=asked.let_go,
        rewrites=asked.reading.rewrites,
        instead=instead,
        hint="" if instead else asked.reading.hint,
    )


def marked_html(text: str, marks: Sequence[tuple[int, int]]) -> Markup:
    """Return ``text`` escaped, with its marked spans in <mark>."""
    html, done = Markup(), 0
    for start, end in marks:
        html += escape(text[done:start]) + Markup("<mark>%s</mark>") % text[start:end]
        done = end
    return html + escape(text[done:])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query in the terms of the index, and how it came to that."""

    question: Question
    reading: Reading
    request: Request
    narrowed: tuple[Understood, ...]
    let_go: tuple[Understood, ...] = ()


def _asked(
    reader: Reader, how: Request, query: str, filters: dict[str, frozenset[str]], without: Sequence[str], *, verbatim: bool
) -> _Asked:
    question = rules.take_apart(tokenizer.normalise(query[: rules.LONGEST]).text)
    read = Reading(question.words)
    if not verbatim and question.words:
        read = reading.read(question.words, lexicon.of(reader), lambda words: reader.known(words, how.scopes))
        # Pinyin may spell a school word: shuxue 三上.
        question = replace(question, words=read.words, understood=rules.recognise(tokenizer.normalise(read.words).text))
    known = _known_values(reader, how.scopes, [f.facet for f in question.filters] + [u.facet for u in question.understood])
    plain = question.words
    for typed in question.filters:
        values = frozenset(v for v, label in known[typed.facet].items() if rules.names_same(typed.value, v, tokenizer.fold(label)))
        if values:
            filters[typed.facet] = filters.get(typed.facet, frozenset()) | values
        else:
            plain += f" {typed.value}"
    meanings = _meanings(question.understood, known)
    request = replace(
        how,
        phrases=tuple(p for p in _phrases(question) if p.units),
        excluded=tuple(p for p in (Phrase(text, _units(text, {}, {})) for text in question.excluded) if p.units),
    )
    near = {**synonyms(), **read.near}
    free = _with_words(request, plain, plain, meanings, near, filters)
    narrowing = {u: v for u, v in meanings.items() if u.facet in rules.NARROWING and u.facet not in without}
    if not narrowing:
        return _Asked(question, read, free, ())
    # A value that was chosen stands instead of what was understood of the same facet.
    narrowed = tuple(item for item in narrowing if item.facet not in filters)
    wanted = dict(filters)
    for item in narrowed:
        wanted[item.facet] = wanted.get(item.facet, frozenset()) | narrowing[item]
    rest = rules.without(plain, list(narrowing))
    narrow = _with_words(request, rest or plain, rest, meanings, near, wanted)
    if reader.answer(replace(narrow, limit=1, after=None, explain=False)).total:
        return _Asked(question, read, narrow, narrowed)
    return _Asked(question, read, free, (), narrowed)


def _with_words(
    request: Request, text: str, wording: str, meanings: Mapping[Understood, frozenset[str]], near: Mapping[str, tuple[str, ...]],
    filters: Mapping[str, frozenset[str]],
) -> Request:  # fmt: skip
    same: dict[str, dict[str, frozenset[str]]] = {}
    for item, values in meanings.items():
        same.setdefault(item.text, {})[item.facet] = values
    return replace(request, units=_units(text, same, near), filters=filters, wording=wording)


def _phrases(question: Question) -> list[Phrase]:
    phrases = [Phrase(text, _units(text, {}, {})) for text in question.phrases]
    return phrases + [Phrase(text, _units(text, {}, {}), in_title=True) for text in question.title_phrases]


def _answer(reader: Reader, asked: _Asked, query: str) -> matching.Answer:
    """Return what the index answers; mere punctuation asks nothing."""
    request = asked.request
    if query.strip() and not (request.units or request.phrases or request.filters):
        return NOTHING
    return reader.answer(request)


def _best(reader: Reader, asked: _Asked) -> float:
    """Return the rank of the best hit, 0 without any."""
    found = reader.answer(replace(asked.request, limit=1, after=None, newest_first=False, explain=False)).found
    return found[0].rank if found else 0.0


def _after(cursor: str | None) -> tuple[float, str] | None:
    if not cursor:
        return None
    match read_cursor(cursor):
        case [int() | float() as rank, str() as ref]:
            return float(rank), ref
        case _:
            raise Invalid(fields={"cursor": N_("这个翻页位置不对，请从第一页重新查起。")})


def _units(text: str, meanings: Mapping[str, Mapping[str, frozenset[str]]], near: Mapping[str, tuple[str, ...]]) -> tuple[Unit, ...]:
    words = tokenizer.query_words(text)
    told = rules.telling([word.text for word in words])
    units = {
        word.text: Unit(word.text, word.parts, meanings.get(word.text, {}), near.get(word.text, ()))
        for word, tells in zip(words, told, strict=True)
        if tells
    }
    return tuple(units.values())[: rules.MOST_UNITS]


def _meanings(understood: Sequence[Understood], known: Mapping[str, Mapping[str, str]]) -> dict[Understood, frozenset[str]]:
    """Return the values that mean the same as each school word, so that a lesson filed under 三年级 counts as saying it."""
    found = {u: frozenset(v for v, label in known[u.facet].items() if rules.names_same(u.name, v, label)) for u in understood}
    return {item: values for item, values in found.items() if values}


def _known_values(reader: Reader, scopes: frozenset[str], names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the values of these facets that visible things have, with their labels."""
    return labels_of({name: reader.values(name, scopes) for name in dict.fromkeys(names)})


def _shown_values(answer: matching.Answer, cards: Sequence[Card], request: Request) -> dict[str, set[str]]:
    shown = {name: {value for value, _count in answer.facets.get(name, ())} | request.filters.get(name, frozenset()) for name in FACETS}
    for card in cards:
        for name, values in card.facets.items():
            shown[name].update(values)
    return shown


def _words_to_mark(request: Request) -> tuple[str, ...]:
    """Return the words to look for in a text, the longer ones first."""
    words = {phrase.text for phrase in request.phrases}
    for unit in (*request.units, *(unit for phrase in request.phrases for unit in phrase.units)):
        words |= {unit.text, *(part for part in (*unit.parts, *unit.near) if len(part) > 1)}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _hit(found: Found, card: Card, words: tuple[str, ...]) -> Hit:
    title = snippets.mark(card.title, words)
    return Hit(
        ref=Ref.parse(found.ref),
        title=title.text,
        title_marks=title.marks,
        path=card.path,
        places=tuple(Place(shown.text, shown.marks, shown.moment) for shown in _places(card, words)),
        score=found.rank if words else 0.0,
        facets=card.facets,
        why=found.why,
    )


def _places(card: Card, words: tuple[str, ...]) -> list[Marked]:
    passages = [(card.summary, None), *card.passages]
    best = snippets.best(passages, words, MOST_MOMENTS)
    first = card.summary or next((text for text, _moment in card.passages if text.strip()), "")
    return best or [snippets.beginning(first)]
