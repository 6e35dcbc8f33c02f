"""LTI 1.3 and Deep Linking 2.0 as a tool: what a platform's token must say, and what we send back.

Pure protocol on joserfc; rows and pages live elsewhere. Rule: a token counts for one registration,
one deployment and one nonce, and never for a pupil.
"""

import logging
import re
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from resource_hub.kernel import addresses
from resource_hub.kernel.errors import N_, NotAllowed
from resource_hub.kernel.ids import new_secret
from resource_hub.openings.works import Work

log = logging.getLogger(__name__)

ALGORITHM = "RS256"
"""The one signature that the security framework of LTI demands of both sides."""
VERSION = "1.3.0"
LINK, DEEP_LINKING, DEEP_LINKING_ANSWER = "LtiResourceLinkRequest", "LtiDeepLinkingRequest", "LtiDeepLinkingResponse"

_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
_LEEWAY_S = 60
_ANSWER_LASTS_S = 300
_LONGEST_SUBJECT = 255  # by the protocol
_ROLE = re.compile(r".*?/(?:membership(?:/(?P<principal>\w+))?|person)#(?P<name>\w+)", re.ASCII)
_PUPILS = frozenset({"Learner", "Student"})
_RESOURCE = re.compile(r"res_[0-9a-z]{26}", re.ASCII)


class LaunchFailed(NotAllowed):
    code = "launch_failed"
    message = N_("学习平台的打开请求没有通过核对。请回到学习平台再打开一次；若仍不行，请联系区管理员。")


class UnknownPlatform(NotAllowed):
    code = "launch_platform"
    message = N_("这个学习平台还没有登记。请区管理员在“对外开放”里登记它。")


class UnknownDeployment(NotAllowed):
    code = "launch_deployment"
    message = N_("学习平台的部署编号 %(deployment)s 没有登记。请区管理员在“对外开放”里补上。")


class PupilRefused(NotAllowed):
    code = "launch_pupil"
    message = N_("这里只供老师使用，没有学生账号。请老师自己打开后，在课堂上用。")


class Selecting(BaseModel):
    """What a platform says that wants resources picked."""

    model_config = ConfigDict(extra="ignore")

    deep_link_return_url: str = Field(max_length=2000)
    accept_types: list[str]
    accept_multiple: bool = True
    data: str | None = None


class Claims(BaseModel):
    """The claims of a platform's token that matter here; all others are ignored."""

    model_config = ConfigDict(extra="ignore")

    iss: str
    aud: str | list[str]
    azp: str | None = None
    exp: float
    iat: float
    nonce: str
    sub: str = Field(min_length=1, max_length=_LONGEST_SUBJECT)
    name: str = ""
    message_type: str = Field(alias=_CLAIM + "message_type")
    version: str = Field(alias=_CLAIM + "version")
    deployment_id: str = Field(alias=_CLAIM + "deployment_id", max_length=_LONGEST_SUBJECT)
    target_link_uri: str = Field("", alias=_CLAIM + "target_link_uri")
    roles: list[str] = Field(default=[], alias=_CLAIM + "roles")
    custom: dict[str, Any] = Field(default={}, alias=_CLAIM + "custom")
    selecting: Selecting | None = Field(None, alias=_DEEP + "deep_linking_settings")


