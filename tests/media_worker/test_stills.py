"""Poster, storyboard, waveform, and slides with voice."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from media_worker import slides, stills, transcode
from media_worker.probe import probe
from tests.media_worker.footage import decodes, ffmpeg, ffprobe, film

pytestmark = pytest.mark.slow
SLIDES_AT = (0.0, 6.0, 11.0, 17.0)
LESSON_S = 22.0


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A lesson of four slides with a moving corner, and its renditions by label."""
    folder = tmp_path_factory.mktemp("lesson")
    parts: list[str] = []
    for n, (start, end) in enumerate(zip(SLIDES_AT, [*SLIDES_AT[1:], LESSON_S], strict=True)):
        picture = Image.new("RGB", (1280, 720), "white")
        draw = ImageDraw.Draw(picture)
        for line in range(5):
            draw.rectangle((80, 80 + line * 120, 300 + (n * 211 + line * 97) % 700, 130 + line * 120), fill=(20, 60 * n, 90))
        picture.save(folder / f"{n}.png")
        parts += ["-loop", "1", "-t", str(end - start), "-i", str(folder / f"{n}.png")]
    graph = "[0][1][2][3]concat=n=4:v=1,fps=25[s];[4]scale=160:120[c];[s][c]overlay=1100:580:shortest=1,format=yuv420p[v]"
    ffmpeg(*parts, "-f", "lavfi", "-i", "testsrc2=s=160x120:r=25", "-f", "lavfi", "-i", "anoisesrc=c=brown:a=0.3", "-filter_complex", graph,
           "-map", "[v]", "-map", "5:a", "-t", str(LESSON_S), "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", str(folder / "s.mp4"))  # fmt: skip
    made = transcode.make_ladder(folder / "s.mp4", probe(folder / "s.mp4", scratch=folder), folder)
    return {r.label: r.path for r in made} | {"source": folder / "s.mp4"}


def test_a_poster_is_a_small_picture_of_the_recording(lesson: dict[str, Path], tmp_path: Path) -> None:
    made = stills.poster(lesson["source"], probe(lesson["source"], scratch=tmp_path), tmp_path)
    with Image.open(made) as image:
        assert (image.format, image.size) == ("JPEG", (1280, 720))


def test_every_moment_has_its_place_on_a_sheet(lesson: dict[str, Path], tmp_path: Path) -> None:
    board = stills.storyboard(lesson["240"], 426, 240, LESSON_S, tmp_path)
    with Image.open(board.sheets[0]) as sheet:
        columns, rows = sheet.width // board.tile_width, sheet.height // board.tile_height
    places = re.findall(r"\{url:(\d{3})\}#xywh=(\d+),(\d+),(\d+),(\d+)", board.vtt)
    assert len(places) == 11
    assert len(set(places)) == len(places)
    for sheet_label, x, y, width, height in places:
        assert int(sheet_label) < len(board.sheets)
        assert int(x) + int(width) <= columns * board.tile_width
        assert int(y) + int(height) <= rows * board.tile_height
    assert board.vtt.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n")
    assert "--> 00:00:22.000" in board.vtt


def test_a_waveform_tells_loud_from_quiet(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "aevalsrc=0.8*sin(2*PI*300*t)*gt(t\\,2):d=4:s=16000", "-c:a", "aac", str(tmp_path / "s.m4a"))
    wave = json.loads(stills.waveform(tmp_path / "s.m4a", 4, tmp_path))
    assert len(wave["peaks"]) == 40
    assert max(wave["peaks"][:19]) < 5
    assert min(wave["peaks"][23:38]) > 50


def test_slides_are_found_when_they_come(lesson: dict[str, Path], tmp_path: Path) -> None:
    scenes = slides.find_scenes(lesson["240"], LESSON_S, tmp_path)
    assert len(scenes) == len(SLIDES_AT)
    assert all(abs(scene.at_s - at_s) <= 1.0 for scene, at_s in zip(scenes, SLIDES_AT, strict=True))


def test_slides_and_voice_fit_the_thinnest_line(lesson: dict[str, Path], tmp_path: Path) -> None:
    voice, kbps = slides.make_voice(lesson["a22"], tmp_path)
    scenes = slides.find_scenes(lesson["240"], LESSON_S, tmp_path)
    taken = slides.take_stills(lesson["720"], scenes, slides.budget_of(LESSON_S, voice.stat().st_size), tmp_path)
    assert kbps <= slides.VOICE_KBPS
    assert taken[0].at_s == 0
    assert len(taken) == len(SLIDES_AT)
    assert (voice.stat().st_size + sum(s.path.stat().st_size for s in taken)) * 8 / 1000 / LESSON_S <= slides.WHOLE_KBPS
    assert decodes(voice)
    assert ffprobe(voice, "-show_entries", "stream=codec_name,channels") == ["aac,1"]
    assert voice.read_bytes().index(b"moov") < voice.read_bytes().index(b"mdat")


def test_a_restless_picture_keeps_the_budget_and_the_distance(tmp_path: Path) -> None:
    village = film(tmp_path / "s.mp4", size="426x240", rate="10", seconds=30, filters="noise=alls=80:allf=t+u,rotate=t")
    scenes = slides.find_scenes(village, 30, tmp_path)
    assert all(b.at_s - a.at_s >= slides.CLOSEST_S for a, b in pairwise(scenes))
    budget = 40_000
    taken = slides.take_stills(village, scenes, budget, tmp_path)
    assert taken[0].at_s == 0
    assert sum(s.path.stat().st_size for s in taken) <= budget


def test_a_voice_that_is_too_rich_is_made_thinner(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "anoisesrc=c=pink:a=0.4:d=12", "-ac", "2", "-c:a", "aac", "-b:a", "128k", str(tmp_path / "rich.m4a"))
    assert slides.make_voice(tmp_path / "rich.m4a", tmp_path)[1] <= slides.VOICE_KBPS


def test_slides_that_follow_each_other_fit_any_ten_seconds(tmp_path: Path) -> None:
    village = film(tmp_path / "s.mp4", size="640x360", rate="10", seconds=24, filters="noise=alls=90:allf=t+u,rotate=t")
    scenes = slides.find_scenes(village, 24, tmp_path)
    taken = slides.take_stills(village, scenes, 10_000_000, tmp_path)
    due = {still.at_s: still.path.stat().st_size for still in taken}
    assert sum(due.values()) > slides.MOST_IN_WINDOW, "more than one window has to give"
    for at_s in due:
        assert sum(size for other, size in due.items() if at_s <= other < at_s + slides.WINDOW_S) <= slides.MOST_IN_WINDOW
