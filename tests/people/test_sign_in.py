"""Signing in: what a right and a wrong password open, and what an attacker learns from it."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.people.models import LoginSession
from tests.people.standing import PASSWORD, Browser, Town

pytestmark = pytest.mark.slow


def test_a_right_password_opens_a_session_and_signing_out_ends_it(town: Town) -> None:
    browser = town.browser()
    answer = browser.sign_in("LinXiaoYun ", next_path="/search?q=分数&page=2")
    assert (answer.status_code, answer.location) == (303, "/search?q=%E5%88%86%E6%95%B0&page=2")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("hub_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert browser.is_signed_in()

    token = browser.client.get_cookie("hub_session")
    assert token is not None
    browser.post("/sign-out", page="/account")
    browser.client.set_cookie("hub_session", token.value)
    assert not browser.is_signed_in()


def test_a_wrong_password_and_an_unknown_account_are_told_the_same(town: Town) -> None:
    wrong = town.app.test_client().post("/api/v1/tokens", json={"account": "linxiaoyun", "password": "not-this-1"})
    unknown = town.app.test_client().post("/api/v1/tokens", json={"account": "nobody", "password": "not-this-1"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json
    assert unknown.json
    assert wrong.json["error"]["code"] == "wrong_password"
    assert wrong.json["error"]["message"] == unknown.json["error"]["message"]


@pytest.mark.parametrize("account", ["linxiaoyun", "nobody"])
def test_five_wrong_passwords_lock_that_name_alone_for_a_quarter_of_an_hour(town: Town, account: str) -> None:
    """A name without account locks too, so that a lock does not tell who exists."""
    browser = town.browser()
    codes = [browser.sign_in(account, f"wrong-{n}").status_code for n in range(5)]
    assert codes == [401, 401, 401, 401, 429]

    refused = browser.sign_in(account)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 900
    assert "15 分钟后可以再试" in refused.text
    assert browser.sign_in("meixue").status_code == 303

    clock.start_at(clock.now() + timedelta(minutes=16))
    assert town.browser().sign_in(account).status_code == (303 if account == "linxiaoyun" else 401)


def test_a_right_password_forgets_earlier_failures(town: Town) -> None:
    browser = town.browser()
    for _round in range(2):
        assert [browser.sign_in("linxiaoyun", "wrong-1").status_code for _ in range(4)] == [401] * 4
        assert browser.sign_in("linxiaoyun").status_code == 303
        browser.post("/sign-out", page="/account")


def test_a_browser_signs_itself_out_when_idle_and_stays_while_used(town: Town) -> None:
    browser = town.browser("linxiaoyun")
    for _step in range(3):
        clock.start_at(clock.now() + timedelta(minutes=20))
        assert browser.is_signed_in()
    clock.start_at(clock.now() + timedelta(minutes=31))
    assert not browser.is_signed_in()


def test_a_session_ends_after_thirty_days_however_much_it_is_used(town: Town) -> None:
    answer = town.app.test_client().post("/api/v1/tokens", json={"account": "meixue", "password": PASSWORD})
    assert answer.json
    bearer = {"Authorization": f"Bearer {answer.json['data']['token']}"}
    clock.start_at(clock.now() + timedelta(days=29))
    assert town.app.test_client().get("/api/v1/me", headers=bearer).status_code == 200
    clock.start_at(clock.now() + timedelta(days=2))
    assert town.app.test_client().get("/api/v1/me", headers=bearer).status_code == 401


def test_use_is_written_down_at_most_once_a_minute(town: Town) -> None:
    browser = town.browser("linxiaoyun")
    first = _seen(town)
    clock.start_at(clock.now() + timedelta(seconds=30))
    browser.get("/account")
    assert _seen(town) == first
    clock.start_at(clock.now() + timedelta(seconds=40))
    browser.get("/account")
    assert _seen(town) > first


def test_the_database_never_holds_a_token(town: Town) -> None:
    browser = town.browser("linxiaoyun")
    cookie = browser.client.get_cookie("hub_session")
    assert cookie is not None
    with town.app.app_context(), unit.read():
        row = db.session.execute(sa.select(LoginSession.__table__)).one()
    assert cookie.value not in [str(value) for value in row]


@pytest.mark.parametrize("next_path", ["//evil.example", "https://evil.example/", "/\\evil.example", "evil"])
def test_signing_in_never_leads_to_another_site(town: Town, next_path: str) -> None:
    assert town.browser().sign_in("linxiaoyun", next_path=next_path).location == "/"


def test_a_page_asked_for_before_signing_in_comes_afterwards(town: Town) -> None:
    browser = town.browser()
    answer = browser.get("/account?a=1&b=2")
    assert answer.status_code == 303
    form = browser.get(answer.location)
    assert 'name="next" value="/account?a=1&amp;b=2"' in form.text


def test_a_sign_in_form_needs_the_token_of_its_own_visit(town: Town) -> None:
    stranger = town.browser()
    token = stranger.token()
    client = town.app.test_client()
    given = {"account": "linxiaoyun", "password": PASSWORD}
    assert client.post("/sign-in", data=given).status_code == 403
    Browser(client).token()
    assert client.post("/sign-in", data={**given, "csrf_token": token}).status_code == 403
    assert Browser(client).sign_in("linxiaoyun").status_code == 303


def test_an_authorization_header_never_rides_on_the_cookie(town: Town) -> None:
    """A header lifts the form token; with the cookie behind it, any page could post for a teacher."""
    browser = town.browser("linxiaoyun")
    answer = browser.client.post("/account/preferences", data={"locale": "en"}, headers={"Authorization": "Basic eDp5"})
    assert answer.status_code == 401


def test_a_browsers_session_is_no_bearer_token(town: Town) -> None:
    cookie = town.browser("linxiaoyun").client.get_cookie("hub_session")
    assert cookie is not None
    answer = town.app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {cookie.value}"})
    assert answer.status_code == 401


def _seen(town: Town) -> datetime:
    with town.app.app_context(), unit.read():
        return db.session.scalars(sa.select(LoginSession.seen_at)).one()
