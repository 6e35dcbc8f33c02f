"""``search``: one question of one viewer, answered from the index of this process.

Why apart from ``infra.index``: the index knows words and arrays; here they become what teachers
mean. Rule: read-only and without a transaction of its own; labels are read in the caller's unit.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup, escape

from resource_hub.infra import tokenizer
from resource_hub.infra.index import FACETS, Moment, current_index, matching, snippets
from resource_hub.infra.index.matching import Phrase, Request, Unit
from resource_hub.infra.index.segments import Snapshot
from resource_hub.infra.index.snippets import Marked
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.kernel.paging import read_cursor, write_cursor
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import rules
from resource_hub.search.access import scopes_of
from resource_hub.search.queries import labels_of
from resource_hub.search.rules import Question, Understood

NOTHING = matching.Answer((), 0, {}, has_more=False)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, with what a list shows of it."""

    ref: Ref
    title: str
    title_marks: tuple[tuple[int, int], ...]
    path: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    score: float
    moment: Moment | None
    facets: Mapping[str, tuple[str, ...]]
    """Its facet values; ``Result.labels`` has the words for them."""

    @property
    def title_html(self) -> Markup:
        return marked_html(self.title, self.title_marks)

    @property
    def snippet_html(self) -> Markup:
        return marked_html(self.snippet, self.marks)


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
    filters: Mapping[str, frozenset[str]]
    """Chosen by parameter or typed as ``field:value``."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def search(
    viewer: Viewer,
    query: str = "",
    *,
    filters: Mapping[str, Sequence[str]] | None = None,
    limit: int = 20,
    cursor: str | None = None,
    newest_first: bool = False,
) -> Result:
    """Return the page of things that ``viewer`` may see and ``query`` means, best first.

    Without a query it browses, newest first. Raises ``Invalid`` for a cursor that is not ours
    and ``IndexRebuilding`` while no index can be read.
    """
    started = time.perf_counter()
    after = _after(cursor)
    with current_index().snapshot() as snapshot:
        question = rules.take_apart(tokenizer.normalise(query[: rules.LONGEST]).text)
        request = replace(
            _request(snapshot, viewer, question, rules.chosen(filters or {})), limit=limit, after=after, newest_first=newest_first
        )
        answer = NOTHING if query.strip() and not _asks(request) else matching.answer(snapshot, request)
        labels = labels_of(_shown_values(snapshot, answer))
        hits = tuple(_hit(snapshot, found, _words_to_mark(request)) for found in answer.found)
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
        understood=question.understood,
        filters=request.filters,
        labels=labels,
    )


def marked_html(text: str, marks: Sequence[tuple[int, int]]) -> Markup:
    """Return ``text`` escaped, with its marked spans in <mark>."""
    html, done = Markup(), 0
    for start, end in marks:
        html += escape(text[done:start]) + Markup("<mark>%s</mark>") % text[start:end]
        done = end
    return html + escape(text[done:])


def _asks(request: Request) -> bool:
    """Return whether the question says anything; mere punctuation does not."""
    return bool(request.units or request.phrases or request.filters)


def _after(cursor: str | None) -> tuple[float, str] | None:
    if not cursor:
        return None
    match read_cursor(cursor):
        case [int() | float() as rank, str() as ref]:
            return float(rank), ref
        case _:
            raise Invalid(fields={"cursor": N_("这个翻页位置不对,请从第一页重新查起。")})


def _request(snapshot: Snapshot, viewer: Viewer, question: Question, filters: dict[str, frozenset[str]]) -> Request:
    """Return the question in the terms of the index, for this viewer's scopes."""
    scopes = scopes_of(viewer)
    known = _known_values(snapshot, scopes, [f.facet for f in question.filters] + [u.facet for u in question.understood])
    plain = question.words
    for typed in question.filters:
        values = frozenset(v for v, label in known[typed.facet].items() if rules.names_same(typed.value, v, tokenizer.fold(label)))
        if values:
            filters[typed.facet] = filters.get(typed.facet, frozenset()) | values
        else:
            plain += f" {typed.value}"
    meanings = _meanings(question.understood, known)
    units = tuple(replace(unit, near=rules.near(unit.text)) for unit in _units(plain, meanings))
    phrases = [Phrase(text, _units(text, {})) for text in question.phrases]
    phrases += [Phrase(text, _units(text, {}), in_title=True) for text in question.title_phrases]
    excluded = [Phrase(text, _units(text, {})) for text in question.excluded]
    return Request(
        scopes=scopes,
        units=units,
        phrases=tuple(phrase for phrase in phrases if phrase.units),
        excluded=tuple(phrase for phrase in excluded if phrase.units),
        filters=filters,
        wording=plain,
    )


