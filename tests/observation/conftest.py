"""Observers, the lesson they see, and what their devices send."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from resource_hub.infra import unit
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.people import queries as people
from tests.live.standing import plan
from tests.people_of_a_district import District

TEACHER, OBSERVER, OTHER, PRINCIPAL, RESEARCHER = "linxiaoyun", "wuyoutian", "maodashan", "fangzhengqing", "zhoumin"
STRANGER = "jixiao"
"""A teacher of another community."""


@dataclass
class Device:
    """A phone of an observer; ``wrong_ms`` is how far its clock is ahead."""

    district: District
    account: str
    wrong_ms: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    def now(self) -> int:
        return clock.ms(clock.now()) + self.wrong_ms

    def observation(self, **data: Any) -> dict[str, Any]:
        return {"id": new_id("obs"), "version": 1, "what": "room", "started_at": self.now() - 600_000, "topic": "色彩的冷与暖", **data}

    def note(self, observation: str, **data: Any) -> dict[str, Any]:
        made = {"id": new_id("obn"), "observation": observation, "version": 1, "made_at": self.now() - 60_000, "second": 540}
        return made | {"pupils": "四号说柿子是暖的", "tags": ["提问", "村端发言", "等待"]} | data

    def mark(self, observation: str, item: str = "question", end: str = "city", **data: Any) -> dict[str, Any]:
        made = {"id": new_id("obm"), "observation": observation, "version": 1, "made_at": self.now() - 60_000, "second": 540}
        return made | {"viewpoint": "dialogue", "item": item, "end": end} | data

    def coding(self, observation: str, codes: str, **data: Any) -> dict[str, Any]:
        return {"id": new_id("cod"), "observation": observation, "version": 1, "scheme": "st", "codes": codes} | data

    def sync(self, **things: list[dict[str, Any]]) -> dict[str, Any]:
        reply = self.ask("post", "/api/v1/observations/sync", json={"now": self.now(), **things})
        assert reply.status_code == 200, reply.json
        found: dict[str, Any] = reply.json["data"]
        return found

    def ask(self, method: str, path: str, **given: Any) -> Any:
        return getattr(self.district.app.test_client(), method)(path, headers=self.district.as_(self.account), **given)


@pytest.fixture
def lesson(district: District) -> str:
    """A lesson that began ten minutes ago."""
    (found,) = plan(district.app, starts_in=timedelta(minutes=-10))
    return found


def person(district: District, account: str) -> str:
    with district.app.app_context(), unit.read():
        found = people.person_by_login(account)
    assert found
    return found
