"""One lesson over two web processes that share PostgreSQL, Redis and the forwarder; one of them is killed in the middle."""

import asyncio
import dataclasses
import html
import queue
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from playwright.sync_api import Page, Playwright

from resource_hub.infra import installation, janus, unit
from resource_hub.infra.db import db
from resource_hub.kernel.settings import Settings
from resource_hub.live import cast
from resource_hub.live.board import encode
from resource_hub.timetable.models import Lesson
from resource_hub.timetable.schemas import LessonKind
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.live.clients import Client, run
from tests.live.standing import Tokens, admit, plan, start
from tests.media_worker.footage import ffprobe
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

Found = TypeVar("Found")

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


@dataclass(frozen=True, slots=True)
class Nodes:
    """Two nodes beside one forwarder, and a browser that sends and hears like a room."""

    district: District
    lesson: str
    tokens: Tokens
    urls: list[str]
    servers: list[subprocess.Popen[bytes]]
    page: Page

    def ask(self, node: int, seat: str, name: str, **data: object) -> dict[str, Any]:
        """Let a seat take its room's sound at a node, ask one thing of the forwarder, and go."""
        answer: dict[str, Any] = {}

        async def story() -> None:
            client = await self.come(node, seat)
            answer.update(await client.ask(name, {"lesson": self.lesson, **data}))
            await client.close()

        run(story())
        assert answer["ok"], answer
        data_of: dict[str, Any] = answer["data"]
        return data_of

    async def come(self, node: int, seat: str) -> Client:
        client = await Client(self.urls[node], self.tokens[seat], self.lesson).connect()
        assert (await client.join(device=f"device-of-{seat[:4]}"))["ok"]
        await client.act("audio:take", {"site": 0 if seat == "lead" else 1})
        return client


@pytest.fixture
def nodes(district: District, forwarder: Settings, redis_url: str, tmp_path: Path, play: Playwright) -> Iterator[Nodes]:
    tokens, (lesson,) = admit(district.app), plan(district.app)
    sfu_url = f"ws://127.0.0.1:{installation.load(forwarder).ports['sfu']}"
    both = [dataclasses.replace(forwarder, data=str(tmp_path / f"node{n}"), redis_url=redis_url, sfu_url=sfu_url) for n in range(2)]
    for settings in both:  # what docs/operations.md asks for
        settings.data_path.mkdir()
        shutil.copy(forwarder.data_path / "secrets.json", settings.data_path)
    ports = [installation.load(settings).ports["web"] for settings in both]
    servers = [start(settings, port) for settings, port in zip(both, ports, strict=True)]
    browser = play.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *LOOPBACK])
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{ports[0]}/sign-in")  # a place where a browser gives a microphone
    yield Nodes(district, lesson, tokens, [f"http://127.0.0.1:{port}" for port in ports], servers, page)
    browser.close()
    for server in servers:
        server.kill()
        server.wait()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_room_at_one_node_hears_what_a_room_at_the_other_sends(nodes: Nodes) -> None:
    page = nodes.page
    page.evaluate(SENT, nodes.ask(0, "lead", "sfu:send", sdp=page.evaluate(OFFERED))["sdp"])
    page.wait_for_function("() => window.sender.connectionState === 'connected'")
    offer = nodes.ask(1, "class:1", "sfu:hear", site=0)["sdp"]
    nodes.ask(1, "class:1", "sfu:answer", site=0, sdp=page.evaluate(ANSWERED, offer))
    page.wait_for_function(HEARS)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_class_at_one_node_watches_what_is_cast_at_the_other(nodes: Nodes, tmp_path: Path) -> None:
    with nodes.district.app.app_context(), unit.write():
        db.session.get_one(Lesson, nodes.lesson).kind = LessonKind.SCHOOL_ONLINE
    offered = nodes.page.evaluate(OFFERED)

    async def story() -> None:
        lead = await nodes.come(0, "lead")  # as long as it is there its sound is cast
        answer = await lead.ask("sfu:send", {"lesson": nodes.lesson, "sdp": offered})
        assert answer["ok"], answer
        answered.put(answer["data"]["sdp"])
        await asyncio.to_thread(heard.wait, 120)
        await lead.close()

    answered: queue.Queue[str] = queue.Queue()
    heard = threading.Event()
    thread = threading.Thread(target=run, args=(story(),))
    thread.start()
    try:
        nodes.page.evaluate(SENT, answered.get(timeout=30))
        page = httpx.get(f"{nodes.urls[1]}/live/{nodes.lesson}", headers={"Authorization": f"Bearer {nodes.tokens['class:1']}"})
        found = re.search(r"/live/\w+/cast/[^/]+/", html.unescape(page.text))
        assert found, "the room is told where it finds sound and picture"
        here, there = (f"{url}{found[0]}" for url in nodes.urls)
        playlist = _when(lambda: _got(f"{there}index.m3u8"))
        names = cast.files_of(playlist.decode())
        assert names[0].startswith("init-")
        pieces = [(_got(f"{here}{name}"), _got(f"{there}{name}")) for name in names]
        assert all(one and one == other for one, other in pieces)
        whole = tmp_path / "whole.mp4"
        whole.write_bytes(b"".join(one or b"" for one, _ in pieces))
        assert ffprobe(whole, "-show_entries", "stream=codec_name") == ["aac"]
        nodes.servers[0].kill()
        assert _when(lambda: _got(f"{there}index.m3u8") is None), "what nobody renews is over"
    finally:
        heard.set()
        thread.join()


def _got(url: str) -> bytes | None:
    answer = httpx.get(url)
    assert answer.status_code in {200, 404}, answer.status_code
    return answer.content if answer.status_code == 200 else None


def _when(ask: Callable[[], Found]) -> Found:
    for _ in range(300):
        if found := ask():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not come to that in a minute")


async def _draw(client: Client, name: str, count: int) -> None:
    for number in range(count):
        assert (await client.act("board:draw", STROKE, ident=f"{name}{number}"))["ok"]


async def _catch_up(client: Client, count: int) -> None:
    """Facts of two nodes may overtake each other; what a client lacks it asks for."""
    async with asyncio.timeout(15):
        while len(client.now["pages"].get("deck/1", ())) < count:
            await asyncio.sleep(0.1)
            await client.join()
