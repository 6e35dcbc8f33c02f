"""Reading what was meant by what was typed: pinyin and initials as words, misspelt words as known ones. Pure.

Why apart from ``rules``: this needs the words that exist (a ``Lexicon`` of titles, tags and the
curriculum); ``rules`` needs none. Rule: a word that only hidden things have must not show itself,
so whatever is not of the curriculum is asked of ``known`` first.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

import rjieba
from pypinyin import lazy_pinyin

from resource_hub.infra import tokenizer

Known = Callable[[frozenset[str]], frozenset[str]]
"""Tells which words stand in title, tags or place of something that the viewer may see."""

_MOST_TOKENS, _MOST_CHARACTERS = 8, 14
_MOST_MEANT = 5
_LATIN = re.compile(r"(?<![a-z0-9])[a-z]{2,}(?:[ '’]+[a-z]{2,})*(?![0-9])")
_HAN = re.compile(r"[㐀-鿿]+")
_LISTED = re.compile(r"[㐀-鿿]{1,4}(?:、[㐀-鿿]{1,4}){1,3}")
_LINKS = re.compile("[的与和及、]")
_CLOSE, _CLOSE_LONG = 0.75, 0.66
_SHORTEST_LATIN = 4
_SHORTEST_PREFIX, _SHORTEST_INITIALS = 4, 3
_MOST_CHECKED = 40


@dataclass(frozen=True, slots=True)
class Rewrite:
    """``typed`` was read as ``words``."""

    typed: str
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The words to search, what was read otherwise, what else they may mean, and a guess to offer."""

    words: str
    rewrites: tuple[Rewrite, ...] = ()
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hint: str = ""


class Lexicon:
    """The words that exist, by how they sound. ``phrases`` are public names, ``words`` may be hidden ones."""

    def __init__(self, words: Iterable[str], phrases: Sequence[str]) -> None:
        self._names = [(tokenizer.normalise(phrase).text, phrase) for phrase in phrases]
        self.public: set[str] = set()
        self._sounds: dict[str, dict[str, None]] = {}
        self._initials: dict[str, dict[str, None]] = {}
        self._by_character: dict[str, set[str]] = {}
        for phrase in phrases:
            for part in _parts(tokenizer.normalise(phrase).text):
                self.public.add(part)
                self._take(part)
        self.latin: set[str] = {word for word in tokenizer.index_words(" ".join(phrases)) if _is_latin(word)}
        self._public_latin = frozenset(self.latin)
        for word in words:
            if _is_latin(word):
                self.latin.add(word)
            elif len(word) > 1 and _HAN.fullmatch(word):
                self._take(word)
        self._ordered = sorted(self._sounds)
        self._ordered_initials = sorted(self._initials)

    def _take(self, word: str) -> None:
        if word.startswith(("的", "了")) or word.endswith("的"):
            return
        for form in {word, _LINKS.sub("", word)}:
            syllables = _syllables(form)
            self._sounds.setdefault("".join(syllables), {})[word] = None
            if len(form) > 1:
                self._initials.setdefault("".join(s[0] for s in syllables if s), {})[word] = None
        for character in word if word in self.public else ():
            self._by_character.setdefault(character, set()).add(word)

    def sounding(self, letters: str) -> Iterator[str]:
        """Give the words that ``letters`` may spell, the likeliest way of spelling first."""
        for found in (self._sounds.get(letters), self._initials.get(letters)):
            if found:
                yield from found
        if len(letters) >= _SHORTEST_PREFIX:
            yield from self._beginning(letters)
        if len(letters) >= _SHORTEST_INITIALS:
            for key in _starting(self._ordered_initials, letters):
                yield from (word if _LINKS.search(word) else word[: len(letters)] for word in self._initials[key])

    def homophones(self, text: str) -> list[str]:
        """Return other words of the same length that sound like ``text``."""
        return [word for word in self._sounds.get("".join(_syllables(text)), ()) if len(word) == len(text) and word != text]

    def alike(self, text: str) -> str:
        """Return the public name that differs from ``text`` in one character; empty when there is none."""
        likely = set().union(*(self._by_character.get(character, ()) for character in text))
        same = (word for word in likely if len(word) == len(text) and sum(a != b for a, b in zip(word, text, strict=True)) == 1)
        return min(same, default="")

    def names_with(self, texts: Iterable[str], most: int) -> list[str]:
        """Return names of the curriculum that hold one of ``texts``, those that begin with it first."""
        wanted = tuple(dict.fromkeys(texts))
        found = [(not plain.startswith(wanted), len(plain), name) for plain, name in self._names if any(text in plain for text in wanted)]
        return [name for _later, _length, name in sorted(found)[:most]]

    def is_public(self, word: str) -> bool:
        return word in self.public or word in self._public_latin

    def _beginning(self, letters: str) -> Iterator[str]:
        """Give the beginnings of words that sound like ``letters``, whole syllables only."""
        for key in _starting(self._ordered, letters):
            for word in self._sounds[key]:
                length = 0
                for number, syllable in enumerate(_syllables(word), 1):
                    length += len(syllable)
                    if length == len(letters):
                        yield word[:number]
                        break


