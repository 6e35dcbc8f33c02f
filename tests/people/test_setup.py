"""The first administrator of an empty installation."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.people.models import Account
from resource_hub.schools import queries as schools
from tests.people.standing import PASSWORD, Browser, Town

pytestmark = pytest.mark.slow

FORM = {"district": "青岚区教育局", "name": "闵捷", "account": "minjie", "password": PASSWORD, "again": PASSWORD}


def test_an_empty_installation_asks_for_its_first_administrator(app: Flask) -> None:
    browser = Browser(app.test_client())
    assert browser.get("/sign-in").location == "/setup"
    answer = browser.post("/setup", {**FORM, "password": "weak"})
    assert answer.status_code == 422
    assert "密码太短" in answer.text

    assert browser.post("/setup", FORM).location == "/"
    assert browser.client.get("/admin/people").status_code == 200
    with app.app_context(), unit.read():
        district = schools.the_district()
        assert district is not None
        assert district.name == "青岚区教育局"
        assert schools.subject_names()["math"] == "数学"


def test_a_password_with_a_space_at_its_edge_is_kept_as_it_was_typed(app: Flask) -> None:
    """Signing in takes it as typed too, so a trimmed one would lock the first administrator out."""
    edged = f" {PASSWORD} "
    given = {**FORM, "name": " 闵捷 ", "account": " minjie ", "password": edged, "again": edged}
    assert Browser(app.test_client()).post("/setup", given).location == "/"
    browser = Browser(app.test_client())
    assert browser.sign_in("minjie", PASSWORD).status_code == 401
    assert browser.sign_in("minjie", edged).status_code == 303
    assert "<strong>闵捷</strong>" in browser.get("/account").text


def test_setting_up_is_over_once_there_is_an_account(town: Town) -> None:
    browser = town.browser()
    assert browser.get("/setup").status_code == 404
    assert browser.post("/setup", FORM).status_code == 404


def test_two_set_ups_at_once_make_one_administrator(app: Flask) -> None:
    def set_up(number: int) -> int:
        return Browser(app.test_client()).post("/setup", {**FORM, "account": f"admin{number}"}, page="/setup").status_code

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(set_up, range(2)))
    assert codes.count(303) == 1
    with app.app_context(), unit.read():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1
