"""Pages of joint preparation: the list of everything, a task and its steps."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body
from resource_hub.kernel.errors import Invalid
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.study import preparation, queries, service
from resource_hub.study.schemas import Dues, EditionIn, MeetingIn, ReflectionIn, TaskIn, TaughtIn
from resource_hub.study.steps import take_step, typed

blueprint = Blueprint("study", __name__, url_prefix="/study", template_folder="templates")


@blueprint.get("")
@requires("study.take_part")
def index() -> str:
    """One's tasks and cycles, each with its next step."""
    asked = request.args
    return render_template(
        "study/list.html", **preparation.list_page(viewer(), task_cursor=asked.get("tasks"), cycle_cursor=asked.get("cycles"))
    )


@blueprint.get("/tasks/new")
@requires("study.take_part")
def new_task() -> str:
    """The form of a new task."""
    return render_template("study/new_task.html", **preparation.form_page(viewer(), typed()))


@blueprint.post("/tasks")
@requires("study.take_part", unit=False)
def open_task() -> tuple[str, int] | Response:
    """Open a task, or say at which field it fails and lose nothing."""
    me = viewer()
    try:
        given = body(TaskIn)
        with unit.write():
            made = service.open_task(me, given)
    except Invalid as error:
        with unit.read():
            return render_template("study/new_task.html", **preparation.form_page(me, typed(), error)), error.status
    flash(_("已开始。初稿可以现在就写，同事随时能看到。"), "ok")
    return redirect(url_for(".task", task_id=made), 303)


@blueprint.get("/tasks/<task_id>")
@requires("study.take_part")
def task(task_id: str) -> str:
    """One task: where it is, and the one next step."""
    return render_template("study/task.html", **preparation.task_page(viewer(), task_id))


@blueprint.get("/tasks/<task_id>/editions/<person_id>")
@requires("study.take_part")
def edition(task_id: str, person_id: str) -> str:
    """What one member changed of the shared plan."""
    return render_template("study/edition.html", **preparation.edition_page(viewer(), task_id, person_id))


@blueprint.post("/tasks/<task_id>/asking")
@requires("study.take_part", unit=False)
def ask(task_id: str) -> Response:
    """Ask the members for comments on the draft."""
    return _step(task_id, lambda me: service.ask_comments(me, task_id), _("已请大家提意见，会在每天的汇总里看到。"))


@blueprint.post("/tasks/<task_id>/meeting")
@requires("study.take_part", unit=False)
def meet(task_id: str) -> Response:
    """Call the meeting."""
    return _step(task_id, lambda me: service.call_meeting(me, task_id, body(MeetingIn)), _("已约好，大家会收到通知。"))


@blueprint.post("/tasks/<task_id>/sharing")
@requires("study.take_part", unit=False)
def share(task_id: str) -> Response:
    """Make the plan the shared one."""
    return _step(task_id, lambda me: service.share_plan(me, task_id), _("共案已定。每个人可以改成自己的个案了。"))


@blueprint.post("/tasks/<task_id>/edition")
@requires("study.take_part", unit=False)
def adapt(task_id: str) -> Response:
    """Make one's own plan from the shared one and open it."""
    return take_step(
        url_for(".task", task_id=task_id),
        lambda me: service.make_edition(me, task_id, body(EditionIn)),
        _("已存成您的个案，接着写吧。"),
        then=lambda plan: url_for("plans.plan", plan_id=plan),
    )


@blueprint.post("/tasks/<task_id>/teaching")
@requires("study.take_part", unit=False)
def teach(task_id: str) -> Response:
    """Note when one's own plan was taught."""
    return _step(task_id, lambda me: service.note_taught(me, task_id, body(TaughtIn)), _("已记下。"))


@blueprint.post("/tasks/<task_id>/reflection")
@requires("study.take_part", unit=False)
def reflect(task_id: str) -> Response:
    """Keep one's reflection."""
    return _step(task_id, lambda me: service.reflect(me, task_id, body(ReflectionIn)), _("反思已保存，一起备课的同事能看到。"))


@blueprint.post("/tasks/<task_id>/members")
@requires("study.take_part", unit=False)
def add_colleague(task_id: str) -> Response:
    """Take another colleague in."""
    person = request.form.get("person_id", "")
    return _step(task_id, lambda me: service.add_colleague(me, task_id, person), _("已请来。"))


@blueprint.post("/tasks/<task_id>/dues")
@requires("study.take_part", unit=False)
def change_dues(task_id: str) -> Response:
    """Change the days."""
    return _step(task_id, lambda me: service.change_dues(me, task_id, body(Dues)), _("日期已改。"))


@blueprint.post("/tasks/<task_id>/archive")
@requires("study.take_part", unit=False)
def archive(task_id: str) -> Response:
    """Put the task away as a draft of a case pack."""
    said = _("已存成课例包草稿，在“我的资源”里补上文件再送审。")
    return _step(task_id, lambda me: service.archive_task(me, task_id), said)


def lesson_panel(viewer: Viewer, lesson_id: str) -> str:
    """What the page of a meeting shows its members: the way to the task and its plan."""
    if viewer.is_terminal:
        return ""
    found = queries.task_of_meeting(viewer, lesson_id)
    return render_template("study/meeting_panel.html", task=queries.task(viewer, found)) if found else ""


def meeting_papers(viewer: Viewer, lesson_id: str) -> str:
    """What lies on the table of a meeting: the plan that its members write at."""
    found = None if viewer.is_terminal else queries.task_of_meeting(viewer, lesson_id)
    return "".join(hub().panels_of(viewer, Ref("plan", queries.task(viewer, found).plan_id))) if found else ""


def _step(task_id: str, act: Callable[[Viewer], object], said: str) -> Response:
    return take_step(url_for(".task", task_id=task_id), act, said)
