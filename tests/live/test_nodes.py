"""One lesson over two web processes that share PostgreSQL and Redis; one of them is killed in the middle."""

import asyncio
import dataclasses
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from resource_hub.infra import installation
from resource_hub.kernel.settings import Settings
from resource_hub.live.board import encode
from tests.live.clients import Client, run
from tests.live.standing import admit, plan, start
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow

STROKE = {"page": "deck/1", "points": encode([(10, 10), (40, 60)])}


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis of our own, on a socket in the test's folder."""
    path = tmp_path / "redis.sock"
    program = shutil.which("redis-server")
    assert program, "redis-server is not installed"
    process = subprocess.Popen([program, "--port", "0", "--unixsocket", str(path), "--save", "", "--appendonly", "no", "--daemonize", "no"])
    for _ in range(100):
        if path.exists():
            break
        time.sleep(0.05)
    yield f"unix://{path}"
    process.kill()
    process.wait()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_lesson_over_two_nodes_goes_on_when_one_is_killed(
    district: District, hub_settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    tokens, (lesson,) = admit(district.app), plan(district.app)
    nodes = [dataclasses.replace(hub_settings, data=str(tmp_path / f"node{n}"), redis_url=redis_url) for n in range(2)]
    ports = [installation.load(settings).ports["web"] for settings in nodes]
    servers = [start(settings, port) for settings, port in zip(nodes, ports, strict=True)]

    async def story() -> None:
        first, second = (f"http://127.0.0.1:{port}" for port in ports)
        lead, village = await Client(first, tokens["lead"], lesson).enter(), await Client(second, tokens["class:1"], lesson).enter()
        await lead.act("lesson:start")
        await asyncio.gather(_draw(lead, "a", 60), _draw(village, "b", 60))
        for one in (lead, village):
            await _catch_up(one, 120)
        assert lead.now["pages"] == village.now["pages"]
        servers[0].send_signal(signal.SIGKILL)
        servers[0].wait()
        lead.url = second
        await lead.come_back()
        await asyncio.gather(_draw(lead, "c", 30), _draw(village, "d", 30))
        for one in (lead, village):
            await _catch_up(one, 180)
        assert lead.now["pages"] == village.now["pages"]
        numbers = [fact["seq"] for fact in village.facts]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        async with asyncio.timeout(60):  # the seat that the dead node held is given up for it
            while len(village.now["seats"]["lead"]) > 1:  # noqa: ASYNC110 -- the library tells nobody
                await asyncio.sleep(0.5)
        await lead.close()
        await village.close()

    try:
        run(story())
    finally:
        for server in servers:
            server.kill()
            server.wait()


async def _draw(client: Client, name: str, count: int) -> None:
    for number in range(count):
        assert (await client.act("board:draw", STROKE, ident=f"{name}{number}"))["ok"]


async def _catch_up(client: Client, count: int) -> None:
    """Facts of two nodes may overtake each other; what a client lacks it asks for."""
    async with asyncio.timeout(15):
        while len(client.now["pages"].get("deck/1", ())) < count:
            await asyncio.sleep(0.1)
            await client.join()
