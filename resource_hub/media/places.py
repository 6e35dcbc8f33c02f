"""Where words stand on the picture of a page or on a still. Pure.

A page keeps its words as short runs with their boxes, ``[x, y, width, height, words]`` in thousandths of the
page's width and height, in reading order. Kept beside the text, not tied to it: the text is cleaned for
search, and what is looked for is words, wherever they came from.
"""

from collections.abc import Iterable, Sequence

Box = tuple[int, int, int, int]
"""x, y, width and height in thousandths of the page."""
Run = tuple[int, int, int, int, str]

WHOLE = 1000
MOST_BOXES = 60
LONGEST_RUN = 12
"""Characters: within a run the place of a character is guessed from its share, so runs are short."""


def boxes_of(runs: Iterable[Sequence[object]], words: Iterable[str]) -> tuple[Box, ...]:
    """Return the boxes of ``words`` on the page; a word that goes over several runs has several. Blanks and case do not count."""
    chars: list[tuple[Run, int]] = []
    text = ""
    for run in map(_run, runs):
        for at, char in enumerate(run[4]):
            if not char.isspace():
                chars.append((run, at))
                text += char.casefold()[:1]
    found: list[Box] = []
    for word in {_folded(one) for one in words}:
        at = text.find(word) if word else -1
        while at >= 0 and len(found) < MOST_BOXES:
            found += _boxes(chars[at : at + len(word)])
            at = text.find(word, at + len(word))
    return tuple(sorted(set(found), key=lambda box: (box[1], box[0]))[:MOST_BOXES])


def _folded(word: str) -> str:
    return "".join(char.casefold()[:1] for char in word if not char.isspace())


def _run(given: Sequence[object]) -> Run:
    x, y, width, height, text = given
    return int(str(x)), int(str(y)), int(str(width)), int(str(height)), str(text)


def _boxes(chars: Sequence[tuple[Run, int]]) -> list[Box]:
    by_run: dict[Run, list[int]] = {}
    for run, at in chars:
        by_run.setdefault(run, []).append(at)
    return [_box(run, min(places), max(places) + 1) for run, places in by_run.items()]


def _box(run: Run, start: int, end: int) -> Box:
    x, y, width, height, text = run
    whole = _breadth(text) or 1
    left = width * _breadth(text[:start]) // whole
    right = -(-width * _breadth(text[:end]) // whole)
    return x + left, y, max(1, right - left), height


def _breadth(text: str) -> int:
    """A Latin letter is about half as wide as a Chinese character."""
    return sum(1 if char.isascii() else 2 for char in text)
