"""Pages of one's own account: signing in and out, setting up, password, sessions, looks.

Forms come back filled in with a sentence at the field; that is the one place where a door catches
an error. Views that check passwords open their own units, see ``entry``.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.infra.web.doors import PUBLIC, maybe_viewer, public, requires, viewer
from resource_hub.infra.web.errors import wants_json
from resource_hub.infra.web.replies import body, describe, reply
from resource_hub.infra.web.shell import LOCALE_COOKIE, THEME_COOKIE
from resource_hub.kernel.errors import HubError, Invalid, NotFound
from resource_hub.people import entry, oidc, queries, rules, service
from resource_hub.people.schemas import PasswordForm, PreferencesForm, SessionKind, SetupForm, SignInForm

blueprint = Blueprint("people", __name__, template_folder="templates")

Page = tuple[str, int, Mapping[str, str]]

_SIGN_ON_COOKIE = "hub_sign_on"
_SIGN_ON_LASTS_S = 600
_YEAR_S = 365 * 86_400
_DEMO_ACCOUNTS = ("linxiaoyun", "wuyoutian", "zhoumin", "qiulan", "fangzhengqing", "minjie", "luozhiqiang", "chenlan")
_LIMITED_MAY = frozenset({"people.account", "people.change_password", "people.keep_preferences"})
"""What an initial password opens: choosing a new one."""


@blueprint.before_app_request
def ask_for_new_password() -> Response | None:
    """Lead sessions begun with an initial password to the page that replaces it."""
    door = getattr(current_app.view_functions.get(request.endpoint or ""), "permission", PUBLIC)
    if door == PUBLIC or request.endpoint in _LIMITED_MAY or maybe_viewer() is None or not g.get("session_is_limited"):
        return None
    if wants_json() or request.method != "GET":
        raise service.MustChangePassword
    return redirect(url_for("people.account"), 303)


@blueprint.get("/sign-in")
@public(unit=False)
def sign_in_page() -> Response | Page:
    next_path = rules.local_path(request.args.get("next", "/"))
    if maybe_viewer() is not None:
        return redirect(next_path, 303)
    if not hub().settings.is_demo and _is_empty():
        return redirect("/setup", 303)
    return _sign_in_form(next_path)


@blueprint.post("/sign-in")
@public(unit=False)
def sign_in() -> Response | Page:
    try:
        form = body(SignInForm)
        opened = entry.sign_in(form.account, form.password, SessionKind.BROWSER, entry.client_of(request))
    except HubError as error:
        return _sign_in_form(rules.local_path(request.form.get("next", "/")), error)
    return entry.signed_in(opened, rules.local_path(form.next or "/"))


@blueprint.post("/sign-out")
@public
def sign_out() -> Response:
    person = maybe_viewer()
    if person is not None:
        service.sign_out(person)
    response = redirect("/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


@blueprint.get("/setup")
@public
def setup_page() -> Page:
    _require_empty()
    return _form_page("people/setup.html", None)


@blueprint.post("/setup")
@public(unit=False)
def set_up() -> Response | Page:
    with unit.read():
        _require_empty()
    try:
        opened = entry.set_up(body(SetupForm), entry.client_of(request))
    except Invalid as error:
        return _form_page("people/setup.html", error)
    return entry.signed_in(opened, "/")


@blueprint.get("/account")
@requires("people.self")
def account() -> Page:
    return _account_page(None)


@blueprint.post("/account/password")
@requires("people.self", unit=False)
def change_password() -> Response | Page:
    try:
        entry.change_password(viewer(), body(PasswordForm))
    except Invalid as error:
        with unit.read():
            return _account_page(error)
    flash(_("密码已更换。其他设备上的登录都已退出。"), "ok")
    return redirect(url_for("people.account"), 303)


@blueprint.post("/account/preferences")
@requires("people.self")
def keep_preferences() -> Response:
    form = body(PreferencesForm)
    service.set_preferences(viewer(), form.locale, form.theme)
    response = redirect(rules.local_path(form.next or "/account"), 303)
    for cookie, value in ((LOCALE_COOKIE, form.locale), (THEME_COOKIE, form.theme)):
        if value:
            response.set_cookie(cookie, value.value, max_age=_YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


@blueprint.route("/account/sessions/<session_id>/revocation", methods=["POST"])
@requires("people.self")
def revoke(session_id: str) -> Response:
    service.revoke_session(viewer(), session_id)
    return redirect(url_for("people.account"), 303)


@blueprint.delete("/account/sessions/<session_id>")
@requires("people.self")
def delete_session(session_id: str) -> Response:
    service.revoke_session(viewer(), session_id)
    return reply(None)


@blueprint.get("/auth/oidc")
@public(unit=False)
def begin_sign_on() -> Response:
    journey = oidc.Journey.begin(rules.local_path(request.args.get("next", "/")))
    response = redirect(_provider().authorization_url(journey, _redirect_uri()), 303)
    kept = _serializer().dumps(asdict(journey))
    response.set_cookie(
        _SIGN_ON_COOKIE, str(kept), max_age=_SIGN_ON_LASTS_S, httponly=True, samesite="Lax", secure=request.is_secure, path="/auth/oidc"
    )
    return response


@blueprint.get("/auth/oidc/callback")
@public(unit=False)
def end_sign_on() -> Response | Page:
    try:
        journey = _journey()
        vouched = _provider().vouched(request.args.get("code", ""), journey, _redirect_uri())
        with unit.write():
            outcome = service.enter_by_sign_on(vouched, entry.client_of(request))
        if isinstance(outcome, HubError):
            raise outcome
    except HubError as error:
        return _sign_in_form("/", error)
    response = entry.signed_in(outcome, rules.local_path(journey.next))
    response.delete_cookie(_SIGN_ON_COOKIE, path="/auth/oidc")
    return response


def _sign_in_form(next_path: str, error: HubError | None = None) -> Page:
    settings = hub().settings
    sign_on = {"url": url_for("people.begin_sign_on", next=next_path), "label": _("用统一身份认证登录")} if settings.oidc_issuer else None
    page = render_template(
        "people/sign_in.html",
        account=request.form.get("account", "")[:100],
        next=next_path,
        error=_sentence(error) if error else None,
        demo=_demo_people() if settings.is_demo else [],
        single_sign_on=sign_on,
        terminal_url=url_for("terminals.enter_page"),
    )
    return page, error.status if error else 200, _retry_header(error)


def _sentence(error: HubError) -> str:
    told = describe(error)
    return " ".join(told["fields"].values()) or str(told["message"])


def _form_page(template: str, error: Invalid | None, **context: Any) -> Page:
    values = {key: value for key, value in request.form.items() if "password" not in key and key != "again"}
    told = describe(error) if error else None
    page = render_template(template, values=values, errors=told["fields"] if told else {}, error=told, **context)
    return page, error.status if error else 200, {}


def _account_page(error: Invalid | None) -> Page:
    person = viewer()
    return _form_page(
        "people/account.html",
        error,
        account=queries.account_of(person.person_id),
        roles=queries.grants_of([person.person_id])[person.person_id],
        sessions=queries.sessions_of(person.person_id),
        current_session=person.session_id,
        must_change=bool(g.get("session_is_limited")),
        theme=request.cookies.get(THEME_COOKIE, "auto"),
        idle_minutes=hub().settings.idle_minutes,
    )


def _retry_header(error: HubError | None) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if error and error.retry_after else {}


def _demo_people() -> list[dict[str, str]]:
    with unit.read():
        found = queries.demo_people(_DEMO_ACCOUNTS)
    return [{"account": login, "name": name, "role": _(role) if role else ""} for login, name, role in found]


def _is_empty() -> bool:
    with unit.read():
        return not queries.accounts_exist()


def _require_empty() -> None:
    if hub().settings.is_demo or queries.accounts_exist():
        raise NotFound


def _provider() -> oidc.Provider:
    settings = hub().settings
    if not settings.oidc_issuer:
        raise NotFound
    provider: oidc.Provider = current_app.extensions.setdefault("hub_oidc", oidc.Provider(settings))
    return provider


def _redirect_uri() -> str:
    settings = hub().settings
    origin = f"{request.scheme}://{request.host}" if request.host.lower() in settings.hosts else settings.origin
    return origin + url_for("people.end_sign_on")


def _journey() -> oidc.Journey:
    """Return the journey that this browser began; raises SignOnFailed when the answer is not for it."""
    try:
        kept = _serializer().loads(request.cookies.get(_SIGN_ON_COOKIE, ""), max_age=_SIGN_ON_LASTS_S)
    except BadData as error:
        raise oidc.SignOnFailed from error
    journey = oidc.Journey(**kept)
    if not journey.state or request.args.get("state") != journey.state or not request.args.get("code"):
        raise oidc.SignOnFailed
    return journey


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="sign-on")
