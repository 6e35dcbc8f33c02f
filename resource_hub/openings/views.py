"""Doors of the openings: files of metadata, OAI-PMH, feeds, and the pages on which they are kept.

A token or key is shown once, in the answer to the request that made it.
"""

from contextlib import suppress

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.index import FACETS
from resource_hub.infra.web.doors import maybe_viewer, public, requires, viewer
from resource_hub.infra.web.replies import body, query
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from resource_hub.openings import feeds, oai, pages, queries, service, sheets, xapi
from resource_hub.openings.schemas import HAPPENING_LABELS, Happening, PlatformChange, PlatformForm, TokenForm, WebhookForm
from resource_hub.search.schemas import SearchQuery

blueprint = Blueprint("openings", __name__, template_folder="templates")

_XML = "application/xml"
_LOOKS = {"library.resource": service.state_view, "media_api.position": service.state_play}
_MOST_LOOKS = 20_000
"""How many looks of a day a process remembers, so that a page opened again asks the database nothing."""


@blueprint.get("/resources/<resource_id>/lom.xml")
@requires("library.read")
def lom(resource_id: str) -> Response:
    """The metadata of one resource as a file."""
    given = Response(pages.lom_for(viewer(), resource_id), mimetype=_XML)
    given.headers.set("Content-Disposition", "attachment", filename=f"{resource_id}-lom.xml")
    return given


@blueprint.get("/resources.csv")
@requires("search.read")
def sheet() -> Response:
    """What a search finds, as a sheet; asked like the search page."""
    me, asked = viewer(), query(SearchQuery, repeated=frozenset(FACETS))
    ids = pages.found_by(me, asked)
    given = Response(sheets.sheet_of(pages.works_for(me, ids)), content_type="text/csv; charset=utf-8")
    given.headers.set("Content-Disposition", "attachment", filename="resources.csv")
    return given


