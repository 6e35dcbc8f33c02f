"""Single sign-on against a provider that speaks the real protocol over HTTP."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from resource_hub.audit import queries as audit
from resource_hub.infra import unit
from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.kernel.settings import Settings
from resource_hub.people import service
from resource_hub.people.schemas import Vouched
from tests.http_server import QuietHandler, serving
from tests.people.standing import Browser, Town

pytestmark = pytest.mark.slow

CLIENT, SECRET = "hub", "client-secret"


@dataclass
class FakeProvider:
    """An OpenID provider for one client; ``claims`` and ``key`` can be made wrong on purpose."""

    issuer: str = ""
    account: str = "linxiaoyun"
    subject: str = "42"
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    signing_key: RSAKey | None = None
    forge: Callable[[dict[str, Any]], str] | None = None
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, url: str) -> str:
        """Let the person agree at the provider and return where the browser is sent back to."""
        query = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        code = secrets.token_urlsafe(8)
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        if path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        query = self.asked.pop(form.get("code", ""), None)
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if path != "/token" or query is None or authorization != expected or query["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if challenge != query["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": query["nonce"]}
        claims |= {"preferred_username": self.account, **self.claims}
        token = (
            self.forge(claims) if self.forge else jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.signing_key or self.key)
        )
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    fake = FakeProvider()

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._reply({key: values[0] for key, values in parse_qs(text).items()})

        def _reply(self, form: dict[str, str]) -> None:
            status, data = fake.answer(urlsplit(self.path).path, form, self.headers.get("Authorization", ""))
            content = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with serving(Handler) as fake.issuer:
        yield fake


@pytest.fixture
def hub_settings(database: str, tmp_path: Path, provider: FakeProvider) -> Settings:
    return Settings.read(
        {
            "HUB_DATA": str(tmp_path / "data"),
            "HUB_DATABASE_URL": database,
            "HUB_DEMO": "0",
            "HUB_OIDC_ISSUER": provider.issuer,
            "HUB_OIDC_CLIENT_ID": CLIENT,
            "HUB_OIDC_CLIENT_SECRET": SECRET,
        }
    )


def sign_on(browser: Browser, provider: FakeProvider, next_path: str = "/search") -> TestResponse:
    begun = browser.get(f"/auth/oidc?{urlencode({'next': next_path})}")
    assert begun.status_code == 303
    return browser.get(local(provider.authorize(begun.location)))


def by_hand(algorithm: str, claims: dict[str, Any], key: bytes | None) -> str:
    """Make a token that no library would: unsigned, or signed with the public key as a secret."""
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm, "typ": "JWT", "kid": "first"}, claims)]
    text = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    signature = hmac.new(key, text.encode(), hashlib.sha256).digest() if key else b""
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_somebody_the_provider_vouches_for_is_signed_in_and_led_back(town: Town, provider: FakeProvider) -> None:
    browser = town.browser()
    assert 'href="/auth/oidc?next=/"' in browser.get("/sign-in").text
    answer = sign_on(browser, provider)
    assert (answer.status_code, answer.location) == (303, "/search")
    assert browser.is_signed_in()


@pytest.mark.parametrize("claimed", ["LinXiaoYun", "linxiaoyun ", "\uff4cinxiaoyun"])
def test_an_account_is_bound_by_its_exact_name_only(town: Town, provider: FakeProvider, claimed: str) -> None:
    """What looks the same may be another person's name at the provider."""
    provider.account = claimed
    assert sign_on(town.browser(), provider).status_code == 403


def test_a_name_given_to_somebody_else_opens_nothing(town: Town, provider: FakeProvider) -> None:
    assert sign_on(town.browser(), provider).location == "/search"
    provider.subject = "43"
    answer = sign_on(town.browser(), provider)
    assert answer.status_code == 403
    assert "和统一身份认证里的另一个人绑定" in answer.text
    with town.app.app_context(), unit.read():
        assert audit.recent(1)[0].details == {"reason": "other_sign_on", "by": "oidc"}


def test_a_person_stays_the_same_person_under_another_name(town: Town, provider: FakeProvider) -> None:
    sign_on(town.browser(), provider)
    provider.account = "meixue"
    browser = town.browser()
    assert sign_on(browser, provider).location == "/search"
    assert "林晓云" in browser.get("/account").text


