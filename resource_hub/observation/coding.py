"""S-T and FIAS: what a sequence of codes says of a lesson, and how far two coders agree. Pure.

Both schemes look at a lesson in equal steps of time and write one code a step. Sources: S-T after the
usual 30-second form, FIAS after Flanders' ten categories. Rule: a figure whose denominator is nothing is
``None`` ("—" on pages), never 0; reference values of others are shown beside, never as a mark to pass.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise

from resource_hub.kernel.errors import N_, Invalid

GAP = "-"
"""A step that nobody coded: a missed tick, told and fillable, and left out of every figure."""
MOST_CODES = 20_000
"""More than sixteen hours of FIAS; a longer text is no lesson."""
COMPARABLE = 0.75
"""Cohen's kappa from which two coders may be compared with others."""


class Scheme(StrEnum):
    ST = "st"
    FIAS = "fias"


class Mode(StrEnum):
    """How a lesson is taught, by Rt and Ch; the values are what teachers call them."""

    PRACTICE = N_("练习型")
    LECTURE = N_("讲授型")
    DIALOGUE = N_("对话型")
    MIXED = N_("混合型")


class WrongCode(Invalid):
    code = "wrong_code"
    message = N_("第 %(place)s 个编码“%(found)s”不在编码表里，可用的是：%(allowed)s。")


ALPHABET = {Scheme.ST: ("T", "S"), Scheme.FIAS: tuple(str(number) for number in range(1, 11))}
INTERVALS = {Scheme.ST: (30, 15), Scheme.FIAS: (3,)}
"""Seconds of a step, the usual one first."""


@dataclass(frozen=True, slots=True)
class StFigures:
    """S-T of one sequence: ``rt`` the teacher's share, ``g`` runs of equal codes, ``ch`` changes by step."""

    n: int
    nt: int
    ns: int
    g: int
    rt: float | None
    ch: float | None
    mode: Mode | None


@dataclass(frozen=True, slots=True)
class FiasFigures:
    """FIAS of one sequence; shares are in percent, ``columns`` are the ten totals, ``n`` the pairs.

    The other names are the literature's: TT, PT and SC talk of teacher, of pupils, and silence; I/D and revised i/d
    ratios; TRR, TQR, PIR ratios of response, question, initiative; CCR content, SSR and PSSR steady state, the
    ``89`` ones directly after pupils spoke, VC the vicious circle of commands and criticism.
    """

    n: int
    columns: tuple[int, ...]
    tt: float | None
    pt: float | None
    sc: float | None
    id_ratio: float | None
    id_revised: float | None
    trr: float | None
    tqr: float | None
    pir: float | None
    ccr: float | None
    ssr: float | None
    pssr: float | None
    trr89: float | None
    tqr89: float | None
    vc: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """A step at which two coders disagree; ``index`` counts from 0."""

    index: int
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two codings compared over the ``n`` steps that both coded; ``left_out`` steps stand in one of them only."""

    n: int
    left_out: int
    po: float | None
    pe: float | None
    kappa: float | None
    places: tuple[Place, ...]

    @property
    def is_comparable(self) -> bool:
        return self.kappa is not None and self.kappa >= COMPARABLE


Matrix = tuple[tuple[int, ...], ...]
"""Ten rows of ten: how often code ``row + 1`` was followed by ``column + 1``."""


def read_codes(scheme: Scheme, given: str | Iterable[str | int], *, with_gaps: bool = False) -> tuple[str, ...]:
    """Return the codes of a text or a list; WrongCode says which one is foreign and where it stands."""
    found = _split(scheme, given) if isinstance(given, str) else [str(one).strip().upper() for one in given]
    if len(found) > MOST_CODES:
        raise Invalid(fields={"codes": N_("编码太多了，一节课最多 20000 个。")})
    allowed = ALPHABET[scheme]
    for place, one in enumerate(found, 1):
        if one not in allowed and not (with_gaps and one == GAP):
            raise WrongCode(fields={"codes": WrongCode.message}, place=place, found=one[:12], allowed=" ".join(allowed))
    return tuple(found)


def write_codes(scheme: Scheme, codes: Iterable[str]) -> str:
    """Return codes as one text, as they are kept."""
    return ("" if scheme is Scheme.ST else " ").join(codes)


def without_gaps(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in codes if one != GAP)


def st_figures(codes: Sequence[str]) -> StFigures:
    """Return S-T of the codes ``T`` and ``S``."""
    n, nt = len(codes), sum(code == "T" for code in codes)
    g = sum(1 for _ in groupby(codes))
    rt, ch = _share(nt, n), _share(max(g - 1, 0), n)
    return StFigures(n, nt, n - nt, g, rt, ch, None if rt is None or ch is None else mode_of(rt, ch))


def mode_of(rt: float, ch: float) -> Mode:
    """Return how a lesson is taught; dialogue is asked first, because the regions overlap."""
    if ch >= 0.4:
        return Mode.DIALOGUE
    if rt <= 0.3:
        return Mode.PRACTICE
    return Mode.LECTURE if rt >= 0.7 else Mode.MIXED


def village_share(city: StFigures, village: StFigures) -> float | None:
    """Return the village's part of all that pupils did; both ends are coded apart."""
    return _share(village.ns, city.ns + village.ns)


