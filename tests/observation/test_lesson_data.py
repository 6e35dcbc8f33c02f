"""课堂数据: the log's figures beside what several observers coded and scored."""

import json

import pytest

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.live.models import LessonFact, LessonLog
from resource_hub.timetable.models import Lesson
from tests.observation.conftest import OBSERVER, OTHER, RESEARCHER, STRANGER, TEACHER, Device
from tests.people_of_a_district import District

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MINUTE = 60_000
COLLEAGUE = "yinxiaoman"
"""A teacher of the village school who has no part in the lesson."""
STORY = (
    (-1, "lead", "seat:joined", {"seat": "lead", "conn": "a", "device": "a"}),
    (-1, "class:1", "seat:joined", {"seat": "class:1", "conn": "b", "device": "b"}),
    (0, "lead", "lesson:started", {}),
    (0, "lead", "slide:turned", {"deck": "board", "page": 1, "step": 0}),
    (4, "lead", "slide:turned", {"deck": "board", "page": 2, "step": 0}),
    (5, "assist:1", "hand:raised", {"site": 1, "who": "4"}),
    (6, "lead", "hand:called", {"hand": "c6"}),
    (7, "lead", "poll:opened", {"question": "哪些颜色暖", "choices": ["红", "蓝"], "kind": "hands"}),
    (8, "class:1", "poll:answered", {"poll": "c8", "site": 1, "counts": [7, 2]}),
    (9, "lead", "lesson:ended", {}),
)


@pytest.fixture
def taught(district: District, lesson: str) -> str:
    with district.app.app_context(), unit.write():
        began = clock.ms(db.session.get_one(Lesson, lesson).starts_at)
        db.session.add(LessonLog(lesson_id=lesson, head=len(STORY)))
        db.session.flush()
        for seq, (minute, by, kind, data) in enumerate(STORY, 1):
            text = json.dumps({"id": f"c{seq}"} | data, ensure_ascii=False)
            db.session.add(LessonFact(lesson_id=lesson, seq=seq, at=began + minute * MINUTE, by=by, type=kind, ref=f"c{seq}", data=text))
    return lesson


def coded(district: District, lesson: str, account: str, codes: dict[str, str], score: list[float]) -> str:
    phone = Device(district, account)
    seen = phone.observation(what="lesson", lesson=lesson, score={"rubric": "seed_c", "version": 1, "scores": score})
    phone.sync(observations=[seen], codings=[phone.coding(seen["id"], text, side=side) for side, text in codes.items()])
    phone.ask("post", f"/observe/{seen['id']}/share")
    return str(seen["id"])


def test_the_page_shows_the_log_and_how_far_observers_agree(district: District, taught: str) -> None:
    coded(district, taught, OBSERVER, {"city": "TTTTSSTTST", "village": "TTTTTTTTTS"}, [15, 20, 25, 15, 10, 5, 10])
    coded(district, taught, OTHER, {"city": "TTTSSSTTSS"}, [12, 16, 20, 12, 8, 4, 8])
    page = Device(district, TEACHER).ask("get", f"/observe/lessons/{taught}").text
    assert "第 1 页" in page
    assert "4.0" in page
    assert "哪些颜色暖" in page
    assert "0.60" in page  # Cohen's kappa of the handbook's two coders
    assert "2 处不同" in page
    assert "1:30 ·" in page  # the fourth step, half a minute each
    assert "<strong>25%</strong>" in page  # one of four pupils' acts was the village's
    assert "<strong>90.0</strong>" in page
    assert "从 80 到 100" in page


def test_questions_stand_beside_how_often_the_log_says_each_end_was_called(district: District, taught: str) -> None:
    phone = Device(district, OBSERVER)
    seen = phone.observation(what="lesson", lesson=taught, viewpoints=["dialogue"])
    phone.sync(observations=[seen], marks=[phone.mark(seen["id"], end="village", wait_ms=3_000) for _ in range(3)])
    phone.ask("post", f"/observe/{seen['id']}/share")
    page = Device(district, TEACHER).ask("get", f"/observe/lessons/{taught}").text
    asked = page[page.index("问村里") :]
    counts = asked[asked.index("提问次数") :].split("</tr>")[0]
    assert "叫到 1 次" in counts
    assert ">3</td>" in counts
    assert "叫到 0 次" in page[: page.index("问村里")]


def test_an_observer_sees_the_log_but_not_what_others_did_not_share(district: District, taught: str) -> None:
    coded(district, taught, OBSERVER, {"city": "TTTTSSTTST"}, [15, 20, 25, 15, 10, 5, 10])
    phone = Device(district, COLLEAGUE)
    assert phone.ask("get", f"/observe/lessons/{taught}").status_code == 404
    phone.sync(observations=[phone.observation(what="lesson", lesson=taught)])
    page = phone.ask("get", f"/observe/lessons/{taught}").text
    assert "哪些颜色暖" in page
    assert "还没有听课教师给您看编码、计数或评分" in page
    assert Device(district, RESEARCHER).ask("get", f"/observe/lessons/{taught}").status_code == 200
    assert Device(district, STRANGER).ask("get", f"/observe/lessons/{taught}").status_code == 404


def test_the_lessons_page_has_the_ways_to_observe(district: District, taught: str) -> None:
    assert f"/observe?lesson={taught}" in Device(district, OBSERVER).ask("get", f"/timetable/lessons/{taught}").text
    assert f"/observe?lesson={taught}" not in Device(district, TEACHER).ask("get", f"/timetable/lessons/{taught}").text
    assert taught in Device(district, OBSERVER).ask("get", f"/observe?lesson={taught}").text
