"""Imports: a zip is checked row by row, shown, and made only when its owner says so.

Making goes row by row too: each row is one resource, made under a key of its own, so that a worker
that was killed goes on where it stood and nothing is made twice.
"""

import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobRun
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Gone, HubError, Invalid, NotAllowed, NotFound, TooLarge, Unavailable
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import rules as library
from resource_hub.library import service as works
from resource_hub.library.access import school_to_share_from
from resource_hub.library.schemas import KIND_LABELS, LICENCE_LABELS, VILLAGE_FIT_LABELS, Kind, ResourceIn
from resource_hub.media import queries as media
from resource_hub.media import service as uploads
from resource_hub.media.rules import clean_filename, original_key
from resource_hub.packs import cartridge, tables
from resource_hub.packs.access import get_import_for
from resource_hub.packs.archive import Archive, open_archive
from resource_hub.packs.models import ImportBatch, ImportRow
from resource_hub.packs.queries import titles_with_bytes
from resource_hub.packs.schemas import ImportIn, ImportState, RowState
from resource_hub.people import queries as people

Remark = tuple[str, dict[str, object]]
"""A source text and its places."""
_OWN_FAULTS = (Invalid, Conflict, TooLarge, NotAllowed, NotFound, Gone)
"""What is wrong with one row only: the others go on."""


class NotAZip(Invalid):
    code, message = "not_a_zip", N_("请上传 zip 压缩包或课件包（.imscc）。")


class NoTable(Invalid):
    code, message = "no_table", N_("压缩包里没有找到表格。请下载模板填好，放在压缩包最外层，或者单独上传。")


class SeveralTables(Invalid):
    code, message = "several_tables", N_("压缩包最外层有几张表格，不知道用哪一张。请只留一张，或把它命名为“导入表”。")


class NothingToMake(Conflict):
    code, message = "nothing_to_make", N_("没有可以导入的行。请按提示改好后重新上传。")


@dataclass(slots=True)
class _Row:
    """A row on its way through the check; ``names`` are file names to be shown, by member."""

    number: int
    files: list[str]
    cells: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)
    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)

    def wrong(self, text: str, /, **places: object) -> None:
        self.problems.append((text, places))

    def note(self, text: str, /, **places: object) -> None:
        self.notes.append((text, places))


def start_import(viewer: Viewer, given: ImportIn) -> str:
    """Begin the check of a finished upload of the viewer's and return the import's id; nothing is made yet."""
    school_to_share_from(viewer)
    wanted = [ident for ident in (given.upload_id, given.table_upload_id) if ident]
    assets = media.assets_of_uploads(viewer.person_id, wanted)
    if missing := [ident for ident in wanted if ident not in assets]:
        raise Invalid(fields={"upload_id": N_("文件 %(upload)s 还没有上传完成，或不是您上传的。")}, upload=missing[0])
    asset_id = assets[given.upload_id]
    if media.asset_views([asset_id])[asset_id].media_type != "application/zip":
        raise NotAZip(fields={"upload_id": NotAZip.message})
    table = assets[given.table_upload_id] if given.table_upload_id else None
    batch = ImportBatch(
        id=new_id("imp"),
        person_id=viewer.person_id,
        asset_id=asset_id,
        table_asset_id=table,
        state=ImportState.CHECKING,
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    _enqueue("packs.check", batch.id)
    return batch.id


def confirm_import(viewer: Viewer, batch_id: str) -> None:
    """Let what was found right be made; of an import that is over, what failed is tried again."""
    batch = get_import_for(viewer, batch_id)
    wanted = {ImportState.CHECKED: RowState.READY, ImportState.DONE: RowState.FAILED}.get(batch.state)
    rows = db.session.scalars(sa.select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.state == wanted)).all() if wanted else []
    if not rows:
        raise NothingToMake
    for row in rows:
        row.state, row.problems = RowState.READY, []
    batch.state = ImportState.MAKING
    _enqueue("packs.import", batch.id)


