"""课堂数据: what a lesson's own log says of it, beside what its observers coded and scored.

Nobody types these figures. The taught teachers, who observed the lesson, and the district's researchers see them; what
observers wrote is shown as far as each shared it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from flask_babel import gettext as _

from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Role, Viewer
from resource_hub.live import access as live
from resource_hub.live import queries as facts
from resource_hub.media import queries as media
from resource_hub.observation import queries, rules, stages
from resource_hub.observation.coding import Agreement, Scheme, agreement, st_figures, village_share, without_gaps
from resource_hub.observation.licc import End
from resource_hub.observation.queries import CodingFacts, ScoreFacts
from resource_hub.observation.rules import Pooled
from resource_hub.observation.schemas import Side
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A class in counts: called up, taking part, how long raised hands waited, longest silence."""

    name: str
    is_lead: bool
    turns: int
    interactions: int
    waited_s: float | None
    silent_s: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Two coders of the same end and scheme, and where they disagree."""

    one: CodingFacts
    other: CodingFacts
    found: Agreement

    def second_of(self, index: int) -> int:
        return self.one.second_of(index)


@dataclass(frozen=True, slots=True)
class ScoredTogether:
    """What several raters gave by one rubric: the whole, and row by row."""

    title: str
    total: Pooled
    rows: tuple[tuple[str, int, Pooled], ...]


def is_for(viewer: Viewer, lesson: LessonFacts) -> bool:
    """Return whether the figures of a lesson are for the viewer."""
    if viewer.person_id in lesson.person_ids or queries.has_observed(viewer, lesson.id):
        return True
    return viewer.has_role(Role.RESEARCHER) and live.may_watch(viewer, lesson)


def lesson_for(viewer: Viewer, lesson_id: str) -> LessonFacts:
    """Return a lesson whose figures are for the viewer; NotFound otherwise."""
    lesson = timetable.lesson(lesson_id)
    if lesson is None or not is_for(viewer, lesson):
        raise NotFound
    return lesson


def from_log(lesson: LessonFacts) -> dict[str, Any] | None:
    """Return what the log says; None when the lesson never began."""
    told = facts.facts_of(lesson.id)
    found = facts.summary_of(lesson.id, told)
    if found is None:
        return None
    turns = stages.turns(told)
    return {
        "stages": stages.seconds_by_stage(told, _slide_stages(told)),
        "sites": [
            SiteLine(
                f"{site.school} {site.class_name}", site.position == 0, turns.get(site.position, 0), counts.interactions,
                sum(counts.waited_s) / len(counts.waited_s) if counts.waited_s else None, counts.silent_s,
            )
            for site in lesson.sites for counts in found.sites if counts.site == site.position
        ],
        "village_share": found.village_share,
        "polls": stages.polls(told),
    }  # fmt: skip


def called(log: Mapping[str, Any] | None) -> dict[End, int]:
    """Return how often each end was called up by the log: the lead's class, and the village classes together."""
    sites = log["sites"] if log else ()
    found = {End.CITY: 0, End.VILLAGE: 0}
    for site in sites:
        found[End.CITY if site.is_lead else End.VILLAGE] += site.turns
    return found if sites else {}


def compared(codings: Sequence[CodingFacts]) -> list[Compared]:
    """Return every two coders of the same end, scheme and step; those who began apart are set over each other by the second."""
    found = []
    for one, other in combinations(codings, 2):
        same = (one.scheme, one.side, one.interval_s) == (other.scheme, other.side, other.interval_s)
        if same and one.coder_id != other.coder_id:
            first, second = _aligned(one, other)
            found.append(Compared(one, other, agreement(first, second)))
    return found


def shared_village(codings: Sequence[CodingFacts]) -> float | None:
    """Return the village's part of what pupils did, of the first coding of each end; None until both are coded."""
    ends = {side: next((c for c in codings if c.scheme is Scheme.ST and c.side is side), None) for side in Side}
    city, village = ends[Side.CITY], ends[Side.VILLAGE]
    if city is None or village is None:
        return None
    return village_share(st_figures(without_gaps(city.codes)), st_figures(without_gaps(village.codes)))


def scored_together(scores: Sequence[ScoreFacts]) -> list[ScoredTogether]:
    """Return the raters of one lesson, rubric by rubric, in the order of rubrics; never one teacher beside another."""
    groups: dict[tuple[str, int], list[ScoreFacts]] = {}
    for score in scores:
        groups.setdefault((score.rubric_id, score.rubric_version), []).append(score)
    return [one for group in groups.values() if (one := _pooled(group))]


def _pooled(group: Sequence[ScoreFacts]) -> ScoredTogether | None:
    total = rules.pooled([score.total for score in group if score.total is not None])
    if total is None:
        return None
    rows = []
    for at, (name, weight, _score) in enumerate(group[0].rows):
        values = [value for score in group if (value := score.rows[at][2]) is not None]
        if row := rules.pooled(values, whole=weight):
            rows.append((name, weight, row))
    rubric = queries.rubric(group[0].rubric_id)
    return ScoredTogether(rubric.title if rubric else _("评课量表"), total, tuple(rows))


def _aligned(one: CodingFacts, other: CodingFacts) -> tuple[Sequence[str], Sequence[str]]:
    """Return both from the second of ``one`` on: a coder who began later misses the first steps."""
    shift = round((other.from_second - one.from_second) / one.interval_s)
    return one.codes, ("-",) * shift + other.codes if shift >= 0 else other.codes[-shift:]


def _slide_stages(told: Sequence[stages.Fact]) -> list[tuple[str, stages.Slide]]:
    """Return a stage for every slide that was shown, named by its first line."""
    shown = list(dict.fromkeys(slide for slide in stages.seconds_by_slide(told) if slide is not None))
    texts = {(deck, number): text for deck, pages in media.texts_of([deck for deck, _ in shown]).items() for number, text in pages}
    return [(_title(texts.get(slide, ""), slide[1]), slide) for slide in shown]


def _title(text: str, page: int) -> str:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return first[:30] or _("第 %(n)s 页", n=page)
