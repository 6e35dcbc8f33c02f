"""Reading observations: lists, one whole observation, the codings and scores of one lesson, rubrics.

Results are plain values. Rule: every query that shows more than a viewer's own carries the condition of ``access``;
no list is ordered by a score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.infra.db import db
from resource_hub.kernel.paging import Page, read_moment, write_cursor
from resource_hub.kernel.viewer import Viewer
from resource_hub.observation import access, seeds
from resource_hub.observation.coding import Scheme, read_codes
from resource_hub.observation.licc import Mark
from resource_hub.observation.models import AppraisalRound, Coding, Observation, ObservationMark, ObservationNote, Rubric, RubricScore
from resource_hub.observation.rules import Row
from resource_hub.observation.schemas import Sharing, Side, VisitKind, What
from resource_hub.people import queries as people


@dataclass(frozen=True, slots=True)
class NoteFacts:
    id: str
    second: int
    at: datetime
    stage: str
    teacher: str
    pupils: str
    comment: str
    village: str
    tags: tuple[str, ...]
    side: Side | None
    photo_id: str | None
    version: int

    @property
    def words(self) -> str:
        """All that was written, as one line."""
        return " ".join(part for part in (self.teacher, self.pupils, self.comment, self.village) if part)


@dataclass(frozen=True, slots=True)
class CodingFacts:
    """A coding; ``codes`` hold ``-`` for missed ticks."""

    id: str
    observation_id: str
    coder_id: str
    coder: str
    scheme: Scheme
    side: Side
    interval_s: int
    from_second: int
    codes: tuple[str, ...]
    version: int

    def second_of(self, index: int) -> int:
        return self.from_second + index * self.interval_s


@dataclass(frozen=True, slots=True)
class MarkFacts:
    """One thing counted, with what a device knows it by."""

    id: str
    at: datetime
    mark: Mark
    version: int


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """All that one observer counted in one observation, in the order of time."""

    observation_id: str
    observer_id: str
    observer: str
    marks: tuple[MarkFacts, ...]

    @property
    def counted(self) -> list[Mark]:
        return [one.mark for one in self.marks]


@dataclass(frozen=True, slots=True)
class RubricFacts:
    """A rubric: a seed, or a copy of the district; ``is_seed`` ones cannot be changed."""

    id: str
    version: int
    title: str
    about: str
    rows: tuple[Row, ...]
    based_on: str
    is_seed: bool


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """What one observer scored, row by row: name, weight, score or None."""

    observation_id: str
    rubric_id: str
    rubric_version: int
    round_id: str | None
    rows: tuple[tuple[str, int, float | None], ...]
    total: float | None


@dataclass(frozen=True, slots=True)
class RoundFacts:
    id: str
    name: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ObservationFacts:
    """An observation with names; notes, codings and score are given apart, to whom they are for."""

    id: str
    observer_id: str
    observer: str
    observer_school: str
    what: What
    lesson_id: str | None
    resource_id: str | None
    asset_id: str | None
    cycle_id: str | None
    teacher_id: str | None
    teacher: str
    school: str
    class_name: str
    subject: str
    topic: str
    period: str
    place: str
    kind: VisitKind
    started_at: datetime
    ended_at: datetime | None
    level: str
    opinion: str
    village: str
    strengths: tuple[str, ...]
    suggestions: tuple[str, ...]
    viewpoints: tuple[str, ...]
    sharing: Sharing
    shared_at: datetime | None
    reply: str
    replied_at: datetime | None
    version: int
    offset_ms: int


def observations_of(viewer: Viewer, *, cursor: str | None = None, limit: int = 20) -> Page[ObservationFacts]:
    """Return the viewer's own observations, the latest first."""
    return _page(Observation.observer_id == viewer.person_id, cursor, limit)


