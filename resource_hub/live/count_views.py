"""The page of what shared lessons came to, by pairing and class, and the same as a sheet for the district."""

from datetime import date

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.live import r03
from resource_hub.schools import queries as schools
from resource_hub.timetable import access as timetable_access

blueprint = Blueprint("live_counts", __name__, template_folder="templates")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/live/statistics")
@requires("live.count")
def statistics() -> str:
    """Show the lines of a time; without one, of the term until today."""
    first, last, term = _time()
    shown = r03.lines(first, last, timetable_access.seen_schools(viewer()))
    totals = {"planned": sum(line.planned for line in shown), "held": sum(line.held for line in shown)}
    return render_template("live/statistics.html", lines=shown, first=first, last=last, term=term, totals=totals)


@blueprint.get("/live/statistics.xlsx")
@requires("live.count")
def sheet() -> Response:
    """Give the same lines as the district's form."""
    first, last, term = _time()
    data = r03.workbook(term, r03.lines(first, last, timetable_access.seen_schools(viewer())))
    name = f"R03-{first.isoformat()}-{last.isoformat()}.xlsx"
    return Response(data, mimetype=_XLSX, headers={"Content-Disposition": f"attachment; filename={name}"})


def _time() -> tuple[date, date, str]:
    today = schools.today()
    term = schools.term_on(today)
    first = _day("from") or (term.first_day if term else today.replace(month=1, day=1))
    last = _day("to") or today
    if last < first:
        raise Invalid(fields={"to": N_("最后一天不能早于第一天。")})
    return first, last, term.name if term and term.first_day <= first <= term.last_day else _("%(a)s 至 %(b)s", a=first, b=last)


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Invalid(fields={name: N_("请写成 2026-11-24 这样的日期。")}) from error
