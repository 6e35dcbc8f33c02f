"""Taking in what a device has: once each, by the device's own ids, with its clock aligned.

Things come in any order and again and again; a version that is not newer changes nothing and is acknowledged all
the same. One thing that cannot be taken does not keep the others out: it is named with its reason, and stays on the
device. Rule: what an observer wrote is never lost because they lost a right; it stays theirs, and they are told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from flask_babel import gettext as _

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, HubError, Invalid, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.observation import rules
from resource_hub.observation.coding import INTERVALS, read_codes, write_codes
from resource_hub.observation.models import Coding, Observation, ObservationNote
from resource_hub.observation.schemas import CodingIn, MarkIn, NoteIn, ObservationIn, Sharing, SyncIn
from resource_hub.observation.service import subjects
from resource_hub.observation.service.batch import Batch, own, require_open, second_of
from resource_hub.observation.service.marks import take_mark
from resource_hub.observation.service.scores import Scored, checked_score, keep_score


class WrongStep(Invalid):
    code = "wrong_step"
    message = N_("编码的间隔不对：S-T 用 30 秒或 15 秒，FIAS 用 3 秒。")


@dataclass(slots=True)
class Synced:
    """What became of a batch: versions kept by id, what was refused and why, and what the observer must know."""

    now: int
    offset_ms: int
    observations: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    codings: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


Thing = TypeVar("Thing", ObservationIn, NoteIn, MarkIn, CodingIn)


def sync(viewer: Viewer, given: SyncIn) -> Synced:
    """Take in a batch and say what became of each thing; what was refused stays on the device."""
    now = clock.now()
    batch = Batch(viewer, now, rules.offset_ms(given.now, now))
    done = Synced(clock.ms(now), batch.offset_ms)
    _take_each(given.observations, done.observations, done.refused, lambda one: _take_observation(batch, one, done))
    _take_each(given.notes, done.notes, done.refused, lambda one: _take_note(batch, one))
    _take_each(given.marks, done.marks, done.refused, lambda one: take_mark(batch, one))
    _take_each(given.codings, done.codings, done.refused, lambda one: _take_coding(batch, one))
    return done


def _take_each(things: Iterable[Thing], kept: dict[str, int], refused: dict[str, str], take: Callable[[Thing], int]) -> None:
    for one in things:
        try:
            kept[one.id] = take(one)
        except HubError as error:
            words = next(iter(error.fields.values()), error.message)
            refused[one.id] = _(words, **error.params)  # each was raised under N_


def _take_observation(batch: Batch, given: ObservationIn, done: Synced) -> int:
    row = db.session.get(Observation, given.id) or _begun(batch, given)
    if row.observer_id != batch.viewer.person_id:
        raise NotFound
    if row.version >= given.version:
        return row.version
    require_open(row)
    # Whatever may refuse comes before the session has the row: what is refused must leave nothing behind.
    found = subjects.subject_of(batch.viewer, given, row)
    score, problem = _score(given)
    _fill(row, batch, given, found)
    db.session.add(row)
    db.session.flush()
    if not problem:
        keep_score(row, score)
    if told := found.told + problem:
        done.told[row.id] = told
    return row.version


def _score(given: ObservationIn) -> tuple[Scored | None, str]:
    """Return the score to keep; a rubric that does not fit keeps nobody's words out, it is told instead."""
    try:
        return (None if given.score is None else checked_score(given.score)), ""
    except Invalid as error:
        return None, _(error.fields["score"], **error.params)  # raised under N_


def _begun(batch: Batch, given: ObservationIn) -> Observation:
    return Observation(
        id=given.id, observer_id=batch.viewer.person_id, sharing=Sharing.PRIVATE, reply="", created_at=batch.now,
        client_at=given.started_at, offset_ms=batch.offset_ms, started_at=batch.moment_of(given.started_at),
        version=0,
    )  # fmt: skip


def _fill(row: Observation, batch: Batch, given: ObservationIn, found: subjects.Subject) -> None:
    row.what, row.lesson_id, row.resource_id, row.asset_id = found.what, found.lesson_id, found.resource_id, found.asset_id
    row.cycle_id, row.teacher_id, row.school_id = found.cycle_id, found.teacher_id, found.school_id
    row.teacher, row.school = given.teacher or found.teacher, given.school or found.school
    row.class_name, row.subject = given.class_name or found.class_name, given.subject or found.subject
    row.topic, row.period, row.place, row.kind = given.topic or found.topic, given.period, given.place, given.kind
    row.ended_at = None if given.ended_at is None else batch.moment_of(given.ended_at)
    row.level, row.opinion, row.village = given.level, given.opinion, given.village
    row.strengths, row.suggestions = [one for one in given.strengths if one], [one for one in given.suggestions if one]
    row.viewpoints = list(dict.fromkeys(given.viewpoints))
    row.version, row.updated_at = given.version, batch.now


def _take_note(batch: Batch, given: NoteIn) -> int:
    row = db.session.get(ObservationNote, given.id)
    parent = own(batch, given.observation)
    if row is not None and row.observation_id != parent.id:
        raise NotFound
    if row is not None and row.version >= given.version:
        return row.version
    require_open(parent)
    photo_id = None if given.is_deleted or given.photo is None else subjects.own_photo(batch.viewer, given.photo)
    if row is None:
        row = ObservationNote(id=given.id, observation_id=parent.id, client_at=given.made_at, offset_ms=batch.offset_ms)
        row.at = batch.moment_of(given.made_at)
        row.second = second_of(parent, given, row.at)
    row.is_deleted, row.version = given.is_deleted, given.version
    row.stage, row.side = given.stage, given.side
    row.tags = [] if given.is_deleted else list(dict.fromkeys(given.tags))
    for name in ("teacher", "pupils", "comment", "village"):
        setattr(row, name, "" if given.is_deleted else getattr(given, name))
    row.photo_id = photo_id
    db.session.add(row)
    db.session.flush()
    return row.version


def _take_coding(batch: Batch, given: CodingIn) -> int:
    row = db.session.get(Coding, given.id)
    parent = own(batch, given.observation)
    if row is not None and (row.observation_id != parent.id or row.coder_id != batch.viewer.person_id):
        raise NotFound
    if row is not None and row.version >= given.version:
        return row.version
    require_open(parent)
    if given.interval_s not in INTERVALS[given.scheme]:
        raise WrongStep
    codes = read_codes(given.scheme, given.codes, with_gaps=True)
    if row is None:
        row = Coding(id=given.id, observation_id=parent.id, coder_id=batch.viewer.person_id)
        db.session.add(row)
    row.scheme, row.side, row.interval_s, row.from_second = given.scheme, given.side, given.interval_s, given.from_second
    row.codes, row.version, row.updated_at = write_codes(given.scheme, codes), given.version, batch.now
    db.session.flush()
    return row.version
