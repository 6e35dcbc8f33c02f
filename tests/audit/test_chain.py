"""The audit chain: whole, append-only, and sound under writers side by side, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from resource_hub.audit import queries, rules, service
from resource_hub.audit.models import AuditEntry
from resource_hub.audit.schemas import Result
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.errors import Conflict
from resource_hub.kernel.refs import Ref
from tests.people.standing import Town


def test_the_form_that_is_hashed_never_changes() -> None:
    entry = {"seq": 1, "action": "签名", "details": {"b": [1], "a": None}}
    assert rules.entry_hash(rules.FIRST, entry) == "0bb361049569df413ab585324917fc2bf124c9c9dbc632d744a745c98a3ba715"


@pytest.mark.parametrize("key", ["password", "new_password", "token", "phone", "mobile", "client_secret"])
def test_secrets_are_not_taken(key: str) -> None:
    with pytest.raises(ValueError, match="takes no"):
        rules.plain_details({key: "x"})


def test_a_telephone_number_is_masked_wherever_it_stands() -> None:
    kept = rules.plain_details({"note": "致电13812345678", "many": ["13812345678", "+8613812345678"], "number": "113812345678"})
    assert kept == {"note": "致电138****5678", "many": ["138****5678", "+86138****5678"], "number": "113812345678"}


@pytest.mark.slow
def test_entries_stand_in_order_and_the_chain_is_whole(app: Flask) -> None:
    with app.app_context():
        with unit.write():
            service.note(None, "first", Ref("school", "s"), details={"a": 1, "b": ["x", "y"], "c": None, "d": True})
            service.note(None, "second", result=Result.REFUSED)
        with unit.read():
            assert [entry.action for entry in queries.recent()] == ["second", "first"]
            assert queries.chain_is_whole()
            assert queries.head()[0] == 2


@pytest.mark.slow
def test_a_unit_that_fails_leaves_no_entry(app: Flask) -> None:
    with app.app_context():
        with suppress(Conflict), unit.write():
            service.note(None, "never")
            raise Conflict
        with unit.write():
            service.note(None, "after")
        with unit.read():
            assert [entry.action for entry in queries.recent()] == ["after"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry", "DELETE FROM audit_entry WHERE seq = 1"]
)
def test_the_database_refuses_to_change_or_remove_entries(app: Flask, statement: str) -> None:
    with app.app_context():
        with unit.write():
            service.note(None, "kept")
        with pytest.raises((DBAPIError, Conflict)), unit.write():
            db.session.execute(sa.text(statement))
        with unit.read():
            assert [entry.action for entry in queries.recent()] == ["kept"]


@pytest.mark.slow
def test_a_change_behind_the_databases_back_shows(app: Flask) -> None:
    """Somebody with the keys of the server can drop the triggers; the chain still tells."""
    with app.app_context():
        for number in range(5):
            with unit.write():
                service.note(None, f"act-{number}")
        with unit.write():
            _drop_triggers()
            db.session.execute(sa.update(AuditEntry).where(AuditEntry.seq == 3).values(action="other"))
        with unit.read():
            assert queries.first_break() == 3
        with unit.write():
            db.session.execute(sa.delete(AuditEntry).where(AuditEntry.seq == 2))
        with unit.read():
            assert queries.first_break() == 2


@pytest.mark.slow
def test_writers_side_by_side_make_one_chain(app: Flask) -> None:
    def write(number: int) -> None:
        with app.app_context():
            for step in range(10):
                with unit.write():
                    service.note(None, f"writer-{number}", details={"step": step})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with app.app_context(), unit.read():
        assert queries.head()[0] == 80
        assert queries.chain_is_whole()


@pytest.mark.slow
def test_writers_that_note_first_and_change_the_same_row_after_do_not_deadlock(town: Town) -> None:
    """The lock of the chain is taken last, whenever the note was made."""

    def write(number: int) -> None:
        with town.app.app_context():
            for step in range(5):
                with unit.write():
                    if number % 2:
                        service.note(None, "noted.first")
                    db.session.execute(sa.text("UPDATE school SET uplink_mbps = :n WHERE code = 'A1'"), {"n": step})
                    if not number % 2:
                        service.note(None, "noted.last")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    with town.app.app_context(), unit.read():
        assert queries.chain_is_whole()


@pytest.mark.slow
def test_everything_done_to_people_and_places_is_in_the_chain(town: Town) -> None:
    with town.app.app_context(), unit.read():
        actions = {entry.action for entry in queries.recent(200)}
        assert {"district.added", "school.added", "community.added", "community.joined", "person.added", "role.granted"} <= actions
        assert queries.chain_is_whole()


def _drop_triggers() -> None:
    if db.engine.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            db.session.execute(sa.text(f"DROP TRIGGER audit_entry_no_{verb}"))
    else:
        db.session.execute(sa.text("DROP TRIGGER audit_entry_no_change ON audit_entry"))
