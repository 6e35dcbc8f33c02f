"""What a round showed, as far as it is for the viewer: stages, talk, village share, rubric rows, polls.

Joins what observers shared with the cycle (``observation``) and what the lesson's log says of itself. Every figure has
the page it comes from. Rule: an observer's draft is not evidence; it appears once its observer has shared it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lesson_plan
from resource_hub.media import queries as media
from resource_hub.observation import lesson_data
from resource_hub.observation import queries as observation
from resource_hub.observation.coding import Scheme, fias_figures, st_figures, without_gaps
from resource_hub.observation.lesson_data import Compared, ScoredTogether
from resource_hub.observation.queries import CodingFacts, ObservationFacts
from resource_hub.observation.schemas import Sharing, Side, What
from resource_hub.observation.stages import PollTold
from resource_hub.study.facts import CycleFacts, RoundFacts
from resource_hub.study.figures import Figure, StageLine, mean, stage_lines
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts


@dataclass(frozen=True, slots=True)
class Talk:
    """Mean of S-T at one end over its coders: Rt and Ch in parts of one; ``coders`` are the codings."""

    side: Side
    rt: float | None
    ch: float | None
    coders: Sequence[CodingFacts]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A round's evidence; ``log_url`` is empty where the lesson's data is not for the viewer."""

    round: RoundFacts
    observations: Sequence[ObservationFacts]
    stages: Sequence[StageLine]
    talks: Sequence[Talk]
    teacher_words: float | None
    """Part of teacher's words by FIAS in percent."""
    village_share: float | None
    compared: Sequence[Compared]
    scored: Sequence[ScoredTogether]
    polls: Sequence[PollTold]
    log_url: str
    length_s: int | None = None
    """How long was taught, by the lesson's log or the recording; by the observers' marks where neither is and every stage has one."""

    def talk_of(self, side: Side) -> Talk | None:
        return next((one for one in self.talks if one.side is side), None)


def evidence_of(viewer: Viewer, cycle: CycleFacts) -> list[Evidence]:
    """Return the evidence of every round of a cycle that the viewer was given, in order."""
    shared = [one for one in observation.observations_of_cycle(viewer, cycle.id) if one.sharing is Sharing.SHARED]
    return [_of_round(viewer, one, [seen for seen in shared if _belongs(seen, one)]) for one in cycle.rounds]


def figures_of(cycle: CycleFacts, found: Sequence[Evidence]) -> dict[tuple[int, str], Figure]:
    """Return every figure that a report may name, by round and name."""
    figures: dict[tuple[int, str], Figure] = {}
    for one in found:
        here = f"/study/cycles/{cycle.id}/rounds/{one.round.number}"
        for name, (value, url) in _values(one, here).items():
            figures[one.round.number, name] = Figure(value, url or here)
    return figures


def _values(one: Evidence, here: str) -> Mapping[str, tuple[str, str]]:
    city, village = one.talk_of(Side.CITY), one.talk_of(Side.VILLAGE)
    planned = lesson_plan.minutes(one.round.content)
    first = one.scored[0] if one.scored else None
    return {
        "observers": (str(len({seen.observer_id for seen in one.observations})), f"{here}#observations"),
        "minutes_planned": (_("%(n)s 分钟", n=planned) if planned else "—", f"{here}#stages"),
        "minutes_taught": (whole_minutes(one.length_s), f"{here}#stages"),
        "rt_city": (_part(city.rt if city else None), _coded_at(city, here)),
        "rt_village": (_part(village.rt if village else None), _coded_at(village, here)),
        "village_share": (percent(one.village_share), one.log_url or f"{here}#talk"),
        "rubric": (f"{first.total.mean:.1f}" if first else "—", f"{here}#rubric"),
    }


def whole_minutes(seconds: int | None) -> str:
    """Return a duration in whole minutes; a dash for what is not known."""
    if seconds is None:
        return "—"
    return _("%(n)s 分钟", n=round(seconds / 60)) if seconds >= 60 else _("不到 1 分钟")


