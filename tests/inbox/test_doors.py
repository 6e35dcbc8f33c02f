"""The inbox as its person meets it: the bar, the page, the API."""

import re

import pytest

from resource_hub.inbox import service
from resource_hub.infra import unit
from resource_hub.kernel.refs import Ref
from tests.inbox.conftest import Parcels
from tests.people.standing import Town

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def told(town: Town, parcels: Parcels) -> None:
    with town.app.app_context(), unit.write():
        for number in ("1", "2"):
            service.deliver([town.people["linxiaoyun"]], "parcel.sent", Ref("parcel", number), urgent=True)
        service.deliver([town.people["linxiaoyun"]], "parcel.sign", Ref("parcel", "3"), words={"from": "A"}, urgent=True)


def test_the_bar_counts_what_is_unseen_and_opening_a_notice_takes_it_off(town: Town) -> None:
    teacher = town.browser("linxiaoyun")
    page = teacher.get("/inbox").text
    assert "3 条未读" in page
    assert page.index("包裹 3") < page.index("包裹 1")
    delivery = re.search(r'action="/inbox/(dlv_\w+)"(?:(?!</form>).)*包裹 1', page, re.DOTALL)
    assert delivery
    assert teacher.post(f"/inbox/{delivery[1]}", page="/account").headers["Location"].endswith("/parcels/1")
    assert "2 条未读" in teacher.get("/account").text
    assert teacher.post("/inbox/seen", page="/account").status_code == 303
    left = teacher.get("/inbox").text
    assert "条未读" not in left
    assert "待办" in left


def test_a_hidden_thing_leads_back_to_the_inbox(town: Town, parcels: Parcels) -> None:
    teacher = town.browser("linxiaoyun")
    ident = teacher.get("/api/v1/inbox").json["data"]["items"][0]["id"]
    parcels.hidden |= {"1", "2", "3"}
    assert "包裹" not in teacher.get("/inbox").text
    assert teacher.post(f"/inbox/{ident}", page="/account").headers["Location"].endswith("/inbox")


def test_programs_read_and_mark_their_own_inbox_only(town: Town) -> None:
    teacher, other = town.browser("linxiaoyun"), town.browser("wuyoutian")
    given = teacher.get("/api/v1/inbox").json["data"]
    assert given["unseen"] == 3
    ident = given["items"][-1]["id"]
    headers = {"X-CSRF-Token": other.token("/account")}
    assert other.client.post(f"/api/v1/inbox/{ident}/seen", headers=headers).status_code == 404
    headers = {"X-CSRF-Token": teacher.token("/account")}
    assert teacher.client.post(f"/api/v1/inbox/{ident}/seen", headers=headers).status_code == 200
    assert teacher.get("/api/v1/inbox").json["data"]["unseen"] == 2
    assert teacher.client.post("/api/v1/inbox/seen-all", headers=headers).status_code == 200
    assert teacher.get("/api/v1/inbox").json["data"]["unseen"] == 0
    assert other.get("/api/v1/inbox").json["data"] == {"items": [], "unseen": 0}


def test_without_anything_to_tell_the_page_says_what_will_come(town: Town) -> None:
    assert "收件箱是空的" in town.browser("wuyoutian").get("/inbox").text
    assert town.browser().get("/inbox").status_code == 303
