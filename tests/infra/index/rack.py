"""A rack of documents that either engine searches: the parts of an application below ``search``.

Documents stand in a table as they are given to the index, so a process of its own can index them.
"""

import pickle
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from resource_hub.infra import index, tokenizer, unit
from resource_hub.infra.db import db, init_db
from resource_hub.infra.features import Feature, Hub
from resource_hub.infra.index import DocumentSource, IndexDocument, Indexer, Moment, Passage, SearchEngine
from resource_hub.infra.index.matching import Answer, Phrase, Request, Unit
from resource_hub.infra.shelf import Shelf
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.settings import Settings

SCOPES = frozenset({"district", "school:s1"})
_DAWN = datetime(2026, 9, 1, tzinfo=UTC)
_items = sa.Table("rack_item", sa.MetaData(), sa.Column("id", sa.String(64), primary_key=True), sa.Column("document", sa.LargeBinary))


@dataclass
class Rack:
    app: Flask
    indexer: Indexer

    @property
    def index(self) -> SearchEngine:
        return index.index_of(self.app)

    def put(self, ident: str, title: str, **given: Any) -> None:
        """Write a document and touch it, in one transaction."""
        with self.app.app_context(), unit.write():
            self.write(ident, title, **given)
            index.touch(Ref("item", ident))

    def write(self, ident: str, title: str, **given: Any) -> None:
        """Write a document that the log is not told of; inside a write unit."""
        self.forget(ident)
        db.session.execute(sa.insert(_items).values(id=ident, document=pickle.dumps(document(ident, title, **given))))

    def remove(self, ident: str) -> None:
        with self.app.app_context(), unit.write():
            self.forget(ident)
            index.touch(Ref("item", ident))

    def forget(self, ident: str) -> None:
        """Take a document away that the log is not told of; inside a write unit."""
        db.session.execute(sa.delete(_items).where(_items.c.id == ident))

    def settle(self) -> None:
        """Index what there is, rebuild included."""
        deadline = time.monotonic() + 60
        while True:
            self.indexer.turn()
            with self.app.app_context():
                if not self.indexer.is_building:
                    return
            assert time.monotonic() < deadline, self.index.report
            time.sleep(0.005)

    def ask(self, words: str = "", **asked: Any) -> Answer:
        """Return the answer to ``words`` under the scopes of the district, unless others are given."""
        asked = {"scopes": SCOPES, "units": units(words), "wording": tokenizer.normalise(words).text} | asked
        with self.app.app_context(), unit.read(), self.index.snapshot() as snapshot:
            return snapshot.answer(Request(**asked))

    def found(self, words: str = "", **asked: Any) -> list[str]:
        return [Ref.parse(found.ref).id for found in self.ask(words, **asked).found]

    def close(self) -> None:
        self.indexer.stop()
        self.index.close()
        with self.app.app_context():
            db.engine.dispose()


def units(words: str) -> tuple[Unit, ...]:
    return tuple({word.text: Unit(word.text, word.parts) for word in tokenizer.query_words(words)}.values())


def phrase(text: str, **given: Any) -> Phrase:
    return Phrase(tokenizer.normalise(text).text, units(text), **given)


def document(
    ident: str, title: str, *, pages: Sequence[str] = (), minute: int = 0, scopes: Sequence[str] = ("district",), **given: Any
) -> IndexDocument:
    return IndexDocument(
        ref=Ref("item", ident),
        title=title,
        pages=[Passage(text, Moment("f1", number)) for number, text in enumerate(pages, 1)],
        scopes=frozenset(scopes),
        updated_at=_DAWN + timedelta(minutes=minute),
        **given,
    )


def open_rack(engine: str, database: str, data: Path) -> Rack:
    """Return a rack over ``database`` (with the tables of the hub), searched by ``engine``."""
    app = Flask("rack")
    settings = Settings.read({"HUB_DATA": str(data), "HUB_DATABASE_URL": database, "HUB_SEARCH": engine})
    init_db(app, settings.database)
    hub = Hub(settings, None, Shelf())  # type: ignore[arg-type]  # nothing here stores objects
    app.extensions["resource_hub"] = hub
    index.init_index(app)
    hub.mount(Feature(name="rack", documents=[DocumentSource("item", _load, _all_ids)]))
    with app.app_context(), unit.write():
        _items.create(db.session.connection(), checkfirst=True)
    return Rack(app, Indexer(app, poll_s=0.05))


def _load(ids: Sequence[str]) -> Mapping[str, IndexDocument]:
    return {row.id: pickle.loads(row.document) for row in db.session.execute(sa.select(_items).where(_items.c.id.in_(ids)))}  # noqa: S301 -- written above


def _all_ids(after: str | None, limit: int) -> Sequence[str]:
    wanted = sa.select(_items.c.id).order_by(_items.c.id).limit(limit)
    return db.session.scalars(wanted.where(_items.c.id > after) if after else wanted).all()
