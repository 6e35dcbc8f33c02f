"""Asking clamd, against a server that speaks its protocol."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resource_hub.infra.scan import Verdict, scan
from resource_hub.kernel.errors import Unavailable

LIMIT = 1_000_000


@pytest.fixture
def clamd() -> Iterator[str]:
    """A server that finds EICAR, and hangs up beyond its limit as clamd does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server,), daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def _serve(server: socket.socket) -> None:
    while True:
        try:
            connection, _peer = server.accept()
        except OSError:
            return
        with connection:
            connection.sendall(_answer(_reader(connection)))


def _reader(connection: socket.socket) -> Callable[[int], bytes]:
    def read(count: int) -> bytes:
        data = b""
        while len(data) < count and (more := connection.recv(count - len(data))):
            data += more
        return data

    return read


def _answer(read: Callable[[int], bytes]) -> bytes:
    if read(10) != b"zINSTREAM\0":
        return b"UNKNOWN COMMAND\0"
    seen = b""
    while size := struct.unpack("!L", read(4))[0]:
        seen += read(size)
        if len(seen) > LIMIT:
            return b"INSTREAM size limit exceeded. ERROR\0"
    if b"FAULT" in seen:
        return b"stream: out of memory ERROR\0"
    return b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in seen else b"stream: OK\0"


def test_clean_and_infected_are_told_apart(clamd: str) -> None:
    assert scan(clamd, [b"a" * 500_000, b"b"]) == Verdict("clean")
    assert scan(clamd, [b"x EIC", b"AR x"]) == Verdict("infected", "Eicar-Test-Signature")


def test_beyond_the_limit_is_neither_clean_nor_infected(clamd: str) -> None:
    assert scan(clamd, [b"a" * 300_000] * 20).state == "too_large"


def test_a_clamd_that_is_away_or_in_trouble_is_waited_for(clamd: str, tmp_path: Path) -> None:
    for address in ("127.0.0.1:9", str(tmp_path / "no.sock")):
        with pytest.raises(Unavailable):
            scan(address, [b"a"])
    with pytest.raises(Unavailable):
        scan(clamd, [b"FAULT"])
