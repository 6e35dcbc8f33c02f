"""Classes of the demo schools with their head-counts, the paired lessons and the rooms' devices.

The counts of a school add up to its pupils in the yearly figures, and classes that are paired
have the counts that their pairing names; the rest is spread evenly. Pupils are only counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class ClassSeed:
    school: str
    name: str
    grades: tuple[str, ...]
    headcount: int


@dataclass(frozen=True, slots=True)
class SlotSeed:
    """One class of a pairing: where, which class, who stands there."""

    school: str
    class_name: str
    teacher: str


@dataclass(frozen=True, slots=True)
class PairingSeed:
    """A lesson that several classes share; ``weeks``: every, odd, even; days 1 (Monday) to 5."""

    code: str
    subject: str
    days: tuple[int, ...]
    slot: int
    weeks: str
    lead: SlotSeed
    receivers: tuple[SlotSeed, ...]
    has_pupils_at_lead: bool = True


@dataclass(frozen=True, slots=True)
class TerminalSeed:
    """The device of a room: signs in as itself, belongs to nobody."""

    school: str
    class_name: str


@dataclass(frozen=True, slots=True)
class IndicatorSeed:
    """The yearly figures of one school and stage."""

    school: str
    stage: str
    pupils: int
    above_degree: int
    backbone: int
    pe_art: int
    teach_area: int
    sport_area: int
    equip_value: int
    mm_rooms: int


_COLUMNS = ("pupils", "above_degree", "backbone", "pe_art", "teach_area", "sport_area", "equip_value", "mm_rooms")
_FIGURES = """
A1 小学 1620 76 32 15 7614 11340 4050000 36
A2 小学 486 21 2 4 2430 4374 972000 12
A3 小学 92 4 0 1 552 1196 156400 4
B1 小学 1335 62 22 13 6140 9345 3070500 31
B2 小学 412 18 2 3 2060 3708 824000 10
B3 小学 128 5 0 1 704 1664 204800 4
C4 小学 236 9 0 2 1227 2478 448400 6
C1 初中 1280 70 17 12 7680 13568 3456000 32
C2 初中 430 22 3 4 2666 4945 1032000 11
C3 初中 388 21 4 4 2328 4268 1008800 10
C4 初中 142 7 1 1 923 1704 312400 4
"""


def _figures(line: str) -> IndicatorSeed:
    school, stage, *numbers = line.split()
    return IndicatorSeed(school, stage, **dict(zip(_COLUMNS, map(int, numbers), strict=True)))


INDICATORS = tuple(_figures(line) for line in _FIGURES.strip().splitlines())


def _spread(school: str, grades: Sequence[int], per_grade: Sequence[int], total: int, fixed: Mapping[str, int]) -> list[ClassSeed]:
    """Return the classes of a stage: fixed counts as given, the others as even as can be."""
    named = []
    for grade, count in zip(grades, per_grade, strict=True):
        digit = _DIGITS[grade - 1]
        named += [(f"{digit}年级" if count == 1 else f"{digit}({number})班", grade) for number in range(1, count + 1)]
    free = [name for name, _ in named if name not in fixed]
    share, rest = divmod(total - sum(fixed.values()), len(free) or 1)
    counts = {name: share + (1 if at < rest else 0) for at, name in enumerate(free)} | dict(fixed)
    return [ClassSeed(school, name, (f"G{grade}",), counts[name]) for name, grade in named]


_LOW, _HIGH = range(1, 7), range(7, 10)
_A1 = {"三(2)班": 41, "二(1)班": 42, "三(1)班": 43, "四(3)班": 44, "五(2)班": 44}

CLASSES: tuple[ClassSeed, ...] = (
    *_spread("A1", _LOW, (7, 7, 6, 7, 6, 6), 1620, _A1),
    *_spread("A2", _LOW, (2,) * 6, 486, {"三(1)班": 38, "四(2)班": 36, "五(1)班": 40}),
    *_spread("A3", _LOW, (1,) * 6, 92, {"三年级": 9, "二年级": 11}),
    ClassSeed("A4", "一二年级复式班", ("G1", "G2"), 9),
    ClassSeed("A4", "三年级", ("G3",), 2),
    *_spread("B1", _LOW, (6, 6, 5, 5, 5, 5), 1335, {"二(2)班": 42, "四(1)班": 44}),
    *_spread("B2", _LOW, (2,) * 6, 412, {"四(1)班": 37}),
    *_spread("B3", _LOW, (1,) * 6, 128, {"二年级": 19, "四年级": 22, "五年级": 21, "三年级": 32}),
    ClassSeed("B4", "小班", ("K1",), 25),
    ClassSeed("B4", "中一班", ("K2",), 28),
    ClassSeed("B4", "中二班", ("K2",), 28),
    ClassSeed("B4", "大一班", ("K3",), 31),
    ClassSeed("B4", "大二班", ("K3",), 30),
    *_spread("C1", _HIGH, (9, 9, 9), 1280, {"八(4)班": 48, "七(2)班": 49}),
    *_spread("C2", _HIGH, (3, 3, 3), 430, {}),
    *_spread("C3", _HIGH, (3, 3, 3), 388, {"七(1)班": 45}),
    *_spread("C4", _LOW, (1,) * 6, 236, {}),
    *_spread("C4", _HIGH, (1, 1, 1), 142, {"八年级": 46}),
)


def _pairing(
    code: str, subject: str, when: tuple[tuple[int, ...], int, str], lead: tuple[str, str, str], *receivers: tuple[str, str, str]
) -> PairingSeed:
    return PairingSeed(code, subject, *when, SlotSeed(*lead), tuple(SlotSeed(*one) for one in receivers), bool(lead[1]))


PAIRINGS = (
    _pairing(
        "P1", "美术", ((2,), 3, "every"),
        ("A1", "三(2)班", "linxiaoyun"), ("A3", "三年级", "wuyoutian"), ("A4", "三年级", "maodashan"),
    ),
    _pairing(
        "P2", "音乐", ((4,), 2, "every"),
        ("A1", "二(1)班", "zhonghai"), ("A3", "二年级", "wuyoutian"), ("A4", "一二年级复式班", "maodashan"),
    ),
    _pairing(
        "P3", "英语", ((1, 3), 2, "every"),
        ("A1", "三(1)班", "zhengyifan"), ("A2", "三(1)班", "xianghong"), ("A3", "三年级", "yinxiaoman"),
    ),
    _pairing(
        "P4", "科学", ((5,), 3, "every"),
        ("A1", "四(3)班", "helan"), ("A2", "四(2)班", "shilei"),
    ),
    _pairing(
        "P5", "音乐", ((2,), 2, "every"),
        ("B1", "二(2)班", "xiayu"), ("B3", "二年级", "ranran"),
    ),
    _pairing(
        "P6", "英语", ((1, 4), 3, "every"),
        ("B1", "四(1)班", "dingning"), ("B2", "四(1)班", "fanrong"), ("B3", "四年级", "yanzitian"),
    ),
    _pairing(
        "P7", "道德与法治", ((3,), 4, "every"),
        ("B1", "", "yeqing"), ("B3", "五年级", "yanzitian"),
    ),
    _pairing(
        "P8", "物理", ((2, 5), 2, "every"),
        ("C1", "八(4)班", "shenkuozhi"), ("C4", "八年级", "zoutao"),
    ),
    _pairing(
        "P9", "美术", ((4,), 4, "odd"),
        ("C1", "七(2)班", "quyi"), ("C3", "七(1)班", "qiaomu"),
    ),
    _pairing(
        "P10", "信息科技", ((3,), 4, "even"),
        ("A1", "五(2)班", "yike"), ("A2", "五(1)班", "anran"),
    ),
)  # fmt: skip


def _terminals() -> tuple[TerminalSeed, ...]:
    """One device for each class that takes part in a paired lesson."""
    slots = [slot for pairing in PAIRINGS for slot in (pairing.lead, *pairing.receivers)]
    return tuple(dict.fromkeys(TerminalSeed(slot.school, slot.class_name) for slot in slots if slot.class_name))


TERMINALS = _terminals()
