"""What happened in a lesson at which second of its recording: slides, questions, hands, who spoke, words. Pure.

Seats are left out: a mark says that a class raised a hand, never which pupil. Before the recording began and after its end
nothing is marked, apart from the slide that stood already.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from resource_hub.recordings.rules import Timeline
from resource_hub.recordings.schemas import MarkKind

Fact = Mapping[str, Any]
"""As the lesson's log has it: ``{lesson, seq, at, by, type, data}``."""

SHORTEST_SLIDE_S = 4.0
"""A slide that is only passed on the way to another is no chapter."""
MOST_CHAPTERS = 100
LONGEST_TEXT = 400
LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Mark:
    at_s: float
    kind: MarkKind
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """How things are called: a page of a document by its deck and number, a class by its place; ``page_text`` is all that stands on it."""

    page_title: Callable[[str, int], str]
    page_text: Callable[[str, int], str]
    site: Callable[[int], str]
    hand: str
    stage: str


def marks_of(facts: Sequence[Fact], timeline: Timeline, words: Words) -> list[Mark]:
    """Return the marks of a recording in order of time."""
    if not timeline.placed:
        return []
    slides = [Mark(at_s, MarkKind.SLIDE, words.page_title(deck, page)) for at_s, deck, page in _turns(facts, timeline)]
    others = [mark for fact in facts if _is_within(fact, timeline) and (mark := _mark(fact, timeline, words))]
    return sorted([*slides[:MOST_CHAPTERS], *others], key=lambda mark: mark.at_s)


def slide_texts(facts: Sequence[Fact], timeline: Timeline, words: Words) -> list[tuple[float, str]]:
    """Return what stood on the slides, each at the second at which it was turned to."""
    turns = _turns(facts, timeline) if timeline.placed else []
    return [(at_s, text) for at_s, deck, page in turns if (text := words.page_text(deck, page))]


def _turns(facts: Iterable[Fact], timeline: Timeline) -> list[tuple[float, str, int]]:
    """Return the slides that were shown for a while, each with the second from which on."""
    found: list[tuple[float, str, int]] = []
    for fact in facts:
        if fact["type"] != "slide:turned" or fact["at"] > timeline.ends_at:
            continue
        turn = (timeline.second_of(fact["at"]), str(fact["data"]["deck"]), int(fact["data"]["page"]))
        if found and found[-1][1:] == turn[1:]:
            continue
        found.append(turn)
    ends = [*(turn[0] for turn in found[1:]), timeline.length_s]
    stayed = [turn for turn, end in zip(found, ends, strict=False) if end - turn[0] >= SHORTEST_SLIDE_S]
    return _without_repeats(stayed or found[-1:])


def _without_repeats(turns: Sequence[tuple[float, str, int]]) -> list[tuple[float, str, int]]:
    return [*turns[:1], *(later for earlier, later in pairwise(turns) if earlier[1:] != later[1:])]


def _is_within(fact: Fact, timeline: Timeline) -> bool:
    return timeline.placed[0].at_ms <= int(fact["at"]) <= timeline.ends_at


def _mark(fact: Fact, timeline: Timeline, words: Words) -> Mark | None:
    at_s, data = timeline.second_of(fact["at"]), fact["data"]
    match fact["type"]:
        case "poll:opened":
            return Mark(at_s, MarkKind.QUESTION, str(data["question"])[:LONGEST_TEXT])
        case "hand:raised":
            return Mark(at_s, MarkKind.HAND, words.hand % {"site": words.site(int(data["site"]))})
        case "stage:changed" if data["site"]:
            return Mark(at_s, MarkKind.STAGE, words.stage % {"site": words.site(int(data["site"]))})
        case "chat:said":
            return Mark(at_s, MarkKind.CHAT, str(data["text"])[:LONGEST_TEXT])
    return None


SHOWN = frozenset({
    "lesson:started", "lesson:paused", "lesson:resumed", "lesson:ended", "slide:turned", "stroke:drawn", "strokes:erased", "page:cleared",
    "pointer:kept", "pointer:dropped", "poll:opened", "poll:answered", "poll:closed", "stage:changed",
})  # fmt: skip
"""Facts that the page of a recording folds; who raised a hand or spoke is nobody's business there."""


def shown_facts(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Return what the page of a recording folds, without any seat's mark, numbered as they were."""
    found = []
    for fact in facts:
        if fact["type"] in SHOWN:
            data = dict(fact["data"]) | ({"who": ""} if "who" in fact["data"] else {})
            found.append({**fact, "data": data})
    return found
