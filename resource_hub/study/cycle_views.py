"""Pages of lesson study: a cycle, its rounds and their talks, two rounds side by side, the closing report."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from resource_hub.infra import unit
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body
from resource_hub.kernel.errors import Invalid, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.study import cycle_pages, preparation, queries, service
from resource_hub.study.schemas import CycleIn, LessonIn, ObserverIn, Phase, ReasonIn, RoundIn, TurnIn
from resource_hub.study.steps import take_step, typed

blueprint = Blueprint("cycles", __name__, url_prefix="/study", template_folder="templates")

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/cycles/new")
@requires("study.take_part")
def new_cycle() -> str:
    """The form of a new cycle."""
    return render_template("study/new_cycle.html", **preparation.form_page(viewer(), typed()))


@blueprint.post("/cycles")
@requires("study.take_part", unit=False)
def open_cycle() -> tuple[str, int] | AnyResponse:
    """Open a cycle, or say at which field it fails and lose nothing."""
    me = viewer()
    try:
        given = body(CycleIn)
        with unit.write():
            made = service.open_cycle(me, given)
    except Invalid as error:
        with unit.read():
            return render_template("study/new_cycle.html", **preparation.form_page(me, typed(), error)), error.status
    return redirect(url_for(".cycle", cycle_id=made), 303)


@blueprint.get("/cycles/<cycle_id>")
@requires("study.take_part")
def cycle(cycle_id: str) -> str:
    """One cycle: its rounds, its tree, and the one next step."""
    return render_template("study/cycle.html", **cycle_pages.cycle_page(viewer(), cycle_id))


@blueprint.post("/cycles/<cycle_id>/members")
@requires("study.take_part", unit=False)
def add_member(cycle_id: str) -> AnyResponse:
    """Take a colleague in."""
    person = request.form.get("person_id", "")
    return take_step(_cycle_at(cycle_id), lambda me: service.add_member(me, cycle_id, person), _("已请来。"))


@blueprint.post("/cycles/<cycle_id>/members/<person_id>/removal")
@requires("study.take_part", unit=False)
def remove_member(cycle_id: str, person_id: str) -> AnyResponse:
    """Let a member go, or go oneself."""
    back = url_for("study.index") if person_id == viewer().person_id else _cycle_at(cycle_id)
    return take_step(back, lambda me: service.remove_member(me, cycle_id, person_id), _("已退出。听课记录仍是本人的。"))


@blueprint.post("/cycles/<cycle_id>/rounds")
@requires("study.take_part", unit=False)
def add_round(cycle_id: str) -> AnyResponse:
    """Begin another round; ``version`` names the plan and the number of its version as ``plan:number``."""
    plan_id, _colon, number = request.form.get("version", "").partition(":")
    given = {"plan_id": plan_id, "version": number, "teacher_id": request.form.get("teacher_id", "")}
    return take_step(_cycle_at(cycle_id), lambda me: service.add_round(me, cycle_id, _round_in(given)), _("新的一轮已开始。"))


@blueprint.get("/cycles/<cycle_id>/rounds/<number>")
@requires("study.take_part")
def round_(cycle_id: str, number: str) -> str:
    """One round: plan with causes, evidence, talk."""
    return render_template("study/round.html", **cycle_pages.round_page(viewer(), cycle_id, _counted(number)))


@blueprint.post("/cycles/<cycle_id>/rounds/<number>/lesson")
@requires("study.take_part", unit=False)
def bind_lesson(cycle_id: str, number: str) -> AnyResponse:
    """Say what is taught in a round."""
    return _round_step(cycle_id, number, lambda me, ident: service.bind_lesson(me, ident, body(LessonIn)), _("已记下这一轮上的课。"))


@blueprint.post("/cycles/<cycle_id>/rounds/<number>/observers")
@requires("study.take_part", unit=False)
def set_observer(cycle_id: str, number: str) -> AnyResponse:
    """Ask somebody to observe."""
    return _round_step(cycle_id, number, lambda me, ident: service.set_observer(me, ident, body(ObserverIn)), _("观察任务已分好。"))


@blueprint.post("/cycles/<cycle_id>/rounds/<number>/talk")
@requires("study.take_part", unit=False)
def begin_talk(cycle_id: str, number: str) -> AnyResponse:
    """Begin the talk."""
    return _round_step(cycle_id, number, service.begin_talk, _("研讨开始，先静思 10 分钟。"))


@blueprint.post("/cycles/<cycle_id>/rounds/<number>/phase")
@requires("study.take_part", unit=False)
def go_on(cycle_id: str, number: str) -> AnyResponse:
    """Leave a phase for the next one."""
    given = request.form.get("phase", "")
    if given not in set(Phase):
        raise NotFound
    return _round_step(cycle_id, number, lambda me, ident: service.go_on(me, ident, Phase(given)), "")


@blueprint.post("/cycles/<cycle_id>/rounds/<number>/turns")
@requires("study.take_part", unit=False)
def say(cycle_id: str, number: str) -> AnyResponse:
    """Note something said."""
    return _round_step(cycle_id, number, lambda me, ident: service.say(me, ident, body(TurnIn)), "")


@blueprint.post("/cycles/<cycle_id>/rounds/<number>/reasons")
@requires("study.take_part", unit=False)
def give_reason(cycle_id: str, number: str) -> AnyResponse:
    """Say because of what a stage changes."""
    return _round_step(cycle_id, number, lambda me, ident: service.give_reason(me, ident, body(ReasonIn)), _("来由已记在这个环节上。"))


def _round_in(given: dict[str, str]) -> RoundIn:
    try:
        return RoundIn.model_validate(given)
    except ValueError as error:
        raise Invalid(fields={"version": _("请选一份教案的版本，再选授课教师。")}) from error


def _counted(number: str) -> int:
    """Return the number of a round; NotFound for anything else."""
    if number not in {"1", "2", "3"}:
        raise NotFound
    return int(number)


def _cycle_at(cycle_id: str) -> str:
    return url_for(".cycle", cycle_id=cycle_id)


def _round_step(cycle_id: str, number: str, act: Callable[[Viewer, str], object], said: str) -> AnyResponse:
    def do(me: Viewer) -> None:
        act(me, queries.round_id(me, cycle_id, _counted(number)))

    return take_step(url_for(".round_", cycle_id=cycle_id, number=number), do, said)
