"""One lesson over two web processes that share PostgreSQL, Redis and the forwarder; one of them is killed in the middle."""

import asyncio
import dataclasses
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from resource_hub.infra import installation, janus
from resource_hub.kernel.settings import Settings
from resource_hub.live.board import encode
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.live.clients import Client, run
from tests.live.standing import admit, plan, start
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow

LOOPBACK = ["--allow-loopback-in-peer-connection", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
_GATHERED = """const gathered = async (pc) => { while (pc.iceGatheringState !== 'complete') await new Promise((done) => setTimeout(done, 50))
  return pc.localDescription.sdp }"""
OFFERED = f"""async () => {{ {_GATHERED}
  const pc = window.sender = new RTCPeerConnection(), stream = await navigator.mediaDevices.getUserMedia({{ audio: true }})
  stream.getTracks().forEach((track) => pc.addTrack(track, stream))
  await pc.setLocalDescription(await pc.createOffer()); return gathered(pc) }}"""
SENT = "(sdp) => window.sender.setRemoteDescription({ type: 'answer', sdp })"
ANSWERED = f"""async (sdp) => {{ {_GATHERED}
  const pc = window.hearer = new RTCPeerConnection(); await pc.setRemoteDescription({{ type: 'offer', sdp }})
  await pc.setLocalDescription(await pc.createAnswer()); return gathered(pc) }}"""
HEARS = """async () => { let heard = 0
  ;(await window.hearer.getStats()).forEach((part) => { if (part.type === 'inbound-rtp') heard = part.totalSamplesReceived })
  return heard > 48000 }"""

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


@pytest.fixture
def forwarder(hub_settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a machine beside the nodes that runs the forwarder, reached over the loopback alone."""
    machine = dataclasses.replace(hub_settings, data=str(tmp_path / "forwarder"), sfu_host="127.0.0.1")
    process = subprocess.Popen(janus.command(installation.load(machine)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield machine
    process.kill()
    process.wait()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_room_at_one_node_hears_what_a_room_at_the_other_sends(
    district: District, forwarder: Settings, redis_url: str, tmp_path: Path, play: Playwright
) -> None:
    tokens, (lesson,) = admit(district.app), plan(district.app)
    shared = installation.load(forwarder)
    sfu_url = f"ws://127.0.0.1:{shared.ports['sfu']}"
    nodes = [dataclasses.replace(forwarder, data=str(tmp_path / f"node{n}"), redis_url=redis_url, sfu_url=sfu_url) for n in range(2)]
    for settings in nodes:  # what docs/operations.md asks for
        settings.data_path.mkdir()
        shutil.copy(forwarder.data_path / "secrets.json", settings.data_path)
    ports = [installation.load(settings).ports["web"] for settings in nodes]
    servers = [start(settings, port) for settings, port in zip(nodes, ports, strict=True)]
    browser = play.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *LOOPBACK])
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{ports[0]}/sign-in")  # a place where a browser gives a microphone

    def told(port: int, seat: str, name: str, **data: object) -> dict[str, Any]:
        """Let a seat take its room's sound at a node and ask one thing of the forwarder."""
        answer: dict[str, Any] = {}

        async def story() -> None:
            client = await Client(f"http://127.0.0.1:{port}", tokens[seat], lesson).connect()
            assert (await client.join(device=f"device-of-{seat[:4]}"))["ok"]
            await client.act("audio:take", {"site": 0 if seat == "lead" else 1})
            answer.update(await client.ask(name, {"lesson": lesson, **data}))
            await client.close()

        run(story())
        assert answer["ok"], answer
        data_of: dict[str, Any] = answer["data"]
        return data_of

    try:
        page.evaluate(SENT, told(ports[0], "lead", "sfu:send", sdp=page.evaluate(OFFERED))["sdp"])
        page.wait_for_function("() => window.sender.connectionState === 'connected'")
        offer = told(ports[1], "class:1", "sfu:hear", site=0)["sdp"]
        told(ports[1], "class:1", "sfu:answer", site=0, sdp=page.evaluate(ANSWERED, offer))
        page.wait_for_function(HEARS)
    finally:
        browser.close()
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
