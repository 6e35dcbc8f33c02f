"""Other engines over the same tokens: tantivy, SQLite FTS5 and Whoosh as it comes. Only to compare.

They get the words that our tokenizer cut, answer with the same facets and cut the same snippets.
None knows scopes or half-covered questions, so their figures flatter them.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import rjieba
import tantivy
from whoosh import analysis, highlight, query, sorting
from whoosh.index import open_dir

from resource_hub.infra.index import IndexDocument, snippets
from resource_hub.infra.index.schema import words_of
from resource_hub.infra.index.segments import INDEX_NAME

FACETS = ("kind", "subject", "grade")


class Other(Protocol):
    def build(self, documents: Iterable[IndexDocument]) -> None: ...

    def commit(self, document: IndexDocument) -> None:
        """Replace one document, durably."""

    def ask(self, words: Sequence[str], *, is_phrase: bool, is_any: bool, with_all: bool) -> None:
        """Find the ten best with all words (``is_any``: some); ``with_all``: with three facets and ten snippets."""

    def suggest(self, start: str) -> None: ...


class Tantivy:
    def __init__(self, folder: Path) -> None:
        made = tantivy.SchemaBuilder()
        for name in ("ref", *FACETS):
            made.add_text_field(name, stored=name == "ref", fast=True, tokenizer_name="raw")
        for name in ("title", "body"):
            made.add_text_field(name, stored=False, tokenizer_name="words")
        made.add_text_field("text", stored=True, tokenizer_name="raw", index_option="basic")
        self._index = tantivy.Index(made.build(), path=str(folder))
        self._index.register_tokenizer("words", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        self._schema = self._index.schema

    def build(self, documents: Iterable[IndexDocument]) -> None:
        writer = self._index.writer(128_000_000, 2)
        for document in documents:
            writer.add_document(self._document(document))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def commit(self, document: IndexDocument) -> None:
        writer = self._index.writer(64_000_000, 1)
        writer.delete_documents_by_term("ref", str(document.ref))
        writer.add_document(self._document(document))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def ask(self, words: Sequence[str], *, is_phrase: bool, is_any: bool, with_all: bool) -> None:
        searcher = self._index.searcher()
        if is_phrase and len(words) > 1:
            asked = tantivy.Query.phrase_query(self._schema, "title", list(words))
        else:
            asked = tantivy.Query.boolean_query(
                [(tantivy.Occur.Should if is_any else tantivy.Occur.Must, self._either(word)) for word in words]
            )
        found = searcher.search(asked, 10)
        if with_all:
            searcher.aggregate(asked, {name: {"terms": {"field": name, "size": 100}} for name in FACETS})
            for _score, address in found.hits:
                snippets.best([(str(searcher.doc(address)["text"][0]), None)], words, 1)

    def suggest(self, start: str) -> None:
        self._index.searcher().search(tantivy.Query.regex_query(self._schema, "title", f"{start}.*"), 10)

    def _either(self, word: str) -> Any:
        fields = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, name, word)) for name in ("title", "body")]
        return tantivy.Query.boolean_query(fields)

    def _document(self, document: IndexDocument) -> Any:
        words = words_of(document)
        made = tantivy.Document(ref=str(document.ref), title=" ".join(words["title"]), body=" ".join(words["body"]), text=_text(document))
        for name in FACETS:
            made.add_text(name, str(document.facets[name]))
        return made


class Fts5:
    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "fts.sqlite3", isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;"
            "CREATE TABLE item (id INTEGER PRIMARY KEY, ref TEXT UNIQUE, kind TEXT, subject TEXT, grade TEXT, text TEXT);"
            "CREATE VIRTUAL TABLE words USING fts5(title, body, tokenize='unicode61');"
        )

    def build(self, documents: Iterable[IndexDocument]) -> None:
        self._db.execute("BEGIN")
        for document in documents:
            self._add(document)
        self._db.execute("COMMIT")

    def commit(self, document: IndexDocument) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("DELETE FROM words WHERE rowid = (SELECT id FROM item WHERE ref = ?)", (str(document.ref),))
        self._db.execute("DELETE FROM item WHERE ref = ?", (str(document.ref),))
        self._add(document)
        self._db.execute("COMMIT")

    def ask(self, words: Sequence[str], *, is_phrase: bool, is_any: bool, with_all: bool) -> None:
        quoted = [word.replace('"', '""') for word in words]
        asked = '"' + " ".join(quoted) + '"' if is_phrase else (" OR " if is_any else " ").join(f'"{word}"' for word in quoted)
        found = self._db.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 5.0, 1.0) LIMIT 10", (asked,)).fetchall()
        if with_all:
            for name in FACETS:
                counted = f"SELECT {name}, count(*) FROM item WHERE id IN (SELECT rowid FROM words WHERE words MATCH ?) GROUP BY 1"  # noqa: S608 -- our own names
                self._db.execute(counted, (asked,)).fetchall()
            for (number,) in found:
                (text,) = self._db.execute("SELECT text FROM item WHERE id = ?", (number,)).fetchone()
                snippets.best([(text, None)], words, 1)

    def suggest(self, start: str) -> None:
        self._db.execute("SELECT rowid FROM words WHERE words MATCH ? LIMIT 10", (f'title : "{start}" *',)).fetchall()

    def _add(self, document: IndexDocument) -> None:
        words, facets = words_of(document), document.facets
        row = (str(document.ref), *(facets[name] for name in FACETS), _text(document))
        number = self._db.execute("INSERT INTO item (ref, kind, subject, grade, text) VALUES (?, ?, ?, ?, ?)", row).lastrowid
        self._db.execute(
            "INSERT INTO words (rowid, title, body) VALUES (?, ?, ?)", (number, " ".join(words["title"]), " ".join(words["body"]))
        )


class PlainWhoosh:
    """Our own files, searched by Whoosh's searcher, groups and highlights."""

    def __init__(self, folder: Path) -> None:
        self._searcher = open_dir(str(folder), INDEX_NAME).searcher()

    def ask(self, words: Sequence[str]) -> None:
        asked = query.And([query.Or([query.Term("title", word), query.Term("body", word)]) for word in words])
        groups = {name: sorting.FieldFacet(f"facet_{name}", allow_overlap=True) for name in FACETS}
        found = self._searcher.search(asked, limit=10, groupedby=groups, maptype=sorting.Count)
        for name in FACETS:
            Counter(found.groups(name))
        for hit in found:
            text = "\n".join(page for page, _moment in hit["card"]["pages"])
            highlight.highlight(text, frozenset(words), _Cut(), highlight.ContextFragmenter(), highlight.HtmlFormatter())

    def close(self) -> None:
        self._searcher.close()


class _Cut(analysis.Composable):
    """Words as the tokens that Whoosh's highlighter wants."""

    is_morph = False

    def __call__(self, value: str, **_kwargs: Any) -> Iterator[analysis.Token]:
        for text, start, end in rjieba.tokenize(value, "default"):
            token = analysis.Token(positions=True, chars=True)
            token.text, token.startchar, token.endchar, token.stopped, token.boost = text, start, end, False, 1.0
            yield token


def _text(document: IndexDocument) -> str:
    return "\n".join(str(page) for page in document.pages)
