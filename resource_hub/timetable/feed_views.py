"""Calendar addresses: making and ending them, and what a calendar program reads there.

The program signs in by nothing but the token in its address, so that the file holds no more than the
week's page: subject, title, classes and teachers; no telephone numbers, nothing of pupils.
"""

from collections.abc import Iterable
from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from icalendar import Calendar, Event
from werkzeug.wrappers import Response as AnyResponse

from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import public, requires, viewer
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable import pages, queries, service
from resource_hub.timetable.queries import FeedFacts, LessonFacts
from resource_hub.timetable.schemas import LessonState

blueprint = Blueprint("timetable_feeds", __name__, template_folder="templates")

_BACK, _AHEAD = timedelta(days=30), timedelta(days=120)


@blueprint.post("/timetable/feeds")
@requires("timetable.read")
def make_feed() -> str:
    """Make an address of the viewer's lessons or a class's, shown in this answer only."""
    class_id = request.form.get("class_id") or None
    token = service.make_feed(viewer(), class_id)
    address = hub().settings.origin + url_for(".calendar", token=token)
    back = url_for("timetable.week") + (f"?class={class_id}" if class_id else "")
    return render_template("timetable/feed.html", address=address, back=back)


@blueprint.post("/timetable/feeds/<feed_id>/end")
@requires("timetable.read")
def end_feed(feed_id: str) -> AnyResponse:
    service.revoke_feed(viewer(), feed_id)
    flash(_("已作废。用这个地址的日历不再更新。"), "ok")
    return redirect(url_for("timetable.week"), 303)


@blueprint.get("/calendar/<token>.ics")
@public
def calendar(token: str) -> Response:
    """Give the lessons around today as events; NotFound for a token that is wrong or was ended."""
    feed = queries.feed_of_token(token)
    if feed is None:
        raise NotFound
    today = schools.today()
    found = queries.lessons_between(today - _BACK, today + _AHEAD, person_id=feed.person_id, class_id=feed.class_id)
    made = Calendar()
    made.add("prodid", "-//resource-hub//timetable//ZH")
    made.add("version", "2.0")
    made.add("x-wr-calname", _name(feed))
    made.add("x-wr-timezone", hub().settings.timezone)
    for event in _events(found, feed.person_id):
        made.add_component(event)
    for day in service.days_of(feed.person_id, today - _BACK, today + _AHEAD) if feed.person_id else ():
        made.add_component(_day(day))
    made.add_missing_timezones()
    headers = {"Content-Disposition": "inline; filename=timetable.ics", "Cache-Control": "private, no-store"}
    return Response(made.to_ical(), mimetype="text/calendar", headers=headers)


def _name(feed: FeedFacts) -> str:
    if feed.class_id:
        klass = schools.classes([feed.class_id])[feed.class_id]
        return f"{schools.school_names([klass.school_id])[klass.school_id]} {klass.name}"
    card = people.person_names([feed.person_id or ""]).get(feed.person_id or "")
    return _("%(name)s的课表", name=card.name if card else "")


def _events(found: Iterable[LessonFacts], person_id: str | None) -> Iterable[Event]:
    """Return the lessons as events; what a substitute took over is cancelled for whoever was planned."""
    zone, now = hub().settings.zone, clock.now()
    for lesson in found:
        shown = pages.entry(lesson)
        event = Event()
        # The id stays when a lesson is moved, so that calendars move it too; the sequence says which of two is newer.
        event.add("uid", f"{lesson.id}@resource-hub")
        event.add("sequence", lesson.version)
        event.add("dtstamp", now)
        event.add("dtstart", lesson.starts_at.astimezone(zone))
        event.add("dtend", lesson.ends_at.astimezone(zone))
        event.add("summary", " · ".join(part for part in (shown.subject, shown.title) if part))
        event.add("location", shown.lead)
        event.add("description", "\n".join(_told(shown)))
        event.add("url", f"{hub().settings.origin}/timetable/lessons/{lesson.id}")
        is_off = lesson.state is LessonState.CANCELLED or (person_id is not None and person_id not in lesson.person_ids)
        event.add("status", "CANCELLED" if is_off else "CONFIRMED")
        yield event


def _day(due: service.DueDay) -> Event:
    """Return something that is due as an event of the whole day, which keeps nobody busy."""
    event = Event()
    event.add("uid", f"{due.id}@resource-hub")
    event.add("dtstamp", clock.now())
    event.add("dtstart", due.day)
    event.add("summary", due.title)
    event.add("url", f"{hub().settings.origin}{due.path}")
    event.add("transp", "TRANSPARENT")
    return event


def _told(shown: pages.Entry) -> Iterable[str]:
    yield _("主讲：%(name)s", name=shown.teacher)
    if shown.receivers:
        yield _("接收：%(classes)s", classes=_("、").join(shown.receivers))
    yield from (mark.words for mark in shown.marks)
