"""What devices send is taken in once, at the right time, and never lost because a right was."""

import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.observation.models import Coding, Observation, ObservationMark, ObservationNote, RubricScore
from resource_hub.observation.schemas import What
from tests.observation.conftest import OBSERVER, OTHER, STRANGER, TEACHER, Device, person
from tests.people_of_a_district import District


def count(district: District, table: type[Observation | ObservationNote | ObservationMark | Coding]) -> int:
    with district.app.app_context(), unit.read():
        return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_batch_that_comes_twice_is_taken_in_once(district: District) -> None:
    phone = Device(district, OBSERVER)
    seen = phone.observation()
    batch = {
        "observations": [seen],
        "notes": [phone.note(seen["id"]), phone.note(seen["id"])],
        "marks": [phone.mark(seen["id"], level="apply", wait_ms=2_400), phone.mark(seen["id"], "probed", "village")],
        "codings": [phone.coding(seen["id"], "TT-S")],
    }
    first, second = phone.sync(**batch), phone.sync(**batch)
    for name in ("observations", "notes", "marks", "codings"):
        assert first[name] == second[name] == {one["id"]: 1 for one in batch[name]}
    assert first["refused"] == first["told"] == {}
    assert (count(district, Observation), count(district, ObservationNote), count(district, Coding)) == (1, 2, 1)
    assert count(district, ObservationMark) == 2


def test_only_a_newer_version_changes_what_is_there(district: District) -> None:
    phone = Device(district, OBSERVER)
    seen = phone.observation()
    note = phone.note(seen["id"])
    phone.sync(observations=[seen], notes=[note])
    phone.sync(notes=[note | {"version": 3, "comment": "候答只有两秒"}])
    assert phone.sync(notes=[note | {"version": 2, "comment": "旧的"}])["notes"] == {note["id"]: 3}
    phone.sync(notes=[note | {"version": 4, "is_deleted": True}])
    with district.app.app_context(), unit.read():
        kept = db.session.get_one(ObservationNote, note["id"])
        assert (kept.version, kept.is_deleted, kept.pupils, kept.tags) == (4, True, "", [])


def test_a_wrong_clock_is_aligned_and_both_times_are_kept(district: District, lesson: str) -> None:
    right, wrong = Device(district, OBSERVER), Device(district, OTHER, wrong_ms=-37 * 60_000)
    notes = []
    for phone in (right, wrong):
        seen = phone.observation(what="lesson", lesson=lesson)
        note = phone.note(seen["id"], second=1)
        phone.sync(observations=[seen], notes=[note])
        notes.append(note)
    with district.app.app_context(), unit.read():
        ours, theirs = (db.session.get_one(ObservationNote, note["id"]) for note in notes)
        assert abs((ours.at - theirs.at).total_seconds()) < 20
        assert abs(theirs.offset_ms - 37 * 60_000) < 20_000
        assert theirs.client_at == notes[1]["made_at"]
        # The lesson began ten minutes ago and the notes were made a minute ago: its second is the server's.
        assert abs(ours.second - 540) < 20
        assert abs(theirs.second - 540) < 20


def test_a_live_lesson_brings_its_facts(district: District, lesson: str) -> None:
    phone = Device(district, OBSERVER)
    seen = phone.observation(what="lesson", lesson=lesson, topic="")
    assert phone.sync(observations=[seen])["told"] == {}
    teacher = person(district, TEACHER)
    with district.app.app_context(), unit.read():
        row = db.session.get_one(Observation, seen["id"])
        assert (row.lesson_id, row.teacher_id, row.topic, row.teacher) == (lesson, teacher, "色彩的冷与暖", "林晓云")


def test_who_lost_the_lesson_or_the_cycle_keeps_the_notes_and_is_told(district: District, lesson: str) -> None:
    phone = Device(district, STRANGER)
    seen = phone.observation(what="lesson", lesson=lesson, cycle=new_id("cyc"))
    answer = phone.sync(observations=[seen], notes=[phone.note(seen["id"])])
    assert answer["refused"] == {}
    assert "不在这个课例研究里" in answer["told"][seen["id"]]
    assert "记录没有丢" in answer["told"][seen["id"]]
    with district.app.app_context(), unit.read():
        row = db.session.get_one(Observation, seen["id"])
        assert (row.what, row.lesson_id, row.cycle_id, row.teacher_id) == (What.ROOM, None, None, None)
    assert count(district, ObservationNote) == 1


