"""``resource-hub curriculum``: units and old-to-new mappings from tables, and the edition that the district uses."""

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from resource_hub.kernel.settings import Settings

if TYPE_CHECKING:
    from resource_hub.curriculum.service import ImportReport


@click.group("curriculum")
def command() -> None:
    """课程目录：导入单元表、新旧对应表，指定本区版本。 / Curriculum: import units and mappings, fix the district's edition."""


@command.command("import-units")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查，不写入。 / Check only.")
def import_units(table: Path, *, dry_run: bool) -> None:
    """从 xlsx、csv 或 tsv 表导入单元和课（先查错，全部正确才写入）。 / Import units from TABLE, all or nothing."""
    from resource_hub.curriculum import service

    _import(service.import_units, table, dry_run=dry_run)


@command.command("import-mappings")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只检查，不写入。 / Check only.")
def import_mappings(table: Path, *, dry_run: bool) -> None:
    """导入新旧教材对应表（old_path, new_path, relation, note）。 / Import which new unit holds the matter of which old one."""
    from resource_hub.curriculum import service

    _import(service.import_mappings, table, dry_run=dry_run)


@command.command("edition")
@click.argument("school_year", type=int)
@click.argument("path")
@click.option("--grade", default="", help="只用于一个年级，如 G3。 / For one grade only, e.g. G3.")
def edition(school_year: int, path: str, grade: str) -> None:
    """指定一个学科的版本，如 2026 "小学 / 数学 / 人教版"。 / Fix the edition of a subject for a school year."""
    from resource_hub.app import create_app
    from resource_hub.curriculum import queries, service
    from resource_hub.infra import unit

    with create_app(Settings.read()).app_context(), unit.write():
        place = queries.place_of(queries.node_at(path).id)
        service.set_district_edition(school_year, place.stage, place.subject, place.node_id, grade=grade)
    click.echo(f"{school_year} {place.stage} {place.subject} {grade}: {place.edition}")


def _import(take: "Callable[..., ImportReport]", table: Path, *, dry_run: bool) -> None:
    """Take in a table in one unit and tell what became of it; exit code 1 when a row is wrong."""
    from resource_hub.app import create_app
    from resource_hub.infra import unit

    with create_app(Settings.read()).app_context(), unit.write():
        report = take(list(_rows(table)), dry_run=dry_run)
    for error in report.errors:
        click.echo(f"第 {error.row} 行 {error.column}: {error.message % {'value': error.value}}", err=True)
    click.echo(f"{report.rows} 行：新增 {report.added}，修改 {report.changed}，错误 {len(report.errors)}")
    if report.errors:
        raise SystemExit(1)


def _rows(table: Path) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a table by its head line, whatever its kind."""
    if table.suffix.lower() != ".xlsx":
        with table.open(encoding="utf-8-sig", newline="") as text:
            yield from csv.DictReader(text, delimiter="\t" if table.suffix.lower() == ".tsv" else ",")
        return
    from openpyxl import load_workbook

    book = load_workbook(table, read_only=True, data_only=True)
    lines = book.worksheets[0].iter_rows(values_only=True)
    head = [str(cell or "").strip() for cell in next(lines, ())]
    for line in lines:
        yield {name: "" if cell is None else str(cell).strip() for name, cell in zip(head, line, strict=False) if name}
    book.close()
