"""What our writer writes is the engine's own format, and what we decode is what the engine reads."""

from collections import defaultdict
from pathlib import Path

import pytest
from whoosh import index as engine

from resource_hub.infra.index import IndexDocument, packing
from resource_hub.infra.index.changes import Position
from resource_hub.infra.index.schema import TEXT_FIELDS, fields_of, make_schema, record_of
from resource_hub.infra.index.segments import INDEX_NAME, Snapshot, open_snapshot
from tests.infra.index.rack import document

Counted = dict[tuple[str, str], dict[int, int]]

DOCUMENTS = [
    document(f"n{number:03}", f"第{number}课 浮力", pages=["浮力 " * (1 + number % 7), "密度" if number % 3 else "压强", "大小 " * 40])
    for number in range(400)
]


def expected() -> Counted:
    """Return how often each word stands in each field of each document."""
    found: Counted = defaultdict(lambda: defaultdict(int))
    for number, written in enumerate(DOCUMENTS):
        record = fields_of(written)
        for name in (*TEXT_FIELDS, "title_grams", "scope"):
            for word in record.get(name, ()):
                found[name, word][number] += 1
    return found


def write(path: Path, memory_bytes: int) -> Snapshot:
    writer = packing.Writer(engine.create_in(str(path), make_schema(), INDEX_NAME), memory_bytes)
    everything: list[IndexDocument | Position] = [*DOCUMENTS, Position(7, 7, "x")]
    for written in everything:
        writer.add_document(**record_of(written))
    writer.commit()
    return open_snapshot(path, {})


@pytest.mark.slow
@pytest.mark.parametrize("memory_bytes", [100_000, 1 << 26])
def test_every_posting_is_read_as_it_was_written_whether_memory_held_it_or_not(tmp_path: Path, memory_bytes: int) -> None:
    snapshot = write(tmp_path, memory_bytes)
    reader = engine.open_dir(str(tmp_path), INDEX_NAME).reader()
    for (name, word), counts in expected().items():
        ours = snapshot.postings(name, word)
        assert dict(zip(ours.documents.tolist(), ours.counts.tolist(), strict=True)) == counts, (name, word)
        matcher = reader.postings(name, word)
        theirs = {}
        while matcher.is_active():
            theirs[matcher.id()] = matcher.weight()
            matcher.next()
        assert theirs == counts, (name, word)
        assert reader.term_info(name, word).doc_frequency() == len(counts)
    lengths, _usual = snapshot.lengths("title")
    assert lengths.tolist() == [len(fields_of(written)["title"]) for written in DOCUMENTS] + [0]
    reader.close()
    for segment in snapshot.segments:
        segment.close()


def test_a_word_that_nothing_has_is_held_by_nothing(tmp_path: Path) -> None:
    snapshot = write(tmp_path, 1 << 26)
    assert snapshot.postings("body", "没有的词").documents.tolist() == []
    assert snapshot.postings("nowhere", "浮力").documents.tolist() == []
    for segment in snapshot.segments:
        segment.close()
