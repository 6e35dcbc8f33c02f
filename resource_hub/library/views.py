"""Pages of the library: today, upload, one resource, my resources."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from resource_hub.inbox import queries as inbox
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe, parse, query
from resource_hub.infra.web.shell import day, moment
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import access, lineage_pages, pages, queries, review_pages, review_queries, service
from resource_hub.library.cards import card_of
from resource_hub.library.queries import ResourceCard
from resource_hub.library.schemas import COMPLAINT_LABELS, AnswerIn, BatchIn, ComplaintIn, ReasonIn, ReturnIn, Review, ReviewsQuery, Verdict
from resource_hub.schools import queries as schools
from resource_hub.timetable import pages as timetable

_SHOWN_ITSELF = frozenset({"library.review", "library.returned"})
"""Tasks of the inbox that Today shows from the works themselves."""

blueprint = Blueprint("library", __name__, template_folder="templates")


@blueprint.get("/")
@requires("library.read")
def today() -> str:
    """What waits for me, what is new for me, what I made."""
    me = viewer()
    mine = queries.my_resources(me, limit=10).rows
    coming = timetable.next_lesson(me)
    return render_template(
        "library/today.html",
        today={"date_words": _date_words(), "greeting": _greeting(me)},
        next_lesson=coming,
        doors=list(map(Markup, filter(None, hub().panels_of(me, Ref("lesson", coming.id))))) if coming and coming.is_near else [],
        waiting=_waiting(me, mine),
        units=_shared(me),
        recent=[card_of(card) for card in mine[:4]],
        may_share=_may_share(me),
    )


@blueprint.get("/upload")
@requires("library.share")
def upload() -> str:
    """One page for files and form; everything is kept on the server from the first second."""
    me = viewer()
    access.school_to_share_from(me)
    return render_template("library/upload.html", **pages.upload_page(me, request.args.get("draft"), request.args.get("node")))


@blueprint.get("/resources/mine")
@requires("library.share")
def mine() -> str:
    """My own resources, the last changed first."""
    page = queries.my_resources(viewer(), cursor=request.args.get("cursor"))
    next_url = url_for(".mine", cursor=page.cursor) if page.cursor else None
    return render_template("library/mine.html", cards=[card_of(card) for card in page.rows], next_url=next_url)


@blueprint.get("/resources/<resource_id>")
@requires("library.read")
def resource(resource_id: str) -> Any:
    """One resource: its preview, its facts, what may be done with it; a tombstone for one that was withdrawn."""
    me = viewer()
    stone = queries.tombstone(me, resource_id)
    if stone is not None:
        return render_template("library/tombstone.html", stone=stone), 410
    view = queries.resource_view(me, resource_id, request.args.get("recording"))
    panels = hub().panels_of(me, Ref("resource", view.id))
    return render_template(
        "library/resource.html", **pages.resource_page(me, view), **lineage_pages.resource_part(me, view), panels=map(Markup, panels)
    )


@blueprint.post("/resources/<resource_id>/mending")
@requires("library.share")
def mend(resource_id: str) -> Any:
    """Open the upload form with everything that the resource holds, to change it."""
    return redirect(url_for(".upload", draft=service.mend_resource(viewer(), resource_id).id), 303)


@blueprint.post("/resources/<resource_id>/steps/submit")
@requires("library.share")
def submit(resource_id: str) -> Any:
    """Hand one's own draft to the school's reviewers."""
    service.submit_resource(viewer(), resource_id)
    return _stepped(resource_id, _("已提交校审，审核结果会显示在这里。"))


@blueprint.post("/resources/<resource_id>/steps/school_approve")
@requires("library.review_school")
def school_approve(resource_id: str) -> Any:
    """Publish it in school and community."""
    service.approve_for_school(viewer(), resource_id)
    return _stepped(resource_id, _("校审已通过，本校和教共体的教师现在可以看到。"))


@blueprint.post("/resources/<resource_id>/steps/return")
@requires("library.review")
def give_back(resource_id: str) -> Any:
    """Return it to its author with a reason."""
    service.return_resource(viewer(), resource_id, body(ReasonIn).reason)
    return _stepped(resource_id, _("已退回给作者。"))


@blueprint.post("/resources/<resource_id>/steps/propose")
@requires("library.share")
def propose(resource_id: str) -> Any:
    """Propose it to the district."""
    service.propose_to_district(viewer(), resource_id)
    return _stepped(resource_id, _("已申请区审。"))


@blueprint.post("/resources/<resource_id>/steps/district_approve")
@requires("library.review_district")
def district_approve(resource_id: str) -> Any:
    """Publish it as far as its licence allows."""
    service.approve_for_district(viewer(), resource_id)
    return _stepped(resource_id, _("区审已通过，按授权方式发布。"))


@blueprint.post("/resources/<resource_id>/steps/withdraw")
@requires("library.withdraw")
def withdraw(resource_id: str) -> Any:
    """Hide it at once."""
    service.withdraw_resource(viewer(), resource_id, body(ReasonIn).reason)
    return _stepped(resource_id, _("已下架。"))


@blueprint.get("/reviews")
@requires("library.review")
def reviews() -> str:
    """The queue: what waits for me at the left, the chosen work with its checks at the right."""
    return render_template("library/reviews.html", **review_pages.queue_page(viewer(), query(ReviewsQuery), request.args.get("at")))


@blueprint.post("/reviews/<resource_id>/approval")
@requires("library.review")
def approve(resource_id: str) -> Any:
    """Approve the chosen work with the checks that were ticked, at the stage where it waits."""
    me = viewer()
    checks = review_pages.checks_of_form(request.form)
    found = access.get_resource_for(me, resource_id, "review")
    act = service.approve_for_school if found.review is Review.SUBMITTED else service.approve_for_district
    act(me, resource_id, checks)
    return _reviewed(_("《%(title)s》审核通过。", title=found.title))


@blueprint.post("/reviews/<resource_id>/return")
@requires("library.review")
def return_from_queue(resource_id: str) -> Any:
    """Give the chosen work back with its reasons."""
    checks = [one for one in review_pages.checks_of_form(request.form) if one.verdict is Verdict.FAILED and one.reason]
    given = parse(ReturnIn, {"reason": request.form.get("reason", "")})
    returned = service.return_resource(viewer(), resource_id, given.reason, checks)
    return _reviewed(_("《%(title)s》已退回给作者。", title=returned.title))


@blueprint.post("/reviews/batch")
@requires("library.review", unit=False)
def approve_many() -> Any:
    """Approve the ticked works; each stands or falls alone."""
    given = parse(BatchIn, {"ids": request.form.getlist("ids")})
    for one in service.approve_many(viewer(), given.ids):
        why = describe(one.error)["message"] if one.error else ""
        title = one.title or one.id
        said = _("《%(title)s》没有通过：%(why)s", title=title, why=why) if one.error else _("《%(title)s》审核通过。", title=title)
        flash(said, "warn" if one.error else "ok")
    return redirect(url_for(".reviews"), 303)


@blueprint.get("/complaints/mine")
@requires("library.read")
def complaints() -> str:
    """My complaints, and those that wait for my answer."""
    return render_template("library/complaints.html", complaints=review_pages.complaint_rows(review_queries.complaints(viewer())))


@blueprint.get("/complaints/new")
@requires("library.read")
def new_complaint() -> str:
    """The form to complain about one resource."""
    view = queries.resource_view(viewer(), request.args.get("resource", ""))
    return render_template("library/complaint_form.html", resource=view, kinds=COMPLAINT_LABELS)


@blueprint.post("/complaints")
@requires("library.read")
def complain() -> Any:
    """Hand a complaint in."""
    service.complain(viewer(), body(ComplaintIn))
    flash(_("投诉已收到，会在 24 小时内处理，结果显示在这里。"), "ok")
    return redirect(url_for(".complaints"), 303)


@blueprint.post("/complaints/<complaint_id>/answer")
@requires("library.read")
def answer_complaint(complaint_id: str) -> Any:
    """Answer it, hide the resource, or dismiss it."""
    service.answer_complaint(viewer(), complaint_id, body(AnswerIn))
    flash(_("已处理，投诉人会看到您的答复。"), "ok")
    return redirect(url_for(".complaints"), 303)


def _reviewed(said: str) -> Any:
    """Go on with the next work of the queue."""
    flash(said, "ok")
    following = request.form.get("next") or None
    return redirect(url_for(".reviews", at=following), 303)


def _stepped(resource_id: str, said: str) -> Any:
    """Go back to the page, or home when the step took it out of the viewer's sight."""
    flash(said, "ok")
    is_shown = access.is_open_to(viewer(), resource_id)
    return redirect(url_for(".resource", resource_id=resource_id) if is_shown else url_for(".today"), 303)