def _units(text: str, meanings: Mapping[str, Mapping[str, frozenset[str]]]) -> tuple[Unit, ...]:
    words = tokenizer.query_words(text)
    told = rules.telling([word.text for word in words])
    units = {word.text: Unit(word.text, word.parts, meanings.get(word.text, {})) for word, tells in zip(words, told, strict=True) if tells}
    return tuple(units.values())[: rules.MOST_UNITS]


def _meanings(understood: Sequence[Understood], known: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, frozenset[str]]]:
    """Return word → facet → values that mean the same, so that a lesson filed under 三年级 counts as saying it."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for item in understood:
        values = frozenset(v for v, label in known[item.facet].items() if rules.names_same(item.name, v, label))
        if values:
            found.setdefault(item.text, {})[item.facet] = values
    return found


def _known_values(snapshot: Snapshot, scopes: frozenset[str], names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the values of these facets that visible things have, with their labels."""
    values: dict[str, set[str]] = {name: set() for name in names}
    for segment, seen in zip(snapshot.segments, snapshot.visible(scopes), strict=True):
        for name, found in values.items():
            column = segment.facet(name)
            codes = {code for code, shown in zip(column.codes, seen, strict=True) if shown}
            found.update(value for code in codes for value in column.values[code])
    return labels_of(values)


def _shown_values(snapshot: Snapshot, answer: matching.Answer) -> dict[str, set[str]]:
    shown = {name: {value for value, _count in answer.facets.get(name, ())} for name in FACETS}
    for found in answer.found:
        for name in FACETS:
            shown[name].update(snapshot.segments[found.segment].facet(name).of(found.number))
    return shown


def _words_to_mark(request: Request) -> tuple[str, ...]:
    """Return the words to look for in a text, the longer ones first."""
    words = {phrase.text for phrase in request.phrases}
    for unit in (*request.units, *(unit for phrase in request.phrases for unit in phrase.units)):
        words |= {unit.text, *(part for part in (*unit.parts, *unit.near) if len(part) > 1)}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _hit(snapshot: Snapshot, found: matching.Found, words: tuple[str, ...]) -> Hit:
    segment = snapshot.segments[found.segment]
    card = segment.card(found.number)
    title = snippets.mark(segment.title(found.number), words)
    shown = _snippet(card, words)
    return Hit(
        ref=Ref.parse(found.ref),
        title=title.text,
        title_marks=title.marks,
        path=card["path"],
        snippet=shown.text,
        marks=shown.marks,
        score=found.rank if words else 0.0,
        moment=shown.moment,
        facets={name: values for name in FACETS if (values := segment.facet(name).of(found.number))},
    )


def _snippet(card: Mapping[str, object], words: tuple[str, ...]) -> Marked:
    summary = str(card["summary"])
    pages: list[tuple[str, Moment | None]] = [
        (text, Moment(**moment) if moment else None)
        for text, moment in card["pages"]  # type: ignore[attr-defined]  # fields_of wrote pairs
    ]
    places = [(summary, None), *pages]
    return snippets.cut(places, words) or snippets.beginning(summary or next((text for text, _moment in pages if text.strip()), ""))
