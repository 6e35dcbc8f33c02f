"""One MP4 out of a recording and the scenes of its board: a picture for each change, laid over time beside the teacher's.

Pictures are drawn only where something changed, so an hour of one slide costs one; the encoder repeats them. The sound is
the recording's own. Rule: the film is as long as the script says, whatever the recording holds.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from media_worker import sheets
from media_worker.probe import SAFE_OPTIONS
from media_worker.progress import Progress, TimeLeft
from media_worker.sandbox import Finished, Limits, run
from resource_hub.kernel.errors import N_, Broken, Unavailable
from resource_hub.media.schemas import FilmScript

Report = Callable[[float, float | None], None]
Check = Callable[[], None] | None
FPS = "25/2"
_BESIDE_TOP = 90
"""Level with the upper edge of a board of 16:9."""
_QUIET = ("ffmpeg", "-nostdin", "-nostats", "-y", "-v", "error", "-progress", "pipe:1")


def draw(script: FilmScript, pictures: Mapping[str, Path], folder: Path, *, has_picture: bool, report: Report, check: Check = None) -> None:
    """Write a picture for each scene into the folder; ``pictures`` are the sheets' own, where they have one."""
    given = folder / "script.json"
    shown = {name: {"file": str(path), **asdict(script.sheets[name])} for name, path in pictures.items()}
    written = {"has_picture": has_picture, "scenes": [asdict(scene) for scene in script.scenes], "sheets": shown}
    given.write_text(json.dumps(written), "utf-8")
    left = TimeLeft(len(script.scenes))

    def take(line: str) -> None:
        done = json.loads(line)["scene"] + 1
        report(left.fraction(done), left.after(done, time.monotonic()))

    argv = [sys.executable, "-I", "-B", str(sheets.__file__), str(given), str(folder)]
    done = run(argv, cwd=folder, limits=_drawing(len(script.scenes)), on_line=take, check=check)
    _heed(done, folder / sheets.name_of(len(script.scenes) - 1))


def encode(source: Path, script: FilmScript, folder: Path, *, has_picture: bool, report: Report, check: Check = None) -> Path:
    """Lay the pictures of ``draw`` over the recording's sound, its own picture beside them, and return the film."""
    made = folder / "film.mp4"
    seen, left = Progress(), TimeLeft(script.length_s)

    def take(line: str) -> None:
        step = seen.feed(line)
        if step is not None:
            report(left.fraction(step.done_s), left.after(step.done_s, time.monotonic()))

    argv = [
        *_QUIET, *_listed(script, folder), *SAFE_OPTIONS, "-i", f"file:{source}",
        "-filter_complex", _graph(has_picture=has_picture), "-map", "[film]", "-map", "1:a:0?", "-t", f"{script.length_s:.3f}",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-maxrate", "1200k", "-bufsize", "2400k", "-g", "125",
        "-c:a", "aac", "-b:a", "64k", "-ac", "1", "-ar", "48000", "-map_metadata", "-1", "-movflags", "+faststart", made.name,
    ]  # fmt: skip
    done = run(argv, cwd=folder, limits=_encoding(script.length_s), on_line=take, check=check)
    _heed(done, made)
    return made


def _listed(script: FilmScript, folder: Path) -> list[str]:
    """Return the options that read our own pictures, each for as long as its scene."""
    ends = [*(scene.at_s for scene in script.scenes[1:]), script.length_s]
    lines = ["ffconcat version 1.0"]
    for n, (scene, end_s) in enumerate(zip(script.scenes, ends, strict=True)):
        lines += [f"file {sheets.name_of(n)}", f"duration {max(end_s - scene.at_s, 0.04):.3f}"]
    names = folder / "scenes.ffconcat"
    names.write_text("\n".join(lines) + "\n", "utf-8")
    # Relative names of pictures: whatever the program that drew them was made to write, nothing else is opened.
    only = ["-protocol_whitelist", "file,pipe", "-format_whitelist", "concat,image2,jpeg_pipe"]
    return ["-f", "concat", "-safe", "1", *only, "-i", names.name]


def _graph(*, has_picture: bool) -> str:
    """The last picture stands until the film ends; where the recording is shorter, the board goes on alone."""
    board = f"[0:v]fps={FPS},tpad=stop=-1:stop_mode=clone,scale=out_range=tv,format=yuv420p,setsar=1"
    if not has_picture:
        return f"{board}[film]"
    wide = sheets.BESIDE
    face = f"[1:v:0]fps={FPS},scale={wide}:{wide}:force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1,format=yuv420p"
    place = f"x={sheets.WIDTH - wide}+({wide}-overlay_w)/2:y={_BESIDE_TOP}"
    return f"{board}[board];{face}[face];[board][face]overlay={place}:eof_action=pass[film]"


def _drawing(scenes: int) -> Limits:
    wall_s = 120 + 2 * scenes
    return Limits(wall_s=wall_s, cpu_s=wall_s, memory_mb=1200, address_mb=4000, file_mb=50, processes=8, nice=15)


def _encoding(length_s: float) -> Limits:
    wall_s = 600 + length_s * 8
    return Limits(wall_s=wall_s, cpu_s=int(wall_s * 4), memory_mb=2200, address_mb=8000, file_mb=8000, nice=15)


def _heed(done: Finished, made: Path) -> None:
    if "No space left" in done.stderr_tail:
        raise Unavailable(N_("服务器的临时空间已满，导出停在这里，录像不受影响；腾出空间后会自动继续。"), retry_after=120)
    if done.returncode != 0 or not made.exists():
        raise Broken from RuntimeError(done.stderr_tail[-2000:])
