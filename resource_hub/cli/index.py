"""``resource-hub index``: build the search index anew, or check it against the database."""

import time
from collections.abc import Iterator

import click
from click._termui_impl import ProgressBar
from flask import Flask

from resource_hub.app import create_app
from resource_hub.cli.console import say, say_error
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.index import DocumentSource, Indexer, IndexRebuilding, index_of
from resource_hub.kernel.settings import Settings

_SHOWN = 20


@click.group("index")
def command() -> None:
    """搜索索引：重建、检查。 / The search index: rebuild it, check it."""


@command.command()
@click.option("--wait/--no-wait", default=True, help="等到完成。 / Wait until it is done.")
def rebuild(*, wait: bool) -> None:
    """从数据库重建索引，期间搜索照常可用。 / Build the index anew from the database; searching goes on meanwhile."""
    app = create_app(Settings.read())
    index = index_of(app)
    index.ask_rebuild()
    if index.may_write():
        _build_here(app)
    elif not wait:
        say("已通知正在运行的网站重建索引。", "The running site was asked to rebuild its index.")
        return
    elif not _watch(app):
        _build_here(app)
    say("索引已重建。", "The index is rebuilt.")


@command.command()
def check() -> None:
    """把索引与数据库逐项比对，有差别时返回 1。 / Compare the index with the database; exit code 1 when they differ."""
    app = create_app(Settings.read())
    with app.app_context():
        stored = {f"{source.kind}:{ident}" for source in hub().documents.values() for ident in _ids(source)}
        try:
            with unit.read(), index_of(app).snapshot() as snapshot:
                indexed = set(snapshot.refs())
        except IndexRebuilding as error:
            raise click.ClickException(error.message % error.params) from error
    index_of(app).close()
    missing, surplus = sorted(stored - indexed), sorted(indexed - stored)
    say(f"数据库 {len(stored)} 项，索引 {len(indexed)} 项。", f"{len(stored)} in the database, {len(indexed)} in the index.")
    for ref in missing[:_SHOWN]:
        say_error(f"索引缺少 {ref}", f"missing from the index: {ref}")
    for ref in surplus[:_SHOWN]:
        say_error(f"索引多出 {ref}", f"no longer in the database: {ref}")
    if missing or surplus:
        say("刚改动的内容一秒内会更新；若再次检查仍有差别，请运行 resource-hub index rebuild。",
            "Recent changes follow within a second; if they still differ then, run: resource-hub index rebuild")  # fmt: skip
        raise SystemExit(1)


def _build_here(app: Flask) -> None:
    """Build in this process: no other writes the index, or each may help."""
    indexer = Indexer(app)
    with click.progressbar(length=100, label="重建索引 / Rebuilding") as bar:
        while indexer.turn() and indexer.is_building:
            _show(app, bar)
            time.sleep(0.1)
        bar.update(100)
    indexer.stop()
    index_of(app).close()


def _watch(app: Flask) -> bool:
    """Wait for the process that writes the index; False when it ended before it was done."""
    index = index_of(app)
    with click.progressbar(length=100, label="网站正在重建 / The site rebuilds") as bar:
        while index.is_rebuild_asked:
            if index.may_write():
                return False
            _show(app, bar)
            time.sleep(0.3)
        bar.update(100)
    return True


def _show(app: Flask, bar: ProgressBar[int]) -> None:
    bar.update(max(0, int(index_of(app).progress() * 100) - bar.pos))


def _ids(source: DocumentSource) -> Iterator[str]:
    after: str | None = None
    with unit.read():
        while ids := source.all_ids(after, 1000):
            yield from ids
            after = ids[-1]
