"""Signing in and choosing a password, in three steps: look, verify, decide.

The slow check of a password runs between two short units, so that nobody waits for a database
lock while a whole school signs in. Page, API and settings page all enter through here.
"""

from contextlib import suppress

from flask import Request, redirect, request, url_for
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.kernel.errors import N_, Conflict, HubError, Invalid, NotFound, Unavailable
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import passwords, queries, rules, service
from resource_hub.people.schemas import PasswordForm, SessionKind, SetupForm


def client_of(request: Request) -> service.Client:
    """Return from where a request comes."""
    return service.Client(request.user_agent.string, request.remote_addr or "")


def sign_in(login: str, password: str, kind: SessionKind, client: service.Client) -> service.OpenedSession:
    """Open a session; raises WrongPassword, AccountLocked or AccountClosed.

    An unknown account takes as long and is told the same as a wrong password.
    """
    with unit.read():
        credential = queries.credential(rules.plain_login(login))
    if credential.locked_until:
        raise service.AccountLocked(credential.locked_until)
    is_right = passwords.fits(credential.password_hash, password)
    better = _better(credential, password) if is_right else None
    with unit.write():
        outcome = service.enter(credential, is_right=is_right, better_hash=better, kind=kind, client=client)
    if isinstance(outcome, HubError):
        raise outcome
    return outcome


def signed_in(opened: service.OpenedSession, next_path: str) -> Response:
    """Return the answer that leads on, with the session's cookie; whoever has an initial password is led to the account first."""
    response: Response = redirect(url_for("people.account") if opened.is_limited else next_path, 303)
    # Without an age the cookie ends with the browser, which suits computers that many share.
    response.set_cookie(SESSION_COOKIE, opened.token, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def change_password(viewer: Viewer, form: PasswordForm) -> None:
    """Replace the viewer's password after asking for the old one; other sessions end.

    Invalid names the field; five wrong old passwords lock the account as at sign-in.
    """
    with unit.read():
        account = queries.account_of(viewer.person_id)
        if account is None:
            raise NotFound
        credential = queries.credential(account.login)
    if credential.locked_until:
        raise service.AccountLocked(credential.locked_until)
    check_new_password(form.new, form.again, account.login)
    if form.new == form.old:
        # Before the old one is checked, so that this answer says nothing about it.
        raise Invalid(fields={"new": N_("新密码要和现在的不一样。")})
    is_right = passwords.fits(credential.password_hash, form.old)
    new_hash = passwords.hash_of(form.new) if is_right else None
    with unit.write():
        refusal = service.change_password(viewer, credential, is_right=is_right, password_hash=new_hash)
    if isinstance(refusal, service.WrongPassword):
        raise Invalid(fields={"old": N_("现在的密码不对。")})
    if refusal is not None:
        raise refusal


def set_up(form: SetupForm, client: service.Client) -> service.OpenedSession:
    """Make the district and its first administrator, and sign them in."""
    login = rules.plain_login(form.account)
    check_new_password(form.password, form.again, login, field="password")
    password_hash = passwords.hash_of(form.password)
    with unit.write():
        person_id = service.set_up(form.district, form.name, login, password_hash)
        return service.open_session(person_id, SessionKind.BROWSER, client)


def check_new_password(password: str, again: str, login: str, *, field: str = "new") -> None:
    """Raise Invalid when a new password may not be used or was typed differently twice."""
    problem = rules.password_problem(password, login)
    if problem:
        raise Invalid(fields={field: problem})
    if password != again:
        raise Invalid(fields={"again": N_("两次输入的新密码不一样。")})


def _better(credential: queries.Credential, password: str) -> str | None:
    is_own = credential.password_hash is not None and not credential.must_change
    if is_own and passwords.is_outdated(credential.password_hash or ""):
        return passwords.hash_of(password)
    return None


def viewer_of_token(token: str, *, is_bearer: bool) -> queries.SignedIn | None:
    """Return whose session a token opens, also for sockets; writes its use down once a minute."""
    with unit.read():
        found = queries.signed_in(token)
    # A browser's session is no bearer token, so a script that reads one cannot carry it away.
    if found is None or (is_bearer and found.kind is SessionKind.BROWSER):
        return None
    if found.is_due:
        # Being seen is not worth failing a request while the database is busy.
        with suppress(Unavailable, Conflict), unit.write():
            service.touch(found.viewer.session_id)
    return found
