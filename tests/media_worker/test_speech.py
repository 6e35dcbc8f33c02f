"""Speech is heard by a real model in the sandbox: words with times, in chunks, stopped and gone on with."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from flask import Flask
from pypinyin import Style, lazy_pinyin

from media_worker import speech
from media_worker.handlers import KINDS
from media_worker.speech import UnfitModel, hear, simplified
from resource_hub.app import create_app
from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import JobCancelled, JobState
from resource_hub.kernel.settings import Settings
from resource_hub.media import service, transcript_queries
from resource_hub.media.models import Transcript
from resource_hub.media.transcripts import Line
from tests.media_worker.footage import ffmpeg
from tests.media_worker.test_jobs import hand_in, states

pytestmark = pytest.mark.slow
MODEL = Path(sys.prefix) / "speech-model"
"""Where `make test` lays the small model."""
SENTENCE = "我们今天去北京看长城,明天去上海。"


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sentence, spoken once, with its picture left out."""
    path = tmp_path_factory.mktemp("spoken") / "lesson.wav"
    syllables = " ".join(lazy_pinyin(SENTENCE, style=Style.TONE3, neutral_tone_with_five=True))
    subprocess.run(["espeak-ng", "-v", "cmn-latn-pinyin", "-s", "140", "--stdin", "-w", str(path)], input=syllables.encode(), check=True)
    return path


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An English lesson: what the small model hears of this voice even after it was made small for playing."""
    path = tmp_path_factory.mktemp("english") / "lesson.wav"
    words = "Good morning, class. Today we learn about the history of water. Please open your books and read page ten."
    subprocess.run(["espeak-ng", "-v", "en", "-s", "135", "-w", str(path), words], check=True)
    return path


@pytest.fixture
def listening(hub_settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(hub_settings, speech_model=str(MODEL)))
    app.extensions["resource_hub"].job_kinds.update({kind.name: kind for kind in KINDS})
    with app.app_context():
        app.extensions["resource_hub"].storage.ensure_bucket()
        yield app
        db.engine.dispose()


def likeness(heard: str) -> float:
    """The share of the sentence's characters that stand in ``heard`` in their order."""
    return sum(block.size for block in SequenceMatcher(None, SENTENCE, heard, autojunk=False).get_matching_blocks()) / len(SENTENCE)


def work_off(*lanes: str) -> None:
    while sum(jobs.work_once(lane) for lane in lanes):
        continue


def test_mandarin_becomes_simplified_lines_whose_words_have_times(spoken: Path, tmp_path: Path) -> None:
    chunk = hear(spoken, MODEL, tmp_path, begin_s=0, duration_s=6.4, terms=["长城"])
    assert (chunk.language, chunk.done_s) == ("zh", 6.4)
    text = "".join(line.text for line in chunk.lines)
    assert likeness(text) > 0.5
    assert "长城" in text
    words = [word for line in chunk.lines for word in line.words]
    assert all(0 <= start <= end <= 6.4 for start, end, _ in words)
    assert not (tmp_path / "speech.raw").exists()


def test_a_chunk_ends_with_a_line_and_the_next_begins_there(spoken: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.wav"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=22050:cl=mono", "-i", str(spoken), "-filter_complex",
           "[0]atrim=0:560[quiet];[1]asplit=8[a][b][c][d][e][f][g][h];[quiet][a][b][c][d][e][f][g][h]concat=n=9:v=0:a=1", str(whole))  # fmt: skip
    (tmp_path / "work").mkdir()
    duration_s = 560 + 8 * 6.38
    # The tail is short enough to go with its chunk; a second longer and there are two.
    assert hear(whole, MODEL, tmp_path / "work", begin_s=0, duration_s=duration_s).done_s == duration_s
    first = hear(whole, MODEL, tmp_path / "work", begin_s=0, duration_s=speech.CHUNK_S + 40)
    assert 560 < first.done_s <= speech.CHUNK_S
    assert all(line.end_s <= first.done_s + 0.5 for line in first.lines)


def test_a_phrase_that_goes_round_and_round_is_heard_again_without_it(spoken: Path, tmp_path: Path) -> None:
    thrice = tmp_path / "thrice.wav"
    ffmpeg("-stream_loop", "3", "-i", str(spoken), "-c:a", "aac", "-b:a", "22k", "-f", "mp4", str(thrice))
    (tmp_path / "work").mkdir()
    chunk = hear(thrice, MODEL, tmp_path / "work", begin_s=0, duration_s=25.5)
    text = "".join(line.text for line in chunk.lines)
    assert "我们今天" in text
    assert len(text) < 25.5 * 8


def test_traditional_characters_become_simplified_and_keep_their_times() -> None:
    assert simplified([(0.0, 0.4, "學"), (0.4, 1.0, "習們")]) == [(0.0, 0.4, "学"), (0.4, 1.0, "习们")]


def test_a_folder_that_is_no_model_is_told_in_words(spoken: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "model" / "model.bin").write_bytes(b"no model at all")
    with pytest.raises(UnfitModel):
        hear(spoken, tmp_path / "model", tmp_path / "work", begin_s=0, duration_s=3)


def test_a_recording_is_heard_after_it_plays_and_its_captions_are_there(listening: Flask, english: Path) -> None:
    asset_id = hand_in(english, "audio/wav", "audio")
    work_off("intake", "video", "light", "speech")
    assert states()["media.speech"] == (JobState.DONE, None)
    with unit.read():
        told = transcript_queries.transcript_of(asset_id)
        assert (told.state, told.language) == ("ready", "en")
        text = transcript_queries.automatic_webvtt(asset_id)
        assert "Good morning" in text
        assert "water" in text


def test_recognition_goes_on_where_it_was_stopped_and_keeps_what_stood(listening: Flask, english: Path) -> None:
    asset_id = hand_in(english, "audio/wav", "audio")
    work_off("intake", "video")
    with unit.write():
        service.begin_transcript(asset_id, "base")
        service.record_speech(asset_id, [Line(0.0, 2.0, "heard before")], language="en", done_s=2.2, is_end=False)
    work_off("speech")
    with unit.read():
        lines = transcript_queries.segments_of(asset_id)
        assert lines[0].text == "heard before"
        assert any("water" in line.text for line in lines[1:])
        assert all(line.start_s >= 2.2 for line in lines[1:])
        assert db.session.get_one(Transcript, asset_id).done_s > 6


def test_a_stop_ends_the_model_at_once(spoken: Path, tmp_path: Path) -> None:
    def stop() -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        hear(spoken, MODEL, tmp_path, begin_s=0, duration_s=6.4, check=stop)


def test_without_a_model_nothing_is_ordered_and_with_one_the_sweep_catches_up(app: Flask, listening: Flask, spoken: Path) -> None:
    with app.app_context():
        app.extensions["resource_hub"].job_kinds.update({kind.name: kind for kind in KINDS})
        asset_id = hand_in(spoken, "audio/wav", "audio")
        work_off("intake", "video")
        assert "media.speech" not in states()
        with unit.read():
            assert transcript_queries.transcript_of(asset_id).state == "off"
        with unit.write():
            assert service.order_missing_speech() == 0
    with unit.write():
        assert service.order_missing_speech() == 1
    with unit.write():
        assert service.order_missing_speech() == 0
    with unit.read():
        assert transcript_queries.transcript_of(asset_id).state == "waiting"