def discard_import(viewer: Viewer, batch_id: str) -> None:
    """Forget an import that is not being made; what it made stays."""
    batch = get_import_for(viewer, batch_id)
    if batch.state is ImportState.MAKING:
        raise Conflict(N_("正在导入，完成以后才能删除这条记录。"), code="import_runs")
    jobs.cancel(Ref("import_batch", batch.id))
    db.session.delete(batch)


def check_import(run: JobRun) -> None:
    """Read the zip and its table and write down what each row would make. Opens its own units."""
    try:
        _check(run)
    except (Invalid, TooLarge) as error:
        with run.completing():
            batch = db.session.get_one(ImportBatch, str(run.payload["batch_id"]))
            batch.state, batch.ended_at = ImportState.REFUSED, clock.now()
            batch.message = error.message % error.params if error.params else error.message


def make_import(run: JobRun) -> None:
    """Make what was confirmed, a resource a row. Opens its own units."""
    batch_id = str(run.payload["batch_id"])
    viewer, source = _begin(run, batch_id)
    with unit.read():
        todo = list(db.session.scalars(_rows(batch_id).where(ImportRow.state == RowState.READY).with_only_columns(ImportRow.id)))
    with open_archive(source) as archive:
        for done, row_id in enumerate(todo):
            run.progress(done / len(todo), N_("正在导入"))
            try:
                _make_row(run, viewer, archive, row_id)
            except _OWN_FAULTS as error:
                with run.recording():
                    row = db.session.get_one(ImportRow, row_id)
                    row.state, row.problems = RowState.FAILED, [(error.message, dict(error.params))]
    with run.completing():
        batch = db.session.get_one(ImportBatch, batch_id)
        batch.state, batch.ended_at = ImportState.DONE, clock.now()


def _check(run: JobRun) -> None:
    batch_id = str(run.payload["batch_id"])
    viewer, source = _begin(run, batch_id)
    with open_archive(source) as archive:
        rows, message = _read_rows(run, archive, batch_id)
        _judge_files(archive, rows)
        digests = _digests(run, archive, rows)
    with unit.read():
        for row in rows:
            _judge_fields(row)
        _judge_twins(viewer, rows, digests)
    with run.completing():
        batch = db.session.get_one(ImportBatch, batch_id)
        db.session.execute(sa.delete(ImportRow).where(ImportRow.batch_id == batch_id))
        batch.state, batch.message = ImportState.CHECKED, message
        for row in rows:
            state = RowState.WRONG if row.problems else RowState.READY
            db.session.add(
                ImportRow(id=new_id("irw"), batch_id=batch_id, position=row.number, fields={**row.fields, "names": row.names},
                          files=row.files, problems=row.problems, notes=row.notes, uploads={}, state=state)
            )  # fmt: skip


def _begin(run: JobRun, batch_id: str) -> tuple[Viewer, Path]:
    """Return whose import it is, as they are today, and the zip in the scratch folder; waits until it was looked at."""
    with unit.read():
        batch = db.session.get(ImportBatch, batch_id)
        if batch is None:
            raise NotFound
        viewer = people.viewer_of_person(batch.person_id)
        view = media.asset_views([batch.asset_id])[batch.asset_id]
        if viewer is None:
            raise NotAllowed
        if view.is_gone:
            raise NotAllowed((view.failure or {})["message"])
        if view.state == "processing":
            raise Unavailable(retry_after=2)
        _need_space(view.size)
    path = run.scratch / "source.zip"
    run.insist(lambda: storage().get_file(original_key(view.id), path))
    return viewer, path


def _read_rows(run: JobRun, archive: Archive, batch_id: str) -> tuple[list[_Row], str]:
    with unit.read():
        table_id = db.session.get_one(ImportBatch, batch_id).table_asset_id
        size = media.asset_views([table_id])[table_id].size if table_id else 0
    if table_id:
        if size > tables.MOST_BYTES:
            raise tables.TableTooLarge
        data = run.insist(lambda: storage().get_bytes(original_key(table_id)))
        return _rows_of_table(tables.read(data)), ""
    if cartridge.MANIFEST in archive.members:
        return _rows_of_cartridge(cartridge.read(archive.read(cartridge.MANIFEST, cartridge.MOST_BYTES)))
    return _rows_of_table(tables.read(archive.read(_table_in(archive), tables.MOST_BYTES))), ""


