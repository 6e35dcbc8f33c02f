"""A sheet to draw on in logical points, with one set of colours and one Chinese typeface.

Everything is drawn at twice its size and reduced, which smooths edges. Fonts are found by
fontconfig, so any CJK font that is installed will do.
"""

import subprocess
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from resource_hub.kernel.errors import N_, Unavailable

WIDTH, HEIGHT = 800, 450

PAPER = "#fbfaf6"
INK = "#23313d"
SOFT = "#6b7a86"
TEAL = "#1f6f6b"
PALE = "#d8ebe7"
ORANGE = "#e0803a"
GOLD = "#f1c453"
RED = "#c8473c"
BLUE = "#3b6fb0"
GREEN = "#5b9a55"
BROWN = "#9a6b43"

_SMOOTH = 2

Point = tuple[float, float]


class Canvas:
    """A drawing of ``WIDTH`` × ``HEIGHT`` points; ``image`` gives the finished picture."""

    def __init__(self, background: str = PAPER) -> None:
        self._image = Image.new("RGB", (WIDTH * _SMOOTH, HEIGHT * _SMOOTH), background)
        self._pen = ImageDraw.Draw(self._image)

    def image(self, width: int = WIDTH) -> Image.Image:
        """Return the picture at ``width`` pixels."""
        return self._image.resize((width, width * HEIGHT // WIDTH), Image.Resampling.LANCZOS)

    def line(self, *points: Point, color: str = INK, width: float = 3) -> None:
        self._pen.line([_up(point) for point in points], fill=color, width=round(width * _SMOOTH), joint="curve")

    def trace(self, points: Sequence[Point], share: float, color: str = RED, width: float = 5) -> None:
        """Draw the first ``share`` of a way, as if a hand were drawing it."""
        shown = points[: max(2, round(len(points) * min(share, 1.0)))] if share > 0 else []
        if shown:
            self.line(*shown, color=color, width=width)

    def arrow(self, start: Point, end: Point, color: str = INK, width: float = 3) -> None:
        self.line(start, end, color=color, width=width)
        dx, dy = end[0] - start[0], end[1] - start[1]
        length = max((dx * dx + dy * dy) ** 0.5, 1)
        dx, dy = dx / length * 14, dy / length * 14
        self.shape((end[0] - dx - dy / 2, end[1] - dy + dx / 2), end, (end[0] - dx + dy / 2, end[1] - dy - dx / 2), fill=color)

    def box(
        self, left: float, top: float, right: float, bottom: float, *, fill: str | None = None, edge: str | None = INK, radius: float = 0
    ) -> None:
        corners = [_up((left, top)), _up((right, bottom))]
        self._pen.rounded_rectangle(corners, radius * _SMOOTH, fill, edge, 3 * _SMOOTH if edge else 0)

    def circle(self, x: float, y: float, radius: float, *, fill: str | None = None, edge: str | None = INK) -> None:
        self.oval(x - radius, y - radius, x + radius, y + radius, fill=fill, edge=edge)

    def oval(self, left: float, top: float, right: float, bottom: float, *, fill: str | None = None, edge: str | None = INK) -> None:
        self._pen.ellipse([_up((left, top)), _up((right, bottom))], fill, edge, 3 * _SMOOTH if edge else 0)

    def pie(self, x: float, y: float, radius: float, start: float, end: float, *, fill: str | None = None) -> None:
        corners = [_up((x - radius, y - radius)), _up((x + radius, y + radius))]
        self._pen.pieslice(corners, start, end, fill, INK, 3 * _SMOOTH)

    def shape(self, *points: Point, fill: str, edge: str | None = None) -> None:
        self._pen.polygon([_up(point) for point in points], fill, edge, 3 * _SMOOTH if edge else 0)

    def text(self, x: float, y: float, words: str, size: float = 28, *, color: str = INK, bold: bool = False, anchor: str = "mm") -> None:
        self._pen.text(_up((x, y)), words, color, font(size * _SMOOTH, bold=bold), anchor=anchor)


@cache
def font(size: float, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the Chinese typeface at ``size`` pixels; raises Unavailable when none is installed."""
    path, index = _font_file(bold=bold)
    return ImageFont.truetype(path, size, index)


@cache
def _font_file(*, bold: bool) -> tuple[str, int]:
    name = "Noto Sans CJK SC" + (":bold" if bold else "")
    command = ["fc-match", "-f", "%{file}|%{index}|%{lang}", f"{name}:lang=zh-cn"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(N_("没有中文字体，示例资料做不出来。请安装 fonts-noto-cjk 后再试。")) from error
    path, index, languages = found.stdout.split("|", maxsplit=2)
    if "zh-cn" not in languages:
        raise Unavailable(N_("没有中文字体，示例资料做不出来。请安装 fonts-noto-cjk 后再试。"))
    return path, int(index) & 0xFFFF


def _up(point: Point) -> Point:
    return point[0] * _SMOOTH, point[1] * _SMOOTH
