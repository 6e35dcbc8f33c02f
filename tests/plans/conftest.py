"""A plan of a city teacher that a village teacher writes too, and a web process that carries it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from resource_hub.infra import unit
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.lesson_plan import Plan, Step
from resource_hub.people import queries as people
from resource_hub.people import service as sessions
from resource_hub.people.schemas import SessionKind
from resource_hub.plans import service
from resource_hub.plans.schemas import MemberIn, Part, PlanIn
from tests.live.standing import serving
from tests.people_of_a_district import District
from tests.plans.clients import Writer

OWNER, EDITOR, COMMENTER, STRANGER = "linxiaoyun", "wuyoutian", "maodashan", "minjie"
STEPS = ("look", "mix", "paint")


@dataclass
class Writing:
    """A served installation with one plan."""

    url: str
    plan: str
    app: Flask

    def writer(self, account: str) -> Writer:
        return Writer(self.url, token_of(self.app, account), self.plan)


@pytest.fixture
def plan(district: District) -> str:
    """The id of a plan of OWNER, with an EDITOR and a COMMENTER."""
    return begin(district.app)


@pytest.fixture
def writing(district: District, plan: str, hub_settings: Settings) -> Iterator[Writing]:
    with serving(hub_settings) as (url, _process):
        yield Writing(url, plan, district.app)


def begin(app: Flask) -> str:
    content = Plan(steps=tuple(Step(id=ident, name=ident, minutes=10) for ident in STEPS))
    with app.app_context():
        with unit.read():
            owner = viewer_of(OWNER)
        with unit.write():
            made = service.begin_plan(owner, PlanIn(title="色彩的冷与暖"), content)
            for account, part in ((EDITOR, Part.EDITOR), (COMMENTER, Part.COMMENTER)):
                service.put_member(owner, made, MemberIn(person_id=person_of(account), part=part))
    return made


def person_of(account: str) -> str:
    found = people.person_by_login(account)
    assert found, account
    return found


def viewer_of(account: str) -> Viewer:
    found = people.viewer_of_person(person_of(account))
    assert found
    return found


def token_of(app: Flask, account: str) -> str:
    with app.app_context(), unit.write():
        return sessions.open_session(person_of(account), SessionKind.API, sessions.Client()).token
