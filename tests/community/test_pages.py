"""The pages of communities: making one, letting schools join and leave, and what others hear of it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from resource_hub.audit import queries as audit
from resource_hub.community import queries
from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.schools import queries as schools
from resource_hub.schools.events import MembershipChanged
from tests.people.standing import Browser, Town

pytestmark = pytest.mark.slow

FORM = {"name": "白石教共体", "code": "C", "model": "coop", "starts_on": "2026-09-01"}


def send(browser: Browser, path: str, data: dict[str, str]) -> tuple[int, str]:
    answer = browser.post(path, data, page="/account")
    return answer.status_code, answer.text


def heard(town: Town) -> list[str]:
    """Listen for changed memberships from now on."""
    told: list[str] = []
    with town.app.app_context():
        hub().subscribers.setdefault(MembershipChanged, []).append(lambda event: told.append(event.school_id))
    return told


def test_the_district_makes_a_community_whose_lead_school_belongs_at_once(town: Town) -> None:
    admin, dean, told = town.browser("minjie"), town.browser("qiulan"), heard(town)
    given = {**FORM, "lead_school_id": town.schools["A3"]}
    assert send(dean, "/admin/communities", given)[0] == 403
    answer = admin.post("/admin/communities", given, page="/admin/communities")
    assert answer.status_code == 303
    page = dean.get(answer.location).text
    assert "石桥村小学" in page
    assert "让学校加入" not in page
    assert told == [town.schools["A3"]]
    with town.app.app_context(), unit.read():
        made = queries.community_by_code("C")
        assert made is not None
        assert made.school_ids == (town.schools["A3"],)
        assert [entry.action for entry in audit.recent(2)] == ["community.joined", "community.added"]
    assert town.browser("linxiaoyun").get("/admin/communities").status_code == 403


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": "A"}, "这个代码已经用过了。"),
        ({"code": "两个字"}, "这一项的格式不对。"),
        ({"name": "A 教共体"}, "已经有一个同名的教共体。"),
        ({"lead_school_id": "sch_x"}, "没有这所学校。"),
        ({"starts_on": "bald"}, "这一项的格式不对。"),
    ],
)
def test_a_community_that_does_not_fit_is_told_at_its_field_and_nothing_typed_is_lost(
    town: Town, change: dict[str, str], sentence: str
) -> None:
    given = {**FORM, "lead_school_id": town.schools["A3"], "model": "assoc", **change}
    status, page = send(town.browser("minjie"), "/admin/communities", given)
    assert status == 422
    assert sentence in page
    assert f'value="{given["name"]}"' in page
    assert re.search(r'value="assoc" selected', page)
    with town.app.app_context(), unit.read():
        assert queries.community_by_code("C") is None


def test_a_school_joins_and_leaves_from_a_day_and_others_hear_of_it_then_and_on_that_day(town: Town) -> None:
    admin, told = town.browser("minjie"), heard(town)
    a, school = town.communities["A"], town.schools["B4"]
    with town.app.app_context(), unit.read():
        today = schools.today()
    begins, ends = today + timedelta(days=3), today + timedelta(days=9)
    path = f"/admin/communities/{a}/members"
    assert send(admin, path, {"school_id": school, "since": begins.isoformat()})[0] == 303
    assert send(admin, f"{path}/{school}/end", {"until": ends.isoformat()})[0] == 303
    assert told == [school, school]
    assert f"{begins} 起 · {ends} 退出" in admin.get(f"/admin/communities/{a}").text

    with town.app.app_context():
        with unit.read():
            days = [school in schools.schools_of_communities([a], today + timedelta(days=n))[a] for n in (2, 3, 8, 9)]
        assert days == [False, True, True, False]
        for day in (begins, ends):
            clock.start_at(clock.now() + timedelta(days=(day - schools.today()).days + 1))
            jobs.work_once("light")
        assert told == [school] * 4
        with unit.read():
            assert not db.session.scalar(
                sa.select(sa.func.count()).where(jobs.Job.kind == "schools.membership", jobs.Job.finished_at.is_(None))
            )


def test_a_leaving_can_be_taken_back_and_has_to_follow_the_joining(town: Town) -> None:
    admin, a, school = town.browser("minjie"), town.communities["A"], town.schools["A3"]
    path = f"/admin/communities/{a}/members"
    with town.app.app_context(), unit.read():
        today = schools.today().isoformat()
    status, page = send(admin, f"{path}/{school}/end", {"until": "2020-01-01"})
    assert status == 422
    assert "退出日期不能早于加入日期。" in page
    assert 'value="2020-01-01"' in page

    assert send(admin, f"{path}/{school}/end", {"until": today})[0] == 303
    with town.app.app_context(), unit.read():
        assert schools.communities_of_school(school) == frozenset()
    assert send(admin, path, {"school_id": school, "since": today})[0] == 303
    with town.app.app_context(), unit.read():
        assert schools.communities_of_school(school) == {a}
        assert [m.until for m in schools.memberships_of_community(a) if m.school_id == school] == [None]
    assert send(admin, f"{path}/{town.schools['B1']}/end", {"until": today})[0] == 404
    assert send(town.browser("fangzhengqing"), f"{path}/{school}/end", {"until": today})[0] == 403


def test_a_lead_school_stays_until_another_leads(town: Town) -> None:
    admin, a, lead, other = town.browser("minjie"), town.communities["A"], town.schools["A1"], town.schools["A3"]
    leave = (f"/admin/communities/{a}/members/{lead}/end", {"until": "2030-01-01"})
    status, page = send(admin, *leave)
    assert status == 409
    assert "牵头校不能退出。请先换一所牵头校。" in page
    facts = {"name": "实小教共体", "model": "merged", "lead_school_id": town.schools["B1"]}
    status, page = send(admin, f"/admin/communities/{a}", facts)
    assert status == 422
    assert "牵头校要从现在的成员校里选。" in page
    assert 'value="实小教共体"' in page
    assert send(admin, f"/admin/communities/{a}", {**facts, "lead_school_id": other})[0] == 303
    assert send(admin, *leave)[0] == 303
    with town.app.app_context(), unit.read():
        (changed,) = queries.communities([a])
    assert (changed.name, changed.model.value, changed.lead_school_id) == ("实小教共体", "merged", other)


def test_a_community_that_is_not_there_is_not_found(town: Town) -> None:
    admin = town.browser("minjie")
    assert admin.get("/admin/communities/com_x").status_code == 404
    assert send(admin, "/admin/communities/com_x", {"name": "x", "model": "coop", "lead_school_id": town.schools["A1"]})[0] == 404
    assert send(admin, "/admin/communities/com_x/members", {"school_id": town.schools["A1"], "since": "2026-01-01"})[0] == 404
