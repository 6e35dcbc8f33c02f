"""Join what recorders of a browser left, chunk after chunk, to one file that plays.

A recorder that was killed leaves a file without an end, a hole leaves one without a middle, each start of a recorder a file
of its own. Packets are copied, never encoded, so that an hour is joined in seconds; the time between two recorders stays
in the time line as far as ``media.rules`` says, for whoever plays it in step with a clock. Only recorders that cannot be
laid behind each other as they are (another size, another codec) are encoded to the form of the rest.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from media_worker.probe import SAFE_OPTIONS, Damaged
from media_worker.sandbox import Finished, Limits, run
from resource_hub.kernel.errors import N_, Broken, Unavailable
from resource_hub.media import rules
from resource_hub.media.schemas import Family, Placed

Check = Callable[[], None] | None
_QUIET = ("ffmpeg", "-nostdin", "-y", "-v", "error")
_LIMITS = Limits(wall_s=1800, cpu_s=900, memory_mb=1500, file_mb=12_000)
_ENCODING = Limits(wall_s=4 * 3600, cpu_s=8 * 3600, memory_mb=2200, address_mb=8000, file_mb=12_000)
_IN_MP4 = {"h264", "aac", "opus"}
"""What players take in MP4; anything else of a browser's recorder goes into WebM."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one recorder left, as a whole file: ``form`` is the same for parts that can be laid behind each other as they are."""

    path: Path
    at_ms: int
    length_s: float
    codecs: tuple[str, ...]
    form: str
    size: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class JoinedFile:
    path: Path
    media_type: str
    family: Family
    placed: tuple[Placed, ...]


def mend(raw: Path, at_ms: int, folder: Path, number: int, *, check: Check = None) -> Part | None:
    """Lay the packets of ``raw`` into a whole file and say what it is; ``None`` when nothing of it can be played."""
    path = folder / f"part-{number}.mkv"
    argv = [*_QUIET, "-fflags", "+genpts+discardcorrupt", *SAFE_OPTIONS, "-i", f"file:{raw}", "-map", "0:v:0?", "-map", "0:a:0?"]
    done = run([*argv, "-c", "copy", "-avoid_negative_ts", "make_zero", path.name], cwd=folder, limits=_LIMITS, check=check)
    _heed_room(done)
    if not path.exists() or path.stat().st_size == 0:
        return None
    return _part(path, at_ms, folder, check)


def join(parts: Sequence[Part], folder: Path, *, check: Check = None) -> JoinedFile:
    """Lay parts behind each other in their order of time; raises Damaged when there is none."""
    if not parts:
        raise Damaged
    ordered = sorted(parts, key=lambda part: part.at_ms)
    even = _evened(ordered, folder, check)
    placed = tuple(rules.place_pieces([(part.at_ms, part.length_s) for part in even]))
    is_mp4 = all(codec in _IN_MP4 for part in even for codec in part.codecs)
    has_picture = any(part.size for part in even)
    out = folder / ("joined.mp4" if is_mp4 else "joined.webm")
    given = _listed(even, placed, folder) if len(even) > 1 else [*SAFE_OPTIONS, "-i", f"file:{even[0].path}"]
    tail = ["-movflags", "+faststart"] if is_mp4 else []
    # A head of its own each: what was copied keeps its times, so the time between two parts stays where it was.
    done = run([*_QUIET, *given, "-map", "0", "-c", "copy", *tail, out.name], cwd=folder, limits=_LIMITS, check=check)
    _heed_room(done)
    if done.returncode != 0 or not out.exists():
        raise Broken
    kind = "video" if has_picture else "audio"
    return JoinedFile(out, f"{kind}/{'mp4' if is_mp4 else 'webm'}", "video" if has_picture else "audio", placed)


