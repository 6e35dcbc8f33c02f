"""Pairing classes: lessons of the term, refusals in words, warnings that must be read, changes, races."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from resource_hub.audit import queries as audit
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from resource_hub.kernel.refs import Ref
from resource_hub.schools import service as places
from resource_hub.schools.schemas import Grade
from resource_hub.timetable import conflicts, pairing_pages, queries, service
from resource_hub.timetable.schemas import CancelReason, ClockUsed, LessonKind, LessonState, Plan, Receiver, Slot, Weeks, given
from tests.timetable.conftest import FIRST, LAST, Ground

pytestmark = pytest.mark.slow


def paired(ground: Ground, plan: Plan | None = None) -> str:
    with ground.town.app.app_context(), unit.write():
        return service.add_pairing(plan or ground.plan)


def lessons_of(ground: Ground, pairing_id: str) -> list[queries.LessonFacts]:
    with ground.town.app.app_context(), unit.read():
        return queries.lessons_between(FIRST, LAST, pairing_id=pairing_id)


def warned(ground: Ground, plan: Plan) -> list[str]:
    with ground.town.app.app_context(), unit.read():
        return conflicts.warnings(conflicts.drafted(plan))


def refused(ground: Ground, plan: Plan) -> dict[str, str]:
    with ground.town.app.app_context(), pytest.raises(Invalid) as caught, unit.write():
        service.add_pairing(plan)
    return caught.value.fields


def test_the_journeys_pairing_makes_the_lessons_of_sixteen_weeks_without_the_holiday(ground: Ground) -> None:
    assert warned(ground, ground.plan) == []
    found = lessons_of(ground, paired(ground))
    assert len(found) == 15
    first = found[0]
    assert (first.day, first.period, first.state, first.lead) == (FIRST, 3, LessonState.PLANNED, "林晓云")
    assert f"{first.starts_at:%H:%M}" == "02:15"
    assert [(site.school, site.head_count, site.assist) for site in first.sites] == [
        ("青岚区实验小学", 41, ""), ("石桥村小学", 9, "吴有田"), ("大坪教学点", 2, "毛大山"),
    ]  # fmt: skip
    assert date(2026, 10, 6) not in {lesson.day for lesson in found}


def test_an_earlier_slot_is_warned_of_unless_the_village_follows_the_lead_schools_bells(ground: Ground) -> None:
    early = replace(ground.plan, slots=(Slot(2, 2),))
    told = warned(ground, early)
    assert len(told) == 2
    assert "只有 30 分钟重合" in told[0]
    assert "石桥村小学" in told[0]
    assert warned(ground, replace(early, clock=ClockUsed.LEAD)) == []


def test_too_many_receivers_and_lessons_are_warned_of_and_may_be_saved(ground: Ground) -> None:
    classes = ground.classes
    four = tuple(Receiver(classes[name]) for name in ("A1 三(1)", "A3 三", "A3 四", "A4 三"))
    full = replace(ground.plan, receivers=four, slots=tuple(Slot(day, period) for day in range(1, 6) for period in (3, 4)))
    with ground.town.app.app_context(), unit.read():
        told = conflicts.warnings(conflicts.drafted(full))
    assert ["接收班有 4 个" in words for words in told] == [True]
    paired(ground, full)
    told = warned(ground, replace(ground.music, lead_person_id=ground.plan.lead_person_id, slots=tuple(Slot(d, 2) for d in range(1, 6))))
    assert any("每周最多要上 15 节" in words for words in told)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"lead_person_id": "linxiaoyun"}, "lead_person_id", "林晓云从 周二第 3 节 · 9月1日 起有 15 次已经有课：美术"),
        ({"lead_class_id": "A1 三(2)"}, "lead_class_id", "青岚区实验小学 三年级(2)班从"),
        ({"receivers": "A3 三"}, "receivers", "石桥村小学 三年级(1)班从"),
        ({"assist": "wuyoutian"}, "receivers", "吴有田从"),
    ],
)
def test_who_would_be_at_two_places_is_told_with_the_other_lesson(ground: Ground, change: dict[str, str], field: str, words: str) -> None:
    paired(ground)
    people, classes, plan = ground.town.people, ground.classes, ground.music
    plan = replace(
        plan,
        lead_person_id=people[change.get("lead_person_id", "zhonghai")],
        lead_class_id=classes[change.get("lead_class_id", "A1 三(1)")],
        receivers=(Receiver(classes[change.get("receivers", "A3 四")], people[change.get("assist", "yinxiaoman")]),),
    )
    assert words in refused(ground, plan)[field]
    for free in (replace(plan, slots=(Slot(2, 4),)), replace(plan, slots=(Slot(3, 3),))):
        with ground.town.app.app_context(), unit.read():
            conflicts.refuse_clashes(conflicts.drafted(free))


def test_odd_and_even_weeks_share_a_teacher_and_other_bells_still_meet(ground: Ground) -> None:
    paired(ground, replace(ground.plan, weeks=Weeks.ODD))
    same = replace(ground.music, lead_person_id=ground.plan.lead_person_id)
    assert "lead_person_id" in refused(ground, same)
    assert "lead_person_id" in refused(ground, replace(same, weeks=Weeks.ODD))
    paired(ground, replace(same, weeks=Weeks.EVEN))
    # The village's third lesson begins five minutes later, and is the same quarter of the morning all the same.
    village = replace(
        ground.music, lead_class_id=ground.classes["A3 四"], lead_person_id=ground.town.people["tianhe"],
        receivers=(Receiver(ground.classes["A1 三(2)"]),),
    )  # fmt: skip
    assert "receivers" in refused(ground, village)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"receivers": ()}, "receivers"),
        ({"first_day": date(2026, 8, 1)}, "first_day"),
        ({"last_day": date(2027, 3, 1)}, "last_day"),
        ({"slots": (Slot(2, 9),)}, "slots"),
        ({"last_day": FIRST, "slots": (Slot(5, 1),)}, "slots"),
        ({"subject": "magic"}, "subject"),
    ],
)
def test_a_plan_that_makes_no_lessons_is_told_at_its_field(ground: Ground, change: dict[str, object], field: str) -> None:
    assert field in refused(ground, replace(ground.plan, **change))  # type: ignore[arg-type]  # each row knows its field


def test_classes_and_teachers_come_from_the_community(ground: Ground) -> None:
    stranger = Receiver(ground.classes["B1 三"])
    assert "receivers" in refused(ground, replace(ground.plan, receivers=(stranger,)))
    assert "lead_person_id" in refused(ground, replace(ground.plan, lead_person_id=ground.town.people["songqian"]))
    wrong = Receiver(ground.classes["A4 三"], ground.town.people["wuyoutian"])
    assert "receivers" in refused(ground, replace(ground.plan, receivers=(wrong,)))
    twice = (ground.plan.receivers[0], ground.plan.receivers[0])
    assert "receivers" in refused(ground, replace(ground.plan, receivers=twice))
    with ground.town.app.app_context(), unit.write():
        school = ground.town.schools["A3"]
        last_year = places.add_class(school, school_year="2025-2026", grade=Grade.G3, number=1, head_count=9)
    assert "这个学年" in refused(ground, replace(ground.plan, receivers=(Receiver(last_year),)))["receivers"]


def test_the_dean_of_the_lead_school_pairs_others_and_a_village_only_itself(ground: Ground) -> None:
    town, classes = ground.town, ground.classes
    others = replace(
        ground.plan, lead_class_id=classes["A3 三"], lead_person_id=town.people["yinxiaoman"], receivers=(Receiver(classes["A4 三"]),)
    )
    with town.app.app_context():
        with pytest.raises(NotAllowed), unit.write():
            service.add_pairing(others, by=town.viewer("songqian"))
        with unit.write():
            made = service.add_pairing(others, by=town.viewer("qiulan"))
        with pytest.raises(NotAllowed), unit.write():
            strange = replace(ground.plan, receivers=(Receiver(classes["A4 三"]),))
            service.add_pairing(strange, by=town.viewer("tianhe"))
        with unit.write():
            service.end_pairing(made, 1, FIRST, by=town.viewer("tianhe"))
        with pytest.raises(NotFound), unit.write():
            service.end_pairing(made, 2, FIRST, by=town.viewer("songqian"))
        with unit.read():
            assert [entry.action for entry in audit.recent(2)] == ["pairing.ended", "pairing.added"]


def test_a_change_plans_anew_only_what_nobody_touched(ground: Ground) -> None:
    made, town = paired(ground), ground.town
    before = lessons_of(ground, made)
    with town.app.app_context(), unit.write():
        service.substitute_lead(before[1].id, town.people["zhonghai"])
        service.cancel_lesson(before[2].id, CancelReason.WEATHER)
        service.move_lesson(before[3].id, before[3].day + timedelta(days=1), 4)
        service.name_lesson(before[4].id, "冷与暖", "", by=town.viewer("linxiaoyun"))
    clock.start_at(before[0].ends_at)
    with town.app.app_context(), unit.write():
        done = service.change_pairing(made, 1, replace(ground.plan, slots=(Slot(4, 3),)))
    after = {lesson.id: lesson for lesson in lessons_of(ground, made)}
    assert done.kept == 2
    for ident in (before[0].id, before[1].id, before[2].id):
        assert after[ident].day.isoweekday() == 2
    assert after[before[3].id].day.isoweekday() == 3
    assert after[before[4].id].title == "冷与暖"
    assert after[before[4].id].day.isoweekday() == 4
    with town.app.app_context(), pytest.raises(Conflict), unit.write():
        service.change_pairing(made, 1, ground.plan)


def test_a_holiday_announced_later_takes_its_lesson_away_and_a_prepared_one_is_cancelled(ground: Ground) -> None:
    made, town = paired(ground), ground.town
    before = lessons_of(ground, made)
    with town.app.app_context(), unit.write():
        service.name_lesson(before[2].id, "冷与暖", "", by=town.viewer("linxiaoyun"))
        days = {lesson.day: "台风" for lesson in before[1:3]} | {date(2026, 10, 1) + timedelta(days=n): "国庆节" for n in range(8)}
        places.set_special_days(2026, days, {date(2026, 9, 27): ""})
        service.renew_lessons(made, 1)
    after = {lesson.id: lesson for lesson in lessons_of(ground, made)}
    assert before[1].id not in after
    assert (after[before[2].id].state, after[before[2].id].cancel_reason) == (LessonState.CANCELLED, CancelReason.HOLIDAY)
    assert len(after) == 14


def test_the_end_of_a_pairing_takes_away_what_lies_ahead_and_keeps_the_rest(ground: Ground) -> None:
    made, town = paired(ground), ground.town
    before = lessons_of(ground, made)
    clock.start_at(before[2].ends_at)
    with town.app.app_context(), unit.write():
        service.substitute_lead(before[5].id, town.people["zhonghai"])
        done = service.end_pairing(made, 1, before[4].day)
    assert (done.removed, done.kept) == (10, 1)
    assert [lesson.id for lesson in lessons_of(ground, made)] == [before[n].id for n in (0, 1, 2, 3, 5)]


def race(ground: Ground, acts: list[Callable[[], object]]) -> list[str]:
    """Run each act in a connection of its own, all at the same moment, and return how they ended."""
    start, ended = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            with ground.town.app.app_context(), unit.write():
                act()
            ended.append("done")
        except (Invalid, Conflict) as error:
            ended.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ended)


def test_two_deans_who_book_one_teacher_at_once_do_not_both_succeed(ground: Ground) -> None:
    other = replace(ground.music, lead_person_id=ground.plan.lead_person_id)
    assert race(ground, [lambda: service.add_pairing(ground.plan), lambda: service.add_pairing(other)]) == ["Invalid", "done"]


def test_two_changes_of_one_version_do_not_both_succeed(ground: Ground) -> None:
    made = paired(ground)
    plans = [replace(ground.plan, slots=(slot,)) for slot in (Slot(3, 3), Slot(4, 3))]
    acts: list[Callable[[], object]] = [lambda plan=plan: service.change_pairing(made, 1, plan) for plan in plans]  # type: ignore[misc]
    assert race(ground, acts) == ["Conflict", "done"]


def form(plan: Plan) -> dict[str, object]:
    return {name: value for name, value in given(plan).items() if value not in ("", [])}


def test_the_form_shows_warnings_before_it_saves(ground: Ground) -> None:
    dean = ground.town.browser("qiulan")
    early = form(replace(ground.plan, slots=(Slot(2, 2),)))
    answer = dean.post("/admin/pairings", early, page="/account")
    assert answer.status_code == 409
    assert "仍然保存" in answer.text
    assert "只有 30 分钟重合" in answer.text
    accepted = re.search(r'name="accepted" value="([0-9a-f]{64})"', answer.text)
    assert accepted
    with_other = {**early, "accepted": accepted[1], "receivers": early["receivers"][:1]}  # type: ignore[index]
    assert dean.post("/admin/pairings", with_other, page="/account").status_code == 409
    saved = dean.post("/admin/pairings", {**early, "accepted": accepted[1]}, page="/account")
    assert saved.status_code == 303
    page = dean.get(saved.location).text
    assert "本学期的课（15 节）" in page
    assert "林晓云" in page
    listed = dean.get("/admin/pairings").text
    assert "周二第 2 节" in listed


def test_the_form_comes_back_with_the_clash_at_its_field(ground: Ground) -> None:
    paired(ground)
    dean = ground.town.browser("qiulan")
    answer = dean.post("/admin/pairings", form(replace(ground.music, lead_person_id=ground.plan.lead_person_id)), page="/account")
    assert answer.status_code == 422
    assert 'id="lead_person_id-problem"' in answer.text
    assert "林晓云从" in answer.text


def test_a_pairing_is_changed_in_its_form_and_told_when_the_calendar_moved(ground: Ground) -> None:
    made, town = paired(ground), ground.town
    dean = town.browser("qiulan")
    page = dean.get(f"/admin/pairings/{made}/form").text
    assert 'value="2-3" checked' in page
    changed = {**form(replace(ground.plan, slots=(Slot(4, 3),))), "version": "1"}
    assert dean.post(f"/admin/pairings/{made}", changed, page="/account").status_code == 303
    assert dean.post(f"/admin/pairings/{made}", changed, page="/account").status_code == 409
    assert "按现在的校历" not in dean.get(f"/admin/pairings/{made}").text
    with town.app.app_context(), unit.write():
        places.set_special_days(2026, {date(2026, 9, 3): "台风"}, {})
    assert "按现在的校历" in dean.get(f"/admin/pairings/{made}").text
    assert dean.post(f"/admin/pairings/{made}/lessons", {"version": "2"}, page="/account").status_code == 303
    assert "按现在的校历" not in dean.get(f"/admin/pairings/{made}").text
    assert dean.post(f"/admin/pairings/{made}/end", {"version": "3", "on": f"{FIRST}"}, page="/account").status_code == 303
    assert lessons_of(ground, made) == []


def test_pairings_of_others_are_hidden_and_teachers_do_not_arrange(ground: Ground) -> None:
    made, town = paired(ground), ground.town
    teacher, stranger, village = town.browser("linxiaoyun"), town.browser("songqian"), town.browser("tianhe")
    assert teacher.get("/admin/pairings").status_code == 403
    assert teacher.post("/admin/pairings", form(ground.plan), page="/account").status_code == 403
    assert stranger.get(f"/admin/pairings/{made}").status_code == 404
    assert stranger.get(f"/admin/pairings/{made}/form").status_code == 404
    assert village.get(f"/admin/pairings/{made}").status_code == 200
    assert town.browser("minjie").get(f"/admin/pairings/{made}").status_code == 200
    assert village.get("/admin/pairings/new").status_code == 200
    with town.app.app_context(), unit.read():
        card = hub().card(town.viewer("wuyoutian"), Ref("pairing", made))
        assert card is not None
        assert card.title == "美术 · 青岚区实验小学 三年级(2)班"
        assert hub().card(town.viewer("songqian"), Ref("pairing", made)) is None


def test_more_than_twelve_classes_may_only_watch(ground: Ground) -> None:
    many = replace(ground.plan, receivers=tuple(Receiver(f"cls_{n}") for n in range(13)))
    with ground.town.app.app_context(), unit.read():
        for plan, words in ((many, "最多 12 个接收班。"), (replace(many, kind=LessonKind.SCHOOL_ONLINE), "请从这个教共体的班级里选。")):
            with pytest.raises(Invalid) as refusal:
                conflicts.drafted(plan)
            assert refusal.value.fields["receivers"] == words
    watched = given(replace(many, kind=LessonKind.SCHOOL_ONLINE))
    assert len(pairing_pages.rows(watched)) > len(pairing_pages.rows(given(many))) >= 13
