"""Lessons to transcode: slides with speech, a talking teacher, a camera in a class. All drawn here.

Real recordings may not be shipped; these have what makes one hard: sensor noise, a hand-held
frame, many small movements. Encoded as cameras do (High, 6 Mbit/s, a keyframe every ten seconds).
"""

import math
import shutil
import subprocess
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (1920, 1080)
_FONTS = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
_TEXT = "同学们好,今天我们学习分数的加法。请大家打开课本第三十页,看例题一。小明吃了一块蛋糕的四分之一,小红吃了四分之二,他们一共吃了多少?谁愿意来回答?很好,请坐。"
_LESSON_RATE = (
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-profile:v",
    "high",
    "-b:v",
    "6M",
    "-maxrate",
    "8M",
    "-bufsize",
    "12M",
    "-g",
    "300",
)


def make_sources(folder: Path, seconds: int) -> dict[str, Path]:
    """Return the three sources by name, ``seconds`` long each; what is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    speech = _speech(folder)
    made = {name: folder / f"{name}-{seconds}.mp4" for name in ("slides", "teacher", "class")}
    drawn = {"slides": _slides(folder, seconds), "teacher": _teacher(folder), "class": _class(folder)}
    for name, path in made.items():
        if not path.exists():
            inputs, graph = drawn[name]
            unfinished = path.with_suffix(".part.mp4")
            _ffmpeg(*inputs, "-stream_loop", "-1", "-i", str(speech), "-filter_complex", graph, "-map", "[v]",
                    "-map", f"{inputs.count('-i')}:a", "-t", str(seconds), *_LESSON_RATE, "-pix_fmt", "yuv420p",
                    "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000", str(unfinished))  # fmt: skip
            unfinished.rename(path)
    return made


def _slides(folder: Path, seconds: int) -> tuple[list[str], str]:
    """A new slide every twenty seconds, the teacher moving in the corner."""
    for n in range(max(1, math.ceil(seconds / 20))):
        picture = Image.new("RGB", SIZE, "white")
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 0, SIZE[0], 140), fill=(30 + n * 9 % 120, 90, 150))
        draw.text((80, 30), f"第{n + 1}页 分数的加法", font=_font(64), fill="white")
        for line in range(7):
            draw.text(
                (120, 210 + line * 115), f"{line + 1}. 把一个整体平均分成 {n + line + 2} 份,取 {line + 1} 份", font=_font(54), fill="black"
            )
        picture.save(folder / f"slide{n:03}.png")
    corner = folder / "corner.mkv"
    if not corner.exists():  # half a minute again and again: drawing it deeper takes ever longer
        _ffmpeg("-f", "lavfi", "-i", "mandelbrot=s=320x240:r=30", "-t", "30", "-c:v", "ffv1", str(corner))
    inputs = ["-framerate", "1/20", "-i", str(folder / "slide%03d.png"), "-stream_loop", "-1", "-i", str(corner)]
    return inputs, "[0:v]fps=30,format=yuv420p[s];[1:v]noise=alls=6:allf=t[p];[s][p]overlay=1560:800:shortest=0[v]"


def _teacher(folder: Path) -> tuple[list[str], str]:
    """A person before a board: the whole figure sways, hands move, the sensor is noisy."""
    board = _gradient((70, 92, 80), (120, 140, 126))
    draw = ImageDraw.Draw(board)
    for line in range(9):
        draw.text((100, 80 + line * 100), "3/4 + 1/4 = 4/4   通分   约分", font=_font(48), fill=(230, 230, 220))
    board.save(folder / "board.png")
    _figure(520, 760, (200, 165, 140), (60, 70, 120)).save(folder / "person.png")
    _figure(140, 220, (200, 165, 140), (200, 165, 140)).save(folder / "hand.png")
    inputs = ["-loop", "1", "-framerate", "30", "-i", str(folder / "board.png"), "-loop", "1", "-framerate", "30", "-i", str(folder / "person.png"),
              "-loop", "1", "-framerate", "30", "-i", str(folder / "hand.png")]  # fmt: skip
    return inputs, (
        "[0:v][1:v]overlay=x='900+120*sin(t*0.9)+14*sin(t*5)':y='320+12*sin(t*3)':eval=frame[a];"
        "[a][2:v]overlay=x='760+260*sin(t*1.7)':y='420+180*sin(t*2.3)':eval=frame,noise=alls=10:allf=t,format=yuv420p[v]"
    )


def _class(folder: Path) -> tuple[list[str], str]:
    """Forty pupils from the back, hand-held: everything moves a little, all the time."""
    room = _gradient((150, 140, 120), (90, 100, 110))
    for n in range(40):
        pupil = _figure(150, 190, (40 + n * 5 % 60, 40, 40), (60 + n * 37 % 180, 60 + n * 53 % 180, 60 + n * 71 % 180))
        room.paste(pupil, (40 + n % 10 * 185, 180 + n // 10 * 210), pupil)
    room = room.resize((2080, 1170))
    room.save(folder / "room.png")
    _figure(220, 300, (200, 165, 140), (180, 60, 60)).save(folder / "pupil.png")
    inputs = [
        "-loop",
        "1",
        "-framerate",
        "30",
        "-i",
        str(folder / "room.png"),
        "-loop",
        "1",
        "-framerate",
        "30",
        "-i",
        str(folder / "pupil.png"),
    ]
    return inputs, (
        "[0:v][1:v]overlay=x='mod(t*140,2300)-220':y='500+40*sin(t*4)':eval=frame,"
        "crop=1920:1080:x='80+50*sin(t*1.3)+8*sin(t*7)':y='45+30*sin(t*1.9)+6*sin(t*9)',noise=alls=14:allf=t,format=yuv420p[v]"
    )


def _speech(folder: Path) -> Path:
    """Return speech by espeak-ng, or a buzz with pauses where that is not installed."""
    path = folder / "speech.wav"
    if not path.exists():
        if shutil.which("espeak-ng"):
            subprocess.run(["espeak-ng", "-v", "cmn", "-w", str(path), _TEXT], check=True)
        else:
            _ffmpeg("-f", "lavfi", "-i", "aevalsrc=0.4*sin(2*PI*(120+60*sin(3*t))*t)*lt(mod(t\\,3)\\,2.2):s=22050:d=30", str(path))
    return path


def _figure(width: int, height: int, head: tuple[int, int, int], body: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((width * 0.1, height * 0.4, width * 0.9, height * 1.2), radius=width // 4, fill=body)
    draw.ellipse((width * 0.3, 0, width * 0.7, height * 0.42), fill=head)
    return picture


def _gradient(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Image.Image:
    mask = Image.linear_gradient("L").resize(SIZE)
    return Image.composite(Image.new("RGB", SIZE, bottom), Image.new("RGB", SIZE, top), mask)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in _FONTS:
        if Path(name).exists():
            return ImageFont.truetype(name, size)
    return ImageFont.load_default(size)


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], check=True)
