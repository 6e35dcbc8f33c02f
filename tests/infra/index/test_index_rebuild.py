"""The index is made again at any time, by itself when it must, and searching goes on."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.index import Index, Indexer, IndexRebuilding
from resource_hub.infra.index.changes import IndexChange
from resource_hub.infra.index.generations import MOST_SEGMENTS
from tests.search.shelf import Shelf, open_shelf

pytestmark = pytest.mark.slow


def fill(shelf: Shelf, count: int) -> None:
    with shelf.app.app_context(), unit.write():
        for number in range(count):
            shelf.write(f"n{number:03}", f"第{number}课 浮力", pages=[f"浮力与密度 {number} " * 20])


def generation(shelf: Shelf) -> str:
    with shelf.index.snapshot() as snapshot:
        return snapshot.path.name


def test_before_the_first_build_search_says_what_is_going_on(shelf: Shelf) -> None:
    with pytest.raises(IndexRebuilding) as refused:
        shelf.search("浮力")
    assert refused.value.status == 503
    assert refused.value.retry_after
    assert refused.value.message % refused.value.params == refused.value.message % {"percent": 0}


def test_an_empty_installation_finds_nothing_and_says_so(shelf: Shelf) -> None:
    shelf.settle()
    assert shelf.search("浮力").total == 0
    assert shelf.index.health() == {"state": "ready", "lag_seconds": 0.0, "documents": 0, "generation": "g1"}


def test_what_changes_is_found_anew_and_what_goes_is_gone(any_shelf: Shelf) -> None:
    any_shelf.settle()
    any_shelf.put("a", "光的反射")
    any_shelf.settle()
    assert any_shelf.titles("反射") == ["光的反射"]
    any_shelf.put("a", "光的折射")
    any_shelf.settle()
    assert any_shelf.titles("反射") == []
    assert any_shelf.titles("折射") == ["光的折射"]
    any_shelf.remove("a")
    any_shelf.settle()
    assert any_shelf.search().total == 0
    assert any_shelf.index.health()["documents"] == 0


def test_a_running_indexer_shows_a_change_without_being_asked(shelf: Shelf) -> None:
    shelf.settle()
    shelf.indexer.start()
    shelf.put("a", "光的反射")
    wait_until(lambda: shelf.titles("反射") == ["光的反射"])


def test_writes_during_a_rebuild_are_found_before_and_after_the_switch(any_shelf: Shelf) -> None:
    fill(any_shelf, 60)
    any_shelf.settle()
    before = generation(any_shelf)
    any_shelf.index.folder.ask_rebuild()
    any_shelf.indexer.turn()
    any_shelf.put("during", "潜水艇为什么能上浮")
    any_shelf.put("n000", "改了名字的课")
    any_shelf.remove("n001")
    while generation(any_shelf) == before and not any_shelf.titles("潜水艇"):
        any_shelf.indexer.turn()
    assert any_shelf.titles("潜水艇") == ["潜水艇为什么能上浮"], "found while the rebuild may still run"
    any_shelf.settle()
    assert generation(any_shelf) != before
    assert any_shelf.titles("潜水艇") == ["潜水艇为什么能上浮"]
    assert any_shelf.titles("改了名字") == ["改了名字的课"]
    assert any_shelf.search("浮力", limit=50).total == 58
    assert [path.name for path in any_shelf.index.folder.path.glob("g*")] == [generation(any_shelf)], "the old one is removed"


def test_searching_never_fails_while_indexes_are_swapped_and_written(shelf: Shelf) -> None:
    fill(shelf, 30)
    shelf.settle()
    shelf.indexer.start()
    failures: list[BaseException] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            try:
                assert shelf.search("浮力").total >= 29
            except BaseException as error:  # noqa: BLE001 -- told by the test's own thread
                failures.append(error)
                return

    readers = [threading.Thread(target=look) for _ in range(3)]
    for thread in readers:
        thread.start()
    for number in range(4):
        shelf.index.folder.ask_rebuild()
        shelf.put("n000", f"第{number}次改的课")
        wait_until(lambda: not shelf.index.folder.is_rebuild_asked)
    done.set()
    for thread in readers:
        thread.join()
    assert failures == []


def test_an_index_that_was_damaged_is_rebuilt_by_itself(shelf: Shelf) -> None:
    fill(shelf, 20)
    shelf.settle()
    shelf.close()
    for path in shelf.index.folder.current().path.glob("MAIN_*.pst"):
        path.write_bytes(b"\0" * path.stat().st_size)
    shelf.indexer = Indexer(shelf.app)
    with pytest.raises(IndexRebuilding):
        shelf.search("浮力")
    shelf.settle()
    assert shelf.search("浮力").total == 20


@pytest.mark.parametrize("wound", ["no note", "note is nonsense", "no table of contents", "folder is gone"])
def test_a_broken_folder_is_rebuilt_by_itself(shelf: Shelf, wound: str) -> None:
    fill(shelf, 3)
    shelf.settle()
    shelf.close()
    folder = shelf.index.folder
    found = folder.current()
    assert found
    if wound == "no note":
        (folder.path / "current.json").unlink()
    elif wound == "note is nonsense":
        (folder.path / "current.json").write_text("[\x00")
    elif wound == "no table of contents":
        for toc in found.path.glob("*.toc"):
            toc.unlink()
    else:
        for path in found.path.iterdir():
            path.unlink()
        found.path.rmdir()
    shelf.indexer = Indexer(shelf.app)
    shelf.settle()
    assert shelf.search("浮力").total == 3


def test_an_index_of_another_format_is_rebuilt_and_of_other_analysis_stays_in_use_meanwhile(shelf: Shelf) -> None:
    fill(shelf, 3)
    shelf.settle()
    note = shelf.index.folder.path / "current.json"
    told = json.loads(note.read_text())
    for changed, is_searchable in (("analysis", True), ("schema", False)):
        shelf.close()
        current = json.loads(note.read_text())
        note.write_text(json.dumps({**current, "format": {**told["format"], changed: 0}}))
        shelf.indexer = Indexer(shelf.app)
        shelf.index.refresh()
        if is_searchable:
            assert shelf.search("浮力").total == 3
        else:
            with pytest.raises(IndexRebuilding):
                shelf.search("浮力")
        shelf.settle()
        assert shelf.search("浮力").total == 3
        assert json.loads(note.read_text())["format"] == told["format"]


def test_a_database_restored_from_a_backup_gets_a_fitting_index(any_shelf: Shelf) -> None:
    any_shelf.put("a", "光的反射")
    any_shelf.settle()
    any_shelf.put("b", "光的折射")
    any_shelf.settle()
    with any_shelf.app.app_context(), unit.write():
        db.session.execute(sa.delete(IndexChange))
    any_shelf.put("a", "声音的产生")
    any_shelf.settle()
    any_shelf.settle()
    assert sorted(any_shelf.titles()) == sorted(["声音的产生", "光的折射"])
    assert any_shelf.titles("反射") == []


def test_what_can_not_be_loaded_leaves_the_index_and_harms_no_other(shelf: Shelf) -> None:
    shelf.put("a", "光的反射")
    shelf.settle()
    shelf.poisoned.add("a")
    shelf.put("a", "光的反射,改过")
    shelf.put("b", "光的折射")
    shelf.settle()
    assert shelf.titles() == ["光的折射"]
    shelf.poisoned.clear()
    shelf.put("a", "光的反射,改过")
    shelf.settle()
    assert shelf.search().total == 2


def test_a_source_that_is_broken_altogether_does_not_empty_the_index(shelf: Shelf) -> None:
    fill(shelf, 40)
    shelf.settle()
    first = generation(shelf)
    shelf.poisoned.update(f"n{number:03}" for number in range(40))
    shelf.index.folder.ask_rebuild()
    for _ in range(30):
        shelf.indexer.turn()
        time.sleep(0.01)
    assert generation(shelf) == first
    assert shelf.search("浮力").total == 40
    assert shelf.index.health()["state"] == "rebuilding"


def test_only_one_process_writes_a_folder_and_the_others_read_it(any_shelf: Shelf, database: str, tmp_path: Path) -> None:
    any_shelf.settle()
    other = open_shelf(database, tmp_path / "data")
    try:
        assert not other.indexer.turn()
        any_shelf.put("a", "光的反射")
        any_shelf.settle()
        wait_until(lambda: other.titles("反射") == ["光的反射"])
        assert other.index.health()["state"] == "following"
        any_shelf.indexer.stop()
        assert other.indexer.turn(), "another process takes over when the writer ends"
    finally:
        other.close()


def test_each_node_keeps_an_index_of_its_own(any_shelf: Shelf, database: str, tmp_path: Path) -> None:
    other = open_shelf(database, tmp_path / "another-node")
    try:
        any_shelf.settle()
        other.settle()
        other.put("a", "光的反射")
        any_shelf.settle()
        other.settle()
        assert any_shelf.titles("反射") == other.titles("反射") == ["光的反射"]
    finally:
        other.close()


def test_single_changes_are_merged_and_lose_nothing(shelf: Shelf) -> None:
    fill(shelf, 50)
    shelf.settle()
    for number in range(80):
        shelf.put(f"n{number % 50:03}", f"第{number}次改的课 浮力")
        shelf.settle()
    assert shelf.search("浮力", limit=50).total == 50
    assert shelf.index.segments <= 14, "two merged big, five merged small, five new, and what was there"


def test_an_index_in_too_many_pieces_is_built_anew(shelf: Shelf) -> None:
    shelf.settle()
    before = generation(shelf)
    for batch in range(MOST_SEGMENTS + 1):
        with shelf.app.app_context(), unit.write():
            for number in range(40):
                shelf.write(f"b{batch:02}-{number:02}", "浮力")
        shelf.indexer.turn()
    shelf.settle()
    assert generation(shelf) != before
    assert shelf.index.segments < MOST_SEGMENTS
    assert shelf.search("浮力").total == 40 * (MOST_SEGMENTS + 1)


def test_old_files_are_closed_once_nobody_reads_them(shelf: Shelf) -> None:
    shelf.settle()
    index: Index = shelf.index
    with index.snapshot() as held:
        for number in range(8):
            shelf.put(f"n{number}", "浮力")
            shelf.settle()
        assert held.segments[0].holders >= 1
        assert held.documents == 0, "a held state stays as it was"
    assert held.segments[0].holders == 0 or held.segments[0] in index._snapshot.segments  # type: ignore[union-attr]


def wait_until(is_so: Callable[[], bool], patience_s: float = 30) -> None:
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
