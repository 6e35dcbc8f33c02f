"""The table of an import: one row says what one resource is and which files it has. Pure but for bytes.

Reads .xlsx and .csv in the encodings of Chinese PCs. Nothing of a sheet is evaluated, and its size
is bounded before anything is unpacked.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import openpyxl

from resource_hub.kernel.errors import N_, Invalid, TooLarge

MOST_BYTES = 5 << 20
MOST_ROWS = 2_000
MOST_FILES = 50
"""Of one row."""
_MOST_UNPACKED = 40 << 20
_MOST_COLUMNS = 30
_FORBIDDEN_XML = (b"<!DOCTYPE", b"<!ENTITY")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "files": ("文件", "文件名", "file", "files"),
    "title": ("标题", "课题", "title"),
    "kind": ("类型", "kind"),
    "node": ("课程目录", "目录", "node"),
    "keywords": ("关键词", "keywords"),
    "summary": ("简介", "摘要", "summary"),
    "licence": ("授权", "授权方式", "licence"),
    "author_name": ("作者", "author"),
    "third_party": ("第三方素材", "第三方素材说明", "third_party"),
    "village_fit": ("村校条件", "village_fit"),
}
"""Each field of a resource, under the names that its column may have; the first one stands in the template."""

NAMED = "导入表"
"""What the table is called when others lie beside it."""


class UnreadableTable(Invalid):
    code, message = "unreadable_table", N_("读不出这张表。请下载模板，填好后存为 .xlsx 或 .csv 再上传。")


class TableTooLarge(TooLarge):
    code, message = "table_too_large", N_("一次最多导入 2000 行，表格不超过 5 MB。请分成几次。")


class ColumnMissing(Invalid):
    code, message = "column_missing", N_("表的第 1 行没有“文件”这一列。请用模板填写。")


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it was written; ``files`` are names, the rest by field."""

    number: int
    files: Sequence[str]
    cells: Mapping[str, str]


def read(data: bytes) -> list[Line]:
    """Return the filled rows; several files of one row are divided by semicolons. Raises Invalid or TooLarge in words."""
    if len(data) > MOST_BYTES:
        raise TableTooLarge
    table = _sheet(data) if data[:4] == b"PK\x03\x04" else _csv(data)
    if len(table) > MOST_ROWS + 1:
        raise TableTooLarge
    fields = [_field(cell) for cell in table[0]] if table else []
    if "files" not in fields:
        raise ColumnMissing
    lines: list[Line] = []
    for number, row in enumerate(table[1:], start=2):
        cells = {field: cell for field, cell in zip(fields, row, strict=False) if field and cell}
        files = [name for name in (part.strip() for part in re.split(r"[;;\n|]", cells.pop("files", ""))) if name]
        if files or cells:
            lines.append(Line(number, files, cells))
    return lines


def template() -> bytes:
    """Return an empty table with one row that shows how it is meant."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([names[0] for names in COLUMNS.values()])
    sheet.append(["分数/教案.docx; 分数/课件.pptx", "分数的初步认识", "课例包", "小学数学三年级上册 分数的初步认识", "分数、平均分",
                  "第一课时，认识几分之一。", "L3", "", "", "需要投屏"])  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _field(cell: str) -> str:
    bare = re.sub(r"[((].*?[))]|\*", "", cell).strip().lower()
    return next((field for field, names in COLUMNS.items() if bare in names), "")


def _csv(data: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030") if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-16",):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableTable
    if "\x00" in text:
        raise UnreadableTable
    head = text.partition("\n")[0]
    delimiter = max(",\t;", key=head.count)
    try:
        rows = [[cell.strip() for cell in row[:_MOST_COLUMNS]] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise UnreadableTable from error
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _sheet(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
            if len(members) > 200 or sum(member.file_size for member in members) > _MOST_UNPACKED:
                raise TableTooLarge
            # In UTF-16 every other byte is zero: without them it reads the same.
            if any(mark in package.read(m).replace(b"\x00", b"").upper() for m in members for mark in _FORBIDDEN_XML):
                raise UnreadableTable
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, NotImplementedError) as error:
        raise UnreadableTable from error
    try:
        sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False).worksheets[0]
        # The file's own idea of its size may be wrong, or chosen to hurt.
        sheet.reset_dimensions()
        found = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS, values_only=True)
        rows = [["" if value is None else str(value).strip() for value in row] for row in found]
    except Exception as error:  # whatever the file does to the reader, it is the file that is wrong
        raise UnreadableTable from error
    while rows and not any(rows[-1]):
        rows.pop()
    return rows
