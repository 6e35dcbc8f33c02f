"""What is offered while somebody types: their own queries, titles they may see, units of the curriculum.

Rule: titles are asked of the index with the viewer's scopes; nothing is dropped afterwards.
"""

from dataclasses import dataclass
from enum import StrEnum

from resource_hub.infra import tokenizer
from resource_hub.infra.index import current_index
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import lexicon, queries, reading
from resource_hub.search.access import scopes_of

MOST = 10
LONGEST = 60
_MOST_OWN, _MOST_TITLES = 3, 6


class Source(StrEnum):
    OWN = "own"
    TITLE = "title"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Suggestion:
    text: str
    source: Source


def suggest(viewer: Viewer, typed: str) -> list[Suggestion]:
    """Return at most ``MOST`` things to search for that begin with or hold what was typed, pinyin included."""
    text = " ".join(tokenizer.normalise(typed[:LONGEST]).text.split())
    own = queries.recent(viewer.person_id)
    if not text:
        return [Suggestion(query, Source.OWN) for query in own]
    scopes = scopes_of(viewer)
    with current_index().snapshot() as reader:
        words = lexicon.of(reader)
        meant = reading.read(text, words, lambda asked: reader.known(asked, scopes)).words
        titles = [title for wanted in dict.fromkeys((text, meant)) for title in reader.titles(wanted, scopes, _MOST_TITLES)]
    mine = [query for query in own if text in tokenizer.normalise(query).text][:_MOST_OWN]
    found = [
        *(Suggestion(query, Source.OWN) for query in mine),
        *(Suggestion(title, Source.TITLE) for title in titles[:_MOST_TITLES]),
        *(Suggestion(name, Source.UNIT) for name in words.names_with((text, meant), MOST)),
    ]
    return list({one.text.casefold(): one for one in reversed(found)}.values())[::-1][:MOST]
