"""How quickly search answers, builds and commits, engine by engine, over a drawn library. JSON lines.

``make bench NAME=search`` measures 20,000 and 100,000 documents; ``BENCH_DOCUMENTS=2000`` only so
many. Each engine runs in a process of its own, so that what it holds in memory is its own; figures
are medians of five rounds over the same questions. Plain Whoosh over the same files stands beside
ours as the reference of ``facets_snippets``.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
from flask import Flask
from flask_babel import Babel

from benchmarks.search_drawn import SCOPES, document, questions
from resource_hub.infra import index, migrate, tokenizer, unit
from resource_hub.infra.db import db, init_db
from resource_hub.infra.features import Feature, Hub
from resource_hub.infra.index import DocumentSource, IndexDocument, Indexer, snippets
from resource_hub.infra.index.matching import Phrase, Reader, Request, Unit
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import service
from tests import postgres

ENGINES = ("whoosh", "postgresql", "tantivy", "fts5")
SIZES = (20_000, 100_000)
ROUNDS = 5
COMMITS = 40
TEACHER = Viewer(person_id="p1", name="", school_id="s1", community_ids=frozenset(), grants=())

_changed: set[str] = set()


def main() -> None:
    told = os.environ.get("BENCH_DOCUMENTS")
    for size in (int(told),) if told else SIZES:
        for engine in ENGINES:
            subprocess.run([sys.executable, "-m", "benchmarks.search", engine, str(size)], check=True)


def measure(engine: str, size: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        if engine in ("whoosh", "postgresql"):
            _measure_ours(engine, size, Path(folder))
        else:
            _measure_other(engine, size, Path(folder))


def _measure_ours(engine: str, size: int, folder: Path) -> None:
    url = f"sqlite:///{folder / 'hub.sqlite3'}" if engine == "whoosh" else postgres.create_database()
    settings = Settings.read({"HUB_DATA": str(folder), "HUB_DATABASE_URL": url, "HUB_SEARCH": engine})
    migrate.upgrade(settings)
    app = _shelf(settings, size)
    tell = _teller(engine, size)
    indexer = Indexer(app)
    started = time.perf_counter()
    _settle(indexer)
    tell("build_docs_s", size / (time.perf_counter() - started), "documents/s")
    with app.app_context():
        _vacuum(engine)
        _ask_ours(app, tell)
        if engine == "whoosh":
            _ask_plain(folder, _teller("plain_whoosh", size))
        tell("rss_mb", psutil.Process().memory_info().rss / 1e6, "MB, this process after all questions")
        _commit_ours(indexer, size, tell)
        tell("index_mb", _size_ours(engine, folder), "MB")
    indexer.stop()
    index.index_of(app).close()
    with app.app_context():
        db.engine.dispose()
    if engine == "postgresql":
        postgres.drop_database(url)


def _ask_ours(app: Flask, tell: "Tell") -> None:
    """Put all questions to the engine; each starts with the snapshot, as a request does."""

    @contextmanager
    def reader() -> Iterator[Reader]:
        with unit.read(), index.index_of(app).snapshot() as snapshot:
            yield snapshot

    def find(question: str) -> None:
        with reader() as snapshot:
            snapshot.answer(_request(question))

    def show(question: str) -> None:
        asked = _request(question)
        words = [word.text for word in asked.units]
        with reader() as snapshot:
            for found in snapshot.answer(asked).found[:10]:
                card = snapshot.card(found)
                snippets.best([(card.summary, None), *card.passages], words, 1)

    def suggest(question: str) -> None:
        with reader() as snapshot:
            snapshot.titles(tokenizer.normalise(question).text, SCOPES, 10)

    def spell(question: str) -> None:
        with unit.read():
            service.search(TEACHER, question)

    asking = {"facets_snippets": show, "suggest": suggest, "pinyin": spell}
    for kind, drawn in questions().items():
        ask = asking.get(kind, find)
        _time(kind, [partial(ask, question) for question in drawn], tell)


def _request(question: str) -> Request:
    """Return ``question`` as the engine is asked; ten are shown and one more is looked for."""
    text = tokenizer.normalise(question.strip('"')).text
    units = tuple({word.text: Unit(word.text, word.parts) for word in tokenizer.query_words(text)}.values())
    if question.startswith('"') and units:
        return Request(scopes=SCOPES, phrases=(Phrase(text, units),), limit=10)
    return Request(scopes=SCOPES, units=units, wording=text, limit=10)


def _ask_plain(folder: Path, tell: "Tell") -> None:
    from benchmarks.search_others import PlainWhoosh

    plain = PlainWhoosh(next((folder / "index").glob("g*")))
    drawn = questions()["facets_snippets"]
    _time("facets_snippets", [partial(plain.ask, _words(question)) for question in drawn], tell, rounds=1)
    plain.close()


def _commit_ours(indexer: Indexer, size: int, tell: "Tell") -> None:
    took = []
    for number in range(COMMITS):
        ident = f"d{number * (size // COMMITS):07}"
        _changed.add(ident)
        with unit.write():
            index.touch(Ref("drawn", ident))
        before = time.perf_counter()
        _settle(indexer)
        took.append((time.perf_counter() - before) * 1000)
    _tell_commits(took, tell)


def _settle(indexer: Indexer) -> None:
    indexer.turn()
    while indexer.is_building:
        indexer.turn()
        time.sleep(0.002)


def _vacuum(engine: str) -> None:
    """Do what PostgreSQL's own housekeeping does minutes after a build."""
    if engine == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
            connection.exec_driver_sql("VACUUM ANALYZE search_document")


