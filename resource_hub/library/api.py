"""Drafts, resources and their review for programs and for our own islands."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, describe, query, reply
from resource_hub.library import badges, queries, review_queries, service
from resource_hub.library.schemas import (
    AnswerIn,
    ApprovalIn,
    BatchIn,
    ComplaintIn,
    DraftIn,
    LiteraciesQuery,
    ReasonIn,
    ResourceChange,
    ResourceIn,
    ReturnIn,
    ReviewsQuery,
)

blueprint = Blueprint("library_api", __name__, url_prefix="/api/v1")


@blueprint.post("/drafts")
@requires("library.share")
@described(status=201)
def open_draft() -> Response:
    """Begin a draft."""
    return reply({"id": service.open_draft(viewer()).id}, 201)


@blueprint.get("/drafts/<draft_id>")
@requires("library.share")
def draft(draft_id: str) -> Response:
    """Show a draft with its uploads and suggestions."""
    return reply(queries.draft_json(viewer(), draft_id))


@blueprint.route("/drafts/<draft_id>", methods=["PATCH", "POST"])
@requires("library.share")
@described(body=DraftIn)
def save_draft(draft_id: str) -> Response:
    """Keep some fields (POST for a page that is being closed)."""
    saved = service.save_draft(viewer(), draft_id, body(DraftIn))
    return reply({"id": saved.id, "updated_at": saved.updated_at})


@blueprint.delete("/drafts/<draft_id>/uploads/<upload_id>")
@requires("library.share")
def leave_out(draft_id: str, upload_id: str) -> Response:
    """Leave a finished file out of a draft; the file itself stays."""
    service.leave_out(viewer(), draft_id, upload_id)
    return reply({"id": upload_id})


@blueprint.delete("/drafts/<draft_id>")
@requires("library.share")
def discard_draft(draft_id: str) -> Response:
    """Forget a draft."""
    service.discard_draft(viewer(), draft_id)
    return reply({"id": draft_id})


@blueprint.post("/resources")
@requires("library.share")
@described(body=ResourceIn, status=201)
def create() -> Response:
    """Make a resource of finished uploads; with ``Idempotency-Key`` only once."""
    made = service.create_resource(viewer(), body(ResourceIn), request.headers.get("Idempotency-Key"))
    return reply({"id": made.id}, 201)


@blueprint.get("/resources/<resource_id>")
@requires("library.read")
def show(resource_id: str) -> Response:
    """Show a resource with addresses that live one hour; ``recording`` chooses one of a pack's for ``media``."""
    me = viewer()
    view = queries.resource_view(me, resource_id, request.args.get("recording"))
    return reply({**queries.resource_json(view), "badges": badges.badges_json(me, view.id, view.review)})


@blueprint.patch("/resources/<resource_id>")
@requires("library.share")
@described(body=ResourceChange)
def change(resource_id: str) -> Response:
    """Change a draft or returned resource."""
    changed = service.change_resource(viewer(), resource_id, body(ResourceChange))
    return reply({"id": changed.id, "review": changed.review})


@blueprint.post("/resources/<resource_id>/revisions")
@requires("library.share")
@described(body=ResourceChange, status=201)
def revise(resource_id: str) -> Response:
    """Make a revision of a published resource, which goes through review before it takes its place; say ``change_note``."""
    made = service.revise_resource(viewer(), resource_id, body(ResourceChange))
    return reply({"id": made.id, "revises": resource_id, "review": made.review}, 201)


@blueprint.post("/resources/<resource_id>/submission")
@requires("library.share")
def submit(resource_id: str) -> Response:
    """Hand it to the school's reviewers."""
    return reply({"id": resource_id, "review": service.submit_resource(viewer(), resource_id).review})


@blueprint.post("/resources/<resource_id>/school-approval")
@requires("library.review_school")
@described(body=ApprovalIn)
def school_approval(resource_id: str) -> Response:
    """Publish it in school and community; without a body all four checks were made and passed."""
    return reply({"id": resource_id, "review": _approved(service.approve_for_school, resource_id).review})


