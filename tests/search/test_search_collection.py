"""The test collection that search is judged by: whole, varied, and answerable."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.search_corpus import ASKERS, collection
from benchmarks.search_quality import library, viewer_of

KINDS = {"word", "phrase", "sentence", "pinyin", "initials", "traditional", "typo", "grade", "mixed", "english"}


def test_there_are_at_least_300_different_queries_of_every_kind() -> None:
    asked = collection()
    assert len(asked) >= 300
    assert [one.number for one in asked] == list(range(1, len(asked) + 1))
    assert max(Counter(one.query for one in asked).values()) == 1
    assert {one.kind for one in asked} == KINDS
    assert {one.asked_by for one in asked} == set(ASKERS)
    assert {grade for one in asked for _tags, grade in one.relevant} == {1, 2}


@pytest.mark.slow
def test_something_that_the_asker_may_see_is_relevant_to_every_query(tmp_path: Path) -> None:
    with library(tmp_path, is_indexed=False) as items:
        for one in collection():
            scopes = viewer_of(one).scopes({})
            seen = [item for item in items.values() if item.document.scopes & scopes]
            assert any(one.grade(item.tags, is_in_use=item.is_in_use) for item in seen), one.query
            for tags, _grade in one.relevant:
                assert any(tags <= item.tags for item in seen), (one.query, tags)
