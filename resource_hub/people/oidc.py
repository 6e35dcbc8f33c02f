"""Single sign-on by OpenID Connect: authorization code with PKCE, state and nonce.

Protocol steps by Authlib, signatures by joserfc. What has to survive the way to the provider and
back travels in a signed cookie of ten minutes. Rule: no unit is open while we wait for a provider.
"""

import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from resource_hub.kernel.errors import N_, NotAllowed, Unavailable
from resource_hub.kernel.settings import Settings
from resource_hub.people.schemas import Vouched

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures by the provider's private key only; ``none`` and shared secrets are refused."""

_TIMEOUT_S = 10
_FACTS_KEPT_S = 3600
_LONGEST_SUBJECT = 255  # by the protocol


class SignOnFailed(NotAllowed):
    code = "sign_on_failed"
    message = N_("统一身份认证没有成功，请重新登录一次；若仍不行，请用平台的账号和密码登录。")


class ProviderAway(Unavailable):
    code = "sign_on_away"
    message = N_("统一身份认证暂时连不上，请稍后再试，或用平台的账号和密码登录。")


@dataclass(frozen=True, slots=True)
class Journey:
    """What is remembered of one way to the provider and back."""

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def begin(cls, next_path: str) -> "Journey":
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), next_path)


@dataclass(frozen=True, slots=True)
class _Facts:
    document: dict[str, Any]
    keys: KeySet
    at: float


class Provider:
    """One OpenID provider, by the settings; its addresses and keys are fetched when first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._facts: _Facts | None = None

    def authorization_url(self, journey: Journey, redirect_uri: str) -> str:
        """Return where the browser has to go; raises ProviderAway."""
        url: str = prepare_grant_uri(
            str(self._read()["authorization_endpoint"]),
            client_id=self._settings.oidc_client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope="openid profile",
            state=journey.state,
            nonce=journey.nonce,
            code_challenge=create_s256_code_challenge(journey.verifier),
            code_challenge_method="S256",
        )
        return url

    def vouched(self, code: str, journey: Journey, redirect_uri: str) -> Vouched:
        """Return whom the provider vouches for; raises SignOnFailed or ProviderAway."""
        claims = self._claims(self._id_token(code, journey, redirect_uri), journey)
        login, subject = claims.get(self._settings.oidc_claim), claims.get("sub")
        if not isinstance(login, str) or not login or not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise SignOnFailed
        return Vouched(self._settings.oidc_issuer.rstrip("/"), subject, login)

    def _id_token(self, code: str, journey: Journey, redirect_uri: str) -> str:
        settings = self._settings
        body = prepare_token_request("authorization_code", "", redirect_uri=redirect_uri, code=code, code_verifier=journey.verifier)
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        auth = ClientAuth(settings.oidc_client_id, settings.oidc_client_secret, self._client_auth_method())
        url, headers, body = auth.prepare("POST", str(self._read()["token_endpoint"]), headers, body)
        try:
            answer = httpx.post(url, content=body, headers=headers, timeout=_TIMEOUT_S)
            token = answer.json().get("id_token") if answer.status_code == 200 else None
        except httpx.HTTPError as error:
            raise ProviderAway from error
        except (ValueError, AttributeError) as error:
            raise SignOnFailed from error
        if not isinstance(token, str):
            raise SignOnFailed
        return token

    def _claims(self, id_token: str, journey: Journey) -> CodeIDToken:
        options = {
            "iss": {"essential": True, "value": self._read()["issuer"]},
            "aud": {"essential": True, "value": self._settings.oidc_client_id},
            "nonce": {"essential": True, "value": journey.nonce},
        }
        params = {"nonce": journey.nonce, "client_id": self._settings.oidc_client_id}
        try:
            token = self._decoded(id_token)
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(time.time()), leeway=60)
        except JoseError as error:
            raise SignOnFailed from error
        return claims

    def _decoded(self, id_token: str) -> jwt.Token:
        """Check the signature; an unknown key may be a new one, so keys are fetched once again."""
        try:
            return jwt.decode(id_token, self._keys(), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError):
            self._facts = None
        try:
            return jwt.decode(id_token, self._keys(), algorithms=list(ALGORITHMS))
        except ValueError as error:
            raise SignOnFailed from error

    def _client_auth_method(self) -> str:
        if not self._settings.oidc_client_secret:
            return "none"
        offered = self._read().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"

    def _read(self) -> dict[str, Any]:
        return self._fetched().document

    def _keys(self) -> KeySet:
        return self._fetched().keys

    def _fetched(self) -> _Facts:
        with self._lock:
            facts = self._facts
            if facts is None or time.monotonic() - facts.at > _FACTS_KEPT_S:
                facts = self._facts = self._fetch()
            return facts

    def _fetch(self) -> _Facts:
        issuer = self._settings.oidc_issuer.rstrip("/")
        try:
            with httpx.Client(timeout=_TIMEOUT_S) as client:
                document = client.get(urljoin(issuer + "/", ".well-known/openid-configuration")).raise_for_status().json()
                keys = KeySet.import_key_set(client.get(document["jwks_uri"]).raise_for_status().json())
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderAway from error
        if str(document.get("issuer", "")).rstrip("/") != issuer:
            raise SignOnFailed
        return _Facts(document, keys, time.monotonic())
