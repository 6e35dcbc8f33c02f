"""A plan in the shape that templates show: the page, the print, the offline pack and the review all take it from here.

Rule: what a reader may not see is decided before; here an address is given or it is not.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from resource_hub.library import lesson_plan
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, Block, BlockKind, Formula, Picture, Plan, Run, Step, Text
from resource_hub.library.planning import formulas, keeping

_LISTS = {BlockKind.BULLET: "ul", BlockKind.NUMBERED: "ol"}


def shown(plan: Plan, pictures: Mapping[str, str]) -> dict[str, Any]:
    """Return a plan for ``library/parts/plan.html``; ``pictures`` gives addresses by asset.

    Keys: title, periods, total, remarks, before and after (sections: id, label, blocks), columns
    (name, label), stages (id, number, name, minutes, cells by column). Parts that say nothing are left out.
    """
    before, after = _sections(plan, pictures)
    stages = [_stage(number, step, pictures) for number, step in enumerate(plan.steps, 1)]
    said = [name for name in COLUMNS if any(stage["cells"][name] for stage in stages)]
    return {
        "title": plan.title, "periods": plan.periods, "total": lesson_plan.minutes(plan),
        "wanted": keeping.PERIOD_MINUTES * keeping.periods(plan),
        "remarks": [_(text, **values) for text, values in keeping.remarks(plan)],
        "before": before, "after": after, "columns": [(name, _(COLUMNS[name])) for name in said], "stages": stages,
    }  # fmt: skip


def blocks(text: Text, pictures: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a text as paragraphs, lists and pictures; neighbouring items of one list are one list."""
    found: list[dict[str, Any]] = []
    for block in text:
        if isinstance(block, Picture):
            found.append({"kind": "picture", "address": pictures.get(block.asset), "alt": block.alt})
            continue
        kind = _LISTS.get(block.type, "p")
        runs = [_run(run) for run in block.runs]
        if kind != "p" and found and found[-1]["kind"] == kind:
            found[-1]["items"].append(runs)
        else:
            found.append({"kind": kind, "items": [runs]})
    return found


def links(plan: Plan) -> set[str]:
    """Return the ids of the resources that a plan links to."""
    return {run.resource for run in _runs(plan) if not isinstance(run, Formula) and run.resource}


def with_links(plan: Plan, allowed: Iterable[str]) -> Plan:
    """Return the plan with links to other resources than these turned into plain words."""
    kept = frozenset(allowed)
    if links(plan) <= kept:
        return plan
    data = keeping.kept(plan)
    _drop_links(data, kept)
    return Plan.model_validate(data)


def _sections(plan: Plan, pictures: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the sections before and after the stages."""
    sections = [
        {"id": f"plan-{name}", "name": name, "label": _(label), "blocks": blocks(getattr(plan, name), pictures)}
        for name, label in SECTIONS.items()
    ]
    place = list(SECTIONS).index("board")
    return [one for one in sections[:place] if one["blocks"]], [one for one in sections[place:] if one["blocks"]]


def _stage(number: int, step: Step, pictures: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": f"stage-{step.id}", "number": number, "name": step.name, "minutes": step.minutes,
        "cells": {name: blocks(getattr(step, name), pictures) for name in COLUMNS},
    }  # fmt: skip


def _run(run: Run) -> dict[str, Any]:
    if isinstance(run, Formula):
        return {"formula": run.formula, "mathml": formulas.mathml(run.formula), "html": formulas.plain_html(run.formula)}
    return {"text": run.text, "bold": run.bold, "underline": run.underline, "resource": run.resource}


def _runs(plan: Plan) -> Iterable[Run]:
    return (run for text in lesson_plan.every_text(plan) for block in text if isinstance(block, Block) for run in block.runs)


def _drop_links(data: Any, kept: frozenset[str]) -> None:
    if isinstance(data, dict):
        if data.get("resource") not in kept:
            data.pop("resource", None)
        for value in data.values():
            _drop_links(value, kept)
    elif isinstance(data, list):
        for value in data:
            _drop_links(value, kept)
