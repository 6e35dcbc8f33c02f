"""Tiny recordings of every kind, made by ffmpeg for one test each."""

import subprocess
from pathlib import Path

PICTURE = "testsrc2=s={size}:r={rate}"
SOUND = "sine=f=440:r={rate}"


def ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True, timeout=120)


def film(
    path: Path,
    *,
    size: str = "640x480",
    rate: str = "25",
    seconds: float = 3,
    codec: tuple[str, ...] = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    sound: tuple[str, ...] | None = ("-c:a", "aac"),
    channels: int = 2,
    filters: str = "null",
    extra: tuple[str, ...] = (),
) -> Path:
    """Write a recording; ``sound=None`` leaves it silent."""
    inputs = ["-f", "lavfi", "-i", PICTURE.format(size=size, rate=rate)]
    if sound is not None:
        inputs += ["-f", "lavfi", "-i", SOUND.format(rate=48000)]
        sound = (*sound, "-ac", str(channels), "-ar", "48000")
    ffmpeg(*inputs, "-t", str(seconds), "-vf", filters, *codec, *(sound or ()), *extra, str(path))
    return path


def late(source: Path, path: Path, *, by_s: float) -> Path:
    """Write the same recording with its picture later than its sound."""
    ffmpeg("-i", str(source), "-itsoffset", str(by_s), "-i", str(source), "-map", "1:v", "-map", "0:a", "-c", "copy", str(path))
    return path


def keyframe_times(path: Path) -> list[float]:
    return [float(line.split(",")[0]) for line in _packets(path) if ",K" in line]


def decodes(path: Path) -> bool:
    """Tell whether every frame of picture and sound decodes without a word of complaint."""
    done = subprocess.run(["ffmpeg", "-v", "warning", "-i", str(path), "-f", "null", "-"], capture_output=True, text=True, check=False)
    return done.returncode == 0 and not done.stderr


def streams(path: Path) -> list[str]:
    return ffprobe(path, "-show_entries", "stream=codec_type")


def ffprobe(path: Path, *options: str) -> list[str]:
    argv = ["ffprobe", "-v", "error", *options, "-of", "csv=p=0", str(path)]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()


def _packets(path: Path) -> list[str]:
    return ffprobe(path, "-select_streams", "v", "-show_entries", "packet=pts_time,flags")
