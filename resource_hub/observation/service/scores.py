"""Keeping what an observer scored, with the names and weights of then.

Rule: a score is developmental unless the observer puts it into a round that is open now.
"""

from dataclasses import dataclass

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.observation import queries, rules
from resource_hub.observation.models import AppraisalRound, Observation, RubricScore
from resource_hub.observation.queries import RubricFacts
from resource_hub.observation.schemas import ScoreIn


@dataclass(frozen=True, slots=True)
class Scored:
    """A score that fits its rubric; ``total`` is empty until every row has one."""

    rubric: RubricFacts
    rows: list[list[object]]
    total: float | None
    round_id: str | None


def checked_score(given: ScoreIn) -> Scored:
    """Return what was scored, held against its rubric and its round; Invalid says what does not fit."""
    rubric = queries.rubric(given.rubric)
    if rubric is None or rubric.version != given.version:
        raise Invalid(fields={"score": N_("这份量表已经改过，请刷新页面后按新的量表再打一次分。")})
    return Scored(rubric, _rows(rubric, given), _total(rubric, given), _open_round(given.round))


def keep_score(observation: Observation, scored: Scored | None) -> None:
    """Keep the score of an observation; without one, what was scored goes."""
    row = db.session.get(RubricScore, observation.id)
    if scored is None:
        if row is not None:
            db.session.delete(row)
        return
    if row is None:
        row = RubricScore(observation_id=observation.id)
    row.rubric_id, row.rubric_version, row.scored_at = scored.rubric.id, scored.rubric.version, clock.now()
    row.round_id, row.rows, row.total = scored.round_id, scored.rows, scored.total
    db.session.add(row)
    db.session.flush()


def _rows(rubric: RubricFacts, given: ScoreIn) -> list[list[object]]:
    scores = [*given.scores, *([None] * len(rubric.rows))]
    return [[row.name, row.weight, score] for row, score in zip(rubric.rows, scores, strict=False)]


def _total(rubric: RubricFacts, given: ScoreIn) -> float | None:
    scored = {at: score for at, score in enumerate(given.scores[: len(rubric.rows)]) if score is not None}
    for at, score in scored.items():
        if score > rubric.rows[at].weight:
            fields = {"score": N_("“%(row)s”要在 0 到 %(weight)s 分之间。")}
            raise Invalid(fields=fields, row=rubric.rows[at].name, weight=rubric.rows[at].weight)
    return rules.total_of(rubric.rows, scored) if len(scored) == len(rubric.rows) else None


def _open_round(round_id: str | None) -> str | None:
    if round_id is None:
        return None
    row = db.session.get(AppraisalRound, round_id)
    if row is None or row.closed_at is not None:
        raise Invalid(fields={"score": N_("这一轮考核没有开放，分数只能作为改进参考。")})
    return row.id
