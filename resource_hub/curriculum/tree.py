"""From the rows of a table to the nodes of the tree, without touching the database. Pure.

Textbooks and units come as flat rows; each names a path. A row that cannot be read becomes a
``RowError`` with its line and column, so that a whole table is checked before anything is
kept. Rule: a blank cell never takes away what another row has said of a node.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from resource_hub.curriculum import rules
from resource_hub.curriculum.rules import NodeKind
from resource_hub.kernel.errors import N_

Row = Mapping[str, str | None]

MAX_PERIODS = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A node as the table describes it."""

    id: str
    parent_id: str | None
    kind: NodeKind
    title: str
    position: int
    code: str
    grade: str
    edition_year: int | None
    publisher: str
    path_text: str
    trail: str


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell; ``message`` is a gettext source with a ``value`` place."""

    row: int
    column: str
    message: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a path."""

    kind: NodeKind
    title: str
    position: int
    code: str = ""
    grade: str = ""
    edition_year: int | None = None
    publisher: str = ""


@dataclass(slots=True)
class Tree:
    """The nodes that the rows name, parents before children, and what could not be read."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)

    def put(self, steps: Iterable[Step]) -> Draft | None:
        """Take in a path from its root; return its last node."""
        titles: list[str] = []
        parent: Draft | None = None
        for step in steps:
            titles.append(step.title)
            parent = self._put(step, titles, parent)
        return parent

    def _put(self, step: Step, titles: list[str], parent: Draft | None) -> Draft:
        ident = rules.node_id(titles)
        known = self.drafts.get(ident)
        grade = step.grade or (parent.grade if parent else "")
        year = step.edition_year or (parent.edition_year if parent else None)
        if known is None:
            trail = f"{parent.trail}{ident}/" if parent else f"{ident}/"
            text = rules.path_text(titles)
            parent_id = parent.id if parent else None
            made = Draft(ident, parent_id, step.kind, step.title, step.position, step.code, grade, year, step.publisher, text, trail)
        else:
            made = replace(known, edition_year=known.edition_year or year, publisher=known.publisher or step.publisher)
        self.drafts[ident] = made
        return made


def textbook_tree(rows: Iterable[Row]) -> Tree:
    """Return the tree down to volumes of a list of textbooks."""
    tree = Tree()
    for line, row in enumerate(rows, start=2):
        cell = _cells(row)
        missing = [name for name in ("stage", "subject", "edition", "volume", "title") if not cell[name]]
        if missing:
            tree.errors.extend(RowError(line, name, N_("这一格需要填写。")) for name in missing)
            continue
        grade = rules.parse_grade(cell["grade"])
        steps = _top(cell, None, "")
        steps.append(_volume_step(grade, _volume_title(cell, grade), cell["publisher"]))
        tree.put(steps)
    return tree


def unit_tree(rows: Iterable[Row]) -> Tree:
    """Return the tree of a table of units; a row may end at any level."""
    tree = Tree()
    numbered: dict[tuple[str, str], str] = {}
    for line, row in enumerate(rows, start=2):
        cell = _cells(row)
        errors = _wrong_cells(line, cell)
        if errors:
            tree.errors.extend(errors)
            continue
        clash = _clash(numbered, cell)
        if clash:
            tree.errors.append(RowError(line, "unit_title", N_("同一册里这个单元号已有另一个名称：%(value)s。"), clash))
            continue
        _put_periods(tree, _unit_steps(cell), cell["periods"])
    return tree


def _volume_title(cell: dict[str, str], grade: str) -> str:
    """Return the volume's name; books of one volume are told apart by what their titles add."""
    title = cell["title"]
    if grade:
        added = "学生活动手册" if "学生活动手册" in title else ""
        editor = re.search(r"（主编：[^）]*）", title)
        return f"{cell['grade']}{cell['volume']}{added}{editor[0] if editor else ''}"
    rest = title.split("·", 1)[-1].removeprefix(cell["subject"]).strip()
    return cell["volume"] if rest.replace(" ", "") == cell["volume"] else rest