def _table_in(archive: Archive) -> str:
    """Return the table of the zip: the only one at its top, where a single folder around everything does not count."""
    found = [name for name in archive.members if name.rpartition(".")[2].lower() in {"xlsx", "csv"}]
    if not found:
        raise NoTable
    depth = min(name.count("/") for name in found)
    top = [name for name in found if name.count("/") == depth]
    named = [name for name in top if tables.NAMED in name] or top
    if len(named) > 1:
        raise SeveralTables
    return named[0]


def _rows_of_table(lines: Sequence[tables.Line]) -> list[_Row]:
    if not lines:
        raise NoTable
    return [_Row(line.number, list(line.files), dict(line.cells)) for line in lines]


def _rows_of_cartridge(found: cartridge.Cartridge) -> tuple[list[_Row], str]:
    """Return the one pack that a cartridge becomes, its files under the titles of its organisation."""
    row = _Row(1, [item.href for item in found.items], {"title": found.title, "kind": Kind.LESSON_PACK.value, "summary": found.summary,
                                                       "keywords": "、".join(found.keywords)})  # fmt: skip
    for item in found.items:
        if item.title:
            suffix = PurePosixPath(item.href).suffix
            row.names[item.href] = item.title if item.title.lower().endswith(suffix.lower()) else item.title + suffix
    if found.left_out:
        row.note(N_("课件包里的链接、测验和讨论没有导入：%(titles)s"), titles="、".join(found.left_out[:10]))
    return [row], ""


def _judge_files(archive: Archive, rows: Sequence[_Row]) -> None:
    """Put members in the place of the names that the table says, and tell of those that are not there or not taken."""
    for row in rows:
        found: list[str] = []
        for name in row.files:
            member = archive.find(name)
            if member is None:
                row.wrong(N_("压缩包里没有这个文件：%(name)s"), name=name[:120])
            elif member.problem:
                row.wrong(member.problem, name=name[:120])
            else:
                found.append(member.name)
                if name in row.names:
                    row.names[member.name] = row.names.pop(name)
        if not row.files:
            row.wrong(N_("这一行没有写文件。"))
        if len(row.files) > tables.MOST_FILES:
            row.wrong(N_("一行最多 %(most)s 个文件。"), most=tables.MOST_FILES)
        row.files = list(dict.fromkeys(found))


def _judge_fields(row: _Row) -> None:
    """Turn the cells into the fields of a resource; what is not said is guessed from the names of the files."""
    names = [row.names.get(name) or PurePosixPath(name).name for name in row.files]
    cells = row.cells
    kind = _code(cells.get("kind", ""), KIND_LABELS) or (library.suggest_kind(names) if not cells.get("kind") else None)
    title = cells.get("title") or (library.suggest_title(names[0]) if names else "")
    if cells.get("kind") and not kind:
        row.wrong(N_("没有这种类型：%(text)s"), text=cells["kind"][:40])
    elif not kind:
        row.wrong(N_("请写类型，如 教学设计、课件、课例包。"))
    licence = _code(cells.get("licence", "L3"), LICENCE_LABELS)
    if not licence:
        row.wrong(N_("没有这种授权方式：%(text)s"), text=cells["licence"][:40])
    fit = _code(cells.get("village_fit", ""), VILLAGE_FIT_LABELS)
    if cells.get("village_fit") and not fit:
        row.wrong(N_("没有这种村校条件：%(text)s"), text=cells["village_fit"][:40])
    node = _node_of(row)
    words = [word for word in (part.strip() for part in re.split(r"[、,,;;\s]+", cells.get("keywords", ""))) if word]
    given = {
        "title": title, "kind": kind, "node": node, "licence": licence, "village_fit": fit, "keywords": words[:8],
        "summary": cells.get("summary", ""), "author_name": cells.get("author_name", ""), "third_party": cells.get("third_party", ""),
    }  # fmt: skip
    row.fields = {name: value for name, value in given.items() if value}
    if not row.problems:
        try:
            ResourceIn.model_validate(row.fields)
        except ValidationError as error:
            for one in error.errors():
                row.wrong(N_("%(column)s：太长，或者写法不对。"), column=tables.COLUMNS.get(str(one["loc"][0]), ("?",))[0])


