"""Sessions: entering with a password or single sign-on, being seen, leaving, revoking.

Whoever decides over a password returns a refusal instead of raising it: the failure that is
counted has to be committed, and the door raises it afterwards. Tokens are returned once and kept as hashes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from resource_hub.audit import service as audit
from resource_hub.audit.schemas import Result
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, HubError, NotAllowed, NotFound, NotSignedIn, TooMany
from resource_hub.kernel.ids import new_id, new_secret
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import rules
from resource_hub.people.models import Account, LoginSession, SignInGuard
from resource_hub.people.passwords import digest
from resource_hub.people.queries import Credential
from resource_hub.people.schemas import SessionKind, Vouched


class WrongPassword(NotSignedIn):
    code = "wrong_password"
    message = N_("账号或密码不对。请检查大小写；连续 5 次不对，这个账号会锁定 15 分钟。")


class AccountLocked(TooMany):
    code = "account_locked"
    message = N_("密码连续 5 次不对，这个账号暂时锁定，%(minutes)s 分钟后可以再试。着急时请教务主任重设密码。")

    def __init__(self, until: datetime) -> None:
        left_s = max(int((until - clock.now()).total_seconds()), 1)
        super().__init__(retry_after=left_s, minutes=-(-left_s // 60))


class AccountClosed(NotAllowed):
    code = "account_closed"
    message = N_("这个账号已停用。若您仍在岗，请联系学校教务主任。")


class MustChangePassword(NotAllowed):
    code = "password_change_needed"
    message = N_("这是初始密码。请先用浏览器登录一次，换成自己的密码。")


class OtherSignOn(NotAllowed):
    code = "other_sign_on"
    message = N_("这个账号已和统一身份认证里的另一个人绑定，没有登录。若是您本人，请学校教务主任解除绑定后再试。")


class NotRegistered(NotAllowed):
    code = "not_registered"
    message = N_("统一身份认证通过了，但这里还没有您的账号。请联系学校教务主任登记。")


@dataclass(frozen=True, slots=True)
class Client:
    """From where somebody signs in."""

    agent: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class OpenedSession:
    """``token`` is shown to nobody but its owner and never again."""

    id: str
    token: str
    expires_at: datetime
    is_limited: bool
    person_id: str | None


def enter(
    credential: Credential, *, is_right: bool, better_hash: str | None, kind: SessionKind, client: Client
) -> OpenedSession | HubError:
    """Decide over one attempt with a password: a session, or the refusal to raise after the commit."""
    refusal = decide(credential, is_right=is_right)
    account = db.session.get(Account, credential.person_id) if credential.person_id else None
    if refusal is not None or account is None:
        return refusal or WrongPassword()
    if account.closed_at is not None:
        audit.note(None, "sign_in", Ref("person", account.person_id), Result.REFUSED, {"reason": "closed"})
        return AccountClosed()
    if account.must_change and kind is SessionKind.API:
        return MustChangePassword()
    clear_guard(credential.login)
    account.last_sign_in_at = clock.now()
    if better_hash:
        account.password_hash = better_hash
    opened = open_session(account.person_id, kind, client, is_limited=account.must_change)
    audit.note(None, "sign_in", Ref("person", account.person_id), details={"session": opened.id, "kind": kind.value, "ip": client.ip})
    return opened


def decide(credential: Credential, *, is_right: bool) -> HubError | None:
    """Return the refusal of one attempt at a password, which it counts; ``None`` when the password counts.

    The lock is asked again here, under the row's lock, so that attempts made side by side do not
    get more guesses than attempts made one after another, nor end the lock that one of them set.
    """
    guard = _guard(credential.login)
    if guard.locked_until and guard.locked_until > clock.now():
        return AccountLocked(guard.locked_until)
    account = db.session.get(Account, credential.person_id) if credential.person_id else None
    if not is_right or account is None or account.password_hash != credential.password_hash:
        return _failed(guard, credential.person_id)
    return None


def enter_by_sign_on(vouched: Vouched, client: Client) -> OpenedSession | HubError:
    """Open a session for somebody that the single sign-on vouched for; never makes accounts.

    The first time, the account of exactly that name is bound to the provider's subject; from then
    on the subject alone says who it is, since names at a provider can be changed and given away.
    """
    account = _bound(vouched) or _newly_bound(vouched)
    if isinstance(account, HubError):
        return account
    return _enter_vouched(account, "oidc", client)


def enter_by_platform(person_id: str, client: Client) -> OpenedSession | HubError:
    """Open a session for somebody whom a learning platform means by a subject that they bound to their account."""
    account = db.session.get(Account, person_id)
    return _enter_vouched(account, "lti", client) if account else AccountClosed()


def _enter_vouched(account: Account, by: str, client: Client) -> OpenedSession | HubError:
    person = Ref("person", account.person_id)
    if account.closed_at is not None:
        audit.note(None, "sign_in", person, Result.REFUSED, {"reason": "closed", "by": by})
        return AccountClosed()
    account.last_sign_in_at = clock.now()
    opened = open_session(account.person_id, SessionKind.BROWSER, client)
    audit.note(None, "sign_in", person, details={"session": opened.id, "by": by, "ip": client.ip})
    return opened


def _bound(vouched: Vouched) -> Account | None:
    account: Account | None = db.session.scalar(
        sa.select(Account).where(Account.sign_on_issuer == vouched.issuer, Account.sign_on_subject == vouched.subject)
    )
    return account


def _newly_bound(vouched: Vouched) -> Account | HubError:
    account = db.session.scalar(sa.select(Account).where(Account.login == vouched.login).with_for_update())
    if account is None:
        audit.note(None, "sign_in", None, Result.REFUSED, {"reason": "not_registered", "by": "oidc"})
        return NotRegistered()
    person = Ref("person", account.person_id)
    # A binding to another provider is an old one: the installation knows only one at a time.
    if account.sign_on_issuer == vouched.issuer:
        audit.note(None, "sign_in", person, Result.REFUSED, {"reason": "other_sign_on", "by": "oidc"})
        return OtherSignOn()
    if account.closed_at is None:
        account.sign_on_issuer, account.sign_on_subject = vouched.issuer, vouched.subject
        audit.note(None, "sign_on.bound", person, details={"issuer": vouched.issuer})
    return account


def open_session(person_id: str, kind: SessionKind, client: Client, *, is_limited: bool = False) -> OpenedSession:
    """Open a session and return its token, which is kept nowhere."""
    now = clock.now()
    token = new_secret()
    db.session.execute(
        sa.delete(LoginSession).where(LoginSession.person_id == person_id, LoginSession.expires_at < now - timedelta(days=7))
    )
    session = LoginSession(
        id=new_id("ses"),
        token_hash=digest(token),
        kind=kind,
        person_id=person_id,
        is_limited=is_limited,
        agent=rules.agent_words(client.agent)[:120],
        ip=client.ip[:45],
        created_at=now,
        seen_at=now,
        expires_at=now + rules.SESSION_LIFE,
    )
    db.session.add(session)
    db.session.flush()
    return OpenedSession(session.id, token, session.expires_at, is_limited, person_id)


def touch(session_id: str) -> None:
    """Write down that a session is in use; called at most once a minute per session."""
    db.session.execute(sa.update(LoginSession).where(LoginSession.id == session_id).values(seen_at=clock.now()))


def sign_out(viewer: Viewer) -> None:
    """Revoke the session that the viewer rides on."""
    _revoke(LoginSession.id == viewer.session_id)
    audit.note(viewer, "sign_out", Ref("person", viewer.person_id))


def revoke_session(viewer: Viewer, session_id: str) -> None:
    """Revoke one of the viewer's own sessions; NotFound for anyone else's."""
    if not _revoke(LoginSession.id == session_id, LoginSession.person_id == viewer.person_id):
        raise NotFound
    audit.note(viewer, "session.revoked", Ref("person", viewer.person_id), details={"session": session_id})


def revoke_all(person_id: str, *, but: str = "") -> None:
    """Revoke every session of a person, except one."""
    _revoke(LoginSession.person_id == person_id, LoginSession.id != but)


def clear_guard(*logins: str) -> None:
    """Forget failures and locks of account names."""
    db.session.execute(sa.delete(SignInGuard).where(SignInGuard.login_hash.in_([digest(login) for login in logins])))


def _revoke(*which: sa.ColumnElement[bool]) -> int:
    done = db.session.execute(sa.update(LoginSession).where(LoginSession.revoked_at.is_(None), *which).values(revoked_at=clock.now()))
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _guard(login: str) -> SignInGuard:
    """Return the counter of an account name, made when absent, locked until the unit ends."""
    key, now = digest(login), clock.now()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    begun = insert(SignInGuard).values(login_hash=key, failures=0, last_failure_at=now)
    # The update changes nothing but locks the row in the same step: between two steps it could go.
    db.session.execute(begun.on_conflict_do_update(index_elements=["login_hash"], set_={"failures": SignInGuard.failures}))
    # Old counters of others go last and only where nobody holds them, so that two units never wait for each other.
    old = sa.select(SignInGuard.login_hash).where(SignInGuard.last_failure_at < now - timedelta(days=1), SignInGuard.login_hash != key)
    db.session.execute(sa.delete(SignInGuard).where(SignInGuard.login_hash.in_(old.with_for_update(skip_locked=True))))
    return db.session.scalars(sa.select(SignInGuard).where(SignInGuard.login_hash == key).execution_options(populate_existing=True)).one()


def _failed(guard: SignInGuard, person_id: str | None) -> HubError:
    now = clock.now()
    is_stale = now - guard.last_failure_at > rules.LOCKED_FOR or guard.locked_until is not None
    guard.failures = 1 if is_stale else guard.failures + 1
    guard.last_failure_at = now
    is_locked = guard.failures >= rules.FAILURES_ALLOWED
    guard.locked_until = now + rules.LOCKED_FOR if is_locked else None
    # The name that was typed is not kept: people type passwords into the wrong box.
    ref = Ref("person", person_id) if person_id else None
    audit.note(None, "sign_in", ref, Result.REFUSED, {"reason": "locked" if is_locked else "wrong"})
    return AccountLocked(guard.locked_until) if guard.locked_until else WrongPassword()
