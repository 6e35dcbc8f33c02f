"""What was counted, in words for pages and print: one sheet in a line, several observers' sheets beside each other.

Observers stand in the order in which they began, each in a column of their own. Rule: nothing is added up over observers,
and nothing is ordered by a figure.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from resource_hub.observation import labels, licc
from resource_hub.observation.frame import DIMENSIONS, FRAME, QUESTION, SHEETS, Viewpoint
from resource_hub.observation.licc import End, Level, Mark, Questions
from resource_hub.observation.queries import SheetFacts

UNKNOWN = "—"


@dataclass(frozen=True, slots=True)
class Line:
    """A figure: its name, what the lesson's log says of it ("" where it says nothing), and what each observer found."""

    name: str
    log: str
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Together:
    """Columns side by side: ``asked`` are groups of lines of questions, ``levels`` these by level, ``seen`` all else by viewpoint."""

    columns: Sequence[tuple[str, str]]
    """An observer and the observation; or, of one sheet, an end and nothing."""
    asked: Sequence[tuple[str, Sequence[Line]]]
    levels: Sequence[Line]
    seen: Sequence[tuple[str, str, Sequence[Line]]]
    """Name and prompt of a viewpoint, and its lines."""


def together(sheets: Sequence[SheetFacts], called: Mapping[End, int] | None = None) -> Together | None:
    """Return the sheets side by side, beside how often the log says each end was called up; None without any."""
    if not sheets:
        return None
    marks = [one.counted for one in sheets]
    asked = [licc.questions(one) for one in marks]
    has_questions = any(found.asked for one in asked for found in one.values())
    return Together(
        columns=[(one.observer, one.observation_id) for one in sheets],
        asked=[(_("问%(end)s", end=labels.ENDS[end]), _of_end(end, [one[end] for one in asked], called)) for end in End]
        if has_questions
        else [],
        levels=[_of_level(level, asked) for level in Level] if has_questions else [],
        seen=_seen(marks),
    )


def alone(sheet: SheetFacts | None) -> Together | None:
    """Return one observer's sheet with the ends side by side; None without any."""
    if sheet is None:
        return None
    asked = list(licc.questions(sheet.counted).values())
    has_questions = any(found.asked for found in asked)
    return Together(
        columns=[(str(labels.ENDS[end]), "") for end in End],
        asked=[("", _figures(asked))] if has_questions else [],
        levels=[Line(str(labels.LEVELS[level]), "", [str(one.levels[level]) for one in asked]) for level in Level] if has_questions else [],
        seen=[
            (_(SHEETS[viewpoint].name), _(SHEETS[viewpoint].prompt), lines)
            for viewpoint, items in licc.counts(sheet.counted).items()
            if (lines := [_by_ends(viewpoint, item, ends) for item, ends in items.items() if item != QUESTION])
            if any(value != "0" for line in lines for value in line.values)
        ],
    )


def in_words(marks: Sequence[Mark]) -> list[tuple[str, str]]:
    """Return one observer's sheet as lines for the printed form: what, and the counts in a sentence."""
    lines = []
    asked = {end: found for end, found in licc.questions(marks).items() if found.asked}
    if asked:
        lines.append((_("提问与候答"), _("；").join(_asked_words(end, found) for end, found in asked.items())))
    for viewpoint, items in licc.counts(marks).items():
        found = [f"{_(SHEETS[viewpoint].items[item])} {ends}" for item, by in items.items() if item != QUESTION and (ends := _ends(by))]
        if found:
            lines.append((_(SHEETS[viewpoint].name), _("；").join(found)))
    return lines


def frame_json() -> list[dict[str, Any]]:
    """Return the frame for the pages of the device: dimensions with their viewpoints, prompts and things to count."""
    return [
        {"name": _(DIMENSIONS[dimension]), "viewpoints": [_viewpoint_json(viewpoint) for viewpoint in sheets]}
        for dimension, sheets in FRAME.items()
    ]


def _viewpoint_json(viewpoint: Viewpoint) -> dict[str, Any]:
    sheet = SHEETS[viewpoint]
    items = [[item, _(name)] for item, name in sheet.items.items()]
    return {"key": viewpoint.value, "name": _(sheet.name), "prompt": _(sheet.prompt), "items": items}


def _of_end(end: End, found: Sequence[Questions], called: Mapping[End, int] | None) -> list[Line]:
    log = _("叫到 %(n)s 次", n=called[end]) if called and end in called else ""
    first, *others = _figures(found)
    return [replace(first, log=log), *others]


def _figures(found: Sequence[Questions]) -> list[Line]:
    def line(name: str, value: Callable[[Questions], str]) -> Line:
        return Line(name, "", [value(one) for one in found])

    return [
        line(_("提问次数"), lambda one: str(one.asked)),
        line(_("平均候答"), lambda one: _seconds(one.wait_s)),
        line(_("最长候答"), lambda one: _seconds(one.longest_s)),
        line(_("分析及以上的占比"), lambda one: _percent(one.higher)),
    ]


def _of_level(level: Level, asked: Sequence[Mapping[End, Questions]]) -> Line:
    return Line(str(labels.LEVELS[level]), "", [str(sum(found.levels[level] for found in one.values())) for one in asked])


def _seen(marks: Sequence[Sequence[Mark]]) -> list[tuple[str, str, Sequence[Line]]]:
    counted = [licc.counts(one) for one in marks]
    found: list[tuple[str, str, Sequence[Line]]] = []
    for viewpoint, sheet in SHEETS.items():
        here = [one.get(viewpoint, {}) for one in counted]
        lines = [
            Line(_(name), "", [_ends(by[item]) or "0" if by else UNKNOWN for by in here])
            for item, name in sheet.items.items()
            if item != QUESTION
        ]
        if any(value not in {"0", UNKNOWN} for line in lines for value in line.values):
            found.append((_(sheet.name), _(sheet.prompt), lines))
    return found


def _by_ends(viewpoint: Viewpoint, item: str, counted: Mapping[End, int]) -> Line:
    return Line(_(SHEETS[viewpoint].items[item]), "", [str(counted[end]) for end in End])


def _asked_words(end: End, found: Questions) -> str:
    words = _("问%(end)s %(n)s 次", end=labels.ENDS[end], n=found.asked)
    if found.wait_s is not None:
        words += _("，候答平均 %(wait)s", wait=_seconds(found.wait_s))
    if found.higher is not None:
        words += _("，分析及以上占 %(part)s", part=_percent(found.higher))
    return words


def _ends(counted: Mapping[End, int]) -> str:
    return " ".join(f"{labels.ENDS[end]} {n}" for end, n in counted.items() if n)


def _seconds(value: float | None) -> str:
    return UNKNOWN if value is None else _("%(n)s 秒", n=f"{value:.1f}")


def _percent(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value * 100:.0f}%"
