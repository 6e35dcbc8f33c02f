"""What a client's line promises: one order for everything that is said on it, and no end of memory for one that stands still."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import msgpack
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from resource_hub.infra.realtime.lines import MOST_WAITING, Line, framed, write_of
from resource_hub.live.board import encode
from tests.live.clients import Client, run
from tests.live.conftest import Live

pytestmark = pytest.mark.slow

CONNECT, EVENT, ANSWER = 0, 2, 3


class _Read(aiohttp.ClientResponse):
    """An answer read to its end: the socket library leaves those unread that it does not need, and their lines open."""

    async def start(self, connection: Any) -> "_Read":
        await super().start(connection)
        await self.read()
        return self


async def _arrive(live: Live, seat: str) -> ClientConnection:
    """Come to the door by hand, so that every message is seen as it comes."""
    line = await connect(f"{live.url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket", compression=None)
    assert str(await line.recv()).startswith("0{")
    await line.send(msgpack.packb({"type": CONNECT, "nsp": "/live", "data": {"token": live.tokens[seat]}}))
    assert msgpack.unpackb(await line.recv())["type"] == CONNECT
    return line


async def _say(line: ClientConnection, event: str, given: dict[str, Any], answer: int | None = None) -> None:
    numbered = {} if answer is None else {"id": answer}
    await line.send(msgpack.packb({"type": EVENT, "nsp": "/live", "data": [event, given], **numbered}))


async def _hear_until(line: ClientConnection, answer: int) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    async with asyncio.timeout(15):
        while not (heard and heard[-1]["type"] == ANSWER and heard[-1]["id"] == answer):
            said = await line.recv()
            if isinstance(said, bytes):
                heard.append(msgpack.unpackb(said))
    return heard


def test_what_asks_for_no_answer_keeps_its_place_among_what_does(live: Live) -> None:
    async def story() -> None:
        line = await _arrive(live, "lead")
        command = {"lesson": live.lesson, "data": {}}
        stroke = {"page": "deck/1", "points": encode([(10, 10), (40, 60), (80, 20)])}
        await _say(line, "lesson:join", {"lesson": live.lesson}, answer=1)
        await _say(line, "lesson:start", command | {"id": "start"}, answer=2)
        for number in range(30):
            await _say(line, "board:draw", {"lesson": live.lesson, "id": f"ink{number}", "data": stroke, "wait": False})
        await _say(line, "chat:say", command | {"id": "word", "data": {"text": "写完了"}}, answer=3)
        for number in range(30, 60):
            await _say(line, "board:draw", {"lesson": live.lesson, "id": f"ink{number}", "data": stroke, "wait": False})
        await _say(line, "chat:say", command | {"id": "end", "data": {"text": "下课"}}, answer=4)
        heard = await _hear_until(line, 4)
        facts = [fact for said in heard if said["type"] == EVENT for fact in said["data"][1]]
        drawn = [fact["data"]["id"] for fact in facts if fact["type"] in {"stroke:drawn", "chat:said"}]
        assert drawn == [*(f"ink{number}" for number in range(30)), "word", *(f"ink{number}" for number in range(30, 60)), "end"]
        assert [fact["seq"] for fact in facts] == list(range(facts[0]["seq"], facts[0]["seq"] + len(facts)))
        # An answer never comes before the fact that it is about, and no fact before the answer that lets one in.
        told = [said["id"] if said["type"] == ANSWER else [fact["data"]["id"] for fact in said["data"][1]] for said in heard]
        answered = told.index(3)
        assert any("word" in one for one in told[:answered] if isinstance(one, list))
        assert "start" in next(one for one in told[told.index(1) :] if isinstance(one, list))
        await line.close()

    run(story())


def test_a_command_out_of_place_is_refused_on_the_short_way_too(live: Live) -> None:
    async def story() -> None:
        line = await _arrive(live, "class:1")
        stroke = {"page": "deck/1", "points": encode([(10, 10), (40, 60)])}
        for name, more in {
            "strange": {"lesson": live.lesson},
            "other": {"lesson": "les_of_others"},
            "odd": {"lesson": live.lesson, "ghost": 1},
        }.items():
            await _say(line, "board:draw", {"id": name, "data": stroke, "wait": False, **more})
        await _say(line, "lesson:join", {"lesson": live.lesson}, answer=1)
        heard = await _hear_until(line, 1)
        codes = {
            said["data"][1]["id"]: said["data"][1]["error"]["code"]
            for said in heard
            if said["type"] == EVENT and said["data"][0] == "refused"
        }
        assert codes == {"strange": "not_joined", "other": "not_joined", "odd": "invalid"}
        await line.send(b"\x81\xa4type")  # a broken message harms nobody, its own line neither
        await line.send(msgpack.packb({"type": EVENT, "nsp": "/live", "data": "no list"}))
        await _say(line, "clock:ask", {}, answer=2)
        assert (await _hear_until(line, 2))[-1]["data"][0]["ok"]
        await line.close()

    run(story())


def test_who_has_no_websocket_gets_the_same_lesson(live: Live) -> None:
    async def story() -> None:
        lead, village = await live.client("lead").enter(), Client(live.url, live.tokens["class:1"], live.lesson)
        session = aiohttp.ClientSession(response_class=_Read)
        village.sio.eio.http, village.sio.eio.external_http = session, True
        await village.sio.connect(live.url, namespaces=["/live"], auth={"token": village.token}, transports=["polling"])
        await village.join()
        await lead.act("lesson:start")
        for page in range(1, 20):
            await lead.act("slide:turn", {"deck": "deck", "page": page})
        await village.act("hand:raise", {"site": 1})
        for one in (lead, village):
            await one.until(lambda client: len(client.now["hands"]) == 1)
        assert village.now == lead.now
        await lead.close()
        await village.sio.eio.disconnect(abort=True)
        await asyncio.wait_for(village.sio.eio.queue.join(), 15)  # the goodbye is said
        await session.close()

    run(story())


def test_a_line_that_stands_still_is_cut_and_holds_up_nobody() -> None:
    ended = threading.Event()
    frames = 4 * MOST_WAITING // 65_536 + 200  # what the system itself holds comes on top

    async def talker(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        write = write_of({"asgi.scope": scope})
        assert write is not None
        for _ in range(frames):
            write(framed(bytes(65_536)))
            await asyncio.sleep(0)
        assert (await receive())["type"] == "websocket.disconnect"
        write(framed(b"nobody hears this"))
        ended.set()

    with _served(talker) as port:
        still = socket.create_connection(("127.0.0.1", port))
        still.sendall(
            b"GET / HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert ended.wait(20)
        still.close()


@contextmanager
def _served(app: Any) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, ws=Line, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
