"""Alembic's environment: batch mode for SQLite, our naming convention.

``infra.migrate`` hands in the connection and owns its transaction. Without one (writing a new
revision by hand) each revision is a transaction of its own.
"""

from alembic import context
from sqlalchemy import Connection, create_engine, pool

from resource_hub.infra.db import db

config = context.config


def run(connection: Connection, *, has_owner: bool) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        transaction_per_migration=not has_owner,
        compare_type=True,
        include_object=config.attributes.get("include"),
    )
    with context.begin_transaction():
        context.run_migrations()


if given := config.attributes.get("connection"):
    run(given, has_owner=True)
else:
    with create_engine(config.attributes["url"], poolclass=pool.NullPool).connect() as opened:
        if opened.dialect.name == "sqlite":
            opened.exec_driver_sql("PRAGMA foreign_keys=OFF")
            opened.commit()
        run(opened, has_owner=False)