@blueprint.route("/oai", methods=["GET", "POST"])
@public(unit=False, foreign_forms=True)
def harvest() -> Response:
    """OAI-PMH 2.0. A token in ``Authorization`` opens everything that is published in the district."""
    token = _bearer()
    with unit.read():
        is_full = token is not None and queries.is_harvester(token)
        if token is not None and not is_full:
            return Response("This token was revoked or is not ours.", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
        given = request.form if request.method == "POST" else request.args
        return Response(
            oai.answer(list(given.items(multi=True)), is_full=is_full), mimetype="text/xml", headers={"Cache-Control": "no-store"}
        )


@blueprint.get("/feeds/new.atom")
@public
def feed() -> Response:
    """New works for a feed reader; the key in the address says whose it is."""
    works = pages.new_for_feed(request.args.get("key", ""))
    return Response(feeds.atom(works, clock.now()), mimetype="application/atom+xml", headers={"Cache-Control": "private, max-age=600"})


@blueprint.get("/account/feed")
@requires("library.read")
def feed_page() -> str:
    """My feed address: what it is for, make it, end it."""
    return render_template("openings/feed.html", made_at=queries.feed_made_at(viewer().person_id), address=None)


@blueprint.post("/account/feed")
@requires("library.read", unit=False)
def renew_feed() -> str:
    with unit.write():
        key = service.renew_feed(viewer())
    with unit.read():
        address = f"{hub().settings.origin}/feeds/new.atom?key={key}"
        return render_template("openings/feed.html", made_at=queries.feed_made_at(viewer().person_id), address=address)


@blueprint.post("/account/feed/end")
@requires("library.read")
def end_feed() -> Response:
    service.end_feed(viewer())
    flash(_("订阅地址已作废。"), "ok")
    return redirect("/account/feed", 303)


@blueprint.get("/admin/openings")
@requires("openings.manage")
def admin() -> str:
    """Harvesting tokens, webhooks and learning platforms."""
    return _admin_page()


@blueprint.post("/admin/openings/tokens")
@requires("openings.manage", unit=False)
def make_token() -> str | tuple[str, int]:
    try:
        form = body(TokenForm)
        with unit.write():
            token = service.make_token(viewer(), form.name)
    except Invalid as error:
        with unit.read():
            return _admin_page(error), error.status
    with unit.read():
        return render_template("openings/token.html", name=form.name, token=token, address=oai.base_url())


@blueprint.post("/admin/openings/tokens/<token_id>/revocation")
@requires("openings.manage")
def revoke_token(token_id: str) -> Response:
    service.revoke_token(viewer(), token_id)
    return _back(_("令牌已作废。"))


@blueprint.post("/admin/openings/webhooks")
@requires("openings.manage", unit=False)
def add_webhook() -> Response | tuple[str, int]:
    try:
        form = body(WebhookForm)
        with unit.write():
            made = service.add_webhook(viewer(), form)
            webhook_id = made.id
    except Invalid as error:
        with unit.read():
            return _admin_page(error), error.status
    return redirect(f"/admin/openings/webhooks/{webhook_id}", 303)


@blueprint.get("/admin/openings/webhooks/<webhook_id>")
@requires("openings.manage")
def webhook(webhook_id: str) -> str:
    """One webhook: its secret, what it is told, how the last messages went."""
    found = queries.webhook(webhook_id)
    if found is None:
        raise NotFound
    return render_template(
        "openings/webhook.html",
        webhook=found,
        secret=service.secret_of(webhook_id),
        deliveries=queries.latest_deliveries(webhook_id),
        labels=_happenings(),
    )


@blueprint.post("/admin/openings/webhooks/<webhook_id>/test")
@requires("openings.manage")
def test_webhook(webhook_id: str) -> Response:
    service.send_test(webhook_id)
    return _back(_("测试通知已发出，几秒后刷新可看到结果。"), webhook_id)


@blueprint.post("/admin/openings/webhooks/<webhook_id>/resumption")
@requires("openings.manage")
def resume_webhook(webhook_id: str) -> Response:
    service.resume_webhook(viewer(), webhook_id)
    return _back(_("已重新启用。"), webhook_id)


@blueprint.post("/admin/openings/webhooks/<webhook_id>/removal")
@requires("openings.manage")
def remove_webhook(webhook_id: str) -> Response:
    service.remove_webhook(viewer(), webhook_id)
    return _back(_("已删除。"))


@blueprint.get("/admin/openings/platforms/new")
@requires("openings.manage")
def new_platform() -> str:
    """The form that registers a learning platform, with what its administrator needs of us."""
    return _platform_page(None)


@blueprint.post("/admin/openings/platforms")
@requires("openings.manage", unit=False)
def add_platform() -> Response | tuple[str, int]:
    try:
        form = body(PlatformForm)
        with unit.write():
            platform_id = service.add_platform(viewer(), form)
    except Invalid as error:
        with unit.read():
            return _platform_page(None, error), error.status
    flash(_("已登记。"), "ok")
    return redirect(f"/admin/openings/platforms/{platform_id}", 303)


@blueprint.get("/admin/openings/platforms/<platform_id>")
@requires("openings.manage")
def platform(platform_id: str) -> str:
    """One learning platform: how it is reached, which deployments count, how many people are bound."""
    return _platform_page(platform_id)


@blueprint.post("/admin/openings/platforms/<platform_id>")
@requires("openings.manage", unit=False)
def change_platform(platform_id: str) -> Response | tuple[str, int]:
    try:
        form = body(PlatformChange)
        with unit.write():
            service.change_platform(viewer(), platform_id, form)
    except Invalid as error:
        with unit.read():
            return _platform_page(platform_id, error), error.status
    flash(_("已保存。"), "ok")
    return redirect(f"/admin/openings/platforms/{platform_id}", 303)


@blueprint.post("/admin/openings/platforms/<platform_id>/removal")
@requires("openings.manage")
def remove_platform(platform_id: str) -> Response:
    service.remove_platform(viewer(), platform_id)
    return _back(_("已删除。"))


@blueprint.get("/account/platforms")
@requires("people.self")
def my_platforms() -> str:
    """The learning platforms that sign me in."""
    return render_template("openings/platforms.html", platforms=queries.platforms_of(viewer().person_id))


@blueprint.post("/account/platforms/<platform_id>/end")
@requires("people.self")
def end_binding(platform_id: str) -> Response:
    service.end_binding(viewer(), platform_id)
    flash(_("已解除绑定。下次从学习平台打开时，会请您再绑定一次。"), "ok")
    return redirect("/account/platforms", 303)


@blueprint.after_app_request
def tell_of_looking(response: Response) -> Response:
    """Tell the learning record store, when there is one, who opened a resource or played a recording today."""
    tell = _LOOKS.get(request.endpoint or "") if xapi.is_on() and response.status_code == 200 else None
    me = maybe_viewer() if tell else None
    if tell is None or me is None:
        return response
    subject, day = next(iter((request.view_args or {}).values())), f"{clock.now():%Y-%m-%d}"
    looks: set[tuple[str, ...]] = current_app.extensions.setdefault("hub_looks", set())
    look = (request.endpoint or "", me.person_id, subject, day)
    if look not in looks:
        if len(looks) >= _MOST_LOOKS:
            looks.clear()
        looks.add(look)
        # A page is not held up for the sake of statistics: while the database is busy, nothing is told.
        with suppress(Unavailable, Conflict), unit.write():
            tell(me.person_id, subject, day)
    return response


def _admin_page(error: Invalid | None = None) -> str:
    return render_template(
        "openings/admin.html",
        tokens=queries.harvest_tokens(),
        webhooks=queries.webhooks(),
        platforms=queries.platforms(),
        labels=_happenings(),
        address=oai.base_url(),
        **pages.told_form(error),
    )


def _happenings() -> dict[str, str]:
    return {event.value: _(HAPPENING_LABELS[event]) for event in Happening}


def _platform_page(platform_id: str | None, error: Invalid | None = None) -> str:
    found = queries.platform(platform_id) if platform_id else None
    if platform_id and found is None:
        raise NotFound
    return render_template(
        "openings/platform.html",
        platform=found,
        people=queries.bindings_of_platform(platform_id) if platform_id else 0,
        origin=hub().settings.origin,
        **pages.told_form(error),
    )


def _back(said: str, webhook_id: str | None = None) -> Response:
    flash(said, "ok")
    return redirect(f"/admin/openings/webhooks/{webhook_id}" if webhook_id else "/admin/openings", 303)


def _bearer() -> str | None:
    header = request.headers.get("Authorization")
    if header is None:
        return None
    kind, _space, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""
