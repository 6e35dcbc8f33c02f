"""The closing report: drafted from the data, its words the authors', its figures always those of now.

A figure stands in the words as a token (``figures.TOKEN``) and is put in when the report is shown or written, with the
address of what it comes from. Nothing of the report says which teacher is the better one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _

from resource_hub.study import changes, labels
from resource_hub.study.evidence import Evidence
from resource_hub.study.facts import CycleFacts
from resource_hub.study.figures import Figure, Piece, pieces, token
from resource_hub.study.schemas import Phase, ReportIn

ROWS = ("observers", "minutes_planned", "minutes_taught", "rt_city", "rt_village", "village_share", "rubric")
LONGEST = 7_500


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is shown, printed and written: sections of paragraphs, the table of rounds, and what changed."""

    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[tuple[str, Sequence[Sequence[Piece]]]]
    rounds: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Piece]]]
    """Name of a figure and its value in each round."""
    changes: Sequence[tuple[str, Sequence[dict[str, Any]]]]
    """Between which rounds, and the stages that differ with their ``causes``."""


def draft(cycle: CycleFacts, found: Sequence[Evidence]) -> ReportIn:
    """Return the first wording of a report, from what the rounds showed and what was said."""
    return ReportIn(
        background=_background(cycle)[:LONGEST],
        findings="\n".join(_finding(one) for one in found)[:LONGEST],
        changes="\n".join(_changes(cycle))[:LONGEST],
        conclusions="\n".join(_said(cycle, Phase.NEXT))[:LONGEST],
    )


def report_of(cycle: CycleFacts, figures: Mapping[tuple[int, str], Figure]) -> Report:
    """Return the report of a cycle with its words as they were kept and its figures as they are."""
    numbers = [one.number for one in cycle.rounds]
    sections = [
        (str(label), [list(pieces(line, figures)) for line in cycle.report.get(name, "").splitlines() if line.strip()])
        for name, label in labels.REPORT.items()
    ]
    rows = [(str(labels.FIGURES[name]), [_piece(figures.get((number, name))) for number in numbers]) for name in ROWS]
    heads = [_("第 %(n)s 轮 · %(who)s", n=one.number, who=one.teacher.name) for one in cycle.rounds]
    return Report(cycle.theme, _facts(cycle), sections, heads, rows, _differences(cycle))


def words_of(report: Report) -> str:
    """Return what a report says in plain words, a paragraph a line, its figures as they are now."""
    return "\n".join("".join(piece.text for piece in line) for _label, lines in report.sections for line in lines)


def _piece(figure: Figure | None) -> Piece:
    return Piece(figure.words, figure.url) if figure else Piece("—")


def _facts(cycle: CycleFacts) -> list[tuple[str, str]]:
    named = {one.id: one.name for one in cycle.members}
    return [
        (_("假设"), cycle.hypothesis),
        (_("组织者"), named[cycle.organiser_id]),
        (_("主备人"), named[cycle.lead_id]),
        (_("成员"), _("、").join(one.name for one in cycle.members)),
    ]


def _background(cycle: CycleFacts) -> str:
    first = _("我们研究的是“%(theme)s”，共上了 %(n)s 轮。", theme=cycle.theme, n=len(cycle.rounds))
    return first + (_("我们的假设是：%(words)s。", words=cycle.hypothesis.rstrip("。.")) if cycle.hypothesis else "")


def _finding(one: Evidence) -> str:
    number = one.round.number
    return _(
        "第 %(n)s 轮由%(who)s（%(school)s）授课，%(observers)s 人观察。计划 %(planned)s，实际 %(taught)s；"
        "城里教师行为占有率 %(rt)s，村端占比 %(share)s。",
        n=number, who=one.round.teacher.name, school=one.round.teacher.school, observers=token(number, "observers"),
        planned=token(number, "minutes_planned"), taught=token(number, "minutes_taught"), rt=token(number, "rt_city"),
        share=token(number, "village_share"),
    )  # fmt: skip


def _changes(cycle: CycleFacts) -> list[str]:
    lines = []
    for label, rows in _differences(cycle):
        for row in rows:
            because = _("；").join(one.words for one in row["causes"])
            what = f"{label}：{row['name']} {row['words']}"
            lines.append(what + (_("，因为：%(why)s", why=because) if because else ""))
    return lines


def _said(cycle: CycleFacts, phase: Phase) -> list[str]:
    last = cycle.rounds[-1] if cycle.rounds else None
    return [turn.text for turn in last.turns if turn.phase is phase] if last else []


def _differences(cycle: CycleFacts) -> list[tuple[str, Sequence[dict[str, Any]]]]:
    found: list[tuple[str, Sequence[dict[str, Any]]]] = []
    for one, other in pairwise(cycle.rounds):
        label = _("第 %(a)s 轮 → 第 %(b)s 轮", a=one.number, b=other.number)
        authors = one.teacher.name, other.teacher.name
        shown = changes.difference(one.content, other.content, (one.plan_name, other.plan_name), authors)
        rows = [row | {"causes": changes.causes_of(cycle, row["id"], up_to=other.number)} for row in shown["steps"]]
        found.append((label, rows))
    return found
