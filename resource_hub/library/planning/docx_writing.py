"""A plan written as a Word file in the district's form: facts, sections, the table of stages with its village column.

Runs as a child process (``infra.child``), since a plan of many stages takes Word's tables seconds.
The order is JSON: the plan as it is kept, facts, and pictures by asset as base64 PNG or JPEG.
"""

import base64
import io
import json
from collections.abc import Mapping, Sequence

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from resource_hub.infra import child
from resource_hub.library import lesson_plan
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, BlockKind, Formula, Picture, Plan, Run, Text
from resource_hub.library.planning.office_math import office_math

_WIDE = 25.7
"""Centimetres between the margins of A4 lying on its side: six columns need them."""
_WIDTHS = {"name": 3.0, "minutes": 1.6, "teacher": 6.6, "pupils": 5.2, "intent": 3.9, "village": 5.4}
_LABEL_WIDTH = 3.2
_GREY, _VILLAGE = "F4F2EC", "FCEFE4"
_FONT, _SIZE = "宋体", Pt(10.5)
_STYLES = {BlockKind.BULLET: "List Bullet", BlockKind.NUMBERED: "List Number"}


def write(order: bytes) -> bytes:
    """Return the Word file of an order."""
    given = json.loads(order)
    plan = Plan.model_validate(given["plan"])
    pictures = {asset: base64.b64decode(data) for asset, data in given["pictures"].items()}
    document = _begun()
    heading = document.add_heading(given["title"], level=1)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _facts(document, [("课题", plan.title), ("课时", plan.periods), *map(tuple, given["facts"])])
    place = list(SECTIONS).index("board")
    _sections(document, plan, list(SECTIONS)[:place], pictures)
    _stages(document, plan, pictures)
    _sections(document, plan, list(SECTIONS)[place:], pictures)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _begun() -> Document:
    document = docx.Document()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21.0)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.0)
    for name in ("Normal", "Heading 1", "Heading 2"):
        style = document.styles[name]
        style.font.name = _FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    document.styles["Normal"].font.size = _SIZE
    return document


def _facts(document: Document, facts: Sequence[tuple[str, str]]) -> None:
    """Two facts a line, each with its name."""
    shown = [(name, value) for name, value in facts if value]
    if not shown:
        return
    table = _table(document, 4, [_LABEL_WIDTH, _WIDE / 2 - _LABEL_WIDTH] * 2)
    for at in range(0, len(shown), 2):
        cells = _row(table).cells
        for place, (name, value) in enumerate(shown[at : at + 2]):
            _label(cells[2 * place], name)
            cells[2 * place + 1].text = _printable(value)
    document.add_paragraph()


def _sections(document: Document, plan: Plan, names: Sequence[str], pictures: Mapping[str, bytes]) -> None:
    said = [name for name in names if getattr(plan, name)]
    if not said:
        return
    table = _table(document, 2, [_LABEL_WIDTH, _WIDE - _LABEL_WIDTH])
    for name in said:
        cells = _row(table).cells
        _label(cells[0], SECTIONS[name])
        _text(cells[1], getattr(plan, name), pictures, _WIDE - _LABEL_WIDTH - 0.6)
    document.add_paragraph()


def _stages(document: Document, plan: Plan, pictures: Mapping[str, bytes]) -> None:
    if not plan.steps:
        return
    document.add_heading(f"教学过程（{lesson_plan.minutes(plan)} 分钟）", level=2)
    heads = {"name": "环节", "minutes": "时间", **COLUMNS}
    table = _table(document, len(heads), list(_WIDTHS.values()))
    head = _row(table)
    for cell, label in zip(head.cells, heads.values(), strict=True):
        _label(cell, label)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(repeated)
    for number, step in enumerate(plan.steps, 1):
        cells = _row(table).cells
        _label(cells[0], f"{number}. {step.name}" if step.name else str(number))
        cells[1].text = "" if step.minutes is None else f"{step.minutes} 分钟"
        for cell, column in zip(cells[2:], COLUMNS, strict=True):
            _text(cell, getattr(step, column), pictures, _WIDTHS[column] - 0.4)
        _shade(cells[-1], _VILLAGE)
    document.add_paragraph()


def _table(document: Document, columns: int, widths: Sequence[float]) -> Table:
    table: Table = document.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    return table


def _row(table: Table) -> _Row:
    made: _Row = table.add_row()  # type: ignore[no-untyped-call]  # python-docx forgot the type of this one
    return made


def _label(cell: _Cell, words: str) -> None:
    cell.text = ""
    cell.paragraphs[0].add_run(_printable(words)).bold = True
    _shade(cell, _GREY)


def _shade(cell: _Cell, colour: str) -> None:
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shading)


def _text(cell: _Cell, text: Text, pictures: Mapping[str, bytes], width: float) -> None:
    for number, block in enumerate(text):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        if isinstance(block, Picture):
            _picture(paragraph, block, pictures.get(block.asset), width)
            continue
        if block.type in _STYLES:
            paragraph.style = _STYLES[block.type]
        for run in block.runs:
            _run(paragraph, run)


def _run(paragraph: Paragraph, run: Run) -> None:
    if isinstance(run, Formula):
        element = office_math(run.formula)
        if element is not None:
            paragraph._p.append(element)
        else:
            paragraph.add_run(_printable(run.formula))
        return
    made = paragraph.add_run(_printable(run.text))
    made.bold, made.underline = run.bold or None, run.underline or None


def _picture(paragraph: Paragraph, picture: Picture, data: bytes | None, width: float) -> None:
    if data is None:
        paragraph.add_run(_printable(f"〔图片：{picture.alt}〕"))
        return
    shape = paragraph.add_run().add_picture(io.BytesIO(data))
    most = Cm(min(width, 12))
    if shape.width > most:
        shape.height, shape.width = Emu(int(shape.height * most / shape.width)), most
    if picture.alt:
        paragraph.add_run(f"\n{_printable(picture.alt)}")


def _printable(text: str) -> str:
    """Return text without what XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or (ord(c) >= 0x20 and c not in "\ufffe\uffff" and not 0xD800 <= ord(c) <= 0xDFFF))


if __name__ == "__main__":
    child.serve(write)
