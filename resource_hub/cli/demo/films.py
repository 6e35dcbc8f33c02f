"""Short real films: slides with a moving teacher, or a class seen from the back, with speech.

Frames are drawn by Pillow and piped to ffmpeg together with the speech of espeak-ng. The
teacher's mouth follows the loudness of the voice; drawings grow while they are talked about.
Rule: pupils are only ever seen from behind, as the district asks of real recordings.
"""

import array
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from resource_hub.cli.demo import speech
from resource_hub.cli.demo.drawings import draw
from resource_hub.cli.demo.drawings.canvas import font
from resource_hub.cli.demo.writing.films import Film, Scene
from resource_hub.kernel.errors import N_, Unavailable

WIDTH, HEIGHT = 1280, 720
FRAME_RATE = 10

_BOARD = (836, 470)
_PAUSE_S = 0.6
_ENCODE_S = 300
_TEAL, _INK, _PAPER = "#1f6f6b", "#23313d", "#fbfaf6"


@dataclass(frozen=True, slots=True)
class Take:
    """A scene with its sound and the loudness of each frame (0 to 1)."""

    scene: Scene
    sound: bytes
    loudness: Sequence[float]


def film_file(film: Film, path: Path) -> None:
    """Write the film as H.264 and AAC at ``path``; raises Unavailable when a program is missing."""
    takes = [_take(scene) for scene in film.scenes]
    with tempfile.TemporaryDirectory(prefix="hub-film-") as folder:
        sound = Path(folder) / "speech.wav"
        sound.write_bytes(speech.wave_file(b"".join(take.sound for take in takes)))
        grain = ["-vf", "noise=alls=9:allf=t"] if film.look == "camera" else []
        tune = ["-crf", "30"] if film.look == "camera" else ["-crf", "24", "-tune", "animation"]
        raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FRAME_RATE), "-i", "-"]
        picture = ["-c:v", "libx264", "-preset", "veryfast", *tune, "-pix_fmt", "yuv420p", "-g", str(FRAME_RATE * 4), "-threads", "2"]
        voice = ["-c:a", "aac", "-b:a", "64k", "-ac", "1", "-movflags", "+faststart"]
        command = ["ffmpeg", "-v", "error", "-y", *raw, "-i", str(sound), *grain, *picture, *voice, *_fixed(film.title), str(path)]
        _pipe(command, _frames(film, takes))


def sound_file(sentences: Sequence[str], title: str, path: Path) -> None:
    """Write sentences with rests between them as AAC at ``path``."""
    sound = b"".join(speech.speak(sentence) + speech.silence(1.6) for sentence in sentences)
    command = ["ffmpeg", "-v", "error", "-y", "-f", "wav", "-i", "-", "-c:a", "aac", "-b:a", "64k", *_fixed(title), str(path)]
    _pipe(command, iter([speech.wave_file(sound)]))


def _fixed(title: str) -> list[str]:
    """Return options that keep the file free of the moment it was made."""
    return ["-map_metadata", "-1", "-metadata", f"title={title}", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]


def _pipe(command: Sequence[str], chunks: Iterator[bytes]) -> None:
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as encoder:
            if encoder.stdin is None:
                raise BrokenPipeError
            for chunk in chunks:
                encoder.stdin.write(chunk)
            _, said = encoder.communicate(timeout=_ENCODE_S)
    except OSError as error:
        raise Unavailable(N_("缺少 ffmpeg，示例视频没有做出来。请安装 ffmpeg 后再生成示例资料。")) from error
    if encoder.returncode:
        raise Unavailable(N_("ffmpeg 没有做出示例视频：%(said)s"), said=said.decode(errors="replace")[-200:])


def _take(scene: Scene) -> Take:
    sound = speech.speak(scene.speech) + speech.silence(_PAUSE_S)
    frames = round(speech.seconds_of(sound) * FRAME_RATE)
    step = speech.RATE // FRAME_RATE * speech.SAMPLE_BYTES
    sound = sound[: frames * step].ljust(frames * step, b"\0")
    return Take(scene, sound, [_loudness(sound[at * step : (at + 1) * step]) for at in range(frames)])


def _loudness(samples: bytes) -> float:
    values = array.array("h", samples)
    return min(1.0, sum(map(abs, values)) / max(len(values), 1) / 5000)


