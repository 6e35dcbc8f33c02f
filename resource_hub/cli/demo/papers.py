"""Real documents from the markup of ``writing``: docx, pptx, xlsx and, by LibreOffice, pdf.

The same words always give the same bytes (dates fixed, archive times fixed), so two
installations hold equal files. Rule: a file appears under its name only when it is whole.
"""

import io
import os
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import openpyxl
from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from openpyxl.chart import LineChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from resource_hub.cli.demo.drawings import draw
from resource_hub.kernel.errors import N_, Unavailable

WRITTEN_AT = datetime(2026, 9, 1, 8, 0, 0)  # noqa: DTZ001 -- office files carry local time without zone

_ZIP_TIME = (2026, 9, 1, 8, 0, 0)
_HEADING_FONT, _BODY_FONT = "黑体", "宋体"
_TEAL = RGBColor(0x1F, 0x6F, 0x6B)
_CONVERT_S = 180


@dataclass(slots=True)
class Letterhead:
    """What stands at the head of a paper."""

    title: str
    author: str
    school: str


@dataclass(slots=True)
class Block:
    """A piece of a paper: heading, point, step, table, note, line, picture or plain text."""

    kind: str
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)


def read_blocks(markup: str) -> list[Block]:
    """Return the blocks of a document's markup."""
    blocks: list[Block] = []
    for line in filter(None, map(str.strip, markup.splitlines())):
        if line.startswith("|"):
            if not (blocks and blocks[-1].kind == "table"):
                blocks.append(Block("table"))
            blocks[-1].rows.append(_cells(line))
        else:
            blocks.append(_block(line))
    return blocks


def docx_bytes(markup: str, head: Letterhead) -> bytes:
    """Return a Word document with title, body, tables and page numbers."""
    blocks = read_blocks(markup)
    paper = Document()
    _set_up(paper, head, is_wide=any(block.kind == "table" and len(block.rows[0]) >= 6 for block in blocks))
    title = paper.add_paragraph(style="Title")
    title.add_run(head.title)
    byline = paper.add_paragraph()
    _run(byline, f"{head.school}　{head.author}", size=10.5, color=RGBColor(0x5A, 0x66, 0x70))
    for block in blocks:
        _add_block(paper, block)
    return _saved(paper)


def xlsx_bytes(head: Letterhead) -> bytes:
    """Return the record sheet of the evaporation experiment, with formulas that stay alive."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "蒸发记录"
    sheet.append([head.title])
    sheet.append(["在黄色格子里填数，减少的重量会自动算出。用黄豆当砝码时，填颗数。"])
    sheet.append(["次数", "时间（分钟）", "通风处", "塑料袋里", "通风处减少", "塑料袋减少", "看到的现象"])
    for number, minutes in enumerate((0, 20, 40, 120), start=1):
        row = number + 3
        sheet.append([f"第 {number} 次", minutes, None, None, f'=IF(C{row}="","",C$4-C{row})', f'=IF(D{row}="","",D$4-D{row})', None])
    sheet.append([])
    sheet.append(["少了几成", None, '=IF(OR(C4="",C7=""),"",(C4-C7)/C4)', '=IF(OR(D4="",D7=""),"",(D4-D7)/D4)'])
    _dress(sheet)
    book.properties.creator = head.author
    book.properties.created = book.properties.modified = WRITTEN_AT
    buffer = io.BytesIO()
    book.save(buffer)
    return _fixed_times(buffer.getvalue())


def pdf_bytes(markup: str, head: Letterhead) -> bytes:
    """Return the paper as PDF, made by LibreOffice in a profile of its own; raises Unavailable."""
    with tempfile.TemporaryDirectory(prefix="hub-paper-") as folder:
        source = Path(folder) / "paper.docx"
        source.write_bytes(docx_bytes(markup, head))
        command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--convert-to", "pdf", "--outdir", folder, str(source)]
        environment = {**os.environ, "HOME": folder}
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_CONVERT_S, env=environment)
            return _fixed_marks(source.with_suffix(".pdf").read_bytes())
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(N_("LibreOffice 没有做出 PDF。请确认已安装 libreoffice，再重新生成示例资料。")) from error


def _block(line: str) -> Block:
    for mark, kind in (("# ", "heading"), ("- ", "point"), ("> ", "note"), ("!", "picture")):
        if line.startswith(mark):
            return Block(kind, line.removeprefix(mark))
    if line == "___":
        return Block("line")
    if re.match(r"\d+\. ", line):
        return Block("step", line)
    return Block("text", line)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line[1:].removesuffix("|").split("|")]


def _set_up(paper: DocumentObject, head: Letterhead, *, is_wide: bool) -> None:
    section = paper.sections[0]
    width, height = (Cm(29.7), Cm(21)) if is_wide else (Cm(21), Cm(29.7))
    section.page_width, section.page_height = width, height
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    for name, size, font in (("Normal", 11, _BODY_FONT), ("Title", 22, _HEADING_FONT), ("Heading 1", 14, _HEADING_FONT)):
        style = paper.styles[name]
        _set_font(style.font, style.element.get_or_add_rPr(), font)
        style.font.size = Pt(size)
        if name != "Normal":
            style.font.color.rgb = _TEAL
    paper.styles["Normal"].paragraph_format.line_spacing = 1.35
    paper.styles["Normal"].paragraph_format.space_after = Pt(4)
    properties = paper.core_properties
    properties.author, properties.title, properties.language = head.author, head.title, "zh-CN"
    properties.created = properties.modified = WRITTEN_AT
    properties.comments = ""
    _add_footer(section.footer.paragraphs[0])


def _add_footer(paragraph: Paragraph) -> None:
    _run(paragraph, "青岚区城乡教育共同体 · 教学资源　第 ", size=9)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(9)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = text
        run._r.append(element)
    _run(paragraph, " 页", size=9)


def _add_block(paper: DocumentObject, block: Block) -> None:
    if block.kind == "heading":
        paper.add_heading(block.text, level=1)
    elif block.kind == "point":
        paper.add_paragraph(block.text, style="List Bullet")
    elif block.kind == "note":
        note = paper.add_paragraph()
        note.paragraph_format.left_indent = Cm(0.6)
        _shade(note._p.get_or_add_pPr(), "EAF3F0")
        _run(note, block.text, size=10.5)
    elif block.kind == "line":
        _ruled(paper.add_paragraph())
    elif block.kind == "picture":
        picture = io.BytesIO()
        draw(block.text, width=1000, background="#ffffff").save(picture, "PNG")
        paper.add_picture(picture, width=Cm(10.5))
    elif block.kind == "table":
        _add_table(paper, block.rows)
    else:
        paper.add_paragraph(block.text)


def _add_table(paper: DocumentObject, rows: Sequence[Sequence[str]]) -> None:
    section = paper.sections[0]
    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    widths = _widths(rows)
    table = paper.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for at, column in enumerate(table.columns):
        column.width = int(room * widths[at])
    for index, row in enumerate(rows):
        added = table.add_row()
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        cells = added.cells
        for at, cell in enumerate(cells):
            cell.width = int(room * widths[at])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(1)
            paragraph.paragraph_format.line_spacing = 1.15
            _run(paragraph, row[at] if at < len(row) else "", size=10, is_bold=index == 0)
            if index == 0:
                _shade(cell._tc.get_or_add_tcPr(), "D8EBE7")
    _repeat_head(table)
    paper.add_paragraph().paragraph_format.space_after = Pt(2)


def _widths(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return each column's share of the page: by the amount of words, none too narrow."""
    columns = len(rows[0])
    weights = [max(8.0, min(60.0, max(len(row[at]) for row in rows if at < len(row)) ** 0.8 * 2)) for at in range(columns)]
    return [weight / sum(weights) for weight in weights]


