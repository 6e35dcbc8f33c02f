"""The audit as its readers see it: finding, paging, taking along, and whether the chain is whole."""

import ast
import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from resource_hub.audit import queries, service
from resource_hub.audit.models import AuditEntry
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Role
from resource_hub.library.rules import STEPS
from resource_hub.people import labels
from resource_hub.schools import queries as schools
from tests.audit.test_chain import _drop_triggers
from tests.people.standing import Browser, Town, add_person

slow = pytest.mark.slow
SOURCE = Path(__file__).parents[2] / "resource_hub"


def auditor(town: Town) -> Browser:
    with town.app.app_context(), unit.write():
        town.people["jianbo"] = add_person(town, "jianbo", "简帛", None, Role.AUDITOR, 900)
    return town.browser("jianbo")


def exported(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_every_act_that_is_noted_has_words() -> None:
    noted = {f"resource.{verb}" for verb in STEPS}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.note", "audit_service.note"}:
                noted |= {act.value for act in node.args[1:2] if isinstance(act, ast.Constant) and isinstance(act.value, str)}
    assert len(noted) > 30
    assert noted - set(labels.ACTS) == set()


@slow
def test_the_auditor_and_the_district_read_it_and_nobody_else(town: Town) -> None:
    page = auditor(town).get("/admin/audit").text
    assert "授予职责" in page
    assert "林晓云" in page
    assert town.browser("minjie").get("/admin/audit").status_code == 200
    for other in ("fangzhengqing", "qiulan", "linxiaoyun"):
        browser = town.browser(other)
        assert [browser.get(path).status_code for path in ("/admin/audit", "/admin/audit/chain")] == [403, 403]
        assert browser.post("/admin/audit/export", page="/account").status_code == 403


@slow
def test_entries_are_found_by_person_act_and_day(town: Town) -> None:
    reader = auditor(town)
    town.browser().sign_in("linxiaoyun", "wrong")
    with town.app.app_context(), unit.read():
        today = schools.today()

    def acts(**wanted: str) -> set[str]:
        page = reader.client.get("/admin/audit", query_string=wanted).text
        return set(re.findall(r'data-label="做了什么"><div>([^<]+?) ?<', page))

    assert acts(person="林晓云") == {"登录", "授予职责", "添加人员"}
    assert acts(person="linxiaoyun", action="sign_in") == {"登录"}
    assert "被拒绝" in reader.get("/admin/audit?person=linxiaoyun&action=sign_in").text
    assert acts(person="没有这个人") == set()
    assert "添加学校" in acts(since=today.isoformat(), until=today.isoformat(), action="school.added")
    assert acts(until=(today - timedelta(days=1)).isoformat()) == set()
    assert acts(since=(today + timedelta(days=1)).isoformat()) == set()
    assert reader.get("/admin/audit?since=gestern").status_code == 422


@slow
def test_pages_follow_each_other_without_gap_and_cost_the_same(town: Town) -> None:
    reader = auditor(town)
    with town.app.app_context(), unit.write():
        for number in range(120):
            service.note(town.viewer("minjie"), "school.added", Ref("school", town.schools["A1"]), details={"n": number})
    seen: list[str] = []
    path: str | None = "/admin/audit?action=school.added"
    while path:
        page = reader.get(path).text
        seen += re.findall(r">n: (\d+)<", page)
        found = re.search(r'class="pager"><a class="btn btn-plain" href="([^"]+)"', page)
        path = found[1].replace("&amp;", "&") if found else None
    assert seen == [str(number) for number in reversed(range(120))]


@slow
def test_what_is_taken_along_is_whole_harmless_and_itself_noted(town: Town) -> None:
    reader = auditor(town)
    with town.app.app_context(), unit.write():
        add_person(town, "formula", "=HYPERLINK(1)", "A1", Role.TEACHER, 901)
        for number in range(1100):
            service.note(town.viewer("minjie"), "school.added", details={"n": number})
    rows = exported(reader.post("/admin/audit/export", {"action": "school.added"}, page="/admin/audit"))
    assert len(rows) == 1 + 1100 + len(town.schools)
    numbers = [int(row[0]) for row in rows[1:]]
    assert numbers == sorted(numbers, reverse=True)

    named = exported(reader.post("/admin/audit/export", {"person": "formula", "action": "role.granted"}, page="/admin/audit"))
    assert named[1][4] == "'=HYPERLINK(1)"
    with town.app.app_context(), unit.read():
        last = queries.recent(1)[0]
    assert (last.action, last.actor_id) == ("audit.exported", town.people["jianbo"])
    assert last.details["person"] == "formula"


@slow
def test_a_broken_chain_is_told_with_its_place(town: Town) -> None:
    reader = auditor(town)
    assert "记录链完整" in reader.get("/admin/audit/chain").text
    with town.app.app_context(), unit.write():
        _drop_triggers()
        db.session.execute(sa.update(AuditEntry).where(AuditEntry.seq == 3).values(action="other"))
    assert "从第 3 条起" in reader.get("/admin/audit/chain").text