def _listed(parts: Sequence[Part], placed: Sequence[Placed], folder: Path) -> list[str]:
    """Return the options that read our own parts one after the other; the length given for each includes the gap after it."""
    lines = ["ffconcat version 1.0"]
    for n, part in enumerate(parts):
        lines.append(f"file {part.path.name}")
        if n + 1 < len(parts):
            lines.append(f"duration {placed[n + 1].start_s - placed[n].start_s:.3f}")
    names = folder / "parts.ffconcat"
    names.write_text("\n".join(lines) + "\n", "utf-8")
    # The only playlist that is ever opened, and it is ours: relative names of files that we made.
    return ["-f", "concat", "-safe", "1", "-protocol_whitelist", "file,pipe", "-i", names.name]


def _part(path: Path, at_ms: int, folder: Path, check: Check) -> Part | None:
    lines: list[str] = []
    wanted = "format=duration:stream=codec_type,codec_name,width,height,sample_rate,channels,extradata_hash"
    argv = ["ffprobe", "-v", "error", *SAFE_OPTIONS, "-show_data_hash", "md5", "-of", "json=c=1", "-show_entries", wanted, f"file:{path}"]
    done = run(argv, cwd=folder, limits=_LIMITS, on_line=lines.append, check=check)
    if done.returncode != 0:
        return None
    found = json.loads("".join(lines))
    streams = sorted(found.get("streams", []), key=lambda stream: str(stream.get("codec_type")))
    length_s = float(found.get("format", {}).get("duration") or 0)
    if not streams or length_s <= 0:
        return None
    picture = next((stream for stream in streams if stream.get("codec_type") == "video"), None)
    return Part(
        path, at_ms, length_s, tuple(str(stream.get("codec_name")) for stream in streams), _form(streams),
        (int(picture["width"]), int(picture["height"])) if picture else None,
    )  # fmt: skip


def _form(streams: Sequence[dict[str, object]]) -> str:
    """The head of VP8 says its size anew with each key picture; of H.264 the one head of the file must fit all."""
    heads = [
        (stream.get("codec_name"), stream.get("sample_rate"), stream.get("channels"))
        + ((stream.get("width"), stream.get("height"), stream.get("extradata_hash")) if stream.get("codec_name") == "h264" else ())
        for stream in streams
    ]
    return hashlib.sha256(repr(heads).encode()).hexdigest()


def _evened(parts: Sequence[Part], folder: Path, check: Check) -> list[Part]:
    """Return the parts in one form; they are encoded when they differ, since a file has one head."""
    if len({part.form for part in parts}) == 1:
        return list(parts)
    size = next((part.size for part in parts if part.size), None)
    return [_encoded(part, n, size, folder, check) for n, part in enumerate(parts)]


def _encoded(part: Part, number: int, size: tuple[int, int] | None, folder: Path, check: Check) -> Part:
    path = folder / f"even-{number}.mkv"
    argv = [*_QUIET, *SAFE_OPTIONS, "-i", f"file:{part.path}"]
    argv += ["-f", "lavfi", "-t", f"{part.length_s:.3f}", "-i", "anullsrc=r=48000:cl=mono"]
    sound = ["-map", "0:a:0"] if len(part.codecs) > bool(part.size) else ["-map", "1:a:0"]
    if size is not None:
        argv += [] if part.size else ["-f", "lavfi", "-t", f"{part.length_s:.3f}", "-i", f"color=black:s={size[0]}x{size[1]}:r=5"]
        shape = f"scale={size[0]}:{size[1]}:force_original_aspect_ratio=decrease,pad={size[0]}:{size[1]}:-1:-1,setsar=1,format=yuv420p"
        argv += [
            "-map",
            "0:v:0" if part.size else "2:v:0",
            "-vf",
            shape,
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "24",
            "-g",
            "40",
        ]
    argv += [*sound, "-c:a", "aac", "-b:a", "64k", "-ac", "1", "-ar", "48000", path.name]
    done = run(argv, cwd=folder, limits=_ENCODING, check=check)
    _heed_room(done)
    found = _part(path, part.at_ms, folder, check) if done.returncode == 0 else None
    if found is None:
        raise Broken
    return replace(found, length_s=part.length_s, form="")


def _heed_room(done: Finished) -> None:
    if "No space left" in done.stderr_tail:
        raise Unavailable(N_("服务器的临时空间已满，录像片段都已保存，腾出空间后会自动继续合成。"), retry_after=120)
