"""Revision 0011 on a database with people and rooms in it, there and back."""

import pytest
import sqlalchemy as sa

from resource_hub.infra import migrate
from resource_hub.kernel.settings import Settings

pytestmark = pytest.mark.slow

ROWS = (
    "INSERT INTO district (id, slot, name, created_at) VALUES ('dis', 1, '青岚', '2026-01-01')",
    (
        "INSERT INTO school (id, district_id, code, name, kind, locality, is_boarding, is_three_schools, created_at)"
        " VALUES ('sch', 'dis', 'A1', '实小', 'primary', 'city', false, false, '2026-01-01')"
    ),
    (
        "INSERT INTO person (id, name, staff_no, school_id, subjects, joined_on, created_at)"
        " VALUES ('per', '林晓云', 'QL1', 'sch', '[]', '2026-01-01', '2026-01-01')"
    ),
    (
        "INSERT INTO account (person_id, login, must_change, locale, theme, created_at, password_changed_at)"
        " VALUES ('per', 'linxiaoyun', false, 'zh', 'auto', '2026-01-01', '2026-01-01')"
    ),
    "INSERT INTO class_terminal (id, school_id, room, bound_at) VALUES ('dev', 'sch', '101', '2026-01-01')",
)


def test_people_and_rooms_keep_their_ways_in(hub_settings: Settings) -> None:
    migrate.downgrade(hub_settings, "0010")
    run(hub_settings, *ROWS)
    migrate.upgrade(hub_settings, "0011")
    bound = "UPDATE account SET sign_on_issuer = 'https://id', sign_on_subject = '42'"
    run(hub_settings, bound, "UPDATE class_terminal SET code_hash = 'x', code_until = '2026-01-01'")
    assert run(hub_settings, "SELECT login, sign_on_subject FROM account") == [("linxiaoyun", "42")]
    migrate.downgrade(hub_settings, "0010")
    assert run(hub_settings, "SELECT a.login, t.room FROM account a, class_terminal t") == [("linxiaoyun", "101")]


def run(settings: Settings, *statements: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(settings.database)
    try:
        with engine.begin() as connection:
            for statement in statements:
                done = connection.execute(sa.text(statement))
            return [tuple(row) for row in done] if done.returns_rows else []
    finally:
        engine.dispose()
