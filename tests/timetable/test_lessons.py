"""One lesson: substitutes, cancellations, moves, its title; opening and ending it; who is told and who may."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from resource_hub.inbox import queries as inbox
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from resource_hub.kernel.events import Event
from resource_hub.kernel.refs import Ref
from resource_hub.people import service as people
from resource_hub.timetable import queries, service
from resource_hub.timetable.events import LessonCancelled, LessonEnded, LessonExtended, LessonMoved, LessonOpened, SubstituteNamed
from resource_hub.timetable.schemas import CancelReason, LessonState, Slot
from tests.timetable.conftest import FIRST, LAST, Ground
from tests.timetable.test_pairings import lessons_of, paired

pytestmark = pytest.mark.slow


def told(ground: Ground, login: str) -> list[str]:
    """Return what that person reads in the inbox after the next digests."""
    before = clock.now()
    clock.start_at(before + timedelta(days=1))
    try:
        with ground.town.app.app_context(), unit.read():
            return [item.sentence for item in inbox.inbox(ground.town.viewer(login))]
    finally:
        clock.start_at(before)


def heard(ground: Ground) -> list[Event]:
    """Listen for what happens to lessons from now on."""
    found: list[Event] = []
    with ground.town.app.app_context():
        for kind in (LessonOpened, LessonEnded, LessonExtended, LessonMoved, LessonCancelled, SubstituteNamed):
            hub().subscribers.setdefault(kind, []).append(found.append)
    return found


def lesson(ground: Ground, lesson_id: str) -> queries.LessonFacts:
    with ground.town.app.app_context(), unit.read():
        found = queries.lesson(lesson_id)
        assert found is not None
        return found


def test_a_substitute_takes_a_lesson_and_both_are_told(ground: Ground) -> None:
    one, town, events = lessons_of(ground, paired(ground))[1], ground.town, heard(ground)
    with town.app.app_context(), unit.write():
        service.substitute_lead(one.id, town.people["zhonghai"], by=town.viewer("qiulan"))
    found = lesson(ground, one.id)
    assert (found.lead, found.planned) == ("钟海", "林晓云")
    assert events == [SubstituteNamed(one.id, town.people["zhonghai"], town.people["linxiaoyun"])]
    assert any("请您代课" in words and "美术" in words for words in told(ground, "zhonghai"))
    assert any("钟海" in words for words in told(ground, "linxiaoyun"))
    with town.app.app_context(), unit.write():
        service.substitute_lead(one.id, town.people["linxiaoyun"], by=town.viewer("qiulan"))
    found = lesson(ground, one.id)
    assert (found.lead, found.planned_person_id) == ("林晓云", None)


def test_a_substitute_must_be_free_and_of_the_same_school(ground: Ground) -> None:
    paired(ground, ground.music)
    one, town = lessons_of(ground, paired(ground))[0], ground.town
    for login, words in (("zhonghai", "钟海在 周二第 3 节 · 9月1日 已经有课：音乐"), ("songqian", "请从这所学校的教师里选")):
        with town.app.app_context(), pytest.raises(Invalid) as caught, unit.write():
            service.substitute_lead(one.id, town.people[login])
        assert words in caught.value.fields["person_id"]
    with town.app.app_context():
        with pytest.raises(Invalid), unit.write():
            service.substitute_assist(one.id, ground.classes["A3 三"], town.people["yinxiaoman"])
        with unit.write():
            service.substitute_assist(one.id, ground.classes["A3 三"], town.people["tianhe"])
        with pytest.raises(NotFound), unit.write():
            service.substitute_assist(one.id, ground.classes["A1 三(1)"], town.people["tianhe"])
    site = lesson(ground, one.id).receivers[0]
    assert (site.assist, site.planned_assist) == ("田禾", "吴有田")


def test_a_cancelled_lesson_keeps_when_and_why_and_frees_its_teacher_until_it_is_restored(ground: Ground) -> None:
    one, town, events = lessons_of(ground, paired(ground))[0], ground.town, heard(ground)
    with town.app.app_context(), unit.write():
        service.cancel_lesson(one.id, CancelReason.LINE, "光缆断了", by=town.viewer("linxiaoyun"))
    found = lesson(ground, one.id)
    assert (found.state, found.cancel_reason, found.cancel_note) == (LessonState.CANCELLED, CancelReason.LINE, "光缆断了")
    assert found.counts_as_planned is False  # cancelled a quarter of an hour more than a day before
    assert events == [LessonCancelled(one.id)]
    assert any("停课" in words for words in told(ground, "wuyoutian"))
    assert told(ground, "linxiaoyun") == []
    busy = replace(ground.music, lead_person_id=ground.plan.lead_person_id, last_day=FIRST)
    with town.app.app_context():
        with unit.write():
            other = service.add_pairing(busy)
        with pytest.raises(Invalid) as caught, unit.write():
            service.restore_lesson(one.id)
        assert "林晓云" in caught.value.fields["restore"]
        with unit.write():
            service.end_pairing(other, 1, FIRST)
            service.restore_lesson(one.id)
    found = lesson(ground, one.id)
    assert (found.state, found.cancelled_at, found.cancel_reason) == (LessonState.PLANNED, None, None)
    assert any("恢复上课" in words for words in told(ground, "wuyoutian"))


def test_a_cancellation_cannot_be_taken_back_when_the_hour_has_passed(ground: Ground) -> None:
    one, town = lessons_of(ground, paired(ground))[0], ground.town
    with town.app.app_context(), unit.write():
        service.cancel_lesson(one.id, CancelReason.WEATHER)
    clock.start_at(one.starts_at + timedelta(minutes=1))
    with town.app.app_context(), pytest.raises(Conflict), unit.write():
        service.restore_lesson(one.id)


def test_a_lesson_lost_to_a_holiday_may_be_moved_to_a_make_up_day(ground: Ground) -> None:
    one, town, events = lessons_of(ground, paired(ground))[1], ground.town, heard(ground)
    with town.app.app_context():
        for day, period, field in ((date(2026, 10, 6), 3, "day"), (date(2026, 9, 26), 3, "day"), (date(2026, 9, 27), 9, "period")):
            with pytest.raises(Invalid) as caught, unit.write():
                service.move_lesson(one.id, day, period)
            assert list(caught.value.fields) == [field]
        with unit.write():
            service.move_lesson(one.id, date(2026, 9, 27), 4, by=town.viewer("qiulan"))
    found = lesson(ground, one.id)
    assert (found.day, found.period, found.moved_from, found.moved_from_period) == (date(2026, 9, 27), 4, one.day, 3)
    assert f"{found.starts_at:%H:%M}" == "03:00"
    assert events == [LessonMoved(one.id)]
    assert any("调课" in words and "2026-09-27 11:00" in words for words in told(ground, "maodashan"))
    with town.app.app_context(), unit.write():
        service.move_lesson(one.id, one.day, 3)
    assert lesson(ground, one.id).moved_from is None


def test_a_lesson_is_not_moved_to_where_somebody_is_busy(ground: Ground) -> None:
    found, town = lessons_of(ground, paired(ground)), ground.town
    paired(ground, replace(ground.music, lead_person_id=ground.plan.lead_person_id, slots=(Slot(3, 3),)))
    with town.app.app_context():
        with pytest.raises(Invalid) as caught, unit.write():
            service.move_lesson(found[0].id, FIRST + timedelta(days=1), 3)
        assert "林晓云在 周三第 3 节" in caught.value.fields["day"]
        with pytest.raises(Invalid), unit.write():
            service.move_lesson(found[0].id, found[1].day, 3)


def test_the_lead_teacher_changes_the_own_lesson_and_others_only_look(ground: Ground) -> None:
    one, town = lessons_of(ground, paired(ground))[0], ground.town
    path = f"/timetable/lessons/{one.id}"
    lead, assist, stranger, dean = (town.browser(login) for login in ("linxiaoyun", "wuyoutian", "songqian", "qiulan"))
    assert stranger.get(path).status_code == 404
    assert "停课" not in assist.get(path).text
    assert assist.post(f"{path}/cancellation", {"reason": "weather"}, page="/account").status_code == 403
    assert stranger.post(f"{path}/cancellation", {"reason": "weather"}, page="/account").status_code == 404
    assert lead.post(f"{path}/day", {"day": "2026-09-02", "period": "3"}, page="/account").status_code == 403
    assert lead.post(f"{path}/title", {"title": "冷与暖", "pack": ""}, page="/account").status_code == 303
    assert "冷与暖" in assist.get(path).text
    answer = lead.post(f"{path}/title", {"title": "冷与暖", "pack": "res_01234567890123456789012345"}, page="/account")
    assert (answer.status_code, "没有找到这份资源" in answer.text) == (422, True)
    answer = lead.post(f"{path}/substitute", {"person_id": town.people["songqian"]}, page="/account")
    assert (answer.status_code, "请从这所学校的教师里选" in answer.text) == (422, True)
    assert lead.post(f"{path}/cancellation", {"reason": "weather", "note": "暴雨"}, page="/account").status_code == 303
    assert "停课 · 天气" in assist.get(path).text
    assert lead.post(f"{path}/cancellation/end", {}, page="/account").status_code == 303
    assert dean.post(f"{path}/day", {"day": "2026-09-02", "period": "3"}, page="/account").status_code == 303
    assert "调课 · 原 9月1日" in assist.get(path).text
    assert dean.post(f"{path}/substitute", {"person_id": town.people["zhonghai"]}, page="/account").status_code == 303
    assert "代课 · 原 林晓云" in assist.get(path).text


def test_a_lesson_is_opened_extended_and_ended_and_may_go_on(ground: Ground) -> None:
    one, town, events = lessons_of(ground, paired(ground))[0], ground.town, heard(ground)
    with town.app.app_context():
        for act in (lambda: service.end_lesson(one.id), lambda: service.extend_lesson(one.id, 5)):
            with pytest.raises(Conflict), unit.write():
                act()
        with unit.write():
            service.open_lesson(one.id)
            service.open_lesson(one.id)
            service.extend_lesson(one.id, 5)
        with pytest.raises(Invalid), unit.write():
            service.extend_lesson(one.id, 60)
        with unit.write():
            service.end_lesson(one.id)
            service.end_lesson(one.id)
        with pytest.raises(Conflict), unit.write():
            service.cancel_lesson(one.id, CancelReason.OTHER)
        with unit.write():
            service.open_lesson(one.id)
            service.end_lesson(one.id)
    opened, ended = LessonOpened(one.id), LessonEnded(one.id)
    assert events == [opened, LessonExtended(one.id, 5), ended, opened, ended]
    found = lesson(ground, one.id)
    assert (found.state, found.ends_at - one.ends_at) == (LessonState.ENDED, timedelta(minutes=5))


def test_lessons_are_found_by_person_class_school_community_and_room(ground: Ground) -> None:
    one, town = lessons_of(ground, paired(ground))[0], ground.town
    with town.app.app_context(), unit.write():
        room = people.add_terminal(town.schools["A3"], "三年级教室", class_id=ground.classes["A3 三"]).terminal_id
        empty = people.add_terminal(town.schools["A3"], "会议室").terminal_id
    with town.app.app_context(), unit.read():
        assert [found.id for found in queries.lessons_of_terminal(room, FIRST)] == [one.id]
        assert queries.lessons_of_terminal(empty, FIRST) == []
        assert queries.lessons_of_terminal(room, FIRST + timedelta(days=1)) == []
        for words in (
            {"person_id": town.people["maodashan"]}, {"class_id": ground.classes["A4 三"]}, {"school_ids": [town.schools["A4"]]},
            {"community_id": town.communities["A"]},
        ):  # fmt: skip
            assert len(queries.lessons_between(FIRST, LAST, **words)) == 15  # type: ignore[arg-type]  # each row knows its word
        assert queries.lessons_between(FIRST, LAST, person_id=town.people["zhonghai"]) == []
        nearest = queries.next_lesson(town.people["wuyoutian"], LAST)
        assert nearest is not None
        assert nearest.id == one.id


def test_a_card_names_the_lesson_to_whoever_sees_it(ground: Ground) -> None:
    one, town = lessons_of(ground, paired(ground))[0], ground.town
    with town.app.app_context(), unit.read():
        for login, is_shown in (("wuyoutian", True), ("minjie", True), ("tanxiao", True), ("songqian", False)):
            card = hub().card(town.viewer(login), Ref("lesson", one.id))
            assert (card is not None and card.title == "美术 · 周二第 3 节 · 9月1日") is is_shown


def test_only_whoever_may_changes_a_lesson_through_the_service(ground: Ground) -> None:
    one, town = lessons_of(ground, paired(ground))[0], ground.town
    with town.app.app_context():
        with pytest.raises(NotAllowed), unit.write():
            service.cancel_lesson(one.id, CancelReason.OTHER, by=town.viewer("wuyoutian"))
        with pytest.raises(NotFound), unit.write():
            service.cancel_lesson(one.id, CancelReason.OTHER, by=town.viewer("songqian"))
        with pytest.raises(NotFound), unit.write():
            service.open_lesson("les_x")
