"""Pure rules of packs: what a file is within a lesson, what is missing, which rung goes into an offline pack."""

from collections.abc import Iterable, Sequence

from resource_hub.library.rules import suggest_kind
from resource_hub.library.schemas import Kind
from resource_hub.packs.schemas import PAPERS, VOICE, WHOLE, PartRole

_ROLE_OF_KIND = {
    Kind.LESSON_PLAN: PartRole.PLAN,
    Kind.UNIT_PLAN: PartRole.PLAN,
    Kind.SLIDES: PartRole.SLIDES,
    Kind.TASK_SHEET: PartRole.TASK_SHEET,
    Kind.EXERCISE: PartRole.EXERCISE,
}
_BOARD_SUFFIXES = ("enbx", "flipchart", "notebook", "iwb")


def guess_role(filename: str, family: str) -> PartRole:
    """Return what a file probably is: its name says it, else its format; a recording is one whatever its name."""
    if family in {"video", "audio"}:
        return PartRole.RECORDING
    kind = suggest_kind([filename])
    if kind is None and filename.lower().endswith(_BOARD_SUFFIXES):
        return PartRole.SLIDES
    return _ROLE_OF_KIND.get(kind, PartRole.OTHER) if kind else PartRole.OTHER


def role_of(kept: str | None, filename: str, family: str) -> PartRole:
    """Return the role that the author gave, else the one guessed."""
    return PartRole(kept) if kept in set(PartRole) else guess_role(filename, family)


def missing(roles: Iterable[PartRole]) -> list[PartRole]:
    """Return the parts that a complete pack has and this one has not, in their order."""
    held = set(roles)
    return [role for role in WHOLE if role not in held]


def forms(labels: Iterable[str], *, has_voice: bool, has_recording: bool) -> list[str]:
    """Return the forms an offline pack may have, the smallest first; without a recording there is one alone."""
    if not has_recording:
        return [PAPERS]
    heights = sorted({int(label) for label in labels if label.isdigit()})
    return [PAPERS, *([VOICE] if has_voice else []), *map(str, heights)]


def rung_for(form: str, labels: Sequence[str]) -> str | None:
    """Return the best of a recording's rungs that is no larger than asked for, else its smallest."""
    heights = sorted(int(label) for label in labels if label.isdigit())
    if not heights or not form.isdigit():
        return None
    return str(max((height for height in heights if height <= int(form)), default=heights[0]))
