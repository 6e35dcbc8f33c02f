"""The district's calendar as an iCalendar file, for people's own phones and computers.

Apart from ``terms``, which is administration: this is for everybody who works in the district.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response
from flask_babel import gettext as _
from icalendar import Calendar, Event

from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires
from resource_hub.kernel import clock
from resource_hub.schools import labels, queries, rules

blueprint = Blueprint("calendar", __name__)

_KEPT_YEARS = (-1, 2)


@blueprint.get("/calendar.ics")
@requires("schools.calendar")
def calendar() -> Response:
    """Give terms, holidays and make-up days as whole-day events."""
    district = queries.the_district()
    made = Calendar()
    made.add("prodid", "-//resource-hub//calendar//ZH")
    made.add("version", "2.0")
    made.add("x-wr-calname", _("%(district)s校历", district=district.name if district else ""))
    for event in _events():
        made.add_component(event)
    headers = {"Content-Disposition": "inline; filename=calendar.ics"}
    return Response(made.to_ical(), mimetype="text/calendar", headers=headers)


def _events() -> Iterator[Event]:
    for term in queries.terms():
        name = f"{term.school_year} {labels.TERMS[term.number]}"
        yield _whole_days(f"term-{term.id}-first", _("%(term)s开学", term=name), term.first_day, term.first_day)
        yield _whole_days(f"term-{term.id}-last", _("%(term)s结束", term=name), term.last_day, term.last_day)
    year = queries.today().year
    days = queries.special_days(*(date(year + ahead, 1, 1) for ahead in _KEPT_YEARS))
    for kind, named, words in (("holiday", days.holidays, _("放假")), ("makeup", days.makeup_days, _("调课上课"))):
        for first, last, name in rules.spans(named):
            yield _whole_days(f"{kind}-{first}", f"{words} {name}".strip(), first, last)


def _whole_days(uid: str, summary: str, first: date, last: date) -> Event:
    event = Event()
    # The same day keeps its name, so that a calendar that reads the file again does not double it.
    event.add("uid", f"{uid}@resource-hub")
    event.add("dtstamp", datetime.combine(clock.now().astimezone(hub().settings.zone).date(), time(), hub().settings.zone))
    event.add("summary", summary)
    event.add("dtstart", first)
    event.add("dtend", last + timedelta(days=1))  # iCalendar ends before this day
    event.add("transp", "TRANSPARENT")
    return event
