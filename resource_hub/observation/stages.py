"""Minutes by slide and by stage, turns and polls, from a lesson's facts alone. Pure.

Nobody codes this: the lesson's own log has it. A stage is named by the slide with which it begins, so a
plan's stages and the titles of slides are one list. Rule: pauses and time before the bell belong to no stage.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Fact = Mapping[str, Any]
Slide = tuple[str, int]
"""Deck and page."""
_RUNS = {"lesson:started": True, "lesson:resumed": True, "lesson:paused": False, "lesson:ended": False}


@dataclass(frozen=True, slots=True)
class StageTime:
    """A stage and how long it lasted; ``planned_s`` where the plan says so."""

    name: str
    seconds: int
    planned_s: int | None = None


@dataclass(frozen=True, slots=True)
class PollTold:
    """A poll of the lesson: what was asked, and how many pupils answered at which class."""

    question: str
    answered: Mapping[int, int]


def seconds_by_slide(facts: Sequence[Fact]) -> dict[Slide | None, int]:
    """Return for each slide the seconds that it was shown while the lesson ran; None: before any slide."""
    shown: Counter[Slide | None] = Counter()
    slide: Slide | None = None
    since: int | None = None
    for fact in facts:
        if since is not None:
            shown[slide] += fact["at"] - since
            since = fact["at"]
        if fact["type"] == "slide:turned":
            slide = (str(fact["data"]["deck"]), int(fact["data"]["page"]))
        elif (runs := _RUNS.get(fact["type"])) is not None:
            since = fact["at"] if runs else None
    return {key: milliseconds // 1000 for key, milliseconds in shown.items() if milliseconds >= 1000}


def seconds_by_stage(facts: Sequence[Fact], stages: Sequence[tuple[str, Slide]]) -> list[StageTime]:
    """Return the time of each stage; a slide belongs to the last stage of its deck that begins at or before it.

    What was shown before the first stage, or belongs to no deck of theirs, stands under an empty name.
    """
    found: dict[int | None, int] = {}
    for slide, seconds in seconds_by_slide(facts).items():
        at = _stage_of(slide, stages)
        found[at] = found.get(at, 0) + seconds
    times = [StageTime(name, found.get(at, 0)) for at, (name, _) in enumerate(stages)]
    return [*times, StageTime("", found[None])] if found.get(None) else times


def turns(facts: Sequence[Fact]) -> dict[int, int]:
    """Return how often each class was called up: a hand called, or the stage given."""
    sites = {fact["data"]["id"]: fact["data"]["site"] for fact in facts if fact["type"] == "hand:raised"}
    found: Counter[int] = Counter()
    for fact in facts:
        if fact["type"] == "hand:called" and fact["data"]["hand"] in sites:
            found[sites[fact["data"]["hand"]]] += 1
        elif fact["type"] == "stage:changed" and fact["data"]["site"] is not None:
            found[fact["data"]["site"]] += 1
    return dict(found)


def polls(facts: Iterable[Fact]) -> list[PollTold]:
    """Return the polls in their order with the answers of each class."""
    asked: dict[str, str] = {}
    answers: dict[str, dict[int, int]] = {}
    for fact in facts:
        if fact["type"] == "poll:opened":
            asked[fact["data"]["id"]] = fact["data"]["question"]
        elif fact["type"] == "poll:answered" and fact["data"]["poll"] in asked:
            answers.setdefault(fact["data"]["poll"], {})[fact["data"]["site"]] = sum(fact["data"]["counts"])
    return [PollTold(question, answers.get(ident, {})) for ident, question in asked.items()]


def _stage_of(slide: Slide | None, stages: Sequence[tuple[str, Slide]]) -> int | None:
    if slide is None:
        return None
    deck, page = slide
    begun = [(first[1], at) for at, (_, first) in enumerate(stages) if first[0] == deck and first[1] <= page]
    return max(begun)[1] if begun else None
