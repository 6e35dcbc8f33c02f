"""The forwarder of sound and picture for three rooms and more: Janus, its settings, and one line to it.

With it a room sends once, however many rooms listen. It runs beside the platform when it is installed and
an address is known at which browsers reach this machine; several web nodes may share one (``HUB_SFU_URL``).
Rule: browsers never speak to its interface. It listens on the loopback alone, wants a secret derived from
the installation's, and we ask it in their place, once ``live`` has found out who they are.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import os
import secrets
import shutil
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from string import Template
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from resource_hub.infra.installation import Installation, is_free
from resource_hub.kernel import addresses
from resource_hub.kernel.errors import N_, Conflict, HubError, Unavailable
from resource_hub.kernel.settings import Settings

log = logging.getLogger(__name__)

ANSWER_S = 8.0
SESSION_S = 30
"""So long it keeps what a web process that died had there."""
_LARGEST = 1 << 20
_KEEP_ALIVE_S = 10.0
_PLACES = ("/usr/lib/x86_64-linux-gnu/janus", "/usr/lib/aarch64-linux-gnu/janus", "/usr/lib/janus", "/usr/local/lib/janus")

_MAIN = Template("""\
general: {
	configs_folder = "$folder"
	plugins_folder = "$place/plugins"
	transports_folder = "$place/transports"
	events_folder = "$place/events"
	loggers_folder = "$place/loggers"
	log_to_stdout = true
	debug_level = 3
	debug_timestamps = true
	debug_colors = false
	api_secret = "$secret"
	session_timeout = $session_s
	reclaim_session_timeout = 0
	hide_dependencies = true
	server_name = "resource-hub"
}
media: {
	ipv6 = false
	rtp_port_range = "$ports"
	no_media_timer = 2
	twcc_period = 100
}
nat: {
$address
}
plugins: { disable = "$plugins" }
transports: { disable = "$transports" }
events: { broadcast = false }
""")
_SOCKETS = Template("""\
general: {
	json = "compact"
	ws = true
	ws_port = $port
	ws_ip = "127.0.0.1"
	wss = false
}
admin: {
	admin_ws = false
	admin_wss = false
}
""")
_ROOMS = Template("""\
general: {
	admin_key = "$secret"
	string_ids = true
}
""")


class ForwarderAway(Unavailable):
    code = "forwarder_away"
    message = N_("多教室的声音转发暂时没有应答，正在重新连接。")


class NotTaken(Conflict):
    """The forwarder refused; ``reason`` is its own number."""

    code = "forwarder_refused"
    message = N_("声音和画面没有接通，正在重试。")

    def __init__(self, reason: int, words: str) -> None:
        self.reason = reason
        super().__init__()
        self.add_note(f"{reason} {words}")


def program() -> str | None:
    """Return the path of Janus; ``None`` when it, or its folder of plug-ins, is not there."""
    found = shutil.which("janus", path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/local/bin")
    return found if found and _place() else None


def is_wanted(settings: Settings) -> bool:
    """Whether this machine is to forward: a loopback address reaches nobody, and one forwarder is enough."""
    return not settings.sfu_url and not addresses.is_loopback(_host(settings)) and program() is not None


def is_there(settings: Settings) -> bool:
    """Whether lessons of this installation have a forwarder, here or elsewhere."""
    return bool(settings.sfu_url) or is_wanted(settings)


def address(found: Installation) -> str:
    """Return where our processes reach it."""
    return found.settings.sfu_url or f"ws://127.0.0.1:{found.ports['sfu']}"


def command(found: Installation) -> Sequence[str]:
    """Write its settings, readable by the owner alone, and return its command line."""
    folder = found.settings.data_path / "janus"
    folder.mkdir(mode=0o700, exist_ok=True)
    place, secret = _place() or "", api_secret(found.secrets.session)
    rest = {"plugins": _all_but(place, "plugins", "videoroom"), "transports": _all_but(place, "transports", "websockets")}
    main = _MAIN.substitute(
        rest, folder=folder, place=place, secret=secret, session_s=SESSION_S, ports=found.settings.sfu_ports,
        address=_address_lines(found.settings),
    )  # fmt: skip
    _write(folder / "janus.jcfg", main)
    _write(folder / "janus.transport.websockets.jcfg", _SOCKETS.substitute(port=found.ports["sfu"]))
    _write(folder / "janus.plugin.videoroom.jcfg", _ROOMS.substitute(secret=secret))
    return (program() or "janus", "-C", str(folder / "janus.jcfg"), "-F", str(folder))


def api_secret(session_secret: str) -> str:
    """Return what whoever speaks to the forwarder must know."""
    return hmac.new(session_secret.encode(), b"forwarder", hashlib.sha256).hexdigest()


class Janus:
    """One line to the forwarder and one session there, for one web process; both come back by themselves when lost.

    What ``attach`` gave is worth nothing once the session changed, which ``ask`` tells by ``ForwarderAway``.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret
        self._line: ClientConnection | None = None
        self._session = 0
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._heard_is_enough: set[str] = set()
        self._opening = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def attach(self) -> tuple[int, int]:
        """Return a new handle, and the session to which it belongs."""
        await self._open()
        answer = await self._send({"janus": "attach", "plugin": "janus.plugin.videoroom", "session_id": self._session})
        return int(answer["data"]["id"]), self._session

    async def ask(self, handle: tuple[int, int], body: dict[str, Any], jsep: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the plug-in's answer, its ``jsep`` under that name; raises ForwarderAway and NotTaken."""
        number, session = handle
        if session != self._session or self._line is None:
            raise ForwarderAway(retry_after=1)
        wanted: dict[str, Any] = {"janus": "message", "session_id": session, "handle_id": number, "body": body}
        answer = await self._send(wanted | ({"jsep": jsep} if jsep else {}))
        data: dict[str, Any] = answer.get("plugindata", {}).get("data", {})
        if "error_code" in data:
            raise NotTaken(data["error_code"], data.get("error", ""))
        return data | ({"jsep": answer["jsep"]} if "jsep" in answer else {})

    async def detach(self, handle: tuple[int, int]) -> None:
        number, session = handle
        if session == self._session and self._line is not None:
            with suppress(HubError):
                await self._send({"janus": "detach", "session_id": session, "handle_id": number})

    @property
    def addresses(self) -> tuple[str, str]:
        """This machine's address as the forwarder reaches it, and the forwarder's; raises ForwarderAway while there is no line."""
        if self._line is None:
            raise ForwarderAway(retry_after=2)
        return str(self._line.local_address[0]), str(self._line.remote_address[0])

    async def _open(self) -> None:
        async with self._opening:
            if self._line is not None:
                return
            try:
                line = await connect(self._url, subprotocols=["janus-protocol"], max_size=_LARGEST, open_timeout=ANSWER_S, proxy=None)  # type: ignore[list-item]  # a NewType of text
            except (OSError, TimeoutError, WebSocketException) as error:
                raise ForwarderAway(retry_after=2) from error
            self._line = line
            self._keep(self._listen(line))
            answer = await self._send({"janus": "create"})
            self._session = int(answer["data"]["id"])
            self._keep(self._stay_alive(line, self._session))

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work, name="forwarder")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Send and wait for the answer of that name; what only says that it was heard is none, but for a sign of life."""
        if self._line is None:
            raise ForwarderAway(retry_after=1)
        name = secrets.token_hex(8)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[name] = answer
        if wanted["janus"] == "keepalive":
            self._heard_is_enough.add(name)
        try:
            await self._line.send(json.dumps(wanted | {"transaction": name, "apisecret": self._secret}))
            told = await asyncio.wait_for(answer, ANSWER_S)
        except (TimeoutError, OSError, WebSocketException) as error:
            raise ForwarderAway(retry_after=2) from error
        finally:
            self._answers.pop(name, None)
            self._heard_is_enough.discard(name)
        if told["janus"] == "error":
            raise NotTaken(told["error"]["code"], told["error"]["reason"])
        return told

    async def _listen(self, line: ClientConnection) -> None:
        try:
            async for message in line:
                told = json.loads(message)
                name = told.get("transaction", "")
                answer = self._answers.get(name)
                if answer is not None and not answer.done() and (told["janus"] != "ack" or name in self._heard_is_enough):
                    answer.set_result(told)
        except (OSError, WebSocketException, ValueError) as error:
            log.info("the line to the forwarder ended: %s", error)
        finally:
            self._lose()

    def _lose(self) -> None:
        self._line, self._session = None, 0
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ForwarderAway(retry_after=1))

    async def _stay_alive(self, line: ClientConnection, session: int) -> None:
        while self._line is line:
            await asyncio.sleep(_KEEP_ALIVE_S)
            try:
                await self._send({"janus": "keepalive", "session_id": session})
            except HubError:
                # It forgot us, or does not answer: the next who asks begins anew.
                await line.close()


def _host(settings: Settings) -> str:
    return settings.sfu_host or settings.turn_host or settings.listen


def _place() -> str | None:
    return next((place for place in _PLACES if Path(place, "plugins").is_dir()), None)


def _address_lines(settings: Settings) -> str:
    """Say by which address browsers reach it: one of this machine, or one that a router in front of it maps here."""
    host = _host(settings)
    if host in addresses.ANY:
        return '\tice_ignore_list = "docker,virbr,vmnet"'
    try:
        found = socket.gethostbyname(host)
    except OSError:
        log.warning("the forwarder's address %s is not known here", host)
        return ""
    return f'\tice_enforce_list = "{found}"' if is_free(found, 0) else f'\tnat_1_1_mapping = "{found}"'


def _all_but(place: str, kind: str, wanted: str) -> str:
    return ",".join(sorted(path.name for path in Path(place, kind).glob("*.so") if path.name != f"libjanus_{wanted}.so"))


def _write(path: Path, text: str) -> None:
    path.touch(0o600)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
