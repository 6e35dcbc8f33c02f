"""What changed from plan to plan and why: the difference by stage, and from any stage the way to its causes.

A cause is a comment or suggestion of the plan, kept with the round, or a turn of a talk, which may stand on an observation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from resource_hub.library import differences, lineage, plan_differences
from resource_hub.library.compare import Change
from resource_hub.library.differences import Comparison
from resource_hub.library.lesson_plan import Plan, Step
from resource_hub.library.lineage import Side
from resource_hub.library.planning import keeping
from resource_hub.study.facts import CauseFacts, CycleFacts, RoundFacts, TurnFacts


@dataclass(frozen=True, slots=True)
class CauseLine:
    """Why a stage is as it is: who said what, in which round, and where that stands."""

    number: int
    kind: str
    who: str
    words: str
    url: str
    observation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A plan in the tree of a case: whose, of which school, how many stages differ from the one it came from."""

    name: str
    who: str
    school: str
    is_village: bool
    changed: int
    url: str
    children: "tuple[Node, ...]" = ()


def difference(before: Plan, after: Plan, names: tuple[str, str], authors: tuple[str, str]) -> dict[str, Any]:
    """Return what ``library/parts/difference.html`` shows of two plans; every stage has its ``id`` besides."""
    found = compared(before, after, names, authors)
    steps = plan_differences.steps(found)
    for row in steps:
        row["id"] = _id_of(found, row["number"])
    sections = plan_differences.sections(found)
    changes = [{"words": plan_differences.sentence(row), "url": f"#step-{row['number']}"} for row in steps]
    changes += [{"words": row["label"], "url": "#plan-sections"} for row in sections]
    sides = [{"title": after.title, "author": author, "version": name} for name, author in zip(names, authors, strict=True)]
    return {"before": sides[0], "after": sides[1], "changes": changes, "fields": [], "sections": sections, "steps": steps, "files": []}


def compared(before: Plan, after: Plan, names: tuple[str, str], authors: tuple[str, str]) -> Comparison:
    sides = [
        Side("", name, author, None, {"plan": keeping.kept(plan)}, ())
        for plan, name, author in zip((before, after), names, authors, strict=True)
    ]
    return differences.compared(sides[0], sides[1])


def count_changed(before: Plan, after: Plan) -> int:
    """Return how many stages are not the same in both plans."""
    return sum(pair.change is not Change.SAME for pair in compared(before, after, ("", ""), ("", "")).steps)


def causes_of(cycle: CycleFacts, step_id: str, *, up_to: int) -> list[CauseLine]:
    """Return why a stage is as it is in the plan of round ``up_to``: remarks on it till then, and turns of the talks before."""
    lines: list[CauseLine] = []
    for one in cycle.rounds[:up_to]:
        lines += [_remark(one, cause) for cause in _new_causes(cycle, one) if cause.place.partition("/")[0] == step_id]
        if one.number < up_to:
            because = one.reasons.get(step_id, ())
            lines += [_turn(cycle, one, turn) for turn in one.turns if turn.id in because]
    return lines


def causes_by_step(cycle: CycleFacts, steps: Sequence[Step], *, up_to: int) -> Mapping[str, Sequence[CauseLine]]:
    """Return stage → its causes, for those that have any."""
    found = {step.id: causes_of(cycle, step.id, up_to=up_to) for step in steps}
    return {ident: lines for ident, lines in found.items() if lines}


def tree_of(cycle: CycleFacts) -> Node | None:
    """Return the plans of a cycle, each from the one before; None before the first round."""
    node: Node | None = None
    for one in reversed(cycle.rounds):
        before = cycle.rounds[one.number - 2].content if one.number > 1 else None
        changed = count_changed(before, one.content) if before is not None else 0
        is_village = bool(one.teacher.school_id and lineage.is_village(one.teacher.school_id))
        name = _("第 %(n)s 轮 · %(name)s", n=one.number, name=one.plan_name)
        url = f"/study/cycles/{cycle.id}/rounds/{one.number}#plan"
        node = Node(name, one.teacher.name, one.teacher.school, is_village, changed, url, (node,) if node else ())
    return node


def _new_causes(cycle: CycleFacts, one: RoundFacts) -> Sequence[CauseFacts]:
    """Return the causes that the round before had not yet, of the same plan."""
    if one.number == 1 or cycle.rounds[one.number - 2].plan_id != one.plan_id:
        return one.causes
    known = {(cause.place, cause.version, cause.text, cause.proposal) for cause in cycle.rounds[one.number - 2].causes}
    return [cause for cause in one.causes if (cause.place, cause.version, cause.text, cause.proposal) not in known]


def _remark(one: RoundFacts, cause: CauseFacts) -> CauseLine:
    kind = _("建议") if cause.kind == "suggestion" else _("意见")
    return CauseLine(one.number, kind, cause.author, cause.text, f"/plans/{one.plan_id}/versions/{cause.version}")


def _turn(cycle: CycleFacts, one: RoundFacts, turn: TurnFacts) -> CauseLine:
    kind = _("听课看到的") if turn.observation_id else _("研讨")
    url = f"/study/cycles/{cycle.id}/rounds/{one.number}#{turn.id}"
    return CauseLine(one.number, kind, turn.speaker.name, turn.text, url, turn.observation_id)


def _id_of(found: Comparison, number: int) -> str:
    pair = found.steps[number]
    if pair.after is not None:
        return found.plans[1][pair.after].id
    return found.plans[0][pair.before].id if pair.before is not None else ""
