"""The doors of transcripts and chapters: who reads, who mends, and a day of speech in pages."""

import io
from pathlib import Path

import pytest
import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.index import Moment
from resource_hub.library import documents
from resource_hub.media import service
from resource_hub.media.models import Asset, TranscriptSegment
from resource_hub.media.schemas import Read
from resource_hub.media.transcripts import Line
from tests.library.conftest import Put
from tests.media.test_playback_doors import AUTHOR, STRANGER, Lesson
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow
EIGHT_HOURS_S = 8 * 3600


@pytest.fixture
def lesson(district: District, put: Put, tmp_path: Path) -> Lesson:
    made = Lesson(district, put, tmp_path)
    with district.app.app_context(), unit.write():
        asset = db.session.get_one(Asset, made.asset)
        asset.duration_s, asset.has_audio = float(EIGHT_HOURS_S), True
    return made


def line(start_s: float, text: str) -> Line:
    return Line(start_s, start_s + 4, text, tuple((start_s + n * 0.5, start_s + n * 0.5 + 0.5, sign) for n, sign in enumerate(text)))


def heard(lesson: Lesson, *lines: Line, is_end: bool = True) -> None:
    with lesson.district.app.app_context(), unit.write():
        service.begin_transcript(lesson.asset, "base")
        service.record_speech(lesson.asset, lines, language="zh", done_s=lines[-1].end_s, is_end=is_end)


def test_a_recording_says_that_nobody_listens_while_there_is_no_model(lesson: Lesson) -> None:
    told = lesson.ask("GET", f"/api/v1/assets/{lesson.asset}/transcript")
    assert (told["state"], told["segments"]) == ("off", [])
    steps = lesson.ask("GET", f"/api/v1/resources/{lesson.id}")["files"][0]["steps"]
    assert [(step["state"], step["message"]) for step in steps if step["kind"] == "media.speech"] == [
        ("off", "语音识别未开启：没有识别模型。")
    ]
    assert lesson.refused("POST", f"/api/v1/assets/{lesson.asset}/transcript", AUTHOR, json={}) == 409


def test_what_was_heard_stands_as_captions_until_somebody_brings_better_ones(lesson: Lesson) -> None:
    heard(lesson, line(0, "同学们好"), line(5, "今天学习分树"), is_end=False)
    assert lesson.ask("GET", f"/api/v1/resources/{lesson.id}")["media"]["captions"] == []
    heard(lesson, line(10, "请坐"))
    (track,) = lesson.ask("GET", f"/api/v1/resources/{lesson.id}")["media"]["captions"]
    assert (track["label"], track["lang"], track["is_automatic"]) == ("自动生成", "zh", True)
    assert "00:00:05.000 --> 00:00:09.000\n今天学习分树\n" in lesson.text(track["url"])[1]

    file = {"file": (io.BytesIO(b"1\n00:00:00,000 --> 00:00:01,000\nhello\n"), "a.srt")}
    lesson.ask("POST", f"/api/v1/assets/{lesson.asset}/captions", status=201, data=file, content_type="multipart/form-data")
    (track,) = lesson.ask("GET", f"/api/v1/resources/{lesson.id}")["media"]["captions"]
    assert not track["is_automatic"]


def test_the_uploader_mends_a_line_and_nobody_else_and_nobody_twice_at_once(lesson: Lesson) -> None:
    heard(lesson, line(0, "今天学习分树"))
    segment = f"/api/v1/assets/{lesson.asset}/transcript/segments/1"
    change = {"text": " 今天学习 分数 ", "revision": 0}
    assert lesson.refused("PATCH", segment, STRANGER, json=change) == 404
    assert lesson.refused("GET", f"/api/v1/assets/{lesson.asset}/transcript", STRANGER) == 404
    mended = lesson.ask("PATCH", segment, json=change)["segment"]
    assert (mended["text"], mended["revision"]) == ("今天学习 分数", 1)
    assert mended["words"][-2:] == [[2.0, 2.5, "分"], [2.5, 4.0, "数"]]
    assert lesson.refused("PATCH", segment, AUTHOR, json=change) == 409
    assert lesson.refused("PATCH", segment, AUTHOR, json={"text": "好" * 2001, "revision": 1}) == 422
    assert lesson.ask("PATCH", segment, json={"text": "今天学习 分数", "revision": 1})["segment"]["revision"] == 1
    (track,) = lesson.ask("GET", f"/api/v1/resources/{lesson.id}")["media"]["captions"]
    assert track["label"] == "自动生成，已校对"
    lesson.ask("PATCH", segment, json={"text": "", "revision": 1})
    assert "-->" not in lesson.text(track["url"])[1]
    assert lesson.refused("PATCH", f"/api/v1/assets/{lesson.asset}/transcript/segments/9", AUTHOR, json=change) == 404


