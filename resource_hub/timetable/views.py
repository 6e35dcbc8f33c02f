"""The timetable's pages for everybody: a week, a lesson with what may be done about it.

Forms come back filled in with a sentence at the field; that is the one place where a door catches an error.
"""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import Invalid
from resource_hub.kernel.refs import Ref
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable import access, labels, pages, queries, service
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import CancelForm, LessonState, MoveForm, NameForm, SubstituteForm

blueprint = Blueprint("timetable", __name__, template_folder="templates")


@blueprint.get("/timetable")
@requires("timetable.read")
def week() -> str:
    """The viewer's own week, or that of a class, a school or a community."""
    me = viewer()
    shown = pages.week_of(me, request.args)
    return render_template(
        "timetable/week.html",
        week=shown,
        choices=pages.choices(me, shown),
        feeds=queries.feeds_of(me.person_id),
        class_names={ident: klass.name for ident, klass in schools.classes(_feed_classes(me.person_id)).items()},
        may_arrange=hub().permissions["timetable.arrange"].admits(me),
    )


@blueprint.get("/timetable/lessons/<lesson_id>")
@requires("timetable.read")
def lesson(lesson_id: str) -> str:
    return _lesson_page(lesson_id)


@blueprint.post("/timetable/lessons/<lesson_id>/title")
@requires("timetable.change", unit=False)
def name_lesson(lesson_id: str) -> tuple[str, int] | Response:
    """Name the lesson and choose its pack."""

    def act() -> None:
        form = body(NameForm)
        service.name_lesson(lesson_id, form.title, form.pack, by=viewer())

    return _done(lesson_id, act, _("已保存。"))


@blueprint.post("/timetable/lessons/<lesson_id>/substitute")
@requires("timetable.change", unit=False)
def substitute(lesson_id: str) -> tuple[str, int] | Response:
    """Let somebody else lead, or assist at one class."""

    def act() -> None:
        form = body(SubstituteForm)
        if form.class_id:
            service.substitute_assist(lesson_id, form.class_id, form.person_id, by=viewer())
        else:
            service.substitute_lead(lesson_id, form.person_id, by=viewer())

    return _done(lesson_id, act, _("已改好，两位教师都会收到通知。"))


@blueprint.post("/timetable/lessons/<lesson_id>/cancellation")
@requires("timetable.change", unit=False)
def cancel(lesson_id: str) -> tuple[str, int] | Response:
    def act() -> None:
        form = body(CancelForm)
        service.cancel_lesson(lesson_id, form.reason, form.note, by=viewer())

    return _done(lesson_id, act, _("已停课，相关教师会收到通知。上课以前可以恢复。"))


@blueprint.post("/timetable/lessons/<lesson_id>/cancellation/end")
@requires("timetable.change", unit=False)
def restore(lesson_id: str) -> tuple[str, int] | Response:
    return _done(lesson_id, lambda: service.restore_lesson(lesson_id, by=viewer()), _("已恢复。"))


@blueprint.post("/timetable/lessons/<lesson_id>/day")
@requires("timetable.change", unit=False)
def move(lesson_id: str) -> tuple[str, int] | Response:
    def act() -> None:
        form = body(MoveForm)
        service.move_lesson(lesson_id, form.day, form.period, by=viewer())

    return _done(lesson_id, act, _("已调课，相关教师会收到通知。"))


def _done(lesson_id: str, act: Callable[[], None], words: str) -> tuple[str, int] | Response:
    try:
        with unit.write():
            act()
    except Invalid as error:
        with unit.read():
            return _lesson_page(lesson_id, error), error.status
    flash(words, "ok")
    return redirect(url_for(".lesson", lesson_id=lesson_id), 303)


def _lesson_page(lesson_id: str, error: Invalid | None = None) -> str:
    me = viewer()
    found = access.get_lesson_for(me, lesson_id, "see")
    actions = access.actions_on(me, found)
    told = describe(error) if error else None
    return render_template(
        "timetable/lesson.html",
        lesson=found,
        entry=pages.entry(found),
        when=labels.when_words(found.day, found.period, found.starts_at),
        kind=labels.KINDS[found.kind],
        pack=hub().card(me, Ref.parse(found.pack)) if found.pack else None,
        doors=list(map(Markup, filter(None, hub().panels_of(me, Ref("lesson", found.id))))),
        actions=actions,
        may=_open_acts(found, actions),
        staff=_staff(found) if "change" in actions else {},
        reasons=labels.CANCEL_REASONS,
        makeup_days=_makeup_days(found) if "arrange" in actions else [],
        moved_from=labels.short_day(found.moved_from) if found.moved_from else "",
        error=told,
        errors=told["fields"] if told else {},
        values=request.form,
    )


def _open_acts(found: LessonFacts, actions: frozenset[str]) -> frozenset[str]:
    """Return the acts that the page offers now: by right and by the lesson's state."""
    offered: set[str] = set()
    if "change" in actions:
        if found.state is LessonState.PLANNED:
            offered |= {"meet", "cancel"} if found.is_meeting else {"name", "substitute", "cancel"}
        elif found.state is LessonState.OPEN and not found.is_meeting:
            offered.add("name")
        elif found.state is LessonState.CANCELLED and found.is_ahead:
            offered.add("restore")
    if "arrange" in actions and found.state is LessonState.PLANNED and not found.is_meeting:
        offered.add("move")
    return frozenset(offered)


def _staff(found: LessonFacts) -> dict[str, list[tuple[str, str]]]:
    """Return school → who could take over there, those who teach the subject first."""
    options: dict[str, list[tuple[str, str]]] = {school: [] for school in found.school_ids}
    rows = people.staff_of_schools(found.school_ids)
    for row in sorted(rows, key=lambda row: found.subject not in row.subjects):
        options[row.school_id].append((row.id, row.name))
    return options


def _makeup_days(found: LessonFacts) -> list[str]:
    """Return the make-up days ahead, to which lessons lost to a holiday are moved."""
    today = schools.today()
    days = schools.special_days(today, max(today, found.day) + timedelta(days=60)).makeup_days
    return [labels.short_day(day) for day in days]


def _feed_classes(person_id: str) -> list[str]:
    return [feed.class_id for feed in queries.feeds_of(person_id) if feed.class_id]
