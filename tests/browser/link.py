"""A bad line to a village, in user space: two cables joined by a process that is slow, late and lossy.

The kernel's own shapers are not everywhere (containers, small machines), so packets are read, held
back and written by a small process of ours, in a namespace between city and village where nothing
else would answer them. Veth and packet sockets need no device node, so an ordinary user can lay
such a line in a user namespace. Rule: everything ends with the process that made the link,
whatever ends it, because both children live only as long as their pipe to it.
"""

import fcntl
import heapq
import itertools
import json
import os
import random
import select
import shutil
import socket
import struct
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

_ETHTOOL, _CHECKSUMS_OF_SENDER = 0x8946, 0x17  # SIOCETHTOOL and ETHTOOL_STXCSUM of linux/ethtool.h
_ALL_PROTOCOLS = 0x0003  # ETH_P_ALL
_ETHERNET_HEADER = 14  # no line to a village carries it, so it does not count
_MTU = 1400
_QUEUE_BYTES = 64_000  # what a cheap modem holds back before it drops
_ROOT = Path(__file__).parents[2]
_LAID = itertools.count()


@dataclass(frozen=True, slots=True)
class Shape:
    """One direction. ``rate_kbps`` 0: unbounded; ``loss`` from 0 to 1; a line that is down drops all."""

    rate_kbps: int = 0
    delay_ms: int = 0
    loss: float = 0.0
    is_down: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Both directions as the village has them."""

    towards: Shape
    back: Shape


OPEN = Line(Shape(), Shape())
SLOW = Line(Shape(512, 150), Shape(512, 150))
VILLAGE = Line(Shape(256, 150, 0.02), Shape(128, 150, 0.02))
THIN = Line(Shape(64, 150), Shape(64, 150))
CUT = Line(Shape(is_down=True), Shape(is_down=True))


@dataclass(frozen=True, slots=True)
class Link:
    """A standing line. ``city``: the address of this side, at which the village finds a server; ``farm``: that of the far end."""

    city: str
    farm: str
    village_pid: int
    control: socket.socket

    def become(self, line: Line) -> None:
        """From now on the line is like this."""
        self.control.sendall(json.dumps([asdict(line.towards), asdict(line.back)]).encode() + b"\n")
        self.control.recv(1)

    def in_village(self, *command: str) -> list[str]:
        """Return the command line that runs ``command`` at the far end."""
        return ["nsenter", f"--net=/proc/{self.village_pid}/ns/net", "--", *command]

    def let_reach(self, address: str) -> None:
        """From the far end another address of this side is to be reached over this line too."""
        _run(*self.in_village("ip", "route", "add", f"{address}/32", "via", self.city))

    def program(self, folder: Path, path: str) -> Path:
        """Write a program that runs ``path`` at the far end, for what starts programs by path."""
        made = folder / f"village-{self.village_pid}-{Path(path).name}"
        made.write_text(f'#!/bin/sh\nexec {" ".join(self.in_village(path))} "$@"\n')
        made.chmod(0o755)
        return made


@contextmanager
def standing_link(line: Line = OPEN) -> Iterator[Link]:
    """Lay a line between this network namespace and a new one; needs root, or root of a user namespace."""
    number = next(_LAID)
    net, ours = f"10.{77 + number % 20}.{os.getpid() % 256}", f"{os.getpid()}.{number}"
    city, farm, cables = f"city{ours}", f"farm{ours}", (f"near{ours}", f"far{ours}")
    with ExitStack() as kept:
        control, theirs = socket.socketpair()
        kept.enter_context(control)
        village = kept.enter_context(_ending(subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE)))
        between = [sys.executable, "-m", "tests.browser.link", *cables, str(theirs.fileno())]
        mast = kept.enter_context(_ending(subprocess.Popen(["unshare", "--net", *between], cwd=_ROOT, pass_fds=[theirs.fileno()])))
        theirs.close()
        link = Link(f"{net}.1", f"{net}.2", village.pid, control)
        for end, cable, process in ((city, cables[0], None), (farm, cables[1], village)):
            _run("ip", "link", "add", end, "mtu", str(_MTU), "type", "veth", "peer", "name", cable)
            _let_kernel_count_checksums(end)
            _move(cable, mast)
            if process:
                _move(end, process)
        for at, end, number in (([], city, 1), (link.in_village(), farm, 2)):
            _run(*at, "ip", "addr", "add", f"{net}.{number}/30", "dev", end)
            _run(*at, "ip", "link", "set", end, "up")
        _run(*link.in_village(), "ip", "link", "set", "lo", "up")
        link.become(line)
        yield link


def in_namespaces(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test that lays links as it is for root, else once more as root of namespaces of its own."""
    if os.geteuid() == 0:
        return test

    def again(request: pytest.FixtureRequest) -> None:
        ready = 'ip link set lo up && exec "$@"'
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", request.node.nodeid]
        subprocess.run(["unshare", "-Urn", "sh", "-c", ready, "sh", *command], cwd=_ROOT, check=True)

    again.__name__, again.__doc__ = test.__name__, test.__doc__
    return again


