"""The rows of the database as JSON lines, the same from SQLite and PostgreSQL, for either of them.

All tables are read in one snapshot of the database, by the columns that it really has; moments
are written in UTC, JSON columns as the text they are. Rule: what is local to one machine or made
again from the rest (beats of workers, the log of the indexers) is left out.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from sqlalchemy.engine import Connection

from resource_hub.infra import migrate
from resource_hub.infra.backup.manifest import FileFacts, TableFacts
from resource_hub.infra.backup.watch import Watch

Named = Mapping[str, Callable[[Mapping[str, Any]], Iterable[str]]]
"""By table: which objects one of its rows names."""

LEFT_OUT = frozenset(
    {"alembic_version", "worker_beat", "web_node", "index_change", "search_document", "search_facets", "search_word", "search_state"}
)
_AT_ONCE = 1000

Encode = Callable[[Any], Any]


@contextmanager
def snapshot(url: str) -> Iterator[Connection]:
    """Open one unchanging view of the database that holds nobody up."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    is_sqlite = engine.dialect.name == "sqlite"
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT" if is_sqlite else "REPEATABLE READ"}
    with engine.connect().execution_options(**options, postgresql_readonly=True) as connection:
        if is_sqlite:
            connection.exec_driver_sql("BEGIN")
        connection.execute(sa.text("SELECT count(*) FROM alembic_version"))
        try:
            yield connection
        finally:
            if is_sqlite:
                connection.exec_driver_sql("ROLLBACK")


def tables_of(connection: Connection) -> list[sa.Table]:
    """Return the tables that a backup keeps, as the database has them; others may stand in the same schema."""
    kept = migrate.tables_at(MigrationContext.configure(connection).get_current_revision()) - LEFT_OUT
    metadata = sa.MetaData()
    metadata.reflect(connection, only=lambda name, _: name in kept)
    return sorted((t for t in metadata.tables.values() if t.name in kept), key=lambda t: t.name)


def dump(connection: Connection, place: Path, named: Named, watch: Watch) -> tuple[list[TableFacts], set[str]]:
    """Write every table below ``place``/rows and return their facts, with the objects that rows name."""
    (place / "rows").mkdir(exist_ok=True)
    objects: set[str] = set()
    facts = []
    for table in tables_of(connection):
        path = place / "rows" / f"{table.name}.jsonl.gz"
        rows, sha256 = _dump_table(connection, table, path, named.get(table.name), objects, watch)
        facts.append(TableFacts(table.name, rows, FileFacts(f"rows/{path.name}", path.stat().st_size, sha256)))
    return facts, objects


def load(connection: Connection, place: Path, tables: Iterable[TableFacts], watch: Watch) -> None:
    """Fill the empty tables of the same revision, inside the caller's transaction.

    Foreign keys are checked when all rows are in; whatever does not fit raises.
    """
    there = {table.name: table for table in tables_of(connection)}
    constraints = _drop_foreign_keys(connection, there)
    for facts in tables:
        table = there[facts.name]
        if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one():
            connection.execute(sa.delete(table))  # rows that a migration itself has made
        _load_table(connection, table, place / facts.file.path, watch)
        _advance_sequence(connection, table)
    for statement in constraints:
        connection.exec_driver_sql(statement)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")
    elif lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise ValueError(f"a row of {lost[0]} points to a row of {lost[2]} that is not there")


def counts(connection: Connection) -> dict[str, int]:
    """Return the number of rows of each kept table."""
    return {t.name: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in tables_of(connection)}


