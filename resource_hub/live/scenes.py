"""The board of a lesson as scenes over the seconds of a recording: what a film of it draws, and when. Pure.

The scenes are the fold of the log and nothing else, as on every screen; a film shows changes a quarter of a second
apart at most, and of a lesson with more changes than a film holds fewer. Colours are those of
``static/src/live/strokes.ts``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from resource_hub.live import board, state
from resource_hub.live.state import Fact
from resource_hub.media.schemas import FilmScene, FilmStroke

COLOURS = ("#1f2933", "#d1410c", "#0067b0", "#00805c", "#8e3f86", "#c98500", "#ffffff", "#f3d34a")
DRAWN = frozenset({
    "slide:turned", "stroke:drawn", "strokes:erased", "page:cleared", "pointer:kept", "pointer:dropped", "lesson:ended",
})  # fmt: skip
"""Facts that change what the board shows."""
TICK_S = 0.25
MOST_SCENES = 4_000
BLANK = "board"
_FIRST = f"{BLANK}/1"
_FURTHEST = 2 * board.SCALE
"""A place further off than that is a mistake of a program; nobody sees it."""

Shown = tuple[str, Sequence[Mapping[str, Any]], tuple[int, int] | None]


def scenes_of(facts: Sequence[Fact], second_of: Callable[[int], float], length_s: float, *, most: int = MOST_SCENES) -> list[FilmScene]:
    """Return the scenes of a recording of that length, the first at second 0; ``second_of`` says where a moment plays."""
    drawn = [(second_of(int(fact["at"])), fact) for fact in facts if fact["type"] in DRAWN]
    tick_s = TICK_S
    while len({_tick(at_s, tick_s) for at_s, _fact in drawn}) > most:
        tick_s *= 2
    return list(_scenes(drawn, tick_s, length_s))


def _scenes(drawn: Sequence[tuple[float, Fact]], tick_s: float, length_s: float) -> Iterator[FilmScene]:
    """Fold what happened within a tick, then show it; what began before the recording stands at its first second."""
    now = state.new("")
    before: Shown | None = None
    by_tick = groupby(drawn, key=lambda item: _tick(item[0], tick_s))
    # With nothing drawn at second 0 the first sheet stands blank until something is.
    ticks = [(tick, [fact for _at_s, fact in group]) for tick, group in by_tick]
    if not ticks or ticks[0][0] > 0:
        ticks.insert(0, (0, []))
    for tick, facts in ticks:
        if tick and tick * tick_s >= length_s:
            return
        for fact in facts:
            state.apply(now, fact)
        shown = _shown(now)
        if shown != before:
            yield _scene(tick * tick_s, before, shown)
            before = shown


def _tick(at_s: float, tick_s: float) -> int:
    return int(at_s / tick_s)


def _shown(now: state.State) -> Shown:
    slide = now["slide"]
    sheet = f"{slide['deck']}/{slide['page']}" if slide else _FIRST
    pointer = now["pointer"]
    place = (int(pointer["x"]), int(pointer["y"])) if pointer and pointer["page"] == sheet else None
    return sheet, tuple(now["pages"].get(sheet, ())), place


def _scene(at_s: float, before: Shown | None, shown: Shown) -> FilmScene:
    sheet, strokes, pointer = shown
    keeps = _same(before[1], strokes) if before and before[0] == sheet else 0
    return FilmScene(at_s, sheet, keeps, tuple(_stroke(one) for one in strokes[keeps:]), pointer)


def _same(before: Sequence[Mapping[str, Any]], strokes: Sequence[Mapping[str, Any]]) -> int:
    """Return how many strokes stand as they stood."""
    for n, (old, new) in enumerate(zip(before, strokes, strict=False)):
        if old is not new:
            return n
    return min(len(before), len(strokes))


def _stroke(stroke: Mapping[str, Any]) -> FilmStroke:
    colour = int(stroke["colour"])
    return FilmStroke(
        colour=COLOURS[colour] if 0 <= colour < len(COLOURS) else COLOURS[0],
        width=int(stroke["width"]),
        is_marker=stroke["pen"] == "marker",
        points=tuple((_bounded(x), _bounded(y)) for x, y in board.decode(stroke["points"])),
    )


def _bounded(place: int) -> int:
    return max(-_FURTHEST, min(_FURTHEST, place))
