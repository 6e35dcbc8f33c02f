"""Accounts: choosing a password, resetting it, preferences, ending a lock or a binding."""

from collections.abc import Mapping

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, HubError, NotFound
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import access, queries
from resource_hub.people.models import Account, LoginSession, Person
from resource_hub.people.queries import Credential
from resource_hub.people.schemas import Locale, Theme
from resource_hub.people.service.roles import is_last_administrator
from resource_hub.people.service.sessions import clear_guard, decide, revoke_all

_CHUNK = 500
"""Databases bound the number of parameters of one statement."""


def change_password(viewer: Viewer, credential: Credential, *, is_right: bool, password_hash: str | None) -> HubError | None:
    """Set the viewer's own password when the old one was right; returns the refusal to raise after the commit.

    Other sessions are revoked, this one becomes a full one. A wrong old password is counted as at sign-in.
    """
    refusal = decide(credential, is_right=is_right and password_hash is not None)
    if refusal is not None:
        return refusal
    account = _account(viewer.person_id)
    clear_guard(account.login)
    account.password_hash = password_hash
    account.must_change = False
    account.password_changed_at = clock.now()
    revoke_all(viewer.person_id, but=viewer.session_id)
    session = db.session.get(LoginSession, viewer.session_id)
    if session:
        session.is_limited = False
    audit.note(viewer, "password.changed", Ref("person", viewer.person_id))
    return None


def reset_password(person_id: str, password_hash: str, *, by: Viewer | None = None) -> str:
    """Replace a password by a one-time one and return the account name.

    Sessions are revoked, a lock ends, and the owner has to choose a new password at sign-in.
    """
    if by is not None:
        access.get_person_for(by, person_id, "manage")
    account = _account(person_id)
    if account.closed_at is not None:
        raise Conflict(N_("这位同事已离岗，账号已停用，不能重设密码。"), code="account_closed")
    # The guard comes first, as at sign-in: two units that lock in one order never wait for each other.
    clear_guard(account.login)
    _make_initial(account, password_hash)
    revoke_all(person_id)
    audit.note(by, "password.reset", Ref("person", person_id))
    return account.login


def reset_unused_passwords(password_hashes: Mapping[str, str], *, by: Viewer) -> list[str]:
    """Give those who still never signed in a new initial password, and return who they are.

    Whoever signed in meanwhile, or is not for the viewer to manage, is left out.
    """
    waiting = queries.never_signed_in(access.managed_schools(by))
    persons = queries.persons([ident for ident in waiting if ident in password_hashes])
    wanted = access.manageable(by, persons)
    logins = {person.id: person.account or "" for person in persons if person.id in wanted}
    done = []
    for start in range(0, len(waiting), _CHUNK):
        some = [ident for ident in waiting[start : start + _CHUNK] if ident in wanted]
        clear_guard(*(logins[ident] for ident in some))
        rows = db.session.scalars(
            sa.select(Account)
            .where(Account.person_id.in_(some), Account.must_change, Account.last_sign_in_at.is_(None), Account.closed_at.is_(None))
            .order_by(Account.person_id)
            .with_for_update()
        ).all()
        for account in rows:
            _make_initial(account, password_hashes[account.person_id])
            audit.note(by, "password.reset", Ref("person", account.person_id))
            done.append(account.person_id)
    return done


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
        raise Conflict(N_("这位同事已离岗，账号不能重新启用。"), code="person_left")
    clear_guard(account.login)
    account.closed_at = None
    audit.note(by, "account.reopened", Ref("person", person_id))


def end_lock(person_id: str, *, by: Viewer | None = None) -> None:
    """Let an account try again at once after too many wrong passwords."""
    if by is not None:
        access.get_person_for(by, person_id, "manage")
    clear_guard(_account(person_id).login)
    audit.note(by, "account.unlocked", Ref("person", person_id))


def end_sign_on(person_id: str, *, by: Viewer | None = None) -> None:
    """Forget whom the single sign-on means by this account; its next use binds it anew."""
    if by is not None:
        access.get_person_for(by, person_id, "manage")
    account = _account(person_id)
    account.sign_on_issuer = account.sign_on_subject = None
    revoke_all(person_id)
    audit.note(by, "sign_on.unbound", Ref("person", person_id))


def _make_initial(account: Account, password_hash: str) -> None:
    account.password_hash = password_hash
    account.must_change = True
    account.password_changed_at = clock.now()


def _account(person_id: str) -> Account:
    account = db.session.get(Account, person_id)
    if account is None:
        raise NotFound
    return account
