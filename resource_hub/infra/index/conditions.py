"""The question as a condition of PostgreSQL: tokens of documents, and tsquery texts over them. Pure.

Everything a condition asks for is a token of one tsvector, told apart by its first letter, so one
GIN index answers words, titles, scopes and filters together without a look at the rows. Rule:
every query is made here, from escaped tokens; nothing typed reaches SQL in another way.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations

from resource_hub.infra import tokenizer
from resource_hub.infra.index import scoring
from resource_hub.infra.index.matching import Unit

ALWAYS, NEVER = "", "'never'"
"""A condition that all documents meet, and one that none does (no token begins with n)."""

WORD, HEAD, OFTEN, GRAM, SCOPE, FACET = "w", "h", "o", "g", "s", "f"
_MOST_PARTS = 4
_MOST_WEIGHED = 8
"""Words of a long sentence that decide what is a hit; the more telling ones. The others order only."""
_LONGEST = 60_000

Level = tuple[float, str]
"""Points, and the condition under which a document has at least so many."""


def clean(text: str) -> str:
    """Return ``text`` without what PostgreSQL can't hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def token(letter: str, text: str) -> str:
    return "'" + (letter + clean(text)).replace("\\", "\\\\").replace("'", "''") + "'"


def every(parts: Iterable[str]) -> str:
    """Return the condition that all ``parts`` hold."""
    found = list(dict.fromkeys(part for part in parts if part != ALWAYS))
    if NEVER in found:
        return NEVER
    return " & ".join(found) if len(found) < 2 else "(" + " & ".join(found) + ")"


def either(parts: Iterable[str]) -> str:
    """Return the condition that one of ``parts`` holds."""
    found = list(dict.fromkeys(part for part in parts if part != NEVER))
    if ALWAYS in found:
        return ALWAYS
    return " | ".join(found) if len(found) == 1 else "(" + " | ".join(found) + ")" if found else NEVER


def scoped(scopes: Iterable[str]) -> str:
    return either(token(SCOPE, scope) for scope in sorted(scopes))


def filtered(name: str, values: Iterable[str]) -> str:
    return either(token(FACET, f"{name}:{value}") for value in sorted(values))


def titled(word: str) -> str:
    """Return the condition that ``word`` may stand in the title, though it was cut otherwise there."""
    grams = tokenizer.query_grams(word)
    return every(token(GRAM, gram) for gram in grams) if grams else NEVER


def levels(unit: Unit, letter: str = WORD) -> list[Level]:
    """Return how far a document covers ``unit``, the farthest first; each level includes those before it."""
    itself = either([token(letter, unit.text), *(filtered(name, values) for name, values in unit.facets.items()), titled(unit.text)])
    near = either(either([token(letter, word), titled(word)]) for word in unit.near)
    found: dict[float, list[str]] = {1.0: [itself]}
    if near != NEVER:
        found[scoring.NEAR] = [near]
    for degree, condition in _parts(unit.parts, letter):
        found.setdefault(degree, []).append(condition)
    reached: list[Level] = []
    for degree in sorted(found, reverse=True):
        reached.append((degree, either([*([reached[-1][1]] if reached else []), *found[degree]])))
    return reached


def covering(unit: Unit, letter: str = WORD) -> str:
    """Return the condition that a document has the whole of ``unit``."""
    return next(condition for degree, condition in reversed(levels(unit, letter)) if degree >= scoring.ALL_PARTS)


def touching(unit: Unit) -> str:
    """Return the condition that a document has any of ``unit``."""
    return levels(unit)[-1][1]


def standing(unit: Unit) -> list[Level]:
    """Return how far a document stands for ``unit``: in its head, or in passing."""
    found = [*levels(unit, HEAD), *((degree * scoring.PASSING, condition) for degree, condition in levels(unit))]
    reached: list[Level] = []
    for degree, condition in sorted(found, key=lambda level: -level[0]):
        reached.append((degree, either([*([reached[-1][1]] if reached else []), condition])))
    return reached


def at_least(words: Sequence[tuple[float, list[Level]]], share: float) -> str:
    """Return the condition that the words' levels, times what each tells, reach ``share`` of all they tell."""
    most = _MOST_WEIGHED
    while True:
        found = _reach(sorted(words, key=lambda word: -word[0])[:most], share)
        if len(found) <= _LONGEST or most == 1:
            return found
        most -= 1


def _reach(words: Sequence[tuple[float, list[Level]]], share: float) -> str:
    @cache
    def reach(index: int, need: float) -> str:
        if need <= 1e-6:
            return ALWAYS
        if sum(tells * levels[0][0] for tells, levels in words[index:]) < need - 1e-6:
            return NEVER
        tells, reached = words[index]
        rest: dict[str, str] = {}
        for degree, condition in reached:  # of levels that leave the same to do, the last includes the others
            rest[reach(index + 1, round(need - tells * degree, 6))] = condition
        return either([*(every([condition, other]) for other, condition in rest.items()), reach(index + 1, need)])

    return reach(0, round(share * sum(tells for tells, _levels in words), 6))


def _parts(parts: Sequence[str], letter: str) -> Iterable[Level]:
    """Give the degrees that some of ``parts`` make, and all of them."""
    length = sum(map(len, parts))
    if not length:
        return
    yield scoring.ALL_PARTS, every(token(letter, part) for part in parts)
    longest = sorted(parts, key=len, reverse=True)[:_MOST_PARTS]
    for size in range(1, len(longest) + (len(longest) < len(parts))):
        for chosen in combinations(longest, size):
            yield scoring.SOME_PARTS * sum(map(len, chosen)) / length, every(token(letter, part) for part in chosen)


def facet_tokens(facets: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{FACET}{name}:{value}" for name, values in facets.items() for value in values]
