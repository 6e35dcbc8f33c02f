"""Research meetings: who may call one, who is told, what stands against it."""

from dataclasses import replace
from datetime import date, time

import pytest

from resource_hub.inbox.models import Delivery
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.errors import Invalid, NotAllowed
from resource_hub.kernel.viewer import Viewer
from resource_hub.live import access as live_access
from resource_hub.people import queries as people
from resource_hub.timetable import queries, service
from resource_hub.timetable.schemas import LessonKind, Meeting
from tests.timetable.conftest import Ground

pytestmark = pytest.mark.slow


def meeting(ground: Ground, *names: str) -> Meeting:
    persons = tuple(ground.town.people[name] for name in names)
    return Meeting(ground.town.communities["A"], "分数怎么教", "math", date(2026, 9, 9), time(15, 30), 60, persons)


def viewer(ground: Ground, name: str) -> Viewer:
    found = people.viewer_of_person(ground.town.people[name])
    assert found is not None
    return found


def call(ground: Ground, *names: str, by: str = "linxiaoyun") -> str:
    with ground.town.app.app_context(), unit.write():
        return service.add_meeting(meeting(ground, *names), by=viewer(ground, by))


def test_everybody_has_a_place_and_is_told(ground: Ground) -> None:
    lesson_id = call(ground, "wuyoutian", "tanxiao")
    with ground.town.app.test_request_context(), unit.read():
        found = queries.lesson(lesson_id)
        assert found is not None
        assert (found.kind, found.title) == (LessonKind.RESEARCH_MEETING, "分数怎么教")
        assert [site.class_name for site in found.sites] == ["林晓云", "吴有田", "谭笑"]
        assert found.sites[2].school == ""
        told = {row.person_id for row in db.session.query(Delivery).filter_by(kind="timetable.meeting", ref_id=lesson_id)}
        assert told == {ground.town.people["wuyoutian"], ground.town.people["tanxiao"]}
        seats = {name: str(live_access.seat_in(viewer(ground, name), found)) for name in ("linxiaoyun", "wuyoutian", "tanxiao")}
        assert seats == {"linxiaoyun": "lead", "wuyoutian": "assist:1", "tanxiao": "assist:2"}
        assert not live_access.may_watch(viewer(ground, "zhonghai"), found)


def test_a_change_asks_the_new_and_lets_the_others_go(ground: Ground) -> None:
    lesson_id = call(ground, "wuyoutian")
    with ground.town.app.app_context(), unit.write():
        changed = replace(meeting(ground, "tanxiao"), starts=time(16))
        service.change_meeting(lesson_id, changed, by=viewer(ground, "linxiaoyun"))
    with ground.town.app.app_context(), unit.read():
        rows = db.session.query(Delivery).filter_by(kind="timetable.meeting", ref_id=lesson_id)
        assert {row.person_id: row.done_at is None for row in rows} == {
            ground.town.people["wuyoutian"]: False,
            ground.town.people["tanxiao"]: True,
        }


def test_what_cannot_be_is_said_at_its_field(ground: Ground) -> None:
    call(ground, "wuyoutian")
    for wrong, field in (
        (meeting(ground), "people"),
        (meeting(ground, "wuyoutian"), "people"),
        (replace(meeting(ground, "tanxiao"), day=date(2026, 8, 1)), "day"),
    ):
        with ground.town.app.test_request_context(), unit.write(), pytest.raises(Invalid) as refused:
            service.add_meeting(wrong, by=viewer(ground, "zhonghai"))
        assert field in refused.value.fields
    with ground.town.app.test_request_context(), unit.write(), pytest.raises(NotAllowed):
        service.add_meeting(replace(meeting(ground, "tanxiao"), community_id="com_other"), by=viewer(ground, "zhonghai"))
