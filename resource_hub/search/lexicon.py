"""The lexicon of this process: the index's words and the curriculum's names, made anew when they change.

Why apart from ``reading``: that is pure; this knows the index, the tables and the clock. Rule: a
search never waits for more than one making, and a lexicon that is some seconds old will do.
"""

import threading
import time
from dataclasses import dataclass, field

from flask import current_app

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.index.matching import Reader
from resource_hub.search.reading import Lexicon

_EXTENSION = "resource_hub.search.lexicon"
_FRESH_S = 5.0
_NAMES_FRESH_S = 300.0
_NAMED = frozenset({"unit", "topic", "subject"})


@dataclass(slots=True)
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    lexicon: Lexicon | None = None
    stamp: int = -1
    made_at: float = float("-inf")
    names: tuple[str, ...] = ()
    names_at: float = float("-inf")


def of(reader: Reader) -> Lexicon:
    """Return the words that exist as of ``reader``, or of a few seconds ago; read in the caller's unit."""
    kept: _Kept = current_app.extensions.setdefault(_EXTENSION, _Kept())
    with kept.lock:
        now = time.monotonic()
        if kept.lexicon is not None and (kept.stamp == reader.stamp or now - kept.made_at < _FRESH_S):
            return kept.lexicon
        if now - kept.names_at > _NAMES_FRESH_S or not kept.names:
            kept.names, kept.names_at = _names(), now
        kept.lexicon, kept.stamp, kept.made_at = Lexicon(reader.vocabulary(), kept.names), reader.stamp, now
        return kept.lexicon


def _names() -> tuple[str, ...]:
    """Return the names of all units and lessons of the curriculum."""
    roots = [node.id for node in curriculum.children_of(None)]
    every = sorted(curriculum.ids_within(roots))
    found: list[str] = []
    for start in range(0, len(every), 500):
        nodes = curriculum.nodes(every[start : start + 500]).values()
        found += [node.title for node in nodes if str(node.kind) in _NAMED]
    return tuple(dict.fromkeys(found))