def _shared(me: Viewer) -> list[dict[str, Any]]:
    cards = [card_of(card) for card in queries.newly_shared(me)]
    if not cards:
        return []
    return [{"title": _("新分享的资源"), "url": url_for("search.page"), "subject": "", "where": _("本校、教共体和全区"), "cards": cards}]


def _may_share(me: Viewer) -> bool:
    return me.school_id is not None and hub().permissions["library.share"].admits(me)


def _waiting(me: Viewer, mine: Sequence[ResourceCard]) -> list[dict[str, Any]]:
    """Return what waits for me: reviews and what the inbox asks of me, then my own returned works and drafts."""
    found = [
        {"title": one.card.title, "url": url_for(".reviews", at=one.card.id), "note": review_pages.waiting_note(one),
         "tone": "danger" if one.is_overdue else "", "action": _("去审核"), "icon": "review"}
        for one in review_queries.review_queue(me, ReviewsQuery(), limit=20).rows
    ]  # fmt: skip
    found += [
        {
            "title": item.sentence,
            "url": item.url,
            "note": review_pages.due_words(item.due),
            "tone": "",
            "action": _("去处理"),
            "icon": "review",
        }
        for item in inbox.waiting(me)
        if item.url and item.kind not in _SHOWN_ITSELF
    ]  # fmt: skip
    for card in mine:
        if card.review is Review.RETURNED:
            found.append({"title": card.title, "url": url_for(".resource", resource_id=card.id), "note": _("审核退回，请看原因后修改"),
                          "tone": "warn", "action": _("去修改"), "icon": "review"})  # fmt: skip
    found += [
        {"title": str(draft.fields.get("title") or _("没有写完的上传")), "url": url_for(".upload", draft=draft.id),
         "note": _("草稿 · %(when)s", when=moment(draft.updated_at)), "tone": "", "action": _("继续"), "icon": "upload"}
        for draft in queries.open_drafts(me.person_id, limit=3)
    ]  # fmt: skip
    return found


def _date_words() -> str:
    """Return 周二 · 11月24日 · 第13周; the week only within a term."""
    today = schools.today()
    term = schools.term_on(today)
    week = term.week_of(today) if term else None
    return day(clock.now()) + (_(" · 第%(n)s周", n=week) if week else "")


def _greeting(me: Viewer) -> str:
    hour = clock.now().astimezone(hub().settings.zone).hour
    part = _("上午好") if 5 <= hour < 12 else _("下午好") if 12 <= hour < 18 else _("晚上好")
    return _("%(name)s，%(part)s", name=me.name, part=part)
