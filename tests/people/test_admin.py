"""Administration of people: who reaches whom, roles, resets, departures."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from resource_hub.audit import queries as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Conflict
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.people import queries, service
from resource_hub.people.events import PersonLeft
from resource_hub.schools import queries as schools
from tests.people.standing import PASSWORD, Browser, Town, add_person

pytestmark = pytest.mark.slow


def manage(browser: Browser, path: str, data: dict[str, str] | None = None) -> TestResponse:
    return browser.post(f"/admin/people{path}", data, page="/admin/people")


def test_a_dean_sees_and_reaches_only_the_own_school(town: Town) -> None:
    dean, admin, teacher = town.browser("qiulan"), town.browser("minjie"), town.browser("linxiaoyun")
    page = dean.get("/admin/people").text
    assert "林晓云" in page
    assert "梅雪" not in page
    assert "闵捷" not in page
    assert "梅雪" in admin.get("/admin/people").text
    assert teacher.get("/admin/people").status_code == 403

    other = town.people["meixue"]
    assert dean.get(f"/admin/people/{other}").status_code == 404
    assert manage(dean, f"/{other}/password-reset").status_code == 404
    assert manage(dean, f"/{other}/departure", {"on": "2026-01-01"}).status_code == 404
    assert admin.get(f"/admin/people/{other}").status_code == 200


def test_nobody_takes_over_an_account_with_more_power(town: Town) -> None:
    dean, principal = town.browser("qiulan"), town.browser("fangzhengqing")
    assert manage(dean, f"/{town.people['fangzhengqing']}/password-reset").status_code == 403
    assert manage(dean, f"/{town.people['qiulan']}/password-reset").status_code == 403
    assert manage(principal, f"/{town.people['qiulan']}/password-reset").status_code == 200


@pytest.mark.parametrize(
    ("who", "role", "scope", "code"),
    [
        ("qiulan", "group_head", "school", 303),
        ("qiulan", "dean", "school", 403),
        ("qiulan", "district_admin", "district", 403),
        ("fangzhengqing", "dean", "school", 303),
        ("fangzhengqing", "principal", "school", 403),
        ("minjie", "researcher", "district", 303),
        ("minjie", "class_terminal", "school", 403),
        ("minjie", "dean", "district", 422),
    ],
)
def test_roles_are_granted_up_to_ones_own_power(town: Town, who: str, role: str, scope: str, code: int) -> None:
    target = town.people["linxiaoyun"]
    answer = manage(town.browser(who), f"/{target}/roles", {"role": role, "scope": scope})
    assert answer.status_code == code
    with town.app.app_context(), unit.read():
        assert town.viewer("linxiaoyun").has_role(Role(role)) == (code == 303)


@pytest.mark.parametrize(
    ("role", "scope", "reached"),
    [
        ("dean", "school:A1", {"A1"}),
        ("principal", "community:A", {"A1", "A3"}),
        ("inspector", "community:B", {"B1", "B4"}),
        ("researcher", "subject:math", {"A1", "A3", "B1", "B4"}),
        ("auditor", "district:", {"A1", "A3", "B1", "B4"}),
    ],
)
def test_a_role_reaches_its_scope_and_gives_nothing_before_and_after_its_time(town: Town, role: str, scope: str, reached: set[str]) -> None:
    kind, _, place = scope.partition(":")
    places = {"school": town.schools, "community": town.communities}.get(kind, {})
    ident = places.get(place, place) or town.district
    with town.app.app_context(), unit.read():
        today = schools.today()
    dates = {"from_on": str(today + timedelta(days=1)), "until_on": str(today + timedelta(days=3))}
    path = f"/{town.people['meixue']}"
    assert manage(town.browser("minjie"), f"{path}/roles", {"role": role, "scope": f"{kind}:{ident}", **dates}).status_code == 303

    seen = []
    for _day in range(4):
        page = town.browser("meixue").get("/admin/schools")
        seen.append(
            {code for code, ident in town.schools.items() if f"/admin/schools/{ident}" in page.text} if page.status_code == 200 else None
        )
        clock.start_at(clock.now() + timedelta(days=1))
    assert seen == [None, reached, reached, None]


def test_each_role_is_shown_with_its_true_scope_and_time(town: Town) -> None:
    admin, person = town.browser("minjie"), town.people["meixue"]
    with town.app.app_context(), unit.read():
        later = schools.today() + timedelta(days=9)
    for given in (
        {"role": "researcher", "scope": "subject:math"},
        {"role": "group_head", "scope": f"community:{town.communities['B']}", "subjects": "chinese"},
        {"role": "principal", "scope": f"school:{town.schools['A3']}", "from_on": str(later)},
        {"role": "district_leader", "scope": f"district:{town.district}"},
    ):
        assert manage(admin, f"/{person}/roles", given).status_code == 303, given
    page = admin.get(f"/admin/people/{person}").text
    for words in (
        "教研员 · 学科：数学（全区）",
        "教研组长 · 教共体：B 教共体 · 语文",
        f"校长 · 学校：石桥村小学 · {later} 起生效",
        "区领导 · 全区",
        "教师 · 学校：城南小学",
    ):
        assert words in page
    with town.app.app_context(), unit.read():
        assert not town.viewer("meixue").has_role(Role.PRINCIPAL)


def test_a_scope_that_does_not_fit_is_told_at_its_field(town: Town) -> None:
    admin, person = town.browser("minjie"), town.people["meixue"]
    for given, sentence in (
        ({"role": "dean", "scope": "subject:math"}, "这个职责不能用在这个范围。"),
        ({"role": "principal", "scope": "community:com_x"}, "没有这个范围，请重新选择。"),
        ({"role": "teacher", "scope": f"school:{town.schools['B1']}", "from_on": "2100-01-01"}, "这个职责现在已经生效"),
        ({"role": "tech", "scope": f"school:{town.schools['B1']}", "until_on": "2020-01-01"}, "失效日期要在生效日期之后。"),
    ):
        answer = manage(admin, f"/{person}/roles", given)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'value="{given["scope"]}" selected' in answer.text or "com_x" in given["scope"]
    dean = town.browser("songqian")
    assert "学科：" not in dean.get(f"/admin/people/{person}").text
    assert manage(dean, f"/{person}/roles", {"role": "group_head", "scope": f"community:{town.communities['B']}"}).status_code == 403
    assert manage(dean, f"/{person}/roles", {"role": "group_head", "scope": f"school:{town.schools['A1']}"}).status_code == 403


@pytest.mark.parametrize("act", ["password-reset", "departure", "closing"])
def test_what_ends_a_sign_in_ends_it_at_once_for_browsers_and_programs(town: Town, act: str) -> None:
    browser, client, person = town.browser("linxiaoyun"), town.app.test_client(), town.people["linxiaoyun"]
    made = client.post("/api/v1/tokens", json={"account": "linxiaoyun", "password": PASSWORD}).json
    assert made
    bearer = {"Authorization": f"Bearer {made['data']['token']}"}
    assert client.get("/api/v1/me", headers=bearer).status_code == 200
    if act == "closing":
        with town.app.app_context(), unit.write():
            service.close_account(person)
    else:
        with town.app.app_context(), unit.read():
            today = schools.today().isoformat()
        assert manage(town.browser("qiulan"), f"/{person}/{act}", {"on": today}).status_code in (200, 303)
    assert not browser.is_signed_in()
    assert client.get("/api/v1/me", headers=bearer).status_code == 401


def test_a_role_holds_from_its_first_day_to_the_day_before_its_last(town: Town) -> None:
    person = town.people["linxiaoyun"]
    with town.app.app_context():
        with unit.write():
            today = schools.today()
            until = today + timedelta(days=3)
            first = service.grant_role(
                person,
                Role.GROUP_HEAD,
                ScopeKind.SCHOOL,
                town.schools["A1"],
                subjects=["math"],
                from_on=today + timedelta(days=1),
                until_on=until,
            )
        held = []
        for _day in range(5):
            with unit.read():
                held.append(town.viewer("linxiaoyun").has_role(Role.GROUP_HEAD))
            clock.start_at(clock.now() + timedelta(days=1))
        assert held == [False, True, True, False, False]
        assert first


def test_a_reset_shows_a_password_once_and_ends_lock_and_sessions(town: Town) -> None:
    teacher, dean = town.browser("linxiaoyun"), town.browser("qiulan")
    for _ in range(5):
        town.browser().sign_in("linxiaoyun", "wrong-1")
    page = manage(dean, f"/{town.people['linxiaoyun']}/password-reset").text
    (password,) = re.findall(r">([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})<", page)
    assert not teacher.is_signed_in()
    assert town.browser().sign_in("linxiaoyun", password).location == "/account"
    with town.app.app_context(), unit.read():
        actions = [entry.action for entry in audit.recent(ref=Ref("person", town.people["linxiaoyun"]))]
        details = str([entry.details for entry in audit.recent()])
    assert "password.reset" in actions
    assert password not in details


def test_a_leaver_is_locked_at_once_and_others_hear_of_it(town: Town) -> None:
    teacher, dean = town.browser("linxiaoyun"), town.browser("qiulan")
    person = town.people["linxiaoyun"]
    heard: list[PersonLeft] = []
    with town.app.app_context():
        hub().subscribers.setdefault(PersonLeft, []).append(heard.append)
        with unit.read():
            today = schools.today()
    assert manage(dean, f"/{person}/departure", {"on": (today + timedelta(days=1)).isoformat()}).status_code == 422
    assert teacher.is_signed_in()

    assert manage(dean, f"/{person}/departure", {"on": today.isoformat()}).status_code == 303
    assert not teacher.is_signed_in()
    assert town.browser().sign_in("linxiaoyun").status_code == 403
    assert heard == [PersonLeft(person, town.schools["A1"], today)]
    with town.app.app_context(), unit.read():
        assert queries.person_names([person])[person].has_left
        assert queries.grants_of([person])[person] == ()


def test_the_last_administrator_cannot_go(town: Town) -> None:
    with town.app.app_context():
        person = town.people["minjie"]
        with unit.read():
            grant = queries.grants_of([person])[person][0].id
        with pytest.raises(Conflict), unit.write():
            service.leave(person, schools.today())
        with pytest.raises(Conflict), unit.write():
            service.end_role(person, grant)
        with pytest.raises(Conflict), unit.write():
            service.close_account(person)


def test_a_person_is_added_with_role_and_one_time_password(town: Town) -> None:
    dean = town.browser("qiulan")
    form = {"name": "安然", "staff_no": "QL00100", "phone": "13812345678", "roles": "teacher", "subjects": "math"}
    page = manage(dean, "", form)
    assert page.status_code == 200
    assert "ql00100" in page.text
    again = manage(dean, "", form)
    assert again.status_code == 422
    assert "这个工号已经在名册里。" in again.text

    listed = dean.get("/admin/people?q=安然").text
    assert "138****5678" in listed
    assert "13812345678" not in listed
    wordy = manage(dean, "", {**form, "staff_no": "QL00103", "phone": "138123456781381234567813812345678"})
    assert wordy.status_code == 422
    assert "手机号码不对" in wordy.text
    foreign = {"name": "x", "staff_no": "QL00101", "school_id": town.schools["B1"], "roles": "teacher"}
    assert manage(dean, "", foreign).status_code == 404
    powerful = {"name": "x", "staff_no": "QL00102", "roles": "principal"}
    assert manage(dean, "", powerful).status_code == 403
    with town.app.app_context(), unit.read():
        assert queries.person_by_staff_no("QL00102") is None


def test_the_list_is_paged_and_costs_the_same_for_many(town: Town) -> None:
    with town.app.app_context():
        with unit.write():
            for number in range(60):
                add_person(town, f"t{number:02}", f"教师{number % 7}", "A1", Role.TEACHER, 1000 + number)
        seen: list[str] = []
        counts = []
        cursor: str | None = None
        while True:
            with unit.read(), counting() as count:
                page = queries.people(frozenset([town.schools["A1"]]), cursor=cursor, limit=20)
            seen += [row.id for row in page.rows]
            counts.append(len(count))
            cursor = page.cursor
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 63
        assert set(counts) == {4}


def test_search_looks_at_name_number_and_account_and_takes_signs_as_they_are(town: Town) -> None:
    with town.app.app_context(), unit.read():
        found = {
            words: [row.name for row in queries.people(None, words=words).rows] for words in ("晓云", "QL00007", "FANGZHENG", "%", "_")
        }
    assert found == {"晓云": ["林晓云"], "QL00007": ["梅雪"], "FANGZHENG": ["方正清"], "%": [], "_": []}


def test_everybody_without_first_sign_in_gets_a_new_initial_password(town: Town) -> None:
    dean = town.browser("qiulan")
    manage(dean, "", {"name": "安然", "staff_no": "QL00100", "roles": "teacher"})
    answer = manage(dean, "/initial-passwords")
    assert (answer.mimetype or "").endswith("sheet")
    rows = sheet_rows(answer.data)
    assert [row[:3] for row in rows[1:]] == [["青岚区实验小学", "安然", "ql00100"]]
    assert town.browser().sign_in("ql00100", str(rows[1][3])).location == "/account"
    assert town.browser().sign_in("linxiaoyun", PASSWORD).status_code == 303


def test_whoever_signed_in_meanwhile_keeps_the_password(town: Town) -> None:
    """Between the look and the deed somebody may have typed the first password and chosen their own."""
    clear, kept = service.made_password()
    with town.app.app_context(), unit.write():
        for number, login in enumerate(("early", "late")):
            town.people[login] = add_person(town, login, login, "A1", Role.TEACHER, 500 + number)
            service.reset_password(town.people[login], kept)
    town.browser().sign_in("early", clear)
    wanted = {town.people[login]: "new-hash" for login in ("early", "late", "meixue")}
    with town.app.app_context(), unit.write():
        assert service.reset_unused_passwords(wanted, by=town.viewer("qiulan")) == [town.people["late"]]


def test_initial_passwords_cost_the_same_questions_for_many(town: Town) -> None:
    dean, counts = town.browser("qiulan"), []
    for size in (2, 30):
        with town.app.app_context(), unit.write():
            for number in range(size):
                person = add_person(town, f"n{size}-{number}", "新", "A1", Role.TEACHER, 100 * size + number)
                service.reset_password(person, "x")
        token = dean.token("/admin/people")
        with town.app.app_context(), counting() as count:
            answer = dean.client.post("/admin/people/initial-passwords", data={"csrf_token": token})
        counts.append(len(count))
    assert len(sheet_rows(answer.data)) == 1 + 32
    assert counts[0] == counts[1]


def sheet_rows(data: bytes) -> list[list[object]]:
    import io

    import openpyxl

    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)]


class counting:  # noqa: N801 -- reads as a phrase
    """Collect the statements that reach the database."""

    def __enter__(self) -> list[str]:
        self.seen: list[str] = []
        sa.event.listen(db.engine, "before_cursor_execute", self._see)
        return self.seen

    def __exit__(self, *_details: object) -> None:
        sa.event.remove(db.engine, "before_cursor_execute", self._see)

    def _see(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            self.seen.append(statement)
