"""Pages of versions, differences, forks, lessons taught, one's own work, badges and comments."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, parse, query
from resource_hub.kernel.errors import HubError, Invalid, NotFound
from resource_hub.library import badge_pages, comment_pages, lineage, lineage_pages, queries
from resource_hub.library.access import get_resource_for
from resource_hub.library.schemas import AdoptionIn, BadgeIn, CommentsQuery, IgnoreIn, ReasonIn, TakeIn, UseIn
from resource_hub.library.service import badges as honours
from resource_hub.library.service import comments as talk
from resource_hub.library.service import forks, uses
from resource_hub.media.service import take_file

blueprint = Blueprint("lineage", __name__, template_folder="templates")


@blueprint.get("/resources/<resource_id>/versions/<number>")
@requires("library.read")
def version(resource_id: str, number: str) -> str:
    """Show a version as it was published; nothing can be done with it but read and compare."""
    return render_template("library/version.html", **lineage_pages.version_page(viewer(), resource_id, _number(number)))


@blueprint.get("/resources/<resource_id>/compare")
@requires("library.read")
def compare(resource_id: str) -> str:
    """Show two versions, or a work and another one, side by side."""
    return render_template("library/compare.html", **lineage_pages.compare_page(viewer(), resource_id, request.args))


@blueprint.post("/resources/<resource_id>/forks")
@requires("library.share")
def fork(resource_id: str) -> Response:
    """Make a draft of one's own from it."""
    made = forks.fork_resource(viewer(), resource_id)
    flash(_("已生成您的改编草稿，文件已带过来。改好以后提交校审，原作者会一直署名。"), "ok")
    return redirect(url_for("library.resource", resource_id=made.id), 303)


@blueprint.get("/resources/<resource_id>/origin")
@requires("library.share")
def origin(resource_id: str) -> str:
    """Show what is new in the origin of one's fork, to take over or to put aside."""
    return render_template("library/compare_origin.html", **lineage_pages.origin_page(viewer(), resource_id, request.args))


@blueprint.post("/resources/<resource_id>/origin/taking")
@requires("library.share")
def take(resource_id: str) -> Response:
    """Bring the chosen changes into the fork."""
    changed = forks.take_over(viewer(), resource_id, body(TakeIn))
    flash(_("已采纳。请看一遍，再提交校审。"), "ok")
    return redirect(url_for("library.resource", resource_id=changed.id), 303)


@blueprint.post("/resources/<resource_id>/origin/ignoring")
@requires("library.share")
def ignore(resource_id: str) -> Response:
    """Leave the fork as it is."""
    forks.ignore_version(viewer(), resource_id, body(IgnoreIn).version)
    flash(_("这一版不采纳。原作再有新版本时还会告诉您。"), "ok")
    return redirect(url_for("library.resource", resource_id=resource_id), 303)


@blueprint.get("/resources/<resource_id>/uses/new")
@requires("library.share")
def use(resource_id: str) -> str:
    """Ask which class was taught with it."""
    return _use_form(resource_id, url_for(".record_use", resource_id=resource_id))


@blueprint.post("/resources/<resource_id>/uses")
@requires("library.share", unit=False)
def record_use(resource_id: str) -> tuple[str, int] | Response:
    """Write down a lesson taught with it."""
    try:
        given = body(UseIn)
        with unit.write():
            uses.record_use(viewer(), resource_id, given)
    except Invalid as error:
        with unit.read():
            return _use_form(resource_id, url_for(".record_use", resource_id=resource_id), request.form.to_dict(), error), error.status
    flash(_("已记下，作者会在「我的作品」里看到。"), "ok")
    return redirect(url_for("library.resource", resource_id=resource_id), 303)


@blueprint.get("/uses/<use_id>")
@requires("library.share")
def use_again(use_id: str) -> str:
    """Show a recorded lesson to be put right."""
    row, resource_id, class_id = lineage.own_use(viewer(), use_id)
    return _use_form(resource_id, url_for(".change_use", use_id=use_id), lineage_pages.use_as_given(row, class_id))


@blueprint.post("/uses/<use_id>")
@requires("library.share", unit=False)
def change_use(use_id: str) -> tuple[str, int] | Response:
    """Put a recorded lesson right."""
    with unit.read():
        _row, resource_id, _class_id = lineage.own_use(viewer(), use_id)
    try:
        given = body(UseIn)
        with unit.write():
            uses.change_use(viewer(), use_id, given)
    except Invalid as error:
        with unit.read():
            return _use_form(resource_id, url_for(".change_use", use_id=use_id), request.form.to_dict(), error), error.status
    return redirect(url_for("library.resource", resource_id=resource_id), 303)


@blueprint.post("/uses/<use_id>/removal")
@requires("library.share")
def remove_use(use_id: str) -> Response:
    """Take a recorded lesson back."""
    resource_id = uses.remove_use(viewer(), use_id)
    flash(_("已删除这条上课记录。"), "ok")
    return redirect(url_for("library.resource", resource_id=resource_id), 303)


@blueprint.post("/resources/<resource_id>/adoptions")
@requires("library.adopt")
def adopt(resource_id: str) -> Response:
    """Take it into the shared collection of a school or community."""
    uses.adopt_resource(viewer(), resource_id, body(AdoptionIn).word)
    flash(_("已采用。"), "ok")
    return redirect(url_for("library.resource", resource_id=resource_id), 303)


