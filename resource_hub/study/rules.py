"""How tasks, rounds and cycles move on, whose turn it is, and which hours follow. Pure.

Rule: a step is refused by its state, never by a count of comments: what members give is help, not a quota.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from resource_hub.kernel.errors import N_, Conflict, Invalid
from resource_hub.study.schemas import MOST_ROUNDS, CycleState, Dues, HourPart, Phase, PrepState, PrepStep, RoundState

DRAFT_BEFORE = timedelta(days=2)
"""A draft is there so long before its meeting, so that everybody can read it."""
PAUSE = timedelta(minutes=10)
"""After a lesson nobody speaks of it for so long: notes are put in order first."""
HOURS: Mapping[HourPart, int] = {HourPart.LEAD: 4, HourPart.TAUGHT: 4, HourPart.CODED: 2, HourPart.OBSERVED: 1}
"""What the district's table proposes for one cycle."""
AROUND = timedelta(days=30)
"""Lessons so far around today are offered to be bound to a round."""
PHASES = tuple(Phase)

_PREP = {
    PrepState.DRAFTING: frozenset({PrepState.DISCUSSING}),
    # Who sits in one staff room needs no call: the shared plan may follow the comments.
    PrepState.DISCUSSING: frozenset({PrepState.MEETING, PrepState.SHARED}),
    PrepState.MEETING: frozenset({PrepState.SHARED}),
    PrepState.SHARED: frozenset({PrepState.TAUGHT, PrepState.ARCHIVED}),
    PrepState.TAUGHT: frozenset({PrepState.REFLECTED, PrepState.ARCHIVED}),
    PrepState.REFLECTED: frozenset({PrepState.ARCHIVED}),
    PrepState.ARCHIVED: frozenset[PrepState](),
}
_ROUND = {
    RoundState.PLANNED: RoundState.TAUGHT,
    RoundState.TAUGHT: RoundState.DISCUSSING,
    RoundState.DISCUSSING: RoundState.CONCLUDED,
}
_USED = (PrepState.SHARED, PrepState.TAUGHT, PrepState.REFLECTED)
"""The shared plan is there and the task is not yet put away: members adapt, teach and reflect."""
_DUE = {
    PrepState.DRAFTING: "draft_due", PrepState.DISCUSSING: "meeting_due", PrepState.MEETING: "shared_due",
    PrepState.SHARED: "taught_due", PrepState.TAUGHT: "reflection_due",
}  # fmt: skip


class WrongStep(Conflict):
    code = "study_wrong_step"
    message = N_("现在还不能走这一步，或者同事刚刚已经走过了。请刷新页面看现在到了哪一步。")


class TeacherFirst(Conflict):
    code = "teacher_first"
    message = N_("请授课教师先说设计意图，其他人再说看到的证据。")


class RoundOpen(Conflict):
    code = "round_open"
    message = N_("还有一轮没有结束研讨，结束以后再走这一步。")


@dataclass(frozen=True, slots=True)
class Own:
    """What one member did with the shared plan."""

    has_edition: bool = False
    is_taught: bool = False
    has_reflected: bool = False


def moved(state: PrepState, to: PrepState) -> PrepState:
    """Return ``to`` when a task may go there; raises WrongStep."""
    if to not in _PREP[state]:
        raise WrongStep
    return to


def is_used(state: PrepState) -> bool:
    return state in _USED


def reached(state: PrepState, what: PrepState) -> PrepState:
    """Return the state of a task after a member taught or reflected: it goes on, never back."""
    order = list(PrepState)
    return what if order.index(what) > order.index(state) else state


def next_step(state: PrepState, own: Own, *, is_lead: bool, has_commented: bool) -> PrepStep | None:
    """Return what waits for one person in a task; None when it is the others' turn."""
    if state in _USED:
        return _own_step(own) or (PrepStep.ARCHIVE if is_lead else None)
    if is_lead:
        asked = {PrepState.DRAFTING: PrepStep.ASK, PrepState.DISCUSSING: PrepStep.CALL, PrepState.MEETING: PrepStep.SHARE}
        return asked.get(state)
    return PrepStep.COMMENT if state is PrepState.DISCUSSING and not has_commented else None


def due_of(state: PrepState, dues: Dues) -> date | None:
    """Return the day by which what a state asks for is wanted."""
    name = _DUE.get(state)
    found: date | None = getattr(dues, name) if name else None
    return found


def planned(dues: Dues) -> Dues:
    """Return the days of a task with the draft's filled in; Invalid names the first that lies before an earlier step's."""
    if dues.meeting_due and not dues.draft_due:
        dues = dues.model_copy(update={"draft_due": dues.meeting_due - DRAFT_BEFORE})
    latest: date | None = None
    for name in _DUE.values():
        day = getattr(dues, name)
        if day and latest and day < latest:
            raise Invalid(fields={name: N_("这一天早于前一步的日期，请改一改。")})
        latest = day or latest
    return dues


def round_moved(state: RoundState, to: RoundState) -> RoundState:
    """Return ``to`` when it is the next state of a round; raises WrongStep."""
    if _ROUND.get(state) is not to:
        raise WrongStep
    return to


def next_number(states: Collection[RoundState]) -> int:
    """Return the number of another round; RoundOpen while one goes on, Invalid when there are three."""
    if len(states) >= MOST_ROUNDS:
        raise Invalid(N_("一个课例研究最多三轮。要再试，请另开一个。"))
    if any(state is not RoundState.CONCLUDED for state in states):
        raise RoundOpen
    return len(states) + 1


def check_closing(state: CycleState, rounds: Collection[RoundState]) -> None:
    """Raise WrongStep or RoundOpen unless a cycle may be closed: it has a round, and every one is concluded."""
    if state is not CycleState.OPEN or not rounds:
        raise WrongStep
    if any(one is not RoundState.CONCLUDED for one in rounds):
        raise RoundOpen


def next_phase(phase: Phase, *, teacher_spoke: bool) -> Phase | None:
    """Return the phase after this one, None after the last; TeacherFirst while the taught teacher has not spoken."""
    if phase is Phase.INTENT and not teacher_spoke:
        raise TeacherFirst
    at = PHASES.index(phase) + 1
    return PHASES[at] if at < len(PHASES) else None


def check_turn(phase: Phase, *, is_teacher: bool) -> None:
    """Raise WrongStep in the pause, TeacherFirst for anybody but the taught teacher while the intent is told."""
    if phase is Phase.PAUSE:
        raise WrongStep
    if phase is Phase.INTENT and not is_teacher:
        raise TeacherFirst


def hours(lead: str, taught: Collection[str], coded: Collection[str], observed: Collection[str]) -> list[tuple[str, HourPart, int]]:
    """Return person, part and hours, each part once a person; who coded is not counted again as an observer."""
    parts = ((HourPart.LEAD, {lead}), (HourPart.TAUGHT, set(taught)), (HourPart.CODED, set(coded)))
    rows = [(person, part, HOURS[part]) for part, persons in parts for person in sorted(persons)]
    only = set(observed) - set(coded)
    return rows + [(person, HourPart.OBSERVED, HOURS[HourPart.OBSERVED]) for person in sorted(only)]


def _own_step(own: Own) -> PrepStep | None:
    if not own.has_edition:
        return PrepStep.ADAPT
    if not own.is_taught:
        return PrepStep.TEACH
    return None if own.has_reflected else PrepStep.REFLECT
