"""``resource-hub restore FROM``: bring a backup back, here or into a fresh folder."""

from dataclasses import replace as changed
from pathlib import Path

import click

from resource_hub.cli.console import say
from resource_hub.cli.meter import Meter
from resource_hub.kernel.settings import Settings


@click.command("restore")
@click.argument("source", metavar="FROM", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="恢复到的数据目录（默认 HUB_DATA）/ data folder")
@click.option("--snapshot", help="时间点（默认最新的）/ snapshot, the newest by default")
@click.option("--replace", is_flag=True, help="取代目标中已有的内容 / put it in the place of what is there")
def command(*, source: Path, into: Path | None, snapshot: str | None, replace: bool) -> None:
    """从目录 FROM 恢复；先停止平台。 / Restore from the folder FROM; stop the platform first."""
    from resource_hub.infra.backup import restore_backup

    settings = Settings.read()
    if into is not None:
        settings = changed(settings, data=str(into))
    with Meter() as meter:
        done = restore_backup(settings, source, snapshot=snapshot, replace=replace, watch=meter)
    say(
        f"已恢复 {done.name}：{done.manifest.rows} 行，{done.manifest.object_count} 个文件；抽查 {done.read_back} 个文件，校验一致。",
        f"Restored {done.name}: {done.manifest.rows} rows, {done.manifest.object_count} objects; {done.read_back} read back and compared.",
    )
    if done.manifest.is_rows_only:
        say(
            "这是升级前的备份，只有数据库；文件没有改动。",
            "This is a backup from before an upgrade: rows alone. The objects were left as they are.",
        )
    if done.replaced:
        say(f"原来的数据库保留在 {done.replaced}。", f"The database that stood there is kept at {done.replaced}.")
    if done.differing:
        listed = "  ".join(done.differing)
        say(f"备份时的设置与现在不同：{listed}", f"Settings were different when the backup was made: {listed}")
    say("搜索索引会在启动后自动重建。", "The search index is built again after the start.")
