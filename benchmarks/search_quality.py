"""How well search understands teachers: MRR@10 and nDCG@10 over the collection in ``search/``. JSON lines.

Four analyses answer the same queries over the same library: ``ours`` (the service as pages ask
it), ``jieba_only`` (rjieba's words with our field weights, without normalising, pinyin, synonyms
and lifts), ``bigram`` (pairs of characters instead) and ``bm25_words`` (our words, plain BM25).
Odd ids are for tuning; what counts are the even ones. ``search_quality.py misses`` lists the odd
queries that are answered badly.
"""

import json
import math
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import rjieba
import sqlalchemy as sa
from flask import Flask
from flask_babel import Babel

from benchmarks.search_corpus import ASKERS, KINDS, Asked, collection, lessons
from resource_hub.cli.demo import district
from resource_hub.cli.demo.resources import RESOURCES, ResourceSeed
from resource_hub.cli.demo.writing import TEXTS
from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum import service as curriculum_service
from resource_hub.infra import index, migrate, tokenizer, unit
from resource_hub.infra.db import db, init_db
from resource_hub.infra.features import Feature, Hub
from resource_hub.infra.index import DocumentSource, FacetLabels, IndexDocument, start_indexer
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.documents import facets_of_place
from resource_hub.library.schemas import KIND_LABELS, Kind
from resource_hub.people.models import Person
from resource_hub.schools.models import Subject
from resource_hub.search import service
from resource_hub.search.models import RecentQuery

