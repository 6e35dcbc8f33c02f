"""Seats: who sits where in a lesson, and what each part may do. Pure.

A seat is text that stands in every fact as ``by`` and names no person: ``lead``, ``assist:2``,
``class:0`` (the terminal of the lead class is site 0), ``tech``, ``observer``, ``camera:1`` (a phone that
shows what lies on a table there; nobody is signed in on it). A substitute sits in the seat of whom they
stand in for. Deny by default: a command is for the parts it names.
"""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    LEAD = "lead"
    ASSIST = "assist"
    CLASS = "class"
    TECH = "tech"
    OBSERVER = "observer"
    CAMERA = "camera"


TEACHERS = frozenset({Part.LEAD, Part.ASSIST})
ROOMS = frozenset({Part.LEAD, Part.ASSIST, Part.CLASS})
STAFF = frozenset({Part.LEAD, Part.ASSIST, Part.TECH})
_PLACED = frozenset({Part.ASSIST, Part.CLASS, Part.CAMERA})


@dataclass(frozen=True, slots=True)
class Seat:
    """``site`` is the place in the lesson: 0 the lead class, 1 and up the receiving ones; None where a part has no room."""

    part: Part
    site: int | None = None

    def __str__(self) -> str:
        return f"{self.part}:{self.site}" if self.part in _PLACED else self.part.value

    @property
    def is_invisible(self) -> bool:
        """True for who watches: no fact says that they came or went."""
        return self.part is Part.OBSERVER

    def speaks_for(self, site: int) -> bool:
        """True when what is counted or raised at ``site`` may come from this seat."""
        return self.part in {Part.LEAD, Part.TECH} or self.site == site


def seat_of(text: str) -> Seat:
    """Return the seat that a text names; raises ValueError for any other."""
    part, _, rest = text.partition(":")
    kind = Part(part)
    if kind in _PLACED:
        return Seat(kind, int(rest))
    if rest:
        raise ValueError(f"not a seat: {text!r}")
    return Seat(kind, 0 if kind is Part.LEAD else None)
