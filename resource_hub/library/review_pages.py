"""The queue of a reviewer and the list of complaints, in the words and shapes of their pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.datastructures import ImmutableMultiDict

from resource_hub.infra.web.replies import parse
from resource_hub.infra.web.shell import moment
from resource_hub.kernel.errors import N_
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import pages, queries, review_queries
from resource_hub.library.queries import ResourceView
from resource_hub.library.review_queries import ComplaintView, Waiting
from resource_hub.library.schemas import (
    CHECK_EXPLAINED,
    CHECK_LABELS,
    COMPLAINT_LABELS,
    COMPLAINT_STATE_LABELS,
    REVIEW_LABELS,
    Check,
    CheckIn,
    ComplaintState,
    Review,
    ReviewsQuery,
    Verdict,
)
from resource_hub.schools import queries as schools

_TONES = {ComplaintState.OPEN: "warn", ComplaintState.ANSWERED: "ok", ComplaintState.HIDDEN: "ok", ComplaintState.DISMISSED: ""}
_OUTCOMES = (
    (ComplaintState.ANSWERED, N_("答复，资源保留")),
    (ComplaintState.HIDDEN, N_("下架资源")),
    (ComplaintState.DISMISSED, N_("投诉不成立")),
)


def queue_page(viewer: Viewer, asked: ReviewsQuery, at: str | None) -> dict[str, Any]:
    """Return what ``library/reviews.html`` shows; the first of the list is chosen unless ``at`` names one that waits."""
    page = review_queries.review_queue(viewer, asked)
    kept = {name: value for name, value in asked.model_dump(mode="json", exclude={"cursor"}).items() if value}
    ids = [one.card.id for one in page.rows]
    chosen = at if at in ids else next(iter(ids), None)
    place = ids.index(chosen) if chosen else 0
    following = (ids[place + 1 :] + ids[:place])[:1]
    return {
        "items": [_row(one, kept, chosen) for one in page.rows],
        "filters": _filters(viewer, asked),
        "is_filtered": bool(kept),
        "next_url": _address(kept, cursor=page.cursor) if page.cursor else None,
        "following": following[0] if following else "",
        "chosen": _chosen(viewer, queries.resource_view(viewer, chosen)) if chosen else None,
    }


def checks_of_form(form: ImmutableMultiDict[str, str]) -> list[CheckIn]:
    """Return the four checks of the form: ``passed`` names those that were ticked, the others carry their reasons."""
    passed = set(form.getlist("passed"))
    return [
        parse(
            CheckIn,
            {
                "check": one.value,
                "verdict": Verdict.PASSED if one.value in passed else Verdict.FAILED,
                "reason": "" if one.value in passed else form.get(f"reason_{one.value}", ""),
                "asset_id": None if one.value in passed else form.get(f"file_{one.value}") or None,
            },
        )
        for one in Check
    ]


def waiting_note(one: Waiting) -> str:
    """Return the line under a work that waits: whose it is and until when."""
    return " · ".join(word for word in (f"{one.card.school} {one.card.author}", due_words(one.due_on)) if word)


def due_words(day: date | None) -> str:
    """Return a deadline as people say it; nothing when there is none."""
    if day is None:
        return ""
    left = (day - schools.today()).days
    if left < 0:
        return _("已超期 %(n)s 天", n=-left)
    if left == 0:
        return _("今天截止")
    return _("%(day)s截止（还有 %(n)s 天）", day=format_date(day, _("M月d日")), n=left)


def complaint_rows(views: Sequence[ComplaintView]) -> list[dict[str, Any]]:
    """Return what ``library/complaints.html`` shows."""
    return [
        {"id": one.id, "title": one.title, "url": url_for("library.resource", resource_id=one.resource_id),
         "kind": _(COMPLAINT_LABELS[one.kind]), "text": one.text, "who": one.person,
         "when": moment(one.created_at), "state": _(COMPLAINT_STATE_LABELS[one.state]),
         "tone": "danger" if one.is_overdue else _TONES[one.state], "due": moment(one.due_at), "is_overdue": one.is_overdue,
         "is_open": one.state is ComplaintState.OPEN, "answer": one.answer, "answered_by": one.answered_by,
         "answered_when": moment(one.answered_at),
         "outcomes": [(outcome.value, _(words)) for outcome, words in _OUTCOMES] if one.may_answer else []}
        for one in views
    ]  # fmt: skip


def _row(one: Waiting, kept: dict[str, str], chosen: str | None) -> dict[str, Any]:
    label = _("修订 · %(state)s", state=_(REVIEW_LABELS[one.card.review])) if one.is_revision else _(REVIEW_LABELS[one.card.review])
    return {
        "id": one.card.id, "title": one.card.title, "url": _address(kept, at=one.card.id), "current": one.card.id == chosen,
        "note": f"{one.card.school} {one.card.author}", "state": label, "due": due_words(one.due_on), "is_overdue": one.is_overdue,
    }  # fmt: skip


def _address(kept: Mapping[str, str], **more: str) -> str:
    return f"{url_for('library.reviews')}?{urlencode({**kept, **more})}"


def _filters(viewer: Viewer, asked: ReviewsQuery) -> dict[str, Any]:
    return {
        "states": [(state.value, _(REVIEW_LABELS[state]), asked.state is state) for state in (Review.SUBMITTED, Review.DISTRICT_REVIEW)],
        "subjects": [(code, name, asked.subject == code) for code, name in review_queries.subjects_in_queue(viewer).items()],
        "overdue": asked.overdue,
    }


def _chosen(viewer: Viewer, view: ResourceView) -> dict[str, Any]:
    before = review_queries.checked_before(view)
    shown = pages.resource_page(viewer, view)
    return {
        "resource": shown["resource"],
        "facts": shown["facts"],
        "url": url_for("library.resource", resource_id=view.id),
        "revises": {"title": view.revises[1], "url": url_for("library.resource", resource_id=view.revises[0])} if view.revises else None,
        "change_note": view.change_note,
        "due": due_words(view.due_on),
        "last_return": next((entry.note for entry in reversed(view.history) if entry.verb == "return"), ""),
        "files": [
            {"id": f.id, "number": number, "filename": f.filename, "is_checked": f.id in before,
             "url": url_for("media.original", asset_id=f.id)}
            for number, f in enumerate(view.files, 1)
        ],
        "plan_state": review_queries.is_plan_checked_before(view) if view.plan else None,
        "plan_compare_url": f"{url_for('lineage.compare', resource_id=view.id)}?{urlencode({'with': view.revises[0]})}"
        if view.plan and view.revises else None,
        "checks": [(one.value, _(CHECK_LABELS[one]), _(CHECK_EXPLAINED[one])) for one in Check],
        "may_approve": bool({"school_approve", "district_approve"} & view.actions),
    }  # fmt: skip
