"""A small district for tests: two communities, four schools, seven people, and a browser to sit at.

The application is the whole one over a real database; only the object store is left out, since
nothing here touches bytes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from resource_hub.app import create_app
from resource_hub.community import service as communities
from resource_hub.community.schemas import CommunityModel
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Role, ScopeKind, Viewer
from resource_hub.people import queries, service
from resource_hub.schools import service as places
from resource_hub.schools.schemas import Locality, SchoolForm, SchoolKind

PASSWORD = "Chun-Feng-2026"

_SCHOOLS = (
    ("A1", "青岚区实验小学", SchoolKind.PRIMARY, Locality.CITY, "A"),
    ("A3", "石桥村小学", SchoolKind.PRIMARY, Locality.VILLAGE, "A"),
    ("B1", "城南小学", SchoolKind.PRIMARY, Locality.CITY, "B"),
    ("B4", "云台镇中心幼儿园", SchoolKind.KINDERGARTEN, Locality.TOWN, "B"),
)
_PEOPLE = (
    ("minjie", "闵捷", None, Role.DISTRICT_ADMIN),
    ("fangzhengqing", "方正清", "A1", Role.PRINCIPAL),
    ("qiulan", "邱岚", "A1", Role.DEAN),
    ("linxiaoyun", "林晓云", "A1", Role.TEACHER),
    ("wuyoutian", "吴有田", "A3", Role.TEACHER),
    ("songqian", "宋谦", "B1", Role.DEAN),
    ("meixue", "梅雪", "B1", Role.TEACHER),
)


@dataclass
class Town:
    app: Flask
    district: str = ""
    schools: dict[str, str] = field(default_factory=dict)
    communities: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def viewer(self, login: str) -> Viewer:
        """Return who that person is today; inside a unit."""
        found = queries.viewer_of_person(self.people[login])
        assert found is not None
        return found

    def browser(self, login: str | None = None, *, password: str = PASSWORD) -> "Browser":
        browser = Browser(self.app.test_client())
        if login:
            answer = browser.sign_in(login, password)
            assert answer.status_code == 303, answer.text
        return browser


@dataclass
class Browser:
    """Visits pages and sends their forms with the token that the page carries."""

    client: FlaskClient

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def post(self, path: str, data: Mapping[str, Any] | None = None, *, page: str | None = None, **options: Any) -> TestResponse:
        """Send a form; its token is read from ``page`` (default: the account page, or sign-in)."""
        return self.client.post(path, data={**(data or {}), "csrf_token": self.token(page)}, **options)

    def token(self, page: str | None = None) -> str:
        text = self.client.get(page or "/sign-in", follow_redirects=True).text
        found = re.search(r'name="csrf-token" content="([0-9a-f]+)"', text)
        assert found, text
        return found[1]

    def sign_in(self, login: str, password: str = PASSWORD, next_path: str = "") -> TestResponse:
        return self.post("/sign-in", {"account": login, "password": password, "next": next_path})

    def is_signed_in(self) -> bool:
        return self.client.get("/account").status_code == 200


@pytest.fixture
def hub_settings(database: str, tmp_path: Path) -> Settings:
    return Settings.read({"HUB_DATA": str(tmp_path / "data"), "HUB_DATABASE_URL": database, "HUB_DEMO": "0"})


@pytest.fixture
def app(hub_settings: Settings) -> Iterator[Flask]:
    made = create_app(hub_settings)
    yield made
    clock.start_at(None)
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def town(app: Flask) -> Town:
    """The district with its schools and people, everyone with the same password."""
    made = Town(app)
    with app.app_context(), unit.write():
        made.district = places.set_up_district("青岚区教育局")
        for code, name, kind, locality, _community in _SCHOOLS:
            made.schools[code] = places.add_school(SchoolForm(code=code, name=name, kind=kind, locality=locality))
        for code, lead in (("A", "A1"), ("B", "B1")):
            made.communities[code] = communities.add_community(
                code=code,
                name=f"{code} 教共体",
                model=CommunityModel.COOP,
                lead_school_id=made.schools[lead],
                starts_on=date(2024, 9, 1),
            )
        for code, *_facts, community in _SCHOOLS:
            communities.add_member(made.communities[community], made.schools[code], since=date(2024, 9, 1))
        for number, (login, name, school, role) in enumerate(_PEOPLE, start=1):
            made.people[login] = add_person(made, login, name, school, role, number)
    return made


def add_person(town: Town, login: str, name: str, school: str | None, role: Role, number: int, *, phone: str | None = None) -> str:
    """Add somebody with a role at their place of work; inside a unit."""
    school_id = town.schools[school] if school else None
    new = service.NewPerson(name=name, staff_no=f"QL{number:05}", login=login, school_id=school_id, phone=phone)
    person_id = service.add_person(new, password_hash=_password_hash(), must_change=False)
    scope = ScopeKind.SCHOOL if school_id else ScopeKind.DISTRICT
    service.grant_role(person_id, role, scope, school_id or town.district)
    return person_id


@cache
def _password_hash() -> str:
    return service.hash_password(PASSWORD)
