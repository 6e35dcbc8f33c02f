"""The change log: nothing lost, nothing that was rolled back, whatever order commits come in."""

import random
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from resource_hub.infra import index, unit
from resource_hub.infra.db import db
from resource_hub.infra.index import changes
from resource_hub.infra.index.changes import Follower, IndexChange, Position, PositionLost
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from tests.search.shelf import Shelf


def drain(follower: Follower, limit: int = 200) -> list[str]:
    """Return the ids of everything that waits, batch by batch."""
    found: list[str] = []
    while True:
        batch = follower.next_batch(limit)
        found += [ref.id for ref in batch.refs]
        follower.applied(batch)
        if not batch.has_more:
            return found


def touch(*idents: str) -> None:
    with unit.write():
        index.touch(*(Ref("note", ident) for ident in idents))


def _fail_after_touching(ident: str) -> None:
    with unit.write():
        index.touch(Ref("note", ident))
        raise ZeroDivisionError


def add_change(connection: sa.Connection, ident: str) -> None:
    """Write a row on a connection of one's own, as another node would, without committing."""
    row = {"ref_kind": "note", "ref_id": ident, "at": clock.now()}
    connection.execute(sa.insert(IndexChange).values(transaction_id=changes.transaction_number(), **row))


@pytest.mark.slow
def test_a_change_is_told_once_and_a_rolled_back_one_never(any_shelf: Shelf) -> None:
    with any_shelf.app.app_context():
        follower = Follower(Position())
        touch("a", "b")
        with pytest.raises(ZeroDivisionError):
            _fail_after_touching("never")
        assert drain(follower) == ["a", "b"]
        assert drain(follower) == []
        touch("a")
        assert drain(follower) == ["a"]


@pytest.mark.slow
def test_many_changes_come_in_batches_without_loss(any_shelf: Shelf) -> None:
    with any_shelf.app.app_context():
        follower = Follower(Position())
        names = [f"n{number:02}" for number in range(25)]
        for start in range(0, 25, 5):
            touch(*names[start : start + 5])
        assert sorted(drain(follower, limit=4)) == names


@pytest.mark.slow
def test_a_change_that_commits_after_a_later_one_is_not_lost(postgres_shelf: Shelf) -> None:
    shelf = postgres_shelf
    with shelf.app.app_context(), db.engine.connect() as early, db.engine.connect() as late:
        follower = Follower(Position())
        _allow_writes(early, late)
        add_change(early, "early")
        add_change(late, "late")
        late.commit()
        assert drain(follower) == ["late"], "a long transaction must not hold up what others committed"
        restarted = Follower(follower.position)
        early.commit()
        assert drain(follower) == ["early"]
        assert drain(restarted) == ["early", "late"], "after a restart it may come again, but never not at all"
        assert drain(Follower(follower.position)) == []


@pytest.mark.slow
def test_writers_that_overlap_lose_nothing_while_someone_follows(postgres_shelf: Shelf) -> None:
    shelf = postgres_shelf
    names = {f"w{writer}-{number}" for writer in range(6) for number in range(15)}

    def write(writer: int) -> None:
        chance = random.Random(writer)
        with shelf.app.app_context():
            for number in range(15):
                with unit.write():
                    index.touch(Ref("note", f"w{writer}-{number}"))
                    time.sleep(chance.random() * 0.02)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in writers:
        thread.start()
    seen: list[str] = []
    with shelf.app.app_context():
        follower = Follower(Position())
        restarting: set[str] = set()
        while any(thread.is_alive() for thread in writers):
            seen += drain(follower, limit=7)
            again = Follower(follower.position)
            restarting.update(drain(again, limit=7))
            follower = again
        seen += drain(follower)
    assert restarting | set(seen) == names


def _allow_writes(*connections: sa.Connection) -> None:
    """Take back the read-only mark that the hub sets on transactions outside a write unit."""
    for connection in connections:
        connection.execute(sa.text("SET TRANSACTION READ WRITE"))


@pytest.mark.slow
def test_a_log_that_was_replaced_or_cut_is_noticed(any_shelf: Shelf) -> None:
    with any_shelf.app.app_context():
        follower = Follower(Position())
        touch("a")
        touch("b")
        drain(follower)
        with unit.write():
            db.session.execute(sa.update(IndexChange).where(IndexChange.ref_id == "b").values(ref_id="other"))
        with pytest.raises(PositionLost):
            follower.next_batch()
        with unit.write():
            db.session.execute(sa.delete(IndexChange))
        with pytest.raises(PositionLost):
            follower.next_batch()


@pytest.mark.slow
def test_pruning_keeps_the_newest_changes_and_those_who_know_them(any_shelf: Shelf) -> None:
    with any_shelf.app.app_context():
        follower = Follower(Position())
        for number in range(10):
            touch(f"n{number}")
        drain(follower)
        with unit.write():
            changes.prune(keep=3)
        touch("after")
        assert drain(follower) == ["after"]
        with unit.read():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(IndexChange)) == 4


@pytest.mark.slow
def test_a_position_taken_now_leaves_out_only_what_is_visible_already(postgres_shelf: Shelf, tmp_path: Path) -> None:
    shelf = postgres_shelf
    with shelf.app.app_context(), db.engine.connect() as open_one:
        touch("before")
        _allow_writes(open_one)
        add_change(open_one, "open")
        touch("before too")
        position = changes.position_now()
        open_one.commit()
        touch("after")
        found = drain(Follower(position))
    assert {"open", "after"} <= set(found)
    assert "before" not in found
