"""Accounts: choosing a password, resetting it, preferences, ending a lock."""

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, NotFound
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import access
from resource_hub.people.models import Account, LoginSession, Person
from resource_hub.people.schemas import Locale, Theme
from resource_hub.people.service.roles import is_last_administrator
from resource_hub.people.service.sessions import clear_guard, revoke_all


def change_password(viewer: Viewer, password_hash: str) -> None:
    """Set the viewer's own password: other sessions are revoked, this one becomes a full one."""
    account = _account(viewer.person_id)
    account.password_hash = password_hash
    account.must_change = False
    account.password_changed_at = clock.now()
    revoke_all(viewer.person_id, but=viewer.session_id)
    session = db.session.get(LoginSession, viewer.session_id)
    if session:
        session.is_limited = False
    audit.note(viewer, "password.changed", Ref("person", viewer.person_id))


def reset_password(person_id: str, password_hash: str, *, by: Viewer | None = None) -> str:
    """Replace a password by a one-time one and return the account name.

    Sessions are revoked, a lock ends, and the owner has to choose a new password at sign-in.
    """
    if by is not None:
        access.get_person_for(by, person_id, "manage")
    account = _account(person_id)
    if account.closed_at is not None:
        raise Conflict(N_("这位同事已离岗,账号已停用,不能重设密码。"), code="account_closed")
    account.password_hash = password_hash
    account.must_change = True
    account.password_changed_at = clock.now()
    revoke_all(person_id)
    clear_guard(account.login)
    audit.note(by, "password.reset", Ref("person", person_id))
    return account.login


def set_preferences(viewer: Viewer, locale: Locale | None, theme: Theme | None) -> None:
    """Remember language and look of the viewer's account; ``None`` leaves one as it is."""
    account = _account(viewer.person_id)
    account.locale = locale or account.locale
    account.theme = theme or account.theme


def close_account(person_id: str, *, by: Viewer | None = None) -> None:
    """Shut an account at once and revoke its sessions; the person stays on the roster."""
    if by is not None:
        access.get_person_for(by, person_id, "manage")
    account = _account(person_id)
    if is_last_administrator(person_id):
        raise Conflict(N_("这是最后一位区管理员。请先把这项职责交给另一位同事。"), code="last_administrator")
    account.closed_at = account.closed_at or clock.now()
    revoke_all(person_id)
    audit.note(by, "account.closed", Ref("person", person_id))


def reopen_account(person_id: str, *, by: Viewer | None = None) -> None:
    """Open a shut account again; Conflict for somebody who has left."""
    if by is not None:
        access.get_person_for(by, person_id, "manage")
    account, person = _account(person_id), db.session.get(Person, person_id)
    if person is None or person.left_on is not None:
        raise Conflict(N_("这位同事已离岗,账号不能重新启用。"), code="person_left")
    account.closed_at = None
    clear_guard(account.login)
    audit.note(by, "account.reopened", Ref("person", person_id))


def end_lock(person_id: str, *, by: Viewer | None = None) -> None:
    """Let an account try again at once after too many wrong passwords."""
    if by is not None:
        access.get_person_for(by, person_id, "manage")
    clear_guard(_account(person_id).login)
    audit.note(by, "account.unlocked", Ref("person", person_id))


def _account(person_id: str) -> Account:
    account = db.session.get(Account, person_id)
    if account is None:
        raise NotFound
    return account