@blueprint.post("/resources/<resource_id>/return")
@requires("library.review")
@described(body=ReturnIn)
def give_back(resource_id: str) -> Response:
    """Return it to its author with a reason."""
    given = body(ReturnIn)
    returned = service.return_resource(viewer(), resource_id, given.reason, given.checks)
    return reply({"id": resource_id, "review": returned.review})


@blueprint.post("/resources/<resource_id>/proposal")
@requires("library.share")
def propose(resource_id: str) -> Response:
    """Propose it to the district."""
    return reply({"id": resource_id, "review": service.propose_to_district(viewer(), resource_id).review})


@blueprint.post("/resources/<resource_id>/district-approval")
@requires("library.review_district")
@described(body=ApprovalIn)
def district_approval(resource_id: str) -> Response:
    """Publish it in the district, as far as its licence allows; the checks as for the school."""
    return reply({"id": resource_id, "review": _approved(service.approve_for_district, resource_id).review})


@blueprint.post("/resources/<resource_id>/withdrawal")
@requires("library.withdraw")
@described(body=ReasonIn)
def withdraw(resource_id: str) -> Response:
    """Hide it at once."""
    given = body(ReasonIn)
    return reply({"id": resource_id, "review": service.withdraw_resource(viewer(), resource_id, given.reason).review})


@blueprint.get("/literacies")
@requires("library.share")
@described(query=LiteraciesQuery)
def literacies() -> Response:
    """List the core literacies that a resource of a place in the curriculum may name."""
    return reply({"literacies": queries.literacies_of(query(LiteraciesQuery).node)})


@blueprint.get("/reviews")
@requires("library.review")
@described(query=ReviewsQuery)
def reviews() -> Response:
    """List what waits for this reviewer, the earliest due first."""
    page = review_queries.review_queue(viewer(), query(ReviewsQuery))
    items = [
        {"id": one.card.id, "title": one.card.title, "kind": one.card.kind, "author": one.card.author, "school": one.card.school,
         "subject": one.card.subject, "review": one.card.review, "state": one.card.state, "is_revision": one.is_revision,
         "due_on": one.due_on.isoformat() if one.due_on else None, "is_overdue": one.is_overdue}
        for one in page.rows
    ]  # fmt: skip
    return reply({"items": items, "cursor": page.cursor})


@blueprint.post("/reviews/batch")
@requires("library.review", unit=False)
@described(body=BatchIn)
def approve_many() -> Response:
    """Approve several works, all four checks made; each stands or falls alone and its result is told."""
    results = [
        {"id": one.id, "title": one.title, "review": one.review, "error": describe(one.error) if one.error else None}
        for one in service.approve_many(viewer(), body(BatchIn).ids)
    ]
    return reply({"results": results})


@blueprint.get("/complaints")
@requires("library.read")
def complaints() -> Response:
    """List the viewer's own complaints and those that they answer for."""
    return reply({"complaints": review_queries.complaints(viewer())})


@blueprint.post("/complaints")
@requires("library.read")
@described(body=ComplaintIn, status=201)
def complain() -> Response:
    """Complain about a resource that one sees; it is answered within a day."""
    return reply({"id": service.complain(viewer(), body(ComplaintIn)).id}, 201)


@blueprint.post("/complaints/<complaint_id>/answer")
@requires("library.read")
@described(body=AnswerIn)
def answer_complaint(complaint_id: str) -> Response:
    """Answer a complaint, hide the resource, or dismiss it; by those who may hide it."""
    answered = service.answer_complaint(viewer(), complaint_id, body(AnswerIn))
    return reply({"id": answered.id, "state": answered.state})


def _approved(approve: Callable[..., Any], resource_id: str) -> Any:
    """Approve with the checks of the body; a program that sends none made all four and vouches for recordings."""
    checks = body(ApprovalIn).checks if request.mimetype == "application/json" and request.content_length else None
    return approve(viewer(), resource_id, checks, vouches=checks is None)
