"""The fields of the index on disk, and how a document becomes fields.

Words are cut by ``infra.tokenizer`` and handed over as lists; the engine's own analysers and
query parser are not used. Rule: a change of fields needs a new ``SCHEMA``; nodes then rebuild.
"""

import json
from dataclasses import asdict
from typing import Any

from whoosh import columns, fields

from resource_hub.infra import tokenizer
from resource_hub.infra.index.changes import Position
from resource_hub.infra.index.documents import FACETS, IndexDocument, Passage

SCHEMA = 2
POSITION = "_position"
"""The ``ref`` of the one record that tells how far the index has followed the log."""

TEXT_FIELDS = ("title", "path", "keywords", "summary", "body")


def format_now() -> dict[str, int]:
    """Return what an index written today declares of itself."""
    return {"schema": SCHEMA, "analysis": tokenizer.ANALYSIS}


def make_schema() -> fields.Schema:
    text = {name: fields.KEYWORD(scorable=True) for name in TEXT_FIELDS}
    facets = {facet_field(name): fields.KEYWORD() for name in FACETS}
    return fields.Schema(
        ref=fields.ID(unique=True, sortable=True),
        title_grams=fields.KEYWORD(),
        scope=fields.KEYWORD(),
        heading=fields.COLUMN(columns.VarBytesColumn()),
        updated=fields.COLUMN(columns.NumericColumn("d")),
        boost=fields.COLUMN(columns.NumericColumn("d")),
        card=fields.STORED,
        **text,
        **facets,
    )


def facet_field(name: str) -> str:
    return f"facet_{name}"


def fields_of(document: IndexDocument) -> dict[str, Any]:
    """Return ``document`` as the engine takes it."""
    words = tokenizer.index_words
    pages = [Passage(page) if isinstance(page, str) else page for page in document.pages]
    record: dict[str, Any] = {
        "ref": str(document.ref),
        "title": words(document.title),
        "title_grams": tokenizer.grams(document.title),
        "path": words(document.path),
        "keywords": [word for keyword in document.keywords for word in words(keyword)],
        "summary": words(document.summary),
        "body": [word for page in pages for word in words(page.text)],
        "scope": sorted(document.scopes),
        "heading": document.title.encode("utf-8", "replace"),
        "updated": document.updated_at.timestamp(),
        "boost": document.boost,
        "card": {
            "path": document.path,
            "keywords": tuple(document.keywords),
            "summary": document.summary,
            "pages": tuple((page.text, asdict(page.moment) if page.moment else None) for page in pages),
        },
    }
    for name, given in document.facets.items():
        values = (given,) if isinstance(given, str) else tuple(given)
        record[facet_field(name)] = [value for value in dict.fromkeys(values) if value]
    return {name: value for name, value in record.items() if value != []}


def position_fields(position: Position) -> dict[str, Any]:
    """Return the record that is written in the same commit as the changes before it."""
    return {"ref": POSITION, "heading": b"", "updated": 0.0, "boost": 0.0, "card": json.dumps(asdict(position))}


def read_position(card: str) -> Position:
    return Position(**json.loads(card))
