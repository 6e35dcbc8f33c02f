"""Slides and voice: a lesson as stills with times and speech, the whole at most 50 kbit/s.

For lines on which no picture moves. The stills are found on the smallest rendition (cheap) and
taken from a sharp one. Rules: the first still is at 0, never two within two seconds, speech at
most 32 kbit/s, all bytes together within 50 kbit/s of the length, and within half as much again
in any ten seconds: a line that carries the lesson must not stall where slides follow each other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops

from media_worker.probe import SAFE_OPTIONS
from media_worker.sandbox import Limits, run
from resource_hub.kernel.errors import Broken

WHOLE_KBPS = 50
VOICE_KBPS = 32
CLOSEST_S = 2.0
_WHOLE_MARGIN = 0.96
WINDOW_S = 10.0
MOST_IN_WINDOW = int((1.5 * WHOLE_KBPS * _WHOLE_MARGIN - VOICE_KBPS) * WINDOW_S * 1000 / 8)
"""Bytes of stills that may fall due within ten seconds beside the speech."""
_STILL_WIDTH = 960
_SAMPLES_A_SECOND = 2
_GRID = (128, 72)
_CHANGED = 24
"""Grey levels by which a point must differ to count: above the noise of a camera and of the encoder."""
_SCENE_SHARE = 0.012
"""A new line of writing on a slide changes about this much."""
_SETTLED_SHARE = 0.006
_RESTLESS_SHARE, _RESTLESS_S = 0.06, 8.0
"""In a picture that never settles (a camera that pans) a still is taken anyway after this."""
_LONGEST_S = 60.0
"""A teacher's face in the corner is no new slide, but once a minute it may be renewed."""
_SMALLEST_ROOM = 12_000
_QUALITIES = (76, 64, 50, 38)
_LIMITS = Limits(wall_s=2400, cpu_s=2400, file_mb=2000)

