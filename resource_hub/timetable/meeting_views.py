"""Calling a research meeting, and changing one that has not begun: one form."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.community.queries import CommunityFacts
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Invalid, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable import access, service
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import MeetingForm

blueprint = Blueprint("meetings", __name__, url_prefix="/timetable/meetings", template_folder="templates")

_LENGTHS = (30, 45, 60, 90, 120)


@blueprint.get("/new")
@requires("timetable.meet")
def new() -> str:
    """Show the form of a meeting in one of the viewer's communities; ``?pack=`` names the work that it is about."""
    tomorrow = schools.today() + timedelta(days=1)
    subject = next(iter(people.subjects_of(viewer().person_id)), "")
    values = {"day": tomorrow.isoformat(), "starts": "15:30", "minutes": 60, "subject": subject, "people": [], "title": "", "pack": ""}
    return _form(values | {name: request.args[name] for name in ("pack", "title", "subject") if request.args.get(name)})


@blueprint.post("")
@requires("timetable.meet", unit=False)
def add() -> tuple[str, int] | Response:
    try:
        with unit.write():
            lesson_id = service.add_meeting(body(MeetingForm).meeting(), by=viewer())
    except Invalid as error:
        return _again(error)
    flash(_("已约好，参加的教师会收到通知。"), "ok")
    return redirect(url_for("timetable.lesson", lesson_id=lesson_id), 303)


@blueprint.get("/<lesson_id>")
@requires("timetable.meet")
def show(lesson_id: str) -> str:
    return _form(_values(_meeting(lesson_id)), lesson_id)


@blueprint.post("/<lesson_id>")
@requires("timetable.meet", unit=False)
def change(lesson_id: str) -> tuple[str, int] | Response:
    try:
        with unit.write():
            service.change_meeting(lesson_id, body(MeetingForm).meeting(), by=viewer())
    except Invalid as error:
        return _again(error, lesson_id)
    flash(_("已改好，参加的教师会收到通知。"), "ok")
    return redirect(url_for("timetable.lesson", lesson_id=lesson_id), 303)


def _meeting(lesson_id: str) -> LessonFacts:
    found = access.get_lesson_for(viewer(), lesson_id, "change")
    if not found.is_meeting:
        raise NotFound
    return found


def _values(found: LessonFacts) -> dict[str, Any]:
    starts = found.starts_at.astimezone(hub().settings.zone)
    return {
        "title": found.title, "subject": found.subject, "day": found.day.isoformat(), "starts": f"{starts:%H:%M}",
        "minutes": (clock.ms(found.ends_at) - clock.ms(found.starts_at)) // 60_000, "pack": found.pack or "",
        "people": [site.assist_id for site in found.receivers], "community_id": found.community_id,
    }  # fmt: skip


def _again(error: Invalid, lesson_id: str = "") -> tuple[str, int]:
    """The form as it was sent, with a sentence at the field."""
    with unit.read():
        if lesson_id:
            _meeting(lesson_id)
        return _form({**request.form, "people": request.form.getlist("people")}, lesson_id, error), error.status


def _form(values: dict[str, Any], lesson_id: str = "", error: Invalid | None = None) -> str:
    me = viewer()
    found = access.seen_communities(me)
    community = next((one for one in found if one.id == (values.get("community_id") or request.args.get("community"))), None)
    if community is None:
        community = next((one for one in found if me.school_id in one.school_ids), found[0] if len(found) == 1 else None)
    told = describe(error) if error else None
    return render_template(
        "timetable/meeting_form.html",
        lesson_id=lesson_id,
        communities=found,
        community=community,
        groups=_groups(me, community, str(values.get("subject", ""))) if community else [],
        subjects=schools.subject_names().items(),
        lengths=[(str(minutes), _("%(n)s 分钟", n=minutes)) for minutes in sorted({*_LENGTHS, int(values.get("minutes") or 60)})],
        values=values,
        error=told,
        errors=told["fields"] if told else {},
    )


def _groups(me: Viewer, community: CommunityFacts, subject: str) -> list[tuple[str, list[people.StaffRow]]]:
    """Return who may be asked, by school; whoever teaches the subject stands first, and oneself is there anyway."""
    names = schools.school_names(community.school_ids)
    rows = people.staff_of_schools(community.school_ids)
    groups = [(names[ident], [row for row in rows if row.school_id == ident]) for ident in community.school_ids if ident in names]
    groups.append((_("区教研员"), people.researchers()))
    return [
        (name, sorted((row for row in members if row.id != me.person_id), key=lambda row: subject not in row.subjects))
        for name, members in groups
    ]