def _repeat_head(table: Table) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _ruled(paragraph: Paragraph) -> None:
    borders = OxmlElement("w:pBdr")
    for side in ("bottom", "between"):
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "1"), ("color", "8A949C")):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    paragraph._p.get_or_add_pPr().append(borders)
    paragraph.paragraph_format.line_spacing = Pt(28)


def _shade(properties: object, color: str) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", color)):
        shading.set(qn(f"w:{name}"), value)
    properties.append(shading)  # type: ignore[attr-defined]  # an lxml element of python-docx, which has no stubs


def _run(paragraph: Paragraph, text: str, *, size: float, is_bold: bool = False, color: RGBColor | None = None) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), is_bold
    if color is not None:
        run.font.color.rgb = color


def _set_font(font: object, properties: object, name: str) -> None:
    font.name = name  # type: ignore[attr-defined]  # python-docx object
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), name)  # type: ignore[attr-defined]  # lxml element


def _dress(sheet: Worksheet) -> None:
    sheet["A1"].font = Font(bold=True, size=16, color="1F6F6B")
    for column, width in zip("ABCDEFG", (11, 13, 13, 13, 14, 14, 32), strict=True):
        sheet.column_dimensions[column].width = width
        sheet[f"{column}3"].font = Font(bold=True)
        sheet[f"{column}3"].fill = PatternFill("solid", fgColor="D8EBE7")
        sheet[f"{column}3"].alignment = Alignment(horizontal="center")
    for row in range(4, 8):
        for column in "CD":
            sheet[f"{column}{row}"].fill = PatternFill("solid", fgColor="FFF6D6")
    sheet["C9"].number_format = sheet["D9"].number_format = "0%"
    sheet.freeze_panes = "A4"
    sheet.page_setup.orientation = "landscape"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    chart = LineChart()
    chart.title, chart.height, chart.width = "重量怎样变化", 8, 16
    chart.add_data(Reference(sheet, min_col=3, max_col=4, min_row=3, max_row=7), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=2, min_row=4, max_row=7))
    sheet.add_chart(chart, "A12")


def _saved(paper: DocumentObject) -> bytes:
    buffer = io.BytesIO()
    paper.save(buffer)
    return _fixed_times(buffer.getvalue())


def _fixed_times(archive: bytes) -> bytes:
    """Return an office file whose members all carry the same time."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in _members(source):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return made.getvalue()


def _fixed_marks(pdf: bytes) -> bytes:
    """Return a PDF without its moment and its random id; lengths stay, as the table of places needs them."""

    def blank(match: re.Match[bytes]) -> bytes:
        return match[1] + re.sub(rb"[0-9A-Fa-f]", b"0", match[2]) + match[3]

    pdf = re.sub(rb"(/CreationDate\s*\(D:)(\d{14})([^)]*\))", rb"\g<1>20260901080000\g<3>", pdf)
    pdf = re.sub(rb"(/ID\s*\[)([^\]]*)(\])", blank, pdf)
    return re.sub(rb"(/DocChecksum\s*/)([0-9A-F]{32})()", blank, pdf)


def _members(source: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield the members, the list of content types first, as the format asks."""
    names: Iterable[str] = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
    for name in names:
        content = source.read(name)
        if name == "docProps/core.xml":
            stamp = WRITTEN_AT.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
            content = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
        yield name, content
