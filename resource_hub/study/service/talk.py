"""The talk after a lesson, by its protocol: ten minutes of silence, the teacher first, evidence, issues, the next design."""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.viewer import Viewer
from resource_hub.observation import queries as observation
from resource_hub.study import queries, rules
from resource_hub.study.access import NotTheHost, get_round_for
from resource_hub.study.models import ChangeReason, DiscussionTurn, StudyCycle, StudyRound
from resource_hub.study.schemas import Phase, ReasonIn, RoundState, TurnIn


def begin_talk(viewer: Viewer, round_id: str) -> None:
    """Begin the talk of a taught round with its pause."""
    _cycle, row = get_round_for(viewer, round_id, "host", lock=True)
    row.state = rules.round_moved(row.state, RoundState.DISCUSSING)
    row.phase, row.phase_at = Phase.PAUSE, clock.now()


def go_on(viewer: Viewer, round_id: str, phase: Phase) -> None:
    """Leave ``phase`` for the next, or end the talk after the last; WrongStep when somebody did so already, TeacherFirst."""
    cycle, row = get_round_for(viewer, round_id, "host", lock=True)
    if row.state is not RoundState.DISCUSSING or row.phase is not phase:
        raise rules.WrongStep
    following = rules.next_phase(phase, teacher_spoke=_has_spoken(row))
    if following is None:
        row.state, row.phase = rules.round_moved(row.state, RoundState.CONCLUDED), None
        cycle.updated_at = clock.now()
    else:
        row.phase = following
    row.phase_at = clock.now()


def say(viewer: Viewer, round_id: str, given: TurnIn) -> str:
    """Note something said in the phase of now; for others only a host notes. Returns its id.

    Raises WrongStep outside a talk and in its pause, TeacherFirst; NotFound for an observation that is not shared with the viewer.
    """
    cycle, row = get_round_for(viewer, round_id, "view", lock=True)
    if row.state is not RoundState.DISCUSSING or row.phase is None:
        raise rules.WrongStep
    speaker = given.speaker_id or viewer.person_id
    _check_speaker(viewer, cycle, speaker)
    rules.check_turn(row.phase, is_teacher=speaker == row.teacher_id)
    turn = DiscussionTurn(
        id=new_id("trn"), round_id=row.id, phase=row.phase, speaker_id=speaker, by_id=viewer.person_id, text=given.text,
        observation_id=_evidence(viewer, cycle, given.observation_id), at=clock.now(),
    )  # fmt: skip
    db.session.add(turn)
    db.session.flush()
    return turn.id


def give_reason(viewer: Viewer, round_id: str, given: ReasonIn) -> None:
    """Say that a stage changes because of a turn of this round's talk; saying it again changes nothing.

    From the last phase on: the stage may stand in this round's plan or only in the next one's.
    """
    _cycle, row = get_round_for(viewer, round_id, "view", lock=True)
    if row.phase is not Phase.NEXT and row.state is not RoundState.CONCLUDED:
        raise rules.WrongStep
    turn = db.session.get(DiscussionTurn, given.turn_id)
    if turn is None or turn.round_id != row.id:
        raise NotFound
    if db.session.get(ChangeReason, (turn.id, given.step_id)) is None:
        db.session.add(ChangeReason(turn_id=turn.id, step_id=given.step_id, person_id=viewer.person_id, at=clock.now()))
        db.session.flush()


def _has_spoken(row: StudyRound) -> bool:
    said = sa.select(DiscussionTurn.id).where(DiscussionTurn.round_id == row.id, DiscussionTurn.phase == Phase.INTENT)
    return db.session.scalar(said.where(DiscussionTurn.speaker_id == row.teacher_id).limit(1)) is not None


def _check_speaker(viewer: Viewer, cycle: StudyCycle, speaker: str) -> None:
    if speaker != viewer.person_id and viewer.person_id not in {cycle.organiser_id, cycle.lead_id}:
        raise NotTheHost
    if speaker not in queries.member_ids(cycle.id):
        raise Invalid(fields={"speaker_id": N_("发言的人要是课例研究的成员。")})


def _evidence(viewer: Viewer, cycle: StudyCycle, observation_id: str) -> str | None:
    if not observation_id:
        return None
    found, shows_notes = observation.observation(viewer, observation_id)
    if not shows_notes or found.cycle_id != cycle.id:
        raise NotFound
    return found.id
