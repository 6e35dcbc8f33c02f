"""Pure rules of the shelves: what belongs together, what a lesson lacks, how an order changes."""

from collections.abc import Iterable, Mapping, Sequence

from resource_hub.kernel.errors import N_, Conflict
from resource_hub.library.rules import suggest_kind
from resource_hub.library.schemas import Kind
from resource_hub.shelves.schemas import Group

GROUP_OF_KIND: Mapping[Kind, Group] = {
    Kind.LESSON_PACK: Group.PACKS,
    Kind.LESSON_PLAN: Group.PLANS,
    Kind.UNIT_PLAN: Group.PLANS,
    Kind.SLIDES: Group.SLIDES,
    Kind.TASK_SHEET: Group.SHEETS,
    Kind.EXERCISE: Group.SHEETS,
    Kind.RECORDED_LESSON: Group.RECORDINGS,
    Kind.MICRO_LESSON: Group.RECORDINGS,
    Kind.LESSON_TALK: Group.RECORDINGS,
    Kind.OBSERVATION_REPORT: Group.OTHERS,
    Kind.EXPERIMENT: Group.OTHERS,
    Kind.MEDIA_ASSET: Group.OTHERS,
}
NEEDED = (Group.PLANS, Group.SLIDES, Group.SHEETS, Group.RECORDINGS)
"""What every lesson should have, by itself or in a pack."""

_GROUP_OF_ROLE = {
    "plan": Group.PLANS,
    "slides": Group.SLIDES,
    "task_sheet": Group.SHEETS,
    "exercise": Group.SHEETS,
    "recording": Group.RECORDINGS,
}


class CollectionFull(Conflict):
    code = "collection_full"
    message = N_("一个合集最多放 %(most)s 份资源。请再建一个。")


def group_of_part(role: str | None, filename: str, *, is_media: bool) -> Group:
    """Return what a file of a pack serves: the role that its author gave it, else what format and name tell."""
    if role:
        return _GROUP_OF_ROLE.get(role, Group.OTHERS)
    if is_media:
        return Group.RECORDINGS
    kind = suggest_kind([filename])
    return GROUP_OF_KIND[kind] if kind else Group.OTHERS


def lacking(held: Iterable[Group]) -> tuple[Group, ...]:
    """Return what a lesson with these groups still needs."""
    there = set(held)
    return tuple(group for group in NEEDED if group not in there)


def is_of_half(code: str, *, is_first: bool) -> bool:
    """True unless the volume's code (``G3A``, ``G3B``, ``G9``) says the other half of the school year."""
    return not code.endswith("B" if is_first else "A")


def branches(parents: Mapping[str, str | None]) -> dict[str | None, list[str]]:
    """Return the works made from each work; under ``None`` those whose origin is not among them, or that name each other.

    ``parents`` gives each work's origin in the order wanted. Every work is under exactly one other, and reached from ``None``.
    """
    below: dict[str | None, list[str]] = {}
    for ident, parent in parents.items():
        below.setdefault(parent if parent in parents and not _is_in_ring(ident, parents) else None, []).append(ident)
    return below


def reordered(held: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return ``held`` with those of ``wanted`` in that order, on the places that they had together.

    What the editor does not see keeps its place; what is not held is passed over.
    """
    there = set(held)
    queue = [ident for ident in dict.fromkeys(wanted) if ident in there]
    moving = set(queue)
    following = iter(queue)
    return [next(following) if ident in moving else ident for ident in held]


def moved(shown: Sequence[str], ident: str, *, is_up: bool) -> list[str]:
    """Return ``shown`` with one a place further up or down; at the end nothing moves."""
    order = list(shown)
    at = order.index(ident)
    to = at - 1 if is_up else at + 1
    if 0 <= to < len(order):
        order[at], order[to] = order[to], order[at]
    return order


def evenly(count: int, most: int) -> list[int]:
    """Return at most ``most`` places of ``count``, spread over all, the first among them."""
    return [at * count // most for at in range(most)] if count > most else list(range(count))


def _is_in_ring(ident: str, parents: Mapping[str, str | None]) -> bool:
    at, seen = parents.get(ident), {ident}
    while at is not None and at not in seen:
        seen.add(at)
        at = parents.get(at)
    return at == ident
