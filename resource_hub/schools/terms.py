"""The calendar's pages: the terms, and the holidays and make-up days of each calendar year."""

import re
from dataclasses import dataclass
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
from resource_hub.schools.schemas import DaysForm, TermForm
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
        with unit.write():
            service.add_term(
                school_year=form.school_year,
                number=form.number,
                first_day=form.first_day,
                last_day=form.last_day,
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
        form = body(TermForm)
        with unit.write():
            service.change_term(term_id, form.first_day, form.last_day, by=viewer())
    except Invalid as error:
        with unit.read():
            return _term_page(term_id, error), error.status
    flash(_("校历已更新。"), "ok")
    return redirect("/admin/terms", 303)


@blueprint.get("/days/<year>")
@requires("schools.manage")
def days(year: str) -> str:
    return _days_page(_known(year))


@blueprint.post("/days/<year>")
@requires("schools.manage", unit=False)
def change_days(year: str) -> tuple[str, int] | Response:
    known = _known(year)
    try:
        form = body(DaysForm)
        holidays, makeup_days = _days("holidays", form.holidays), _days("makeup_days", form.makeup_days)
        with unit.write():
            service.set_special_days(known, holidays, makeup_days, by=viewer())
    except Invalid as error:
        with unit.read():
            return _days_page(known, error), error.status
    flash(_("校历已更新。"), "ok")
    return redirect("/admin/terms", 303)


def _list_page(error: Invalid | None = None) -> str:
    return render_template(
        "schools/admin_terms.html",
        terms=list(reversed(queries.terms())),
        names=labels.TERMS,
        today=queries.today(),
        years=[_year(queries.today().year + ahead) for ahead in range(2)],
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
    }
    return render_template(
        "schools/admin_term.html",
        term=found,
        name=labels.TERMS.get(found.number, ""),
        **{**told, "values": request.form if error else kept},
    )


@dataclass(frozen=True, slots=True)
class _Year:
    """A calendar year's days off and days on, as spans with names."""

    year: int
    holidays: list[tuple[date, date, str]]
    makeup_days: list[tuple[date, date, str]]


def _year(year: int) -> _Year:
    found = queries.special_days(date(year, 1, 1), date(year, 12, 31))
    return _Year(year, rules.spans(found.holidays), rules.spans(found.makeup_days))


def _days_page(year: int, error: Invalid | None = None) -> str:
    found = queries.special_days(date(year, 1, 1), date(year, 12, 31))
    told = told_form(error)
    kept = {"holidays": rules.days_text(found.holidays), "makeup_days": rules.days_text(found.makeup_days)}
    return render_template("schools/admin_days.html", year=year, **{**told, "values": request.form if error else kept})


def _known(year: str) -> int:
    """Years that no school of ours had or will have are a typing error in the address."""
    if not re.fullmatch(r"20\d\d", year):
        raise NotFound
    return int(year)


def _days(name: str, text: str) -> dict[date, str]:
    days, strange = rules.days_in(text)
    if strange:
        words = N_("看不懂“%(line)s”。每行写一天或一段，如 2026-10-01，或 2026-10-01 – 2026-10-08。")
        raise Invalid(fields={name: words}, line=strange[0][:40])
    return days
