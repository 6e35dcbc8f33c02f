"""Opening a cycle, who takes part, its rounds and their observers.

A round takes the plan's version with the causes of its texts as they are now; whoever binds it must be let into the
plan, and by binding shows this one version to the members.
"""

from typing import Any

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.planning import keeping
from resource_hub.plans import queries as plans
from resource_hub.study import queries, rules
from resource_hub.study.access import get_cycle_for, get_round_for
from resource_hub.study.models import RoundObserver, StudyCycle, StudyMember, StudyRound
from resource_hub.study.schemas import MOST_MEMBERS, CycleIn, CycleState, ObserverIn, RoundIn, RoundState
from resource_hub.study.service import notices
from resource_hub.study.service.circle import checked_members, checked_place


def open_cycle(viewer: Viewer, given: CycleIn) -> str:
    """Open a cycle that the viewer organises; the lead 主备人 is one of its members. Returns its id."""
    node_id = checked_place(given.subject, given.node_id)
    members = checked_members(viewer, given.community_id, [given.lead_id, *given.people])
    now = clock.now()
    cycle = StudyCycle(
        id=new_id("cyc"), theme=given.theme, hypothesis=given.hypothesis, subject=given.subject, node_id=node_id,
        community_id=given.community_id, organiser_id=viewer.person_id, lead_id=given.lead_id, state=CycleState.OPEN, report={},
        created_at=now, updated_at=now,
    )  # fmt: skip
    db.session.add(cycle)
    db.session.flush()
    db.session.add_all(StudyMember(cycle_id=cycle.id, person_id=one, added_at=now) for one in members)
    db.session.flush()
    audit.note(viewer, "study.opened", Ref("study_cycle", cycle.id))
    notices.invite(cycle, members, but=viewer.person_id)
    return cycle.id


def add_member(viewer: Viewer, cycle_id: str, person_id: str) -> None:
    """Take a colleague of the community into an open cycle; taking in a member again changes nothing."""
    cycle = _open(viewer, cycle_id)
    checked_members(viewer, cycle.community_id, [person_id])
    if db.session.get(StudyMember, (cycle.id, person_id)) is not None:
        return
    if len(queries.member_ids(cycle.id)) >= MOST_MEMBERS:
        raise Invalid(N_("一个课例研究最多 %(most)s 人。"), most=MOST_MEMBERS)
    db.session.add(StudyMember(cycle_id=cycle.id, person_id=person_id, added_at=clock.now()))
    db.session.flush()
    audit.note(viewer, "study.member_added", Ref("study_cycle", cycle.id), details={"person": person_id})
    notices.invite(cycle, [person_id], but=viewer.person_id)


def remove_member(viewer: Viewer, cycle_id: str, person_id: str) -> None:
    """Let a member go, or go oneself; what they observed stays theirs. Organiser and lead cannot go."""
    cycle = get_cycle_for(viewer, cycle_id, "view" if person_id == viewer.person_id else "host", lock=True)
    member = db.session.get(StudyMember, (cycle.id, person_id))
    if member is None:
        raise NotFound
    if person_id in {cycle.organiser_id, cycle.lead_id}:
        raise Invalid(N_("组织者和主备人不能退出，请另开一个课例研究。"))
    db.session.delete(member)
    db.session.flush()
    audit.note(viewer, "study.member_removed", Ref("study_cycle", cycle.id), details={"person": person_id})


def add_round(viewer: Viewer, cycle_id: str, given: RoundIn) -> str:
    """Begin another round with a named version of a plan; returns its id.

    Raises NotFound for a plan the viewer was not let into, RoundOpen while a round goes on, Invalid for a teacher outside.
    """
    cycle = _open(viewer, cycle_id)
    if given.teacher_id not in queries.member_ids(cycle.id):
        raise Invalid(fields={"teacher_id": N_("授课教师要先是课例研究的成员。")})
    number = rules.next_number(queries.round_states(cycle.id))
    content = plans.plan_of(viewer, given.plan_id, given.version)
    named = next(one for one in plans.versions_of(viewer, given.plan_id) if one.number == given.version)
    row = StudyRound(
        id=new_id("rnd"), cycle_id=cycle.id, number=number, state=RoundState.PLANNED, plan_id=given.plan_id, plan_version=given.version,
        plan_name=named.name, content=keeping.kept(content), causes=_causes(viewer, given), teacher_id=given.teacher_id,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(row)
    cycle.updated_at = clock.now()
    db.session.flush()
    audit.note(viewer, "study.round_added", Ref("study_cycle", cycle.id), details={"plan": given.plan_id, "version": given.version})
    return row.id


def set_observer(viewer: Viewer, round_id: str, given: ObserverIn) -> None:
    """Ask a member to observe a round and say what to look at; asking again gives another task."""
    cycle, row = get_round_for(viewer, round_id, "host", lock=True)
    if row.state not in {RoundState.PLANNED, RoundState.TAUGHT}:
        raise rules.WrongStep
    if given.person_id not in queries.member_ids(cycle.id) or given.person_id == row.teacher_id:
        raise Invalid(fields={"person_id": N_("请从成员里选一位不是授课教师的。")})
    found = db.session.get(RoundObserver, (row.id, given.person_id))
    if found is None:
        db.session.add(RoundObserver(round_id=row.id, person_id=given.person_id, task=given.task))
    else:
        found.task = given.task
    db.session.flush()
    notices.tell(notices.OBSERVE, Ref("study_cycle", cycle.id), [given.person_id], but=viewer.person_id)


def _open(viewer: Viewer, cycle_id: str) -> StudyCycle:
    cycle = get_cycle_for(viewer, cycle_id, "host", lock=True)
    if cycle.state is not CycleState.OPEN:
        raise rules.WrongStep
    return cycle


def _causes(viewer: Viewer, given: RoundIn) -> list[dict[str, Any]]:
    return [
        {
            "place": one.place,
            "version": one.version,
            "kind": one.remark.kind.value,
            "author": one.remark.author,
            "text": one.remark.text,
            "proposal": one.remark.proposal,
        }
        for one in plans.causes_of(viewer, given.plan_id, given.version)
    ]
