"""What is new in the plan of an origin since a fork was made from it, and taking it over change by change.

Pure. Three plans speak: the origin's when the fork was made (``base``), the origin's now (``new``)
and the fork's (``mine``). Rule: taking one change touches nothing but that change; where the fork
says something of its own at the same place, that is a conflict, told before it is replaced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from resource_hub.kernel.errors import N_, Conflict
from resource_hub.library.compare import Change, pair_steps, steps_of_plan
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, Plan, Step

STEP_FIELDS = ("name", "minutes", *COLUMNS)
LINES = ("title", "periods", *SECTIONS)


class NotOffered(Conflict):
    code, message = "not_offered", N_("原作的这一处改动已经不在了，或您已经采纳。请刷新页面查看。")


class Standing(StrEnum):
    """How a change of the origin stands to the fork."""

    FREE = "free"
    CONFLICT = "conflict"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Part:
    """One place that a change touches: a column of a stage, or a section by itself."""

    name: str
    base: object
    new: object
    mine: object

    @property
    def standing(self) -> Standing:
        if self.mine == self.new:
            return Standing.TAKEN
        return Standing.FREE if self.mine == self.base else Standing.CONFLICT


@dataclass(frozen=True, slots=True)
class Offer:
    """A change that can be taken: ``key`` names it (``step:<id>``, ``move:<id>``, ``section:<name>``)."""

    key: str
    change: Change
    standing: Standing
    step: Step | None
    parts: Sequence[Part] = ()


def offers(base: Plan, new: Plan, mine: Plan) -> list[Offer]:
    """Return the changes from ``base`` to ``new`` in the form's order, those that were taken already among them."""
    found = [
        Offer(f"section:{name}", Change.CHANGED, part.standing, None, [part])
        for name in LINES
        if (part := Part(name, getattr(base, name), getattr(new, name), getattr(mine, name))).base != part.new
    ]
    return found + _step_offers(base, new, mine)


def take(base: Plan, new: Plan, mine: Plan, key: str) -> Plan:
    """Return the fork's plan with one change of the origin; raises NotOffered for one that is not there or taken already."""
    offer = next((one for one in offers(base, new, mine) if one.key == key and one.standing is not Standing.TAKEN), None)
    if offer is None:
        raise NotOffered
    kind, _colon, ident = key.partition(":")
    if kind == "section":
        return mine.model_copy(update={ident: getattr(new, ident)})
    if kind == "move":
        moved = next(step for step in mine.steps if step.id == ident)
        return _with_steps(mine, _placed(mine.steps, moved, new, _shared(base, new, mine)))
    if offer.change is Change.REMOVED:
        return _with_steps(mine, [step for step in mine.steps if step.id != ident])
    wanted = next(step for step in new.steps if step.id == ident)
    if ident not in {step.id for step in mine.steps}:
        return _with_steps(mine, _placed(mine.steps, wanted, new, {step.id for step in mine.steps}))
    changed = {part.name: part.new for part in offer.parts}
    return _with_steps(mine, [step.model_copy(update=changed) if step.id == ident else step for step in mine.steps])


def _step_offers(base: Plan, new: Plan, mine: Plan) -> list[Offer]:
    """Return the changes of stages; here only the id says which stage is which, since taking goes by it."""
    old, now, own = ({step.id: step for step in plan.steps} for plan in (base, new, mine))
    moved = _moved(base, new)
    found = []
    for after in new.steps:
        if after.id not in old:
            found.append(Offer(f"step:{after.id}", Change.ADDED, Standing.TAKEN if after.id in own else Standing.FREE, after))
            continue
        found += _changed(old[after.id], after, own.get(after.id))
        if after.id in moved and after.id in own:
            found.append(Offer(f"move:{after.id}", Change.MOVED, _move_standing(base, new, mine, after.id), after))
    return found + [_removed(before, own.get(before.id)) for before in base.steps if before.id not in now]


def _moved(base: Plan, new: Plan) -> set[str]:
    pairs = pair_steps(steps_of_plan(base), steps_of_plan(new))
    return {new.steps[pair.after].id for pair in pairs if pair.change is Change.MOVED and pair.after is not None}


def _removed(before: Step, own: Step | None) -> Offer:
    standing = Standing.TAKEN if own is None else Standing.FREE if own == before else Standing.CONFLICT
    return Offer(f"step:{before.id}", Change.REMOVED, standing, before)


def _changed(before: Step, after: Step, own: Step | None) -> list[Offer]:
    """Return the offer of a stage that says something else now; one that the fork dropped is a conflict as a whole."""
    if before == after:
        return []
    mine = own or Step(id=after.id)
    parts = [
        Part(name, getattr(before, name), getattr(after, name), getattr(mine, name))
        for name in STEP_FIELDS if getattr(before, name) != getattr(after, name)
    ]  # fmt: skip
    standings = {part.standing for part in parts}
    if own is None or Standing.CONFLICT in standings:
        standing = Standing.CONFLICT
    else:
        standing = Standing.FREE if Standing.FREE in standings else Standing.TAKEN
    return [Offer(f"step:{after.id}", Change.CHANGED, standing, after, parts)]


def _move_standing(base: Plan, new: Plan, mine: Plan, ident: str) -> Standing:
    shared = _shared(base, new, mine)
    stands = _predecessor(mine, ident, shared)
    if stands == _predecessor(new, ident, shared):
        return Standing.TAKEN
    return Standing.FREE if stands == _predecessor(base, ident, shared) else Standing.CONFLICT


def _shared(*plans: Plan) -> set[str]:
    """Return the stages that all plans have: where a moved one stands is told by these alone, and so is where it goes."""
    return set.intersection(*({step.id for step in plan.steps} for plan in plans))


def _predecessor(plan: Plan, ident: str, among: set[str]) -> str | None:
    before = None
    for step in plan.steps:
        if step.id == ident:
            return before
        if step.id in among:
            before = step.id
    return before


def _placed(steps: Sequence[Step], step: Step, new: Plan, among: set[str]) -> list[Step]:
    """Return the stages with one put behind that of ``among`` which it follows in the origin; at the start when it follows none."""
    others = [one for one in steps if one.id != step.id]
    behind = _predecessor(new, step.id, among)
    at = next((place for place, one in enumerate(others, 1) if one.id == behind), 0)
    return [*others[:at], step, *others[at:]]


def _with_steps(plan: Plan, steps: Sequence[Step]) -> Plan:
    return plan.model_copy(update={"steps": tuple(steps)})
