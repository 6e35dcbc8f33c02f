"""A generation that several processes write is the one that one process would have written, or none."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from resource_hub.infra.index import parts
from resource_hub.infra.index.changes import Position
from resource_hub.infra.index.matching import Answer, Request
from resource_hub.infra.index.segments import open_snapshot, stamp_of
from tests.infra.index.rack import SCOPES, document, units

pytestmark = pytest.mark.slow


def make(path: Path, processes: int) -> Answer:
    path.mkdir()
    with parts.writers(path, 16, processes) as add:
        for number in range(130):
            add(document(f"n{number:03}", f"第{number}课 浮力", pages=["浮力与密度"] * (number % 5), minute=number))
        add(Position(7, 7, "x"))
    snapshot = open_snapshot(path, {})
    assert snapshot.position == Position(7, 7, "x")
    assert sorted(snapshot.refs()) == [f"item:n{number:03}" for number in range(130)]
    answer = snapshot.answer(Request(scopes=SCOPES, units=units("密度"), limit=200))
    for segment in snapshot.segments:
        segment.close()
    return answer


def test_two_processes_write_what_one_would(tmp_path: Path) -> None:
    one, two = make(tmp_path / "one", 0), make(tmp_path / "two", 2)
    assert two.total == one.total == 104
    assert {found.ref for found in two.found} == {found.ref for found in one.found}
    assert two.facets == one.facets
    assert not list((tmp_path / "two").glob("part*"))


def test_a_process_that_dies_leaves_no_index_behind(tmp_path: Path) -> None:
    before = children()
    with pytest.raises(parts.PartLost), parts.writers(tmp_path, 16, 2) as add:
        victim = next(iter(children() - before))
        for number in range(5_000):
            add(document(f"n{number:03}", "浮力", pages=["浮力与密度"]))
            if number == 60:
                os.kill(victim, signal.SIGKILL)
    assert stamp_of(tmp_path) == -1
    assert children() == before


def test_a_build_that_is_given_up_ends_its_processes(tmp_path: Path) -> None:
    before = children()
    with pytest.raises(ZeroDivisionError), parts.writers(tmp_path, 16, 2) as add:
        add(document("a", "浮力"))
        raise ZeroDivisionError
    assert children() == before
    assert stamp_of(tmp_path) == -1


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}
