"""A cycle of two rounds: evidence as far as it is shared, the talk by its protocol, changes with causes, report, hours once."""

import io
from datetime import timedelta
from typing import Any

import docx
import pytest

from resource_hub.infra import unit
from resource_hub.study import queries
from resource_hub.study.events import HoursProposed, ProposedHours
from resource_hub.study.schemas import CycleState, RoundState
from resource_hub.timetable import service as timetable
from tests.live.standing import plan
from tests.study.conftest import Member, days, id_in, observed, plan_of

WORDS = "村端第四号先动手，再说是暖的"


def opened(lead: Member, community: str, *others: Member) -> str:
    form = {"theme": "村端如何动手", "hypothesis": "先动手再说，村端说得更多", "subject": "fine_art", "community_id": community}
    return id_in(lead.did("/study/cycles", **form, lead_id=lead.id, people=[one.id for one in others]))


def cycle_of(member: Member, cycle: str) -> queries.CycleFacts:
    me = member.viewer()
    with member.district.app.app_context(), unit.read():
        return queries.cycle(me, cycle)


def begun(lead: Member, cycle: str, teacher: Member, **words: str) -> str:
    """Begin a round with a version of the lead's plan that was taught yesterday; returns its page."""
    plan, number = lead.version_of(plan_of(**words), "试教")
    lead.did(f"/study/cycles/{cycle}/rounds", version=f"{plan}:{number}", teacher_id=teacher.id)
    page = f"/study/cycles/{cycle}/rounds/{len(cycle_of(lead, cycle).rounds)}"
    lead.did(f"{page}/lesson", lesson_id="", resource_id="", taught_on=days(0))
    return page


def shared(member: Member, seen: str) -> str:
    for _ in range(2):
        member.did(f"/observe/{seen}/share")
    return seen


def talked(lead: Member, page: str, teacher: Member, seen: str) -> None:
    """Hold a talk to its end; the last turn gives the reason for another stage."""
    lead.did(f"{page}/talk")
    lead.did(f"{page}/phase", phase="pause")
    lead.did(f"{page}/turns", text="想让两端都动手", speaker_id=teacher.id)
    lead.did(f"{page}/phase", phase="intent")
    lead.did(f"{page}/turns", text=WORDS, observation_id=seen)
    lead.did(f"{page}/phase", phase="evidence")
    lead.did(f"{page}/phase", phase="issues")
    cycle = page.split("/")[3]
    turn = next(one for one in cycle_of(lead, cycle).rounds[-1].turns if one.text == WORDS)
    lead.did(f"{page}/reasons", step_id="mix", turn_id=turn.id)
    lead.did(f"{page}/phase", phase="next")