def percent(share: float | None) -> str:
    """Return a part of one as whole per cent; a dash for what is not known."""
    return "—" if share is None else f"{share * 100:.0f}%"


def _of_round(viewer: Viewer, one: RoundFacts, seen: Sequence[ObservationFacts]) -> Evidence:
    codings = [coding for each in seen for coding in observation.codings_of(viewer, each.id)]
    scores = [score for each in seen if (score := observation.score_of(viewer, each.id)) and score.total is not None]
    lesson = timetable.lesson(one.lesson_id) if one.lesson_id else None
    log = lesson_data.from_log(lesson) if lesson else None
    share = lesson_data.shared_village(codings)
    length = _length(one, lesson)
    stages = _stages(viewer, one, seen, length, log)
    return Evidence(
        one, seen, stages, [_talk(side, codings) for side in Side if _st(side, codings)],
        _teacher_words(codings), share if share is not None else log["village_share"] if log else None, lesson_data.compared(codings),
        lesson_data.scored_together(scores), log["polls"] if log else (),
        f"/observe/lessons/{one.lesson_id}" if lesson and log and lesson_data.is_for(viewer, lesson) else "",
        length if length is not None else _sum(stages),
    )  # fmt: skip


def _belongs(seen: ObservationFacts, one: RoundFacts) -> bool:
    """An observation is of the round whose lesson or recording it names; one of the next room, of its teacher and day."""
    if seen.what is What.LESSON:
        return seen.lesson_id is not None and seen.lesson_id == one.lesson_id
    if seen.what is What.RECORDING:
        return seen.resource_id is not None and seen.resource_id == one.resource_id
    if seen.teacher_id != one.teacher.id or one.taught_on is None:
        return False
    return abs(seen.started_at.date() - one.taught_on) <= timedelta(days=1)  # the day of UTC may be the one before


def _stages(
    viewer: Viewer, one: RoundFacts, seen: Sequence[ObservationFacts], length_s: int | None, log: Mapping[str, Any] | None
) -> list[StageLine]:
    planned = [(step.id, step.name, step.minutes) for step in one.content.steps]
    logged = {time.name: time.seconds for time in log["stages"] if time.name} if log else {}
    marked = max(([(n.stage, n.second) for n in observation.notes_of(viewer, each.id) if n.stage] for each in seen), key=len, default=[])
    return stage_lines(planned, logged, marked, length_s)


def _length(one: RoundFacts, lesson: LessonFacts | None) -> int | None:
    if lesson is not None and lesson.opened_at and lesson.ended_at:
        return round((lesson.ended_at - lesson.opened_at).total_seconds())
    film = media.asset_views([one.asset_id]).get(one.asset_id) if one.asset_id else None
    return round(film.duration_s) if film is not None and film.duration_s else None


def _sum(stages: Sequence[StageLine]) -> int | None:
    """Return what all stages took together; None while one of them is not known, for a part would look like the whole."""
    taught = [line.taught_s for line in stages if line.taught_s is not None]
    return sum(taught) if taught and len(taught) == len(stages) else None


def _st(side: Side, codings: Sequence[CodingFacts]) -> list[CodingFacts]:
    return [one for one in codings if one.scheme is Scheme.ST and one.side is side]


def _talk(side: Side, codings: Sequence[CodingFacts]) -> Talk:
    coders = _st(side, codings)
    found = [st_figures(without_gaps(one.codes)) for one in coders]
    return Talk(side, mean([one.rt for one in found]), mean([one.ch for one in found]), coders)


def _teacher_words(codings: Sequence[CodingFacts]) -> float | None:
    return mean([fias_figures(without_gaps(one.codes)).tt for one in codings if one.scheme is Scheme.FIAS])


def _part(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def _coded_at(talk: Talk | None, here: str) -> str:
    return f"/observe/{talk.coders[0].observation_id}/report" if talk and talk.coders else f"{here}#talk"
