"""What changed between two texts in parts: pages of a document, steps of a plan, words of a field.

Pure. Parts are paired by what they say, not by where they stand, so that an inserted page does
not make all later ones differ. Pairing is cheap for hundreds of pages; marking words is not, and
is asked for one pair at a time (``marked``).
"""

import re
import zlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

import rjieba

from resource_hub.library import lesson_plan
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, Plan

_SHINGLE = 3
_SKETCH = 64
"""Hashes kept of a part: the estimate of likeness is then right to about ±0.06."""
_ALIKE = 0.3
"""Below this share of common shingles two parts are two, not one that was changed."""
_COMMON = 24
"""A shingle on more parts than this is a header or a footer: it suggests no pair."""
_MOST_WORDS = 4000
"""Longer texts are compared by sentences: marking words takes the square of their number."""
_HAN = r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]"
_WRAP = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_SENTENCE = re.compile(r"[^。!?;!?;\n]*[。!?;!?;\n]?")


class Change(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    UNREAD = "unread"
    """Neither side has text: only the eye can tell."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A part before and after, by place from 0; ``None`` where it is not. ``is_changed`` also of one that moved."""

    before: int | None
    after: int | None
    change: Change
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Some words of a text; ``is_marked`` when the other text has them not."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: its stable id, when it has one, and its texts by column."""

    id: str
    texts: Mapping[str, str]

    @property
    def text(self) -> str:
        return "\n".join(value for value in self.texts.values() if value)


@dataclass(frozen=True, slots=True)
class File:
    """A file by what tells it from others."""

    id: str
    filename: str
    family: str
    sha256: str | None = None


def pair_parts(before: Sequence[str], after: Sequence[str], ids: tuple[Sequence[str], Sequence[str]] | None = None) -> list[Pair]:
    """Return the parts of both texts in the order of the later one, those that are gone where they stood.

    Parts with the same id (``ids`` of both sides, "" for none) belong together whatever they say.
    """
    old, new = [plain_text(text) for text in before], [plain_text(text) for text in after]
    found = _by_id(*ids) if ids else {}
    _same_ends(old, new, found)
    _same_words(old, new, found)
    _alike(old, new, found)
    _left_between(old, new, found)
    return _in_order(old, new, found)


def pair_steps(before: Sequence[Step], after: Sequence[Step]) -> list[Pair]:
    """Return the steps of two plans paired by id, else by what they say."""
    ids = [step.id for step in before], [step.id for step in after]
    return pair_parts([step.text for step in before], [step.text for step in after], ids)


def pair_files(before: Sequence[File], after: Sequence[File]) -> list[Pair]:
    """Return the files of both sides: those with the same bytes, then of the same name, then of the same kind in their order."""
    found: dict[int, int] = {}
    for is_match in (_is_same, lambda old, new: old.filename == new.filename, lambda old, new: old.family == new.family):
        for place, file in enumerate(before):
            if place not in found:
                other = next((n for n, new in enumerate(after) if n not in found.values() and is_match(file, new)), None)
                if other is not None:
                    found[place] = other
    origin = {other: place for place, other in found.items()}
    pairs = []
    for other, file in enumerate(after):
        at = origin.get(other)
        if at is None:
            pairs.append(Pair(None, other, Change.ADDED))
        else:
            is_changed = not _is_same(before[at], file)
            pairs.append(Pair(at, other, Change.CHANGED if is_changed else Change.SAME, is_changed))
    return [*pairs, *_gone(range(len(before)), found)]


def marked(before: str, after: str) -> tuple[list[Run], list[Run]]:
    """Return both texts in runs, with the words marked that the other one has not."""
    old, new = words_of(before), words_of(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        old, new = _SENTENCE.findall("".join(old)), _SENTENCE.findall("".join(new))
    left: list[Run] = []
    right: list[Run] = []
    # Frequent words (的, commas) do not tie passages together in long texts: difflib's autojunk.
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        _append(left, "".join(old[i:j]), is_marked=tag != "equal")
        _append(right, "".join(new[k:m]), is_marked=tag != "equal")
    return left, right


def plain_text(text: str) -> str:
    """Return ``text`` without the breaks of its layout, which say nothing."""
    return " ".join(_WRAP.sub("", text).split())


def words_of(text: str) -> list[str]:
    """Return the words and marks of ``text``; put together they are its plain text."""
    return list(rjieba.cut(plain_text(text)))


def steps_of(plan: Mapping[str, object] | None) -> list[Step]:
    """Return the stages of a structured plan, as a version keeps it; none when there is none."""
    return [] if plan is None else steps_of_plan(Plan.model_validate(plan))


def steps_of_plan(plan: Plan) -> list[Step]:
    """Return the stages of a plan with what each column says in plain words; columns that say nothing are left out."""
    return [_step(step) for step in plan.steps]


def sections_of(plan: Mapping[str, object] | None) -> dict[str, str]:
    """Return what the lines and sections of a plan say in plain words; those that say nothing are left out."""
    if plan is None:
        return {}
    found = Plan.model_validate(plan)
    said = {"title": found.title, "periods": found.periods, **{name: lesson_plan.words(getattr(found, name)) for name in SECTIONS}}
    return {name: words for name, words in said.items() if words}


def _is_same(one: File, other: File) -> bool:
    return one.id == other.id or (one.sha256 is not None and one.sha256 == other.sha256)


def _step(step: lesson_plan.Step) -> Step:
    texts = {"name": step.name, "minutes": "" if step.minutes is None else str(step.minutes)}
    texts |= {column: lesson_plan.words(getattr(step, column)) for column in COLUMNS}
    return Step(step.id, {column: words for column, words in texts.items() if words})


def _by_id(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    places = {ident: place for place, ident in enumerate(after) if ident}
    return {place: places.pop(ident) for place, ident in enumerate(before) if ident in places}


def _same_ends(old: Sequence[str], new: Sequence[str], found: dict[int, int]) -> None:
    """Pair what is equal from the start and from the end on; repeated parts stay in their places so."""
    if found:
        return
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        found[start] = start
        start += 1
    end = 1
    while end <= shorter - start and old[-end] == new[-end]:
        found[len(old) - end] = len(new) - end
        end += 1


def _same_words(old: Sequence[str], new: Sequence[str], found: dict[int, int]) -> None:
    taken = set(found.values())
    places: dict[str, list[int]] = defaultdict(list)
    for place in reversed(range(len(new))):
        if place not in taken and new[place]:
            places[new[place]].append(place)
    for place, text in enumerate(old):
        if place not in found and places.get(text):
            found[place] = places[text].pop()


def _alike(old: Sequence[str], new: Sequence[str], found: dict[int, int]) -> None:
    """Pair the most alike first, of equals those nearest in place."""
    taken = set(found.values())
    left = {place: _sketch(text) for place, text in enumerate(old) if place not in found and text}
    right = {place: _sketch(text) for place, text in enumerate(new) if place not in taken and text}
    holders: dict[int, list[int]] = defaultdict(list)
    for place, sketch in right.items():
        for value in sketch:
            holders[value].append(place)
    candidates = []
    for place, sketch in left.items():
        near = {other for value in sketch if len(holders.get(value, ())) <= _COMMON for other in holders.get(value, ())}
        candidates += [(-_likeness(sketch, right[other]), abs(place - other), place, other) for other in near]
    for unlike, _distance, place, other in sorted(candidates):
        if -unlike >= _ALIKE and place not in found and other not in taken:
            found[place] = other
            taken.add(other)


def _left_between(old: Sequence[str], new: Sequence[str], found: dict[int, int]) -> None:
    """Pair, in order, pages without text and pages alike only in parts common to many, between the same neighbours."""
    taken = set(found.values())
    for place in range(len(old)):
        if place in found:
            continue
        other = found[place - 1] + 1 if place and place - 1 in found else place if place == 0 else None
        if other is None or other >= len(new) or other in taken:
            continue
        if bool(old[place]) is bool(new[other]) and (not old[place] or _likeness(_sketch(old[place]), _sketch(new[other])) >= _ALIKE):
            found[place] = other
            taken.add(other)


def _in_order(old: Sequence[str], new: Sequence[str], found: Mapping[int, int]) -> list[Pair]:
    steady = _longest_rise(found)
    origin = {other: place for place, other in found.items()}
    pairs: list[Pair] = []
    shown = 0
    for other in range(len(new)):
        place = origin.get(other)
        if place is None:
            pairs.append(Pair(None, other, Change.ADDED))
            continue
        if place in steady:
            pairs += _gone(range(shown, place), found)
            shown = place + 1
        pairs.append(_pair(place, other, old[place], new[other], is_steady=place in steady))
    return [*pairs, *_gone(range(shown, len(old)), found)]


def _gone(places: Iterable[int], found: Mapping[int, int]) -> list[Pair]:
    return [Pair(place, None, Change.REMOVED) for place in places if place not in found]


def _pair(place: int, other: int, old: str, new: str, *, is_steady: bool) -> Pair:
    is_changed = old != new
    if not is_steady:
        return Pair(place, other, Change.MOVED, is_changed)
    if not old and not new:
        return Pair(place, other, Change.UNREAD)
    return Pair(place, other, Change.CHANGED if is_changed else Change.SAME, is_changed)


def _longest_rise(found: Mapping[int, int]) -> set[int]:
    """Return the most parts that kept their order; the others are the ones that moved."""
    tails: list[int] = []
    at_tail: list[int] = []
    earlier: dict[int, int | None] = {}
    for place in sorted(found):
        spot = bisect_left(tails, found[place])
        earlier[place] = at_tail[spot - 1] if spot else None
        tails[spot : spot + 1] = [found[place]]
        at_tail[spot : spot + 1] = [place]
    steady: set[int] = set()
    last: int | None = at_tail[-1] if at_tail else None
    while last is not None:
        steady.add(last)
        last = earlier[last]
    return steady


def _sketch(text: str) -> frozenset[int]:
    """Return the smallest hashes of all runs of three characters: alike texts share many."""
    data = text if len(text) >= _SHINGLE else text.ljust(_SHINGLE)
    shingles = {data[i : i + _SHINGLE] for i in range(len(data) - _SHINGLE + 1)}
    return frozenset(sorted(zlib.crc32(shingle.encode("utf-8", "surrogatepass")) for shingle in shingles)[:_SKETCH])


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    both = sorted(one | other)[:_SKETCH]
    return sum(1 for value in both if value in one and value in other) / len(both) if both else 1.0


def _append(runs: list[Run], text: str, *, is_marked: bool) -> None:
    if not text:
        return
    if runs and runs[-1].is_marked is is_marked:
        text = runs.pop().text + text
    runs.append(Run(text, is_marked))
