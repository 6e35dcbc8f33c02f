"""The sound and picture of watched lessons as files: one ffmpeg a lesson beside the web process that has the lead's device.

The forwarder sends what the lead sends to ports of this machine as well; ffmpeg cuts it into segments of two seconds in a
folder of the lesson, which the gateway's clients fetch through ``cast_views``. Whatever ends it (ffmpeg, the forwarder,
silence) it is begun anew until the lesson is over or the lead's device gone; then its files go. Where there are several web
nodes each file is laid on their shelf as well, for whoever watches at another.
"""

import asyncio
import itertools
import json
import logging
import secrets
import shutil
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from resource_hub.infra.shelf import Shelf
from resource_hub.kernel import clock
from resource_hub.kernel.errors import HubError
from resource_hub.live import cast
from resource_hub.live.cast import End

log = logging.getLogger(__name__)

AGAIN_S = 2.0
COMING_S, SILENT_S = 20.0, 9.0
"""So long until the first segment, and between two, before a run is given up: ffmpeg looks for seven seconds at what comes."""
_MANY_PACKETS = 100
"""Of pictures, about two seconds of the smallest: they are there again."""
_LOOK_S = 0.5
_BOUNDS = ("setpriv", "--pdeathsig", "KILL", "--no-new-privs", "prlimit", "--as=3000000000", "--core=0", "--", "nice", "-n", "5")
_RUN = "run.json"
_SHELVED_S, _LISTED_S = 180, 20
"""A segment stays a little longer than the playlist names it; a playlist that nobody renews is over."""
_FIRST_PORT, _PAIRS = 40_000, 10_000

Flow = Callable[[Mapping[str, int]], Awaitable[None]]
"""Let the parts come to these ports, by kind."""
Addresses = Callable[[], tuple[str, str]]
"""Tell at which address of this machine they come in, and from which."""


def _loopback() -> tuple[str, str]:
    return cast.LOOPBACK, cast.LOOPBACK


@dataclass(frozen=True, slots=True)
class Source:
    """What is cast: the kinds that its device sends, and how they are made to come."""

    kinds: Sequence[str]
    flow: Flow
    addresses: Addresses = _loopback


