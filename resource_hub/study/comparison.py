"""Two rounds of a cycle side by side, and the closing report with its charts: what those pages are given."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.observation import charts, lesson_data
from resource_hub.observation import pages as observation_pages
from resource_hub.observation.charts import Pair, Spot
from resource_hub.observation.schemas import Side
from resource_hub.study import changes, labels, queries, report
from resource_hub.study.evidence import Evidence, evidence_of, figures_of, percent, whole_minutes
from resource_hub.study.facts import CycleFacts, RoundFacts
from resource_hub.study.schemas import CycleState

_ROUND_SIGNS = "①②③"


def compare_page(viewer: Viewer, cycle_id: str, a: int, b: int) -> dict[str, Any]:
    """Return two rounds of a cycle side by side; NotFound for rounds that are not there."""
    cycle = queries.cycle(viewer, cycle_id)
    first, second = round_of(cycle, a), round_of(cycle, b)
    found = evidence_of(viewer, cycle)
    sides = found[a - 1], found[b - 1]
    figures = figures_of(cycle, found)
    shown = changes.difference(first.content, second.content, _names(first, second), (first.teacher.name, second.teacher.name))
    for row in shown["steps"]:
        row["causes"] = changes.causes_of(cycle, row["id"], up_to=b)
    return {
        "cycle": cycle, "rounds": (first, second), "sides": sides, "labels": labels, "percent": percent,
        "whole_minutes": whole_minutes, **shown,
        "rows": [(labels.FIGURES[name], figures[a, name], figures[b, name]) for name in report.ROWS],
        "bars": _bars(sides), "plane": plane_of(sides), "stages": _stage_rows(sides), "rubric": _rubric_rows(sides),
        "numbers": [one.number for one in cycle.rounds],
    }  # fmt: skip


def report_page(viewer: Viewer, cycle_id: str) -> dict[str, Any]:
    """Return the closing report as it is shown; NotFound before the cycle is closed."""
    cycle = queries.cycle(viewer, cycle_id)
    if cycle.state is CycleState.OPEN:
        raise NotFound
    found = evidence_of(viewer, cycle)
    figures = figures_of(cycle, found)
    return {
        "cycle": cycle, "labels": labels, "report": report.report_of(cycle, figures), "charts": _report_charts(found),
        "may_edit": viewer.person_id in cycle.host_ids and cycle.state is CycleState.CLOSED,
        "tokens": [(f"[[{number}:{name}]]", labels.FIGURES[name], figure.words) for (number, name), figure in figures.items()],
    }  # fmt: skip


def round_of(cycle: CycleFacts, number: int) -> RoundFacts:
    if not 1 <= number <= len(cycle.rounds):
        raise NotFound
    return cycle.rounds[number - 1]


def _names(first: RoundFacts, second: RoundFacts) -> tuple[str, str]:
    one, other = (_("第 %(n)s 轮 · %(name)s", n=each.number, name=each.plan_name) for each in (first, second))
    return one, other


def plane_of(found: Sequence[Evidence]) -> Markup | None:
    """Return the plane of Rt and Ch; of several rounds each point bears the number of its round."""
    signs = [_ROUND_SIGNS[one.round.number - 1] if len(found) > 1 else "" for one in found]
    spots = [
        Spot(str(labels.SIDES[talk.side]), talk.rt, talk.ch, is_later=place > 0, sign=signs[place])
        for place, one in enumerate(found)
        for talk in one.talks
        if talk.rt is not None and talk.ch is not None
    ]
    alt = _("、").join(f"{spot.name}{spot.sign} Rt {spot.rt:.2f} Ch {spot.ch:.2f}" for spot in spots)
    return _picture(charts.plane(spots, observation_pages.mode_names(), alt=alt)) if spots else None


def _bars(sides: tuple[Evidence, Evidence]) -> Markup | None:
    """Return the figures of both rounds as bars, the first round above the second; None when nothing is known of either."""
    pairs = [
        _pair(_("村端占比"), [None if one.village_share is None else one.village_share * 100 for one in sides], "%"),
        _pair(_("城里教师 Rt"), [_percent_of(one, Side.CITY) for one in sides], "%"),
        _pair(_("村里教师 Rt"), [_percent_of(one, Side.VILLAGE) for one in sides], "%"),
        _pair(_("量表均分"), [one.scored[0].total.mean if one.scored else None for one in sides], ""),
    ]
    if all(pair.before is None and pair.after is None for pair in pairs):
        return None
    names = _("第 %(n)s 轮", n=sides[0].round.number), _("第 %(n)s 轮", n=sides[1].round.number)
    alt = _("；").join(f"{pair.name} {pair.words[0]} → {pair.words[1]}" for pair in pairs)
    return _picture(charts.before_after(pairs, alt=alt, rounds=names))


def _percent_of(one: Evidence, side: Side) -> float | None:
    talk = one.talk_of(side)
    return None if talk is None or talk.rt is None else talk.rt * 100


def _pair(name: str, values: Sequence[float | None], unit: str) -> Pair:
    words = ["—" if value is None else f"{value:.0f}{unit}" for value in values]
    return Pair(name, values[0], values[1], (words[0], words[1]))


def _stage_rows(sides: tuple[Evidence, Evidence]) -> list[dict[str, Any]]:
    """Return the stages of both plans by their ids, in the order of the later plan, those that are gone at the end."""
    before, after = ({line.id: line for line in one.stages} for one in sides)
    order = [*after, *(ident for ident in before if ident not in after)]
    return [{"name": (after.get(one) or before[one]).name, "before": before.get(one), "after": after.get(one)} for one in order]


def _rubric_rows(sides: tuple[Evidence, Evidence]) -> list[dict[str, Any]]:
    """Return the rows of every rubric that both rounds were scored by: mean and range of each round."""
    later: Mapping[str, lesson_data.ScoredTogether] = {one.title: one for one in sides[1].scored}
    rows = []
    for one in sides[0].scored:
        other = later.get(one.title)
        if other is not None:
            there = {name: pooled for name, _weight, pooled in other.rows}
            rows += [{"rubric": one.title, "name": n, "weight": w, "before": p, "after": there.get(n)} for n, w, p in one.rows]
    return rows


def _report_charts(found: Sequence[Evidence]) -> list[Markup]:
    bars = _bars((found[0], found[-1])) if len(found) > 1 else None
    plane = plane_of([found[0], found[-1]] if len(found) > 1 else found)
    return [chart for chart in (bars, plane) if chart is not None]


def _picture(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 -- charts escape every word that they write
