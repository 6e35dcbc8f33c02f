"""Charts as SVG text: staircase of S-T, plane of Rt and Ch, heat map of FIAS, two rounds side by side. Pure.

One picture for screen, print and PDF: colours stand as attributes (paper), and classes let the stylesheet change
them (dark). Rule: nothing is told by colour alone; every chart has an alternative text, and its page a table behind it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

INK, MUTED, LINE, PRIMARY, WARM, SUNKEN = "#1f2933", "#5b6670", "#b9b6ae", "#0f766e", "#b5500a", "#f4f2ec"
FONT = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of the plane, with its name; ``is_later`` marks the second of two rounds, ``sign`` tells them apart beside the name."""

    name: str
    rt: float
    ch: float
    is_later: bool = False
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure of two rounds; ``words`` say both with their unit, ``whole`` is the end of the bar."""

    name: str
    before: float | None
    after: float | None
    words: tuple[str, str]
    whole: float = 100


def staircase(codes: Sequence[str], *, alt: str, teacher: str, pupils: str) -> str:
    """Draw a step to the right for every T and up for every S; the dashed line is as much of one as of the other."""
    side, left, bottom = 300, 44, 326
    most = max(len(codes), 1)
    step = side / most
    path, x, y = [f"M{left} {bottom}"], float(left), float(bottom)
    for code in codes:
        x, y = (x + step, y) if code == "T" else (x, y - step)
        path.append(f"L{x:.1f} {y:.1f}")
    parts = [
        _line(left, bottom, left + side, bottom, "axis"), _line(left, bottom, left, bottom - side, "axis"),
        _line(left, bottom, left + side, bottom - side, "balance"),
        f'<path d="{"".join(path)}" class="chart-stairs" fill="none" stroke="{PRIMARY}" stroke-width="2.5" stroke-linejoin="round"/>',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="chart-dot" fill="{PRIMARY}"/>',
        *_ticks(most, left, bottom, step), _text(left + side, bottom + 34, teacher, "end"), _text(left - 34, bottom - side - 8, pupils),
    ]  # fmt: skip
    return _svg(370, 370, alt, parts)


def plane(spots: Iterable[Spot], modes: Mapping[str, str], *, alt: str) -> str:
    """Draw the plane of Rt and Ch with its four regions; ``modes`` names them: practice, lecture, dialogue, mixed.

    What lies outside the triangle no lesson can be, but for the last step.
    """
    side, left, bottom = 300, 44, 326

    def at(rt: float, ch: float) -> tuple[float, float]:
        return left + side * rt, bottom - side * ch

    def corners(*points: tuple[float, float]) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))

    bounds = [(0.3, 0.0, 0.3, 0.4), (0.7, 0.0, 0.7, 0.4), (0.2, 0.4, 0.8, 0.4)]
    parts = [
        f'<polygon points="{corners((0, 0), (0.5, 1), (1, 0))}" class="chart-ground" fill="{SUNKEN}" stroke="{LINE}"/>',
        *(_line(*at(a, b), *at(c, d), "balance") for a, b, c, d in bounds),
        _line(left, bottom, left + side, bottom, "axis"), _line(left, bottom, left, bottom - side, "axis"),
        *(_text(*at(rt, ch), modes[name], "middle", MUTED) for name, rt, ch in _MODE_PLACES),
        *(_text(at(part, 0)[0], bottom + 16, f"{part:g}", "middle", MUTED, 11) for part in (0, 0.3, 0.5, 0.7, 1)),
        *(_text(left - 6, at(0, part)[1] + 4, f"{part:g}", "end", MUTED, 11) for part in (0.4, 1)),
        _text(left + side + 14, bottom + 16, "Rt", "middle"), _text(left - 6, bottom - side - 8, "Ch", "end"),
    ]  # fmt: skip
    shown = list(spots)
    parts += [_arrow(at(one.rt, one.ch), at(other.rt, other.ch)) for one, other in _rounds(shown)]
    for spot in shown:
        parts.append(_spot(spot, *at(spot.rt, spot.ch)))
    return _svg(390, 360, alt, parts)


def heat(matrix: Sequence[Sequence[int]], *, alt: str) -> str:
    """Draw the ten by ten of FIAS: the more often one code followed the other, the darker, with the number written in."""
    cell, left, top = 30, 34, 34
    most = max((value for row in matrix for value in row), default=0) or 1
    parts = [_text(left + cell * (at + 0.5), top - 10, str(at + 1), "middle", MUTED, 11) for at in range(10)]
    parts += [_text(left - 10, top + cell * (at + 0.5) + 4, str(at + 1), "end", MUTED, 11) for at in range(10)]
    for row, values in enumerate(matrix):
        for column, value in enumerate(values):
            x, y, share = left + cell * column, top + cell * row, value / most
            parts.append(
                f'<rect x="{x}" y="{y}" width="{cell}" height="{cell}" class="chart-cell" fill="{PRIMARY}" fill-opacity="{share:.2f}" '
                f'stroke="{LINE}" stroke-width="{1.6 if row == column else 0.5}"/>'
            )
            if value:
                ink = "#ffffff" if share > 0.55 else INK
                name = "chart-on-dark" if share > 0.55 else "chart-words"
                place = f'x="{x + cell / 2:g}" y="{y + cell / 2 + 4:g}"'
                parts.append(f'<text {place} class="{name}" fill="{ink}" font-size="11" text-anchor="middle">{value}</text>')
    return _svg(left + 10 * cell + 6, top + 10 * cell + 6, alt, parts)


def before_after(pairs: Sequence[Pair], *, alt: str, rounds: tuple[str, str]) -> str:
    """Draw two bars for every figure, the first round above the second; what is not known has no bar and a dash."""
    width, left, reach, row = 390, 100, 240, 52  # words stay readable when a phone draws it 300 px wide
    parts = [
        f'<rect x="{left}" y="4" width="12" height="12" class="chart-{BEFORE}" fill="{MUTED}"/>', _text(left + 18, 14, rounds[0]),
        f'<rect x="{left + 110}" y="4" width="12" height="12" class="chart-{AFTER}" fill="{PRIMARY}"/>', _text(left + 128, 14, rounds[1]),
    ]  # fmt: skip
    for at, pair in enumerate(pairs):
        y = 30 + row * at
        parts.append(_text(left - 10, y + 24, pair.name, "end"))
        parts += _bar(left, y + 2, reach, pair.before, pair.whole, pair.words[0], BEFORE)
        parts += _bar(left, y + 22, reach, pair.after, pair.whole, pair.words[1], AFTER)
    return _svg(width, 34 + row * len(pairs), alt, parts)


_MODE_PLACES = (("practice", 0.19, 0.12), ("lecture", 0.81, 0.12), ("dialogue", 0.5, 0.62), ("mixed", 0.5, 0.2))


def _rounds(spots: Sequence[Spot]) -> list[tuple[Spot, Spot]]:
    later = {spot.name: spot for spot in spots if spot.is_later}
    return [(spot, later[spot.name]) for spot in spots if not spot.is_later and spot.name in later]


def _spot(spot: Spot, x: float, y: float) -> str:
    colour, shape = (WARM, "later") if spot.is_later else (PRIMARY, "dot")
    words = _text(x + 9, y - 7, spot.name + spot.sign) if spot.name else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" class="chart-{shape}" fill="{colour}"/>{words}'


def _arrow(one: tuple[float, float], other: tuple[float, float]) -> str:
    return _line(*one, *other, "way")


def _bar(x: float, y: float, width: float, value: float | None, whole: float, words: str, look: str) -> list[str]:
    length = 0.0 if value is None else max(0.0, min(1.0, value / whole if whole else 0)) * width
    colour = MUTED if look == BEFORE else PRIMARY
    bar = f'<rect x="{x:g}" y="{y:g}" width="{length:.1f}" height="15" rx="2" class="chart-{look}" fill="{colour}"/>'
    return [bar, _text(x + length + 8, y + 12, words if value is not None else "—")]


def _ticks(most: int, left: int, bottom: int, step: float) -> list[str]:
    every = next((one for one in (5, 10, 20, 50, 100, 200, 500) if most / one <= 6), 1000)
    found = []
    for count in range(every, most + 1, every):
        found.append(_text(left + step * count, bottom + 16, str(count), "middle", MUTED, 11))
        found.append(_text(left - 6, bottom - step * count + 4, str(count), "end", MUTED, 11))
    return found


def _line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
    dash = {"balance": ' stroke-dasharray="5 4"', "way": ' stroke-dasharray="2 3"'}.get(look, "")
    colour = {"axis": MUTED, "way": WARM}.get(look, LINE)
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="chart-{look}" stroke="{colour}"{dash}/>'


def _text(x: float, y: float, words: str, anchor: str = "start", colour: str = INK, size: int = 13) -> str:
    name = "chart-muted" if colour == MUTED else "chart-words"
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{name}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(width: float, height: float, alt: str, parts: Iterable[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f'{head} role="img" aria-label="{escape(alt)}" font-family="{FONT}">{"".join(parts)}</svg>'
