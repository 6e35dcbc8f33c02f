"""Who sees what, step by step; the teacher's answer; what is told to others."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from resource_hub.audit.models import AuditEntry
from resource_hub.inbox import queries as inbox
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import Hub
from resource_hub.kernel import clock
from resource_hub.observation.events import Coded, Observed
from resource_hub.observation.models import Observation
from resource_hub.people import queries as people
from tests.observation.conftest import OBSERVER, OTHER, PRINCIPAL, RESEARCHER, STRANGER, TEACHER, Device, person
from tests.people_of_a_district import District

WORDS = "四号说柿子是暖的"


@pytest.fixture
def heard(district: District) -> Iterator[list[object]]:
    """What other features hear."""
    found: list[object] = []
    hub: Hub = district.app.extensions["resource_hub"]
    for kind in (Observed, Coded):
        hub.subscribers.setdefault(kind, []).append(found.append)
    yield found
    for kind in (Observed, Coded):
        hub.subscribers[kind].remove(found.append)


def observed(district: District, lesson: str) -> str:
    phone = Device(district, OBSERVER)
    seen = phone.observation(what="lesson", lesson=lesson, opinion="节奏好，村端可以多等一会儿", strengths=["两端都有作品"])
    phone.sync(observations=[seen], notes=[phone.note(seen["id"])], codings=[phone.coding(seen["id"], "TTTTSS-TTST")])
    return str(seen["id"])


def status(district: District, account: str, path: str) -> int:
    return int(Device(district, account).ask("get", path).status_code)


def step(district: District, seen: str, verb: str = "share", account: str = OBSERVER, **form: str) -> int:
    return int(Device(district, account).ask("post", f"/observe/{seen}/{verb}", data=form).status_code)


def told(district: District, account: str, *, tasks_only: bool = False) -> list[str]:
    """What stands in somebody's inbox after the digests of the day to come."""
    before = clock.now()
    clock.start_at(before + timedelta(days=1))
    try:
        with district.app.test_request_context(), unit.read():
            viewer = people.viewer_of_person(people.person_by_login(account) or "")
            assert viewer
            shown = inbox.waiting(viewer) if tasks_only else inbox.inbox(viewer)
            return [str(item.sentence) for item in shown]
    finally:
        clock.start_at(before)


def test_a_draft_is_its_observers_alone(district: District, lesson: str) -> None:
    seen = observed(district, lesson)
    for account in (TEACHER, OTHER, PRINCIPAL, RESEARCHER, STRANGER):
        for path in (f"/observe/{seen}", f"/observe/{seen}/report", f"/observe/{seen}.pdf"):
            assert status(district, account, path) == 404, (account, path)
        assert step(district, seen, account=account) == 404
    assert WORDS in Device(district, OBSERVER).ask("get", f"/observe/{seen}/report").text


def test_each_step_widens_by_exactly_one_circle(district: District, lesson: str) -> None:
    seen = observed(district, lesson)
    assert step(district, seen) == 303
    page = Device(district, TEACHER).ask("get", f"/observe/{seen}/report").text
    assert WORDS in page
    assert 'class="chart"' in page
    for account in (OTHER, PRINCIPAL, RESEARCHER, STRANGER):
        assert status(district, account, f"/observe/{seen}/report") == 404
    assert step(district, seen, account=TEACHER) == 403
    assert step(district, seen) == 303
    page = Device(district, PRINCIPAL).ask("get", f"/observe/{seen}/report").text
    assert "节奏好" in page
    assert WORDS not in page
    assert 'class="chart"' not in page
    for account in (OTHER, RESEARCHER, STRANGER):
        assert status(district, account, f"/observe/{seen}/report") == 404
    assert step(district, seen) == 409


def test_the_first_step_tells_the_teacher_and_those_who_count_hours_once(district: District, lesson: str, heard: list[object]) -> None:
    seen = observed(district, lesson)
    step(district, seen)
    step(district, seen)
    observed_by = [one for one in heard if isinstance(one, Observed)]
    coded_by = [one for one in heard if isinstance(one, Coded)]
    assert [(one.observation_id, one.observer_id, one.lesson_id, one.minutes) for one in observed_by] == [
        (seen, person(district, OBSERVER), lesson, 10)
    ]
    assert [(one.coder_id, one.scheme, one.minutes) for one in coded_by] == [(person(district, OBSERVER), "st", 5)]
    assert told(district, TEACHER) == ["吴有田 把听课记录给您看：色彩的冷与暖，请您回应"]


