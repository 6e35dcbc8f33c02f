"""What a lesson's stock is, what a room says it has of it, and how the two compare. Pure.

Kept apart from ``stock``, which finds the files, so that the one sentence on which a teacher relies, 课件已到, has rules
that can be read at once. Rule: a room is ready only when it named the very stock that the lesson has now and has all of it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MOST_BYTES = 1 << 40


class Piece(StrEnum):
    """What a file of the stock is: the picture of a page, a clip, sound alone, the micro lesson."""

    PAGE = "page"
    CLIP = "clip"
    SOUND = "sound"
    MICRO_LESSON = "micro_lesson"


class StockState(StrEnum):
    """How the device of a room stands, in its own words."""

    READY = "ready"
    FETCHING = "fetching"
    MISSING = "missing"
    DISK_FULL = "disk_full"
    UNSUPPORTED = "unsupported"


class Standing(StrEnum):
    """How a room stands for whoever teaches: as reported, or what keeps a report from counting."""

    NOTHING = "nothing"
    """The lesson has no stock."""
    PREPARING = "preparing"
    """The platform still works on the files."""
    SILENT = "silent"
    """The room never said anything."""
    CHANGED = "changed"
    """What the room spoke of is not the stock any more."""
    READY = "ready"
    FETCHING = "fetching"
    MISSING = "missing"
    DISK_FULL = "disk_full"
    UNSUPPORTED = "unsupported"


class StockIn(BaseModel):
    """What a room's device has of the stock that ``mark`` names."""

    model_config = ConfigDict(extra="forbid")

    mark: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    have_bytes: Annotated[int, Field(ge=0, le=MOST_BYTES)]
    total_bytes: Annotated[int, Field(ge=0, le=MOST_BYTES)]
    state: StockState


class LocalPlanForm(BaseModel):
    """``micro_lesson`` is the address of a work on this platform, or its id; empty takes it away."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: Annotated[str, Field(max_length=400)] = ""
    micro_lesson: Annotated[str, Field(max_length=300)] = ""


@dataclass(frozen=True, slots=True)
class StockFile:
    """A file to have before the lesson, known by its ``sha256`` wherever it is kept; ``deck`` is the asset of a page."""

    sha256: str
    bytes: int
    media_type: str
    piece: Piece
    deck: str
    page: int | None = None
    width: int | None = None

    @property
    def path(self) -> str:
        """Where a room's browser keeps it: the same bytes have the same address for ever."""
        return f"/live/stock/{self.sha256}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a room said last."""

    mark: str
    have_bytes: int
    state: StockState


def in_order(files: Sequence[StockFile]) -> list[StockFile]:
    """Return the files as a thin line should bring them.

    All pages small, all pages sharp, then the micro lesson, then the rest.
    """
    return sorted(files, key=_turn)


def bytes_of(files: Sequence[StockFile]) -> int:
    """Return what there is to fetch: two pages that look alike are one file."""
    return sum({one.sha256: one.bytes for one in files}.values())


def mark_of(files: Sequence[StockFile], text: str) -> str:
    """Return the name of a stock: another file, page or local plan gives another."""
    lines = sorted(f"{one.sha256} {one.piece} {one.deck} {one.page} {one.width}" for one in files)
    return hashlib.sha256("\n".join([*lines, text]).encode()).hexdigest()


def standing(mark: str, total_bytes: int, report: Report | None, *, is_whole: bool) -> Standing:
    """Return how a room stands against the stock that the lesson has now."""
    if not is_whole:
        return Standing.PREPARING
    if not total_bytes:
        return Standing.NOTHING
    if report is None:
        return Standing.SILENT
    if report.mark != mark and report.state is not StockState.UNSUPPORTED:
        return Standing.CHANGED
    lacks = report.state is StockState.READY and report.have_bytes < total_bytes
    return Standing.MISSING if lacks else Standing(report.state.value)


def _turn(file: StockFile) -> tuple[int, int, int]:
    order = {Piece.PAGE: 0, Piece.MICRO_LESSON: 1, Piece.CLIP: 2, Piece.SOUND: 2}[file.piece]
    return order, file.width or 0, file.page or 0
