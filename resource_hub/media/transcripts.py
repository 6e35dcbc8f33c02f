"""Decisions about what is said and shown in a recording: lines, times of words, passages, chapters.

Pure: no database and no Flask, so the worker and the hub share it. A word is ``(start, end, text)``
in seconds of the recording. Rule: times never run backwards, whatever a model or an editor gave.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

Word = tuple[float, float, str]

LONGEST_LINE = 60
"""In columns: thirty Chinese characters, or sixty Latin letters."""
LONGEST_LINE_S = 12.0
PAUSE_S = 0.8
"""A silence after which a new line begins."""
PASSAGE_S = 15.0
"""A search hit opens at the start of its passage: long enough for a phrase, short enough to be near."""
MOST_CHAPTERS = 100
LONGEST_TITLE = 80
LONGEST_TEXT = 2000

_SENTENCE_END = re.compile(r"(?:[。？！?!…]|[A-Za-z]\.)\s*$")
_HALVES = "，,、；;：:"
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:['.\-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
_MEANT = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]")
_MOST_SUGGESTED = 20
_SUGGESTED_TITLE = 24
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of speech as it is shown at once."""

    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A chapter: where it begins and what it is called."""

    at_s: float
    title: str


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Cut speech into lines that fit on a picture, at sentence ends and pauses where there are some."""
    found: list[Line] = []
    held: list[Word] = []
    for word in words:
        if held and (word[0] - held[-1][1] >= PAUSE_S or _is_full(held, word)):
            found.append(_line(held))
            held = []
        held.append(word)
        if _SENTENCE_END.search(word[2]):
            found.append(_line(held))
            held = []
    if held:
        found.append(_line(held))
    return [line for line in found if line.text]


def columns(text: str) -> int:
    """Return the width of ``text`` without its outer spaces, a Chinese character counting two."""
    return sum(1 if sign.isascii() else 2 for sign in text.strip())


def retime(words: Sequence[Word], text: str, start_s: float, end_s: float) -> list[Word]:
    """Return the words of an edited ``text``: what stayed keeps its times, what is new shares the time between its neighbours."""
    old = "".join(word for _, _, word in words)
    times = _times_of(words)
    known: list[tuple[float, float] | None] = [None] * len(text)
    for a, b, size in SequenceMatcher(None, old, text, autojunk=False).get_matching_blocks():
        known[b : b + size] = times[a : a + size]
    filled = _filled(known, start_s, end_s)
    found = []
    for token in _TOKEN.finditer(text):
        if token.group().strip():
            found.append((round(filled[token.start()][0], 2), round(filled[token.end() - 1][1], 2), token.group()))
    return found


def passages_of(lines: Iterable[tuple[float, float, str]]) -> Iterator[tuple[float, str]]:
    """Join lines to passages of about ``PASSAGE_S`` with the second at which each begins."""
    began = 0.0
    held: list[str] = []
    for start_s, end_s, text in lines:
        if not text:
            continue
        if held and end_s - began > PASSAGE_S:
            yield began, _joined(held)
            held = []
        if not held:
            began = start_s
        held.append(text)
    if held:
        yield began, _joined(held)


def suggest_chapters(slides: Sequence[tuple[float, str]], duration_s: float) -> list[Mark]:
    """Name a chapter after each slide whose heading is new, none shorter than its share of the recording."""
    least_s = max(5.0, min(60.0, duration_s / 30))
    found: list[Mark] = []
    for at_s, text in slides:
        title = heading_of(text)
        if not title or (found and (at_s - found[-1].at_s < least_s or _is_alike(found[-1].title, title))):
            continue
        found.append(Mark(at_s if found else 0.0, title))
    return found[:_MOST_SUGGESTED] if len(found) > 1 else []


def heading_of(text: str) -> str:
    """Return the first line of a slide that says something, cut to the length of a title."""
    for line in text.splitlines():
        clean = " ".join(line.split())
        if len(_MEANT.findall(clean)) >= 2 and len(_MEANT.findall(clean)) * 2 >= len(clean.replace(" ", "")):
            return clean[:_SUGGESTED_TITLE]
    return ""


def clean_slide(text: str) -> str:
    """Leave out lines in which recognition found dirt instead of words."""
    return "\n".join(line.strip() for line in text.splitlines() if len(_MEANT.findall(line)) >= 2)


def _is_full(held: Sequence[Word], word: Word) -> bool:
    length = sum(columns(text) for _, _, text in held)
    has_rest = held[-1][2].rstrip().endswith(tuple(_HALVES))
    return length + columns(word[2]) > LONGEST_LINE or word[1] - held[0][0] > LONGEST_LINE_S or (has_rest and length >= LONGEST_LINE // 2)


def _line(words: Sequence[Word]) -> Line:
    start_s = words[0][0]
    kept, last = [], start_s
    for begin, end, text in words:
        begin = max(begin, last)  # noqa: PLW2901 -- models give overlapping words at times
        last = max(end, begin)
        kept.append((round(begin, 2), round(last, 2), text))
    return Line(round(start_s, 2), round(last, 2), "".join(text for _, _, text in words).strip(), tuple(kept))


def _times_of(words: Sequence[Word]) -> list[tuple[float, float]]:
    """Return a stretch of time for every character."""
    found = []
    for start, end, text in words:
        each = (end - start) / max(1, len(text))
        found += [(start + n * each, start + (n + 1) * each) for n in range(len(text))]
    return found


def _filled(known: Sequence[tuple[float, float] | None], start_s: float, end_s: float) -> list[tuple[float, float]]:
    """Give every character a time: those without one share what lies between their neighbours."""
    found: list[tuple[float, float]] = []
    at = 0
    while at < len(known):
        time = known[at]
        if time is not None:
            found.append(time)
            at += 1
            continue
        upto = next((n for n in range(at, len(known)) if known[n] is not None), len(known))
        begin = found[-1][1] if found else start_s
        behind = known[upto] if upto < len(known) else None
        until = max(begin, behind[0] if behind else end_s)
        each = (until - begin) / (upto - at)
        found += [(begin + n * each, begin + (n + 1) * each) for n in range(upto - at)]
        at = upto
    return found


def _joined(texts: Sequence[str]) -> str:
    """Join lines; a space only where two Latin words would grow together."""
    parts = [texts[0]]
    for before, text in pairwise(texts):
        parts.append(f" {text}" if before[-1:].isascii() and text[:1].isascii() else text)
    return "".join(parts)


def _is_alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() > _ALIKE
