"""Questions that very many documents answer, put to the files of a node."""

from pathlib import Path

import pytest
from whoosh import index as engine

from resource_hub.infra.index import arrays, packing
from resource_hub.infra.index.matching import Request
from resource_hub.infra.index.schema import fields_of, make_schema
from resource_hub.infra.index.segments import INDEX_NAME, open_snapshot
from tests.infra.index.rack import SCOPES, document, phrase, units

pytestmark = pytest.mark.slow


def test_a_word_in_quotes_is_counted_whole_and_equal_ranks_go_by_ref(tmp_path: Path) -> None:
    many = arrays.TEXTS_READ + 100
    writer = packing.Writer(engine.create_in(str(tmp_path), make_schema(), INDEX_NAME), 1 << 26)
    for number in range(many):
        writer.add_document(**fields_of(document(f"n{(number * 11) % many:05}", "一节课", pages=["浮力的大小"])))
    writer.commit()
    snapshot = open_snapshot(tmp_path, {})
    answer = snapshot.answer(Request(scopes=SCOPES, phrases=(phrase("浮力"),), limit=300))
    assert answer.total == many
    assert [found.ref for found in answer.found] == [f"item:n{number:05}" for number in range(300)]
    second = snapshot.answer(Request(scopes=SCOPES, units=units("浮力"), limit=5, after=(answer.found[9].rank, answer.found[9].ref)))
    assert [found.ref for found in second.found] == [f"item:n{number:05}" for number in range(10, 15)]
    for segment in snapshot.segments:
        segment.close()
