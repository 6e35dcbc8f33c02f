"""A shelf of notes: a small application with the real database, index and search, and one kind of thing.

Apart from the whole application so that tests of the index need no object store and can put
in any text, scope and facet they like.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_babel import Babel

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra import index, unit
from resource_hub.infra.db import db, init_db
from resource_hub.infra.features import Feature, Hub
from resource_hub.infra.index import DocumentSource, FacetLabels, IndexDocument, Indexer, Moment, Passage
from resource_hub.infra.index.engine import Index
from resource_hub.infra.web import doors, errors
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import api, feature, service, suggestions
from resource_hub.search.service import Result
from resource_hub.search.suggestions import Suggestion

_DAWN = datetime(2026, 9, 1, tzinfo=UTC)
_notes = sa.Table("shelf_note", sa.MetaData(), sa.Column("id", sa.String(64), primary_key=True), sa.Column("note", sa.Text))

READER = Viewer(person_id="reader", name="林晓云", school_id="s1", community_ids=frozenset(), grants=())
STRANGER = Viewer(person_id="stranger", name="罗志强", school_id="s9", community_ids=frozenset(), grants=())


@dataclass
class Shelf:
    app: Flask
    indexer: Indexer
    poisoned: set[str] = field(default_factory=set)
    """Ids whose loading fails, as a broken row would."""

    @property
    def index(self) -> Index:
        return index.index_of(self.app)

    def put(self, ident: str, title: str, **note: Any) -> None:
        """Write a note and touch it, in one transaction."""
        with self.app.app_context(), unit.write():
            self.write(ident, title, **note)

    def write(self, ident: str, title: str, **note: Any) -> None:
        db.session.execute(sa.delete(_notes).where(_notes.c.id == ident))
        db.session.execute(sa.insert(_notes).values(id=ident, note=json.dumps({"title": title, **note})))
        index.touch(Ref("note", ident))

    def remove(self, ident: str) -> None:
        with self.app.app_context(), unit.write():
            db.session.execute(sa.delete(_notes).where(_notes.c.id == ident))
            index.touch(Ref("note", ident))

    def settle(self) -> None:
        """Index what there is, rebuild included."""
        deadline = time.monotonic() + 60
        while True:
            self.indexer.turn()
            if not self.indexer.is_building:
                return
            assert time.monotonic() < deadline, self.index.report
            time.sleep(0.01)

    def search(self, query: str = "", viewer: Viewer = READER, **asked: Any) -> Result:
        with self.app.app_context(), unit.read():
            return service.search(viewer, query, **asked)

    def titles(self, query: str = "", viewer: Viewer = READER, **asked: Any) -> list[str]:
        return [hit.title for hit in self.search(query, viewer, **asked).hits]

    def suggest(self, typed: str, viewer: Viewer = READER) -> list[Suggestion]:
        with self.app.app_context(), unit.read():
            return suggestions.suggest(viewer, typed)

    def close(self) -> None:
        self.indexer.stop()
        self.index.close()
        with self.app.app_context():
            db.engine.dispose()

    def _load(self, ids: Sequence[str]) -> Mapping[str, IndexDocument]:
        found = db.session.execute(sa.select(_notes).where(_notes.c.id.in_(ids)))
        if self.poisoned & set(ids):
            raise ValueError("a broken row")
        return {row.id: _document(row.id, json.loads(row.note)) for row in found}

    def _all_ids(self, after: str | None, limit: int) -> Sequence[str]:
        wanted = sa.select(_notes.c.id).order_by(_notes.c.id).limit(limit)
        return db.session.scalars(wanted.where(_notes.c.id > after) if after else wanted).all()


def open_shelf(database: str, data: Path) -> Shelf:
    """Return a shelf over ``database`` (with the tables of the hub) and a data folder."""
    app = Flask("shelf")
    settings = Settings.read({"HUB_DATA": str(data), "HUB_DATABASE_URL": database})
    init_db(app, settings.database)
    hub = Hub(settings, None, None)  # type: ignore[arg-type]  # nothing here stores objects
    app.extensions["resource_hub"] = hub
    Babel(app)
    index.init_index(app)
    shelf = Shelf(app, Indexer(app, poll_s=0.05))
    hub.mount(Feature(name="shelf", documents=[DocumentSource("note", shelf._load, shelf._all_ids)], labels=_labels()))
    with app.app_context(), unit.write():
        _notes.create(db.session.connection(), checkfirst=True)
    return shelf


def add_doors(shelf: Shelf) -> None:
    """Let the shelf answer HTTP; the header ``Viewer`` says who asks."""
    viewers = {viewer.person_id: viewer for viewer in (READER, STRANGER)}
    hub: Hub = shelf.app.extensions["resource_hub"]
    hub.mount(Feature(name="search", permissions=feature.FEATURE.permissions))
    hub.identify = lambda request: viewers.get(request.headers.get("Viewer", ""))
    errors.init_errors(shelf.app)
    doors.init_doors(shelf.app)
    shelf.app.register_blueprint(api.blueprint)


def _labels() -> list[FacetLabels]:
    return [
        FacetLabels("kind", lambda values: {value: {"slides": "课件", "lesson_plan": "教案"}.get(value, value) for value in values}),
        FacetLabels("grade", lambda values: {value: curriculum.grade_name(value) for value in values}),
    ]


def _document(ident: str, note: Mapping[str, Any]) -> IndexDocument:
    return IndexDocument(
        ref=Ref("note", ident),
        title=note["title"],
        path=note.get("path", ""),
        keywords=note.get("keywords", ()),
        summary=note.get("summary", ""),
        pages=[Passage(text, Moment("f1", number)) for number, text in enumerate(note.get("pages", ()), 1)],
        scopes=frozenset(note.get("scopes", ["district"])),
        facets=note.get("facets", {}),
        updated_at=_DAWN + timedelta(minutes=note.get("minute", 0)),
        boost=note.get("boost", 0.0),
    )