def _size_ours(engine: str, folder: Path) -> float:
    if engine == "whoosh":
        return _size(folder / "index")
    with unit.read():
        return float(db.session.connection().exec_driver_sql("SELECT pg_total_relation_size('search_document')").scalar_one()) / 1e6


def _measure_other(engine: str, size: int, folder: Path) -> None:
    from benchmarks.search_others import Fts5, Other, Tantivy

    other: Other = Tantivy(folder) if engine == "tantivy" else Fts5(folder)
    tell = _teller(engine, size)
    started = time.perf_counter()
    other.build(document(number) for number in range(size))
    tell("build_docs_s", size / (time.perf_counter() - started), "documents/s")
    for kind, drawn in questions().items():
        if kind == "suggest":
            _time(kind, [partial(other.suggest, question) for question in drawn], tell)
        elif kind != "pinyin":  # neither has a notion of it
            # A phrase is cut as the texts were, so that its words stand side by side.
            cut = tokenizer.index_words if kind == "phrase" else _words
            how = {"is_phrase": kind == "phrase", "is_any": kind == "sentence", "with_all": kind == "facets_snippets"}
            asks = [partial(other.ask, cut(question.strip('"')), **how) for question in drawn]
            _time(kind, asks, tell)
    tell("rss_mb", psutil.Process().memory_info().rss / 1e6, "MB, this process after all questions")
    took = []
    for number in range(COMMITS):
        changed = document(number * (size // COMMITS))
        before = time.perf_counter()
        other.commit(changed)
        took.append((time.perf_counter() - before) * 1000)
    _tell_commits(took, tell)
    tell("index_mb", _size(folder), "MB")


def _words(question: str) -> list[str]:
    return list(dict.fromkeys(word.text for word in tokenizer.query_words(question)))


Tell = Callable[[str, float, str], None]


def _teller(engine: str, size: int) -> Tell:
    named = f"{size // 1000}k" if size % 1000 == 0 else str(size)

    def tell(figure: str, value: float, measure: str) -> None:
        measure, _, note = measure.partition(", ")
        line = {
            "figure": f"search.{engine}.{named}.{figure}",
            "value": round(value, 2),
            "unit": measure,
            "note": note or f"{size} documents",
        }
        print(json.dumps(line, ensure_ascii=False), flush=True)

    return tell


def _time(kind: str, asks: Sequence[Callable[[], None]], tell: Tell, rounds: int = ROUNDS) -> None:
    """Ask everything some times over and tell the medians of the rounds' p50 and p95."""
    halves, slow = [], []
    for _ in range(rounds):
        took = []
        for ask in asks:
            before = time.perf_counter()
            ask()
            took.append((time.perf_counter() - before) * 1000)
        halves.append(statistics.median(took))
        slow.append(sorted(took)[int(len(took) * 0.95)])
    tell(f"{kind}.p50_ms", statistics.median(halves), f"ms, {len(asks)} questions, median of {rounds} rounds")
    tell(f"{kind}.p95_ms", statistics.median(slow), f"ms, {len(asks)} questions, median of {rounds} rounds")


def _tell_commits(took: list[float], tell: Tell) -> None:
    tell("commit_p50_ms", statistics.median(took), f"ms, {len(took)} single changes")
    tell("commit_p95_ms", sorted(took)[int(len(took) * 0.95)], f"ms, {len(took)} single changes, slowest {max(took):.0f}")


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.name.startswith("hub.sqlite3")) / 1e6


def _shelf(settings: Settings, size: int) -> Flask:
    app = Flask("bench")
    init_db(app, settings.database)
    hub = Hub(settings, None, None)  # type: ignore[arg-type]  # nothing here stores objects
    app.extensions["resource_hub"] = hub
    Babel(app)
    index.init_index(app)
    hub.mount(Feature(name="bench", documents=[DocumentSource("drawn", _load, lambda after, limit: _ids(after, limit, size))]))
    return app


def _load(ids: Sequence[str]) -> Mapping[str, IndexDocument]:
    return {ident: document(int(ident[1:]) + (10_000_000 if ident in _changed else 0), ident) for ident in ids}


def _ids(after: str | None, limit: int, size: int) -> Sequence[str]:
    first = int(after[1:]) + 1 if after else 0
    return [f"d{number:07}" for number in range(first, min(first + limit, size))]


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2])) if len(sys.argv) > 2 else main()
