"""Drawings for mathematics and science: fractions, number lines, mirrors, flow charts.

Each takes a canvas, the numbers of its name and how much of the ink is drawn yet (0 to 1).
"""

import math
from collections.abc import Callable, Sequence

from resource_hub.cli.demo.drawings.canvas import BLUE, GOLD, GREEN, INK, ORANGE, PALE, RED, SOFT, TEAL, Canvas, Point

Drawing = Callable[[Canvas, Sequence[int], float], None]


def fraction(canvas: Canvas, numbers: Sequence[int], ink: float) -> None:
    top, parts = numbers
    for part in range(parts):
        start = part * 360 / parts - 90
        canvas.pie(300, 225, 165, start, start + 360 / parts, fill=GOLD if part < top else PALE)
    canvas.text(600, 175, str(top), 90, bold=True)
    canvas.line((540, 232), (540 + 120 * ink, 232), width=6, color=TEAL)
    canvas.text(600, 295, str(parts), 90, bold=True)


def uneven(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    canvas.pie(220, 220, 140, -60, 60, fill=GOLD)
    canvas.pie(220, 220, 140, 60, 300, fill=PALE)
    canvas.text(220, 400, "一大一小", 32, color=RED)
    canvas.pie(580, 220, 140, -90, 90, fill=GOLD)
    canvas.pie(580, 220, 140, 90, 270, fill=PALE)
    canvas.text(580, 400, "平均分", 32, color=TEAL)


def folds(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    for at, kind in enumerate(("竖着折", "横着折", "斜着折")):
        left = 60 + at * 245
        right, top, bottom = left + 190, 90, 280
        half: tuple[Point, ...] = ((left, top), (left + 95, top), (left + 95, bottom), (left, bottom))
        if at == 1:
            half = ((left, top), (right, top), (right, 185), (left, 185))
        if at == 2:
            half = ((left, top), (right, bottom), (left, bottom))
        canvas.shape(*half, fill=GOLD)
        canvas.box(left, top, right, bottom)
        canvas.text(left + 95, 330, kind, 30)


def quarters(canvas: Canvas, numbers: Sequence[int], _ink: float) -> None:
    """Draw three shapes in four parts, one of them unfair; ``quarters 0`` leaves them to be coloured."""
    is_colored = numbers[:1] != [0]
    first, rest = (GOLD, PALE) if is_colored else ("#ffffff", "#ffffff")
    canvas.box(60, 110, 250, 300, fill=rest)
    canvas.box(60, 110, 155, 205, fill=first)
    canvas.line((155, 110), (155, 300))
    canvas.line((60, 205), (250, 205))
    for start, end, fill in ((-90, -60, first), (-60, 60, rest), (60, 150, rest), (150, 270, rest)):
        canvas.pie(405, 205, 95, start, end, fill=fill)
    canvas.box(560, 140, 760, 270, fill=rest)
    canvas.box(560, 140, 610, 270, fill=first)
    for x in (610, 660, 710):
        canvas.line((x, 140), (x, 270))
    for x, label in ((155, "①"), (405, "②"), (660, "③")):
        canvas.text(x, 355, label, 36)


def compare(canvas: Canvas, numbers: Sequence[int], _ink: float) -> None:
    for row, parts in enumerate(numbers):
        top = 100 + row * 150
        for part in range(parts):
            width = 560 / parts
            canvas.box(60 + part * width, top, 60 + (part + 1) * width, top + 90, fill=GOLD if part == 0 else PALE)
        canvas.text(700, top + 45, f"1/{parts}", 48, bold=True)


def bars(canvas: Canvas, numbers: Sequence[int], _ink: float) -> None:
    for row, parts in enumerate(numbers):
        top = 120 + row * 130
        canvas.text(90, top + 35, f"1/{parts}", 36)
        canvas.box(170, top, 740, top + 70)


def squares(canvas: Canvas, numbers: Sequence[int], _ink: float) -> None:
    for at in range(numbers[0]):
        left = 60 + at * 245
        canvas.box(left, 120, left + 190, 310)


def frame(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    canvas.box(40, 30, 760, 420, edge=SOFT)


def numberline(canvas: Canvas, numbers: Sequence[int], ink: float) -> None:
    first, second = numbers

    def at(value: float) -> float:
        return 400 + value * 40

    canvas.arrow((40, 290), (770, 290))
    for value in range(-8, 9):
        canvas.line((at(value), 280), (at(value), 300), width=2)
        if value % 2 == 0:
            canvas.text(at(value), 330, str(value).replace("-", "－"), 24)
    canvas.arrow((at(0), 220), (at(first), 220), TEAL, 6)
    canvas.arrow((at(first), 150), (at(first + second * ink), 150), ORANGE, 6)
    canvas.circle(at(first + second), 290, 10, fill=RED, edge=None)
    total = first + second
    words = f"({first:+d})+({second:+d})={total:+d}".replace("(+0)", "0").replace("=+0", "=0")
    canvas.text(400, 80, words.replace("-", "－").replace("+", "＋").replace("=", "＝"), 40, bold=True)


def mirror(canvas: Canvas, numbers: Sequence[int], ink: float) -> None:
    stage = numbers[0]
    canvas.box(80, 380, 720, 400, fill="#9fb6c4")
    for x in range(90, 720, 24):
        canvas.line((x, 412), (x + 14, 400), width=2, color=SOFT)
    canvas.circle(150, 95, 26, fill=GOLD)
    way = [(150 + 250 * t / 40, 95 + 285 * t / 40) for t in range(41)]
    canvas.trace(way, 1.0 if stage else ink, ORANGE, 6)
    if stage >= 1:
        for y in range(90, 380, 24):
            canvas.line((400, y), (400, y + 12), width=3, color=BLUE)
        canvas.text(400, 60, "法线", 28, color=BLUE)
    if stage >= 2:
        canvas.trace([(400 + 250 * t / 40, 380 - 285 * t / 40) for t in range(41)], ink, RED, 6)
        canvas.text(348, 190, "入射角", 24)
        canvas.text(452, 190, "反射角", 24)


def flowchart(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    canvas.box(40, 180, 150, 240, radius=30, fill=PALE)
    canvas.text(95, 210, "开始", 24)
    canvas.box(190, 180, 300, 240, fill="#ffffff")
    canvas.text(245, 210, "烧水", 24)
    canvas.shape((350, 210), (430, 150), (510, 210), (430, 270), fill="#fdf0cf", edge=INK)
    canvas.text(430, 210, "水开了吗", 20)
    canvas.box(560, 180, 670, 240, fill="#ffffff")
    canvas.text(615, 210, "放面煮", 24)
    canvas.box(690, 180, 780, 240, radius=30, fill=PALE)
    canvas.text(735, 210, "结束", 24)
    for left, right in ((150, 190), (300, 350), (510, 560), (670, 690)):
        canvas.arrow((left, 210), (right, 210))
    canvas.line((430, 270), (430, 340), (245, 340))
    canvas.arrow((245, 340), (245, 240))
    canvas.text(535, 185, "是", 22, color=GREEN)
    canvas.text(450, 300, "否", 22, color=RED)


def radish(canvas: Canvas, numbers: Sequence[int], ink: float) -> None:
    carrots, whites, stage = numbers
    for at in range(carrots):
        _root(canvas, 180 + at * 80, 90, ORANGE)
    for at in range(whites):
        _root(canvas, 180 + at * 80, 280, "#f4f4ef")
    canvas.text(80, 120, "胡萝卜", 28)
    canvas.text(80, 310, "白萝卜", 28)
    if stage >= 1:
        canvas.trace(_loop(140 + carrots * 40, 125, carrots * 40 - 2, 75), ink if stage == 1 else 1)
    if stage >= 2:
        groups = whites // carrots
        for group in range(groups):
            center = 140 + (group + 0.5) * carrots * 80
            canvas.trace(_loop(center, 315, carrots * 40 - 6, 75), ink * groups - group, TEAL)


def _root(canvas: Canvas, x: float, y: float, fill: str) -> None:
    for lean in (-14, 0, 14):
        canvas.line((x, y + 10), (x + lean, y - 18), color=GREEN, width=5)
    canvas.shape((x - 22, y + 8), (x + 22, y + 8), (x + 10, y + 60), (x, y + 84), (x - 10, y + 60), fill=fill, edge=INK)


def _loop(x: float, y: float, wide: float, high: float) -> list[Point]:
    return [(x + wide * math.cos(step * math.tau / 48 - 1.5), y + high * math.sin(step * math.tau / 48 - 1.5)) for step in range(50)]


DRAWINGS: dict[str, Drawing] = {
    "fraction": fraction, "uneven": uneven, "folds": folds, "quarters": quarters, "compare": compare, "bars": bars,
    "squares": squares, "frame": frame, "numberline": numberline, "mirror": mirror, "flowchart": flowchart, "radish": radish,
}  # fmt: skip
