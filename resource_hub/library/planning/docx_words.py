"""The XML of a Word file as paragraphs and tables, in their order, with every word that a reader of the page would see.

What was deleted under tracked changes is gone, what was inserted is there; text boxes follow the paragraph that
they hang on. Rule: whatever a stretch of text is wrapped in, it is walked into.
"""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from resource_hub.library.planning.docx_package import MOST_PICTURES, Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_LEFT_OUT = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_MC}Fallback", f"{_W}pPr", f"{_W}rPr", f"{_W}sectPr"}
_LONGEST_RUN = 9_000


@dataclass(slots=True)
class Line:
    """A paragraph: runs of a plan, the names of its pictures, and whether Word styles it as a heading or an item."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    is_heading: bool = False
    is_item: bool = False
    boxes: list["Line | Table"] = field(default_factory=list)
    """What stands in text boxes that hang on this one."""

    @property
    def text(self) -> str:
        return "".join(run["text"] for run in self.runs).strip()

    def without(self, count: int) -> "Line":
        """Return the line without its first characters, not counting the blanks before them."""
        whole = "".join(run["text"] for run in self.runs)
        left = count + len(whole) - len(whole.lstrip())
        runs = []
        for run in self.runs:
            runs.append({**run, "text": run["text"][left:]})
            left = max(0, left - len(run["text"]))
        return Line([run for run in runs if run["text"]], self.pictures, is_item=self.is_item)


@dataclass(slots=True)
class Cell:
    """A cell of a table with what stands in it; ``is_continued`` for the lower part of one merged downwards."""

    blocks: list["Line | Table"]
    span: int = 1
    is_continued: bool = False

    @property
    def lines(self) -> list[Line]:
        """All paragraphs, also those of tables within."""
        return [line for block in self.blocks for line in ([block] if isinstance(block, Line) else block.lines)]

    @property
    def text(self) -> str:
        return "\n".join(filter(None, (line.text for line in self.lines)))


@dataclass(slots=True)
class Table:
    rows: list[list[Cell]]

    @property
    def lines(self) -> list[Line]:
        return [line for row in self.rows for cell in row for line in cell.lines]


class Reading:
    """Walks the XML; keeps the pictures it met and counts those it could not take."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.pictures: dict[str, str] = {}
        self.lost = 0
        self._known: dict[str, str] = {}
        self._headings = self._heading_styles()

    def blocks(self, parent: etree._Element) -> Iterator[Line | Table]:
        """Yield paragraphs and tables in their order, whatever they are wrapped in."""
        for element in parent:
            if element.tag == f"{_W}p":
                line = self.line(element)
                yield line
                yield from line.boxes
            elif element.tag == f"{_W}tbl":
                yield self.table(element)
            elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT:
                yield from self.blocks(element)

    def line(self, paragraph: etree._Element) -> Line:
        line = Line()
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        line.is_heading = style is not None and style.get(f"{_W}val", "") in self._headings
        line.is_item = paragraph.find(f"{_W}pPr/{_W}numPr") is not None
        self._walk(paragraph, line, is_bold=False)
        return line

    def table(self, table: etree._Element) -> Table:
        return Table([[self._cell(cell) for cell in _within(row, f"{_W}tc")] for row in _within(table, f"{_W}tr")])

    def _cell(self, cell: etree._Element) -> Cell:
        span = cell.find(f"{_W}tcPr/{_W}gridSpan")
        merge = cell.find(f"{_W}tcPr/{_W}vMerge")
        is_continued = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
        width = span.get(f"{_W}val", "1") if span is not None else "1"
        return Cell(list(self.blocks(cell)), int(width) if width.isdigit() and int(width) < 100 else 1, is_continued)

    def _walk(self, element: etree._Element, line: Line, *, is_bold: bool) -> None:  # noqa: C901 -- one branch an element of Word
        for inner in element:
            tag = inner.tag
            if not isinstance(tag, str) or tag in _LEFT_OUT:
                continue
            if tag == f"{_W}r":
                self._walk(inner, line, is_bold=_is_bold(inner))
            elif tag == f"{_W}t":
                _add(line, inner.text or "", is_bold=is_bold)
            elif tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
                _add(line, " ", is_bold=is_bold)
            elif tag == f"{_W}noBreakHyphen":
                _add(line, "-", is_bold=is_bold)
            elif tag == f"{_W}sym":
                _add(line, "□", is_bold=is_bold)
            elif tag == f"{_M}oMath":
                words = "".join(text.text or "" for text in inner.iter(f"{_M}t"))
                _add(line, words, is_bold=is_bold)
            elif tag in {f"{_A}blip", f"{_V}imagedata"}:
                self._picture(inner.get(f"{_R}embed") or inner.get(f"{_R}id") or "", line)
            elif tag == f"{_W}txbxContent":
                line.boxes += self.blocks(inner)
            else:
                self._walk(inner, line, is_bold=is_bold)

    def _picture(self, relation: str, line: Line) -> None:
        if relation in self._known:
            line.pictures.append(self._known[relation])
            return
        data = self._package.picture(relation) if len(self.pictures) < MOST_PICTURES else None
        if data is None:
            self.lost += 1
            return
        name = f"picture-{len(self.pictures) + 1}"
        self._known[relation] = name
        self.pictures[name] = base64.b64encode(data).decode()
        line.pictures.append(name)

    def _heading_styles(self) -> frozenset[str]:
        if "word/styles.xml" not in self._package.names:
            return frozenset()
        found = set()
        for style in self._package.xml("word/styles.xml").iter(f"{_W}style"):
            name = style.find(f"{_W}name")
            if name is not None and re.match(r"(heading \d|title|标题)", name.get(f"{_W}val", ""), re.IGNORECASE):
                found.add(style.get(f"{_W}styleId", ""))
        return frozenset(found)


def _add(line: Line, text: str, *, is_bold: bool) -> None:
    if not text:
        return
    if line.runs and line.runs[-1].get("bold", False) is is_bold and len(line.runs[-1]["text"]) + len(text) < _LONGEST_RUN:
        line.runs[-1]["text"] += text
        return
    for start in range(0, len(text), _LONGEST_RUN):
        line.runs.append({"text": text[start : start + _LONGEST_RUN], **({"bold": True} if is_bold else {})})


def _is_bold(run: etree._Element) -> bool:
    found = run.find(f"{_W}rPr/{_W}b")
    return found is not None and found.get(f"{_W}val", "1") not in {"0", "false", "none"}


def _within(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield rows of a table or cells of a row, also those wrapped in content controls or marked as inserted."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif isinstance(element.tag, str) and element.tag not in _LEFT_OUT and element.tag != f"{_W}tbl":
            yield from _within(element, tag)