def _frames(film: Film, takes: Sequence[Take]) -> Iterator[bytes]:
    """Yield the pictures; a drawing is finished at three quarters of its scene."""
    number = 0
    for take in takes:
        page = _page(take.scene)
        ink, shown = -1.0, page
        for at, loud in enumerate(take.loudness):
            share = min(1.0, at / (len(take.loudness) * 0.75))
            if share != ink and at % 2 == 0:
                ink = share
                shown = page.copy()
                shown.paste(draw(take.scene.picture, ink=ink, width=720), (510, 190))
                shown = shown.resize(_BOARD) if film.look == "camera" else shown
            frame = _class_frame(shown, number, loud) if film.look == "camera" else _slide_frame(shown, film, number, loud)
            yield frame.tobytes()
            number += 1


def _page(scene: Scene) -> Image.Image:
    """Return the slide of a scene without its drawing."""
    page = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, WIDTH, 14), _TEAL)
    pen.text((64, 60), scene.title, _TEAL, font(58, bold=True))
    pen.rectangle((66, 146, 190, 154), "#f1c453")
    for row, line in enumerate(scene.lines):
        pen.text((64, 200 + row * 66), line, _INK, font(38))
    return page


def _slide_frame(page: Image.Image, film: Film, number: int, loud: float) -> Image.Image:
    window = Image.new("RGB", (300, 210), "#d8ebe7")
    pen = ImageDraw.Draw(window)
    _teacher(pen, 150 + round(6 * _swing(number, 22)), 92, 1.0, loud, number)
    pen.rectangle((0, 178, 300, 210), _TEAL)
    pen.text((150, 194), film.teacher, "#ffffff", font(18), anchor="mm")
    frame = page.copy()
    frame.paste(window, (64, 450))
    return frame


def _class_frame(board: Image.Image, number: int, loud: float) -> Image.Image:
    """Return a class from the back of the room: board, teacher walking, heads in front."""
    room = Image.new("RGB", (WIDTH, HEIGHT), "#d9d2c3")
    pen = ImageDraw.Draw(room)
    pen.rectangle((0, 560, WIDTH, HEIGHT), "#a58e6f")
    pen.rectangle((210, 50, 1070, 545), "#6d4f34")
    room.paste(board, (222, 62))
    pen.rectangle((30, 90, 180, 300), "#e9f2f5", "#8b99a3", 6)
    walk = 1120 + round(40 * _swing(number, 60))
    _teacher(pen, walk, 300, 1.5, loud, number)
    for at in range(7):
        bob = round(3 * _swing(number + at * 11, 17 + at))
        x = 70 + at * 190
        pen.ellipse((x - 48, 590 + bob, x + 48, 690 + bob), "#2c2622")
        pen.rounded_rectangle((x - 86, 672 + bob, x + 86, 800), 30, ("#3b6fb0", "#c8473c", "#5b9a55", "#e0803a")[at % 4])
    shift = round(8 * _swing(number, 90))
    return room.crop((16 + shift, 9, WIDTH - 16 + shift, HEIGHT - 9)).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)


def _teacher(pen: ImageDraw.ImageDraw, x: int, y: int, scale: float, loud: float, number: int) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * scale, y + dy * scale

    pen.rounded_rectangle((*at(-62, 42), *at(62, 160)), round(26 * scale), "#3b5f8a")
    lift = 30 * (0.5 + 0.5 * _swing(number, 15)) * (loud > 0.15)
    pen.line((*at(-50, 70), *at(-105, 90 - lift)), "#3b5f8a", round(22 * scale))
    pen.ellipse((*at(-46, -58), *at(46, 48)), "#f2d2b0")
    pen.pieslice((*at(-50, -66), *at(50, 34)), 180, 360, "#2a2320")
    for eye in (-17, 17):
        high = 1 if number % 40 < 2 else 6
        pen.ellipse((*at(eye - 5, -6 - high), *at(eye + 5, -6 + high)), "#2a2320")
    pen.ellipse((*at(-13, 22), *at(13, 25 + 14 * loud)), "#a8433a")


def _swing(number: int, period: int) -> float:
    """Return -1 to 1 and back over ``period`` frames, smoothly."""
    place = number % period / period
    wave = 4 * abs(place - 0.5) - 1
    return wave * (1.5 - 0.5 * wave * wave)
