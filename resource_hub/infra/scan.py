"""Asking clamd whether bytes carry a virus (setting ``HUB_CLAMAV``), by its INSTREAM command.

The bytes are sent as they come, so nothing lies on a disk for it. Rule: only a clear answer of
clamd counts; when it is away or answers something else, ``Unavailable`` lets the job wait, and a
file beyond clamd's own limit is told as ``too_large``, not as clean.
"""

import socket
import struct
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from resource_hub.kernel.errors import N_, Unavailable

_TIMEOUT_S = 120
_CHUNK = 1 << 18
_LONGEST_ANSWER = 4096


@dataclass(frozen=True, slots=True)
class Verdict:
    """``name`` of the virus when the state is ``infected``."""

    state: Literal["clean", "infected", "too_large"]
    name: str = ""


def scan(address: str, chunks: Iterable[bytes]) -> Verdict:
    """Return clamd's verdict; ``address`` is host:port or the path of its socket. Raises Unavailable when it is away."""
    try:
        with closing(_connected(address)) as connection:
            return _read_verdict(_ask(connection, chunks))
    except (OSError, ValueError) as error:
        raise Unavailable(N_("病毒扫描暂时不可用，文件已保存，恢复后会自动检查。"), code="scan_unavailable", retry_after=60) from error


def _connected(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    if address.startswith("/") or not host:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_TIMEOUT_S)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((host.strip("[]"), int(port)), timeout=_TIMEOUT_S)


def _ask(connection: socket.socket, chunks: Iterable[bytes]) -> str:
    connection.sendall(b"zINSTREAM\0")
    try:
        for chunk in chunks:
            for start in range(0, len(chunk), _CHUNK):
                piece = chunk[start : start + _CHUNK]
                connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # beyond its limit clamd answers and hangs up; the answer is still there to be read
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER and (more := connection.recv(1024)):
        answer += more
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _read_verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Verdict("clean")
    if said.endswith(" FOUND"):
        return Verdict("infected", said.removesuffix(" FOUND"))
    if "size limit exceeded" in said:
        return Verdict("too_large")
    raise ValueError(f"clamd said: {answer[:200]}")
