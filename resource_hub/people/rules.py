"""Decisions about accounts, passwords and roles. Pure.

Nobody may hand out, or take over by resetting a password, more power than they hold themselves:
``may_grant`` and ``may_manage`` are the two questions that every verb asks.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import timedelta

from resource_hub.kernel.errors import N_
from resource_hub.kernel.viewer import Grant, Role, ScopeKind

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
"""The classified protection standard, level 2: five failures, a quarter of an hour."""

SESSION_LIFE = timedelta(days=30)
TERMINAL_LIFE = timedelta(days=400)
"""A room's device stays signed in over a school year; browsers keep no cookie for longer."""
TOUCHED_EVERY = timedelta(minutes=1)
CODE_LIFE = timedelta(minutes=30)
"""Long enough to walk to the room; too short to guess eight random letters and digits."""

MANAGERS = frozenset({Role.DISTRICT_ADMIN, Role.PRINCIPAL, Role.DEAN})

_STAFF = frozenset(
    {
        Role.GROUP_HEAD,
        Role.LEAD_TEACHER,
        Role.ASSIST_TEACHER,
        Role.TEACHER,
        Role.COUNSELOR,
        Role.HEAD_TEACHER,
        Role.SAFETY_OFFICER,
        Role.TECH,
    }
)
_GRANTABLE: dict[Role, frozenset[Role]] = {
    Role.DISTRICT_ADMIN: frozenset(Role) - {Role.CLASS_TERMINAL},
    Role.PRINCIPAL: _STAFF | {Role.DEAN, Role.PRIVACY_OFFICER},
    Role.DEAN: _STAFF,
}
_POWERFUL = frozenset(
    {
        Role.DISTRICT_ADMIN,
        Role.DISTRICT_LEADER,
        Role.RESEARCHER,
        Role.INSPECTOR,
        Role.AUDITOR,
        Role.PRIVACY_OFFICER,
        Role.PRINCIPAL,
        Role.DEAN,
    }
)
_DISTRICT_ONLY = frozenset({ScopeKind.DISTRICT})
_SCHOOL_OR_WIDER = frozenset({ScopeKind.SCHOOL, ScopeKind.COMMUNITY, ScopeKind.DISTRICT})
_SCOPES: dict[Role, frozenset[ScopeKind]] = {
    Role.DISTRICT_ADMIN: _DISTRICT_ONLY,
    Role.DISTRICT_LEADER: _DISTRICT_ONLY,
    Role.AUDITOR: _DISTRICT_ONLY,
    Role.RESEARCHER: frozenset({ScopeKind.DISTRICT, ScopeKind.COMMUNITY, ScopeKind.SUBJECT}),
    Role.INSPECTOR: _SCHOOL_OR_WIDER,
    Role.PRIVACY_OFFICER: frozenset({ScopeKind.DISTRICT, ScopeKind.SCHOOL}),
    Role.PRINCIPAL: frozenset({ScopeKind.SCHOOL, ScopeKind.COMMUNITY}),
    Role.DEAN: frozenset({ScopeKind.SCHOOL}),
    Role.GROUP_HEAD: frozenset({ScopeKind.SCHOOL, ScopeKind.COMMUNITY}),
    Role.HEAD_TEACHER: frozenset({ScopeKind.SCHOOL}),
    Role.SAFETY_OFFICER: frozenset({ScopeKind.SCHOOL}),
    Role.CLASS_TERMINAL: frozenset(),
}

ROLE_NAMES: dict[Role, str] = {
    Role.DISTRICT_ADMIN: N_("区管理员"),
    Role.DISTRICT_LEADER: N_("区领导"),
    Role.RESEARCHER: N_("教研员"),
    Role.INSPECTOR: N_("督学"),
    Role.AUDITOR: N_("审计员"),
    Role.PRIVACY_OFFICER: N_("个人信息保护负责人"),
    Role.PRINCIPAL: N_("校长"),
    Role.DEAN: N_("教务主任"),
    Role.GROUP_HEAD: N_("教研组长"),
    Role.LEAD_TEACHER: N_("主讲教师"),
    Role.ASSIST_TEACHER: N_("助学教师"),
    Role.TEACHER: N_("教师"),
    Role.STUDIO_HOST: N_("名师工作室主持人"),
    Role.COUNSELOR: N_("心理教师"),
    Role.HEAD_TEACHER: N_("班主任"),
    Role.SAFETY_OFFICER: N_("安全员"),
    Role.TECH: N_("技术员"),
    Role.CLASS_TERMINAL: N_("班级终端"),
}

