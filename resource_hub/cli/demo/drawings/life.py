"""Drawings for language, art, music and life: hills, leaves, weaving, rhythm, water.

Each takes a canvas, the numbers of its name and how much of the ink is drawn yet (0 to 1).
"""

import math
from collections.abc import Sequence

from resource_hub.cli.demo.drawings.canvas import BLUE, BROWN, GOLD, GREEN, INK, ORANGE, PALE, RED, SOFT, TEAL, Canvas, Point
from resource_hub.cli.demo.drawings.sums import Drawing

_WARM = ("#b8322a", "#d9562f", "#e8853b", "#f0ab45", "#f6d26b")
_COOL = ("#23395d", "#2f5f8f", "#3f8fb0", "#5fb0a8", "#7d7fb8")


def people(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    lifts = ((-40, -70), (-55, 10), (-50, -60), (-20, 0), (-60, -10), (30, 40))
    for at, (left, right) in enumerate(lifts):
        x = 100 + at * 120
        canvas.circle(x, 130, 28, fill=GOLD)
        canvas.line((x, 158), (x, 270), width=6)
        canvas.line((x - 40, 200 + left), (x, 190), (x + 40, 200 + right), width=6)
        canvas.line((x - 28, 350), (x, 270), (x + 28, 350), width=6)


def turns(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    for left, name, fill in ((80, "城区端", PALE), (500, "村校端", "#fbe3c8")):
        canvas.box(left, 120, left + 220, 320, fill=fill, radius=20)
        canvas.text(left + 110, 220, name, 40, bold=True)
    canvas.arrow((310, 180), (490, 180), TEAL, 6)
    canvas.arrow((490, 270), (310, 270), ORANGE, 6)
    canvas.text(400, 225, "一句接一句", 24)


def wheel(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    colors = ("#e4572e", "#ef8a3c", "#f6c445", "#9cc24d", "#4aa564", "#3c9bb0", "#3b6fb0", "#5b4fa0", "#8a4a98", "#b8456f")
    for at, color in enumerate(colors):
        canvas.pie(400, 225, 190, at * 36 - 90, at * 36 - 54, fill=color)
    canvas.circle(400, 225, 70, fill="#fbfaf6")
    canvas.text(230, 410, "冷", 34, color=BLUE)
    canvas.text(610, 60, "暖", 34, color=RED)


def warm(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    _stripes(canvas, _WARM)
    canvas.circle(400, 200, 90, fill="#fff0c0", edge=None)


def cool(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    _stripes(canvas, _COOL)
    canvas.circle(560, 120, 46, fill="#f3f1df", edge=None)


def hills(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    for left, colors in ((20, _WARM), (410, _COOL)):
        canvas.box(left, 40, left + 370, 410, fill=colors[4], edge=None)
        for row, color in enumerate(reversed(colors[:4])):
            top = 170 + row * 60
            ridge: list[Point] = [(left + x, top + 34 * math.sin(x / 55 + row * 2)) for x in range(0, 371, 5)]
            canvas.shape((left, 410), *ridge, (left + 370, 410), fill=color)


def strip(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    for at, color in enumerate(("#b5602f", "#d98a3a", "#eec15a")):
        canvas.box(80 + at * 220, 140, 280 + at * 220, 300, fill=color, radius=16)
    for at, name in enumerate(("红砖粉", "黄泥", "南瓜花")):
        canvas.text(180 + at * 220, 350, name, 32)


def whistle(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    canvas.shape((150, 200), (600, 190), (600, 260), (150, 250), fill="#8fae5a", edge=INK)
    canvas.shape((110, 215), (150, 200), (150, 250), fill="#c8d69a", edge=INK)
    for at in range(4):
        canvas.circle(280 + at * 80, 226, 10, fill=INK)
    for radius in (40, 70, 100):
        canvas.trace([(620 + radius * math.cos(a / 20), 225 + radius * math.sin(a / 20)) for a in range(-14, 15)], 1, TEAL, 4)


def sounds(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    for at, (name, high, pace) in enumerate((("柳笛：亮", 60, 6), ("木鱼：脆", 40, 14), ("鼓：闷", 70, 28))):
        top = 100 + at * 125
        wave: list[Point] = [(260 + x, top + high * 0.6 * math.sin(x / pace) * math.exp(-x / 400)) for x in range(0, 480, 2)]
        canvas.line(*wave, color=(TEAL, ORANGE, BROWN)[at], width=4)
        canvas.text(130, top, name, 30)


def rhythm(canvas: Canvas, numbers: Sequence[int], _ink: float) -> None:
    bars = (("X", "X"), ("X", "X"), ("XX", "X"), ("X", "—"), ("XX", "XX"), ("○", "X"))
    for at, beats in enumerate(bars[: numbers[0]]):
        left, top = 60 + at % 4 * 175, 110 + at // 4 * 150
        canvas.box(left, top, left + 160, top + 110, fill="#ffffff", radius=10)
        for beat, mark in enumerate(beats):
            canvas.text(left + 45 + beat * 70, top + 50, mark, 40, bold=True)
            if mark == "XX":
                canvas.line((left + 20 + beat * 70, top + 82), (left + 70 + beat * 70, top + 82), width=4)


def water(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    canvas.box(0, 0, 800, 190, fill="#dcebf2", edge=None)
    bed: list[Point] = [(x, 260 + (130 * math.exp(-(((x - 470) / 60) ** 2)) if x > 200 else 0) + x / 20) for x in range(0, 801, 8)]
    canvas.box(0, 190, 800, 450, fill="#6fa8c4", edge=None)
    canvas.shape((0, 450), *bed, (800, 450), fill="#8a6b4c")
    canvas.text(470, 330, "深坑", 30, color="#ffffff")
    canvas.text(140, 230, "看着很浅", 26, color="#ffffff")
    for x in (620, 650, 680):
        canvas.line((x, 330), (x - 8, 290), (x + 6, 260), color=GREEN, width=5)
    canvas.text(655, 235, "水草", 26, color="#ffffff")


def rescue(canvas: Canvas, _numbers: Sequence[int], _ink: float) -> None:
    canvas.box(0, 250, 430, 450, fill="#c9b48f", edge=None)
    canvas.box(430, 270, 800, 450, fill="#6fa8c4", edge=None)
    canvas.circle(250, 225, 22, fill=GOLD)
    canvas.line((130, 245), (235, 238), width=16, color=TEAL)
    canvas.line((262, 240), (650, 262), width=7, color=BROWN)
    canvas.circle(680, 270, 22, fill=GOLD)
    canvas.circle(80, 180, 22, fill=GOLD)
    canvas.line((80, 205), (95, 245), width=16, color=ORANGE)
    for at, word in enumerate(("一喊", "二打", "三抛")):
        canvas.box(90 + at * 220, 40, 260 + at * 220, 110, fill="#ffffff", radius=14)
        canvas.text(175 + at * 220, 75, word, 36, bold=True, color=RED)


def leaf(canvas: Canvas, numbers: Sequence[int], ink: float) -> None:
    stage = numbers[0]
    if stage == 3:
        canvas.box(220, 110, 580, 330, fill="#b58a5c", radius=14)
        canvas.box(240, 130, 560, 310, fill=GREEN, radius=8)
        canvas.trace([(210, 100), (590, 100), (590, 340), (210, 340), (210, 100)], ink, RED, 7)
        return
    edge = _leaf_edge()
    canvas.shape(*edge, fill="#8fb96a")
    canvas.line((210, 240), (600, 215), color="#5d8a45", width=4)
    if stage < 2:
        canvas.trace(edge, ink, RED if stage else ORANGE, 7)
        canvas.circle(*edge[0], 9, fill=RED, edge=None)
        return
    canvas.line((110, 400), (110 + 580 * ink, 400), color=RED, width=7)
    for mark in range(30):
        canvas.line((110 + mark * 20, 420), (110 + mark * 20, 432 if mark % 5 else 442), width=2)


def chick(canvas: Canvas, numbers: Sequence[int], ink: float) -> None:
    stage = numbers[0]
    canvas.oval(280, 170, 520, 390, fill=GOLD)
    canvas.circle(400, 150, 85, fill="#f6d76f")
    canvas.circle(372, 135, 9, fill=INK)
    canvas.shape((440, 150), (490, 165), (440, 180), fill=ORANGE)
    for x in (360, 430):
        canvas.line((x, 388), (x, 425), (x + 20, 432), color=ORANGE, width=6)
    if stage < 2:
        top = 60 + (300 if stage else 0) * ink
        canvas.box(250, top, 550, 440, fill="#dfe5ea", edge=SOFT)
        canvas.text(400, (top + 440) / 2, "?", 90, color=SOFT, bold=True)


def morning(canvas: Canvas, numbers: Sequence[int], ink: float) -> None:
    stage = numbers[0]
    canvas.box(0, 0, 800, 450, fill="#fbe9cf", edge=None)
    canvas.circle(620, 240 - 90 * (ink if stage == 0 else 1), 60, fill="#f2b24c", edge=None)
    for row, color in enumerate(("#b9cfc0", "#8fb39a", "#6b977c")):
        ridge: list[Point] = [(x, 250 + row * 45 + 30 * math.sin(x / 90 + row * 2)) for x in range(0, 801, 8)]
        canvas.shape((0, 450), *ridge, (800, 450), fill=color)
    road: list[Point] = [(120 + x * 0.7, 430 - x * 0.25 + 24 * math.sin(x / 60)) for x in range(0, 500, 6)]
    canvas.trace(road, ink if stage == 1 else 1, "#f3e3bd", 16)
    if stage >= 1:
        canvas.box(560, 190, 690, 260, fill="#ffffff")
        canvas.shape((545, 192), (625, 145), (705, 192), fill=RED)
    if stage >= 2:
        for at in range(5):
            high = 20 + 60 * abs(math.sin(at + ink * 6))
            canvas.line((90 + at * 34, 110 - high / 2), (90 + at * 34, 110 + high / 2), color=TEAL, width=12)


def weave(canvas: Canvas, numbers: Sequence[int], ink: float) -> None:
    step, stage = numbers
    count, pitch = 12, 34
    rows = (1, 2, 9)[stage] * (ink if stage else 1)
    left, top = 200, 40
    for column in range(count):
        canvas.box(left + column * pitch, top - 20, left + column * pitch + 26, 420, fill="#d9b36c", edge=None)
    for row in range(math.ceil(rows)):
        y = top + row * pitch + 20
        reach = count if row < math.floor(rows) else max(1, round((rows % 1) * count))
        for column in range(reach):
            is_over = (column + row) // step % 2 == 0 if step > 1 else (column + row) % 2 == 0
            if is_over:
                canvas.box(left + column * pitch - 5, y, left + column * pitch + 31, y + 26, fill="#a8703a", edge=None)
            else:
                canvas.box(left + column * pitch - 5, y, left + column * pitch - 1, y + 26, fill="#a8703a", edge=None)


def _stripes(canvas: Canvas, colors: Sequence[str]) -> None:
    for at, color in enumerate(colors):
        canvas.box(0, at * 90, 800, at * 90 + 90, fill=color, edge=None)


def _leaf_edge() -> list[Point]:
    edge: list[Point] = []
    for step in range(121):
        turn = step * math.tau / 120 + math.pi
        swell = 1 + 0.05 * math.sin(turn * 18)
        edge.append((405 + 200 * math.cos(turn) * swell, 225 + 125 * math.sin(turn) * swell * (1 - 0.25 * math.cos(turn))))
    return edge


DRAWINGS: dict[str, Drawing] = {
    "people": people, "turns": turns, "wheel": wheel, "warm": warm, "cool": cool, "hills": hills, "strip": strip,
    "whistle": whistle, "sounds": sounds, "rhythm": rhythm, "water": water, "rescue": rescue, "leaf": leaf,
    "chick": chick, "morning": morning, "weave": weave,
}  # fmt: skip
