"""Where the paragraphs and tables of somebody's Word template stand in the district's form.

Pure. Rule: a word is dropped only where the form says it by itself (the name of a section, the head
of a column); what no rule places stands in the section that was named last.
"""

import re
from typing import Any

from resource_hub.library.lesson_plan import MOST_BLOCKS, MOST_STEPS
from resource_hub.library.planning import headings
from resource_hub.library.planning.docx_words import Cell, Line, Table

_MINUTES = re.compile(r"(?:约\s*)?(\d{1,3})\s*(?:分钟|分|min|'|′)?")
_TIME_IN_NAME = re.compile(r"[（(]\s*(?:约|大约)?\s*(\d{1,3})\s*(?:分钟|分|min|'|′)\s*[)）]")
_BEGINS_STAGE = re.compile(
    r"^\s*([一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[)）]|环节|活动[一二三四五六七八九十\d]|第[一二三四五六七八九十]环节)"
)
_LONGEST_TITLE, _LONGEST_LINE, _LONGEST_STAGE = 24, 200, 60
_MOST_MINUTES = 600
_MOST_RUNS = 390

Column = tuple[str, str]
"""The column of a stage that a column of a table is, and its own name when the form has none for it."""


class Filing:
    """One reading of a file; ``_at`` is the section that was named last."""

    def __init__(self) -> None:
        self._texts: dict[str, list[dict[str, Any]]] = {}
        self._lines = {"title": "", "periods": ""}
        self._steps: list[dict[str, Any]] = []
        self._at = "rationale"
        self._is_guess = False

    def plan(self, blocks: list[Line | Table]) -> dict[str, Any]:
        """Return the plan that the blocks of a file make, within the bounds of a plan."""
        for block in blocks:
            self._block(block)
        texts = {name: _fitted(text) for name, text in self._texts.items()}
        return {**self._lines, **texts, "steps": _fitted_steps([step for step in self._steps if len(step) > 1])}

    def _block(self, block: Line | Table) -> None:
        if isinstance(block, Table):
            self._table(block)
        elif self._is_first(block):
            self._is_guess = True
            self._one_line("title", block)
        else:
            self._paragraph(block)

    def _is_first(self, line: Line) -> bool:
        """True for the title over everything: short words before any section."""
        is_begun = self._texts or self._steps or self._lines["title"] or self._at != "rationale"
        if is_begun or not line.text or len(line.text) > 2 * _LONGEST_TITLE:
            return False
        return headings.section_of(line.text) is None and headings.split(line.text) is None

    def _paragraph(self, line: Line) -> None:
        text = line.text
        section = headings.section_of(text) if len(text) <= _LONGEST_TITLE else None
        if section is not None:
            self._turn_to(section, text)
            line = Line(pictures=line.pictures)
        elif (parted := headings.split(text)) is not None:
            self._turn_to(parted[0], text[: len(text) - len(parted[1])])
            line = line.without(len(text) - len(parted[1]))
        self._file(line)

    def _turn_to(self, section: str, title: str) -> None:
        self._at = section
        if headings.says_more(title):
            self._file(Line([{"text": title.strip(), "bold": True}]))

    def _file(self, line: Line) -> None:
        if not line.text and not line.pictures:
            return
        if self._at in self._lines:
            self._one_line(self._at, line)
        elif self._at == "steps":
            self._stage_line(line)
        else:
            self._texts.setdefault(self._at, []).extend(_blocks(line))

    def _one_line(self, name: str, line: Line) -> None:
        """Fill a line of the form; what does not fit on it stands with the first text."""
        words = " ".join(line.text.split())
        if name == "title" and words and self._lines[name] and self._is_guess and self._at == "title":
            self._is_guess = False
            guessed, self._lines[name] = self._lines[name], ""
            self._texts.setdefault("rationale", []).insert(0, {"runs": [{"text": guessed}]})
        if words and not self._lines[name] and len(words) <= _LONGEST_LINE:
            self._lines[name] = words
            line = Line(pictures=line.pictures)
        self._texts.setdefault("rationale", []).extend(_blocks(line))
        if not self._texts["rationale"]:
            del self._texts["rationale"]

    def _stage_line(self, line: Line) -> None:
        """Stages as paragraphs: a title begins one, what follows is what the teacher does unless it says who."""
        text = line.text
        if text and len(text) <= _LONGEST_STAGE and (line.is_heading or _BEGINS_STAGE.match(text)):
            self._begin(text)
            line = Line(pictures=line.pictures)
        elif not self._steps:
            self._begin("")
        self._add("teacher" if not line.text else "", line)

    def _add(self, column: str, line: Line) -> None:
        if not column:
            column, line = _led(line)
        if found := _blocks(line):
            self._steps[-1].setdefault(column, []).extend(found)

    def _begin(self, name: str) -> None:
        step: dict[str, Any] = {"id": f"s{len(self._steps) + 1}"}
        self._steps.append(step)
        if name:
            self._name(step, name)

    def _name(self, step: dict[str, Any], name: str) -> None:
        step["name"] = " ".join(name.split())
        timed = _TIME_IN_NAME.search(name)
        if timed:
            step.setdefault("minutes", int(timed.group(1)))

    def _table(self, table: Table) -> None:
        """A table of stages from its head row on; every other row is names and values in turn."""
        columns: list[Column] = []
        for row in table.rows:
            if found := _head(row):
                columns, self._at = found, "steps"
            elif columns and not _begins_section(row):
                self._stage(row, columns)
            else:
                columns = []
                self._pairs(row)

    def _stage(self, row: list[Cell], columns: list[Column]) -> None:
        placed = list(_placed(row, columns))
        goes_on = any(column == "name" and cell.is_continued and not cell.text for (column, _own), cell in placed)
        if not goes_on or not self._steps:
            self._begin("")
        for (column, own), cell in placed:
            if own and cell.text:
                self._add("teacher", Line([{"text": own, "bold": True}]))
            self._cell(column, cell)

    def _cell(self, column: str, cell: Cell) -> None:
        step, text = self._steps[-1], cell.text
        timed = _MINUTES.fullmatch(text)
        if column == "name" and text and not step.get("name") and len(text) <= _LONGEST_LINE:
            self._name(step, text)
            self._add("teacher", Line(pictures=[name for line in cell.lines for name in line.pictures]))
        elif column == "minutes" and "minutes" not in step and timed and int(timed.group(1)) <= _MOST_MINUTES:
            step["minutes"] = int(timed.group(1))
        else:
            for line in cell.lines:
                self._add("teacher" if column in {"name", "minutes"} else column, line)

    def _pairs(self, row: list[Cell]) -> None:
        """File a row of names and values: each name begins its section, what follows it is filed there."""
        for cell in row:
            section = headings.section_of(cell.text) if len(cell.text) <= _LONGEST_TITLE else None
            if section is not None:
                self._turn_to(section, " ".join(cell.text.split()))
                self._file(Line(pictures=[name for line in cell.lines for name in line.pictures]))
                continue
            for block in cell.blocks:
                if isinstance(block, Table):
                    self._table(block)
                else:
                    self._paragraph(block)


