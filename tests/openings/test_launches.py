"""Launches from a learning platform over HTTP: who gets in, who does not, and what goes back."""

import hmac
import json
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from resource_hub.infra import unit
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.library.schemas import Review
from resource_hub.people import service as people
from tests.library.works import Works
from tests.openings.conftest import Served
from tests.openings.platform import CLAIM, CLIENT, DEEP, LEARNER, TEACHER, Platform, Window, learning_platform
from tests.people_of_a_district import PASSWORD

pytestmark = pytest.mark.slow


@pytest.fixture
def hub_settings(hub_settings: Settings) -> Settings:
    return replace(hub_settings, webhook_private="1")


@pytest.fixture
def platform() -> Iterator[Platform]:
    with learning_platform() as found:
        yield found


@pytest.fixture
def window(works: Works, served: Served, platform: Platform) -> Iterator[Window]:
    """A browser at a hub where the platform is registered."""
    add(works, platform)
    found = Window(served.address, platform)
    yield found
    found.client.close()


def add(works: Works, platform: Platform, **more: str) -> str:
    given = {
        "name": "区教师研修平台", "issuer": platform.address, "client_id": CLIENT, "auth_url": f"{platform.address}/auth",
        "keys_url": f"{platform.address}/keys", "deployments": "d1 d2", **more,
    }  # fmt: skip
    answer = works.district.client.post("/admin/openings/platforms", json=given, headers=works.district.as_("minjie"))
    assert answer.status_code == 303, answer.text
    return str(answer.location.rpartition("/")[2])


def who(window: Window) -> str:
    """Return the name that the account page shows, empty when nobody is signed in."""
    page = window.get("/account")
    return page.text.partition('<div class="page-head">')[2].partition("<p>")[2].partition(" ")[0] if page.status_code == 200 else ""


def deep_linking(platform: Platform, **settings: Any) -> dict[str, Any]:
    wish = {"deep_link_return_url": f"{platform.address}/return?course=7", "accept_types": ["ltiResourceLink"], "data": "a b&c", **settings}
    return {CLAIM + "message_type": "LtiDeepLinkingRequest", DEEP + "deep_linking_settings": wish}


def test_an_unbound_person_signs_in_once_and_is_signed_in_by_launches_from_then_on(works: Works, window: Window, served: Served) -> None:
    made = works.make("wuyoutian", "村小的课", Review.DISTRICT_PUBLISHED)
    waiting = window.launch(**{CLAIM + "custom": {"resource": made}})
    assert (waiting.status_code, who(window)) == (303, "")
    page = window.get(waiting.headers["Location"]).text
    assert "区教师研修平台" in page
    assert "林老师" in page
    wrong = window.send(waiting.headers["Location"], page, account="linxiaoyun", password="not-the-password")
    assert (wrong.status_code, who(window)) == (401, "")
    bound = window.send(waiting.headers["Location"], page, account="linxiaoyun", password=PASSWORD)
    assert (bound.status_code, bound.headers["Location"], who(window)) == (303, f"/resources/{made}", "林晓云")
    other = Window(served.address, window.platform)
    again = other.launch(**{CLAIM + "target_link_uri": f"{served.address}/resources/{made}"})
    assert (again.status_code, again.headers["Location"], who(other)) == (303, "/", "林晓云")
    again = other.launch(**{CLAIM + "custom": {"resource": made}})
    assert again.headers["Location"] == f"/resources/{made}"
    assert "村小的课" in other.get(f"/resources/{made}").text


def test_a_launch_counts_once_and_only_in_the_browser_that_began_it(window: Window, served: Served) -> None:
    assert window.bind("linxiaoyun", PASSWORD).status_code == 303
    begun = window.login()
    state, token = window.platform.token(begun.headers["Location"])
    stranger = Window(served.address, window.platform)
    assert (stranger.hand_in(state, token).status_code, who(stranger)) == (403, "")
    secret = {cookie.name: cookie.value for cookie in window.client.cookies.jar if cookie.name.endswith(state)}
    assert window.hand_in(state, token).status_code == 303
    window.client.cookies.update(secret)
    assert window.hand_in(state, token).status_code == 403
    later = Window(served.address, window.platform)
    other_state, _token = window.platform.token(later.login().headers["Location"])
    assert (later.hand_in(other_state, token).status_code, who(later)) == (403, "")