DEPTH = 10
_DAWN = datetime(2026, 1, 1, tzinfo=UTC)
_WEIGHTS = {"title": 5.0, "keywords": 3.0, "path": 2.5, "summary": 1.5, "body": 1.0}
Ranker = Callable[[str, Viewer], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the library: its document and what it is relevant by."""

    document: IndexDocument
    tags: frozenset[str]
    is_in_use: bool

    @property
    def id(self) -> str:
        return self.document.ref.id


def main(*, is_listing: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-quality-") as folder, library(Path(folder)) as items:
        asked = collection()
        if is_listing:
            _list_misses([one for one in asked if one.number % 2], items)
            return
        for name, rank in _rankers(items).items():
            for odd, note in ((1, "odd, tuned on"), (0, "even")):
                figures = [_figures(one, items, rank) for one in asked if one.number % 2 == odd]
                suffix = "" if not odd else ".tuned"
                for at, figure in enumerate(("mrr10", "ndcg10")):
                    value = sum(pair[at] for pair in figures) / len(figures)
                    note_of = f"{len(figures)} queries ({note}), {len(items)} documents"
                    print(
                        json.dumps({"figure": f"search.{figure}.{name}{suffix}", "value": round(value, 4), "unit": "", "note": note_of}),
                        flush=True,
                    )


@contextmanager
def library(folder: Path, *, is_indexed: bool = True) -> Iterator[Mapping[str, Item]]:
    """Give the library by id, indexed unless told otherwise, inside an application context."""
    app = Flask("quality")
    settings = Settings.read({"HUB_DATA": str(folder)})
    migrate.upgrade(settings)
    init_db(app, settings.database)
    hub = Hub(settings, None, None)  # type: ignore[arg-type]  # nothing here stores objects
    app.extensions["resource_hub"] = hub
    Babel(app)
    index.init_index(app)
    items: dict[str, Item] = {}
    hub.mount(
        Feature(
            name="quality",
            documents=[
                DocumentSource("item", lambda ids: {i: items[i].document for i in ids}, lambda after, limit: _ids(items, after, limit))
            ],
            labels=[
                FacetLabels("grade", lambda values: {value: curriculum.grade_name(value) for value in values}),
                FacetLabels("kind", lambda values: {value: KIND_LABELS[Kind(value)] for value in values}),
            ],
        )
    )
    with app.app_context():
        with unit.write():
            _fill_district()
        with unit.read():
            items |= {item.id: item for item in (*_generated(), *map(_of_demo, RESOURCES))}
        indexer = start_indexer(app) if is_indexed else None
        while indexer and index.health()["state"] != "ready":
            time.sleep(0.1)
        yield items
        if indexer:
            indexer.stop()
        index.index_of(app).close()
        db.engine.dispose()


def _ids(items: Mapping[str, Item], after: str | None, limit: int) -> Sequence[str]:
    return sorted(ident for ident in items if after is None or ident > after)[:limit]


def _fill_district() -> None:
    curriculum_service.load_standard()
    curriculum_service.import_units(district.LOCAL_UNITS, dry_run=False)
    for edition in district.EDITIONS:
        node = curriculum.node_at(edition.edition_path)
        curriculum_service.set_district_edition(district.SCHOOL_YEAR, edition.stage, edition.subject, node.id, grade=edition.grade)
    subjects = sorted({subject for asker in ASKERS.values() for subject in asker.subjects})
    db.session.execute(sa.insert(Subject), [{"code": f"x{at}", "name": name, "position": at} for at, name in enumerate(subjects)])
    codes = {name: f"x{at}" for at, name in enumerate(subjects)}
    for name, asker in ASKERS.items():
        row = Person(
            id=name, name=name, staff_no=name, subjects=[codes[s] for s in asker.subjects], joined_on=date(2020, 9, 1), created_at=_DAWN
        )
        db.session.add(row)
        db.session.flush()
        if asker.grade:
            db.session.add(RecentQuery(person_id=name, query=curriculum.grade_name(asker.grade), asked_at=_DAWN))
    db.session.flush()


def _generated() -> Iterator[Item]:
    in_use = {(e.stage, e.subject, e.grade): e.edition_id for e in curriculum.default_editions()}
    for lesson in lessons(in_use):
        facets: dict[str, str | Sequence[str]] = {"kind": lesson.kind, "school": lesson.school, "community": lesson.community}
        document = IndexDocument(
            ref=Ref("item", lesson.id),
            title=lesson.title,
            path=lesson.place.path,
            keywords=lesson.keywords,
            summary=lesson.summary,
            pages=lesson.pages,
            scopes=lesson.scopes,
            facets=facets | facets_of_place(lesson.place),
            updated_at=_DAWN + timedelta(minutes=lesson.minute),
            boost=lesson.boost,
        )
        yield Item(document, lesson.tags, lesson.is_in_use)


def _of_demo(seed: ResourceSeed) -> Item:
    place = curriculum.place_of(curriculum.node_at(seed.node).id)
    document = IndexDocument(
        ref=Ref("item", f"r{seed.number}"),
        title=seed.title,
        path=place.path,
        keywords=seed.keywords,
        summary=seed.summary,
        pages=[TEXTS[file.text] for file in seed.files if file.text in TEXTS],
        scopes=frozenset({"district"}),
        facets={"kind": seed.kind, "school": seed.school, **facets_of_place(place)},
        updated_at=_DAWN + timedelta(days=100, minutes=seed.number),
    )
    tags = {f"r{seed.number}", place.subject, curriculum.grade_name(place.grade) if place.grade else "", *place.volume[3:].split()}
    return Item(document, frozenset(tags - {""}) | {KINDS[seed.kind][0] if seed.kind in KINDS else seed.kind}, is_in_use=True)


def viewer_of(asked: Asked) -> Viewer:
    asker = ASKERS[asked.asked_by]
    return Viewer(asked.asked_by, asked.asked_by, asker.school, frozenset({asker.community}), ())


def _figures(asked: Asked, items: Mapping[str, Item], rank: Ranker) -> tuple[float, float]:
    """Return reciprocal rank of the first good answer and nDCG, both at ten, among what the asker may see."""
    viewer = viewer_of(asked)
    scopes = viewer.scopes({})
    grades = {i: asked.grade(item.tags, is_in_use=item.is_in_use) for i, item in items.items() if item.document.scopes & scopes}
    ideal = sorted(grades.values(), reverse=True)[:DEPTH]
    if not ideal or not ideal[0]:
        raise ValueError(f"nothing is relevant to query {asked.number}")
    got = [grades.get(ident, 0) for ident in rank(asked.query, viewer)[:DEPTH]]
    first = next((1 / place for place, grade in enumerate(got, 1) if grade == ideal[0]), 0.0)
    return first, _gain(got) / _gain(ideal)


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1))


def _rankers(items: Mapping[str, Item]) -> dict[str, Ranker]:
    fielded = Bm25(items, lambda text: [w for w in rjieba.cut_for_search(text.lower()) if w.strip()], _WEIGHTS)
    pairs = Bm25(items, _bigrams, _WEIGHTS)
    words = Bm25(items, tokenizer.index_words, None)
    return {"ours": _ours, "jieba_only": fielded.rank, "bigram": pairs.rank, "bm25_words": words.rank}


def _ours(query: str, viewer: Viewer) -> Sequence[str]:
    with unit.read():
        return [hit.ref.id for hit in service.search(viewer, query, limit=DEPTH).hits]


def _bigrams(text: str) -> list[str]:
    found: list[str] = []
    for run in re.findall(r"[㐀-鿿]+|[a-z0-9]+", text.lower()):
        if run.isascii():
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)] or [run]
    return found


class Bm25:
    """The usual ranking over words: per field with weights, or over the whole text without."""

    def __init__(self, items: Mapping[str, Item], cut: Callable[[str], list[str]], weights: Mapping[str, float] | None) -> None:
        self._items, self._cut = items, cut
        self._weights = weights or {"all": 1.0}
        self._postings: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        self._lengths: dict[str, dict[str, int]] = {name: {} for name in self._weights}
        for item in items.values():
            for name, text in _fields(item.document, is_one=weights is None):
                words = cut(text)
                self._lengths[name][item.id] = len(words)
                for word, count in Counter(words).items():
                    self._postings[name, word].append((item.id, count))
        self._usual = {name: sum(lengths.values()) / max(1, len(lengths)) for name, lengths in self._lengths.items()}

    def rank(self, query: str, viewer: Viewer) -> Sequence[str]:
        scopes = viewer.scopes({})
        scores: dict[str, float] = defaultdict(float)
        for word in dict.fromkeys(self._cut(query)):
            for name, weight in self._weights.items():
                held = [(i, n) for i, n in self._postings.get((name, word), ()) if self._items[i].document.scopes & scopes]
                idf = math.log(1 + (len(self._items) - len(held) + 0.5) / (len(held) + 0.5))
                for ident, count in held:
                    norm = 1.2 * (0.25 + 0.75 * self._lengths[name][ident] / max(1.0, self._usual[name]))
                    scores[ident] += weight * idf * count * 2.2 / (count + norm)
        return sorted(scores, key=lambda ident: (-scores[ident], ident))[:DEPTH]


def _fields(document: IndexDocument, *, is_one: bool) -> Iterable[tuple[str, str]]:
    body = "\n".join(str(page) for page in document.pages)
    fields = {
        "title": document.title,
        "keywords": " ".join(document.keywords),
        "path": document.path,
        "summary": document.summary,
        "body": body,
    }
    return [("all", "\n".join(fields.values()))] if is_one else fields.items()


def _list_misses(asked: Sequence[Asked], items: Mapping[str, Item]) -> None:
    for one in sorted(asked, key=lambda a: _figures(a, items, _ours)[1])[:60]:
        first, gain = _figures(one, items, _ours)
        print(f"{one.number:3} {one.kind:11} rr {first:.2f} ndcg {gain:.2f}  {one.query}")
        for ident in _ours(one.query, viewer_of(one))[:4]:
            item = items[ident]
            print(f"      {one.grade(item.tags, is_in_use=item.is_in_use)} {ident} {item.document.title} | {item.document.path}")


if __name__ == "__main__":
    main(is_listing=sys.argv[1:] == ["misses"])
