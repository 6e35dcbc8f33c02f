"""How quickly search answers and how soon a change is found, over a drawn corpus. JSON lines.

Usage: search.py [DOCUMENTS], 2,000 unless told. The documents exist only as their numbers:
texts of about 1,500 characters are drawn from a Zipf vocabulary and the units of the curriculum.
"""

import csv
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from itertools import accumulate
from pathlib import Path

import psutil
from flask import Flask

from resource_hub.infra import index, unit
from resource_hub.infra.db import db, init_db, writing
from resource_hub.infra.features import Feature, Hub
from resource_hub.infra.index import DocumentSource, IndexDocument, start_indexer
from resource_hub.infra.index.changes import IndexChange
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import service

CHARACTERS = 1_500
WORDS = 20_000
TEACHER = Viewer(person_id="p1", name="", school_id="s1", community_ids=frozenset(), grants=())
KINDS = ("lesson_plan", "slides", "task_sheet", "exercise", "micro_lesson", "recorded_lesson")
_HAN = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return words of one to three characters and their cumulative Zipf weights."""
    chance = random.Random(1)
    words = tuple(dict.fromkeys("".join(chance.choices(_HAN, k=chance.choice((1, 2, 2, 2, 3)))) for _ in range(WORDS)))
    return words, tuple(accumulate(1 / rank for rank in range(1, len(words) + 1)))


@cache
def places() -> tuple[tuple[str, str, str, str], ...]:
    """Return subject, grade, volume and unit of real textbooks."""
    text = resources.files("resource_hub.curriculum.data").joinpath("units.tsv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    return tuple((row["subject"], row["grade"], row["volume"], row["unit_title"]) for row in rows)


def document(number: int) -> IndexDocument:
    chance = random.Random(number)
    words, weights = vocabulary()
    subject, grade, volume, topic = places()[number % len(places())]
    text = "".join(chance.choices(words, cum_weights=weights, k=CHARACTERS // 2))
    scope = chance.choices(("district", "school:s1", "school:s8", "school:s9"), weights=(6, 2, 1, 1))[0]
    return IndexDocument(
        ref=Ref("drawn", f"d{number:07}"),
        title=f"{topic} {''.join(chance.choices(words, cum_weights=weights, k=2))}",
        path=f"{subject} {grade}{volume} {topic}",
        keywords=chance.choices(words, cum_weights=weights, k=3),
        summary=text[:60],
        pages=[text[start : start + 500] for start in range(0, len(text), 500)],
        scopes=frozenset({scope}),
        facets={
            "kind": chance.choice(KINDS),
            "subject": subject,
            "grade": grade,
            "volume": volume,
            "school": f"s{number % 12}",
            "node": [subject, topic],
        },
        updated_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
    )


def queries() -> list[tuple[str, dict[str, Sequence[str]]]]:
    """Return words, pairs, phrases, sentences and filters, drawn once."""
    chance = random.Random(5)
    words, weights = vocabulary()
    topics = [place[3] for place in places()]
    drawn = [words[chance.randrange(20, 2_000)] for _ in range(40)]
    drawn += [words[rank] for rank in range(10)]
    drawn += [" ".join(chance.choices(words, cum_weights=weights, k=2)) for _ in range(40)]
    drawn += [chance.choice(topics) for _ in range(40)]
    drawn += [f"怎样让{chance.choice(places())[1]}的孩子理解{chance.choice(topics)}" for _ in range(20)]
    drawn += [f'"{chance.choice(topics)}"' for _ in range(10)]
    return [(query, {}) for query in drawn] + [(query, {"kind": ["slides"], "subject": ["数学"]}) for query in drawn[:20]]


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-search-") as name:
        app = shelf(Path(name), count)
        started, cpu = time.perf_counter(), time.process_time()
        indexer = start_indexer(app)
        with app.app_context():
            while index.health()["state"] != "ready":
                time.sleep(0.1)
            seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
            tell("search.build_docs_s", count / seconds, "documents/s", f"{count} documents, {count / cpu:.0f} a CPU second")
            measure_answers(count)
            measure_freshness(count)
        size = sum(path.stat().st_size for path in (Path(name) / "index").rglob("*") if path.is_file())
        tell("search.index_mb", size / 1e6, "MB", f"{count} documents")
        tell("search.rss_mb", psutil.Process().memory_info().rss / 1e6, "MB", "this process after all queries")
        indexer.stop()
        index.index_of(app).close()


def shelf(data: Path, count: int) -> Flask:
    app = Flask("bench")
    settings = Settings.read({"HUB_DATA": str(data)})
    init_db(app, settings.database)
    hub = Hub(settings, None)  # type: ignore[arg-type]  # nothing here stores objects
    app.extensions["resource_hub"] = hub
    index.init_index(app)
    hub.mount(Feature(name="bench", documents=[DocumentSource("drawn", _load, lambda after, limit: _ids(after, limit, count))]))
    with app.app_context(), writing():
        IndexChange.metadata.tables["index_change"].create(db.engine)
    return app


def measure_answers(count: int) -> None:
    asked = queries()
    took: dict[str, list[float]] = {"cold": [], "warm": []}
    for times in took.values():
        for query, filters in asked:
            before = time.perf_counter()
            with unit.read():
                service.search(TEACHER, query, filters=filters)
            times.append((time.perf_counter() - before) * 1000)
    every = sorted(took["cold"] + took["warm"])
    note = f"{count} documents, {len(every)} searches with facets and snippets"
    tell("search.p95_ms", every[int(len(every) * 0.95)], "ms", note)
    tell("search.p50_ms", statistics.median(every), "ms", note)
    for state, times in took.items():
        tell(f"search.{state}.p95_ms", sorted(times)[int(len(times) * 0.95)], "ms", note)


def measure_freshness(count: int) -> None:
    took = []
    for number in range(count, count + 15):
        _added.add(f"d{number:07}")
        before = time.perf_counter()
        with unit.write():
            index.touch(Ref("drawn", f"d{number:07}"))
        while not _is_found(f"新加的课{number}"):
            time.sleep(0.005)
        took.append((time.perf_counter() - before) * 1000)
    tell("search.find_after_ms", statistics.median(took), "ms", f"commit to found, median of {len(took)}, slowest {max(took):.0f}")


_added: set[str] = set()


def _is_found(title: str) -> bool:
    with unit.read():
        hits = service.search(TEACHER, f'"{title}"').hits
    return bool(hits) and hits[0].title == title


def _load(ids: Sequence[str]) -> Mapping[str, IndexDocument]:
    return {ident: _fresh(ident) if ident in _added else document(int(ident[1:])) for ident in ids}


def _fresh(ident: str) -> IndexDocument:
    return IndexDocument(
        ref=Ref("drawn", ident),
        title=f"新加的课{int(ident[1:])}",
        scopes=frozenset({"district"}),
        updated_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def _ids(after: str | None, limit: int, count: int) -> Sequence[str]:
    first = int(after[1:]) + 1 if after else 0
    return [f"d{number:07}" for number in range(first, min(first + limit, count))]


def tell(figure: str, value: float, measure: str, note: str) -> None:
    print(json.dumps({"figure": figure, "value": round(value, 2), "unit": measure, "note": note}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("BENCH_DOCUMENTS", "2000")))
