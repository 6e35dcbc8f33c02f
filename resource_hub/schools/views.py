"""Administration pages of schools: the list with adding one, and a school with its classes.

Forms come back filled in with a sentence at the field; that is the one place where a door catches
an error.
"""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.schools import access, bells, labels, queries, rules, service
from resource_hub.schools.bells import Period
from resource_hub.schools.schemas import BellsForm, ClassForm, ClosureForm, SchoolForm

blueprint = Blueprint("schools", __name__, template_folder="templates")


@blueprint.get("/admin/schools")
@requires("schools.read")
def list_schools() -> str:
    return _list_page()


@blueprint.post("/admin/schools")
@requires("schools.manage", unit=False)
def add_school() -> tuple[str, int] | Response:
    try:
        with unit.write():
            service.add_school(body(SchoolForm), by=viewer(), may_exist=False)
    except Invalid as error:
        # The form comes back as it was filled in; the error page would lose it.
        with unit.read():
            return _list_page(error), error.status
    return redirect("/admin/schools", 303)


@blueprint.get("/admin/schools/<school_id>")
@requires("schools.read")
def school(school_id: str) -> str:
    return _school_page(school_id)


@blueprint.post("/admin/schools/<school_id>/classes")
@requires("schools.classes", unit=False)
def add_class(school_id: str) -> tuple[str, int] | Response:
    try:
        form = body(ClassForm)
        with unit.write():
            access.get_school_for(viewer(), school_id, access.MANAGERS)
            service.add_class(
                school_id,
                school_year=form.school_year,
                grade=form.grades[0],
                number=form.number,
                head_count=form.head_count,
                grades=form.grades,
                may_exist=False,
                by=viewer(),
            )
    except Invalid as error:
        with unit.read():
            return _school_page(school_id, error), error.status
    flash(_("已添加班级。"), "ok")
    return redirect(f"/admin/schools/{school_id}", 303)


@blueprint.post("/admin/schools/<school_id>/bells")
@requires("schools.classes", unit=False)
def set_bells(school_id: str) -> tuple[str, int] | Response:
    try:
        form = body(BellsForm)
        periods = _periods(form.periods)
        with unit.write():
            access.get_school_for(viewer(), school_id, access.MANAGERS)
            service.set_bells(school_id, form.from_on, periods, by=viewer())
    except Invalid as error:
        with unit.read():
            return _school_page(school_id, error), error.status
    flash(_("作息时间已保存。"), "ok")
    return redirect(f"/admin/schools/{school_id}", 303)


@blueprint.post("/admin/schools/<school_id>/bells/<from_on>/end")
@requires("schools.classes")
def drop_bells(school_id: str, from_on: str) -> Response:
    access.get_school_for(viewer(), school_id, access.MANAGERS)
    try:
        day = date.fromisoformat(from_on)
    except ValueError as error:
        raise NotFound from error
    service.drop_bells(school_id, day, by=viewer())
    flash(_("已删除。"), "ok")
    return redirect(f"/admin/schools/{school_id}", 303)


@blueprint.post("/admin/schools/<school_id>/closure")
@requires("schools.manage", unit=False)
def close_school(school_id: str) -> tuple[str, int] | Response:
    try:
        form = body(ClosureForm)
        with unit.write():
            service.close_school(school_id, form.on, by=viewer())
    except Invalid as error:
        with unit.read():
            return _school_page(school_id, error), error.status
    return redirect(f"/admin/schools/{school_id}", 303)


@blueprint.post("/admin/schools/<school_id>/closure/end")
@requires("schools.manage")
def reopen_school(school_id: str) -> Response:
    service.reopen_school(school_id, by=viewer())
    return redirect(f"/admin/schools/{school_id}", 303)


def _list_page(error: Invalid | None = None) -> str:
    within = access.schools_within(viewer(), access.READERS)
    return render_template(
        "schools/admin_schools.html",
        schools=queries.schools(within, with_closed=True),
        kinds=labels.KINDS,
        localities=labels.LOCALITIES,
        today=queries.today(),
        may_add=_may("schools.manage"),
        **told_form(error),
    )


def _school_page(school_id: str, error: Invalid | None = None) -> str:
    person, today = viewer(), queries.today()
    found = access.get_school_for(person, school_id)
    managed = access.schools_within(person, access.MANAGERS)
    grades = rules.grades_of(found.kind)
    return render_template(
        "schools/admin_school.html",
        school=found,
        kinds=labels.KINDS,
        localities=labels.LOCALITIES,
        classes=queries.classes_of_school(school_id),
        bells=_bells(school_id, today),
        grades=[(grade.value, labels.GRADES[grade]) for grade in grades],
        school_year=rules.school_year_of(today),
        today=today,
        may_close=_may("schools.manage"),
        keeps_consents=_may("media.consent"),
        may_manage=managed is None or school_id in managed,
        chosen=request.form.getlist("grades"),
        **told_form(error),
    )


def _periods(text: str) -> list[Period]:
    found, strange = bells.periods_in(text)
    if strange:
        raise Invalid(fields={"periods": N_("看不懂“%(line)s”，或与上一节重叠。每行写一节，如 8:20-9:00。")}, line=strange[0][:40])
    return found


def _bells(school_id: str, today: date) -> dict[str, Any]:
    """Return the lesson times that hold now and those to come, and what the form begins with."""
    known = queries.all_bells(school_id)
    now = next((one for one in known if one.from_on <= today), None)
    shown = [one for one in known if now is None or one.from_on >= now.from_on]
    newest = shown[0].periods if shown else ()
    return {
        "shown": [
            {"from_on": one.from_on, "is_now": one is now, "periods": [(p.number, str(p), p.minutes) for p in one.periods]} for one in shown
        ],
        "text": bells.periods_text(newest),
    }


def told_form(error: Invalid | None) -> dict[str, Any]:
    """Return what a form needs to come back as it was filled in."""
    told = describe(error) if error else None
    return {"error": told, "errors": told["fields"] if told else {}, "values": request.form}


def _may(permission: str) -> bool:
    return hub().permissions[permission].admits(viewer())
