"""The full-text index: a projection of the database that each node keeps for itself.

Features register a ``DocumentSource`` and call ``touch(ref)`` in the unit that changes a thing;
``search`` asks ``matching.answer`` on a snapshot. ``changes`` is the log, ``folder`` the files,
``writing`` and ``indexer`` write, ``segments``, ``engine`` and ``matching`` read. Only
``schema``, ``writing`` and ``segments`` know the engine (Whoosh). Rule: whatever stands in the
index can be made again from the database; nothing is kept here alone.
"""

from resource_hub.infra.index.documents import FACETS, DocumentSource, FacetLabels, IndexDocument, Moment, Passage
from resource_hub.infra.index.engine import Index, IndexRebuilding, current_index, health, index_of, init_index, touch
from resource_hub.infra.index.indexer import Indexer, start_indexer

__all__ = [
    "FACETS",
    "DocumentSource",
    "FacetLabels",
    "Index",
    "IndexDocument",
    "IndexRebuilding",
    "Indexer",
    "Moment",
    "Passage",
    "current_index",
    "health",
    "index_of",
    "init_index",
    "start_indexer",
    "touch",
]
