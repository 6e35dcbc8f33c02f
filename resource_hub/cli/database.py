"""``resource-hub database``: bring the tables to this version, or back."""

import click

from resource_hub.infra import migrate
from resource_hub.infra.backup import keep_rows
from resource_hub.kernel.settings import Settings


@click.group("database")
def command() -> None:
    """数据库表结构：升级、回退、查看版本。 / Tables: upgrade, downgrade, show the version."""


@command.command()
def upgrade() -> None:
    """升级到本版本。 / Bring the tables to this version."""
    migrate.upgrade(Settings.read(), keep=keep_rows)


@command.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """退回到指定版本。 / Take the tables back to REVISION."""
    migrate.downgrade(Settings.read(), revision, keep=keep_rows)


@command.command()
def current() -> None:
    """查看当前版本。 / Show where the tables stand and where this version wants them."""
    click.echo(f"{migrate.current(Settings.read())} / {migrate.head()}")
