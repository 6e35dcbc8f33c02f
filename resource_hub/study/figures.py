"""Figures of a round and how two rounds stand beside each other. Pure; words and addresses are the pages'.

Rule: what nobody measured is None and shown as a dash, never as nought; no figure puts one teacher beside another
but the two rounds of one cycle.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

TOKEN = re.compile(r"\[\[([1-3]):([a-z_]{1,40})\]\]")
"""A figure in the words of a report: the round and the figure's name."""


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of the plan: minutes planned, and seconds taught by the log (``is_noted``: by what observers marked)."""

    id: str
    name: str
    planned: int | None
    taught_s: int | None = None
    is_noted: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in words, with the page where it comes from."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a report: words, or a figure with its address."""

    text: str
    url: str = ""


Planned = Sequence[tuple[str, str, int | None]]
"""Stages of a plan: id, name, minutes."""


def stage_lines(planned: Planned, logged: Mapping[str, int], noted: Sequence[tuple[str, int]], length_s: int | None) -> list[StageLine]:
    """Return the stages with what they took: by the log where a slide names the stage, else by the observers' marks.

    ``logged`` is title → seconds; ``noted`` are stage and second in the order of time, of one observer; ``length_s`` ends the last.
    """
    marked = _marked_seconds(noted, length_s)
    lines = []
    for ident, name, minutes in planned:
        by_log = [seconds for title, seconds in logged.items() if _names(title, name)]
        by_note = [seconds for title, seconds in marked.items() if _names(title, name)]
        found = by_log or by_note
        lines.append(StageLine(ident, name, minutes, sum(found) if found else None, is_noted=bool(by_note and not by_log)))
    return lines


def mean(values: Sequence[float | None]) -> float | None:
    """Return the mean of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def pieces(words: str, figures: Mapping[tuple[int, str], Figure], *, unknown: str = "—") -> Iterator[Piece]:
    """Yield a report's words with its figures put in; what is not there any more is a dash. Joined, nothing else is lost."""
    at = 0
    for token in TOKEN.finditer(words):
        if token.start() > at:
            yield Piece(words[at : token.start()])
        found = figures.get((int(token[1]), token[2]))
        yield Piece(found.words, found.url) if found else Piece(unknown)
        at = token.end()
    if at < len(words):
        yield Piece(words[at:])


def token(number: int, name: str) -> str:
    """Return how a figure stands in the words of a report."""
    return f"[[{number}:{name}]]"


def _marked_seconds(noted: Sequence[tuple[str, int]], length_s: int | None) -> dict[str, int]:
    """Return how long each marked stage lasted: until another one is marked, the last until the end when it is known."""
    starts = [(stage, second) for at, (stage, second) in enumerate(noted) if stage and (at == 0 or noted[at - 1][0] != stage)]
    found: dict[str, int] = {}
    for at, (stage, second) in enumerate(starts):
        end = starts[at + 1][1] if at + 1 < len(starts) else length_s
        if end is not None and end > second:
            found[stage] = found.get(stage, 0) + end - second
    return found


def _names(title: str, stage: str) -> bool:
    """True when one name stands in the other: a slide 新授：冷与暖 belongs to the stage 新授."""
    one, other = "".join(title.split()), "".join(stage.split())
    return bool(one and other) and (one in other or other in one)
