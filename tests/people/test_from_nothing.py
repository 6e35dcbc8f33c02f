"""An empty installation becomes a district by its pages alone."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from resource_hub.infra import unit
from resource_hub.schools import queries as schools
from tests.people.standing import PASSWORD, Browser

pytestmark = pytest.mark.slow


def test_places_people_and_rooms_are_made_without_a_command_line(app: Flask) -> None:
    admin = Browser(app.test_client())

    def send(path: str, **fields: object) -> TestResponse:
        answer = admin.post(path, fields, page="/account")
        assert answer.status_code in (200, 303), answer.text
        return answer

    setup = {"district": "青岚区教育局", "name": "闵捷", "account": "minjie", "password": PASSWORD, "again": PASSWORD}
    assert admin.post("/setup", setup, page="/setup").status_code == 303
    assert "先添加学校" in admin.get("/admin/communities").text
    send("/admin/schools", code="A1", name="实验小学", kind="primary", locality="city")
    send("/admin/schools", code="A3", name="石桥村小学", kind="primary", locality="village")
    with app.app_context(), unit.read():
        ids = {school.code: school.id for school in schools.schools()}
    assert {f"/admin/schools/{ident}" for ident in ids.values()} <= set(re.findall(r'href="([^"]+)"', admin.get("/admin/schools").text))

    made = send("/admin/communities", name="实小教共体", code="A", model="merged", lead_school_id=ids["A1"], starts_on="2026-01-01")
    send(f"{made.location}/members", school_id=ids["A3"], since="2026-01-01")
    send("/admin/terms", school_year="2026-2027", number=1, first_day="2026-09-01", last_day="2027-01-22")
    send(f"/admin/schools/{ids['A3']}/classes", grades=["G1", "G2"], number=1, head_count=9, school_year="2026-2027")
    room = send(f"/admin/schools/{ids['A3']}/terminals", room="一年级教室").text
    (code,) = re.findall(r">([a-z2-9]{4}-[a-z2-9]{4})<", room)
    device = Browser(app.test_client())
    assert device.post("/terminal", {"code": code}, page="/terminal").status_code == 303

    person = {"name": "吴有田", "staff_no": "QL2", "school_id": ids["A3"], "roles": "teacher", "account": "wuyoutian"}
    (password,) = re.findall(r">([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})<", send("/admin/people", **person).text)
    teacher = Browser(app.test_client())
    assert teacher.sign_in("wuyoutian", password).location == "/account"
    with app.app_context(), unit.read():
        assert len(schools.communities_of_school(ids["A3"])) == 1
        assert [klass.name for klass in schools.classes_of_school(ids["A3"])] == ["一年级、二年级(1)班"]
