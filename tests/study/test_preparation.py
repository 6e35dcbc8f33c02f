"""Joint preparation from the first draft to the archive, as its members and others meet it."""

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from resource_hub.inbox import service as inbox
from resource_hub.inbox.models import Delivery
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from resource_hub.live.models import LessonFact, LessonLog
from resource_hub.study import queries, service
from resource_hub.study.events import Prepared, Taught
from resource_hub.study.schemas import PrepState
from tests.study.conftest import Member, days, id_in


def opened(lead: Member, community: str, *others: Member, **given: str) -> str:
    form: dict[str, Any] = {"title": "色彩的冷与暖", "subject": "fine_art", "community_id": community, "people": [one.id for one in others]}
    return id_in(lead.did("/study/tasks", **form | given))


def task_of(member: Member, task: str) -> queries.TaskFacts:
    me = member.viewer()
    with member.district.app.app_context(), unit.read():
        return queries.task(me, task)


def minuted(member: Member, meeting: str) -> None:
    """Let a meeting's log say two things, one of them taken back, and a decision."""
    said = [
        ("minute:added", {"id": "m1", "kind": "note", "text": "村端先动手"}),
        ("minute:added", {"id": "m2", "kind": "note", "text": "说错了"}),
        ("minute:dropped", {"minute": "m2"}),
        ("minute:added", {"id": "m3", "kind": "decision", "text": "新授减到十八分钟"}),
    ]
    with member.district.app.app_context(), unit.write():
        db.session.add(LessonLog(lesson_id=meeting, head=len(said)))
        db.session.flush()
        for seq, (kind, data) in enumerate(said, 1):
            row = {"lesson_id": meeting, "seq": seq, "at": clock.ms(clock.now()), "by": "assist:1", "type": kind, "data": json.dumps(data)}
            db.session.add(LessonFact(**row, ref=None))


@pytest.mark.slow
def test_a_group_prepares_teaches_and_puts_away(
    lead: Member, village: Member, other: Member, stranger: Member, community: str, heard: list[Any]
) -> None:
    task = opened(lead, community, village, other)
    page = f"/study/tasks/{task}"
    assert "初稿好了，请大家提意见" in lead.get(page).text
    assert village.post(f"{page}/asking").status_code == 403
    lead.did(f"{page}/asking")
    assert "看初稿，提意见" in village.get(page).text
    lead.did(f"{page}/meeting", day=days(3), starts="15:30", minutes="60")
    found = task_of(lead, task)
    assert found.state is PrepState.MEETING
    assert found.meeting_id
    minuted(lead, found.meeting_id)
    shown = village.get(page).text
    assert "新授减到十八分钟" in shown
    assert "说错了" not in shown
    assert "这次研讨备的是" in village.get(f"/timetable/lessons/{found.meeting_id}").text
    lead.did(f"{page}/sharing")
    prepared = [one for one in heard if isinstance(one, Prepared)]
    assert {(one.person_id, one.is_lead) for one in prepared} == {(lead.id, True), (village.id, False), (other.id, False)}
    own = id_in(village.did(f"{page}/edition", situation="九名学生，先认暖色的柿子"))
    content = village.get(f"/api/v1/plans/{own}").json["data"]
    assert "九名学生" in json.dumps(content["learners_village"], ensure_ascii=False)
    assert "九名学生" in other.get(f"{page}/editions/{village.id}").text
    village.did(f"{page}/teaching", taught_on=days(-1), lesson_id="", note="九个人都画完了")
    assert [one.person_id for one in heard if isinstance(one, Taught)] == [village.id]
    village.did(f"{page}/reflection", worked="摸一摸再说", problem="", evidence="七人说出冷暖", next="")
    assert "七人说出冷暖" in lead.get(page).text
    lead.did(f"{page}/archive")
    found = task_of(lead, task)
    assert found.state is PrepState.ARCHIVED
    assert "七人说出冷暖" in lead.get(f"/resources/{found.resource_id}").text
    for path in (page, f"{page}/editions/{village.id}"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{page}/edition", situation="看看").status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_days_stand_in_the_calendar_and_are_reminded_of_once(lead: Member, village: Member, community: str) -> None:
    task = opened(lead, community, village, meeting_due=days(3), taught_due=days(9))
    made = village.post("/timetable/feeds")
    token = re.search(r"/calendar/([\w-]+)\.ics", made.text)
    assert token
    calendar = village.district.client.get(f"/calendar/{token[1]}.ics").text
    assert "上课：色彩的冷与暖" in calendar
    assert f"DTSTART;VALUE=DATE:{days(9).replace('-', '')}" in calendar
    with lead.district.app.test_request_context():
        for _ in range(2):
            with unit.write():
                service.remind()
                inbox.settle(service.DUE, Ref("prep_task", task))
        with unit.read():
            told = db.session.scalars(sa.select(Delivery.person_id).where(Delivery.kind == service.DUE, Delivery.ref_id == task)).all()
    assert told == [lead.id]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_refused_form_keeps_what_was_typed(lead: Member, village: Member, community: str) -> None:
    form = {"title": "色彩", "subject": "fine_art", "community_id": community, "meeting_due": days(5), "taught_due": days(2)}
    reply = lead.post("/study/tasks", **form, people=[village.id])
    assert reply.status_code == 422
    assert "这一天早于前一步的日期" in reply.text
    assert 'value="色彩"' in reply.text