Check = Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment worth a still: ``change`` tells how much of the picture is new, 0 to 1."""

    at_s: float
    change: float


@dataclass(frozen=True, slots=True)
class Still:
    at_s: float
    path: Path
    width: int
    height: int
    bytes: int


def make_voice(sound: Path, folder: Path, *, check: Check = None) -> tuple[Path, float]:
    """Write the speech as an MP4 that every browser plays by range; return it and its kbit/s.

    The sound rendition is only packed anew; it is encoded again, lower, only when it is too rich.
    """
    made = folder / "voice.m4a"
    for codec in (("-c:a", "copy"), *(("-c:a", "aac", "-b:a", f"{kbps}k", "-ac", "1", "-ar", "16000") for kbps in (20, 16, 12))):
        argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", *SAFE_OPTIONS, "-i", f"file:{sound}", "-vn", *codec, "-map_metadata", "-1",
                "-movflags", "+faststart", made.name]  # fmt: skip
        done = run(argv, cwd=folder, limits=_LIMITS, check=check)
        if done.returncode != 0:
            raise Broken
        length_s = _length_s(made, folder, check)
        kbps = made.stat().st_size * 8 / 1000 / length_s
        if kbps <= VOICE_KBPS:
            break
    return made, kbps


def find_scenes(village: Path, duration_s: float, folder: Path, *, check: Check = None) -> list[Scene]:
    """Return the moments at which a new slide or scene stands, in order; the first is 0."""
    raw = folder / "scenes.raw"
    width, height = _GRID
    filters = f"fps={_SAMPLES_A_SECOND}:start_time=0,scale={width}:{height}:flags=area,format=gray"
    done = run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", *SAFE_OPTIONS, "-i", f"file:{village}", "-an", "-vf", filters,
         "-f", "rawvideo", raw.name],
        cwd=folder, limits=_LIMITS, check=check,
    )  # fmt: skip
    if done.returncode != 0:
        raise Broken
    found = _scenes(raw, duration_s)
    raw.unlink()
    return found


def take_stills(sharp: Path, scenes: Sequence[Scene], budget: int, folder: Path, *, check: Check = None) -> list[Still]:
    """Write stills of the scenes, at most ``budget`` bytes together, the greatest changes first; return them in order of time.

    It ends when what is left is no room for another: each frame costs a seek and a program.
    """
    kept: list[Still] = []
    spent = 0
    ordered = _by_worth(scenes)
    for n, scene in enumerate(ordered):
        left = budget - spent
        if left < (_SMALLEST_ROOM if kept else 1):
            break
        # Of any ten seconds around it: what stands on both sides counts, so that no window is over.
        near = MOST_IN_WINDOW - sum(still.bytes for still in kept if abs(still.at_s - scene.at_s) <= WINDOW_S)
        if near < (_SMALLEST_ROOM if kept else 1):
            continue
        frame = _frame(sharp, scene.at_s, folder, check)
        if frame is None:
            continue
        made = folder / f"still{n:04}.webp"
        # A little over a fair share: what simple slides leave goes to rich ones.
        share = max(left * 4 // 3 // (len(ordered) - n), _SMALLEST_ROOM)
        size = _squeeze(frame, made, min(left, near, share), is_first=not kept)
        frame.unlink()
        if size == 0:
            continue
        spent += size
        with Image.open(made) as image:
            kept.append(Still(scene.at_s, made, image.width, image.height, size))
    return sorted(kept, key=lambda s: s.at_s)


def budget_of(duration_s: float, voice_bytes: int) -> int:
    """Return the bytes that all stills may have together."""
    return max(0, int(duration_s * WHOLE_KBPS * 1000 / 8 * _WHOLE_MARGIN) - voice_bytes)


def _scenes(raw: Path, duration_s: float) -> list[Scene]:
    """Compare each sample with the last chosen one (is it new?) and with the one before (does it stand?)."""
    width, height = _GRID
    found = [Scene(0.0, 1.0)]
    chosen = before = None
    restless_since: float | None = None
    with raw.open("rb") as file:
        n = 0
        while len(data := file.read(width * height)) == width * height:
            at_s, n = n / _SAMPLES_A_SECOND, n + 1
            now = Image.frombytes("L", _GRID, data)
            if chosen is None or before is None:
                chosen = before = now
                continue
            change = _share(chosen, now)
            if change < _SCENE_SHARE:
                restless_since = None
            elif at_s < duration_s:
                restless_since = at_s if restless_since is None else restless_since
                # Standing is meant relatively: beside a new slide the teacher in the corner may go on moving.
                stands = _share(before, now) < max(_SETTLED_SHARE, change / 2)
                start_s = at_s - 1 / _SAMPLES_A_SECOND if stands else at_s
                waited_s = at_s - restless_since
                if (
                    (stands and (change >= _RESTLESS_SHARE or _share(before, now) < _SETTLED_SHARE))
                    or (change >= _RESTLESS_SHARE and waited_s >= _RESTLESS_S)
                    or waited_s >= _LONGEST_S
                ) and start_s - found[-1].at_s >= CLOSEST_S:
                    found.append(Scene(start_s, change))
                    chosen, restless_since = now, None
            before = now
    return found


def _share(one: Image.Image, other: Image.Image) -> float:
    counts = ImageChops.difference(one, other).histogram()
    return sum(counts[_CHANGED:]) / (_GRID[0] * _GRID[1])


def _by_worth(scenes: Sequence[Scene]) -> list[Scene]:
    """The first still always, then the greatest changes."""
    return [*scenes[:1], *sorted(scenes[1:], key=lambda s: -s.change)]


def _frame(sharp: Path, at_s: float, folder: Path, check: Check) -> Path | None:
    """Write the frame half a second into the scene; ``None`` past the end."""
    made = folder / "frame.png"
    made.unlink(missing_ok=True)
    scale = f"scale=min({_STILL_WIDTH}\\,iw):-2"
    for seek_s in (at_s + 0.5, at_s):
        run(
            ["ffmpeg", "-v", "error", "-nostdin", "-y", *SAFE_OPTIONS, "-ss", f"{seek_s:.3f}", "-i", f"file:{sharp}", "-an", "-vf", scale,
             "-frames:v", "1", made.name],
            cwd=folder, limits=_LIMITS, check=check,
        )  # fmt: skip
        if made.exists():
            return made
    return None


def _squeeze(frame: Path, made: Path, room: int, *, is_first: bool) -> int:
    """Write ``frame`` as WebP within ``room`` bytes and return its size, 0 when it does not fit.

    The first still is shrunk until it fits: no lesson is without a picture.
    """
    with Image.open(frame) as image:
        picture = image.convert("RGB")
    while True:
        for quality in _QUALITIES:
            picture.save(made, "WEBP", quality=quality, method=4)
            if (size := made.stat().st_size) <= room:
                return size
        if picture.width <= (128 if is_first else _STILL_WIDTH * 2 // 3):
            made.unlink()
            return 0
        picture = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3))


def _length_s(path: Path, folder: Path, check: Check) -> float:
    argv = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", "-i", f"file:{path}"]
    done = run(argv, cwd=folder, limits=_LIMITS, check=check)
    try:
        return max(0.001, float(done.stdout_tail.strip()))
    except ValueError:
        raise Broken from None