_PHONE = re.compile(r"\+?[\d -]{7,20}")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_COMMON = frozenset(
    {
        *("12345678", "123456789", "1234567890", "11111111", "88888888", "66666666", "password", "password1", "passw0rd"),
        *("p@ssw0rd", "p@ssword1", "qwertyuiop", "qwerty123", "1q2w3e4r", "1qaz2wsx", "abc12345", "abcd1234", "abc@1234"),
        *("abc@123456", "aa123456", "aa@123456", "a@123456", "admin123", "admin@123", "admin@1234", "iloveyou", "woaini1314"),
        *("a1b2c3d4", "welcome1", "teacher1", "teacher@123", "changeme"),
    }
)


def plain_login(text: str) -> str:
    """Return an account name as it is stored: full-width letters folded, lower case."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def is_login(text: str) -> bool:
    """True when ``text`` may be an account name."""
    return _LOGIN.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    """True when ``text`` may be a telephone number; it may begin with the country's +86."""
    return len(text) <= 20 and _PHONE.fullmatch(text) is not None


def plain_code(text: str) -> str:
    """Return a terminal's code as it is hashed: however it was typed."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).lower()


def password_problem(password: str, login: str) -> str | None:
    """Return what is wrong with a new password as a sentence, or ``None`` when it may be used."""
    if len(password) < 8:
        return N_("密码太短，至少 8 个字符。")
    kinds = sum(bool(re.search(kind, password)) for kind in (r"[a-z]", r"[A-Z]", r"\d", r"[^a-zA-Z0-9]"))
    if len(password) < 14 and kinds < 3:
        return N_("请混用大写字母、小写字母、数字、符号中的三种，或者写够 14 个字符。")
    folded = password.casefold()
    if len(login) >= 3 and login in folded:
        return N_("密码里不要含有账号。")
    if folded in _COMMON or len(set(folded)) < 4:
        return N_("这个密码太常见，容易被猜到，请换一个。")
    return None


def grantable(grants: Iterable[Grant]) -> frozenset[Role]:
    """Return the roles that holders of ``grants`` may hand out somewhere."""
    return frozenset().union(*(_GRANTABLE.get(grant.role, frozenset()) for grant in grants))


def may_grant(grants: Iterable[Grant], role: Role, school_id: str | None, community_ids: Iterable[str] = ()) -> bool:
    """True when one of ``grants`` reaches that school (``None``: the district) and allows the role."""
    communities = frozenset(community_ids)
    return any(role in _GRANTABLE.get(grant.role, frozenset()) and _reaches(grant, school_id, communities) for grant in grants)


def may_manage(grants: Iterable[Grant], held: Iterable[Role], school_id: str | None, community_ids: Iterable[str] = ()) -> bool:
    """True when ``grants`` reach a person of that school who holds the roles ``held``.

    Resetting a password takes an account over, so a powerful role needs one that may grant it.
    """
    communities = frozenset(community_ids)
    ours = [grant for grant in grants if grant.role in MANAGERS and _reaches(grant, school_id, communities)]
    return any((_POWERFUL & frozenset(held)) <= _GRANTABLE[grant.role] for grant in ours)


def scopes_of(role: Role) -> frozenset[ScopeKind]:
    """Return the kinds of scope in which a role makes sense."""
    return _SCOPES.get(role, _SCHOOL_OR_WIDER)


def home_scope(role: Role, *, is_district: bool) -> ScopeKind | None:
    """Return the scope a role gets from its holder's place of work; ``None`` when it has none there."""
    kind = ScopeKind.DISTRICT if is_district else ScopeKind.SCHOOL
    return kind if kind in scopes_of(role) else None


def masked_phone(phone: str | None) -> str:
    """Return a telephone number fit for showing."""
    if not phone:
        return ""
    return phone[:3] + "*" * max(len(phone) - 7, 1) + phone[-4:] if len(phone) > 7 else "****"


def agent_words(agent: str) -> str:
    """Return browser and system of a user agent in a few words, for the list of sessions."""
    browsers = (("Edg", "Edge"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Version", "Safari"))
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")
    found = next((re.search(rf"{key}[a-zA-Z]*/(\d+)", agent) for key, _ in browsers if f"{key}" in agent), None)
    browser = next((name for key, name in browsers if key in agent), "")
    system = next((name for name in systems if name in agent), "")
    if not browser:
        return agent.split(" ", maxsplit=1)[0][:60]
    return " · ".join(part for part in (f"{browser} {found.group(1)}" if found else browser, system) if part)


def local_path(text: str) -> str:
    """Return ``text`` when it is a path on this site, else ``/``: no redirect leads elsewhere."""
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\")) and not any(ord(c) < 32 for c in text)
    return text if is_ours else "/"


def _reaches(grant: Grant, school_id: str | None, community_ids: frozenset[str]) -> bool:
    if grant.scope is ScopeKind.DISTRICT:
        return True
    if grant.scope is ScopeKind.SCHOOL:
        return school_id is not None and grant.scope_id == school_id
    return grant.scope is ScopeKind.COMMUNITY and grant.scope_id in community_ids
