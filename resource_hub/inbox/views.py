"""The page of the inbox: what came, digest by digest."""

from itertools import groupby

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from resource_hub.inbox import queries, rules, service
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.schools import queries as schools

blueprint = Blueprint("inbox", __name__, template_folder="templates")


@blueprint.get("/inbox")
@requires("inbox.read")
def show() -> str:
    items = queries.inbox(viewer())
    # Urgent ones come at any moment; they stand with the digest before them, and what is to be done stands first.
    by_digest = groupby(items, key=lambda item: rules.digest_of(item.digest_at, hub().settings.zone))
    digests = [(at, sorted(group, key=lambda item: not item.is_task)) for at, group in by_digest]
    return render_template(
        "inbox/inbox.html", digests=digests, today=schools.today(), has_unseen=any(i.seen_at is None and i.done_at is None for i in items)
    )


@blueprint.post("/inbox/<delivery_id>")
@requires("inbox.read")
def open_one(delivery_id: str) -> Response:
    """Mark as seen and lead to the thing; back to the inbox when it is hidden by now."""
    me = viewer()
    card = hub().card(me, service.see(me, delivery_id))
    return redirect(card.url if card and card.url else "/inbox", 303)


@blueprint.post("/inbox/seen")
@requires("inbox.read")
def seen_all() -> Response:
    service.see_all(viewer())
    return redirect("/inbox", 303)
