"""Look at a media file with ffprobe: what is in it, how long it is, whether it is whole.

Names and headers lie: cover pictures are not video, streamed recordings carry no length, cut
files carry one that is too long. Rule: a playlist (hls, concat, dash) is never opened, since it
could name other files; only the containers listed here are.
"""

import json
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from media_worker.facts import Audio, Facts, Video
from media_worker.progress import Progress
from media_worker.sandbox import Limits, TooTalkative, run
from resource_hub.kernel.errors import N_, Invalid

CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,asf,mpegts,mpeg,mpegvideo,m4v,h264,hevc,ogg,rm,mxf,dv,ivf,nut,"
    "mp3,aac,flac,wav,w64,amr,amrnb,amrwb,aiff,caf,ape,ac3,eac3,dts,tta,wv,au"
)
SAFE_INPUT = {"protocol_whitelist": "file,pipe", "format_whitelist": CONTAINERS}
SAFE_OPTIONS = tuple(part for name, value in SAFE_INPUT.items() for part in (f"-{name}", value))
LONGEST_S = 24 * 3600
MOST_PIXELS = 8192 * 4608
_SAMPLE_S = 40
_MOST_LINES = 10_000
_MOST_PACKETS = _SAMPLE_S * 2000
_MOST_KEYFRAMES = 1_000_000
"""Hostile files hold more of them than memory."""
_WANTED = (
    "format=format_name,duration,start_time:stream=index,codec_type,codec_name,profile,level,pix_fmt,width,height,start_time,"
    "sample_aspect_ratio,field_order,avg_frame_rate,r_frame_rate,bit_rate,channels,sample_rate:"
    "stream_disposition=attached_pic,timed_thumbnails,still_image:stream_tags=rotate:stream_side_data=rotation"
)
"""Named one by one: tags may hold a book."""
_LIMITS = Limits(wall_s=600, cpu_s=300, memory_mb=1000)


class NotMedia(Invalid):
    code, message = "not_media", N_("这个文件里没有能播放的视频或声音。请在电脑上打开确认，再重新导出为 MP4 上传。原件已保存。")


class Damaged(Invalid):
    code, message = "damaged_media", N_("这个文件已损坏或没有录完，打不开。请从录像设备重新拷贝一份再上传；已上传的原件仍可下载。")


class NoFrames(Invalid):
    code, message = "no_frames", N_("这个视频里没有画面也没有声音（0 帧）。请检查录像设备，换一份文件再上传。")


class CutShort(Invalid):
    code = "cut_short"
    message = N_("这个文件不完整：应有 %(declared)s，实际只有 %(found)s。请从录像设备重新拷贝一份再上传；原件仍可下载。")


class TooLong(Invalid):
    code, message = "too_long", N_("这个录像超过 24 小时。请先分段，再分别上传。")


class TooManyPixels(Invalid):
    code, message = "too_many_pixels", N_("画面尺寸 %(width)s×%(height)s 太大。请导出为 4K 或更小再上传。")


def probe(path: Path, *, scratch: Path, check: Callable[[], None] | None = None) -> Facts:
    """Return the facts of ``path``; raises a subclass of Invalid that tells the uploader what is wrong."""
    found = _ask(path, scratch, check)
    streams: list[dict[str, Any]] = found.get("streams", [])
    moving = [s for s in streams if s.get("codec_type") == "video" and not _is_picture(s)]
    heard = [s for s in streams if s.get("codec_type") == "audio" and int(s.get("channels") or 0) > 0]
    if not moving and not heard:
        raise NotMedia
    shown = max(moving, key=lambda s: int(s.get("width") or 0) * int(s.get("height") or 0), default=None)
    begins_s = _number(found["format"].get("start_time"))
    video = _video(path, shown, begins_s, scratch, check) if shown else None
    audio = tuple(Audio(int(s["index"]), str(s.get("codec_name", "")), int(s["channels"]), int(s.get("sample_rate") or 0)) for s in heard)
    if video is None and not audio:
        raise NoFrames
    duration_s = _duration(path, found["format"], scratch, check)
    if duration_s <= 0:
        raise NoFrames
    if duration_s > LONGEST_S:
        raise TooLong
    return Facts(str(found["format"].get("format_name", "")), duration_s, path.stat().st_size, video, audio)


