"""Chinese and Latin text → the words that the index holds and that queries ask for.

Index and query must cut text by the same rules, so nothing else folds or segments. ``fold``
keeps the length (what is found in folded text can be marked in the original); ``normalise``
also rewrites numerals (3年级, grade 3, 初一 → 三年级, 七年级) and keeps a map back. Rule:
a change of what is cut needs a new ``ANALYSIS``, which makes every node rebuild its index.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import opencc
import rjieba

ANALYSIS = 1
LONGEST_WORD = 64

_NUMERALS = "零一二三四五六七八九"
_SURROGATES = range(0xD800, 0xE000)
_GRADE_WORD = {"1": "一", "2": "二", "3": "三", "4": "四", "5": "五", "6": "六", "7": "七", "8": "八", "9": "九"}
_JUNIOR = {"一": "七年级", "二": "八年级", "三": "九年级", "1": "七年级", "2": "八年级", "3": "九年级"}

_SUBJECTS = "语文|数学|英语|科学|物理|化学|生物|历史|地理|音乐|美术|体育|劳动|艺术|道法|道德|信息"
_AFTER_SUBJECT = "|".join(f"(?<={name})" for name in _SUBJECTS.split("|"))

_NUMBERED = re.compile(
    # 三上, 3年级上, 三(上), 三年级上学期: only where no 星期三上午 or 想一下 can be meant.
    rf"(?:(?<![\w.])|{_AFTER_SUBJECT})(?P<short>[1-9一二三四五六七八九])(?:年级)?\s?"
    rf"(?:\((?P<half>[上下])册?\)|(?P<half2>[上下])(?=册|学期|$|[\s,、。;:)]|{_SUBJECTS}))(?:册|学期)?"
    r"|(?<![0-9.])(?P<digit>[1-9])\s?(?=年级)"
    r"|(?<![a-z])(?:grade|g)\s?(?P<grade>[1-9])(?![0-9a-z])"
    r"|(?<![年月当最起])初(?P<junior>[一二三123])(?![十百0-9次步级期]|一(?:\b|日))"
    r"|第\s?(?P<ordinal>[1-9][0-9]?)\s?(?=单元|课|册|章|节)",
)

_BEGINS_NUMBERED = re.compile(r"[1-9一二三四五六七八九g初第]")
"""What every match of ``_NUMBERED`` begins with; trying it at each letter of a text would cost more than cutting the text."""


class _Fold(dict[int, str]):
    """Folds one character to one character; grows as characters are met."""

    def __missing__(self, code: int) -> str:
        char = " " if code in _SURROGATES or code == 0 else chr(code)
        wide = unicodedata.normalize("NFKC", char)
        if len(wide) == 1:
            char = wide
        low = char.lower()
        if len(low) == 1:
            char = low
        self[code] = char
        return char


_fold = _Fold()
_simplify = opencc.OpenCC("t2s")


@dataclass(frozen=True, slots=True)
class Normalised:
    """Folded text with numerals rewritten; ``at(i)`` is the place in the original."""

    text: str
    starts: Sequence[int] | None = None

    def at(self, index: int) -> int:
        return index if self.starts is None else self.starts[index]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query and the shorter index words inside it (``parts``)."""

    text: str
    start: int
    end: int
    parts: tuple[str, ...] = ()


def fold(text: str) -> str:
    """Return ``text`` half-width, lower-case and in simplified characters, of the same length."""
    folded = text.translate(_fold)
    if folded.isascii():
        return folded
    simple: str = _simplify.convert(folded)
    if len(simple) == len(folded):
        return simple
    return "".join(_simple_char(char) for char in folded)


def normalise(text: str) -> Normalised:
    """Return ``text`` folded, with grades and ordinals in one spelling."""
    folded = fold(text)
    pieces: list[str] = []
    starts: list[int] = []
    done = 0
    for match in _numbered(folded):
        word = _spell(match)
        pieces += (folded[done : match.start()], word)
        starts.extend(range(done, match.start()))
        starts.extend([match.start()] * len(word))
        done = match.end()
    if not pieces:
        return Normalised(folded)
    pieces.append(folded[done:])
    starts.extend(range(done, len(folded) + 1))
    return Normalised("".join(pieces), starts)


