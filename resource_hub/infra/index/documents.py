"""What a feature gives to the index: documents by id, and words for facet values.

Pure values. Rule: ``scopes`` says who may find a document at all; a document without a scope
that the viewer holds is neither shown nor counted, so a source must never widen it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from resource_hub.kernel.refs import Ref

FACETS = (
    "kind",
    "stage",
    "subject",
    "grade",
    "volume",
    "edition",
    "node",
    "school",
    "community",
    "licence",
    "review",
    "village_fit",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in a thing a text stands: a page of a file, a second of a recording, or an anchor of its own page.

    ``name`` is what people call the place of an anchor: a stage of a plan, say.
    """

    file_id: str = ""
    page: int | None = None
    at_s: float | None = None
    anchor: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One page, caption or slide: the unit that a snippet is cut from."""

    text: str
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One findable thing. ``facets`` maps names of ``FACETS`` to one value or several.

    ``boost`` from 0 to 1 lifts a document among equals (adopted by village schools, say).
    """

    ref: Ref
    title: str
    scopes: frozenset[str]
    updated_at: datetime
    path: str = ""
    keywords: Sequence[str] = ()
    summary: str = ""
    pages: Sequence[str | Passage] = ()
    """The text, page by page; a ``Passage`` also says where it stands."""
    facets: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    boost: float = 0.0


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """How the index reads the things of one kind; called with an app context inside a reading unit.

    ``load`` leaves out ids that are gone (they leave the index); ``all_ids(after, limit)``
    gives ids in ascending order, after the one named (``None``: from the start).
    """

    kind: str
    load: Callable[[Sequence[str]], Mapping[str, IndexDocument]]
    all_ids: Callable[[str | None, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class FacetLabels:
    """Words for the values of one facet; a value left out is shown as it is."""

    name: str
    resolve: Callable[[Sequence[str]], Mapping[str, str]]
