"""What nothing may break: a killed server, and a thousand short cuts."""

import asyncio
import random
import signal
from typing import Any

import aiohttp
import pytest
from socketio.msgpack_packet import MsgPackPacket

from resource_hub.infra import installation
from resource_hub.kernel.settings import Settings
from resource_hub.live.board import encode
from tests.live.clients import NAMESPACE, Client, run
from tests.live.conftest import Live
from tests.live.standing import admit, plan, start
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow

STROKE = {"page": "deck/1", "points": encode([(10, 10), (40, 60), (80, 20)])}


def test_a_killed_server_loses_and_doubles_nothing_that_was_answered(district: District, hub_settings: Settings) -> None:
    """The pen goes on through two kills; what it did not hear an answer for it sends again, by the same id."""
    tokens, (lesson,) = admit(district.app), plan(district.app)
    port = installation.load(hub_settings).ports["web"]
    server = start(hub_settings, port)

    async def story() -> None:
        nonlocal server
        url = f"http://127.0.0.1:{port}"
        lead, village = await Client(url, tokens["lead"], lesson).enter(), await Client(url, tokens["class:1"], lesson).enter()
        await lead.act("lesson:start")
        answered: dict[str, int] = {}
        for round_ in range(3):
            writing = asyncio.create_task(_write(lead, answered, [f"r{round_}n{n}" for n in range(40)]))
            await asyncio.sleep(0.15)
            if round_ < 2:
                server.send_signal(signal.SIGKILL)
                server.wait()
                unheard = await writing
                server = await asyncio.to_thread(start, hub_settings, port)
                await lead.come_back()
                await village.come_back()
                assert await _write(lead, answered, unheard) == []
            else:
                assert await writing == []
        await village.until(lambda client: len(client.now["pages"].get("deck/1", ())) >= 120)
        fresh = await Client(url, tokens["lead"], lesson).enter()
        seq = {fact["data"]["id"]: fact["seq"] for fact in village.facts}
        assert len(seq) == len(village.facts)
        assert answered.items() <= seq.items()
        assert fresh.now["pages"] == village.now["pages"]
        for client in (lead, village, fresh):
            await client.close()

    try:
        run(story())
    finally:
        server.kill()
        server.wait()


async def _write(client: Client, answered: dict[str, int], idents: list[str]) -> list[str]:
    """Draw strokes one by one; return those that nobody answered."""
    for number, ident in enumerate(idents):
        try:
            answer = await client.act("board:draw", STROKE, ident=ident)
        except Exception:  # noqa: BLE001 -- however a dead line shows
            return idents[number:]
        answered[ident] = answer["data"]["seq"]
    return []


def test_a_thousand_cuts_leave_fifty_clients_with_the_same_lesson(district: District, hub_settings: Settings) -> None:
    """Each client is cut twenty times, from a moment to three seconds, while all draw, answer and talk."""
    tokens, (lesson,) = admit(district.app), plan(district.app)
    port = installation.load(hub_settings).ports["web"]
    server = start(hub_settings, port)
    seats = ("lead", "assist:1", "assist:2", "class:0", "class:1", "class:2")

    async def story() -> None:
        url = f"http://127.0.0.1:{port}"
        clients = [Client(url, tokens[seats[n % len(seats)]], lesson) for n in range(50)]
        for client in clients:
            await client.enter()
        await clients[0].act("lesson:start")
        poll = await clients[0].act("poll:open", {"question": "懂了吗", "choices": ["懂", "不懂"]}, ident="poll1")
        assert poll["ok"]
        await asyncio.gather(*(_live_through(client, random.Random(n), n) for n, client in enumerate(clients)))
        last = max(client.now["seq"] for client in clients)
        fresh = await Client(url, tokens["lead"], lesson).enter()
        end = fresh.now["seq"]
        assert end >= last
        for client in clients:
            await client.join()
            await client.until(lambda one: one.now["seq"] >= end)
        for part in ("pages", "polls", "chat", "hands"):
            assert len({repr(client.now[part]) for client in clients}) == 1, part
        assert len(clients[0].now["pages"]["deck/1"]) == sum(client.drawn for client in clients)  # type: ignore[attr-defined]
        for client in [*clients, fresh]:
            await client.close()

    try:
        run(story())
    finally:
        server.kill()
        server.wait()


async def _live_through(client: Client, dice: random.Random, number: int) -> None:
    client.drawn = 0  # type: ignore[attr-defined]
    for cut in range(20):
        data: dict[str, Any] = STROKE
        if (await client.act("board:draw", data, ident=f"s{number}_{cut}")).get("ok"):
            client.drawn += 1  # type: ignore[attr-defined]
        if client.seat.startswith("assist"):
            await client.act(
                "poll:answer", {"poll": "poll1", "site": int(client.seat[-1]), "counts": [dice.randrange(30), dice.randrange(9)]}
            )
            await client.act("chat:say", {"text": f"{number} 第 {cut} 次"})
        await client.cut()
        await asyncio.sleep(min(3.0, 0.05 + dice.expovariate(2.0)))
        await client.come_back()


def test_a_room_that_falls_silent_leaves_and_the_others_go_on(live: Live) -> None:
    """Its line carries nothing and says so to nobody. Somebody speaks all the while: what is sent there finds it dead first."""

    async def story() -> None:
        lead = await live.client("lead").enter()
        await lead.act("lesson:start")
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{live.url}/socket.io/?EIO=4&transport=websocket") as silent:
            await _say(silent, 0, {"token": live.tokens["class:1"]})
            await _say(silent, 2, ["lesson:join", {"lesson": live.lesson}])
            await lead.until(lambda client: "class:1" in client.now["seats"])
            async with asyncio.timeout(60):
                while "class:1" in lead.now["seats"]:
                    assert (await lead.act("chat:say", {"text": "石桥村听得到吗"}))["ok"]
                    await asyncio.sleep(0.1)
        assert (await lead.act("chat:say", {"text": "我们接着上"}))["ok"]
        await lead.close()

    run(story())


async def _say(line: aiohttp.ClientWebSocketResponse, kind: int, data: Any) -> None:
    """Send what a browser's library would, after the server said something; the server's questions for life stay unanswered."""
    await line.receive()
    await line.send_bytes(MsgPackPacket(kind, data=data, namespace=NAMESPACE).encode())
