"""The board as scenes of a film: at every second they show what the fold of the log shows, and no more often than a film holds."""

import re
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.live import scenes, state
from resource_hub.live.board import decode, encode
from resource_hub.media.schemas import FilmScene, FilmStroke
from tests.live.playing import BEGAN, Play
from tests.live.standing import ROOT

LENGTH_S = 6_000.0


def second_of(at_ms: int) -> float:
    return (at_ms - BEGAN) / 1000


def fact(kind: str, at_s: float, /, **data: object) -> dict[str, Any]:
    return {"lesson": "les_x", "seq": 1, "at": BEGAN + round(at_s * 1000), "by": "lead", "type": kind, "data": data}


def stroke(at_s: float, ident: str, page: str = "board/1", **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"pen": "pen", "colour": 1, "width": 3, "points": encode([(0, 0), (100, 50)])}
    return fact("stroke:drawn", at_s, page=page, id=ident, **(given | more))


def played(found: Sequence[FilmScene], second: float) -> tuple[str, list[FilmStroke], tuple[int, int] | None]:
    """Return what a film shows at a second: its scenes up to it, one laid over the other."""
    sheet, strokes, pointer = "", list[FilmStroke](), None
    for scene in found:
        if scene.at_s > second:
            break
        kept = strokes[: scene.keeps] if scene.sheet == sheet else []
        sheet, strokes, pointer = scene.sheet, [*kept, *scene.adds], scene.pointer
    return sheet, strokes, pointer


@given(st.integers(0, 10_000), st.floats(0, LENGTH_S))
def test_at_every_second_a_film_shows_the_fold_of_the_log(seed: int, second: float) -> None:
    facts = Play(seed).run(120).facts
    found = scenes.scenes_of(facts, second_of, LENGTH_S)
    assert found[0].at_s == 0
    assert [one.at_s for one in found] == sorted({one.at_s for one in found})
    end_s = int(second / scenes.TICK_S) * scenes.TICK_S + scenes.TICK_S
    now = state.fold(state.new("les_played"), [one for one in facts if second_of(one["at"]) < end_s])
    slide = now["slide"] or {"deck": scenes.BLANK, "page": 1}
    sheet, strokes, pointer = played(found, second)
    assert sheet == f"{slide['deck']}/{slide['page']}"
    assert [list(one.points) for one in strokes] == [list(decode(one["points"])) for one in now["pages"].get(sheet, [])]
    kept = now["pointer"]
    assert pointer == ((kept["x"], kept["y"]) if kept and kept["page"] == sheet else None)


def test_a_stroke_more_is_drawn_over_what_is_there_and_one_wiped_off_in_the_middle_anew() -> None:
    facts = [stroke(1, "a"), stroke(2, "b"), stroke(3, "c"), fact("strokes:erased", 4, page="board/1", strokes=["b"])]
    found = scenes.scenes_of(facts, second_of, 60)
    assert [(one.at_s, one.keeps, len(one.adds)) for one in found] == [(0, 0, 0), (1, 0, 1), (2, 1, 1), (3, 2, 1), (4, 1, 1)]


def test_what_stood_before_the_recording_stands_at_its_first_second_and_what_came_after_it_is_left_out() -> None:
    facts = [stroke(-30, "a"), stroke(70, "b")]
    (only,) = scenes.scenes_of(facts, lambda at_ms: min(max(second_of(at_ms), 0), 60), 60)
    assert (only.at_s, len(only.adds)) == (0, 1)


def test_a_board_that_changes_too_often_is_shown_less_often_and_still_whole() -> None:
    facts = [stroke(n / 4, f"s{n}") for n in range(400)]
    found = scenes.scenes_of(facts, second_of, 200, most=50)
    assert len(found) == 50
    assert len(played(found, 200)[1]) == 400


def test_places_far_off_the_sheet_and_unknown_colours_do_no_harm() -> None:
    (_, scene) = scenes.scenes_of([stroke(1, "a", colour=40, points=encode([(10**12, -(10**12))]))], second_of, 60)
    assert scene.adds[0].points == ((4_000, -4_000),)
    assert scene.adds[0].colour == scenes.COLOURS[0]


def test_colours_are_those_of_the_screens() -> None:
    text = (ROOT / "static" / "src" / "live" / "strokes.ts").read_text("utf-8")
    (listed,) = re.findall(r"COLOURS = \[(.+?)\]", text)
    assert tuple(re.findall(r"#[0-9a-f]{6}", listed)) == scenes.COLOURS
