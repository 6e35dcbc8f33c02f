"""The question and the answer of a search engine, whichever it is. Pure values.

``search`` asks a ``Reader`` and never sees what stands behind it: files of this node, or a table
that all nodes share. Rule: the scopes of a request bound what is found, counted and even weighed;
an engine never filters afterwards.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from resource_hub.infra.index.documents import Moment


@dataclass(frozen=True, slots=True)
class Unit:
    """One word asked for; ``facets`` are facet values that mean the same (三年级), ``near`` words that mean nearly that."""

    text: str
    parts: tuple[str, ...] = ()
    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Text that must stand in a document letter by letter; ``in_title`` looks there only."""

    text: str
    units: tuple[Unit, ...]
    """Its words, at least one."""
    in_title: bool = False


@dataclass(frozen=True, slots=True)
class Lift:
    """Points for documents that hold one of ``values`` in ``facet``; they order hits and make none."""

    facet: str
    values: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: best documents for ``units`` among those with phrases, filters and scopes."""

    scopes: frozenset[str]
    units: tuple[Unit, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    wording: str = ""
    """The words as one normalised text, to prefer titles that say just this."""
    lifts: tuple[Lift, ...] = ()
    newest_first: bool = False
    explain: bool = False
    """Whether ``Found.why`` is to be filled."""
    limit: int = 20
    after: tuple[float, str] | None = None


class Found(NamedTuple):
    rank: float
    ref: str
    number: int
    why: Mapping[str, float] = MappingProxyType({})
    """What the rank is made of, when it was asked: ``word:浮力``, ``all_words``, ``title``, ``boost``, ``lift:edition`` → points."""


@dataclass(frozen=True, slots=True)
class Answer:
    found: tuple[Found, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Card:
    """What the index keeps of a document to show it: texts as they were given, and its facets."""

    title: str
    path: str
    keywords: tuple[str, ...]
    summary: str
    passages: tuple[tuple[str, Moment | None], ...]
    facets: Mapping[str, tuple[str, ...]]


class Reader(Protocol):
    """One state of the index, to be asked inside a reading unit."""

    @property
    def documents(self) -> int: ...

    @property
    def stamp(self) -> int:
        """A number that changes with every commit; for what is kept of ``vocabulary``."""

    def answer(self, request: Request) -> Answer:
        """Return the page of documents that ``request`` asks for, with totals and facet counts."""

    def card(self, found: Found) -> Card:
        """Return what to show of a document of this reader's answer."""

    def values(self, name: str, scopes: frozenset[str]) -> frozenset[str]:
        """Return the values of facet ``name`` that visible documents have."""

    def titles(self, text: str, scopes: frozenset[str], limit: int) -> tuple[str, ...]:
        """Return titles of visible documents that hold ``text`` (normalised): those that begin with it first, then short ones."""

    def vocabulary(self) -> frozenset[str]:
        """Return the words of all titles, keywords and paths, hidden ones too: check with ``known`` before one is shown."""

    def known(self, words: frozenset[str], scopes: frozenset[str]) -> frozenset[str]:
        """Return those of ``words`` that stand in title, keywords or path of a visible document."""

    def refs(self) -> Iterator[str]:
        """Give the refs of all documents."""


def passages(pages: Iterable[tuple[str, Mapping[str, Any] | None]]) -> tuple[tuple[str, Moment | None], ...]:
    """Return the stored pages of a card as texts with their places."""
    return tuple((text, Moment(**moment) if moment else None) for text, moment in pages)
