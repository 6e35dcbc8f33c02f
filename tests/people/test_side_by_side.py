"""Passwords tried side by side, by real threads at each door that takes one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.people import queries, service
from resource_hub.people.models import Account
from resource_hub.people.schemas import SessionKind
from tests.people.standing import PASSWORD, Town

pytestmark = pytest.mark.slow

TRIES = 12
Try = Callable[[int], int]


def at_the_sign_in_page(town: Town) -> Try:
    browsers = [town.browser() for _ in range(TRIES)]
    for browser in browsers:
        browser.token()
    return lambda number: browsers[number].sign_in("linxiaoyun", f"guess-{number}").status_code


def at_the_token_door(town: Town) -> Try:
    def guess(number: int) -> int:
        given = {"account": "linxiaoyun", "password": f"guess-{number}"}
        return town.app.test_client().post("/api/v1/tokens", json=given).status_code

    return guess


def at_the_password_page(town: Town) -> Try:
    browsers = [town.browser("linxiaoyun") for _ in range(TRIES)]
    tokens = [browser.token("/account") for browser in browsers]

    def guess(number: int) -> int:
        new = f"Qiu-Yue-{number:04}"
        given = {"old": f"guess-{number}", "new": new, "again": new, "csrf_token": tokens[number]}
        return browsers[number].client.post("/account/password", data=given).status_code

    return guess


@pytest.mark.parametrize(("door", "wrong"), [(at_the_sign_in_page, 401), (at_the_token_door, 401), (at_the_password_page, 422)])
def test_guesses_made_side_by_side_get_no_more_tries_and_end_no_lock(town: Town, door: Callable[[Town], Try], wrong: int) -> None:
    guess, start = door(town), Barrier(TRIES)

    def at_once(number: int) -> int:
        start.wait()
        return guess(number)

    with ThreadPoolExecutor(TRIES) as pool:
        codes = sorted(pool.map(at_once, range(TRIES)))
    assert codes == [wrong] * 4 + [429] * (TRIES - 4)
    assert town.browser().sign_in("linxiaoyun").status_code == 429


def test_an_attempt_that_looked_before_the_lock_neither_ends_it_nor_gets_in(town: Town) -> None:
    """All had seen an open account; each is decided after the one before it."""
    with town.app.app_context():
        with unit.read():
            seen, viewer = queries.credential("linxiaoyun"), town.viewer("linxiaoyun")

        def change(*, is_right: bool) -> str:
            with unit.write():
                refusal = service.change_password(viewer, seen, is_right=is_right, password_hash="x" if is_right else None)
            return type(refusal).__name__

        def enter(*, is_right: bool) -> str:
            with unit.write():
                outcome = service.enter(seen, is_right=is_right, better_hash=None, kind=SessionKind.API, client=service.Client())
            return type(outcome).__name__

        assert [change(is_right=False) for _ in range(7)] == ["WrongPassword"] * 4 + ["AccountLocked"] * 3
        assert [enter(is_right=False), enter(is_right=True), change(is_right=True)] == ["AccountLocked"] * 3
        with unit.read():
            assert queries.credential("linxiaoyun").locked_until is not None
            assert db.session.scalar(sa.select(Account.password_hash).where(Account.login == "linxiaoyun")) == seen.password_hash


def test_a_password_that_was_changed_meanwhile_counts_as_wrong(town: Town) -> None:
    with town.app.app_context():
        with unit.read():
            seen, viewer = queries.credential("linxiaoyun"), town.viewer("linxiaoyun")
        with unit.write():
            assert service.change_password(viewer, seen, is_right=True, password_hash="first") is None
        with unit.write():
            assert isinstance(service.change_password(viewer, seen, is_right=True, password_hash="second"), service.WrongPassword)
        with unit.read():
            assert queries.credential("linxiaoyun").password_hash == "first"


def test_a_right_old_password_forgets_earlier_failures(town: Town) -> None:
    browser = town.browser("linxiaoyun")
    for old, new in ((PASSWORD, "Qiu-Yue-2027"), ("Qiu-Yue-2027", "Dong-Xue-2028")):
        wrong = {"old": "wrong", "new": new, "again": new}
        assert [browser.post("/account/password", wrong, page="/account").status_code for _ in range(4)] == [422] * 4
        assert browser.post("/account/password", {**wrong, "old": old}, page="/account").status_code == 303
