"""``resource-hub serve``: the web process, one uvicorn with the app and its sockets, behind the gateway.

It listens on loopback only and believes the gateway about scheme and address of the client.
"""

import gc

import click
import setproctitle
import uvicorn

from resource_hub.infra import installation
from resource_hub.infra.realtime.lines import Line
from resource_hub.infra.realtime.server import LARGEST_MESSAGE
from resource_hub.kernel.settings import Settings

# Longer than the gateway keeps its connections, or it would now and then send a POST into a closing one.
_KEEP_ALIVE_S = 75
_GRACE_S = 4


@click.command("serve")
def command() -> None:
    """网页服务（由 up 启动）。 / The web process; ``up`` starts it."""
    setproctitle.setproctitle("resource-hub: web")
    settings = Settings.read()
    gc.disable()  # there is no rubbish in what is being loaded; ``asgi`` turns it on again and listens a fifth sooner
    uvicorn.run(
        "resource_hub.asgi:app",
        host="127.0.0.1",
        port=installation.load(settings).ports["web"],
        ws=Line,
        ws_max_size=LARGEST_MESSAGE,
        ws_per_message_deflate=False,  # costs a third more CPU and twice the latency on small messages
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
