"""The web process: Flask in threads beside Socket.IO's async server, in one ASGI application.

``app`` is what uvicorn serves. Deflate stays off on the sockets: it costs more than it saves
on messages of this size.
"""

import atexit
from typing import Any

import socketio
from a2wsgi import WSGIMiddleware

from resource_hub.app import create_app
from resource_hub.infra import index
from resource_hub.infra.web.proxy import behind_gateway
from resource_hub.kernel.settings import Settings

THREADS = 24

settings = Settings.read()
flask_app = create_app(settings)
sio = socketio.AsyncServer(async_mode="asgi", serializer="msgpack", ping_interval=5, ping_timeout=8, cors_allowed_origins=[])


@sio.event  # type: ignore[untyped-decorator]  # the library has no types
async def connect(_sid: str, _environ: dict[str, Any], _auth: object = None) -> None:
    """No feature speaks over sockets yet: refuse, so that nothing is open by default."""
    raise socketio.exceptions.ConnectionRefusedError("not_allowed")


indexer = index.start_indexer(flask_app)
atexit.register(indexer.stop)
app = socketio.ASGIApp(sio, other_asgi_app=WSGIMiddleware(behind_gateway(flask_app), workers=THREADS))  # type: ignore[arg-type]  # two libraries' words for WSGI
