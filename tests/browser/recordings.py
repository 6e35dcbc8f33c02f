"""Files as a teacher brings them: a short recording with sound, and slides with words of their own."""

import subprocess
from pathlib import Path


def make_lesson(folder: Path, name: str = "色彩的冷与暖 课堂实录.mp4", *, seconds: int = 8, kbps: int = 14_000) -> Path:
    """Write a recording of noise and a tone; at the rate given it is large enough for several parts."""
    path = folder / name
    picture, sound = f"testsrc2=size=1280x720:rate=25:duration={seconds}", f"sine=frequency=330:duration={seconds}"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-vf", "noise=alls=40:allf=t",
         "-c:v", "libx264", "-preset", "ultrafast", "-b:v", f"{kbps}k", "-g", "50", "-c:a", "aac", str(path)],
        check=True,
    )  # fmt: skip
    return path


def make_slides(folder: Path, name: str = "色彩的冷与暖 课件.pptx") -> Path:
    """Write slides with words that stand nowhere else."""
    from pptx import Presentation

    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "色彩的冷与暖"
    slide.placeholders[1].text = "用柿子皮和板蓝根叶汁调色"
    path = folder / name
    deck.save(str(path))
    return path
