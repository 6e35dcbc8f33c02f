"""Versions, forks, lessons taught, adoptions, badges and comments for programs."""

from flask import Blueprint, Response

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, plain, query, reply
from resource_hub.library import badges, comments, lineage
from resource_hub.library.access import get_resource_for
from resource_hub.library.schemas import AdoptionIn, BadgeIn, CommentIn, CommentsQuery, ReasonIn, TakeIn, UseIn
from resource_hub.library.service import badges as honours
from resource_hub.library.service import comments as talk
from resource_hub.library.service import forks, uses

blueprint = Blueprint("lineage_api", __name__, url_prefix="/api/v1")


@blueprint.get("/resources/<resource_id>/versions")
@requires("library.read")
def versions(resource_id: str) -> Response:
    """List the published versions of a resource, the newest first."""
    return reply(lineage.versions_of(get_resource_for(viewer(), resource_id, "view").id))


@blueprint.post("/resources/<resource_id>/forks")
@requires("library.share")
@described(status=201)
def fork(resource_id: str) -> Response:
    """Make a draft of one's own from a published resource."""
    made = forks.fork_resource(viewer(), resource_id)
    return reply({"id": made.id, "based_on": made.based_on_id, "version": made.based_on_version, "licence": made.licence}, 201)


@blueprint.post("/resources/<resource_id>/origin/taking")
@requires("library.share")
@described(body=TakeIn)
def take(resource_id: str) -> Response:
    """Bring chosen files and fields of a newer version of the origin into one's fork; ``id`` is what now waits to be submitted."""
    changed = forks.take_over(viewer(), resource_id, body(TakeIn))
    return reply({"id": changed.id, "review": changed.review})


@blueprint.get("/resources/<resource_id>/uses")
@requires("library.read")
def list_uses(resource_id: str) -> Response:
    """List the lessons taught with a resource, the latest first."""
    resource = get_resource_for(viewer(), resource_id, "view")
    facts = lineage.use_facts([resource.id]).get(resource.id, lineage.UseFacts())
    rows = lineage.uses_of(viewer(), [resource.id]).get(resource.id, [])
    return reply({"facts": facts, "uses": [{**plain(row), "used_on": row.used_on.isoformat()} for row in rows]})


@blueprint.post("/resources/<resource_id>/uses")
@requires("library.share")
@described(body=UseIn, status=201)
def record_use(resource_id: str) -> Response:
    """Write down a lesson taught with a resource."""
    return reply({"id": uses.record_use(viewer(), resource_id, body(UseIn)).id}, 201)


@blueprint.put("/resources/<resource_id>/adoption")
@requires("library.adopt")
@described(body=AdoptionIn)
def adopt(resource_id: str) -> Response:
    """Take a resource into the shared collection of a school or community."""
    word = body(AdoptionIn).word
    uses.adopt_resource(viewer(), resource_id, word)
    return reply({"id": resource_id, "word": word})


@blueprint.post("/resources/<resource_id>/badges")
@requires("library.share")
@described(body=BadgeIn, status=201)
def claim_badge(resource_id: str) -> Response:
    """Claim an honour that one's own published work was given; it is shown once the district has verified it."""
    claimed = honours.claim_badge(viewer(), resource_id, body(BadgeIn))
    return reply({"id": claimed.id, "state": claimed.state}, 201)


@blueprint.get("/badges")
@requires("library.verify")
def badge_claims() -> Response:
    """List the claims that wait for this viewer to verify them."""
    return reply({"claims": badges.open_claims(viewer())})


@blueprint.delete("/badges/<badge_id>")
@requires("library.share")
def drop_badge(badge_id: str) -> Response:
    """Take back one's own claim, verified or not."""
    honours.drop_badge(viewer(), badge_id)
    return reply({"id": badge_id})


@blueprint.post("/badges/<badge_id>/verification")
@requires("library.verify")
def verify_badge(badge_id: str) -> Response:
    """Vouch for a claim."""
    return reply({"id": badge_id, "state": honours.verify_badge(viewer(), badge_id).state})


@blueprint.post("/badges/<badge_id>/refusal")
@requires("library.verify")
@described(body=ReasonIn)
def refuse_badge(badge_id: str) -> Response:
    """Refuse a claim, or take back what was verified in error."""
    return reply({"id": badge_id, "state": honours.refuse_badge(viewer(), badge_id, body(ReasonIn).reason).state})


@blueprint.get("/resources/<resource_id>/comments")
@requires("library.read")
@described(query=CommentsQuery)
def list_comments(resource_id: str) -> Response:
    """List the comments on a resource with their answers, the newest first."""
    resource = get_resource_for(viewer(), resource_id, "view")
    page = comments.comments_of(viewer(), resource, cursor=query(CommentsQuery).cursor)
    return reply({"comments": page.rows, "cursor": page.cursor})


@blueprint.post("/resources/<resource_id>/comments")
@requires("library.read")
@described(body=CommentIn, status=201)
def comment(resource_id: str) -> Response:
    """Say something about a published resource, signed."""
    return reply({"id": talk.comment_on(viewer(), resource_id, body(CommentIn)).id}, 201)


@blueprint.delete("/comments/<comment_id>")
@requires("library.read")
def remove_comment(comment_id: str) -> Response:
    """Take a comment away: one's own, or as one who may take the work down."""
    return reply({"id": comment_id, "resource_id": talk.remove_comment(viewer(), comment_id)})