class Direction:
    """Packets on their way to one end."""

    def __init__(self, out: socket.socket) -> None:
        self.out = out
        self.shape = Shape()
        self.free_at = 0.0
        self.count = 0
        self.waiting: list[tuple[float, int, bytes]] = []

    def take(self, packet: bytes, now: float) -> None:
        shape = self.shape
        if shape.is_down or random.random() < shape.loss:
            return
        leaves = now
        if shape.rate_kbps:
            size, bytes_a_second = len(packet) - _ETHERNET_HEADER, shape.rate_kbps * 125
            begins = max(now, self.free_at)
            if (begins - now) * bytes_a_second + size > _QUEUE_BYTES:
                return
            leaves = self.free_at = begins + size / bytes_a_second
        self.count += 1  # equal times keep their order
        heapq.heappush(self.waiting, (leaves + shape.delay_ms / 1000, self.count, packet))

    def deliver(self, now: float) -> None:
        while self.waiting and self.waiting[0][0] <= now:
            packet = heapq.heappop(self.waiting)[2]
            with suppress(OSError):  # the far device is not up yet, or its queue is full: a packet lost
                if not self.shape.is_down:
                    self.out.send(packet)


def pump(cables: list[str], control: socket.socket) -> None:
    """Carry packets from cable to cable until the other end of ``control`` is closed."""
    orders = control.makefile("rb")
    order = orders.readline()  # the first comes when the cables are laid
    near, far = (_plugged(cable) for cable in cables)
    ways = {near: Direction(far), far: Direction(near)}
    while order:
        for way, shape in zip(ways.values(), json.loads(order), strict=True):
            way.shape, way.free_at = Shape(**shape), 0.0
        control.sendall(b".")
        while not _carry(ways, control):
            pass
        order = orders.readline()


def _carry(ways: dict[socket.socket, Direction], control: socket.socket) -> bool:
    """Take what has come and deliver what is due; return whether there is an order."""
    now = time.monotonic()
    due = min((way.waiting[0][0] for way in ways.values() if way.waiting), default=now + 1)
    readable, _, _ = select.select([*ways, control], [], [], max(0.0, due - now))
    now = time.monotonic()
    for end, way in ways.items():
        if end in readable:
            for packet in _packets(end):
                way.take(packet, now)
        way.deliver(now)
    return control in readable


def _packets(end: socket.socket) -> Iterator[bytes]:
    for _ in range(64):  # then the other way has its turn
        try:
            packet, (_, _, kind, *_) = end.recvfrom(2048)
        except OSError:  # no more
            return
        if kind != socket.PACKET_OUTGOING:
            yield packet


def _plugged(cable: str) -> socket.socket:
    _run("ip", "link", "set", cable, "addrgenmode", "none", "up")
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_PROTOCOLS))
    end.bind((cable, 0))
    end.setblocking(False)
    return end


def _let_kernel_count_checksums(device: str) -> None:
    """Else packets leave without checksums and by dozens in one, for a card to finish that is not there."""
    words = array("I", [_CHECKSUMS_OF_SENDER, 0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        fcntl.ioctl(asked, _ETHTOOL, struct.pack("16sP", device.encode(), words.buffer_info()[0]))


def _move(device: str, process: subprocess.Popen[bytes]) -> None:
    own, its = Path("/proc/self/ns/net"), Path(f"/proc/{process.pid}/ns/net")
    while its.readlink() == own.readlink():  # ``unshare`` has not come that far
        time.sleep(0.01)
    _run("ip", "link", "set", device, "netns", str(process.pid))


@contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _run(*command: str) -> None:
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    program = shutil.which(command[0], path=path) or command[0]
    subprocess.run([program, *command[1:]], check=True, env={"PATH": path})


if __name__ == "__main__":
    pump(sys.argv[1:3], socket.socket(fileno=int(sys.argv[3])))