def observations_for(viewer: Viewer, *, cursor: str | None = None, limit: int = 20) -> Page[ObservationFacts]:
    """Return what others observed and shared with the viewer, the latest first."""
    others = sa.and_(Observation.observer_id != viewer.person_id, access.shows_report_to(viewer))
    return _page(others, cursor, limit)


def observation(viewer: Viewer, observation_id: str) -> tuple[ObservationFacts, bool]:
    """Return an observation and whether its notes are for the viewer too; NotFound when it is hidden."""
    row = access.get_observation_for(viewer, observation_id, "read")
    shows = db.session.scalar(sa.select(Observation.id).where(Observation.id == row.id, access.shows_notes_to(viewer))) is not None
    return _facts([row])[0], shows


def notes_of(viewer: Viewer, observation_id: str) -> list[NoteFacts]:
    """Return the notes of an observation in the order of time, to whom they are for; none otherwise."""
    return [note for _, note in _notes(viewer, Observation.id == observation_id)]


def notes_of_recording(viewer: Viewer, asset_id: str) -> list[tuple[str, str, NoteFacts]]:
    """Return the notes on a recording that are for the viewer: observation, observer's name, note, in the order of time."""
    found = _notes(viewer, Observation.asset_id == asset_id)
    names = people.person_names(row.observer_id for row, _ in found)
    return [(row.id, names[row.observer_id].name if row.observer_id in names else "", note) for row, note in found]


def codings_of(viewer: Viewer, observation_id: str) -> list[CodingFacts]:
    """Return the codings of an observation, to whom they are for."""
    return _codings(viewer, Observation.id == observation_id)


def codings_of_lesson(viewer: Viewer, lesson_id: str) -> list[CodingFacts]:
    """Return the codings of all observers of a lesson that are for the viewer, in the order in which they were begun."""
    return _codings(viewer, Observation.lesson_id == lesson_id)


def codings_of_recording(viewer: Viewer, asset_id: str) -> list[CodingFacts]:
    """Return the codings of a recording that are for the viewer."""
    return _codings(viewer, Observation.asset_id == asset_id)


def sheet_of(viewer: Viewer, observation_id: str) -> SheetFacts | None:
    """Return what was counted in an observation, to whom it is for; None when nothing was."""
    return next(iter(_sheets(viewer, Observation.id == observation_id)), None)


def sheets_of_lesson(viewer: Viewer, lesson_id: str) -> list[SheetFacts]:
    """Return what each observer of a lesson counted, as far as it is for the viewer, in the order in which they began."""
    return _sheets(viewer, Observation.lesson_id == lesson_id)


def sheets_of_recording(viewer: Viewer, asset_id: str) -> list[SheetFacts]:
    """Return what each observer of a recording counted, as far as it is for the viewer."""
    return _sheets(viewer, Observation.asset_id == asset_id)


def observations_of_cycle(viewer: Viewer, cycle_id: str) -> list[ObservationFacts]:
    """Return the observations of a cycle whose notes are for the viewer, in the order of time."""
    query = sa.select(Observation).where(Observation.cycle_id == cycle_id, access.shows_notes_to(viewer))
    return _facts(db.session.scalars(query.order_by(Observation.started_at, Observation.id)).all())


def scores_of_lesson(viewer: Viewer, lesson_id: str) -> list[ScoreFacts]:
    """Return the scores that several raters gave one lesson, to whom they are for."""
    return _scores(viewer, Observation.lesson_id == lesson_id)


def scores_of_recording(viewer: Viewer, asset_id: str) -> list[ScoreFacts]:
    """Return the scores that several raters gave one recording, to whom they are for."""
    return _scores(viewer, Observation.asset_id == asset_id)


def score_of(viewer: Viewer, observation_id: str) -> ScoreFacts | None:
    """Return what the observer scored: for teacher and observers; as part of the report only in a named round."""
    formal = sa.and_(RubricScore.round_id.is_not(None), access.shows_report_to(viewer))
    query = _score_query(sa.or_(access.shows_notes_to(viewer), formal)).where(Observation.id == observation_id)
    row = db.session.scalar(query)
    return _score(row) if row else None


