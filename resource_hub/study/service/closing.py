"""The end of a cycle: closed with a drafted report, its words edited, hours proposed once, and a case pack for the library."""

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.observation import queries as observation
from resource_hub.observation.schemas import Sharing
from resource_hub.study import queries, rules
from resource_hub.study.access import get_cycle_for
from resource_hub.study.events import HoursProposed, ProposedHours
from resource_hub.study.schemas import CycleState, HourPart, ReportIn
from resource_hub.study.service import packs


class HoursConfirmed(Conflict):
    code = "hours_confirmed"
    message = N_("这个课例研究的学时已经确认过了，只确认一次。")


def close_cycle(viewer: Viewer, cycle_id: str, draft: ReportIn) -> None:
    """Close a cycle whose rounds are all concluded; ``draft`` is the report's first wording, from the data."""
    cycle = get_cycle_for(viewer, cycle_id, "host", lock=True)
    rules.check_closing(cycle.state, queries.round_states(cycle.id))
    cycle.state, cycle.closed_at, cycle.updated_at = CycleState.CLOSED, clock.now(), clock.now()
    cycle.report = draft.model_dump()
    audit.note(viewer, "study.closed", Ref("study_cycle", cycle.id))


def keep_report(viewer: Viewer, cycle_id: str, given: ReportIn) -> None:
    """Keep other words of the report of a closed cycle; its figures are not kept but shown as they are."""
    cycle = get_cycle_for(viewer, cycle_id, "host", lock=True)
    if cycle.state is not CycleState.CLOSED:
        raise rules.WrongStep
    cycle.report, cycle.updated_at = given.model_dump(), clock.now()


def proposed_hours(viewer: Viewer, cycle_id: str) -> list[tuple[str, HourPart, int]]:
    """Return person, part and hours of a cycle: who led, who taught, and who shared an observation with the members."""
    found = queries.cycle(viewer, cycle_id)
    seen = [one for one in observation.observations_of_cycle(viewer, cycle_id) if one.sharing is Sharing.SHARED]
    coded = {one.observer_id for one in seen if observation.codings_of(viewer, one.id)}
    return rules.hours(found.lead_id, {one.teacher.id for one in found.rounds}, coded, {one.observer_id for one in seen})


def confirm_hours(viewer: Viewer, cycle_id: str) -> None:
    """Propose the hours of a closed cycle to whoever grants them; HoursConfirmed the second time."""
    cycle = get_cycle_for(viewer, cycle_id, "organise", lock=True)
    if cycle.state is CycleState.OPEN:
        raise rules.WrongStep
    if cycle.hours_at is not None:
        raise HoursConfirmed
    cycle.hours_at = clock.now()
    lines = tuple(ProposedHours(person, part.value, count) for person, part, count in proposed_hours(viewer, cycle.id))
    unit.record(HoursProposed(cycle.id, viewer.person_id, lines))
    audit.note(viewer, "study.hours_confirmed", Ref("study_cycle", cycle.id), details={"lines": len(lines)})


def publish_cycle(viewer: Viewer, cycle_id: str, words: str) -> str:
    """Make the draft of a case pack of a closed cycle for the viewer to look over and turn in; returns the work's id.

    ``words`` are those of the report, with its figures as they are now.
    """
    cycle = get_cycle_for(viewer, cycle_id, "host", lock=True)
    if cycle.state is not CycleState.CLOSED:
        raise rules.WrongStep
    cycle.resource_id = packs.draft_pack(viewer, packs.of_cycle(queries.cycle(viewer, cycle.id), words))
    cycle.state, cycle.updated_at = CycleState.PUBLISHED, clock.now()
    audit.note(viewer, "study.published", Ref("study_cycle", cycle.id), details={"resource": cycle.resource_id})
    db.session.flush()
    return cycle.resource_id
