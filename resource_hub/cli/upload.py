"""``resource-hub upload FILE…``: put files into a hub from a command line, and make one resource of them.

It is a client of the public API like any other and needs no installation of its own. The same
command goes on where a run was cut, since the server knows the parts.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from resource_hub.cli.console import say, say_error
from resource_hub.cli.meter import Meter
from resource_hub.cli.sending import Memory, Refused, Sending, Server, make_resource
from resource_hub.kernel.settings import Settings
from resource_hub.library.schemas import Kind, Licence

_MEMORY = Path.home() / ".cache" / "resource-hub" / "uploads.json"
_INTERRUPTED = 130
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("upload")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=_FILE)
@click.option("--server", help="平台地址 / address of the hub")
@click.option("--account", help="账号 / account")
@click.option("--password-file", type=_FILE, help="密码所在的文件 / file with the password")
@click.option("--ca", type=_FILE, help="平台自己的根证书 / the hub's own CA (from /trust)")
@click.option("--title", help="题名，默认取自文件名 / title, by default from the file's name")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="资源类型，默认按文件判断 / kind, by default from the files")
@click.option("--node", help="课程节点编号 / id of the place in the curriculum")
@click.option("--keyword", "keywords", multiple=True, help="关键词，可重复 / keyword, may be repeated")
@click.option("--summary", default="", help="简介 / summary")
@click.option("--licence", type=click.Choice([licence.value for licence in Licence]), help="许可 / licence")
@click.option("--files-only", is_flag=True, help="只传文件，不建资源 / send the files, make no resource")
def command(
    *,
    files: Sequence[Path],
    server: str | None,
    account: str | None,
    password_file: Path | None,
    ca: Path | None,
    files_only: bool,
    **given: Any,
) -> None:
    """上传文件，断线或中断后再运行会接着传。 / Send files; run again after a cut and it goes on."""
    who = account or click.prompt("账号 / Account")
    password = password_file.read_text(encoding="utf-8").strip() if password_file else click.prompt("密码 / Password", hide_input=True)
    with Meter() as meter:
        hub = Server(server or Settings.read().origin, meter, ca)
        try:
            hub.sign_in(who, password)
            _send_all(hub, meter, who, [path.resolve() for path in files], None if files_only else _fields(given))
        except KeyboardInterrupt:
            meter.note("已停止。再运行同一命令会接着传。", "Stopped. The same command goes on from here.")
            raise SystemExit(_INTERRUPTED) from None
        finally:
            hub.close()


def _send_all(hub: Server, meter: Meter, who: str, files: Sequence[Path], fields: dict[str, Any] | None) -> None:
    memory = Memory(_MEMORY)
    known = {path: memory.find(hub.address, who, path) for path in files}
    draft_id = None if fields is None else _draft(hub, [facts.get("draft", "") for facts in known.values()])
    sendings = {}
    for path in files:
        sendings[path] = Sending(hub, meter, path, draft_id, known[path])
        memory.keep(hub.address, who, path, {"upload": sendings[path].id, "draft": draft_id or ""})
    if fields is not None and draft_id:
        fields = _completed(hub, draft_id, files, fields)
    for sending in sendings.values():
        sending.run()
    ids = [sending.id for sending in sendings.values()]
    if fields is not None and draft_id:
        resource_id = make_resource(hub, ids, fields, draft_id)
        meter.note(f"已建资源《{fields['title']}》（草稿）。", f"The resource “{fields['title']}” stands as a draft.")
        click.echo(f"{hub.address}/resources/{resource_id}")
    else:
        meter.note("文件已上传。", "The files are uploaded.")
        for ident in ids:
            click.echo(ident)
    for path in files:
        memory.forget(hub.address, who, path)


def _draft(hub: Server, earlier: Sequence[str]) -> str:
    """Return the draft of an earlier run that was not turned in, or a new one."""
    for draft_id in dict.fromkeys(filter(None, earlier)):
        try:
            if hub.ask("GET", f"/drafts/{draft_id}")["resource_id"] is None:
                return draft_id
        except Refused:
            continue
    return str(hub.ask("POST", "/drafts")["id"])


def _completed(hub: Server, draft_id: str, files: Sequence[Path], fields: dict[str, Any]) -> dict[str, Any]:
    """Fill in what the server suggests from the files; asks for the kind before the first byte is sent."""
    suggested = hub.ask("GET", f"/drafts/{draft_id}")["suggestions"]
    whole = {"title": suggested.get("title") or files[0].stem, "kind": suggested.get("kind"), **fields}
    if not whole["kind"]:
        say_error("从文件名看不出资源类型，请用 --kind 指明。", f"The kind is not clear from the files. Name it: --kind {'|'.join(Kind)}")
        raise SystemExit(2)
    say(f"题名：{whole['title']}  类型：{whole['kind']}", f"Title and kind: {whole['title']}, {whole['kind']}")
    return whole


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given, under the names of the contract."""
    named = {name: value for name, value in given.items() if value}
    return {**named, "keywords": list(named["keywords"])} if "keywords" in named else named