def index_words(text: str) -> list[str]:
    """Return the words under which ``text`` is found, long ones and the shorter ones inside."""
    return [word for cut in rjieba.cut_for_search(normalise(text).text) for word in _words_of(cut)]


def query_words(text: str) -> list[Word]:
    """Return the words of ``text``, one after the other, each with the words inside it."""
    clean = normalise(text).text
    inner = _cut(clean)
    words = []
    for word, start, end in rjieba.tokenize(clean, "default"):
        if _is_word(word):
            parts = tuple(dict.fromkeys(_stem(w) for w, a, b in inner if start <= a and b <= end and b - a < end - start))
            words.append(Word(_stem(word), start, end, parts))
    return words


def grams(text: str) -> list[str]:
    """Return the Han characters and neighbouring pairs of ``text``; for titles only, they are many."""
    found: dict[str, None] = {}
    for run in _han_runs(normalise(text).text):
        found.update(dict.fromkeys(run))
        found.update(dict.fromkeys(run[i : i + 2] for i in range(len(run) - 1)))
    return list(found)


def query_grams(word: str) -> tuple[str, ...]:
    """Return the grams that a title must have for ``word`` to stand in it; empty when it is not Han."""
    runs = list(_han_runs(word))
    if runs != [word]:
        return ()
    return (word,) if len(word) == 1 else tuple(dict.fromkeys(word[i : i + 2] for i in range(len(word) - 1)))


def _numbered(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while begin := _BEGINS_NUMBERED.search(text, at):
        match = _NUMBERED.match(text, begin.start())
        if match:
            yield match
        at = (match or begin).end()


def _spell(match: re.Match[str]) -> str:
    if short := match["short"]:
        return f"{_GRADE_WORD.get(short, short)}年级{match['half'] or match['half2']}册"
    if digit := match["digit"]:
        return _GRADE_WORD[digit]
    if grade := match["grade"]:
        return _GRADE_WORD[grade] + "年级"
    if junior := match["junior"]:
        return _JUNIOR[junior]
    return "第" + _numeral(int(match["ordinal"]))


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")


def _cut(text: str) -> list[tuple[str, int, int]]:
    """Return all words with their places."""
    found = []
    for cut, start, end in rjieba.tokenize(text, "search"):
        if _is_word(cut):
            found.append((cut, start, end))
            if _is_guessed(cut):
                inner = rjieba.tokenize(cut, "search", False)
                found += [(word, start + a, start + b) for word, a, b in inner if b - a < len(cut) and _is_word(word)]
    return found


@lru_cache(maxsize=65_536)
def _words_of(cut: str) -> tuple[str, ...]:
    """Return the words of ``_cut`` for one cut piece of text, without their places."""
    if not _is_word(cut):
        return ()
    if not _is_guessed(cut):
        return (_stem(cut),)
    inner = rjieba.cut_for_search(cut, False)
    return (_stem(cut), *(_stem(word) for word in inner if len(word) < len(cut) and _is_word(word)))


def _is_guessed(word: str) -> bool:
    """Return whether a word (折纸理解) is in no dictionary; such are also cut by the dictionary alone."""
    return len(word) > 1 and not word.isascii() and not rjieba.has_word(word)


def _is_word(word: str) -> bool:
    return len(word) <= LONGEST_WORD and (word.isalnum() or any(char.isalnum() for char in word))


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """Drop the plural s of Latin words, so that animal finds animals."""
    if len(word) > 3 and word.isascii() and word.isalpha() and word[-1] == "s" and word[-2] not in "sui":
        return word[:-1]
    return word


def _han_runs(text: str) -> Iterator[str]:
    for match in re.finditer(r"[㐀-鿿]+", text):
        yield match[0]


@lru_cache(maxsize=4096)
def _simple_char(char: str) -> str:
    simple = _simplify.convert(char)
    return simple if len(simple) == 1 else char
