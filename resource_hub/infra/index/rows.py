"""A document as the row that PostgreSQL searches, and back. Pure.

Rule: what PostgreSQL can't hold is taken out, so that no document stops the others; normalised text
and the words cut from it hold none of it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from resource_hub.infra import tokenizer
from resource_hub.infra.index import scoring
from resource_hub.infra.index.conditions import GRAM, HEAD, OFTEN, SCOPE, WORD, clean, facet_tokens
from resource_hub.infra.index.documents import FACETS, IndexDocument
from resource_hub.infra.index.schema import TEXT_FIELDS, card_of, facet_values, words_of

PLACE = ("stage", "subject", "grade", "volume", "edition", "node")
OWNER = ("school", "community")
GROUPS = {"place_id": PLACE, "owner_id": OWNER, "sort_id": tuple(name for name in FACETS if name not in (*PLACE, *OWNER))}
"""Facets that go together: few sets of values for many documents, so that counting hits counts sets."""

_OFTEN = 4
_MOST_BYTES = 900_000
"""PostgreSQL holds 1 MB of tokens; of a longer text the rarer words are left out."""
_BITS = {"body": (0, 10), "summary": (10, 6), "path": (16, 6), "keywords": (22, 6), "title": (28, 6)}


def row_of(document: IndexDocument) -> dict[str, Any]:
    """Return the columns of ``document``; facets are texts still, to be numbered by who writes."""
    words = words_of(document)
    counts = {name: Counter(found) for name, found in words.items()}
    facets = facet_values(document)
    packed: Counter[str] = Counter()
    for name, (shift, bits) in _BITS.items():
        for word, count in counts[name].items():
            packed[word] += min(count, (1 << bits) - 1) << shift
    heads = {word for name in scoring.HEADS for word in counts[name]}
    often = {word for word, count in counts["body"].items() if count >= _OFTEN}
    card = card_of(document)
    plain = [document.title, card["path"], *card["keywords"], card["summary"], *(text for text, _moment in card["pages"])]
    first = [
        *(WORD + word for word in heads),
        *(HEAD + word for word in heads),
        *(GRAM + gram for gram in tokenizer.grams(document.title)),
        *(clean(SCOPE + scope) for scope in sorted(document.scopes)),
        *map(clean, facet_tokens(facets)),
    ]
    rest = [token for word, _count in packed.most_common() for token in ([WORD + word, OFTEN + word] if word in often else [WORD + word])]
    return {
        "ref": str(document.ref),
        "updated": document.updated_at.timestamp(),
        "boost": document.boost,
        "lengths": ",".join(str(len(words[name])) for name in TEXT_FIELDS),
        "title": clean(document.title),
        "plain_title": tokenizer.normalise(document.title).text,
        "tokens": _bounded([*first, *rest]),
        "counts": json.dumps(packed),
        "plain": "\n".join(tokenizer.normalise(text).text for text in plain),
        "card": json.dumps(_cleaned(card)),
        "heads": heads,
        **{column: json.dumps({name: _cleaned(facets[name]) for name in names if name in facets}) for column, names in GROUPS.items()},
    }


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def unpack(count: int, name: str) -> int:
    """Return how often a word stands in field ``name``."""
    shift, bits = _BITS[name]
    return count >> shift & ((1 << bits) - 1)


def facets_of(text: str) -> dict[str, tuple[str, ...]]:
    """Return facet → values of a numbered set."""
    return {name: tuple(values) for name, values in json.loads(text).items()}


def _cleaned(value: Any) -> Any:
    """Return ``value`` with every text in it cleaned."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: _cleaned(item) for name, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list | tuple) else value


def _bounded(tokens: Sequence[str]) -> str:
    """Return the text of a tsvector of as many of ``tokens`` as PostgreSQL holds."""
    different = list(dict.fromkeys(tokens))
    if sum(map(len, different)) * 4 + len(different) * 8 > _MOST_BYTES:
        size, kept = 0, []
        for token in different:
            size += len(token.encode()) + 8
            if size > _MOST_BYTES:
                break
            kept.append(token)
        different = kept
    return "'" + "\n".join(different).replace("\\", "\\\\").replace("'", "''").replace("\n", "' '") + "'"