def fias_matrix(codes: Sequence[str]) -> Matrix:
    """Return the matrix of pairs; the sequence begins and ends with a 10, so that rows and columns add up alike."""
    padded = [10, *(int(code) for code in codes), 10] if codes else []
    pairs = Counter(pairwise(padded))
    return tuple(tuple(pairs[row, column] for column in range(1, 11)) for row in range(1, 11))


def fias_figures(codes: Sequence[str]) -> FiasFigures:
    """Return the ratios of FIAS of the codes ``1`` to ``10``."""
    matrix = fias_matrix(codes)
    columns = tuple(sum(row[column] for row in matrix) for column in range(10))
    n = sum(columns)

    def total(*numbers: int) -> int:
        return sum(columns[number - 1] for number in numbers)

    def cells(rows: Iterable[int], among: Iterable[int]) -> int:
        kept = tuple(among)
        return sum(matrix[row - 1][column - 1] for row in rows for column in kept)

    content = 2 * total(4, 5) - cells((4, 5), (4, 5))
    return FiasFigures(
        n=n,
        columns=columns,
        tt=_percent(total(*range(1, 8)), n),
        pt=_percent(total(8, 9), n),
        sc=_percent(total(10), n),
        id_ratio=_share(total(1, 2, 3, 4), total(5, 6, 7)),
        id_revised=_share(total(1, 2, 3), total(6, 7)),
        trr=_percent(total(1, 2, 3), total(1, 2, 3, 6, 7)),
        tqr=_percent(total(4), total(4, 5)),
        pir=_percent(total(9), total(8, 9)),
        ccr=_percent(content, n),
        ssr=_percent(sum(matrix[at][at] for at in range(10)), n),
        pssr=_percent(matrix[7][7] + matrix[8][8], total(8, 9)),
        trr89=_percent(cells((8, 9), (1, 2, 3)), cells((8, 9), (1, 2, 3, 6, 7))),
        tqr89=_percent(cells((8, 9), (4,)), cells((8, 9), (4, 5))),
        vc=_percent(cells((6, 7), (6, 7)), n),
    )


def agreement(one: Sequence[str], other: Sequence[str]) -> Agreement:
    """Compare two codings step by step, as far as both reach and both coded.

    Kappa is None where chance alone agrees wholly: both used one and the same code all the time.
    """
    both = [(at, a, b) for at, (a, b) in enumerate(zip(one, other, strict=False)) if GAP not in {a, b}]
    n = len(both)
    left_out = max(len(one), len(other)) - n
    if not n:
        return Agreement(0, left_out, None, None, None, ())
    ones, others = Counter(a for _, a, _ in both), Counter(b for _, _, b in both)
    po = sum(a == b for _, a, b in both) / n
    pe = sum(ones[code] * others[code] for code in ones) / (n * n)
    kappa = (po - pe) / (1 - pe) if pe < 1 else None
    return Agreement(n, left_out, po, pe, kappa, tuple(Place(at, a, b) for at, a, b in both if a != b))


def _split(scheme: Scheme, text: str) -> list[str]:
    """S-T is written letter by letter; the numbers of FIAS stand apart."""
    parts = re.split(r"[\s,;，、；]+", text.strip().upper())
    return [letter for part in parts for letter in part] if scheme is Scheme.ST else [part for part in parts if part]


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _percent(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None