def _node_of(row: _Row) -> str | None:
    """Return the place in the curriculum that the cell means: its id, its path, or words that mean one place alone."""
    text = row.cells.get("node", "")
    if not text:
        return None
    for look in (curriculum.node, curriculum.node_at):
        try:
            return look(text).id
        except HubError:
            continue
    found = curriculum.find_nodes(text, limit=2)
    if not found:
        row.wrong(N_("课程目录里没有这个位置：%(text)s"), text=text[:80])
        return None
    if len(found) > 1:
        row.note(N_("课程目录取了最接近的：%(path)s"), path=found[0].path)
    return found[0].id


def _digests(run: JobRun, archive: Archive, rows: Sequence[_Row]) -> dict[str, str]:
    """Return the SHA-256 of every file that a row has; each is inflated once, so a bomb is found here."""
    found: dict[str, str] = {}
    wanted = list(dict.fromkeys(name for row in rows for name in row.files))
    for done, name in enumerate(wanted):
        run.progress(done / len(wanted), N_("正在检查"))
        try:
            found[name] = archive.digest(name, run.check)
        except Invalid as error:
            for row in rows:
                if name in row.files:
                    row.wrong(error.message, **error.params)
    return found


def _judge_twins(viewer: Viewer, rows: Sequence[_Row], digests: Mapping[str, str]) -> None:
    """Tell of files that the library or another row has already; that is no error."""
    known = titles_with_bytes(viewer, set(digests.values()))
    times = Counter(digests[name] for row in rows for name in row.files if name in digests)
    for row in rows:
        for name in row.files:
            digest = digests.get(name, "")
            shown = PurePosixPath(name).name
            if digest in known:
                row.note(N_("%(name)s 和《%(title)s》里的文件完全相同。"), name=shown, title=known[digest])
            if times[digest] > 1:
                row.note(N_("%(name)s 在这次导入里出现了 %(times)s 次。"), name=shown, times=times[digest])


def _make_row(run: JobRun, viewer: Viewer, archive: Archive, row_id: str) -> None:
    with unit.read():
        row = db.session.get_one(ImportRow, row_id)
        members, fields, taken = list(row.files), dict(row.fields), dict(row.uploads)
    names = fields.pop("names", {})
    for member in members:
        if member in taken:
            continue
        part = run.scratch / "member"
        archive.extract(member, part, run.check)
        shown = clean_filename(names.get(member) or PurePosixPath(member).name)
        taken[member] = uploads.take_file(viewer.person_id, part, shown)
        part.unlink()
        with run.recording():
            db.session.get_one(ImportRow, row_id).uploads = dict(taken)
    given = ResourceIn.model_validate({**fields, "upload_ids": [taken[member] for member in members]})
    with run.recording():
        made = works.create_resource(viewer, given, f"import:{row_id}")
        row = db.session.get_one(ImportRow, row_id)
        row.state, row.resource_id = RowState.MADE, made.id


def _rows(batch_id: str) -> sa.Select[ImportRow]:
    return sa.select(ImportRow).where(ImportRow.batch_id == batch_id).order_by(ImportRow.position)


def _enqueue(kind: str, batch_id: str) -> None:
    jobs.enqueue(kind, {"batch_id": batch_id}, subject=Ref("import_batch", batch_id), dedupe=f"{kind}:{batch_id}")


def _code(text: str, labels: Mapping[Any, str]) -> str | None:
    """Return the code that a cell names: the code itself, or its label or the beginning of it."""
    wanted = text.strip()
    return next((code.value for code, label in labels.items() if wanted and (wanted == code.value or label.startswith(wanted))), None)


def _need_space(size: int) -> None:
    settings = hub().settings
    free = shutil.disk_usage(jobs.scratch_folder().parent).free
    if free - 2 * size < float(settings.min_free_gb) * (1 << 30):
        raise Unavailable(N_("服务器磁盘快满了，导入暂停。请通知技术员清理，之后会自动继续。"), code="disk_nearly_full", retry_after=300)
