"""The few lines of a hit that show why it was found, with the words marked. Pure.

Words are looked for in the normalised text and marked in the original, so full-width letters,
traditional characters and 3年级 for 三年级 are marked too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from resource_hub.infra import tokenizer
from resource_hub.infra.index.documents import Moment

WIDTH = 110
_LEAD = 24
_MOST_PLACES = 40
_SENTENCE_ENDS = "。!?!?;;\n"


@dataclass(frozen=True, slots=True)
class Marked:
    """Plain text and the spans of the words in it, ascending, not overlapping."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    moment: Moment | None = None


def mark(text: str, words: Iterable[str]) -> Marked:
    """Return the whole of ``text`` with ``words`` marked."""
    return Marked(text, _merged(place[:2] for place in _places(tokenizer.normalise(text), words, len(text))))


def best(passages: Sequence[tuple[str, Moment | None]], words: Sequence[str], most: int) -> list[Marked]:
    """Return the stretches of ``most`` passages that hold most of ``words``, the best first; none when no passage has any."""
    found: list[tuple[float, int, int, list[tuple[int, int, int]]]] = []
    for number, (text, _moment) in enumerate(passages):
        places = _places(tokenizer.normalise(text), words, len(text))
        score, start = _densest(places, words)
        if score:
            found.append((-score, number, start, places))
    found.sort(key=lambda one: one[:2])
    return [_stretch(passages[number][0], start, places, passages[number][1]) for _score, number, start, places in found[:most]]


def beginning(text: str) -> Marked:
    """Return the first lines of ``text``, for a hit whose words stand elsewhere."""
    return _stretch(text, 0, [], None)


def _places(text: tokenizer.Normalised, words: Iterable[str], length: int) -> list[tuple[int, int, int]]:
    """Return (start, end, which word) in the original, ascending."""
    found = []
    for which, word in enumerate(words):
        at = text.text.find(word)
        count = 0
        while at >= 0 and count < _MOST_PLACES:
            end = at + len(word)
            found.append((text.at(at), text.at(end) if end < len(text.text) else length, which))
            at = text.text.find(word, end)
            count += 1
    return sorted(place for place in found if place[0] < place[1])


def _densest(places: Sequence[tuple[int, int, int]], words: Sequence[str]) -> tuple[float, int]:
    """Return score and start of the window that holds the most different, longest words."""
    best, start = 0.0, 0
    for index, (begin, _end, _which) in enumerate(places):
        inside = {place[2] for place in places[index : index + 12] if place[1] <= begin + WIDTH - _LEAD}
        score = float(sum(len(words[which]) for which in inside))
        if score > best:
            best, start = score, begin
    return best, start


def _stretch(text: str, start: int, places: Sequence[tuple[int, int, int]], moment: Moment | None) -> Marked:
    begin = max(0, start - _LEAD)
    if begin:
        sentence = max(text.rfind(char, begin - 1, start) for char in _SENTENCE_ENDS)
        begin = sentence + 1 if sentence >= 0 else begin
    end = min(len(text), begin + WIDTH)
    lead, tail = "…" if begin else "", "…" if end < len(text) else ""
    plain = "".join(" " if char.isspace() or not char.isprintable() else char for char in text[begin:end])
    shift = len(lead) - begin
    marks = _merged((max(a, begin) + shift, min(b, end) + shift) for a, b, _which in places if b > begin and a < end)
    return Marked(lead + plain + tail, marks, moment)


def _merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