def test_a_chunk_that_is_recorded_twice_stands_once_and_a_whole_transcript_is_not_heard_again(lesson: Lesson) -> None:
    heard(lesson, line(0, "第一段"), is_end=False)
    heard(lesson, line(0, "第一段"), is_end=False)
    heard(lesson, line(5, "第二段"))
    with lesson.district.app.app_context(), unit.write():
        assert service.begin_transcript(lesson.asset, "base") is None
    told = lesson.ask("GET", f"/api/v1/assets/{lesson.asset}/transcript")
    assert [(one["position"], one["text"]) for one in told["segments"]] == [(1, "第一段"), (2, "第二段")]


def test_a_transcript_of_eight_hours_comes_in_pages_from_any_second_and_is_searched_within(lesson: Lesson) -> None:
    every = [line(at, f"第{at}秒") for at in range(0, EIGHT_HOURS_S, 4)]
    heard(lesson, *every)
    path = f"/api/v1/assets/{lesson.asset}/transcript"
    first = lesson.ask("GET", path)
    assert (len(first["segments"]), first["next"]) == (100, 100)
    second = lesson.ask("GET", f"{path}?after={first['next']}")
    assert second["segments"][0]["text"] == "第400秒"
    last = lesson.ask("GET", f"{path}?at={EIGHT_HOURS_S - 1}")
    assert [one["text"] for one in last["segments"]] == [f"第{EIGHT_HOURS_S - 4}秒"]
    assert last["next"] is None
    assert [one["start_s"] for one in lesson.ask("GET", f"{path}?find=第20000秒")["segments"]] == [20000.0]
    assert lesson.ask("GET", f"{path}?find=%25")["segments"] == []
    assert len(lesson.ask("GET", f"{path}?find=秒")["segments"]) == 100
    for wild in ("after=-1", "after=9999999999999", "at=nan", "at=-3", "at=x"):
        assert lesson.ask("GET", f"{path}?{wild}")["state"] == "ready"
    with lesson.district.app.app_context(), unit.read():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(TranscriptSegment)) == len(every)


def test_chapters_are_suggested_by_slides_until_the_uploader_sets_them(lesson: Lesson) -> None:
    path = f"/api/v1/assets/{lesson.asset}/chapters"
    assert lesson.ask("GET", path) == {"chapters": [], "are_suggested": True}
    with lesson.district.app.app_context(), unit.write():
        service.record_slides(lesson.asset, [(0.0, Read("认识分数\n~")), (600.0, Read("巩固练习")), (700.0, Read("| ."))])
    suggested = lesson.ask("GET", path)
    assert suggested == {"chapters": [{"at_s": 0.0, "title": "认识分数"}, {"at_s": 600.0, "title": "巩固练习"}], "are_suggested": True}
    given = {"chapters": [{"at_s": 90, "title": " 情境 "}, {"at_s": 0, "title": "导入"}]}
    assert lesson.refused("PUT", path, STRANGER, json=given) == 404
    told = lesson.ask("PUT", path, json=given)
    assert told == {"chapters": [{"at_s": 0.0, "title": "导入"}, {"at_s": 90.0, "title": "情境"}], "are_suggested": False}
    for wrong in (
        {"at_s": EIGHT_HOURS_S + 1, "title": "外"},
        {"at_s": -1, "title": "前"},
        {"at_s": 5, "title": " "},
        {"at_s": 5, "title": "长" * 81},
    ):
        assert lesson.refused("PUT", path, AUTHOR, json={"chapters": [wrong]}) == 422
    assert lesson.refused("PUT", path, AUTHOR, json={"chapters": [{"at_s": 5, "title": "一"}, {"at_s": 5, "title": "二"}]}) == 422
    assert lesson.ask("PUT", path, json={"chapters": []}) == suggested


def test_what_is_said_shown_and_named_is_indexed_with_its_second(lesson: Lesson) -> None:
    heard(lesson, line(0, "同学们好"), line(5, "今天学习分数"), line(30, "请看黑板"))
    lesson.ask("PUT", f"/api/v1/assets/{lesson.asset}/chapters", json={"chapters": [{"at_s": 20, "title": "导入"}]})
    with lesson.district.app.app_context(), unit.write():
        service.record_slides(lesson.asset, [(8.0, Read("几分之一"))])
    with lesson.district.app.test_request_context(), unit.read():
        pages = documents.load([lesson.id])[lesson.id].pages
    assert {(page.text, page.moment) for page in pages} == {
        ("导入", Moment(lesson.asset, at_s=20.0)),
        ("几分之一", Moment(lesson.asset, at_s=8.0)),
        ("同学们好今天学习分数", Moment(lesson.asset, at_s=0.0)),
        ("请看黑板", Moment(lesson.asset, at_s=30.0)),
    }
