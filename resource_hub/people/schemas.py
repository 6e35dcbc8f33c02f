"""Kinds of sessions and looks, and what the forms and the API send."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from resource_hub.kernel.viewer import Role, ScopeKind


class SessionKind(StrEnum):
    BROWSER = "browser"
    API = "api"
    TERMINAL = "terminal"


class Locale(StrEnum):
    ZH = "zh"
    EN = "en"


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a provider vouches for: ``subject`` is theirs for ever, the account name may change hands."""

    issuer: str
    subject: str
    login: str


def _listed(value: object) -> object:
    if value in ("", None):
        return []
    return value if isinstance(value, list) else [value]


def _absent(value: object) -> object:
    return None if value == "" else value


Trimmed = Annotated[str, StringConstraints(strip_whitespace=True)]
Several = Annotated[list[str], BeforeValidator(_listed)]
OptionalText = Annotated[str | None, BeforeValidator(_absent)]
OptionalDate = Annotated[date | None, BeforeValidator(_absent)]


class _Form(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore")


class SignInForm(_Form):
    # A password is taken as typed; only the account name is trimmed.
    model_config = ConfigDict(str_strip_whitespace=False, extra="ignore")

    account: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=200)
    next: str = ""


class PasswordForm(_Form):
    model_config = ConfigDict(str_strip_whitespace=False, extra="ignore")

    old: str = Field(min_length=1, max_length=200)
    new: str = Field(min_length=1, max_length=200)
    again: str = Field(min_length=1, max_length=200)


class PreferencesForm(_Form):
    locale: Locale | None = None
    theme: Theme | None = None
    next: str = ""


class SetupForm(_Form):
    # A password is kept as typed, since signing in takes it as typed.
    model_config = ConfigDict(str_strip_whitespace=False, extra="ignore")

    district: Trimmed = Field(min_length=2, max_length=100)
    name: Trimmed = Field(min_length=1, max_length=60)
    account: Trimmed = Field(min_length=2, max_length=40)
    password: str = Field(min_length=1, max_length=200)
    again: str = Field(min_length=1, max_length=200)


class PersonForm(_Form):
    name: str = Field(min_length=1, max_length=60)
    staff_no: str = Field(min_length=1, max_length=40)
    phone: OptionalText = None
    school_id: OptionalText = None
    account: OptionalText = None
    subjects: Several = []
    roles: Annotated[list[Role], BeforeValidator(_listed)] = []


class RoleForm(_Form):
    """A role to grant; ``scope`` is a kind, or kind and place in one: ``school:sch_…``."""

    role: Role
    scope: ScopeKind
    scope_id: OptionalText = None
    subjects: Several = []
    from_on: OptionalDate = None
    until_on: OptionalDate = None

    @model_validator(mode="before")
    @classmethod
    def split_scope(cls, given: dict[str, object]) -> dict[str, object]:
        """One list of the form names kind and place together."""
        kind, _, place = str(given.get("scope", "")).partition(":")
        return {**given, "scope": kind, "scope_id": place} if place else given


class TerminalForm(_Form):
    room: str = Field(min_length=1, max_length=60)
    class_id: OptionalText = None


class CodeForm(_Form):
    code: str = Field(min_length=1, max_length=40)


class DepartureForm(_Form):
    on: date


class TrailForm(_Form):
    """What to show of the audit; ``until`` is the last day shown."""

    person: str = Field(default="", max_length=60)
    action: str = Field(default="", max_length=64)
    since: OptionalDate = None
    until: OptionalDate = None


class TokenRequest(BaseModel):
    """Body of ``POST /api/v1/tokens``."""

    model_config = ConfigDict(extra="forbid")

    account: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=200)


class Token(BaseModel):
    token: str
    expires_at: str


class GrantOut(BaseModel):
    role: Role
    scope: ScopeKind
    scope_id: str
    subjects: list[str]


class Me(BaseModel):
    """Answer of ``GET /api/v1/me``."""

    id: str
    name: str
    account: str | None
    school_id: str | None
    school: str | None
    community_ids: list[str]
    roles: list[GrantOut]
    locale: str