def _unit_steps(cell: dict[str, str]) -> list[Step]:
    year = int(cell["edition_year"]) if cell["edition_year"] else None
    grade = rules.parse_grade(cell["grade"])
    steps = _top(cell, year, cell["publisher"])
    volume = rules.grade_title(grade) + rules.parse_volume(cell["volume"])
    if volume:
        steps.append(_volume_step(grade, volume, cell["publisher"]))
    if cell["unit_title"]:
        steps.append(Step(NodeKind.UNIT, cell["unit_title"], _number(cell["unit_no"])))
    if cell["topic_title"]:
        steps.append(Step(NodeKind.TOPIC, cell["topic_title"], _number(cell["topic_no"])))
    return steps


def _top(cell: dict[str, str], year: int | None, publisher: str) -> list[Step]:
    steps = [
        Step(NodeKind.STAGE, cell["stage"], rules.stage_position(cell["stage"])),
        Step(NodeKind.SUBJECT, cell["subject"], rules.subject_position(cell["subject"])),
    ]
    if cell["edition"]:
        title = rules.edition_title(cell["edition"], year)
        steps.append(Step(NodeKind.EDITION, title, rules.edition_position(year), edition_year=year, publisher=publisher))
    return steps


def _volume_step(grade: str, title: str, publisher: str) -> Step:
    half = next((half for half in ("上册", "下册") if half in title), "全一册")
    return Step(NodeKind.VOLUME, title, rules.volume_position(grade, title), rules.volume_code(grade, half), grade, publisher=publisher)


def _put_periods(tree: Tree, steps: list[Step], periods: str) -> None:
    tree.put(steps)
    count = int(periods) if periods else 1
    if count > 1:
        for number in range(1, count + 1):
            tree.put([*steps, Step(NodeKind.PERIOD, f"第{number}课时", number)])


def _wrong_cells(line: int, cell: dict[str, str]) -> list[RowError]:
    found = [RowError(line, name, N_("这一格需要填写。")) for name in ("stage", "subject") if not cell[name]]
    if cell["stage"] and not rules.is_stage(cell["stage"]):
        found.append(RowError(line, "stage", N_("没有“%(value)s”这个学段。请填幼儿园、小学、初中、高中或跨学段。"), cell["stage"]))
    if cell["grade"] and not rules.parse_grade(cell["grade"]):
        found.append(RowError(line, "grade", N_("认不出年级“%(value)s”。请写成“三年级”或“G3”。"), cell["grade"]))
    if cell["edition_year"] and not re.fullmatch(r"(19|20)\d\d", cell["edition_year"]):
        found.append(RowError(line, "edition_year", N_("年份“%(value)s”要写成四位数字，如 2024。"), cell["edition_year"]))
    if cell["topic_title"] and not cell["unit_title"]:
        found.append(RowError(line, "unit_title", N_("有课就要有单元，请填写单元名称。")))
    found.extend(
        RowError(line, name, N_("“%(value)s”要写成整数。"), cell[name])
        for name in ("unit_no", "topic_no", "periods")
        if cell[name] and not cell[name].isdigit()
    )
    if cell["periods"].isdigit() and not 1 <= int(cell["periods"]) <= MAX_PERIODS:
        found.append(RowError(line, "periods", N_("课时数“%(value)s”应在 1 到 20 之间。"), cell["periods"]))
    separator = rules.SEPARATOR.strip()
    found.extend(
        RowError(line, name, N_("名称里不能有斜线：“%(value)s”。"), cell[name])
        for name in ("subject", "edition", "unit_title", "topic_title")
        if separator in cell[name]
    )
    return found


def _clash(numbered: dict[tuple[str, str], str], cell: dict[str, str]) -> str:
    if not (cell["unit_no"] and cell["unit_title"]):
        return ""
    book = "|".join(cell[name] for name in ("stage", "subject", "edition", "edition_year", "grade", "volume"))
    first = numbered.setdefault((book, cell["unit_no"]), cell["unit_title"])
    return "" if first == cell["unit_title"] else first


_COLUMNS = (
    "stage", "subject", "edition", "edition_year", "publisher", "grade", "volume", "title",
    "unit_no", "unit_title", "topic_no", "topic_title", "periods",
)  # fmt: skip


def _cells(row: Row) -> dict[str, str]:
    return {name: re.sub(r"\s+", " ", str(row.get(name) or "")).strip() for name in _COLUMNS}


def _number(text: str) -> int:
    return int(text) if text else 0
