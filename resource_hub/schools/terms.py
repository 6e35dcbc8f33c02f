"""The calendar's pages: the terms, adding one, and giving one other days."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.schools import labels, queries, rules, service
from resource_hub.schools.schemas import TermForm
from resource_hub.schools.views import told_form

blueprint = Blueprint("terms", __name__, url_prefix="/admin/terms", template_folder="templates")


@blueprint.get("")
@requires("schools.read")
def list_terms() -> str:
    return _list_page()


@blueprint.post("")
@requires("schools.manage", unit=False)
def add_term() -> tuple[str, int] | Response:
    try:
        form = body(TermForm)
        calendar = _calendar(form)
        with unit.write():
            service.add_term(
                school_year=form.school_year,
                number=form.number,
                first_day=calendar.first_day,
                last_day=calendar.last_day,
                holidays=calendar.holidays,
                makeup_days=calendar.makeup_days,
                may_exist=False,
                by=viewer(),
            )
    except Invalid as error:
        with unit.read():
            return _list_page(error), error.status
    flash(_("已添加学期。"), "ok")
    return redirect("/admin/terms", 303)


@blueprint.get("/<term_id>")
@requires("schools.manage")
def term(term_id: str) -> str:
    return _term_page(term_id)


@blueprint.post("/<term_id>")
@requires("schools.manage", unit=False)
def change_term(term_id: str) -> tuple[str, int] | Response:
    try:
        calendar = _calendar(body(TermForm))
        with unit.write():
            service.change_term(term_id, calendar, by=viewer())
    except Invalid as error:
        with unit.read():
            return _term_page(term_id, error), error.status
    flash(_("校历已更新。"), "ok")
    return redirect("/admin/terms", 303)


def _list_page(error: Invalid | None = None) -> str:
    return render_template(
        "schools/admin_terms.html",
        terms=list(reversed(queries.terms())),
        names=labels.TERMS,
        today=queries.today(),
        school_year=rules.school_year_of(queries.today()),
        may_manage=hub().permissions["schools.manage"].admits(viewer()),
        **told_form(error),
    )


def _term_page(term_id: str, error: Invalid | None = None) -> str:
    found = queries.term(term_id)
    if found is None:
        raise NotFound
    told = told_form(error)
    kept = {
        "first_day": found.first_day.isoformat(),
        "last_day": found.last_day.isoformat(),
        "holidays": rules.days_text(found.holidays),
        "makeup_days": rules.days_text(found.makeup_days),
    }
    return render_template(
        "schools/admin_term.html",
        term=found,
        name=labels.TERMS.get(found.number, ""),
        **{**told, "values": request.form if error else kept},
    )


def _calendar(form: TermForm) -> service.Calendar:
    return service.Calendar(form.first_day, form.last_day, _days("holidays", form.holidays), _days("makeup_days", form.makeup_days))


def _days(name: str, text: str) -> frozenset[date]:
    days, strange = rules.days_in(text)
    if strange:
        words = N_("看不懂“%(line)s”。每行写一天或一段,如 2026-10-01,或 2026-10-01 – 2026-10-08。")
        raise Invalid(fields={name: words}, line=strange[0][:40])
    return frozenset(days)