class _Hashed(BufferedIOBase):
    """A file that is hashed while it is written."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        return self._file.write(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def _dump_table(
    connection: Connection,
    table: sa.Table,
    path: Path,
    names: Callable[[Mapping[str, Any]], Iterable[str]] | None,
    objects: set[str],
    watch: Watch,
) -> tuple[int, str]:
    columns = [column for column in table.columns if column.computed is None]
    heads = [column.name for column in columns]
    encoders = [(place, encode) for place, column in enumerate(columns) if (encode := _encoder(column.type))]
    query = sa.select(*(sa.cast(c, sa.Text) if _is_json(c.type) else c for c in columns)).order_by(*table.primary_key.columns)
    count = 0
    hashed = _Hashed(path)
    with hashed, gzip.GzipFile("", "wb", compresslevel=4, fileobj=hashed, mtime=0) as out:
        out.write(_line(heads))
        for rows in connection.execution_options(yield_per=_AT_ONCE).execute(query).partitions():
            for row in rows:
                values = list(row)
                for place, encode in encoders:
                    if values[place] is not None:
                        values[place] = encode(values[place])
                out.write(_line(values))
                if names:
                    objects.update(key for key in names(dict(zip(heads, values, strict=True))) if key)
            count += len(rows)
            watch.step(len(rows))
    return count, hashed.sha256.hexdigest()


def _load_table(connection: Connection, table: sa.Table, path: Path, watch: Watch) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        columns = [table.columns[name] for name in json.loads(next(lines))]
        decoders = [(place, decode) for place, column in enumerate(columns) if (decode := _decoder(column.type, connection.dialect.name))]
        insert = sa.insert(table).values({c.name: _place(c, f"v{number}", connection) for number, c in enumerate(columns)})
        batch: list[dict[str, Any]] = []
        for line in lines:
            values = json.loads(line)
            for place, decode in decoders:
                if values[place] is not None:
                    values[place] = decode(values[place])
            batch.append({f"v{number}": value for number, value in enumerate(values)})
            if len(batch) == _AT_ONCE:
                connection.execute(insert, batch)
                watch.step(len(batch))
                batch = []
        if batch:
            connection.execute(insert, batch)
            watch.step(len(batch))


def _place(column: sa.Column[Any], name: str, connection: Connection) -> sa.ColumnElement[Any]:
    """Return the bound value of a column; JSON goes in as the text it was."""
    if not _is_json(column.type):
        return sa.bindparam(name, type_=column.type)
    text = sa.bindparam(name, type_=sa.Text())
    return sa.cast(text, column.type) if connection.dialect.name == "postgresql" else sa.type_coerce(text, sa.Text())


def _drop_foreign_keys(connection: Connection, tables: Iterable[str]) -> list[str]:
    """Take the foreign keys of these tables away for the load, and return the statements that bring them back."""
    if connection.dialect.name != "postgresql":
        return []
    found = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(k.oid)"
        " FROM pg_constraint k JOIN pg_class t ON t.oid = conrelid"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND relname = ANY(%s)",
        (list(tables),),
    ).all()
    for table, name, _definition in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in found]


def _advance_sequence(connection: Connection, table: sa.Table) -> None:
    """Let numbers that PostgreSQL gives out go on after those that came in."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        if isinstance(column.type, sa.Integer):
            quoted = connection.dialect.identifier_preparer.format_table(table)
            sequence = connection.execute(sa.select(sa.func.pg_get_serial_sequence(quoted, column.name))).scalar()
            if sequence:
                last = connection.execute(sa.select(sa.func.max(column))).scalar()
                connection.execute(sa.select(sa.func.setval(sequence, last or 1, last is not None)))


def _is_json(kind: sa.types.TypeEngine[Any]) -> bool:
    return isinstance(kind, sa.JSON)


def _encoder(kind: sa.types.TypeEngine[Any]) -> Encode | None:
    if isinstance(kind, sa.DateTime):
        return _utc_text
    if isinstance(kind, (sa.Date, sa.Time)):
        return lambda value: value.isoformat()
    if isinstance(kind, sa.LargeBinary):
        return lambda value: base64.b64encode(value).decode()
    if isinstance(kind, sa.Numeric):
        return lambda value: str(value) if isinstance(value, Decimal) else value
    return None


def _decoder(kind: sa.types.TypeEngine[Any], dialect: str) -> Encode | None:
    if isinstance(kind, sa.DateTime):
        zone = UTC if dialect == "postgresql" and kind.timezone else None
        return lambda text: datetime.fromisoformat(text).replace(tzinfo=zone)
    if isinstance(kind, sa.Date):
        return date.fromisoformat
    if isinstance(kind, sa.Time):
        return time.fromisoformat
    if isinstance(kind, sa.LargeBinary):
        return base64.b64decode
    if isinstance(kind, sa.Numeric) and kind.asdecimal:
        return Decimal
    return None


def _utc_text(moment: datetime) -> str:
    return (moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment).isoformat()


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
