"""One's own account: password, sessions, the initial password, programs' tokens."""

import pytest

from resource_hub.infra import unit
from resource_hub.people import service
from tests.people.standing import PASSWORD, Town

pytestmark = pytest.mark.slow

NEW = "Qiu-Yue-2027"


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(town: Town) -> None:
    here, there = town.browser("linxiaoyun"), town.browser("linxiaoyun")
    answer = here.post("/account/password", {"old": PASSWORD, "new": NEW, "again": NEW}, page="/account")
    assert answer.status_code == 303
    assert here.is_signed_in()
    assert not there.is_signed_in()
    assert town.browser().sign_in("linxiaoyun").status_code == 401
    assert town.browser().sign_in("linxiaoyun", NEW).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("wrong", NEW, NEW, "现在的密码不对。"),
        (PASSWORD, "Short-1", "Short-1", "密码太短，至少 8 个字符。"),
        (PASSWORD, "alllowercase", "alllowercase", "请混用大写字母、小写字母、数字、符号中的三种"),
        (PASSWORD, "LinXiaoYun-1", "LinXiaoYun-1", "密码里不要含有账号。"),
        (PASSWORD, "Abc@123456", "Abc@123456", "这个密码太常见"),
        (PASSWORD, NEW, NEW + "x", "两次输入的新密码不一样。"),
        (PASSWORD, PASSWORD, PASSWORD, "新密码要和现在的不一样。"),
    ],
)
def test_a_password_that_does_not_fit_is_told_at_its_field(town: Town, old: str, new: str, again: str, sentence: str) -> None:
    browser = town.browser("linxiaoyun")
    answer = browser.post("/account/password", {"old": old, "new": new, "again": again}, page="/account")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert new not in answer.text


def test_guessing_the_old_password_locks_the_account(town: Town) -> None:
    browser = town.browser("linxiaoyun")
    given = {"old": "wrong", "new": NEW, "again": NEW}
    codes = [browser.post("/account/password", given, page="/account").status_code for _ in range(5)]
    assert codes == [422, 422, 422, 422, 429]


def test_a_session_can_be_ended_from_another_computer_but_only_ones_own(town: Town) -> None:
    here, there, other = town.browser("linxiaoyun"), town.browser("linxiaoyun"), town.browser("meixue")
    with town.app.app_context(), unit.read():
        from resource_hub.people import queries

        mine = {row.id for row in queries.sessions_of(town.people["linxiaoyun"])}
        theirs = queries.sessions_of(town.people["meixue"])[0].id
    shown = here.get("/account").text
    assert sum(f"/account/sessions/{ident}/revocation" in shown for ident in mine) == 1
    ident = next(ident for ident in mine if f"/account/sessions/{ident}/revocation" in shown)
    assert here.post(f"/account/sessions/{ident}/revocation", page="/account").status_code == 303
    assert not there.is_signed_in()
    assert here.is_signed_in()
    assert here.post(f"/account/sessions/{theirs}/revocation", page="/account").status_code == 404
    assert other.is_signed_in()


def test_an_initial_password_opens_nothing_but_the_choice_of_a_new_one(town: Town) -> None:
    clear, kept = service.made_password()
    with town.app.app_context(), unit.write():
        service.reset_password(town.people["linxiaoyun"], kept)
    browser = town.browser()
    assert browser.sign_in("linxiaoyun", clear, "/search").location == "/account"
    assert browser.get("/search").location == "/account"
    assert browser.client.get("/api/v1/me").status_code == 403
    token = town.app.test_client().post("/api/v1/tokens", json={"account": "linxiaoyun", "password": clear})
    assert token.json
    assert (token.status_code, token.json["error"]["code"]) == (403, "password_change_needed")

    browser.post("/account/password", {"old": clear, "new": NEW, "again": NEW}, page="/account")
    assert browser.client.get("/api/v1/me").status_code == 200


def test_language_and_look_follow_the_account(town: Town) -> None:
    browser = town.browser("linxiaoyun")
    browser.post("/account/preferences", {"locale": "en", "theme": "dark"}, page="/account")
    with town.app.app_context(), unit.read():
        assert town.viewer("linxiaoyun").locale == "en"
    assert 'lang="en"' in browser.get("/account").text


def test_a_token_opens_the_api_until_it_is_ended(town: Town) -> None:
    client = town.app.test_client()
    answer = client.post("/api/v1/tokens", json={"account": "qiulan", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json
    assert set(answer.json["data"]) == {"token", "expires_at"}
    bearer = {"Authorization": f"Bearer {answer.json['data']['token']}"}
    me = client.get("/api/v1/me", headers=bearer).json
    assert me
    assert me["data"] | {"id": "", "roles": []} == {
        "id": "",
        "name": "邱岚",
        "account": "qiulan",
        "school_id": town.schools["A1"],
        "school": "青岚区实验小学",
        "community_ids": [town.communities["A"]],
        "roles": [],
        "locale": "zh",
    }
    assert me["data"]["roles"] == [{"role": "dean", "scope": "school", "scope_id": town.schools["A1"], "subjects": []}]
    assert client.delete("/api/v1/tokens/current", headers=bearer).status_code == 200
    assert client.get("/api/v1/me", headers=bearer).status_code == 401


def test_the_api_tells_a_lock_with_the_time_left(town: Town) -> None:
    client = town.app.test_client()
    for _ in range(5):
        answer = client.post("/api/v1/tokens", json={"account": "qiulan", "password": "wrong"})
    assert answer.status_code == 429
    assert answer.json
    assert answer.json["error"]["code"] == "account_locked"
    assert answer.headers["Retry-After"] == str(answer.json["error"]["retry_after"])
