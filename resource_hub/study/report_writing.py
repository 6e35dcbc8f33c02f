"""A closing report written as a Word file: facts, sections, the table of rounds, what changed and why.

Runs as a child process (``infra.child``). The order is JSON in the shape of ``report.Report`` with its headings in words.
"""

import base64
import io
import json
from collections.abc import Sequence
from typing import Any

import docx
import pypdfium2 as pdfium
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from resource_hub.infra import child

_FONT = "SimSun"


def write(order: bytes) -> bytes:
    """Return the Word file of an order."""
    given = json.loads(order)
    document = _begun()
    heading = document.add_heading(_printable(given["title"]), level=1)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _table(document, given["facts"])
    for label, lines in given["sections"]:
        document.add_heading(_printable(label), level=2)
        for line in lines:
            document.add_paragraph(_printable(line))
    document.add_heading(_printable(given["words"]["rounds"]), level=2)
    _table(document, [["", *given["rounds"]], *given["rows"]])
    for chart in given["charts"]:
        document.add_picture(_drawn(base64.b64decode(chart)), width=Cm(16.0))
    document.add_heading(_printable(given["words"]["changes"]), level=2)
    for label, rows in given["changes"]:
        document.add_heading(_printable(label), level=3)
        _table(document, [given["words"]["columns"], *rows])
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _drawn(page: bytes) -> io.BytesIO:
    """Return the first page of a PDF as a PNG of 200 dots an inch."""
    written = io.BytesIO()
    pdfium.PdfDocument(page)[0].render(scale=200 / 72).to_pil().save(written, "PNG")
    written.seek(0)
    return written


def _begun() -> Document:
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2.2)
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        style = document.styles[name]
        style.font.name = _FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    document.styles["Normal"].font.size = Pt(11)
    return document


def _table(document: Document, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    table = document.add_table(rows=0, cols=max(len(row) for row in rows))
    table.style = "Table Grid"
    for row in rows:
        cells = table.add_row().cells
        for cell, words in zip(cells, row, strict=False):
            cell.text = _printable(str(words))
    document.add_paragraph()


def _printable(text: str) -> str:
    """Return text without what XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or (ord(c) >= 0x20 and c not in "\ufffe\uffff" and not 0xD800 <= ord(c) <= 0xDFFF))


if __name__ == "__main__":
    child.serve(write)