@blueprint.post("/resources/<resource_id>/adoptions/end")
@requires("library.adopt")
def end_adoption(resource_id: str) -> Response:
    """Take it out of the shared collection."""
    uses.end_adoption(viewer(), resource_id, body(AdoptionIn).word)
    flash(_("已取消采用。"), "ok")
    return redirect(url_for("library.resource", resource_id=resource_id), 303)


@blueprint.get("/work")
@requires("library.share")
def work() -> str:
    """My published works and who teaches with them; facts, no figures to rank by."""
    return render_template("library/work.html", **lineage_pages.work_page(viewer(), request.args.get("cursor")))


@blueprint.post("/resources/<resource_id>/badges")
@requires("library.share", unit=False)
def claim_badge(resource_id: str) -> tuple[str, int] | Response:
    """Claim an honour for one's own work, with the certificate as form field ``proof``."""
    me = viewer()
    with unit.read():
        title = get_resource_for(me, resource_id, "change").title
    fields = {name: request.form.get(name, "") for name in ("kind", "year", "certificate_no")}
    try:
        given = parse(BadgeIn, fields)
        given.proof_upload_id = _taken_in(me.person_id)
        with unit.write():
            honours.claim_badge(me, resource_id, given)
    except HubError as error:
        if error.status not in (409, 413, 415, 422):
            raise
        with unit.read():
            form = badge_pages.claim_form(resource_id, fields, error)
            return render_template("library/badge_claim.html", title=title, resource_id=resource_id, form=form), error.status
    flash(_("已登记，区教研员或区管理员核实后显示。"), "ok")
    return redirect(url_for("library.resource", resource_id=resource_id, _anchor="badges"), 303)


@blueprint.post("/badges/<badge_id>/withdrawal")
@requires("library.share")
def drop_badge(badge_id: str) -> Response:
    """Take back my own claim."""
    resource_id = honours.drop_badge(viewer(), badge_id)
    flash(_("已取消登记。"), "ok")
    return redirect(url_for("library.resource", resource_id=resource_id, _anchor="badges"), 303)


@blueprint.get("/badges")
@requires("library.verify")
def badge_claims() -> str:
    """The honours that wait for me to verify them."""
    return render_template("library/badges.html", **badge_pages.claims_page(viewer()))


@blueprint.post("/badges/<badge_id>/verification")
@requires("library.verify")
def verify_badge(badge_id: str) -> Response:
    """Vouch for a claim."""
    honours.verify_badge(viewer(), badge_id)
    flash(_("已核实，现在显示在资源页上。"), "ok")
    return redirect(url_for(".badge_claims"), 303)


@blueprint.post("/badges/<badge_id>/refusal")
@requires("library.verify")
def refuse_badge(badge_id: str) -> Response:
    """Refuse a claim with a reason."""
    honours.refuse_badge(viewer(), badge_id, body(ReasonIn).reason)
    flash(_("已退回，作者会看到原因。"), "ok")
    return redirect(url_for(".badge_claims"), 303)


@blueprint.get("/resources/<resource_id>/comments")
@requires("library.read")
def comments(resource_id: str) -> str:
    """What people said about it, the older ones too."""
    me = viewer()
    view = queries.resource_view(me, resource_id)
    return render_template("library/comments.html", **comment_pages.comments_page(me, view, query(CommentsQuery).cursor))


@blueprint.post("/resources/<resource_id>/comments")
@requires("library.read", unit=False)
def comment(resource_id: str) -> tuple[str, int] | Response:
    """Say something about it."""
    me = viewer()
    with unit.read():
        view = queries.resource_view(me, resource_id)
    try:
        given = comment_pages.comment_of_form(request.form, view)
        with unit.write():
            talk.comment_on(me, resource_id, given)
    except Invalid as error:
        with unit.read():
            page = comment_pages.comments_page(me, view, None, request.form.to_dict(), error)
            return render_template("library/comments.html", **page), error.status
    return redirect(url_for("library.resource", resource_id=resource_id, _anchor="comments"), 303)


@blueprint.post("/comments/<comment_id>/removal")
@requires("library.read")
def remove_comment(comment_id: str) -> Response:
    """Take a comment away."""
    resource_id = talk.remove_comment(viewer(), comment_id)
    flash(_("已删除这条评论。"), "ok")
    return redirect(url_for("library.resource", resource_id=resource_id, _anchor="comments"), 303)


def _taken_in(person_id: str) -> str | None:
    """Store the certificate of the form and return its upload; ``None`` when there is none."""
    given = request.files.get("proof")
    if given is None or not given.filename:
        return None
    with TemporaryDirectory(prefix="hub-proof-") as folder:
        path = Path(folder) / "proof"
        given.save(path)
        return take_file(person_id, path, given.filename)


def _use_form(resource_id: str, action: str, given: dict[str, Any] | None = None, error: HubError | None = None) -> str:
    title = queries.resource_view(viewer(), resource_id).title
    return render_template("library/use.html", **lineage_pages.use_page(viewer(), title, resource_id, given or {}, error, action))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise NotFound
    return int(text)
