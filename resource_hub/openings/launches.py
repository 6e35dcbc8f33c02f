"""Doors of LTI 1.3: a learning platform's link opens a page here, or has resources picked for a course.

A browser comes to ``/lti/login``, goes to the platform and returns to ``/lti/launch`` with its token.
Both are forms of another site, so neither looks at who is signed in. Our pages stand in no frame:
platforms are asked to open them in a window of their own.
"""

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import maybe_viewer, public, requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import HubError, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.schemas import KIND_LABELS
from resource_hub.openings import keys, lti, pages, queries, rules, service
from resource_hub.openings.schemas import BindingForm
from resource_hub.people import entry
from resource_hub.people import queries as people
from resource_hub.people.schemas import SessionKind
from resource_hub.search.schemas import SearchQuery

blueprint = Blueprint("launches", __name__, template_folder="templates")

_OURS = "/lti"
_MOST_PICKED = 20


@blueprint.route("/lti/login", methods=["GET", "POST"])
@public(unit=False, foreign_forms=True)
def login() -> Response:
    """Begin a launch as a platform asks, and lead the browser to where its token is made."""
    given = request.values
    with unit.write():
        registration = queries.registration_of(given.get("iss", ""), given.get("client_id"))
        if registration is None:
            raise lti.UnknownPlatform
        begun = service.begin_launch(registration)
    where = lti.authentication_url(
        registration, state=begun.launch_id, nonce=begun.nonce, redirect_uri=_origin() + "/lti/launch",
        hint=given.get("login_hint", ""), message_hint=given.get("lti_message_hint"),
    )  # fmt: skip
    response = redirect(where, 303)
    # The platform sends the browser back by a form of its own site, which carries a cookie only under None, and that only by https.
    # Without any word browsers let a cookie of the last two minutes through, which is what an installation without https has.
    response.set_cookie(
        _cookie(begun.launch_id), begun.secret, max_age=int(rules.LAUNCH_LASTS.total_seconds()), path=_OURS, httponly=True,
        secure=request.is_secure, samesite="None" if request.is_secure else None,
    )  # fmt: skip
    return response


@blueprint.post("/lti/launch")
@public(unit=False, foreign_forms=True)
def launch() -> Response:
    """Take a platform's token once; sign in whom it means here, or ask who that is."""
    launch_id = request.form.get("state", "")
    with unit.write():
        registration, nonce = service.take_launch(launch_id, _secret(launch_id))
    claims = keys.verified(request.form.get("id_token", ""), registration)
    opened = lti.opened(claims, registration, nonce, hub().settings.hosts)
    with unit.write():
        outcome = service.settle_launch(launch_id, opened, entry.client_of(request))
    if isinstance(outcome, HubError):
        raise outcome
    if outcome is None:
        return redirect(f"/lti/binding/{launch_id}", 303)
    return _over(entry.signed_in(outcome, service.destination_of(launch_id, opened)), launch_id)


@blueprint.get("/lti/jwks")
@public
def key_set() -> Response:
    """What platforms check our answers with."""
    response = jsonify(keys.public_set())
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.get("/lti/binding/<launch_id>")
@public
def binding(launch_id: str) -> str:
    """Say who the platform's user is here, by signing in with the own account."""
    return _binding_page(launch_id)


@blueprint.post("/lti/binding/<launch_id>")
@public(unit=False)
def bind(launch_id: str) -> Response | tuple[str, int]:
    try:
        form = body(BindingForm)
        opened = entry.sign_in(form.account, form.password, SessionKind.BROWSER, entry.client_of(request))
        if opened.is_limited or opened.person_id is None:
            # Others may know an initial password, so it binds nothing.
            flash(_("请先换成自己的密码，再从学习平台打开一次。"), "warn")
            return entry.signed_in(opened, "/account")
        with unit.write():
            where = service.bind_launch(launch_id, _secret(launch_id), opened.person_id)
    except HubError as error:
        with unit.read():
            return _binding_page(launch_id, error), error.status
    return _over(entry.signed_in(opened, where), launch_id)


