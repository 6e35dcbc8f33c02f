"""A film of a board: drawn within walls from a script, laid over a real recording by real ffmpeg."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from media_worker import film, sheets
from resource_hub.media.schemas import FilmScene, FilmScript, FilmSheet, FilmStroke
from tests.media_worker import footage

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ACROSS = ((200, 500), (1800, 500))
RED = FilmStroke("#d1410c", 10, is_marker=False, points=ACROSS)
YELLOW = FilmStroke("#f3d34a", 40, is_marker=True, points=ACROSS)
SLIDE = FilmSheet("renditions/x", 400, 300)


def nothing(_fraction: float, _left_s: float | None) -> None:
    """Nobody waits here."""


def draw(script: FilmScript, folder: Path, pictures: Mapping[str, Path] | None = None, *, has_picture: bool = True) -> list[Image.Image]:
    film.draw(script, pictures or {}, folder, has_picture=has_picture, report=nothing)
    return [Image.open(folder / sheets.name_of(n)).convert("RGB") for n in range(len(script.scenes))]


def is_like(colour: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(one - other) < 40 for one, other in zip(colour, wanted, strict=True))


def script(*scenes: FilmScene, length_s: float = 8, slides: Mapping[str, FilmSheet] | None = None) -> FilmScript:
    return FilmScript(length_s, scenes, slides or {})


def test_strokes_come_go_and_lie_under_the_pointer(tmp_path: Path) -> None:
    blank, written, wiped, shown = draw(
        script(
            FilmScene(0, "board/1", 0, ()),
            FilmScene(1, "board/1", 0, (RED,)),
            FilmScene(2, "board/1", 0, ()),
            FilmScene(3, "board/1", 0, (), (500, 500)),
        ),
        tmp_path,
    )
    # A sheet of 960×540 in the middle of a board of 960×720: a stroke at 500 of 2,000ths of its width lies 240 below its top.
    on_stroke, centre = (480, 90 + 240), (480, 360)
    assert [is_like(one.getpixel(on_stroke), (255, 255, 255)) for one in (blank, written, wiped)] == [True, False, True]
    assert is_like(written.getpixel(on_stroke), (0xD1, 0x41, 0x0C))
    assert is_like(shown.getpixel(centre), (0xD1, 0x41, 0x0C))
    assert is_like(blank.getpixel(centre), (255, 255, 255))
    assert {one.size for one in (blank, written)} == {(1280, 720)}


def test_a_marker_leaves_the_slide_below_it_readable_and_a_damaged_page_is_blank(tmp_path: Path) -> None:
    slide, damaged = tmp_path / "slide", tmp_path / "damaged"
    halves = Image.new("RGB", (400, 300), "white")
    halves.paste("black", (200, 0, 400, 300))
    halves.save(slide, "WEBP", lossless=True)
    damaged.write_bytes(b"RIFF\x20\x00\x00\x00WEBPVP8 " + bytes(16))
    marked, broken = draw(
        script(FilmScene(0, "deck/1", 0, (YELLOW,)), FilmScene(1, "deck/2", 0, (RED,)), slides={"deck/1": SLIDE, "deck/2": SLIDE}),
        tmp_path,
        {"deck/1": slide, "deck/2": damaged},
        has_picture=False,
    )
    # 960×720 in the middle of 1280.
    assert is_like(marked.getpixel((160 + 240, 240)), (250, 238, 187))
    assert is_like(marked.getpixel((160 + 720, 240)), (0, 0, 0))
    assert is_like(broken.getpixel((160 + 240, 240)), (0xD1, 0x41, 0x0C))
    assert is_like(broken.getpixel((160 + 240, 600)), (255, 255, 255))


@pytest.mark.parametrize("has_picture", [True, False], ids=["picture", "sound alone"])
def test_the_film_is_as_long_as_its_script_and_changes_where_it_says(tmp_path: Path, has_picture: bool) -> None:
    wanted = script(FilmScene(0, "board/1", 0, ()), FilmScene(4, "board/1", 0, (RED,)), length_s=8)
    source = tmp_path / "source.mp4"
    if has_picture:
        footage.film(source, seconds=6)
    else:
        footage.ffmpeg("-f", "lavfi", "-i", "sine=f=440:r=48000", "-t", "6", "-c:a", "aac", str(source))
    draw(wanted, tmp_path, has_picture=has_picture)
    made = film.encode(source, wanted, tmp_path, has_picture=has_picture, report=nothing)
    assert sorted(footage.streams(made)) == ["audio", "video"]
    assert float(footage.ffprobe(made, "-show_entries", "format=duration")[0]) == pytest.approx(8, abs=0.2)
    assert footage.decodes(made)
    place = (480, 330) if has_picture else (640, 320)
    before, after = frame(made, 3.5, tmp_path).getpixel(place), frame(made, 4.5, tmp_path).getpixel(place)
    assert is_like(before, (255, 255, 255))
    assert is_like(after, (0xD1, 0x41, 0x0C))
    darkest, brightest = frame(made, 2, tmp_path).crop((960, 90, 1280, 330)).convert("L").getextrema()
    assert (brightest - darkest > 100) is has_picture  # type: ignore[operator]  # one band


def frame(path: Path, second: float, folder: Path) -> Image.Image:
    made = folder / "frame.png"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-ss", str(second), "-i", str(path), "-frames:v", "1", str(made)], check=True, timeout=60
    )
    return Image.open(made).convert("RGB")
