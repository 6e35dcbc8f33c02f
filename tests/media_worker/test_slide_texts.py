"""The words on the slides of a recording are read from its stills, with the second at which they stand."""

from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageDraw, ImageFont

from resource_hub.infra import jobs, unit
from resource_hub.infra.jobs import JobState
from resource_hub.media import transcript_queries
from tests.media_worker.footage import ffmpeg
from tests.media_worker.test_jobs import hand_in, states, worker

__all__ = ["worker"]
pytestmark = pytest.mark.slow
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SLIDES = (("情境导入", "把一个苹果平均分成四份"), ("巩固练习", "同分母分数相加"))


def test_slides_of_a_recording_are_read_and_suggest_its_chapters(worker: Flask, tmp_path: Path) -> None:
    parts: list[str] = []
    for number, (heading, body) in enumerate(SLIDES):
        slide = Image.new("RGB", (1280, 720), "white")
        draw = ImageDraw.Draw(slide)
        draw.text((100, 90), heading, fill="black", font=ImageFont.truetype(FONT, 96))
        draw.text((100, 300 + number * 120), body, fill="black", font=ImageFont.truetype(FONT, 64))
        slide.save(tmp_path / f"{number}.png")
        parts += ["-loop", "1", "-t", "20", "-r", "10", "-i", str(tmp_path / f"{number}.png")]
    source = tmp_path / "lesson.mp4"
    ffmpeg(*parts, "-f", "lavfi", "-i", "anoisesrc=c=brown:a=0.3", "-filter_complex", "[0][1]concat=n=2:v=1,format=yuv420p[v]", "-map", "[v]",
           "-map", "2:a", "-t", "40", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(source))  # fmt: skip
    with worker.app_context():
        asset_id = hand_in(source, "video/mp4", "video")
        while sum(jobs.work_once(lane) for lane in ("intake", "video", "scan")):
            continue
        assert states()["media.slides"] == (JobState.DONE, None)
        with unit.read():
            moments = transcript_queries.moments_of([asset_id])[asset_id]
            chapters = transcript_queries.chapters_of(asset_id)
        assert [at_s for at_s, _ in moments] == [0.0, pytest.approx(20, abs=1)]
        assert "平均分成四份" in moments[0][1]
        assert "同分母分数相加" in moments[1][1]
        assert chapters.are_suggested
        assert [mark.title for mark in chapters.marks] == ["情境导入", "巩固练习"]