def keyframes(path: Path, video: Video, *, scratch: Path, check: Callable[[], None] | None = None) -> tuple[float, ...]:
    """Return the times of all keyframes, counted from the first; reads the whole file without decoding.

    Empty when they are unknown or too many to keep.
    """
    times: list[float] = []

    def take(line: str) -> None:
        time, _, flags = line.partition(",")
        if flags.startswith("K") and len(times) <= _MOST_KEYFRAMES:
            times.append(_seconds(time))

    argv = _ffprobe(path, "-select_streams", str(video.index), "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0")
    done = run(argv, cwd=scratch, limits=_LIMITS, on_line=take, check=check)
    if done.returncode != 0 or not 0 < len(times) <= _MOST_KEYFRAMES or any(map(math.isnan, times)):
        return ()
    return tuple(t - times[0] for t in sorted(times))


def clock_text(seconds: float) -> str:
    """Return a length as people write it: ``1:02:03`` or ``4:05``."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _ffprobe(path: Path, *options: str) -> list[str]:
    return ["ffprobe", "-v", "error", *SAFE_OPTIONS, *options, "-i", f"file:{path}"]


def _ask(path: Path, scratch: Path, check: Callable[[], None] | None) -> dict[str, Any]:
    """Return what ffprobe says of the file and its tracks, as far as anyone here asks."""
    lines: list[str] = []

    def take(line: str) -> None:
        # Ten thousand tracks are no recording.
        if len(lines) >= _MOST_LINES:
            raise TooTalkative
        lines.append(line)

    done = run(_ffprobe(path, "-of", "json=c=1", "-show_entries", _WANTED), cwd=scratch, limits=_LIMITS, on_line=take, check=check)
    if done.returncode != 0:
        if "not on whitelist" in done.stderr_tail or "not in whitelist" in done.stderr_tail:
            raise NotMedia
        raise Damaged
    found: dict[str, Any] = json.loads("\n".join(lines) or "{}")
    return found


def _is_picture(stream: Mapping[str, Any]) -> bool:
    """Tell cover art, thumbnails and lone pictures from a moving picture."""
    marks: Mapping[str, int] = stream.get("disposition", {})
    return bool(marks.get("attached_pic") or marks.get("timed_thumbnails") or marks.get("still_image")) or stream.get("codec_name") in {
        "png",
        "bmp",
        "webp",
        "gif",
        "tiff",
    }


def _video(path: Path, stream: Mapping[str, Any], begins_s: float, scratch: Path, check: Callable[[], None] | None) -> Video | None:
    """Return the facts of the moving picture, ``None`` when its track holds no frame."""
    index = int(stream["index"])
    times, keys = _sample(path, index, scratch, check)
    coded_width, coded_height = int(stream.get("width") or 0), int(stream.get("height") or 0)
    if not times or not coded_width or not coded_height:
        return None
    if coded_width * coded_height > MOST_PIXELS:
        raise TooManyPixels(width=coded_width, height=coded_height)
    rotation = _rotation(stream)
    aspect = _fraction(stream.get("sample_aspect_ratio"), ":")
    if not aspect or not Fraction(1, 4) <= aspect <= 4:
        aspect = Fraction(1)
    width, height = max(2, round(coded_width * aspect)), coded_height
    if rotation % 180:
        width, height = height, width
    variable, measured = _pace(times)
    named = _fraction(stream.get("avg_frame_rate"), "/") or _fraction(stream.get("r_frame_rate"), "/")
    fps = named if named and Fraction(1, 20) <= named <= 300 and not variable else measured or named or Fraction(25)
    rate = _number(stream.get("bit_rate"))
    return Video(
        index=index,
        codec=str(stream.get("codec_name", "")),
        profile=str(stream.get("profile", "")),
        level=int(stream.get("level") or 0),
        pix_fmt=str(stream.get("pix_fmt", "")),
        width=width,
        height=height,
        coded_width=coded_width,
        coded_height=coded_height,
        rotation=rotation,
        has_square_pixels=aspect == 1,
        is_interlaced=stream.get("field_order") in {"tt", "bb", "tb", "bt"},
        fps=fps,
        is_variable_rate=variable,
        keyframe_gap_s=max((b - a for a, b in pairwise(keys)), default=None),
        bitrate_kbps=rate / 1000 if rate else None,
        start_s=max(0.0, _number(stream.get("start_time")) - begins_s),
    )


def _sample(path: Path, index: int, scratch: Path, check: Callable[[], None] | None) -> tuple[list[float], list[float]]:
    """Return the times of the frames and of the keyframes in the first seconds; not decoded."""
    shown: list[tuple[float, bool]] = []
    stored: list[tuple[float, bool]] = []

    def take(line: str) -> None:
        pts, _, rest = line.partition(",")
        dts, _, flags = rest.partition(",")
        if len(shown) >= _MOST_PACKETS:
            raise TooTalkative
        shown.append((_seconds(pts), flags.startswith("K")))
        stored.append((_seconds(dts), flags.startswith("K")))

    entries = ("-show_entries", "packet=pts_time,dts_time,flags", "-of", "csv=p=0")
    argv = _ffprobe(path, "-select_streams", str(index), "-read_intervals", f"%+{_SAMPLE_S}", *entries)
    run(argv, cwd=scratch, limits=_LIMITS, on_line=take, check=check)
    # Old containers (AVI) keep only the order of storing.
    found = stored if any(math.isnan(time) for time, _ in shown) else shown
    if any(math.isnan(time) for time, _ in found):
        found = [(n / 25, is_key) for n, (_, is_key) in enumerate(found)]
    return sorted(time for time, _ in found), sorted(time for time, is_key in found if is_key)


def _pace(times: list[float]) -> tuple[bool, Fraction | None]:
    """Return whether the frames come unevenly, and their mean rate."""
    gaps = [b - a for a, b in pairwise(times) if b > a]
    if len(gaps) < 3:
        return False, None
    mean = sum(gaps) / len(gaps)
    # A container that counts milliseconds makes even frames differ by one of them.
    uneven = sum(1 for gap in gaps if abs(gap - mean) > max(0.25 * mean, 0.0021))
    # One odd gap at an end is how AVI and editors store the first frames.
    return uneven > max(2, len(gaps) // 50), Fraction(1 / mean).limit_denominator(1001)


def _duration(path: Path, container: Mapping[str, Any], scratch: Path, check: Callable[[], None] | None) -> float:
    """Return the true length: the declared one when the end of the file agrees, else by reading it all."""
    declared = _number(container.get("duration"))
    if declared > 0 and _end_near(path, declared, scratch, check) >= declared - _slack(declared):
        return declared
    found = _length_by_reading(path, scratch, check)
    if declared > 0 and found < declared - _slack(declared) and "mpeg" not in str(container.get("format_name")):
        raise CutShort(declared=clock_text(declared), found=clock_text(found))
    return found or declared


def _slack(duration_s: float) -> float:
    return max(2.0, duration_s * 0.02)


def _end_near(path: Path, declared: float, scratch: Path, check: Callable[[], None] | None) -> float:
    """Return the time of the last packet after a seek to near the declared end; 0 when there is none."""
    latest = 0.0

    def take(line: str) -> None:
        nonlocal latest
        seconds = _seconds(line.split(",", maxsplit=1)[0])
        latest = latest if math.isnan(seconds) else max(latest, seconds)

    argv = _ffprobe(path, "-read_intervals", f"{max(0.0, declared - 5):.3f}%", "-show_entries", "packet=pts_time", "-of", "csv=p=0")
    run(argv, cwd=scratch, limits=_LIMITS, on_line=take, check=check)
    return latest


def _length_by_reading(path: Path, scratch: Path, check: Callable[[], None] | None) -> float:
    """Return how much there is, by copying every packet to nowhere."""
    seen = Progress()
    argv = ["ffmpeg", "-v", "quiet", "-nostdin", *SAFE_OPTIONS, "-i", f"file:{path}", "-map", "0:v?", "-map", "0:a?", "-c", "copy",
            "-f", "null", "-progress", "pipe:1", "-"]  # fmt: skip

    def take(line: str) -> None:
        seen.feed(line)

    run(argv, cwd=scratch, limits=_LIMITS, on_line=take, check=check)
    return seen.done_s


def _rotation(stream: Mapping[str, Any]) -> int:
    """Return how far players turn the picture: 0, 90, 180 or 270."""
    sides: list[dict[str, Any]] = stream.get("side_data_list", [])
    turned = next((s["rotation"] for s in sides if "rotation" in s), stream.get("tags", {}).get("rotate", 0))
    return round(float(turned) / 90) * 90 % 360


def _fraction(text: object, sign: str) -> Fraction | None:
    above, _, below = str(text or "").partition(sign)
    if not (above.isdigit() and below.isdigit()) or int(below) == 0 or int(above) == 0:
        return None
    return Fraction(int(above), int(below))


def _number(given: object) -> float:
    """Return what ffprobe gave as a number; 0 where it knows none."""
    try:
        return float(str(given or 0))
    except ValueError:
        return 0.0


def _seconds(text: str) -> float:
    try:
        return float(text.strip().rstrip(","))
    except ValueError:
        return math.nan