@pytest.mark.slow
def test_two_rounds_from_opening_to_report(
    lead: Member, village: Member, other: Member, stranger: Member, community: str, heard: list[Any]
) -> None:
    cycle = opened(lead, community, village, other)
    first = begun(lead, cycle, lead, mix="听老师说")
    lead.did(f"{first}/observers", person_id=other.id, task="看村端第二组")
    assert "看村端第二组" in other.get(first).text
    seen = observed(other, cycle, lead.id, "TTTTSSTTST")
    assert "还没有公开给课例成员的编码" in village.get(first).text
    assert village.get(f"/observe/{seen}/report").status_code == 404
    shared(other, seen)
    assert "0.70" in village.get(first).text
    assert village.get(f"/observe/{seen}/report").status_code == 200
    talked(lead, first, lead, seen)
    second = begun(lead, cycle, village, mix="先调色，再说给同桌听")
    talked(lead, second, village, shared(other, observed(other, cycle, village.id, "TSSSSSTSSS")))
    compared = lead.get(f"/study/cycles/{cycle}/compare?a=1&b=2").text
    assert "0.70" in compared
    assert "0.20" in compared
    assert WORDS in compared
    assert f"/observe/{seen}/report" in compared
    assert WORDS in village.get(second).text
    lead.did(f"/study/cycles/{cycle}/closing")
    report = lead.get(f"/study/cycles/{cycle}/report").text
    assert "先动手再说" in report
    assert "[[1:rt_city]]" in report
    words = {"background": "我们想让村端动手", "findings": "城里 [[1:rt_city]] 到 [[2:rt_city]]", "changes": "", "conclusions": "再试"}
    lead.did(f"/study/cycles/{cycle}/report", **words)
    made = docx.Document(io.BytesIO(lead.get(f"/study/cycles/{cycle}/report.docx").data))
    assert "城里 0.70 到 0.20" in [one.text for one in made.paragraphs]
    assert len(made.inline_shapes) == 2
    assert lead.get(f"/study/cycles/{cycle}/report.pdf").data.startswith(b"%PDF")
    for _ in range(2):
        lead.post(f"/study/cycles/{cycle}/hours")
    (proposed,) = [one for one in heard if isinstance(one, HoursProposed)]
    parts = {(lead.id, "lead", 4), (lead.id, "taught", 4), (village.id, "taught", 4), (other.id, "coded", 2)}
    assert set(proposed.lines) == {ProposedHours(*one) for one in parts}
    lead.did(f"/study/cycles/{cycle}/publication")
    found = cycle_of(lead, cycle)
    assert found.state is CycleState.PUBLISHED
    assert "先调色，再说给同桌听" in lead.get(f"/resources/{found.resource_id}").text
    hidden = ("", "/rounds/1", "/compare?a=1&b=2", "/report", "/report.docx", "/report.pdf")
    assert [stranger.get(f"/study/cycles/{cycle}{path}").status_code for path in hidden] == [404] * len(hidden)
    assert stranger.get(f"/observe/{seen}/report").status_code == 404
    assert stranger.post(f"{first}/turns", text="我也说").status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_talk_keeps_its_order(lead: Member, village: Member, other: Member, community: str) -> None:
    cycle = opened(lead, community, village, other)
    page = begun(lead, cycle, village)
    assert other.post(f"{page}/talk").status_code == 403
    lead.did(f"{page}/talk")
    other.post(f"{page}/turns", text="还在静思")
    lead.did(f"{page}/phase", phase="pause")
    lead.post(f"{page}/phase", phase="pause")
    other.post(f"{page}/turns", text="我先说")
    lead.post(f"{page}/phase", phase="intent")
    found = cycle_of(lead, cycle).rounds[0]
    assert [turn.text for turn in found.turns] == []
    assert found.phase == "intent"
    village.did(f"{page}/turns", text="想让大家先看")
    assert other.post(f"{page}/turns", text="替别人说", speaker_id=village.id).status_code == 403
    lead.did(f"{page}/phase", phase="intent")
    other.did(f"{page}/turns", text="三号一直在看屏幕")
    found = cycle_of(lead, cycle).rounds[0]
    assert [(turn.speaker.id, turn.phase) for turn in found.turns] == [(village.id, "intent"), (other.id, "evidence")]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_round_is_taught_when_its_lesson_ends_and_takes_no_other_teachers(lead: Member, village: Member, community: str) -> None:
    app = lead.district.app
    (lesson,) = plan(app, starts_in=timedelta(minutes=-10))
    cycle = opened(lead, community, village)
    made, number = lead.version_of(plan_of(), "试教")
    page = f"/study/cycles/{cycle}/rounds/1"
    lead.did(f"/study/cycles/{cycle}/rounds", version=f"{made}:{number}", teacher_id=lead.id)
    lead.did(f"{page}/lesson", lesson_id=lesson)
    assert cycle_of(village, cycle).rounds[0].state is RoundState.PLANNED
    assert f"lesson={lesson}" not in village.get(page).text
    lead.did(f"{page}/observers", person_id=village.id, task="看村端")
    assert f"lesson={lesson}" in village.get(page).text
    with app.app_context(), unit.write():
        timetable.open_lesson(lesson)
        timetable.end_lesson(lesson)
    found = cycle_of(village, cycle).rounds[0]
    assert (found.state, found.lesson_id) == (RoundState.TAUGHT, lesson)
    other = opened(lead, community, village)
    lead.did(f"/study/cycles/{other}/rounds", version=f"{made}:{number}", teacher_id=village.id)
    lead.post(f"/study/cycles/{other}/rounds/1/lesson", lesson_id=lesson)
    assert cycle_of(lead, other).rounds[0].lesson_id is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_member_who_left_sees_nothing_more_and_keeps_what_they_wrote(
    lead: Member, village: Member, other: Member, community: str
) -> None:
    cycle = opened(lead, community, village, other)
    page = begun(lead, cycle, lead)
    mine = shared(village, observed(village, cycle, lead.id, "TTSS"))
    theirs = shared(other, observed(other, cycle, lead.id, "TSTS"))
    assert village.get(f"/observe/{theirs}/report").status_code == 200
    lead.did(f"/study/cycles/{cycle}/members/{village.id}/removal")
    assert village.get(page).status_code == 404
    assert village.get(f"/observe/{theirs}/report").status_code == 404
    assert village.get(f"/observe/{mine}/report").status_code == 200
    assert cycle_of(lead, cycle).rounds[0].state is RoundState.TAUGHT