def test_nobody_writes_into_what_another_observed(district: District) -> None:
    mine, theirs = Device(district, OBSERVER), Device(district, OTHER)
    seen = mine.observation()
    note = mine.note(seen["id"])
    mine.sync(observations=[seen], notes=[note])
    answer = theirs.sync(
        observations=[seen | {"version": 9, "topic": "改掉"}],
        notes=[note | {"version": 9}, theirs.note(seen["id"])],
        marks=[theirs.mark(seen["id"])],
        codings=[theirs.coding(seen["id"], "TS")],
    )
    assert len(answer["refused"]) == 5
    assert answer["observations"] == answer["notes"] == answer["codings"] == {}
    assert (count(district, ObservationNote), count(district, Coding)) == (1, 0)


def test_one_wrong_thing_does_not_keep_the_others_out(district: District) -> None:
    phone = Device(district, OBSERVER)
    seen = phone.observation(score={"rubric": "seed_a", "version": 1, "scores": [11, None]})
    wrong, step, right = phone.coding(seen["id"], "TTXS"), phone.coding(seen["id"], "TT", interval_s=7), phone.coding(seen["id"], "TTSS")
    answer = phone.sync(observations=[seen], codings=[wrong, step, right], notes=[phone.note(seen["id"], photo="ast_foreign")])
    assert answer["codings"] == {right["id"]: 1}
    assert answer["refused"][wrong["id"]].startswith("第 3 个编码“X”")
    assert "30 秒或 15 秒" in answer["refused"][step["id"]]
    assert answer["observations"] == {seen["id"]: 1}
    assert "“教学目标”要在 0 到 10 分之间" in answer["told"][seen["id"]]
    assert count(district, ObservationNote) == 0


def test_a_score_is_kept_with_the_names_of_its_rows_and_a_total_when_whole(district: District) -> None:
    phone = Device(district, OBSERVER)
    part = phone.observation(score={"rubric": "seed_c", "version": 1, "scores": [15, 16]})
    whole = phone.observation(score={"rubric": "seed_c", "version": 1, "scores": [15, 16, 25, 12, 10, 5, 6]})
    phone.sync(observations=[part, whole])
    with district.app.app_context(), unit.read():
        assert db.session.get_one(RubricScore, part["id"]).total is None
        kept = db.session.get_one(RubricScore, whole["id"])
        assert (kept.total, kept.rows[2], kept.round_id) == (89, ["村端参与与产出", 25, 25], None)
    phone.sync(observations=[whole | {"version": 2, "score": None}])
    with district.app.app_context(), unit.read():
        assert db.session.get(RubricScore, whole["id"]) is None


def test_a_clock_from_nowhere_makes_no_note_of_the_future(district: District) -> None:
    phone = Device(district, OBSERVER, wrong_ms=40 * 365 * 86_400_000)
    seen = phone.observation()
    note = phone.note(seen["id"])
    phone.sync(observations=[seen], notes=[note])
    with district.app.app_context(), unit.read():
        assert db.session.get_one(ObservationNote, note["id"]).at <= clock.now()


def test_marks_are_taken_by_version_at_the_lessons_second_and_only_from_their_sheet(district: District, lesson: str) -> None:
    phone = Device(district, OBSERVER, wrong_ms=3_600_000)
    seen = phone.observation(what="lesson", lesson=lesson, viewpoints=["dialogue", "caring", "dialogue"])
    mark, strange = phone.mark(seen["id"], second=1), phone.mark(seen["id"], "right")
    probed = phone.mark(seen["id"], "probed", level="apply", wait_ms=10)
    answer = phone.sync(observations=[seen], marks=[mark, strange, probed])
    assert answer["marks"] == {mark["id"]: 1, probed["id"]: 1}
    assert answer["refused"] == {strange["id"]: "这个观察视角里没有这一项可以计数。"}
    phone.sync(marks=[mark | {"version": 3, "level": "analyse", "wait_ms": 3_100}])
    assert phone.sync(marks=[mark | {"version": 2}])["marks"] == {mark["id"]: 3}
    with district.app.app_context(), unit.read():
        assert db.session.get_one(Observation, seen["id"]).viewpoints == ["dialogue", "caring"]
        kept, other = (db.session.get_one(ObservationMark, one["id"]) for one in (mark, probed))
        assert (kept.level, kept.wait_ms, other.level, other.wait_ms) == ("analyse", 3_100, None, None)
        assert abs(kept.second - 540) < 20
        assert abs(kept.offset_ms + 3_600_000) < 20_000


def test_a_fourth_viewpoint_is_refused_with_the_whole_request(district: District) -> None:
    phone = Device(district, OBSERVER)
    seen = phone.observation(viewpoints=["dialogue", "caring", "aims", "thinking"])
    reply = phone.ask("post", "/api/v1/observations/sync", json={"now": phone.now(), "observations": [seen]})
    assert reply.status_code == 422
    assert count(district, Observation) == 0
