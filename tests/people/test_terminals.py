"""Class terminals: a room's device signs in by a one-time code and holds nobody's rights."""

import re
from datetime import timedelta

import pytest

from resource_hub.infra import unit
from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.kernel import clock
from resource_hub.kernel.viewer import Role
from resource_hub.people import queries, service
from resource_hub.schools import service as places
from resource_hub.schools.schemas import Grade
from tests.people.standing import Browser, Town

pytestmark = pytest.mark.slow


def add(browser: Browser, school: str, room: str = "一年级教室", **fields: str) -> str:
    """Fill in the form of a school's terminals and return the code that the answer shows."""
    path = f"/admin/schools/{school}/terminals"
    answer = browser.post(path, {"room": room, **fields}, page=path)
    assert answer.status_code == 200, answer.text
    return shown_code(answer.text)


def shown_code(page: str) -> str:
    (code,) = re.findall(r">([a-z2-9]{4}-[a-z2-9]{4})<", page)
    return str(code)


def enter(browser: Browser, code: str) -> int:
    return browser.post("/terminal", {"code": code}, page="/terminal").status_code


def test_a_device_becomes_its_room_by_a_code_and_opens_nothing_personal(town: Town) -> None:
    code = add(town.browser("qiulan"), town.schools["A1"])
    device = town.browser()
    answer = device.post("/terminal", {"code": f" {code.upper().replace('-', '')} "}, page="/terminal")
    assert (answer.status_code, answer.location) == (303, "/terminal")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{SESSION_COOKIE}="))
    assert "Max-Age=34560000" in cookie

    assert "一年级教室" in device.get("/terminal").text
    assert device.get("/").location == "/terminal"
    assert [device.get(path).status_code for path in ("/account", "/admin/people", "/search", "/admin/audit")] == [403] * 4
    token = device.client.get_cookie(SESSION_COOKIE)
    assert token is not None
    with town.app.app_context(), unit.read():
        found = queries.signed_in(token.value)
    assert found is not None
    viewer = found.viewer
    assert (viewer.is_terminal, viewer.name, viewer.school_id) == (True, "一年级教室", town.schools["A1"])
    assert viewer.has_role(Role.CLASS_TERMINAL)


def test_a_code_works_once_and_not_for_long(town: Town) -> None:
    dean = town.browser("qiulan")
    code = add(dean, town.schools["A1"])
    assert enter(town.browser(), "abcd-efgh") == 422
    assert enter(town.browser(), code) == 303
    again = town.browser().post("/terminal", {"code": code}, page="/terminal")
    assert again.status_code == 422
    assert "这个登录码不对、用过了或过期了" in again.text
    assert f'value="{code}"' in again.text

    late = add(dean, town.schools["A1"], "录播室")
    clock.start_at(clock.now() + timedelta(minutes=31))
    assert enter(town.browser(), late) == 422


def test_a_new_code_moves_the_terminal_to_another_device(town: Town) -> None:
    dean, old, new = town.browser("qiulan"), town.browser(), town.browser()
    enter(old, add(dean, town.schools["A1"]))
    with town.app.app_context(), unit.read():
        (row,) = queries.terminals_of_school(town.schools["A1"])
    page = dean.post(f"/admin/terminals/{row.id}/code", page="/account").text
    assert old.get("/").location == "/terminal"  # until the code is used, lessons go on
    assert enter(new, shown_code(page)) == 303
    assert old.get("/").location.startswith("/sign-in")
    assert new.get("/").location == "/terminal"


def test_a_released_terminal_is_signed_out_and_its_code_void(town: Town) -> None:
    dean, device = town.browser("qiulan"), town.browser()
    enter(device, add(dean, town.schools["A1"]))
    with town.app.app_context(), unit.read():
        (row,) = queries.terminals_of_school(town.schools["A1"])
    waiting = shown_code(dean.post(f"/admin/terminals/{row.id}/code", page="/account").text)
    answer = dean.post(f"/admin/terminals/{row.id}/release", page="/account")
    assert (answer.status_code, answer.location) == (303, f"/admin/schools/{town.schools['A1']}/terminals")
    assert device.get("/").location.startswith("/sign-in")
    assert enter(town.browser(), waiting) == 422
    assert dean.post(f"/admin/terminals/{row.id}/code", page="/account").status_code == 404
    assert "还没有班级终端" in dean.get(answer.location).text


def test_a_room_is_one_terminal_however_often_its_form_is_sent(town: Town) -> None:
    dean, school = town.browser("qiulan"), town.schools["A1"]
    with town.app.app_context(), unit.write():
        klass = places.add_class(school, school_year="2026-2027", grade=Grade.G3, number=1)
    first, second = add(dean, school), add(dean, school)
    with town.app.app_context(), unit.read():
        assert len(queries.terminals_of_school(school)) == 1
    assert enter(town.browser(), first) == 422
    assert enter(town.browser(), second) == 303

    path = f"/admin/schools/{school}/terminals"
    other_class = dean.post(path, {"room": "一年级教室", "class_id": klass}, page=path)
    assert other_class.status_code == 422
    assert "已经登记给另一个班级" in other_class.text
    assert dean.post(path, {"room": "101", "class_id": "cls_x"}, page=path).status_code == 422


def test_a_dean_keeps_terminals_of_the_own_school_only(town: Town) -> None:
    dean, admin, teacher = town.browser("qiulan"), town.browser("minjie"), town.browser("linxiaoyun")
    add(admin, town.schools["B1"])
    with town.app.app_context(), unit.read():
        (row,) = queries.terminals_of_school(town.schools["B1"])
    path = f"/admin/schools/{town.schools['B1']}/terminals"
    assert dean.get(path).status_code == 404
    assert dean.post(path, {"room": "101"}, page="/account").status_code == 404
    assert dean.post(f"/admin/terminals/{row.id}/code", page="/account").status_code == 404
    assert dean.post(f"/admin/terminals/{row.id}/release", page="/account").status_code == 404
    assert teacher.get(f"/admin/schools/{town.schools['A1']}/terminals").status_code == 403


def test_a_code_is_kept_as_a_hash_only(town: Town) -> None:
    with town.app.app_context(), unit.write():
        issued = service.add_terminal(town.schools["A1"], "101")
    assert issued.code not in repr(issued)
    with town.app.app_context(), unit.read():
        import sqlalchemy as sa

        from resource_hub.infra.db import db
        from resource_hub.people.models import ClassTerminal

        row = db.session.execute(sa.select(ClassTerminal.__table__)).one()
    assert not {issued.code, issued.code.replace("-", "")} & {str(value) for value in row}