class Casting:
    """What this web process casts, by lesson; ``folder`` holds a folder for each."""

    def __init__(self, folder: Path, shelf: Shelf) -> None:
        self._folder, self._shelf = folder, shelf
        # What a process that was killed left is of lessons that nobody casts any more.
        shutil.rmtree(folder, ignore_errors=True)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Small numbers: the player of browsers goes astray with large ones.
        self._runs = itertools.count(1)

    def begin(self, lesson: str, source: Source) -> None:
        """Cast a lesson from this source from now on, instead of what was cast before."""
        earlier = self._tasks.pop(lesson, None)
        self._tasks[lesson] = asyncio.get_running_loop().create_task(self._keep_on(lesson, source, earlier), name=f"cast-{lesson}")

    def end(self, lesson: str) -> None:
        """End what is cast of a lesson, and forget its files."""
        task = self._tasks.pop(lesson, None)
        if task is not None:
            task.cancel()

    async def _keep_on(self, lesson: str, source: Source, earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            earlier.cancel()
            await asyncio.wait({earlier})
        folder, kinds = self._folder / lesson, list(source.kinds)
        try:
            while True:
                try:
                    end, was_heard = await self._run(folder, source, kinds, next(self._runs))
                except (HubError, OSError) as error:
                    log.info("cast of %s: %s", lesson, error)
                else:
                    kinds = cast.next_kinds(kinds, source.kinds, end, was_heard=was_heard)
                await asyncio.sleep(AGAIN_S)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _run(self, folder: Path, source: Source, kinds: Sequence[str], number: int) -> tuple[End, bool]:
        """Cast these kinds until the run is over and return how it ended, and whether anything was heard; raises what stands in the way."""
        here, there = source.addresses()
        ports = _free_ports(here, source.kinds)
        _lay(folder, cast.description({kind: ports[kind] for kind in kinds}, here, there))
        unused = [await _listen(here, port) for kind, port in ports.items() if kind not in kinds]
        process = await asyncio.create_subprocess_exec(
            *_BOUNDS, *cast.command("cast.sdp", kinds, number), cwd=folder,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        run = _Run(folder, number, process, unused, self._shelf)
        try:
            await source.flow(ports)
            return await run.attend(clock.ms(clock.now())), run.is_noted
        finally:
            run.close()
            await process.wait()


class _Counter(asyncio.DatagramProtocol):
    """Counts what comes to a port and looks at nothing of it."""

    transport: asyncio.BaseTransport
    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, _data: bytes, _from: object) -> None:
        self.count += 1


@dataclass(slots=True)
class _Run:
    """One ffmpeg at work; ``unused`` count what it does not take."""

    folder: Path
    number: int
    process: asyncio.subprocess.Process
    unused: Sequence[_Counter]
    shelf: Shelf
    is_noted: bool = False
    shelved: set[str] = field(default_factory=set)

    async def attend(self, begun_ms: int) -> End:
        """Note by how much the playlist is ahead of the lesson's clock once it is there, and return when the run is over."""
        playlist, heard_at, seen = self.folder / cast.PLAYLIST, time.monotonic(), 0
        while time.monotonic() - heard_at < (SILENT_S if self.is_noted else COMING_S):
            await asyncio.sleep(_LOOK_S)
            if self.process.returncode is not None:
                return End.ENDED
            if sum(one.count for one in self.unused) > _MANY_PACKETS and self.is_noted:
                return End.PICTURES
            changed = playlist.stat().st_mtime_ns if playlist.exists() else 0
            if changed != seen:
                seen, heard_at = changed, time.monotonic()
                self._note_once(playlist, begun_ms)
                if self.shelf.is_there:
                    await asyncio.to_thread(self._share)
        return End.SILENT

    def _note_once(self, playlist: Path, begun_ms: int) -> None:
        if not self.is_noted and (first := cast.first_moment(playlist.read_text("utf-8"))):
            made = self.folder / "run.new"
            made.write_text(json.dumps({"run": self.number, "ahead_ms": clock.ms(first) - begun_ms}), "ascii")
            made.replace(self.folder / _RUN)
            self.is_noted = True

    def _share(self) -> None:
        """Lay what is new before the other nodes, the playlist last."""
        playlist = playlist_of(self.folder)
        if playlist is None:
            return
        new = [name for name in cast.files_of(playlist) if name not in self.shelved]
        with suppress(FileNotFoundError):  # the run was ended meanwhile
            self.shelf.put({shelved(self.folder.name, name): (self.folder / name).read_bytes() for name in new}, _SHELVED_S)
            self.shelf.put({shelved(self.folder.name, cast.PLAYLIST): playlist.encode()}, _LISTED_S)
            self.shelved.update(new)

    def close(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        for one in self.unused:
            one.transport.close()


async def _listen(here: str, port: int) -> _Counter:
    _transport, counter = await asyncio.get_running_loop().create_datagram_endpoint(_Counter, local_addr=(here, port))
    return counter


def _lay(folder: Path, description: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    (folder / "cast.sdp").write_text(description, "ascii")


def playlist_of(folder: Path) -> str | None:
    """Return the playlist of a lesson's folder as it is served; None while nothing is cast."""
    try:
        told = json.loads((folder / _RUN).read_text("ascii"))
        text = (folder / cast.PLAYLIST).read_text("utf-8")
    except FileNotFoundError:
        return None
    return cast.served(text, int(told["run"]), int(told["ahead_ms"]))


def shelved(lesson: str, name: str) -> str:
    """Return under which name a file of a lesson lies on the nodes' shelf."""
    return f"cast/{lesson}/{name}"


def _free_ports(here: str, kinds: Sequence[str]) -> dict[str, int]:
    """Return an even port for each kind that is free with its neighbour, where ffmpeg listens for reports."""
    found: dict[str, int] = {}
    for kind in kinds:
        tried = (_FIRST_PORT + 2 * secrets.randbelow(_PAIRS) for _ in range(200))
        port = next((one for one in tried if one not in found.values() and _is_free(here, one) and _is_free(here, one + 1)), None)
        if port is None:
            raise OSError("no free ports")
        found[kind] = port
    return found


def _is_free(here: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in here else socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.bind((here, port))
        except OSError:
            return False
    return True