def _head(row: list[Cell]) -> list[Column]:
    """Return the columns that a head row names; empty for any other row."""
    named = [headings.column_of(cell.text) for cell in row]
    known = set(filter(None, named))
    if len(known) < 2 or not known & {"teacher", "pupils", "name"} or any(len(cell.text) > _LONGEST_TITLE for cell in row):
        return []
    columns: list[Column] = []
    for column, cell in zip(named, row, strict=True):
        own = "" if column or headings.section_of(cell.text) == "steps" else " ".join(cell.text.split())
        columns += [(column or "teacher", own)] * cell.span
    return columns


def _placed(row: list[Cell], columns: list[Column]) -> list[tuple[Column, Cell]]:
    found = []
    place = 0
    for cell in row:
        found.append((columns[place] if place < len(columns) else ("teacher", ""), cell))
        place += cell.span
    return found


def _begins_section(row: list[Cell]) -> bool:
    """True for a row under the stages that turns to another section of the form."""
    first = next((cell.text for cell in row if cell.text), "")
    return len(first) <= _LONGEST_TITLE and headings.section_of(first) not in {None, "steps"}


def _led(line: Line) -> tuple[str, Line]:
    """Return the column that a line in a stage begins with its name (「学生：……」), and the rest of the line."""
    for mark in ("：", ":"):
        head, found, _rest = line.text.partition(mark)
        if found and len(head) <= 8 and (column := headings.column_of(head)) in {"pupils", "intent", "village", "teacher"}:
            return column, line.without(len(head) + 1)
    return "teacher", line


def _blocks(line: Line) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if line.text:
        found.append({"runs": line.runs[:_MOST_RUNS], **({"type": "bullet"} if line.is_item else {})})
        found += [{"runs": line.runs[at : at + _MOST_RUNS]} for at in range(_MOST_RUNS, len(line.runs), _MOST_RUNS)]
    return found + [{"type": "picture", "asset": name} for name in line.pictures]


def _fitted(text: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a text within the number of its blocks: of one too long the last paragraphs stand together, a line each."""
    if len(text) <= MOST_BLOCKS:
        return text
    pictures = [block for block in text[MOST_BLOCKS // 2 :] if "asset" in block][: MOST_BLOCKS // 4]
    words = "\n".join("".join(run["text"] for run in block["runs"]) for block in text[MOST_BLOCKS // 2 :] if "runs" in block)
    pieces = [{"runs": [{"text": words[at : at + 9_000]}]} for at in range(0, len(words), 9_000)]
    return [*text[: MOST_BLOCKS // 2], *pieces, *pictures]


def _fitted_steps(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the stages within their number: what is over stands in the last one."""
    for over in steps[MOST_STEPS:]:
        last = steps[MOST_STEPS - 1].setdefault("teacher", [])
        last += [{"runs": [{"text": str(over[name])}]} for name in ("name", "minutes") if name in over]
        for column in ("teacher", "pupils", "intent", "village"):
            last += over.get(column, [])
    kept = steps[:MOST_STEPS]
    return [{name: _fitted(value) if isinstance(value, list) else value for name, value in step.items()} for step in kept]
