"""What an observer counted, as figures by end: questions with their levels and waiting times, and every other thing. Pure.

One mark is one thing seen at a second of the lesson. Rule: several observers are never added up, because each may have
seen the same question; a mean of nothing is ``None`` ("—" on pages), never 0.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from resource_hub.observation.frame import QUESTION, SHEETS, Viewpoint


class End(StrEnum):
    """To whom a question went, or where something was seen."""

    CITY = "city"
    VILLAGE = "village"
    ALL = "all"


class Level(StrEnum):
    """What a question asks of those who answer, the simplest first."""

    REMEMBER = "remember"
    UNDERSTAND = "understand"
    APPLY = "apply"
    ANALYSE = "analyse"
    EVALUATE = "evaluate"
    CREATE = "create"


HIGHER = frozenset({Level.ANALYSE, Level.EVALUATE, Level.CREATE})
"""Levels that the literature calls higher order."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing counted; ``wait_ms`` is from the end of a question until an answer began, None when nobody timed it."""

    viewpoint: Viewpoint
    item: str
    end: End
    second: int
    level: Level | None = None
    wait_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions to one end by one observer: ``levels`` holds every level, those without one are in ``asked`` only."""

    asked: int
    levels: Mapping[Level, int]
    timed: int
    wait_s: float | None
    longest_s: float | None

    @property
    def higher(self) -> float | None:
        """The part of higher order among those that were given a level."""
        whole = sum(self.levels.values())
        return sum(self.levels[level] for level in HIGHER) / whole if whole else None


def questions(marks: Iterable[Mark]) -> dict[End, Questions]:
    """Return the questions of one observer, for every end."""
    asked: dict[End, list[Mark]] = {end: [] for end in End}
    for mark in marks:
        if mark.item == QUESTION:
            asked[mark.end].append(mark)
    return {end: _questions(found) for end, found in asked.items()}


def village_share(found: Mapping[End, Questions]) -> float | None:
    """Return the village's part of the questions that went to one end; None when none did."""
    village, city = found[End.VILLAGE].asked, found[End.CITY].asked
    return village / (village + city) if village + city else None


def counts(marks: Iterable[Mark]) -> dict[Viewpoint, dict[str, dict[End, int]]]:
    """Return how often everything was seen at every end, questions too; for viewpoints with any mark, in the frame's order."""
    seen = Counter((mark.viewpoint, mark.item, mark.end) for mark in marks)
    used = {viewpoint for viewpoint, _item, _end in seen}
    return {
        viewpoint: {item: {end: seen[viewpoint, item, end] for end in End} for item in sheet.items}
        for viewpoint, sheet in SHEETS.items()
        if viewpoint in used
    }


def _questions(marks: list[Mark]) -> Questions:
    levels = Counter(mark.level for mark in marks)
    waits = [mark.wait_ms / 1000 for mark in marks if mark.wait_ms is not None]
    return Questions(
        asked=len(marks),
        levels={level: levels[level] for level in Level},
        timed=len(waits),
        wait_s=fmean(waits) if waits else None,
        longest_s=max(waits, default=None),
    )