@dataclass(frozen=True, slots=True)
class Registration:
    """What identifies a platform, and where it is reached."""

    id: str
    issuer: str
    client_id: str
    auth_url: str
    keys_url: str
    deployments: frozenset[str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A launch whose token was found right; ``selection`` when resources are to be picked."""

    subject: str
    name: str
    destination: str
    selection: dict[str, Any] | None


def authentication_url(
    registration: Registration, *, state: str, nonce: str, redirect_uri: str, hint: str, message_hint: str | None
) -> str:
    """Return where the browser goes to have the platform's token made."""
    asked = {
        "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
        "client_id": registration.client_id, "redirect_uri": redirect_uri, "login_hint": hint, "state": state, "nonce": nonce,
    }  # fmt: skip
    if message_hint is not None:
        asked["lti_message_hint"] = message_hint
    joint = "&" if urlsplit(registration.auth_url).query else "?"
    return f"{registration.auth_url}{joint}{urlencode(asked)}"


def opened(given: Mapping[str, Any], registration: Registration, nonce: str, hosts: Collection[str]) -> Opened:
    """Return what a token with a right signature opens; raises LaunchFailed, UnknownDeployment or PupilRefused."""
    try:
        claims = Claims.model_validate(given)
    except ValidationError as error:
        raise LaunchFailed from error
    rules = {
        "audience": _is_for(claims, registration),
        "time": _is_now(claims),
        "nonce": claims.nonce == nonce,
        "version": claims.version == VERSION,
    }
    if not all(rules.values()):
        # The person is told to try again; which claim is wrong helps whoever set up the platform.
        log.warning("a launch from %s is wrong in: %s", registration.issuer, ", ".join(name for name, holds in rules.items() if not holds))
        raise LaunchFailed
    if claims.deployment_id not in registration.deployments:
        raise UnknownDeployment(deployment=claims.deployment_id)
    if is_pupil(claims.roles):
        raise PupilRefused
    where = destination(claims.custom.get("resource"), claims.target_link_uri, hosts)
    return Opened(claims.sub, claims.name.strip()[:60], where, _selection(claims))


def is_pupil(roles: Collection[str]) -> bool:
    """Whether these roles are a learner's who does not teach there too."""
    held = {_role(role) for role in roles}
    return bool(held & _PUPILS) and "Instructor" not in held


def destination(resource_id: object, target: str, hosts: Collection[str]) -> str:
    """Return the page that a link means: the resource it names, or its own address when that is one of ours."""
    if isinstance(resource_id, str) and _RESOURCE.fullmatch(resource_id):
        return f"/resources/{resource_id}"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    kind, _slash, ident = parts.path.removeprefix("/").partition("/")
    is_ours = parts.netloc.lower() in hosts and kind == "resources" and _RESOURCE.fullmatch(ident)
    return parts.path if is_ours else "/"


def return_origin(url: str) -> str | None:
    """Return the origin of an address that may be answered to; ``None`` when it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in addresses.DEFAULT_PORTS or addresses.place(parts.netloc) is None:
        return None
    return f"{parts.scheme}://{parts.netloc}"


def answer(registration: Registration, selection: Mapping[str, Any], works: Sequence[Work]) -> dict[str, Any]:
    """Return the claims that tell the platform which resources were picked."""
    now = int(time.time())
    claims = {
        "iss": registration.client_id,
        "aud": registration.issuer,
        "iat": now,
        "exp": now + _ANSWER_LASTS_S,
        "nonce": new_secret(),
        _CLAIM + "message_type": DEEP_LINKING_ANSWER,
        _CLAIM + "version": VERSION,
        _CLAIM + "deployment_id": selection["deployment"],
        _DEEP + "content_items": [_item(work) for work in works],
    }
    # What the platform sent along comes back untouched; what it did not send must not come back.
    return claims if selection["data"] is None else claims | {_DEEP + "data": selection["data"]}


def _is_for(claims: Claims, registration: Registration) -> bool:
    audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    party = claims.azp if claims.azp is not None or len(audience) > 1 else registration.client_id
    return claims.iss == registration.issuer and registration.client_id in audience and party == registration.client_id


def _is_now(claims: Claims) -> bool:
    # The platform's clock is compared with the real one, whatever ours shows in a demo.
    now = time.time()
    return claims.iat - _LEEWAY_S <= now <= claims.exp + _LEEWAY_S


def _role(role: str) -> str:
    found = _ROLE.fullmatch(role)
    return (found["principal"] or found["name"]) if found else role


def _selection(claims: Claims) -> dict[str, Any] | None:
    if claims.message_type == LINK:
        return None
    wish = claims.selecting
    if claims.message_type != DEEP_LINKING or wish is None or "ltiResourceLink" not in wish.accept_types:
        raise LaunchFailed
    if return_origin(wish.deep_link_return_url) is None:
        raise LaunchFailed
    return {
        "return_url": wish.deep_link_return_url, "data": wish.data, "many": wish.accept_multiple, "deployment": claims.deployment_id,
    }  # fmt: skip


def _item(work: Work) -> dict[str, Any]:
    # Our pages refuse to stand in a frame, so the platform is asked for a window.
    return {
        "type": "ltiResourceLink", "title": work.title, "text": work.summary, "url": work.address,
        "custom": {"resource": work.id}, "window": {"targetName": "_blank"},
    }  # fmt: skip
