"""Live lessons beside a socket server that stores nothing. Prints one JSON line a figure.

The same load generator (``live/load.mjs``, stock socket.io clients) drives three servers on one machine in
one run: ``ours`` (every fact judged, numbered and on disk before anybody sees it), ``node`` (socket.io on
Node, fan-out alone) and ``plain`` (python-socketio, fan-out alone). ``fan``: one pen writes 30 strokes a
second to 50 and to 200 clients; ``rooms``: six seats that write 10 strokes a second each, as many rooms as
stay under 150 ms at the 95th percentile. Sound and picture are measured last (``live_media``).
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks import live_media
from benchmarks.live_district import ROOMS, Standing, stand
from benchmarks.standing import tell

HERE = Path(__file__).parent / "live"
SERVERS = ("node", "plain", "ours")
FAN_S, ROOM_S = 15, 6
MOST_MS = 150
STEPS = [*range(8, 112, 8), *range(112, ROOMS + 1, 16)]


@dataclass(slots=True)
class Server:
    url: str
    process: psutil.Process

    def cpu_s(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system


def main() -> None:
    """Measure the fan-out of the three servers, then how many rooms ours and Node's hold."""
    with tempfile.TemporaryDirectory(prefix="bench-live-") as name:
        standing = stand(Path(name))
        for clients in (50, 200):
            fan(standing, clients)
        held = {server: rooms(standing, server) for server in ("node", "ours")}
        tell("live.rooms.ratio_node", held["ours"] / held["node"], "", "rooms held: ours / Node's, goal 0.6")
        wire(standing)
    live_media.main()


def fan(standing: Standing, clients: int) -> None:
    """Tell latency and CPU seconds of each server with one pen and so many clients."""
    p95, cpu = {}, {}
    for server in SERVERS:
        with running(standing, server) as up:
            found = load(up, standing, kind="fan", clients=clients, rate=30, seconds=FAN_S)
        measured = found[-1]
        assert measured["received"] >= 0.99 * measured["wanted"], f"{server} lost facts: {measured}"
        p95[server], cpu[server] = measured["p95"], measured["cpu_s"]
        tell(f"live.{clients}.p95_ms.{server}", measured["p95"], "ms", f"p50 {measured['p50']}, CPU {measured['cpu_s']:.2f} s of {FAN_S}")
    tell(f"live.{clients}.cpu_ratio_node", cpu["ours"] / cpu["node"], "", f"plain: {cpu['plain'] / cpu['node']:.2f}")
    tell(f"live.{clients}.p95_ratio_node", p95["ours"] / p95["node"], "", f"plain: {p95['plain'] / p95['node']:.2f}")


def rooms(standing: Standing, server: str) -> int:
    """Return how many rooms of six a server holds under the limit."""
    with running(standing, server) as up:
        found = load(up, standing, kind="rooms", rate=10, seconds=ROOM_S, steps=STEPS, most_ms=MOST_MS)
    held = max((one["rooms"] for one in found if one["p95"] <= MOST_MS and one["received"] >= 0.9 * one["wanted"]), default=0)
    last = found[-1]
    tell(f"live.rooms_at_{MOST_MS}ms.{server}", held, "rooms", f"at {last['rooms']}: p95 {last['p95']} ms")
    return held


def wire(standing: Standing) -> None:
    """Tell what a village receives: after a cut of a minute, and in a whole lesson hour with slides in place."""
    with running(standing, "ours") as up:
        after, whole = (
            load(up, standing, kind=kind, lesson=lesson)[-1]
            for kind, lesson in zip(("catchup", "hour"), standing.lessons[-2:], strict=True)
        )
    tell("live.catchup_60s.ms", after["ms"], "ms", f"{after['facts']} facts of a minute, connecting included, goal 1000")
    tell("live.catchup_60s.bytes", after["bytes"], "bytes", "everything on the line, goal 20000")
    tell("live.hour.bytes", whole["bytes"], "bytes", f"{whole['facts']} facts, parts of strokes, heartbeats; goal 2000000")


def load(server: Server, standing: Standing, **orders: Any) -> list[dict[str, Any]]:
    """Let the load generator do its orders; each measurement also carries the server's CPU seconds during the run."""
    given = {"url": server.url, **standing.orders(), **orders}
    process = subprocess.Popen(["node", str(HERE / "load.mjs"), json.dumps(given)], stdout=subprocess.PIPE, text=True)
    found: list[dict[str, Any]] = []
    before = server.cpu_s()
    assert process.stdout is not None
    for line in process.stdout:
        read = json.loads(line)
        if read.pop("ready", False):
            before = server.cpu_s()
            continue
        found.append(read | {"cpu_s": server.cpu_s() - before})
        before = server.cpu_s()
        print(json.dumps(found[-1]), file=sys.stderr)
    assert process.wait() == 0, "the load generator failed"
    return found


@contextmanager
def running(standing: Standing, server: str) -> Iterator[Server]:
    """Start a server and end it."""
    argv, env = _command(standing, server)
    process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE if server != "ours" else None, text=True, cwd=HERE.parents[1])
    try:
        port = standing.port if server == "ours" else int((process.stdout or sys.stdin).readline())
        _wait_for(port)
        yield Server(f"http://127.0.0.1:{port}", psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(20)


def _command(standing: Standing, server: str) -> tuple[list[str], Mapping[str, str] | None]:
    if server == "node":
        return ["node", str(HERE / "plain.mjs")], None
    if server == "plain":
        return [sys.executable, str(HERE / "plain.py")], None
    return [sys.executable, "-m", "resource_hub", "serve"], standing.env


def _wait_for(port: int) -> None:
    for _ in range(300):
        if any(one.laddr.port == port and one.status == "LISTEN" for one in psutil.net_connections("tcp")):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on {port}")


if __name__ == "__main__":
    main()
