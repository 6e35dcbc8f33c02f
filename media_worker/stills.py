"""Pictures and curves that stand for a recording: poster, storyboard, waveform.

The poster comes from the original; the rest from the smallest renditions, which decode in a
fraction of the time and are the same lesson.
"""

import json
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from media_worker.facts import Facts
from media_worker.probe import SAFE_OPTIONS, Damaged
from media_worker.sandbox import Limits, run
from resource_hub.kernel.errors import Broken

POSTER_WIDTH = 1280
TILE_WIDTH = 160
TILES_A_SIDE = 5
WAVEFORM_POINTS = 1000
_SHORTEST_STEP_S, _LONGEST_STEP_S, _TILES = 2.0, 30.0, 120
_KEYFRAME_STEP_S = 4.5
"""Renditions have a keyframe every four seconds; a coarser storyboard needs nothing but those."""
_LIMITS = Limits(wall_s=1200, cpu_s=1200, file_mb=1000)
_WAVE_RATE = 2000

Check = Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class Storyboard:
    """Sheets of small pictures and the WebVTT that says which one stands for which seconds (``{url:<sheet>}``)."""

    sheets: tuple[Path, ...]
    vtt: str
    tile_width: int
    tile_height: int


def poster(source: Path, facts: Facts, folder: Path, *, check: Check = None) -> Path:
    """Write a telling frame from the first part of the recording as JPEG; raises Damaged when none can be decoded."""
    if facts.video is None:
        raise Damaged
    made = folder / "poster.jpg"
    width = min(POSTER_WIDTH, facts.video.width)
    filters = f"thumbnail=25,scale={width}:-2,setsar=1,format=yuvj420p"
    # From a tenth in, past the empty room; when that cannot be reached, from the start.
    for at_s in (min(facts.duration_s * 0.1, 120.0), 0.0):
        done = run(
            ["ffmpeg", "-v", "error", "-nostdin", "-y", *SAFE_OPTIONS, "-ss", f"{at_s:.3f}", "-i", f"file:{source}",
             "-map", f"0:{facts.video.index}", "-vf", filters, "-frames:v", "1", "-q:v", "4", "-map_metadata", "-1", made.name],
            cwd=folder, limits=_LIMITS, check=check,
        )  # fmt: skip
        if done.returncode == 0 and made.exists() and made.stat().st_size:
            return made
    raise Damaged


def storyboard(rendition: Path, width: int, height: int, duration_s: float, folder: Path, *, check: Check = None) -> Storyboard:
    """Write the sheets of a storyboard of the smallest video rendition."""
    step_s = min(max(duration_s / _TILES, _SHORTEST_STEP_S), _LONGEST_STEP_S)
    tile_width, tile_height = _tile(width, height)
    filters = f"fps=1/{step_s:.4f}:round=up:start_time=0,scale={tile_width}:{tile_height},tile={TILES_A_SIDE}x{TILES_A_SIDE}"
    only_keys = ["-skip_frame", "nokey"] if step_s >= _KEYFRAME_STEP_S else []
    done = run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", *SAFE_OPTIONS, *only_keys, "-i", f"file:{rendition}", "-an", "-vf", filters,
         "-q:v", "6", "-fps_mode", "passthrough", "sheet%03d.jpg"],
        cwd=folder, limits=_LIMITS, check=check,
    )  # fmt: skip
    sheets = tuple(sorted(folder.glob("sheet*.jpg")))
    if done.returncode != 0 or not sheets:
        raise Broken
    return Storyboard(sheets, _storyboard_vtt(step_s, duration_s, tile_width, tile_height, len(sheets)), tile_width, tile_height)


def waveform(rendition: Path, duration_s: float, folder: Path, *, check: Check = None) -> str:
    """Return the loudness over time as JSON: at most 1,000 peaks of 0 to 100."""
    raw = folder / "wave.raw"
    done = run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", *SAFE_OPTIONS, "-i", f"file:{rendition}", "-vn", "-ac", "1", "-ar", str(_WAVE_RATE),
         "-f", "s16le", raw.name],
        cwd=folder, limits=_LIMITS, check=check,
    )  # fmt: skip
    if done.returncode != 0:
        raise Broken
    points = min(WAVEFORM_POINTS, max(1, round(duration_s * 10)))
    peaks = _peaks(raw, points)
    raw.unlink()
    return json.dumps({"duration_s": round(duration_s, 2), "peaks": peaks}, separators=(",", ":"))


def _peaks(raw: Path, points: int) -> list[int]:
    """Return the highest value of each of ``points`` stretches, 0 to 100, read piece by piece."""
    samples = raw.stat().st_size // 2
    each = max(1, -(-samples // points))
    found = []
    with raw.open("rb") as file:
        while piece := file.read(each * 2):
            values = array("h", piece[: len(piece) // 2 * 2])
            found.append(min(100, round(max(max(values, default=0), -min(values, default=0)) / 327.67)))
    return list(islice(found, points))


def _tile(width: int, height: int) -> tuple[int, int]:
    """Return the size of a tile: the long side 160, both even."""
    share = TILE_WIDTH / max(width, height)
    return max(2, round(width * share / 2) * 2), max(2, round(height * share / 2) * 2)


def _storyboard_vtt(step_s: float, duration_s: float, width: int, height: int, sheets: int) -> str:
    a_sheet = TILES_A_SIDE**2
    cues = ["WEBVTT", ""]
    for n in range(min(sheets * a_sheet, max(1, int(duration_s / step_s + 0.999)))):
        sheet, place = divmod(n, a_sheet)
        row, column = divmod(place, TILES_A_SIDE)
        cues += [
            f"{_stamp(n * step_s)} --> {_stamp(min((n + 1) * step_s, max(duration_s, n * step_s + 0.1)))}",
            f"{{url:{sheet:03}}}#xywh={column * width},{row * height},{width},{height}",
            "",
        ]
    return "\n".join(cues)


def _stamp(seconds: float) -> str:
    millis = round(seconds * 1000)
    return f"{millis // 3_600_000:02}:{millis // 60_000 % 60:02}:{millis // 1000 % 60:02}.{millis % 1000:03}"
