"""A school's roster as a sheet: reading a hostile file, and judging its rows. Pure but for bytes.

Nothing of the sheet is evaluated: a formula is an error of its row. Sizes are checked before
anything is unpacked. Rule: every problem names row and column, and all are told at once.
"""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import openpyxl
from openpyxl.styles import Font

from resource_hub.kernel.errors import N_, Invalid, TooLarge
from resource_hub.kernel.viewer import Grant, Role
from resource_hub.people import rules

COLUMNS = ("姓名", "工号", "手机", "学校", "学科", "角色", "账号")
NEEDED = COLUMNS[:6]
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
_MOST_UNPACKED = 40 * 1024 * 1024
_MOST_MEMBERS = 200
_MOST_COLUMNS = 30
_FORBIDDEN_XML = (b"<!DOCTYPE", b"<!ENTITY")  # a workbook has neither: they come with entity attacks
_LONGEST = {"姓名": 60, "工号": 40, "手机": 20, "学校": 100, "学科": 200, "角色": 200, "账号": 40}
_UNREADABLE = N_("读不出这个文件。请下载模板，填好后另存为 .xlsx 再上传。")
_SPLIT = re.compile(r"[、,,;;/\s]+")


@dataclass(frozen=True, slots=True)
class SheetRow:
    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one cell; ``message`` is a gettext source with ``params``."""

    row: int
    column: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A row that may be imported."""

    number: int
    name: str
    staff_no: str
    phone: str | None
    school_id: str | None
    subjects: tuple[str, ...]
    roles: tuple[Role, ...]
    login: str


@dataclass(frozen=True, slots=True)
class Known:
    """What rows are judged by; ``grants`` are the importer's (``None``: the installation itself)."""

    schools: Mapping[str, str]
    subjects: Mapping[str, str]
    staff_nos: frozenset[str]
    logins: frozenset[str]
    within: frozenset[str] | None
    grants: tuple[Grant, ...] | None
    communities: Mapping[str, frozenset[str]]

    def may_grant(self, role: Role, school_id: str | None) -> bool:
        """True when the importer may hand out ``role`` at that school."""
        if self.grants is None:
            return True
        return rules.may_grant(self.grants, role, school_id, self.communities.get(school_id or "", ()))