def test_two_strangers_who_claim_one_name_at_once_bind_it_once(town: Town, provider: FakeProvider) -> None:
    def claim(subject: str) -> str:
        with town.app.app_context(), unit.write():
            outcome = service.enter_by_sign_on(Vouched(provider.issuer, subject, "linxiaoyun"), service.Client())
        return type(outcome).__name__

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(claim, ("1", "2", "3", "4")))
    assert outcomes == ["OpenedSession", "OtherSignOn", "OtherSignOn", "OtherSignOn"]


def test_the_dean_ends_a_binding_and_the_next_sign_in_makes_a_new_one(town: Town, provider: FakeProvider) -> None:
    bound = town.browser()
    sign_on(bound, provider)
    dean, path = town.browser("qiulan"), f"/admin/people/{town.people['linxiaoyun']}"
    assert f"{path}/sign-on/end" in dean.get(path).text
    assert town.browser("songqian").post(f"{path}/sign-on/end", page="/account").status_code == 404
    assert dean.post(f"{path}/sign-on/end", page=path).status_code == 303
    assert not bound.is_signed_in()
    provider.subject = "43"
    assert sign_on(town.browser(), provider).location == "/search"


def test_an_initial_password_does_not_matter_to_the_single_sign_on(town: Town, provider: FakeProvider) -> None:
    with town.app.app_context(), unit.write():
        service.reset_password(town.people["linxiaoyun"], service.made_password()[1])
    assert sign_on(town.browser(), provider).location == "/search"


def test_nobody_is_registered_by_signing_on(town: Town, provider: FakeProvider) -> None:
    provider.account = "stranger"
    answer = sign_on(town.browser(), provider)
    assert answer.status_code == 403
    assert "这里还没有您的账号" in answer.text


def test_a_closed_account_stays_closed(town: Town, provider: FakeProvider) -> None:
    with town.app.app_context(), unit.write():
        service.close_account(town.people["linxiaoyun"])
    assert sign_on(town.browser(), provider).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "http://another"},
        {"exp": 1_000_000},
        {"preferred_username": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"nonce": None},
    ],
)
def test_a_token_that_was_not_made_for_this_sign_in_opens_nothing(town: Town, provider: FakeProvider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    browser = town.browser()
    answer = sign_on(browser, provider)
    assert answer.status_code == 403
    assert "统一身份认证没有成功" in answer.text
    assert browser.client.get_cookie(SESSION_COOKIE) is None


def test_only_the_providers_own_signature_counts(town: Town, provider: FakeProvider) -> None:
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "first"})
    assert sign_on(town.browser(), provider).status_code == 403
    public = provider.key.as_pem(private=False)
    provider.forge = lambda claims: by_hand("HS256", claims, public)
    assert sign_on(town.browser(), provider).status_code == 403
    provider.forge = lambda claims: by_hand("none", claims, None)
    assert sign_on(town.browser(), provider).status_code == 403
    provider.forge = lambda _claims: "rubbish"
    assert sign_on(town.browser(), provider).status_code == 403


def test_a_new_key_of_the_provider_is_fetched_when_it_first_appears(town: Town, provider: FakeProvider) -> None:
    assert sign_on(town.browser(), provider).location == "/search"
    provider.key = RSAKey.generate_key(2048, {"kid": "second"})
    assert sign_on(town.browser(), provider).location == "/search"


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(town: Town, provider: FakeProvider) -> None:
    attacker, victim = town.browser(), town.browser()
    url = local(provider.authorize(attacker.get("/auth/oidc").location))
    assert victim.get(url).status_code == 403
    victim.get("/auth/oidc")
    assert victim.get(url).status_code == 403
    assert attacker.get(url).status_code == 303
    assert attacker.get(url).status_code == 403


def test_a_provider_that_is_away_is_told_in_words(town: Town, provider: FakeProvider) -> None:
    provider.issuer += "/moved"
    answer = town.browser().get("/auth/oidc")
    assert answer.status_code in (403, 503)
    assert "统一身份认证" in answer.text


def test_a_way_back_to_another_site_is_not_followed(town: Town, provider: FakeProvider) -> None:
    assert sign_on(town.browser(), provider, "//evil.example").location == "/"
