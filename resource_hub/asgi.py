"""The web process: Flask in threads beside Socket.IO's async server, in one ASGI application.

``app`` is what uvicorn serves; features open their doors on the socket server.
"""

import atexit
import gc

import socketio
from a2wsgi import WSGIMiddleware

from resource_hub.app import FEATURES, create_app
from resource_hub.infra import index
from resource_hub.infra.realtime.server import make_server
from resource_hub.infra.web.proxy import behind_gateway
from resource_hub.kernel.settings import Settings

THREADS = 24

settings = Settings.read()
flask_app = create_app(settings)
sio = make_server(settings.redis_url)
for feature in FEATURES:
    if feature.sockets:
        feature.sockets(sio, flask_app)
indexer = index.start_indexer(flask_app)
atexit.register(indexer.stop)
app = socketio.ASGIApp(sio, other_asgi_app=WSGIMiddleware(behind_gateway(flask_app), workers=THREADS))  # type: ignore[arg-type]  # two libraries' words for WSGI

# What was loaded stays for ever: to look through it again and again would stop every lesson for a quarter of a second.
gc.collect()
gc.freeze()
gc.enable()
gc.set_threshold(20_000, 20, 50)
