"""A task or a cycle as a draft of a case pack: its plan, and in words who did what. Nothing is published by itself."""

from dataclasses import dataclass

from flask_babel import gettext as _

from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lesson_plan
from resource_hub.library import service as library
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, Picture, Plan, Text
from resource_hub.library.schemas import Kind, ResourceIn
from resource_hub.media import queries as media
from resource_hub.study.facts import CycleFacts, TaskFacts

LONGEST_SUMMARY = 2_000


@dataclass(frozen=True, slots=True)
class Pack:
    title: str
    node_id: str | None
    summary: str
    plan: Plan


def of_task(task: TaskFacts, shared: Plan) -> Pack:
    """Return the pack of a task: its shared plan, who prepared along, what they changed and thought of it."""
    lines = [_("集体备课：%(names)s", names=_("、").join(one.name for one in task.members))]
    for one in task.editions:
        lines.append(_("%(name)s的个案：%(what)s", name=one.person.name, what=one.situation))
        said = ((_("有效"), one.worked), (_("问题"), one.problem), (_("证据"), one.evidence), (_("下一步"), one.next))
        lines += [f"{label}：{words}" for label, words in said if words]
    return Pack(task.title, task.node_id, "\n".join(lines), shared)


def of_cycle(cycle: CycleFacts, words: str) -> Pack:
    """Return the pack of a cycle: the plan of its last round, and the words of its report."""
    lines = [_("课例研究：%(names)s", names=_("、").join(one.name for one in cycle.members)), cycle.hypothesis, words]
    return Pack(cycle.theme, cycle.node_id, "\n".join(line for line in lines if line), cycle.rounds[-1].content)


def draft_pack(viewer: Viewer, pack: Pack) -> str:
    """Make the draft of a work that the viewer looks over and turns in; NotAllowed for whoever belongs to no school.

    Pictures that others uploaded stay out: the library takes only its author's own.
    """
    plan = _own_pictures(viewer, pack.plan)
    summary = pack.summary[:LONGEST_SUMMARY]
    given = ResourceIn(title=pack.title, kind=Kind.LESSON_PACK, node=pack.node_id, summary=summary, plan=plan)
    return library.create_resource(viewer, given).id


def _own_pictures(viewer: Viewer, plan: Plan) -> Plan:
    own = media.pictures_of_person(viewer.person_id, lesson_plan.assets(plan))

    def kept(text: Text) -> Text:
        return tuple(block for block in text if not isinstance(block, Picture) or block.asset in own)

    steps = tuple(step.model_copy(update={name: kept(getattr(step, name)) for name in COLUMNS}) for step in plan.steps)
    return plan.model_copy(update={"steps": steps, **{name: kept(getattr(plan, name)) for name in SECTIONS}})
