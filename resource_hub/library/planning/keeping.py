"""A plan as a resource and its versions keep it, and what is remarked about one that may stand all the same.

Rule: what is kept has its defaults left out, so that two plans that say the same are equal as data.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from resource_hub.kernel.errors import N_
from resource_hub.library import lesson_plan
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, Plan

PERIOD_MINUTES = 40
"""Of a lesson in every district school; a plan for several periods says how many."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a plan's words with the anchor of the place where the page shows it, and that place's name."""

    anchor: str
    name: str
    text: str


def kept(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain data."""
    return plan.model_dump(mode="json", exclude_defaults=True)


def opened(data: Mapping[str, Any] | None) -> Plan | None:
    """Return the plan that was kept; ``None`` when there is none."""
    return None if data is None else Plan.model_validate(data)


def passages(plan: Plan) -> Iterator[Passage]:
    """Yield what a plan says, place by place in the form's order; places that say nothing are left out."""
    for name, label in SECTIONS.items():
        if name == "board":
            yield from _of_steps(plan)
        if text := lesson_plan.words(getattr(plan, name)):
            yield Passage(f"plan-{name}", label, text)


def text_of(plan: Plan) -> str:
    """Return all words of a plan, for its fingerprint."""
    return "\n".join(passage.text for passage in passages(plan))


def is_empty(plan: Plan) -> bool:
    """True for a plan in which nobody wrote anything yet."""
    return not plan.title and not any(True for _passage in passages(plan)) and not lesson_plan.assets(plan)


def remarks(plan: Plan) -> list[tuple[str, dict[str, int]]]:
    """Return what is worth telling the author, as message keys with their values; nothing of it forbids."""
    told: list[tuple[str, dict[str, int]]] = []
    planned, wanted = lesson_plan.minutes(plan), PERIOD_MINUTES * periods(plan)
    if planned and planned != wanted:
        told.append((N_("各环节合计 %(planned)s 分钟，%(periods)s 课时应是 %(wanted)s 分钟。"),
                     {"planned": planned, "periods": periods(plan), "wanted": wanted}))  # fmt: skip
    untimed = sum(1 for step in plan.steps if step.minutes is None)
    if untimed and planned:
        told.append((N_("有 %(n)s 个环节没有写时间。"), {"n": untimed}))
    return told


def periods(plan: Plan) -> int:
    """Return how many periods a plan is for: the first number in its words (第1课时 is the first of several, one period)."""
    if "第" in plan.periods:
        return 1
    digits = "".join(c if c.isascii() and c.isdigit() else " " for c in plan.periods).split()
    chinese = next((place for place, c in enumerate("一二三四五六七八", 1) if c in plan.periods), 2 if "两" in plan.periods else 1)
    return min(max(int(digits[0][:2]) if digits else chinese, 1), 30)


def _of_steps(plan: Plan) -> Iterator[Passage]:
    for number, step in enumerate(plan.steps, 1):
        columns = (lesson_plan.words(getattr(step, column)) for column in COLUMNS)
        if text := "\n".join(filter(None, (step.name, *columns))):
            yield Passage(f"stage-{step.id}", step.name or str(number), text)
