"""The database: one declarative base, SQLite or PostgreSQL, and how connections are set up.

SQLite runs in WAL with synchronous FULL, so that a committed row survives a power cut; its
writing units take turns (``infra.writer``). Rule: sessions are opened by ``infra.unit`` alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, registry

from resource_hub.infra.writer import BUSY_TIMEOUT_S, Turn, Writer

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.TypeDecorator[datetime]):
    """Aware UTC moments on both databases; a naive one is a fault of the code."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        if value is None or value.tzinfo:
            return value.astimezone(UTC) if value else None
        return value.replace(tzinfo=UTC)


class _Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=_NAMES)
    registry = registry(type_annotation_map={datetime: UtcDateTime, dict[str, Any]: sa.JSON, list[str]: sa.JSON}, metadata=metadata)


class _Session(FlaskSession):
    """Binds to the writer's connection while a turn is open, in a savepoint of its transaction."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        turn = _turn.get()
        return super().get_bind(*args, **kwargs) if turn is None else turn.connection()


db = SQLAlchemy(model_class=_Base, session_options={"class_": _Session, "join_transaction_mode": "create_savepoint"})

if TYPE_CHECKING:

    class Model(DeclarativeBase):
        """Base of every table."""
else:
    Model = db.Model


def text_enum(kind: type[StrEnum]) -> sa.Enum:
    """Return a column type that stores the enum's value as text under a CHECK."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


_is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)
_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)


@contextmanager
def writing() -> Iterator[None]:
    """Let the session inside write; returns when what it committed is on disk.

    On SQLite the session writes in its turn of the process's one writer (``infra.writer``).
    """
    writer: Writer | None = current_app.extensions.get("writer")
    turn = Turn(writer) if writer else None
    tokens = _is_writing.set(True), _turn.set(turn)
    try:
        yield
    except BaseException:
        if turn is not None:
            turn.give_up()
        raise
    else:
        if turn is not None:
            turn.leave()
    finally:
        _is_writing.reset(tokens[0])
        _turn.reset(tokens[1])


@contextmanager
def writing_rows() -> Iterator[Connection]:
    """Give a connection to write rows with, without a session; returns when they are on disk.

    What fails leaves nothing behind, and the others of a shared transaction go on.
    """
    writer: Writer | None = current_app.extensions.get("writer")
    if writer is None:
        token = _is_writing.set(True)
        try:
            with db.engine.begin() as connection:
                yield connection
        finally:
            _is_writing.reset(token)
        return
    with writing():
        turn = _turn.get()
        assert turn is not None  # noqa: S101 -- set by writing
        with turn.connection().begin_nested():
            yield turn.connection()


def init_db(app: Flask, url: str) -> None:
    """Bind the application to the database at ``url``."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    is_sqlite = url.startswith("sqlite")
    options: dict[str, Any] = {"pool_pre_ping": not is_sqlite, "pool_size": 20, "max_overflow": 20}
    if is_sqlite:
        options["connect_args"] = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        if is_sqlite:
            _set_up_sqlite(db.engine)
            app.extensions["writer"] = Writer(db.engine)
        else:
            _set_up_postgresql(db.engine)


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not _is_writing.get():
            connection.exec_driver_sql("PRAGMA query_only=ON")
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _set_up_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not _is_writing.get():
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