def has_observed(viewer: Viewer, lesson_id: str) -> bool:
    """Return whether the viewer has an observation of that lesson."""
    query = sa.select(Observation.id).where(Observation.lesson_id == lesson_id, Observation.observer_id == viewer.person_id)
    return db.session.scalar(query.limit(1)) is not None


def has_findings(viewer: Viewer, asset_id: str) -> bool:
    """Return whether somebody coded, counted or scored a recording in what is for the viewer."""
    tables = (Coding, ObservationMark, RubricScore)
    found = sa.or_(*(sa.exists().where(table.observation_id == Observation.id) for table in tables))
    query = sa.select(Observation.id).where(Observation.asset_id == asset_id, access.shows_notes_to(viewer), found)
    return db.session.scalar(query.limit(1)) is not None


def rubrics() -> list[RubricFacts]:
    """Return the rubrics that may be used now: the seeds, then the district's copies by name."""
    rows = db.session.scalars(sa.select(Rubric).where(Rubric.retired_at.is_(None)).order_by(Rubric.title, Rubric.id))
    return [*(_seed(ident) for ident in seeds.SEEDS), *(_rubric(row) for row in rows)]


def rubric(rubric_id: str) -> RubricFacts | None:
    """Return a rubric, retired ones too; None when there is none."""
    if rubric_id in seeds.SEEDS:
        return _seed(rubric_id)
    row = db.session.get(Rubric, rubric_id)
    return _rubric(row) if row else None


def rounds(*, open_only: bool = False) -> list[RoundFacts]:
    """Return the rounds of formal appraisal, the latest first."""
    query = sa.select(AppraisalRound).order_by(AppraisalRound.opened_at.desc(), AppraisalRound.id)
    if open_only:
        query = query.where(AppraisalRound.closed_at.is_(None))
    return [RoundFacts(row.id, row.name, row.opened_at, row.closed_at) for row in db.session.scalars(query)]


