"""The socket server: how it is set up, and who may connect.

Messages are msgpack in one frame, not compressed: small ones cost more to squeeze than to send. Handlers
of one client run one after the other, so that a client that sends faster than it is served waits by
itself and nobody else does. A dead line is noticed within thirteen seconds, or at the first message sent there after eight:
so the handler of ``disconnect`` may run inside anybody's ``emit``. Rule: it never waits for what may be sending.
"""

from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from resource_hub.infra.realtime.fanout import DirectManager, Server, SharedManager
from resource_hub.infra.web.csrf import SESSION_COOKIE

PING_EVERY_S = 5
PING_PATIENCE_S = 8
LARGEST_MESSAGE = 2 << 20
"""Bytes; what is too long for its field is refused in words, what is longer than this ends the connection."""

Handler = Callable[..., Awaitable[Any]]


def make_server(redis_url: str = "") -> Server:
    """Return the server of this process; with ``redis_url`` it shares its rooms with those of other nodes."""
    manager = SharedManager(redis_url) if redis_url else DirectManager()
    return Server(
        async_mode="asgi",
        client_manager=manager,
        serializer="msgpack",
        async_handlers=False,
        ping_interval=PING_EVERY_S,
        ping_timeout=PING_PATIENCE_S,
        max_http_buffer_size=LARGEST_MESSAGE,
        http_compression=False,
    )


def token_of(environ: dict[str, Any], auth: object) -> tuple[str, bool]:
    """Return the token that a connection carries and whether it is a bearer's: in ``auth``, else the browser's cookie."""
    if isinstance(auth, dict) and "token" in auth:
        token = auth["token"]
        return (token if isinstance(token, str) else ""), True
    try:
        cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    except CookieError:
        return "", False
    return (cookies[SESSION_COOKIE].value if SESSION_COOKIE in cookies else ""), False
