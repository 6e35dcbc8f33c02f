"""Drafts, resources and their review for programs and for our own islands."""

from flask import Blueprint, Response, request

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, reply
from resource_hub.library import queries, service
from resource_hub.library.schemas import DraftIn, ResourceChange, ResourceIn, ReturnIn

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
    return reply(queries.resource_json(queries.resource_view(viewer(), resource_id, request.args.get("recording"))))


@blueprint.patch("/resources/<resource_id>")
@requires("library.share")
@described(body=ResourceChange)
def change(resource_id: str) -> Response:
    """Change a draft or returned resource."""
    changed = service.change_resource(viewer(), resource_id, body(ResourceChange))
    return reply({"id": changed.id, "review": changed.review})


@blueprint.post("/resources/<resource_id>/submission")
@requires("library.share")
def submit(resource_id: str) -> Response:
    """Hand it to the school's reviewers."""
    return reply({"id": resource_id, "review": service.submit_resource(viewer(), resource_id).review})


@blueprint.post("/resources/<resource_id>/school-approval")
@requires("library.review_school")
def school_approval(resource_id: str) -> Response:
    """Publish it in school and community."""
    return reply({"id": resource_id, "review": service.approve_for_school(viewer(), resource_id).review})


@blueprint.post("/resources/<resource_id>/return")
@requires("library.review")
@described(body=ReturnIn)
def give_back(resource_id: str) -> Response:
    """Return it to its author with a reason."""
    returned = service.return_resource(viewer(), resource_id, body(ReturnIn).reason)
    return reply({"id": resource_id, "review": returned.review})


@blueprint.post("/resources/<resource_id>/proposal")
@requires("library.share")
def propose(resource_id: str) -> Response:
    """Propose it to the district."""
    return reply({"id": resource_id, "review": service.propose_to_district(viewer(), resource_id).review})


@blueprint.post("/resources/<resource_id>/district-approval")
@requires("library.review_district")
def district_approval(resource_id: str) -> Response:
    """Publish it in the district, as far as its licence allows."""
    return reply({"id": resource_id, "review": service.approve_for_district(viewer(), resource_id).review})


@blueprint.post("/resources/<resource_id>/withdrawal")
@requires("library.withdraw")
@described(body=ReturnIn)
def withdraw(resource_id: str) -> Response:
    """Hide it at once."""
    given = body(ReturnIn)
    return reply({"id": resource_id, "review": service.withdraw_resource(viewer(), resource_id, given.reason).review})