def _page(test: sa.ColumnElement[bool], cursor: str | None, limit: int) -> Page[ObservationFacts]:
    query = sa.select(Observation).where(test)
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(Observation.started_at, Observation.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(query.order_by(Observation.started_at.desc(), Observation.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    more = write_cursor(shown[-1].started_at.isoformat(), shown[-1].id) if len(rows) > limit else None
    return Page(_facts(shown), more)


def _notes(viewer: Viewer, test: sa.ColumnElement[bool]) -> list[tuple[Observation, NoteFacts]]:
    query = (
        sa.select(Observation, ObservationNote)
        .join(ObservationNote, ObservationNote.observation_id == Observation.id)
        .where(test, access.shows_notes_to(viewer), ObservationNote.is_deleted.is_(False))
        .order_by(ObservationNote.second, ObservationNote.at, ObservationNote.id)
    )
    return [(row.Observation, _note(row.ObservationNote)) for row in db.session.execute(query)]


def _codings(viewer: Viewer, test: sa.ColumnElement[bool]) -> list[CodingFacts]:
    query = (
        sa.select(Coding)
        .join(Observation, Observation.id == Coding.observation_id)
        .where(test, access.shows_notes_to(viewer))
        .order_by(Coding.scheme, Coding.side, Coding.id)
    )
    rows = db.session.scalars(query).all()
    names = people.person_names(row.coder_id for row in rows)
    return [_coding(row, names[row.coder_id].name if row.coder_id in names else "") for row in rows]


def _sheets(viewer: Viewer, test: sa.ColumnElement[bool]) -> list[SheetFacts]:
    query = (
        sa.select(Observation, ObservationMark)
        .join(ObservationMark, ObservationMark.observation_id == Observation.id)
        .where(test, access.shows_notes_to(viewer), ObservationMark.is_deleted.is_(False))
        .order_by(Observation.started_at, Observation.id, ObservationMark.second, ObservationMark.at, ObservationMark.id)
    )
    rows = db.session.execute(query).all()
    names = people.person_names(row.Observation.observer_id for row in rows)
    found = []
    for seen, group in groupby(rows, key=lambda row: row.Observation):
        card = names.get(seen.observer_id)
        marks = tuple(_mark(row.ObservationMark) for row in group)
        found.append(SheetFacts(seen.id, seen.observer_id, card.name if card else "", marks))
    return found


def _mark(row: ObservationMark) -> MarkFacts:
    return MarkFacts(row.id, row.at, Mark(row.viewpoint, row.item, row.end, row.second, row.level, row.wait_ms), row.version)


def _score_query(test: sa.ColumnElement[bool]) -> sa.Select[RubricScore]:
    return sa.select(RubricScore).join(Observation, Observation.id == RubricScore.observation_id).where(test)


def _scores(viewer: Viewer, test: sa.ColumnElement[bool]) -> list[ScoreFacts]:
    query = _score_query(access.shows_notes_to(viewer)).where(test, RubricScore.total.is_not(None))
    return [_score(row) for row in db.session.scalars(query.order_by(RubricScore.rubric_id, RubricScore.observation_id))]


def _facts(rows: Sequence[Observation]) -> list[ObservationFacts]:
    cards: Mapping[str, people.PersonCard] = people.person_names(row.observer_id for row in rows)
    return [_one(row, cards.get(row.observer_id)) for row in rows]


def _one(row: Observation, card: people.PersonCard | None) -> ObservationFacts:
    return ObservationFacts(
        id=row.id, observer_id=row.observer_id, observer=card.name if card else "", observer_school=card.school if card else "",
        what=row.what, lesson_id=row.lesson_id, resource_id=row.resource_id, asset_id=row.asset_id, cycle_id=row.cycle_id,
        teacher_id=row.teacher_id, teacher=row.teacher, school=row.school, class_name=row.class_name, subject=row.subject, topic=row.topic,
        period=row.period, place=row.place, kind=row.kind, started_at=row.started_at, ended_at=row.ended_at, level=row.level,
        opinion=row.opinion, village=row.village, strengths=tuple(row.strengths), suggestions=tuple(row.suggestions),
        viewpoints=tuple(row.viewpoints), sharing=row.sharing,
        shared_at=row.shared_at, reply=row.reply, replied_at=row.replied_at, version=row.version, offset_ms=row.offset_ms,
    )  # fmt: skip


def _note(row: ObservationNote) -> NoteFacts:
    return NoteFacts(
        row.id, row.second, row.at, row.stage, row.teacher, row.pupils, row.comment, row.village, tuple(row.tags), row.side, row.photo_id,
        row.version,
    )  # fmt: skip


def _coding(row: Coding, coder: str) -> CodingFacts:
    codes = read_codes(row.scheme, row.codes, with_gaps=True)
    return CodingFacts(
        row.id, row.observation_id, row.coder_id, coder, row.scheme, row.side, row.interval_s, row.from_second, codes, row.version
    )


def _score(row: RubricScore) -> ScoreFacts:
    rows = tuple((name, weight, score) for name, weight, score in row.rows)
    return ScoreFacts(row.observation_id, row.rubric_id, row.rubric_version, row.round_id, rows, row.total)


def _seed(ident: str) -> RubricFacts:
    seed = seeds.SEEDS[ident]
    rows = tuple(Row(_(row.name), row.weight, tuple(_(words) for words in row.descriptors)) for row in seed.rows)
    return RubricFacts(ident, 1, _(seed.title), _(seed.about), rows, "", is_seed=True)


def _rubric(row: Rubric) -> RubricFacts:
    rows = tuple(Row(str(name), int(weight), tuple(words)) for name, weight, words in row.rows)
    return RubricFacts(row.id, row.version, row.title, row.about, rows, row.based_on, is_seed=False)
