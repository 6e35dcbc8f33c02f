"""The fields of the index on disk, and how a document becomes fields.

Words are cut by ``infra.tokenizer`` and handed over as lists; the engine's own analysers and
query parser are not used. Rule: a change of fields needs a new ``SCHEMA``; nodes then rebuild.
"""

import json
from dataclasses import asdict
from typing import Any

from whoosh import columns, fields, formats

from resource_hub.infra import tokenizer
from resource_hub.infra.index.changes import Position
from resource_hub.infra.index.documents import FACETS, IndexDocument, Passage

SCHEMA = 3
POSITION = "_position"
"""The ``ref`` of the one record that tells how far the index has followed the log."""

TEXT_FIELDS = ("title", "path", "keywords", "summary", "body")


def format_now() -> dict[str, int]:
    """Return what an index written today declares of itself."""
    return {"schema": SCHEMA, "analysis": tokenizer.ANALYSIS}


def make_schema() -> fields.Schema:
    text = {name: _words(is_measured=True) for name in TEXT_FIELDS}
    facets = {facet_field(name): _words() for name in FACETS}
    return fields.Schema(
        ref=fields.ID(unique=True, sortable=True),
        title_grams=_words(),
        scope=_words(),
        heading=fields.COLUMN(columns.VarBytesColumn()),
        updated=fields.COLUMN(columns.NumericColumn("d")),
        boost=fields.COLUMN(columns.NumericColumn("d")),
        card=fields.STORED,
        **text,
        **facets,
    )


def _words(*, is_measured: bool = False) -> fields.KEYWORD:
    """Return a field of words, with their counts but no values beside them; ``is_measured`` keeps how many a document has."""
    made = fields.KEYWORD(scorable=is_measured)
    made.format = formats.Existence()
    return made


def facet_field(name: str) -> str:
    return f"facet_{name}"


def words_of(document: IndexDocument) -> dict[str, list[str]]:
    """Return the words of each text field, in order."""
    words = tokenizer.index_words
    return {
        "title": words(document.title),
        "path": words(document.path),
        "keywords": [word for keyword in document.keywords for word in words(keyword)],
        "summary": words(document.summary),
        "body": [word for page in _passages(document) for word in words(page.text)],
    }


def card_of(document: IndexDocument) -> dict[str, Any]:
    """Return what is kept to show ``document``."""
    return {
        "path": document.path,
        "keywords": tuple(document.keywords),
        "summary": document.summary,
        "pages": tuple((page.text, asdict(page.moment) if page.moment else None) for page in _passages(document)),
    }


def facet_values(document: IndexDocument) -> dict[str, list[str]]:
    """Return the values of each facet that has any, each once."""
    given = {name: (values,) if isinstance(values, str) else values for name, values in document.facets.items()}
    return {name: found for name, values in given.items() if (found := [value for value in dict.fromkeys(values) if value])}


def fields_of(document: IndexDocument) -> dict[str, Any]:
    """Return ``document`` as the engine takes it."""
    record: dict[str, Any] = {
        **words_of(document),
        "ref": str(document.ref),
        "title_grams": tokenizer.grams(document.title),
        "scope": sorted(document.scopes),
        "heading": document.title.encode("utf-8", "replace"),
        "updated": document.updated_at.timestamp(),
        "boost": document.boost,
        "card": card_of(document),
        **{facet_field(name): values for name, values in facet_values(document).items()},
    }
    return {name: value for name, value in record.items() if value != []}


def record_of(written: IndexDocument | Position) -> dict[str, Any]:
    """Return a document, or how far the index has followed the log, as the engine takes it."""
    return position_fields(written) if isinstance(written, Position) else fields_of(written)


def _passages(document: IndexDocument) -> list[Passage]:
    return [Passage(page) if isinstance(page, str) else page for page in document.pages]


def position_fields(position: Position) -> dict[str, Any]:
    """Return the record that is written in the same commit as the changes before it."""
    return {"ref": POSITION, "heading": b"", "updated": 0.0, "boost": 0.0, "card": json.dumps(asdict(position))}


def read_position(card: str) -> Position:
    return Position(**json.loads(card))
