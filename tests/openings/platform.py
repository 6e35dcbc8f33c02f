"""A learning platform that speaks LTI 1.3 over HTTP, with whatever can be wrong made wrong on purpose."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.http_server import QuietHandler, serving

CLIENT = "hub-at-the-platform"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
TEACHER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


@dataclass
class Platform:
    """``claims`` are added to each token; ``signing`` is the key used, by default the one it publishes."""

    address: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    signing: RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    keys_asked: int = 0
    status: int = 200
    returned: list[str] = field(default_factory=list)

    def token(self, url: str, **claims: Any) -> tuple[str, str]:
        """Return state and token for what our login asked of the platform."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        wanted = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none", "client_id": CLIENT}
        assert url.startswith(f"{self.address}/auth?")
        assert {name: asked[name] for name in wanted} == wanted
        now = int(time.time())
        said = {
            "iss": self.address, "aud": CLIENT, "sub": asked["login_hint"], "name": "林老师", "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], CLAIM + "message_type": "LtiResourceLinkRequest", CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": "d1", CLAIM + "target_link_uri": "", CLAIM + "roles": [TEACHER], **self.claims, **claims,
        }  # fmt: skip
        key = self.signing or self.key
        return asked["state"], jwt.encode({"alg": "RS256", "kid": key.kid}, said, key)


@dataclass
class Window:
    """A browser window at the hub: its cookies, and the way through a launch."""

    hub: str
    platform: Platform
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False))

    def login(self, subject: str = "u1", **more: str) -> httpx.Response:
        given = {"iss": self.platform.address, "login_hint": subject, "target_link_uri": self.hub, **more}
        return self.client.get(f"{self.hub}/lti/login?{urlencode(given)}")

    def launch(self, subject: str = "u1", **claims: Any) -> httpx.Response:
        """Walk from the platform's link to our answer to its token."""
        begun = self.login(subject)
        assert begun.status_code == 303, begun.text
        state, token = self.platform.token(begun.headers["Location"], **claims)
        return self.hand_in(state, token)

    def hand_in(self, state: str, token: str) -> httpx.Response:
        return self.client.post(f"{self.hub}/lti/launch", data={"state": state, "id_token": token})

    def get(self, path: str) -> httpx.Response:
        return self.client.get(self.hub + path)

    def send(self, path: str, page: str, **form: Any) -> httpx.Response:
        """Send a form of that page."""
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        return self.client.post(self.hub + path, data={"csrf_token": token, **form})

    def bind(self, account: str, password: str, subject: str = "u1") -> httpx.Response:
        """Launch unbound and sign in with the own account."""
        waiting = self.launch(subject)
        assert waiting.status_code == 303, waiting.text
        path = waiting.headers["Location"]
        return self.send(path, self.get(path).text, account=account, password=password)


@contextmanager
def learning_platform() -> Iterator[Platform]:
    """Run a platform on a port of its own."""
    platform = Platform()

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            platform.keys_asked += 1
            content = json.dumps(KeySet([platform.key]).as_dict(private=False)).encode()
            self.send_response(platform.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            platform.returned.append(form["JWT"][0])
            self.send_response(204)
            self.end_headers()

    with serving(Handler) as platform.address:
        yield platform
