"""How the curriculum is named and ordered: grades, volumes, editions, ids. Pure.

Kept apart from the tables so that importers, the picker and the search read names the same
way. Rule: ``node_id`` depends on the path alone; changing how a title is made moves ids.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

REVISED_SINCE = 2022
"""Editions from this year on follow the 2022 standard and stand beside the older ones."""

SEPARATOR = " / "

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGITS = "一二三四五六七八九"
_KINDERGARTEN = {"小班": "K1", "中班": "K2", "大班": "K3"}
_HALVES = {"上": ("上册", "A", 0), "下": ("下册", "B", 1), "全一": ("全一册", "", 2)}
_STAGES = ("幼儿园", "小学", "初中", "高中", "小学(五四)", "初中(五四)", "特殊教育", "跨学段")
_SUBJECTS = (
    "语文", "数学", "英语", "道德与法治", "思想政治", "历史", "地理", "科学", "物理", "化学", "生物学",
    "信息科技", "信息技术", "通用技术", "音乐", "美术", "艺术", "体育与健康", "劳动", "综合实践活动",
    "心理健康", "安全教育", "校本课程", "健康", "语言", "社会", "家庭教育", "教师研修",
)  # fmt: skip


class NodeKind(StrEnum):
    STAGE = "stage"
    SUBJECT = "subject"
    EDITION = "edition"
    VOLUME = "volume"
    UNIT = "unit"
    TOPIC = "topic"
    PERIOD = "period"


class Relation(StrEnum):
    """What became of an old unit in the new book."""

    SAME = "same"
    SPLIT = "split"
    MERGED = "merged"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone asks of the tree, read from words like ``数学三上 分数``."""

    subject: str = ""
    grade: str = ""
    volume: str = ""
    words: tuple[str, ...] = ()


def node_id(titles: Sequence[str]) -> str:
    """Return the id of the node at that path: ``cur_`` and 26 characters, the same everywhere."""
    digest = hashlib.sha256(path_text(titles).encode()).digest()
    number = int.from_bytes(digest, "big") >> (256 - 130)
    return "cur_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def path_text(titles: Sequence[str]) -> str:
    return SEPARATOR.join(titles)


def split_path(path: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in path.split(SEPARATOR.strip()))


def is_stage(title: str) -> bool:
    return title in _STAGES


def stage_of(grade: str) -> str:
    """Return the stage of a grade code in the six-three system; empty for an unknown code."""
    if grade.startswith("K"):
        return "幼儿园"
    if not re.fullmatch(r"G[1-9]", grade):
        return ""
    return "小学" if int(grade[1]) <= 6 else "初中"


def parse_grade(text: str) -> str:
    """Return ``G1``–``G9`` or ``K1``–``K3`` for 三年级, 3年级, G3, 中班; empty when it is none."""
    text = text.strip()
    if text in _KINDERGARTEN:
        return _KINDERGARTEN[text]
    if re.fullmatch(r"G[1-9]|K[1-3]", text.upper()):
        return text.upper()
    if match := re.fullmatch(rf"([{_DIGITS}1-9])(年级)?", text):
        return f"G{_digit(match[1])}"
    return ""


def grade_title(code: str) -> str:
    """Return 三年级 for ``G3``, 中班 for ``K2``; the text itself when it is no code."""
    for title, known in _KINDERGARTEN.items():
        if known == code:
            return title
    return f"{_DIGITS[int(code[1]) - 1]}年级" if re.fullmatch(r"G[1-9]", code) else code


def parse_volume(text: str) -> str:
    """Return 上册, 下册 or 全一册 for 上, 上册, 全册 …; the text itself when it is another kind."""
    text = text.strip()
    bare = text.removesuffix("册")
    if bare in {"全", "全一"}:
        return "全一册"
    return f"{bare}册" if bare in {"上", "下"} else text


def volume_code(grade: str, volume: str) -> str:
    """Return ``G3A`` for 三年级上册, ``G9`` for 九年级全一册; empty without a grade."""
    return grade + _HALVES.get(volume.removesuffix("册"), ("", "", 0))[1] if grade else ""


def edition_title(name: str, year: int | None) -> str:
    """Return the edition's name; books of the 2022 standard carry their year."""
    return f"{name}（{year}）" if year and year >= REVISED_SINCE else name


def stage_position(title: str) -> int:
    return _place(_STAGES, title)


def subject_position(title: str) -> int:
    return _place(_SUBJECTS, title.split("·", maxsplit=1)[0])


def edition_position(year: int | None) -> int:
    """Newer books come first; among equals the name decides."""
    return 3000 - year if year and year >= REVISED_SINCE else 3000


def volume_position(grade: str, title: str) -> int:
    """Grades in order, first half before second; 必修 before 选择性必修, by number."""
    if grade:
        order = int(grade[1]) * 10 + (-100 if grade.startswith("K") else 0)
        return order + next((place for half, (_, _, place) in _HALVES.items() if half in title), 3)
    number = re.search(rf"[0-9]+|[{_DIGITS}]", title)
    at = (_digit(number[0]) if number else 0) * 10
    at += next((place for place, half in enumerate("上中下") if half in title), 0)
    return at + (500 if "选择性" in title else 200)


def school_year_of(day: date) -> int:
    """Return the year in which the school year of ``day`` began; it begins in August."""
    return day.year if day.month >= 8 else day.year - 1


def read_wish(text: str) -> Wish:
    """Return the subject, grade and volume named in ``text``, and the words that are left."""
    rest = text.strip().lower()
    grade = volume = subject = ""
    short = rf"([{_DIGITS}1-9])\s*(?:年级\s*)?(上|下)册?|([{_DIGITS}1-9])年级"
    if match := re.search(short, rest):
        grade = f"G{_digit(match[1] or match[3])}"
        volume = f"{match[2]}册" if match[2] else ""
        rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    for name in _SUBJECTS:
        if rest.startswith(name) or f" {name}" in rest:
            subject, rest = name, rest.replace(name, " ", 1)
            break
    return Wish(subject, grade, volume, tuple(rest.split()))


def _digit(text: str) -> int:
    return int(text) if text.isdigit() else _DIGITS.index(text) + 1


def _place(order: Sequence[str], title: str) -> int:
    return order.index(title) if title in order else len(order)