@blueprint.post("/lti/binding/<launch_id>/confirmation")
@requires("people.self")
def confirm(launch_id: str) -> Response:
    """Bind to whoever signed in since the launch, for those who sign in elsewhere and have no password here."""
    me, waiting = viewer(), queries.open_launch(launch_id, _secret(launch_id))
    if waiting is None or not _is_fresh(me, waiting):
        raise NotFound
    return _over(redirect(service.bind_launch(launch_id, _secret(launch_id), me.person_id), 303), launch_id)


@blueprint.get("/lti/selections/<launch_id>")
@requires("search.read")
def selection(launch_id: str) -> str:
    """Find resources and pick some for a course of the platform."""
    me = viewer()
    return _selection_page(me, launch_id, _selection(me, launch_id))


@blueprint.post("/lti/selections/<launch_id>")
@requires("search.read", unit=False)
def hand_over(launch_id: str) -> Response | tuple[str, int]:
    """Tell the platform what was picked, by a form that goes there; nothing when the person thought better of it."""
    me = viewer()
    with unit.read():
        found = _selection(me, launch_id)
        most = _MOST_PICKED if found.wish["many"] else 1
        works = [] if "none" in request.form else pages.works_for(me, request.form.getlist("resource")[:most])
        if not works and "none" not in request.form:
            return _selection_page(me, launch_id, found, is_empty=True), 422
    where = found.wish["return_url"]
    token = keys.signed(lti.answer(found.registration, found.wish, works))
    response = make_response(
        render_template("openings/hand_over.html", platform=found.platform, return_url=where, token=token, works=works)
    )
    # The one page whose form leaves us.
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; base-uri 'none'; form-action 'self' {lti.return_origin(where)}; frame-ancestors 'none'; object-src 'none'; "
        "img-src 'self' data:; style-src 'self'; script-src 'self'"
    )
    return response


def _binding_page(launch_id: str, error: HubError | None = None) -> str:
    waiting, me = _waiting(launch_id), maybe_viewer()
    told = describe(error) if error else None
    return render_template(
        "openings/binding.html",
        waiting=waiting,
        me=me if me and _is_fresh(me, waiting) else None,
        sign_on=bool(hub().settings.oidc_issuer),
        account=request.form.get("account", "")[:100],
        errors=told["fields"] if told else {},
        error=told,
    )


def _selection_page(me: Viewer, launch_id: str, found: queries.Selection, *, is_empty: bool = False) -> str:
    q = request.values.get("q", "")
    ids = pages.found_by(me, SearchQuery(q=q), most=_MOST_PICKED)
    return render_template(
        "openings/selection.html", launch_id=launch_id, platform=found.platform, many=found.wish["many"], q=q,
        works=pages.works_for(me, ids), kinds={kind: _(label) for kind, label in KIND_LABELS.items()}, is_empty=is_empty,
    )  # fmt: skip


def _waiting(launch_id: str) -> queries.OpenLaunch:
    found = queries.open_launch(launch_id, _secret(launch_id))
    if found is None:
        raise lti.LaunchFailed
    return found


def _selection(me: Viewer, launch_id: str) -> queries.Selection:
    found = queries.selection_of(launch_id, me.person_id)
    if found is None:
        raise NotFound
    return found


def _is_fresh(me: Viewer, waiting: queries.OpenLaunch) -> bool:
    """Whether the viewer signed in since the launch: on a computer that many share, an older session may be a colleague's."""
    return any(held.id == me.session_id and held.created_at >= waiting.launched_at for held in people.sessions_of(me.person_id))


def _origin() -> str:
    settings = hub().settings
    return f"{request.scheme}://{request.host}" if request.host.lower() in settings.hosts else settings.origin


def _cookie(launch_id: str) -> str:
    return f"hub_{launch_id}"


def _secret(launch_id: str) -> str:
    return request.cookies.get(_cookie(launch_id), "")


def _over(response: Response, launch_id: str) -> Response:
    response.delete_cookie(_cookie(launch_id), path=_OURS, httponly=True, secure=request.is_secure)
    return response
