"""``resource-hub backup TO``: write a backup, or prove one that is there.

Which objects a row names is told here, where the features are known; ``infra.backup`` itself
knows tables and keys, no lesson.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from resource_hub.cli.console import say, say_error
from resource_hub.cli.meter import Meter, size_text
from resource_hub.kernel.settings import Settings

if TYPE_CHECKING:
    from resource_hub.infra.backup import BackupFolder, Named

GAPS = 3
"""Exit code of a backup that is written but lacks objects that storage could not give."""


@click.command("backup")
@click.argument("to", type=click.Path(file_okay=False, path_type=Path))
@click.option("--keep", default=14, show_default=True, type=click.IntRange(1), help="保留最近几个时间点 / snapshots to keep")
@click.option("--check", is_flag=True, help="核对已有备份的全部校验和 / prove every checksum of the backups there")
@click.option("--list", "lists", is_flag=True, help="列出已有的时间点 / list the snapshots there")
def command(*, to: Path, keep: int, check: bool, lists: bool) -> None:
    """备份到目录 TO，平台可照常使用。 / Back up to the folder TO while the platform is in use."""
    from resource_hub.infra.backup import BackupFolder, check_all

    folder = BackupFolder(to)
    if lists:
        _list(folder)
    elif check:
        with Meter() as meter:
            names = check_all(folder, meter)
        say(f"备份完好，共 {len(names)} 个时间点。", f"The backup is whole: {len(names)} snapshots.")
    else:
        _make(to, keep)


def _make(to: Path, keep: int) -> None:
    from resource_hub.infra.backup import make_backup

    settings = Settings.read()
    with Meter() as meter:
        made = make_backup(settings, to, named=NAMED, keep=keep, watch=meter)
    if to.stat().st_dev == settings.data_path.stat().st_dev:
        say("注意：备份与数据在同一块磁盘上，磁盘坏了两者都会丢失。", "Note: the backup lies on the same disk as the data.")
    manifest = made.manifest
    say(
        f"备份完成：{made.name}，{manifest.rows} 行，{manifest.object_count} 个文件（新复制 {size_text(made.copied_bytes)}）。",
        f"Done: {manifest.rows} rows, {manifest.object_count} objects ({made.copied_count} copied).",
    )
    if manifest.missing:
        say_error(
            f"有 {len(manifest.missing)} 个文件存储给不出来，其余都已备份：{'、'.join(manifest.missing[:5])}",
            f"{len(manifest.missing)} objects could not be read from storage; all the rest is in the backup.",
        )
        raise SystemExit(GAPS)


def _list(folder: "BackupFolder") -> None:
    for name in folder.names():
        manifest = folder.find(name)[1]
        missing = f"  -{len(manifest.missing)}" if manifest.missing else ""
        click.echo(f"{name}  {manifest.rows} rows  {manifest.object_count} objects  {size_text(manifest.object_bytes)}{missing}")


def _original(row: Mapping[str, Any]) -> list[str]:
    from resource_hub.media.rules import original_key

    return [original_key(row["id"])]


def _images(row: Mapping[str, Any]) -> list[str]:
    return list(json.loads(row["images"]).values())


def _rendition(row: Mapping[str, Any]) -> list[str]:
    return [row["key"]]


def _offline(row: Mapping[str, Any]) -> list[str]:
    return [row["key"]] if row["key"] else []


NAMED: "Named" = {"asset": _original, "rendition": _rendition, "page": _images, "offline_pack": _offline}