def read(words: str, lexicon: Lexicon, known: Known) -> Reading:
    """Return how ``words`` (normalised) are to be understood."""
    rewrites: list[Rewrite] = []
    near: dict[str, tuple[str, ...]] = {}

    def spell(match: re.Match[str]) -> str:
        return _spelt(match[0], lexicon, known, rewrites, near)

    text = _LATIN.sub(spell, words)
    text = _HAN.sub(lambda match: _corrected(match[0], lexicon, known, rewrites), text)
    return Reading(text, tuple(rewrites), near, _hint(text, lexicon, known))


def _spelt(text: str, lexicon: Lexicon, known: Known, rewrites: list[Rewrite], near: dict[str, tuple[str, ...]]) -> str:
    """Return a run of Latin words with those that are no words of the library read as pinyin."""
    tokens = re.split(r"[ '’]+", text)
    stems = {token: next(iter(tokenizer.index_words(token)), token) for token in tokens}
    there = known(frozenset(stems.values())) | {stem for stem in stems.values() if lexicon.is_public(stem)}
    out: list[str] = []
    at = 0
    while at < len(tokens):
        if stems[tokens[at]] in there:
            out.append(tokens[at])
            at += 1
            continue
        end, meant = _longest(tokens, at, lexicon, known)
        typed = " ".join(tokens[at:end])
        if meant:
            out.append(meant[0])
            rewrites.append(Rewrite(typed, meant[0]))
            near[meant[0]] = tuple(meant[1:])
        else:
            out.append(typed)
        at = end
    return " ".join(out)


def _longest(tokens: Sequence[str], at: int, lexicon: Lexicon, known: Known) -> tuple[int, list[str]]:
    """Return how many of ``tokens`` from ``at`` make words together, and which words."""
    for end in range(len(tokens), at, -1):
        letters = "".join(tokens[at:end])
        if found := _shown(lexicon.sounding(letters), lexicon, known):
            return end, found
        if split := _split(letters, lexicon, known):
            return end, [split]
    return at + 1, _shown(_misspelt(tokens[at], lexicon), lexicon, known)[:1]


def _misspelt(token: str, lexicon: Lexicon) -> list[str]:
    """Return Latin words that ``token`` may be meant to be: alike, and begun with the same letter."""
    if len(token) < _SHORTEST_LATIN:
        return []
    same = sorted(word for word in lexicon.latin if word[0] == token[0])
    stem = next(iter(tokenizer.index_words(token)), token)
    return get_close_matches(stem, same, 3, _CLOSE if len(stem) == _SHORTEST_LATIN else _CLOSE_LONG)


def _split(letters: str, lexicon: Lexicon, known: Known) -> str:
    """Return two words that ``letters`` spell one after the other; empty when they do not."""
    if len(letters) > 40:  # longer than any two names
        return ""
    for cut in range(len(letters) - 4, 3, -1):
        first = _shown(lexicon._sounds.get(letters[:cut], ()), lexicon, known)
        second = _shown(lexicon._sounds.get(letters[cut:], ()), lexicon, known) if first else []
        if first and second:
            return f"{first[0]} {second[0]}"
    return ""


