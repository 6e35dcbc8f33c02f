"""The relay for sound and picture where no straight way is found: coturn, with passes that expire.

It runs beside the platform when it is installed and ``HUB_TURN_HOST`` names the address at which browsers
reach it; UDP and TCP share one port. A pass is the scheme of coturn's REST API: a user name that carries its
end, and its HMAC as password, so that nothing is kept. The secret is derived from the installation's.
"""

import base64
import hashlib
import hmac
import os
import secrets
import shutil
import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

from resource_hub.infra.installation import Installation
from resource_hub.kernel import addresses
from resource_hub.kernel.settings import Settings

PASS_LIFE_S = 6 * 3600
"""A school morning with its breaks; a page asks for a new pass when it connects again."""

_BINDING, _BINDING_ANSWER, _COOKIE = 0x0001, 0x0101, 0x2112A442  # STUN, RFC 8489
_PATIENCE_S = 3

_FILE = Template("""\
listening-port=$port
listening-ip=$listen
min-port=49160
max-port=49660
realm=resource-hub
fingerprint
use-auth-secret
static-auth-secret=$secret
stale-nonce=600
user-quota=12
total-quota=600
no-tls
no-dtls
no-cli
no-multicast-peers
denied-peer-ip=0.0.0.0-0.255.255.255
denied-peer-ip=127.0.0.0-127.255.255.255
denied-peer-ip=169.254.0.0-169.254.255.255
denied-peer-ip=::1
pidfile=$folder/turn.pid
userdb=$folder/turn.sqlite3
log-file=stdout
simple-log
""")


def program() -> str | None:
    """Return the path of coturn; ``None`` when it is not installed."""
    return shutil.which("turnserver", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/sbin")


def is_wanted(settings: Settings) -> bool:
    """Whether this machine is to relay."""
    return bool(settings.turn_host) and program() is not None


def command(found: Installation) -> Sequence[str]:
    """Write the relay's settings, readable by the owner alone, and return its command line."""
    settings = found.settings
    path = settings.data_path / "turn.conf"
    listen = "0.0.0.0" if settings.listen in addresses.ANY else settings.listen  # noqa: S104 -- as the gateway listens
    text = _FILE.substitute(port=settings.turn_port, listen=listen, secret=_secret(found.secrets.session), folder=settings.data_path)
    _write(path, text)
    return (program() or "turnserver", "-c", str(path))


def ice_servers(settings: Settings, session_secret: str, who: str, now_s: int) -> list[dict[str, Any]]:
    """Return what a browser needs to find the relay, with a pass of ``PASS_LIFE_S``; empty without one."""
    if not settings.turn_host:
        return []
    user = f"{now_s + PASS_LIFE_S}:{who}"
    place = f"{addresses.bracketed(settings.turn_host)}:{settings.turn_port}"
    signed = hmac.new(_secret(session_secret).encode(), user.encode(), hashlib.sha1).digest()
    urls = [f"turn:{place}?transport=udp", f"turn:{place}?transport=tcp"]
    return [{"urls": urls, "username": user, "credential": base64.b64encode(signed).decode()}]


def answers(settings: Settings, transport: str) -> bool:
    """Whether the relay answers by ``udp`` or ``tcp`` at the address that browsers are told, as asked from this machine."""
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    asked = struct.pack("!HHI", _BINDING, 0, _COOKIE) + secrets.token_bytes(12)
    try:
        family, *_rest, place = socket.getaddrinfo(settings.turn_host, int(settings.turn_port), type=kind)[0]
        with socket.socket(family, kind) as line:
            line.settimeout(_PATIENCE_S)
            line.connect(place)
            line.send(asked)
            return line.recv(64)[:2] == struct.pack("!H", _BINDING_ANSWER)
    except OSError:
        return False


def _secret(session_secret: str) -> str:
    return hmac.new(session_secret.encode(), b"turn", hashlib.sha256).hexdigest()


def _write(path: Path, text: str) -> None:
    path.touch(0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
