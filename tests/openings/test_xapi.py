"""Statements as a learning record store receives them over HTTP."""

import base64
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from resource_hub.infra import jobs, unit
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.library.events import ResourceUsed, VersionPublished
from resource_hub.library.schemas import Licence, Review
from tests.library.works import Works
from tests.openings.receiver import Receiver

pytestmark = pytest.mark.slow

PUBLISHED = Review.DISTRICT_PUBLISHED


@pytest.fixture
def hub_settings(hub_settings: Settings, receiver: Receiver) -> Settings:
    return replace(hub_settings, xapi_endpoint=f"{receiver.address}/xapi/", xapi_key="hub", xapi_secret="geheim")


def carry(works: Works) -> None:
    with works.district.app.app_context():
        with unit.write():
            jobs.enqueue("openings.state", {})
        while jobs.work_once("light"):
            pass


def used(works: Works, account: str, resource_id: str) -> None:
    viewer = works.viewer(account)
    with works.district.app.app_context(), unit.write():
        unit.record(ResourceUsed(resource_id, viewer.person_id, viewer.school_id or "", 11))


def told(receiver: Receiver) -> list[dict[str, Any]]:
    return [statement for one in receiver.got for statement in json.loads(one.body)]


def words(receiver: Receiver) -> Counter[str]:
    return Counter(statement["verb"]["display"]["en"] for statement in told(receiver))


def test_the_store_is_told_of_publishing_looking_and_using_under_a_pseudonym(works: Works, receiver: Receiver) -> None:
    made = works.make("linxiaoyun", "全区", PUBLISHED)
    for _ in range(3):
        works.page("wuyoutian", f"/resources/{made}")
    used(works, "wuyoutian", made)
    with works.district.app.app_context(), unit.write():
        unit.record(VersionPublished(made, 2))
    carry(works)
    assert words(receiver) == {"published": 2, "viewed": 1, "used in class": 1}
    (one,) = receiver.got
    assert one.path == "/xapi/statements"
    assert one.headers["Authorization"] == "Basic " + base64.b64encode(b"hub:geheim").decode()
    assert one.headers["X-Experience-API-Version"] == "1.0.3"
    by_verb = {statement["verb"]["display"]["en"]: statement for statement in told(receiver)}
    viewed, use = by_verb["viewed"], by_verb["used in class"]
    assert viewed["actor"] == use["actor"] != by_verb["published"]["actor"]
    assert use["object"]["id"].endswith(f"/resources/{made}")
    assert list(use["context"]["extensions"].values()) == [11]
    for secret in ("吴有田", "wuyoutian", works.viewer("wuyoutian").person_id):
        assert secret not in one.body.decode()


def test_nothing_is_told_of_what_the_district_may_not_see(works: Works, receiver: Receiver) -> None:
    inner = works.make("linxiaoyun", "校内", Review.SCHOOL_PUBLISHED)
    shared = works.make("linxiaoyun", "教共体", PUBLISHED, Licence.L2)
    for made in (inner, shared):
        works.page("linxiaoyun", f"/resources/{made}")
        used(works, "linxiaoyun", made)
    carry(works)
    assert receiver.got == []


def test_statements_wait_while_the_store_is_away_and_arrive_once(works: Works, receiver: Receiver) -> None:
    works.make("linxiaoyun", "全区", PUBLISHED)
    receiver.status = 503
    carry(works)
    receiver.status = 200
    clock.start_at(clock.now() + timedelta(hours=1))
    carry(works)
    carry(works)
    assert [one["id"] for one in told(receiver)] == [told(receiver)[0]["id"]] * 2
    assert len(receiver.got) == 2


def test_a_statement_that_the_store_refuses_does_not_hold_up_the_others(works: Works, receiver: Receiver) -> None:
    for n in range(3):
        works.make("linxiaoyun", f"第{n}份", PUBLISHED)
    receiver.status = 409
    carry(works)
    assert [len(json.loads(one.body)) for one in receiver.got] == [3, 1, 1, 1]
    receiver.got.clear()
    carry(works)
    assert receiver.got == []


class TestWithoutAStore:
    @pytest.fixture
    def hub_settings(self, hub_settings: Settings) -> Settings:
        return replace(hub_settings, xapi_endpoint="")

    def test_nothing_is_written_down(self, works: Works, receiver: Receiver) -> None:
        from resource_hub.openings import queries

        made = works.make("linxiaoyun", "全区", PUBLISHED)
        works.page("wuyoutian", f"/resources/{made}")
        used(works, "wuyoutian", made)
        carry(works)
        with works.district.app.app_context(), unit.read():
            assert queries.waiting_statements(10) == []
        assert receiver.got == []