def _shown(words: Iterable[str], lexicon: Lexicon, known: Known) -> list[str]:
    """Return the first of ``words`` that may be shown."""
    asked = list(dict.fromkeys(word for word, _n in zip(words, range(_MOST_CHECKED), strict=False)))
    if not asked:
        return []
    there = known(frozenset(asked))
    seen = [word for word in asked if word in there or lexicon.is_public(word) or _are_parts_known(word, known)]
    return seen[:_MOST_MEANT]


def _are_parts_known(word: str, known: Known) -> bool:
    parts = frozenset(tokenizer.index_words(word))
    return bool(parts) and known(parts) == parts


def _corrected(run: str, lexicon: Lexicon, known: Known, rewrites: list[Rewrite]) -> str:
    """Return a run of characters in which misspelt words are written as a known word that sounds the same."""
    cuts = [0, *(end for _word, _start, end in rjieba.tokenize(run, "default"))]
    out: list[str] = []
    at = 0
    while at < len(cuts) - 1:
        end, word = _sounded(run, cuts, at, lexicon, known)
        typed = run[cuts[at] : cuts[end]]
        if word != typed:
            rewrites.append(Rewrite(typed, word))
        out.append(word)
        at = end
    return "".join(out)


def _sounded(run: str, cuts: Sequence[int], at: int, lexicon: Lexicon, known: Known) -> tuple[int, str]:
    """Return the end of the longest stretch from ``at`` that is a name or sounds like one, and the name."""
    for end in range(min(len(cuts) - 1, at + _MOST_TOKENS), at, -1):
        typed = run[cuts[at] : cuts[end]]
        if len(typed) < 2 or len(typed) > _MOST_CHARACTERS:
            continue
        if typed in lexicon.public:
            return end, typed
        pieces = [run[a:b] for a, b in zip(cuts[at:end], cuts[at + 1 : end + 1], strict=True)]
        if _is_doubtful(pieces) and (meant := _shown(lexicon.homophones(typed), lexicon, known)):
            return end, meant[0]
    return at + 1, run[cuts[at] : cuts[at + 1]]


def _is_doubtful(pieces: Sequence[str]) -> bool:
    """Return whether the pieces look like a misspelt word: not all of them are words of the dictionary."""
    return any(len(piece) == 1 or not rjieba.has_word(piece) for piece in pieces)


def _hint(text: str, lexicon: Lexicon, known: Known) -> str:
    """Return ``text`` with one name in it put right, when it differs in one character from a name that exists."""
    for match in _HAN.finditer(text):
        run = match[0]
        cuts = [0, *(end for _word, _start, end in rjieba.tokenize(run, "default"))]
        for first in range(len(cuts) - 1):
            for last in range(len(cuts) - 1, first, -1):
                typed = run[cuts[first] : cuts[last]]
                if not 3 <= len(typed) <= _MOST_CHARACTERS or typed in lexicon.public or known(frozenset({typed})):
                    continue
                if meant := lexicon.alike(typed):
                    return text[: match.start()] + run[: cuts[first]] + meant + run[cuts[last] :] + text[match.end() :]
    return ""


def _parts(title: str) -> Iterator[str]:
    """Give a name and the stretches of whole words in it; single characters only when they are all of the name."""
    if _LISTED.fullmatch(title):
        yield title
    for match in _HAN.finditer(title):
        run = match[0]
        if len(run) == 1:
            if run == title:
                yield run
            continue
        cuts = [0, *(end for _word, _start, end in rjieba.tokenize(run, "default"))]
        for first in range(len(cuts) - 1):
            for last in range(first + 1, min(len(cuts), first + 1 + _MOST_TOKENS)):
                part = run[cuts[first] : cuts[last]]
                if 2 <= len(part) <= _MOST_CHARACTERS:
                    yield part


def _starting(ordered: Sequence[str], beginning: str) -> Iterator[str]:
    at = bisect_left(ordered, beginning)
    while at < len(ordered) and ordered[at].startswith(beginning):
        yield ordered[at]
        at += 1


def _is_latin(word: str) -> bool:
    return word.isascii() and word.isalpha() and len(word) >= _SHORTEST_LATIN


@lru_cache(maxsize=200_000)
def _syllables(word: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(word))