def test_what_is_wrong_in_a_token_opens_nothing(window: Window, served: Served) -> None:
    assert window.bind("linxiaoyun", PASSWORD).status_code == 303
    now = int(time.time())
    wrong: list[dict[str, Any]] = [
        {"iss": "https://elsewhere.example"}, {"aud": "somebody-else"}, {"aud": [CLIENT, "somebody-else"]},
        {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"}, {"azp": "somebody-else"}, {"exp": now - 120}, {"iat": now + 120},
        {"nonce": "another"}, {"sub": ""}, {"sub": None}, {CLAIM + "version": "1.1"}, {CLAIM + "message_type": "LtiSubmissionReviewRequest"},
        {CLAIM + "deployment_id": "d3"}, deep_linking(window.platform, accept_types=["file"]),
        deep_linking(window.platform, deep_link_return_url="javascript:alert(1)"),
    ]  # fmt: skip
    other = Window(served.address, window.platform)
    for claims in wrong:
        assert (other.launch(**claims).status_code, who(other)) == (403, ""), claims
    right: list[dict[str, Any]] = [{"aud": [CLIENT]}, {"aud": [CLIENT, "x"], "azp": CLIENT}, {CLAIM + "deployment_id": "d2"}]
    for claims in right:
        assert other.launch(**claims).status_code == 303, claims
    assert who(other) == "林晓云"


def test_a_deployment_that_is_not_registered_is_named_for_the_administrator(window: Window) -> None:
    refused = window.launch(**{CLAIM + "deployment_id": "d3"})
    assert refused.status_code == 403
    assert "d3" in refused.text


def test_only_the_platforms_own_key_signs_and_a_new_one_is_fetched(window: Window, served: Served) -> None:
    assert window.bind("linxiaoyun", PASSWORD).status_code == 303
    platform, other = window.platform, Window(served.address, window.platform)
    platform.signing = RSAKey.generate_key(2048, {"kid": "first"})
    asked = platform.keys_asked
    assert (other.launch().status_code, platform.keys_asked) == (403, asked)
    platform.signing = RSAKey.generate_key(2048, {"kid": "unknown"})
    assert (other.launch().status_code, platform.keys_asked) == (403, asked + 1)
    platform.signing = None
    platform.key = RSAKey.generate_key(2048, {"kid": "second"})
    assert (other.launch().status_code, who(other), platform.keys_asked) == (303, "林晓云", asked + 2)
    assert (other.launch().status_code, platform.keys_asked) == (303, asked + 2)


def test_a_token_without_signature_or_under_a_shared_secret_opens_nothing(window: Window) -> None:
    begun = window.login()
    state, token = window.platform.token(begun.headers["Location"])
    body = token.split(".")[1]
    assert window.hand_in(state, f"{part({'alg': 'none'})}.{body}.").status_code == 403
    state, token = window.platform.token(window.login().headers["Location"])
    body, secret = token.split(".")[1], window.platform.key.as_pem(private=False)
    forged = f"{part({'alg': 'HS256', 'kid': 'first'})}.{body}"
    mark = urlsafe_b64encode(hmac.digest(secret, forged.encode(), "sha256")).decode().rstrip("=")
    assert window.hand_in(state, f"{forged}.{mark}").status_code == 403
    for nonsense in ("", "x", "a.b.c", token[:-8]):
        state, _token = window.platform.token(window.login().headers["Location"])
        assert window.hand_in(state, nonsense).status_code == 403


def part(header: dict[str, str]) -> str:
    return urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")


def test_a_platform_whose_keys_are_out_of_reach_is_told_as_that(window: Window) -> None:
    window.platform.status = 500
    refused = window.launch()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    window.platform.status = 200
    assert window.launch().status_code == 303


def test_pupils_are_refused_in_words_bound_or_not(window: Window) -> None:
    student = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"
    assistant = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
    for roles in ([LEARNER], ["Learner"], [student], [LEARNER, student]):
        refused = window.launch(**{CLAIM + "roles": roles})
        assert refused.status_code == 403
        assert "没有学生账号" in refused.text
    for roles in ([LEARNER, TEACHER], [LEARNER, assistant], [TEACHER], []):
        assert window.launch(**{CLAIM + "roles": roles}).status_code == 303, roles


def test_a_launch_looks_at_nobodys_session(works: Works, window: Window) -> None:
    """Whoever sits at a shared computer with a colleague's session binds nothing to the colleague."""
    assert window.bind("wuyoutian", PASSWORD, "u2").status_code == 303
    assert who(window) == "吴有田"
    waiting = window.launch("u1")
    path = waiting.headers["Location"]
    page = window.get(path).text
    assert "吴有田" not in page
    assert window.send(f"{path}/confirmation", page).status_code == 404
    assert window.send(path, page, account="linxiaoyun", password=PASSWORD).status_code == 303
    assert who(window) == "林晓云"


def test_whoever_signed_in_elsewhere_since_the_launch_binds_by_one_button(window: Window) -> None:
    path = window.launch().headers["Location"]
    signed_in = window.send("/sign-in", window.get("/sign-in").text, account="linxiaoyun", password=PASSWORD, next=path)
    assert signed_in.headers["Location"] == path
    page = window.get(path).text
    assert "绑定到 林晓云 的账号" in page
    assert window.send(f"{path}/confirmation", page).status_code == 303
    assert window.send(f"{path}/confirmation", page).status_code == 404
    assert window.launch().headers["Location"] == "/"


def test_one_account_is_one_user_of_a_platform_until_it_is_unbound(works: Works, window: Window, served: Served) -> None:
    assert window.bind("linxiaoyun", PASSWORD, "u1").status_code == 303
    second = Window(served.address, window.platform)
    refused = second.bind("linxiaoyun", PASSWORD, "u2")
    assert (refused.status_code, who(second)) == (409, "")
    page = window.get("/account/platforms").text
    assert "区教师研修平台" in page
    end = page.partition('action="/account/platforms/')[2].partition('"')[0]
    assert window.send(f"/account/platforms/{end}", page).status_code == 303
    assert "/lti/binding/" in second.launch("u1").headers["Location"]
    assert second.bind("linxiaoyun", PASSWORD, "u2").status_code == 303


def test_a_shut_account_is_not_opened_by_a_platform(works: Works, window: Window, served: Served) -> None:
    assert window.bind("wuyoutian", PASSWORD).status_code == 303
    person_id = works.viewer("wuyoutian").person_id
    with works.district.app.app_context(), unit.write():
        people.close_account(person_id)
    other = Window(served.address, window.platform)
    refused = other.launch()
    assert (refused.status_code, who(other)) == (403, "")
    assert "已停用" in refused.text


def test_an_initial_password_binds_nothing(works: Works, window: Window) -> None:
    person_id = works.viewer("wuyoutian").person_id
    with works.district.app.app_context(), unit.write():
        people.reset_password(person_id, people.hash_password("Initial-1-Initial"))
    sent = window.bind("wuyoutian", "Initial-1-Initial")
    assert (sent.status_code, sent.headers["Location"]) == (303, "/account")
    assert "/lti/binding/" in window.launch().headers["Location"]


def test_a_launch_waits_ten_minutes_for_its_token_and_an_hour_for_its_person(window: Window) -> None:
    state, token = window.platform.token(window.login().headers["Location"])
    clock.start_at(clock.now() + timedelta(minutes=11))
    assert window.hand_in(state, token).status_code == 403
    path = window.launch().headers["Location"]
    clock.start_at(clock.now() + timedelta(minutes=59))
    assert window.get(path).status_code == 200
    clock.start_at(clock.now() + timedelta(minutes=2))
    assert window.get(path).status_code == 403


def test_resources_are_picked_and_told_to_the_platform_in_a_signed_answer(works: Works, window: Window, served: Served) -> None:
    mine = works.make("linxiaoyun", "我的草稿", Review.DRAFT)
    public = works.make("wuyoutian", "全区的课", Review.DISTRICT_PUBLISHED)
    hidden = works.make("wuyoutian", "别人的草稿", Review.DRAFT)
    works.index()
    assert window.bind("linxiaoyun", PASSWORD).status_code == 303
    path = window.launch(**deep_linking(window.platform)).headers["Location"]
    page = window.get(path)
    assert page.status_code == 200
    assert ("全区的课" in page.text, "我的草稿" in page.text, "别人的草稿" in page.text) == (True, True, False)
    assert "我的草稿" not in window.get(f"{path}?q=全区").text
    assert window.send(path, page.text).status_code == 422
    answer = window.send(path, page.text, resource=[public, hidden, mine])
    assert f"form-action 'self' {window.platform.address};" in answer.headers["Content-Security-Policy"]
    token = handed_over(window, answer)
    keys = KeySet.import_key_set(window.get("/lti/jwks").json())
    told = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert (told["iss"], told["aud"], told[CLAIM + "deployment_id"]) == (CLIENT, window.platform.address, "d1")
    assert (told[CLAIM + "message_type"], told[CLAIM + "version"], told[DEEP + "data"]) == ("LtiDeepLinkingResponse", "1.3.0", "a b&c")
    assert told["exp"] > time.time() >= told["iat"] - 1
    items = told[DEEP + "content_items"]
    assert [(item["type"], item["title"], item["custom"]["resource"]) for item in items] == [
        ("ltiResourceLink", "全区的课", public), ("ltiResourceLink", "我的草稿", mine),
    ]  # fmt: skip
    opened = window.launch(**{CLAIM + "custom": items[0]["custom"]})
    assert opened.headers["Location"] == f"/resources/{public}"
    assert all("d" not in key for key in window.get("/lti/jwks").json()["keys"])


def handed_over(window: Window, answer: httpx.Response) -> str:
    """Send the form that goes to the platform, and return what arrived there."""
    assert answer.status_code == 200, answer.text
    found = re.search(
        r'<form method="post" action="([^"]+)" data-handover>\s*<input type="hidden" name="JWT" value="([^"]+)">', answer.text
    )
    assert found
    assert unescape(found[1]) == f"{window.platform.address}/return?course=7"
    httpx.post(unescape(found[1]), data={"JWT": found[2]}, trust_env=False)
    return window.platform.returned[-1]


def test_one_resource_or_none_may_be_picked_as_the_platform_wants(works: Works, window: Window) -> None:
    made = [works.make("wuyoutian", f"第{n}课", Review.DISTRICT_PUBLISHED) for n in range(2)]
    works.index()
    assert window.bind("linxiaoyun", PASSWORD).status_code == 303
    path = window.launch(**deep_linking(window.platform, accept_multiple=False, data=None)).headers["Location"]
    page = window.get(path).text
    assert 'type="radio" name="resource"' in page
    one = claims_of(window, handed_over(window, window.send(path, page, resource=made)))
    assert [item["title"] for item in one[DEEP + "content_items"]] == ["第0课"]
    assert DEEP + "data" not in one
    none = claims_of(window, handed_over(window, window.send(path, page, none="1")))
    assert none[DEEP + "content_items"] == []


def claims_of(window: Window, token: str) -> dict[str, Any]:
    return jwt.decode(token, KeySet.import_key_set(window.get("/lti/jwks").json()), algorithms=["RS256"]).claims


def test_what_somebody_is_asked_to_pick_is_nobody_elses(works: Works, window: Window) -> None:
    works.index()
    assert window.bind("linxiaoyun", PASSWORD).status_code == 303
    path = window.launch(**deep_linking(window.platform)).headers["Location"]
    works.page("linxiaoyun", path)
    works.page("wuyoutian", path, 404)


def test_an_unknown_platform_and_an_ambiguous_one_are_refused(works: Works, window: Window) -> None:
    assert window.login(iss="https://elsewhere.example").status_code == 403
    assert window.login(client_id="another").status_code == 403
    add(works, window.platform, client_id="another")
    assert window.login().status_code == 403
    assert window.login(client_id=CLIENT).status_code == 303
    posted = window.client.post(f"{window.hub}/lti/login", data={"iss": window.platform.address, "login_hint": "u1", "client_id": CLIENT})
    assert posted.status_code == 303


def test_a_platform_is_changed_and_removed_with_its_bindings(works: Works, served: Served, platform: Platform) -> None:
    platform_id = add(works, platform, deployments="")
    window = Window(served.address, platform)
    assert window.launch().status_code == 403
    head = works.district.as_("minjie")
    changed = {"name": "研修", "auth_url": f"{platform.address}/auth", "keys_url": f"{platform.address}/keys", "deployments": "d1\nd2"}
    path = f"/admin/openings/platforms/{platform_id}"
    assert works.district.client.post(path, json=changed, headers=head).status_code == 303
    assert works.district.client.post(path, json={**changed, "issuer": "https://x"}, headers=head).status_code == 422
    assert window.bind("linxiaoyun", PASSWORD).status_code == 303
    page = works.page("minjie", path)
    assert "1 位" in page
    assert f"{works.district.app.extensions['resource_hub'].settings.origin}/lti/launch" in page
    assert works.district.client.post(f"{path}/removal", json={}, headers=head).status_code == 303
    assert window.login().status_code == 403
    assert "研修" not in window.get("/account/platforms").text


def test_a_platform_that_stands_already_or_has_no_address_is_refused(works: Works, platform: Platform) -> None:
    add(works, platform)
    head = works.district.as_("minjie")
    given = {"name": "x", "issuer": platform.address, "client_id": CLIENT, "auth_url": "https://a.cn/x", "keys_url": "https://a.cn/k"}
    again = works.district.client.post("/admin/openings/platforms", json=given, headers=head)
    assert again.status_code == 422
    assert "已经登记过" in again.text
    wrong = works.district.client.post("/admin/openings/platforms", json={**given, "keys_url": "file:///etc/passwd"}, headers=head)
    assert wrong.status_code == 422


class TestByDefault:
    """Without the setting that allows the own network."""

    @pytest.fixture
    def hub_settings(self, hub_settings: Settings) -> Settings:
        return replace(hub_settings, webhook_private="0")

    def test_keys_are_not_fetched_from_the_own_network(self, window: Window) -> None:
        assert window.launch().status_code == 503
        assert window.platform.keys_asked == 0
