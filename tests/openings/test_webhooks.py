"""Messages to webhooks over HTTP: signed, once per event, tried again, and never sent where they must not go."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from resource_hub.infra import jobs, unit
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.library.events import ResourceUsed, VersionPublished
from resource_hub.library.schemas import Licence, Review
from resource_hub.openings import rules
from tests.library.works import Works
from tests.openings.receiver import Receiver, receiving

pytestmark = pytest.mark.slow


@pytest.fixture
def hub_settings(hub_settings: Settings) -> Settings:
    return replace(hub_settings, webhook_private="1")


def add(works: Works, url: str, *events: str) -> str:
    head = works.district.as_("minjie")
    given = {"url": url, "events": list(events) or ["resource.published", "resource.withdrawn", "version.published"]}
    answer = works.district.client.post("/admin/openings/webhooks", json=given, headers=head)
    assert answer.status_code == 303, answer.text
    return str(answer.location.rpartition("/")[2])


def work(works: Works, hours: float = 0) -> None:
    """Do what is due, that many hours from now."""
    if hours:
        clock.start_at(clock.now() + timedelta(hours=hours))
    with works.district.app.app_context():
        while jobs.work_once("light"):
            pass


def test_a_webhook_is_told_of_publication_and_withdrawal_in_the_district_alone(works: Works, receiver: Receiver) -> None:
    webhook_id = add(works, f"{receiver.address}/hook?x=1")
    works.make("linxiaoyun", "校内", Review.SCHOOL_PUBLISHED)
    works.make("linxiaoyun", "教共体", Review.DISTRICT_PUBLISHED, Licence.L2)
    made = works.make("linxiaoyun", "全区", Review.DISTRICT_PUBLISHED)
    assert works.step("linxiaoyun", made, "withdrawal", reason="有错") == 200
    work(works)
    told = [json.loads(one.body) for one in receiver.got]
    assert [(t["event"], t["resource"]["id"]) for t in told] == [("resource.published", made), ("resource.withdrawn", made)]
    assert (told[0]["resource"]["title"], "title" in told[1]["resource"]) == ("全区", False)
    assert receiver.got[0].path == "/hook?x=1"
    page = works.page("minjie", f"/admin/openings/webhooks/{webhook_id}")
    assert page.count("已送达") == 2


def test_a_message_is_signed_with_the_secret_of_its_webhook(works: Works, receiver: Receiver) -> None:
    webhook_id = add(works, receiver.address)
    head = works.district.as_("minjie")
    assert works.district.client.post(f"/admin/openings/webhooks/{webhook_id}/test", json={}, headers=head).status_code == 303
    work(works)
    (one,) = receiver.got
    secret = works.page("minjie", f"/admin/openings/webhooks/{webhook_id}").partition('签名密钥</dt><dd class="mono">')[2].partition("<")[0]
    assert len(secret) == 64
    expected = hmac.new(secret.encode(), one.headers["X-Hub-Timestamp"].encode() + b"." + one.body, hashlib.sha256).hexdigest()
    assert one.headers["X-Hub-Signature"] == f"v1={expected}"
    assert one.headers["X-Hub-Delivery"] == json.loads(one.body)["id"]
    assert one.headers["X-Hub-Event"] == "test"


def test_a_message_that_failed_is_sent_again_the_same_until_it_arrives(works: Works, receiver: Receiver) -> None:
    webhook_id = add(works, receiver.address)
    receiver.status = 500
    works.make("linxiaoyun", "全区", Review.DISTRICT_PUBLISHED)
    work(works)
    work(works)
    assert len(receiver.got) == 1
    assert "会再试" in works.page("minjie", f"/admin/openings/webhooks/{webhook_id}")
    receiver.status = 200
    work(works, hours=1)
    work(works, hours=48)
    assert len(receiver.got) == 2
    assert receiver.got[0].body == receiver.got[1].body
    assert receiver.got[0].headers["X-Hub-Delivery"] == receiver.got[1].headers["X-Hub-Delivery"]


def test_a_webhook_that_never_answers_is_switched_off_and_can_be_switched_on_again(works: Works, receiver: Receiver) -> None:
    webhook_id = add(works, receiver.address, "resource.published")
    receiver.status = 503
    for n in range(rules.MOST_FAILURES):
        works.make("linxiaoyun", f"第{n}份", Review.DISTRICT_PUBLISHED)
    for _ in range(len(rules.RETRY_AFTER_S) + 1):
        work(works, hours=13)
    assert len(receiver.got) == rules.MOST_FAILURES * (len(rules.RETRY_AFTER_S) + 1)
    assert "已经停用" in works.page("minjie", f"/admin/openings/webhooks/{webhook_id}")
    works.make("linxiaoyun", "没人知道", Review.DISTRICT_PUBLISHED)
    receiver.status, before = 200, len(receiver.got)
    work(works, hours=1)
    assert len(receiver.got) == before
    head = works.district.as_("minjie")
    assert works.district.client.post(f"/admin/openings/webhooks/{webhook_id}/resumption", json={}, headers=head).status_code == 303
    works.make("linxiaoyun", "又知道了", Review.DISTRICT_PUBLISHED)
    work(works)
    assert "又知道了" in receiver.got[-1].body.decode()


def test_a_redirect_is_a_failure_and_is_not_followed(works: Works, receiver: Receiver) -> None:
    with receiving() as inner:
        receiver.status, receiver.location = 307, f"{inner.address}/secret"
        webhook_id = add(works, receiver.address)
        works.make("linxiaoyun", "全区", Review.DISTRICT_PUBLISHED)
        work(works)
        assert (len(receiver.got), inner.got) == (1, [])
    assert "HTTP 307" in works.page("minjie", f"/admin/openings/webhooks/{webhook_id}")


def test_what_is_no_address_of_the_web_is_refused_with_a_remedy(works: Works) -> None:
    head = works.district.as_("minjie")
    for url in (
        "ftp://x/",
        "file:///etc/passwd",
        "http://",
        "http://user:pw@host/",
        "gopher://x",
        "http://host:99999/",
        "http://a b/",
        "//x",
    ):
        answer = works.district.client.post("/admin/openings/webhooks", json={"url": url}, headers=head)
        assert answer.status_code == 422, url
        assert "请填写以 https://" in answer.text


class TestByDefault:
    """Without the setting that allows the own network."""

    @pytest.fixture
    def hub_settings(self, hub_settings: Settings) -> Settings:
        return replace(hub_settings, webhook_private="0")

    def test_nothing_is_sent_into_the_own_network(self, works: Works, receiver: Receiver) -> None:
        port = receiver.address.rpartition(":")[2]
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1"):
            webhook_id = add(works, f"http://{host}:{port}/")
            head = works.district.as_("minjie")
            works.district.client.post(f"/admin/openings/webhooks/{webhook_id}/test", json={}, headers=head)
            work(works)
            page = works.page("minjie", f"/admin/openings/webhooks/{webhook_id}")
            assert "private address refused" in page, host
        assert receiver.got == []


def test_a_removed_webhook_takes_its_messages_with_it(works: Works, receiver: Receiver) -> None:
    webhook_id = add(works, receiver.address)
    works.make("linxiaoyun", "全区", Review.DISTRICT_PUBLISHED)
    head = works.district.as_("minjie")
    assert works.district.client.post(f"/admin/openings/webhooks/{webhook_id}/removal", json={}, headers=head).status_code == 303
    work(works)
    assert receiver.got == []
    works.page("minjie", f"/admin/openings/webhooks/{webhook_id}", 404)


def test_a_webhook_is_told_of_new_versions_and_of_use_without_the_person(works: Works, receiver: Receiver) -> None:
    add(works, receiver.address, "version.published", "resource.used")
    made = works.make("linxiaoyun", "全区", Review.DISTRICT_PUBLISHED)
    inner = works.make("linxiaoyun", "校内", Review.SCHOOL_PUBLISHED)
    user = works.viewer("wuyoutian")
    with works.district.app.app_context(), unit.write():
        for resource_id in (made, inner):
            for number in (1, 2):
                unit.record(VersionPublished(resource_id, number))
            unit.record(ResourceUsed(resource_id, user.person_id, user.school_id or "", 11))
    work(works)
    told = {message["event"]: message for message in (json.loads(one.body) for one in receiver.got)}
    assert len(receiver.got) == 2
    assert (told["version.published"]["version"], told["version.published"]["resource"]["id"]) == (2, made)
    assert told["resource.used"]["used"] == {"school": user.school_name, "pupils": 11}
    assert user.person_id not in receiver.got[1].body.decode()