def test_the_teachers_answer_signs_and_closes_the_record(district: District, lesson: str) -> None:
    seen = observed(district, lesson)
    step(district, seen)
    assert step(district, seen, "reply", OBSERVER, reply="自己答") == 403
    assert step(district, seen, "reply", TEACHER, reply="下次先让村端说") == 303
    assert "下次先让村端说" in Device(district, OBSERVER).ask("get", f"/observe/{seen}/report").text
    phone = Device(district, OBSERVER)
    note = phone.note(seen)
    assert "已经回应" in phone.sync(notes=[note])["refused"][note["id"]]
    assert told(district, OBSERVER) == ["林晓云 回应了您的听课记录：色彩的冷与暖"]
    assert told(district, TEACHER, tasks_only=True) == []


def test_a_lesson_next_door_is_shown_once_its_teacher_is_named(district: District) -> None:
    phone = Device(district, OBSERVER)
    seen = phone.observation(teacher="尹老师", school="石桥村小学")
    phone.sync(observations=[seen], notes=[phone.note(seen["id"])])
    assert step(district, seen["id"]) == 303
    with district.app.app_context(), unit.read():
        assert db.session.get_one(Observation, seen["id"]).shared_at is None
    page = phone.ask("get", f"/observe/{seen['id']}/report").text
    assert "授课教师是谁" in page
    teacher = person(district, "yinxiaoman")
    assert f'value="{teacher}"' in page
    assert step(district, seen["id"], "teacher", teacher_id="per_nobody") == 422
    assert step(district, seen["id"], "teacher", teacher_id=teacher) == 303
    assert step(district, seen["id"]) == 303
    assert WORDS in Device(district, "yinxiaoman").ask("get", f"/observe/{seen['id']}/report").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sharing_is_audited(district: District, lesson: str) -> None:
    seen = observed(district, lesson)
    step(district, seen)
    with district.app.app_context(), unit.read():
        acts = db.session.scalars(sa.select(AuditEntry.details).where(AuditEntry.action == "observation.shared")).all()
    assert list(acts) == [{"with": "shared_with_teacher"}]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_list_shows_ones_own_and_what_was_shared(district: District, lesson: str) -> None:
    seen = observed(district, lesson)
    assert seen in Device(district, OBSERVER).ask("get", "/observe").text
    assert seen not in Device(district, TEACHER).ask("get", "/observe").text
    step(district, seen)
    assert seen in Device(district, TEACHER).ask("get", "/observe").text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_form_is_one_page_however_much_was_noted(district: District, lesson: str) -> None:
    from pypdfium2 import PdfDocument

    seen = observed(district, lesson)
    phone = Device(district, OBSERVER)
    long = {"pupils": "学生在说自己找到的颜色，" * 12, "comment": "候答时间偏短，村端还没有反应过来。" * 8, "stage": "探究"}
    phone.sync(notes=[phone.note(seen, second=at * 20, **long) for at in range(60)])
    reply = phone.ask("get", f"/observe/{seen}.pdf")
    assert reply.mimetype == "application/pdf"
    document = PdfDocument(reply.data)
    text = document[0].get_textpage().get_text_range()
    assert len(document) == 1
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    for words in ("听课记录表", "授课教师", "林晓云", "吴有田", "授课教师回应", "听课人签名"):
        assert words in text
    assert re.search(r"还有 \d+ 个记录点印不下", text.replace("\r\n", ""))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_page_of_an_unknown_id_is_empty_and_shows_nothing_of_others(district: District) -> None:
    phone = Device(district, OBSERVER)
    fresh = phone.observation()["id"]
    page = phone.ask("get", f"/observe/{fresh}")
    assert page.status_code == 200
    assert '"kept":null' in page.text.replace("&#34;", '"')
    assert phone.ask("get", "/observe/nothing").status_code == 404
