"""A group of one community: who leads, who prepares and teaches along, who stands outside."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from resource_hub.infra import unit
from resource_hub.infra.features import Hub
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.lesson_plan import Plan, Step
from resource_hub.people import queries as people
from resource_hub.plans import service as plans
from resource_hub.plans.schemas import PlanIn, VersionIn
from resource_hub.schools import queries as schools
from resource_hub.study.events import HoursProposed, Prepared, Taught
from tests.people_of_a_district import District

LEAD, VILLAGE, OTHER, STRANGER = "linxiaoyun", "wuyoutian", "maodashan", "jixiao"
STEPS = (("look", "导入", 5), ("mix", "新授", 20), ("show", "展示", 15))


@dataclass(frozen=True)
class Member:
    """Somebody who asks pages as a browser does."""

    district: District
    account: str

    @property
    def id(self) -> str:
        with self.district.app.app_context(), unit.read():
            return people.person_by_login(self.account) or ""

    def viewer(self) -> Viewer:
        with self.district.app.app_context(), unit.read():
            found = people.viewer_of_person(people.person_by_login(self.account) or "")
        assert found
        return found

    def get(self, path: str) -> Any:
        return self.district.app.test_client().get(path, headers=self.district.as_(self.account))

    def post(self, path: str, **form: Any) -> Any:
        return self.district.app.test_client().post(path, data=form, headers=self.district.as_(self.account))

    def did(self, path: str, **form: Any) -> str:
        """Do a step that must succeed and return where it leads."""
        reply = self.post(path, **form)
        assert reply.status_code == 303, reply.text
        return str(reply.location)

    def version_of(self, plan: Plan, name: str) -> tuple[str, int]:
        """Write a plan of one's own and keep it as a version."""
        me = self.viewer()
        with self.district.app.app_context(), self.district.app.test_request_context(), unit.write():
            made = plans.begin_plan(me, PlanIn(title="色彩的冷与暖"), plan)
            return made, plans.keep_version(me, made, VersionIn(name=name))


@pytest.fixture
def lead(district: District) -> Member:
    return Member(district, LEAD)


@pytest.fixture
def village(district: District) -> Member:
    return Member(district, VILLAGE)


@pytest.fixture
def other(district: District) -> Member:
    return Member(district, OTHER)


@pytest.fixture
def stranger(district: District) -> Member:
    return Member(district, STRANGER)


@pytest.fixture
def heard(district: District) -> Iterator[list[Any]]:
    """What other features hear."""
    found: list[Any] = []
    hub: Hub = district.app.extensions["resource_hub"]
    kinds = (Prepared, Taught, HoursProposed)
    for kind in kinds:
        hub.subscribers.setdefault(kind, []).append(found.append)
    yield found
    for kind in kinds:
        hub.subscribers[kind].remove(found.append)


@pytest.fixture
def community(district: District, lead: Member) -> str:
    """The community of the lead's school."""
    me = lead.viewer()
    with district.app.app_context(), unit.read():
        return min(schools.communities_of_school(me.school_id))


def plan_of(**words: str) -> Plan:
    """Return a plan of three stages; ``words`` are what pupils do, by stage."""
    return Plan(steps=tuple(Step(id=i, name=name, minutes=m, pupils=words.get(i, "看一看")) for i, name, m in STEPS))


def id_in(location: str) -> str:
    found = re.search(r"/([a-z]{3}_[0-9a-z]{26})", location)
    assert found, location
    return found[1]


def observed(member: Member, cycle: str, teacher: str, codes: str, **data: Any) -> str:
    """Observe the lesson next door for a cycle, sign, and share it with the members; returns its id."""
    now = clock.ms(clock.now())
    seen = new_id("obs")
    made = {"id": seen, "version": 1, "what": "room", "cycle": cycle, "teacher_id": teacher, "started_at": now - 600_000, "topic": "色彩"}
    coding = {"id": new_id("cod"), "observation": seen, "version": 1, "scheme": "st", "codes": codes}
    note = {"id": new_id("obn"), "observation": seen, "version": 1, "made_at": now, "second": 30, "stage": "新授", "pupils": "四号先动手"}
    reply = member.district.app.test_client().post(
        "/api/v1/observations/sync",
        json={"now": now, "observations": [made | data], "codings": [coding], "notes": [note]},
        headers=member.district.as_(member.account),
    )
    assert reply.status_code == 200, reply.json
    assert not reply.json["data"]["refused"], reply.json
    return seen


def days(count: int) -> str:
    return (clock.now() + timedelta(days=count)).date().isoformat()
