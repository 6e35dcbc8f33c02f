"""``resource-hub people``: rosters and accounts for whoever runs the server.

It acts as the installation itself, so it helps when no administrator can sign in. Passwords go to
the terminal or into a file of the caller, once.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from flask_babel import force_locale
from flask_babel import gettext as _

from resource_hub.app import create_app
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, NotFound
from resource_hub.kernel.settings import Settings
from resource_hub.people import queries, roster, service


@click.group("people")
def command() -> None:
    """人员和账号：名册导入、重设密码、停用。 / People: import a roster, reset or lock accounts."""


@command.command("list")
@click.option("--words", default="", help="姓名、工号或账号里的字。 / Part of a name, number or account.")
def list_people(words: str) -> None:
    """列出人员。 / List people with account, school and roles."""
    with _hub(), unit.read():
        cursor: str | None = None
        while True:
            page = queries.people(None, words=words, cursor=cursor, limit=200)
            for person in page.rows:
                roles = "、".join(_(grant.role_name) for grant in person.roles)
                click.echo("\t".join((person.account or "-", person.name, person.staff_no, person.school or "-", roles)))
            cursor = page.cursor
            if cursor is None:
                break


@command.command("import-roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="只检查，不导入。 / Check only.")
@click.option("--passwords-to", type=click.Path(dir_okay=False, path_type=Path), help="初始密码表写到这里。 / Sheet of initial passwords.")
def import_roster(file: Path, *, check: bool, passwords_to: Path | None) -> None:
    """导入名册 xlsx，全部通过才导入。 / Import a roster sheet, all rows or none."""
    if not check and (passwords_to is None or passwords_to.exists()):
        raise click.UsageError("请用 --passwords-to 指定一个还不存在的文件。 / Give --passwords-to a new file.")
    with _hub():
        rows = roster.read_rows(file.read_bytes())
        with unit.read():
            _good, problems = service.check_roster(rows, by=None)
        for problem in problems:
            click.echo(f"第 {problem.row} 行 {problem.column}: {_(problem.message, **problem.params)}", err=True)
        if problems:
            raise click.ClickException(f"{len(problems)} 处要改，没有导入任何人。 / Nothing was imported.")
        if check or passwords_to is None:
            click.echo(f"{len(rows)} 行，没有问题。 / {len(rows)} rows, no problems.")
            return
        _import(rows, passwords_to)


@command.command("reset-password")
@click.argument("login")
def reset_password(login: str) -> None:
    """重设密码并显示一次。 / Reset a password and show the new one once."""
    with _hub():
        clear, kept = service.made_password()
        with unit.write():
            service.reset_password(_person_of(login), kept)
        click.echo(clear)


@command.command("lock")
@click.argument("login")
def lock(login: str) -> None:
    """停用账号，立即退出。 / Shut an account and sign it out at once."""
    with _hub(), unit.write():
        service.close_account(_person_of(login))


@command.command("unlock")
@click.argument("login")
def unlock(login: str) -> None:
    """重新启用账号，解除锁定。 / Open an account again, end a lock."""
    with _hub(), unit.write():
        service.reopen_account(_person_of(login))


def _import(rows: Sequence[roster.SheetRow], passwords_to: Path) -> None:
    made = {row.number: service.made_password() for row in rows}
    # The file is opened before anything is imported, so that its passwords cannot be lost.
    with os.fdopen(os.open(passwords_to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        with unit.write():
            ids = service.apply_roster(rows, {number: kept for number, (_clear, kept) in made.items()}, by=None)
        clear = dict(zip(ids, (text for text, _kept in made.values()), strict=True))
        with unit.read():
            lines = [(p.school, p.name, p.account or "", clear[p.id]) for p in queries.persons(ids)]
        target.write(roster.password_sheet(lines))
    click.echo(f"已导入 {len(ids)} 位，初始密码在 {passwords_to}。 / {len(ids)} people imported.")


def _person_of(login: str) -> str:
    found = queries.person_by_login(login)
    if found is None:
        raise NotFound(N_("没有这个账号。"))
    return found


@contextmanager
def _hub() -> Iterator[None]:
    with create_app(Settings.read()).app_context(), force_locale("zh"):
        try:
            yield
        finally:
            db.engine.dispose()