def read_rows(data: bytes) -> list[SheetRow]:
    """Return the filled rows of the first sheet; raises Invalid or TooLarge in words."""
    _check_package(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        # The file's own idea of its size may be wrong, or chosen to hurt.
        sheet.reset_dimensions()
        table = [
            [_text(value) for value in row] for row in sheet.iter_rows(max_row=MOST_ROWS + 200, max_col=_MOST_COLUMNS, values_only=True)
        ]
        is_longer = next(sheet.iter_rows(min_row=MOST_ROWS + 201, max_row=MOST_ROWS + 201, max_col=1), None) is not None
    except Exception as error:  # whatever the file does to the reader, it is the file that is wrong
        raise Invalid(_UNREADABLE, code="unreadable_sheet") from error
    header, rows = _split_header(table)
    if is_longer or len(rows) > MOST_ROWS:
        raise TooLarge(N_("一次最多导入 %(most)s 行，请分成几个文件。"), most=MOST_ROWS)
    if not rows:
        raise Invalid(N_("表里还没有人。请从第 2 行起，每行填一位同事。"), code="empty_sheet")
    return [SheetRow(number, dict(zip(header, cells, strict=False))) for number, cells in rows]


def check_rows(rows: Sequence[SheetRow], known: Known) -> tuple[list[RosterRow], list[Problem]]:
    """Return the rows that may be imported and every problem of the others."""
    twice = _twice(rows)
    good: list[RosterRow] = []
    problems: list[Problem] = []
    for row in rows:
        found = [*_shape_problems(row), *_known_problems(row, known, twice)]
        problems += found
        if not found:
            good.append(_roster_row(row, known))
    return good, problems


def template() -> bytes:
    """Return an empty roster with its headings and a second sheet that explains them."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "名册"
    sheet.append(list(COLUMNS))
    notes = book.create_sheet("说明")
    for line in (
        ("姓名", "必填"),
        ("工号", "必填，全区不重复；不要填身份证号"),
        ("手机", "可空，11 位，前面可以有 +86；页面上只显示前三位和后四位"),
        ("学校", "学校全称；区教育局的同事留空"),
        ("学科", "可空；几个学科用顿号隔开，如 语文、道德与法治"),
        ("角色", "必填；几个角色用顿号隔开，如 教师、教研组长"),
        ("账号", "可空，空着就用工号；小写字母、数字、点、短横、下划线"),
        ("可用的角色", "、".join(name for role, name in rules.ROLE_NAMES.items() if role is not Role.CLASS_TERMINAL)),
    ):
        notes.append(list(line))
    return _saved(book)


def password_sheet(rows: Sequence[tuple[str, str, str, str]]) -> bytes:
    """Return the one sheet that carries initial passwords: school, name, account, password."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "初始密码"
    for line in (("学校", "姓名", "账号", "初始密码"), *rows):
        sheet.append([""] * len(line))
        for cell, value in zip(sheet[sheet.max_row], line, strict=True):
            cell.value = value
            cell.data_type = "s"  # text stays text, whatever it begins with
    return _saved(book)


def roles_in(text: str) -> tuple[list[Role], list[str]]:
    """Return the roles named in a cell and the words that are no role."""
    by_name = {name: role for role, name in rules.ROLE_NAMES.items() if role is not Role.CLASS_TERMINAL}
    words = _words(text)
    return [by_name[word] for word in words if word in by_name], [word for word in words if word not in by_name]


def _check_package(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise TooLarge(N_("文件超过 5 MB。名册只要文字，请去掉图片，或分成几个文件。"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
            if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
                raise TooLarge(N_("这个表格展开后太大，没有读取。请用模板重新填写。"))
            # zipfile reads no more of a member than the directory declares, so the bound above holds here.
            has_entities = any(_declares_entities(package.read(member)) for member in members)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, NotImplementedError) as error:
        raise Invalid(N_("这不是 .xlsx 表格。请下载模板，填好后再上传。"), code="not_a_sheet") from error
    if has_entities:
        raise Invalid(_UNREADABLE, code="unreadable_sheet")


def _declares_entities(member: bytes) -> bool:
    # In UTF-16 every other byte is zero: without them it reads the same.
    plain = member.replace(b"\x00", b"").upper()
    return any(mark in plain for mark in _FORBIDDEN_XML)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value).strip()


def _split_header(table: list[list[str]]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    header = [cell.replace("(可空)", "").replace("(可空)", "").strip() for cell in table[0]] if table else []
    missing = [column for column in NEEDED if column not in header]
    if missing:
        raise Invalid(N_("第 1 行缺少这些列：%(columns)s。请用模板填写。"), code="missing_columns", columns="、".join(missing))
    return header, [(number, cells) for number, cells in enumerate(table[1:], start=2) if any(cells)]


def _twice(rows: Sequence[SheetRow]) -> Mapping[str, frozenset[str]]:
    numbers = Counter(row.cells.get("工号", "") for row in rows)
    logins = Counter(_login(row) for row in rows)
    return {
        "工号": frozenset(value for value, count in numbers.items() if count > 1),
        "账号": frozenset(value for value, count in logins.items() if count > 1),
    }


def _shape_problems(row: SheetRow) -> list[Problem]:
    found = []
    for column in COLUMNS:
        value = row.cells.get(column, "")
        if value.startswith(("=", "+", "@")) and not (column == "手机" and rules.is_phone(value)):
            found.append(Problem(row.number, column, N_("这一格是公式，请改成文字。")))
        elif len(value) > _LONGEST[column]:
            found.append(Problem(row.number, column, N_("太长了，最多 %(most)s 个字。"), {"most": str(_LONGEST[column])}))
        elif not value.isprintable():
            found.append(Problem(row.number, column, N_("这一格有看不见的字符，请重新输入。")))
    empty = [column for column in ("姓名", "工号", "角色") if not row.cells.get(column)]
    found += [Problem(row.number, column, N_("这一项需要填写。")) for column in empty]
    phone = row.cells.get("手机", "")
    if phone and not rules.is_phone(phone) and all(problem.column != "手机" for problem in found):
        found.append(Problem(row.number, "手机", N_("手机号码不对，请填 11 位数字。")))
    if re.fullmatch(r"\d{17}[\dXx]", row.cells.get("工号", "")):
        found.append(Problem(row.number, "工号", N_("这像是身份证号。平台不保存身份证号，请填工号。")))
    return found


def _known_problems(row: SheetRow, known: Known, twice: Mapping[str, frozenset[str]]) -> list[Problem]:
    found = []
    number, login, school = row.cells.get("工号", ""), _login(row), row.cells.get("学校", "")
    if number and number in twice["工号"]:
        found.append(Problem(row.number, "工号", N_("表里有两行用了同一个工号。")))
    elif number in known.staff_nos:
        found.append(Problem(row.number, "工号", N_("这个工号已经在名册里。")))
    if number and not rules.is_login(login):
        found.append(Problem(row.number, "账号", N_("账号用 2 到 40 个小写字母、数字、点、短横或下划线，以字母或数字开头。")))
    elif login in twice["账号"] and number not in twice["工号"]:
        found.append(Problem(row.number, "账号", N_("表里有两行用了同一个账号。")))
    elif login in known.logins and number not in known.staff_nos:
        found.append(Problem(row.number, "账号", N_("这个账号已经有人用，请换一个。")))
    school_id = known.schools.get(school)
    if school and school_id is None:
        found.append(Problem(row.number, "学校", N_("没有叫“%(name)s”的学校，请填全称。"), {"name": school}))
    elif known.within is not None and school_id not in known.within:
        found.append(Problem(row.number, "学校", N_("您只能导入自己学校的同事。")))
    strange = [word for word in _words(row.cells.get("学科", "")) if word not in known.subjects]
    found += [Problem(row.number, "学科", N_("没有叫“%(name)s”的学科。"), {"name": word}) for word in strange]
    is_unknown = bool(school) and school_id is None
    return found if is_unknown else [*found, *_role_problems(row, known, school_id)]


def _role_problems(row: SheetRow, known: Known, school_id: str | None) -> list[Problem]:
    roles, strange = roles_in(row.cells.get("角色", ""))
    found = [Problem(row.number, "角色", N_("没有叫“%(name)s”的角色。"), {"name": word}) for word in strange]
    for role in roles:
        name = {"name": rules.ROLE_NAMES[role]}
        if not known.may_grant(role, school_id):
            found.append(Problem(row.number, "角色", N_("您不能授予“%(name)s”，请联系区管理员。"), name))
        elif rules.home_scope(role, is_district=school_id is None) is None:
            found.append(
                Problem(row.number, "角色", N_("“%(name)s”和学校这一列对不上：学校的职责要写学校，区里的职责请把学校留空。"), name)
            )
    return found


def _roster_row(row: SheetRow, known: Known) -> RosterRow:
    cells = row.cells
    return RosterRow(
        number=row.number,
        name=cells["姓名"],
        staff_no=cells["工号"],
        phone=cells.get("手机") or None,
        school_id=known.schools.get(cells.get("学校", "")),
        subjects=tuple(dict.fromkeys(known.subjects[word] for word in _words(cells.get("学科", "")))),
        roles=tuple(dict.fromkeys(roles_in(cells["角色"])[0])),
        login=_login(row),
    )


def _login(row: SheetRow) -> str:
    return rules.plain_login(row.cells.get("账号") or row.cells.get("工号", ""))


def _words(text: str) -> list[str]:
    return [word for word in _SPLIT.split(text) if word]


def _saved(book: openpyxl.Workbook) -> bytes:
    for sheet in book.worksheets:
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for letter in "ABCDEFG":
            sheet.column_dimensions[letter].width = 20
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
