"""Keys of LTI: the platforms' public ones, fetched and kept for an hour, and our own pair.

Our pair is made when first needed and lies beside the installation's other secrets, readable by
the owner alone. It is not backed up: platforms fetch the public half anew from ``/lti/jwks``.
"""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, RSAKey

from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Unavailable
from resource_hub.openings import sending
from resource_hub.openings.lti import ALGORITHM, LaunchFailed, Registration

_KEPT = timedelta(hours=1)
_LARGEST_SET = 256 << 10


class PlatformAway(Unavailable):
    code = "launch_away"
    message = N_("暂时取不到学习平台的公钥，没有登录。请稍后从学习平台再打开一次；若仍不行，请区管理员检查公钥网址。")


@dataclass(frozen=True, slots=True)
class _Known:
    url: str
    keys: KeySet
    at: datetime


def verified(id_token: str, registration: Registration) -> dict[str, Any]:
    """Return the claims of a token that the platform signed; raises LaunchFailed or PlatformAway. No unit may be open."""
    keys = _keys_of(registration)
    try:
        try:
            return jwt.decode(id_token, keys, algorithms=[ALGORITHM]).claims
        except InvalidKeyIdError:
            # The platform may have a new key; a token that is wrong under a known one is simply wrong.
            return jwt.decode(id_token, _keys_of(registration, anew=True), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError) as error:
        raise LaunchFailed from error


def signed(claims: dict[str, Any]) -> str:
    """Return a token of ours."""
    key = _own()
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key)


def public_set() -> dict[str, Any]:
    """Return what platforms check our tokens with."""
    return {"keys": [{**_own().as_dict(private=False), "alg": ALGORITHM, "use": "sig"}]}


def _keys_of(registration: Registration, *, anew: bool = False) -> KeySet:
    known: dict[str, _Known] = current_app.extensions.setdefault("hub_lti_keys", {})
    held = known.get(registration.id)
    if held is None or anew or held.url != registration.keys_url or clock.now() - held.at > _KEPT:
        held = known[registration.id] = _Known(registration.keys_url, _fetched(registration.keys_url), clock.now())
    return held.keys


def _fetched(url: str) -> KeySet:
    try:
        content = sending.get(url, most_bytes=_LARGEST_SET, private_allowed=hub().settings.webhook_private == "1")
        # Other kinds of keys cannot have made a signature that counts here.
        return KeySet.import_key_set({"keys": [key for key in json.loads(content)["keys"] if key["kty"] == "RSA"]})
    except (sending.NotFetched, JoseError, ValueError, KeyError, TypeError) as error:
        raise PlatformAway(retry_after=60) from error


def _own() -> RSAKey:
    found: RSAKey | None = current_app.extensions.get("hub_lti_key")
    if found is None:
        found = current_app.extensions["hub_lti_key"] = _kept()
    return found


def _kept() -> RSAKey:
    """Read our key, or make it so that of two first needs one wins."""
    path = hub().settings.data_path / "lti_key.json"
    if not path.exists():
        fresh = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
        made = RSAKey.generate_key(2048, {"kid": secrets.token_urlsafe(12)})
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(made.as_dict(private=True), out)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return RSAKey.import_key(json.loads(path.read_text(encoding="utf-8")))
