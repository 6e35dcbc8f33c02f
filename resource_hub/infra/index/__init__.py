"""The full-text index: a projection of the database, kept by each node in files or by all in a table.

Features register a ``DocumentSource`` and call ``touch(ref)`` in the unit that changes a thing;
``search`` puts a ``matching.Request`` to the snapshot of a ``SearchEngine``. ``changes`` is the log,
``scoring`` the points, both shared. Files (Whoosh): ``folder``, ``writing``, ``packing`` and ``generations``
write, ``postings``, ``segments`` and ``arrays`` read. Table (PostgreSQL): ``rows``, ``table_writing``
write, ``conditions`` and ``table`` read. Rule: whatever stands in the index can be made again from
the database; nothing is kept here alone.
"""

from resource_hub.infra.index.choice import init_index
from resource_hub.infra.index.documents import FACETS, DocumentSource, FacetLabels, IndexDocument, Moment, Passage
from resource_hub.infra.index.engine import Index, IndexRebuilding, SearchEngine, current_index, health, index_of, touch
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
    "SearchEngine",
    "current_index",
    "health",
    "index_of",
    "init_index",
    "start_indexer",
    "touch",
]
