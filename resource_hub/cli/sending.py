"""Sending a file to a hub over its public API: parts straight to storage, resumed where a run stopped.

Apart from ``upload``, which asks and tells, this knows the contract. Rule: a part counts as sent
only when the ETag that storage answers is the MD5 of the bytes we read, and what storage holds
already is compared with the file before it is skipped.
"""

import hashlib
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from resource_hub.cli.meter import Meter
from resource_hub.kernel.errors import HubError

_PATIENCE_S = 600
_PAUSES_S = (1, 2, 5, 10, 20, 30)
_CHUNK = 1 << 16
_SILENCE_S = 30
"""A line that takes no 64 kB in that time is cut, not slow."""
_QUICK_LINE = 250_000
"""Bytes a second (2 Mbit/s) from which several parts go side by side; below that they only slow each other."""
_SIDE_BY_SIDE = 3
_ADDRESSES_AT_ONCE = 20
_TRIES = 5
_WAIT_STATUS = frozenset({429, 502, 503, 504})

PAUSED_ZH = "连接中断，正在重试；已传的部分都在。"
PAUSED_EN = "The line is cut; trying again. What was sent is safe."


class Refused(HubError):
    """The server's own words, or why it could not be asked."""

    code, status = "refused", 400

    def __init__(self, message: str, english: str = "", *, code: str = "refused", fields: dict[str, str] | None = None) -> None:
        self.english = english
        super().__init__(message, code=code, fields=fields)


class Server:
    """A hub at an address; waits out cuts and busy answers."""

    def __init__(self, address: str, meter: Meter, authority: Path | None = None) -> None:
        self.address = address.rstrip("/")
        self._meter = meter
        verify: Any = True
        if authority is not None:
            verify = ssl.create_default_context(cafile=str(authority))
        self._api = httpx.Client(base_url=self.address, verify=verify, timeout=httpx.Timeout(60, connect=15))
        self._storage = httpx.Client(verify=verify, timeout=httpx.Timeout(120, connect=15, write=_SILENCE_S))

    def close(self) -> None:
        self._api.close()
        self._storage.close()

    def sign_in(self, account: str, password: str) -> None:
        """Take a token for all that follows; raises Refused."""
        token = self.ask("POST", "/tokens", {"account": account, "password": password})["token"]
        self._api.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> Any:
        """Return the ``data`` of an answer; raises Refused with the server's words."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = self._patiently(lambda: self._api.request(method, f"/api/v1{path}", json=body, headers=headers))
        try:
            told = answer.json()
            if told["ok"]:
                return told["data"]
            error = told["error"]
        except (ValueError, KeyError, TypeError) as strange:
            raise Refused(
                f"{self.address} 的回答看不懂（{answer.status_code}）。请检查 --server 的地址。",
                f"{self.address} gave an answer that is none of a hub's ({answer.status_code}). Look at --server.",
            ) from strange
        raise Refused(error["message"], code=error["code"], fields=error["fields"])

    def put(self, url: str, piece: "Piece", sent: Callable[[int], None]) -> httpx.Response:
        """PUT one part; ``sent`` hears of every chunk."""
        body = piece.read(sent)
        return self._storage.put(url, content=body, headers={"Content-Length": str(piece.size)})

    def _patiently(self, act: Callable[[], httpx.Response]) -> httpx.Response:
        deadline = time.monotonic() + _PATIENCE_S
        for pause_s in _pauses():
            try:
                answer = act()
            except httpx.TransportError as error:
                if time.monotonic() > deadline or isinstance(error, httpx.UnsupportedProtocol):
                    raise Refused(
                        f"连不上 {self.address}（{error}）。请检查网络和 --server；再运行同一命令会接着传。",
                        f"{self.address} cannot be reached ({error}). Look at the network and --server; run it again to go on.",
                    ) from error
                self._meter.note(PAUSED_ZH, PAUSED_EN)
                time.sleep(pause_s)
                continue
            if answer.status_code not in _WAIT_STATUS or time.monotonic() > deadline:
                return answer
            retry_after = answer.headers.get("Retry-After", "")
            if answer.status_code == 429 and retry_after.isdigit() and int(retry_after) > 60:
                return answer  # an account that is locked for minutes is told, not waited for
            time.sleep(float(retry_after) if retry_after.isdigit() else pause_s)
        raise AssertionError("the pauses never end")


@dataclass(slots=True)
class Piece:
    """A stretch of the file."""

    path: Path
    number: int
    start: int
    size: int
    md5: str = ""

    def read(self, sent: Callable[[int], None]) -> Iterator[bytes]:
        """Yield the bytes and know their MD5 afterwards."""
        digest = hashlib.md5(usedforsecurity=False)
        left = self.size
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left:
                chunk = file.read(min(_CHUNK, left))
                if not chunk:
                    raise Refused(f"{self.path} 在上传中变短了，请重新上传。", f"{self.path} became shorter meanwhile; send it again.")
                digest.update(chunk)
                left -= len(chunk)
                yield chunk
                sent(len(chunk))
        self.md5 = digest.hexdigest()


class Memory:
    """Which upload belongs to which file, kept between runs; the parts themselves are known to the server."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._known: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def find(self, server: str, account: str, path: Path) -> dict[str, str]:
        return dict(self._known.get(_key(server, account, path), {}))

    def keep(self, server: str, account: str, path: Path, facts: dict[str, str]) -> None:
        self._known[_key(server, account, path)] = facts
        self._write()

    def forget(self, server: str, account: str, path: Path) -> None:
        self._known.pop(_key(server, account, path), None)
        self._write()

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._path.with_name(f".{self._path.name}")
        fresh.write_text(json.dumps(self._known, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(self._path)


class Sending:
    """One file on its way."""

    def __init__(self, server: Server, meter: Meter, path: Path, draft_id: str | None, known: dict[str, str]) -> None:
        self._server, self._meter, self._path = server, meter, path
        self._stamp = _stamp(path)
        self.size = path.stat().st_size
        self._addresses: dict[int, str] = {}
        self._stored: dict[int, str] = {}
        self.is_finished = False
        self.id, self._part_size = self._resume(known.get("upload", "")) or self._begin(draft_id)
        self._lock = threading.Lock()

    def run(self) -> None:
        """Send what is missing and let the server join the parts."""
        self._meter.stage(self._path.name, f"{self.size / 1e6:.1f} MB", self.size)
        if self.is_finished:
            self._meter.skip(self.size)
            return
        etags, missing = self._compare()
        at_once = 1
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            while missing:
                batch, missing = missing[:at_once], missing[at_once:]
                begun = time.monotonic()
                # A single part stays in this thread, so that Ctrl-C on a slow line is heard at once.
                for piece in (map if len(batch) == 1 else pool.map)(self._send, batch):
                    etags[piece.number] = piece.md5
                rate = sum(piece.size for piece in batch) / max(time.monotonic() - begun, 0.001)
                at_once = _SIDE_BY_SIDE if rate > _QUICK_LINE else 1
        if _stamp(self._path) != self._stamp:
            raise Refused(f"{self._path} 在上传中被改动，请再上传一次。", f"{self._path} was changed meanwhile; send it again.")
        parts = [{"number": number, "etag": etag} for number, etag in sorted(etags.items())]
        self._server.ask("POST", f"/uploads/{self.id}/finish", {"parts": parts})
        self.is_finished = True

    def _begin(self, draft_id: str | None) -> tuple[str, int]:
        wanted: dict[str, Any] = {"filename": self._path.name, "size": self.size}
        made = self._server.ask("POST", "/uploads", wanted | ({"draft_id": draft_id} if draft_id else {}))
        self._addresses = {part["number"]: part["url"] for part in made["parts"]}
        return made["id"], made["part_size"]

    def _resume(self, upload_id: str) -> tuple[str, int] | None:
        """Return an upload of this file that can go on; ``None`` when there is none."""
        if not upload_id:
            return None
        try:
            found = self._server.ask("GET", f"/uploads/{upload_id}")
        except Refused as refusal:
            if refusal.code in {"not_found", "gone", "not_allowed"}:
                return None
            raise
        if found["size"] != self.size or found["state"] not in {"open", "finishing", "finished"}:
            return None
        self.is_finished = found["state"] == "finished"
        self._stored = {part["number"]: part["etag"].strip('"').lower() for part in found["parts"]}
        return found["id"], found["part_size"]

    def _compare(self) -> tuple[dict[int, str], list[Piece]]:
        """Return the MD5 of the parts that storage holds as the file has them, and the pieces still to be sent."""
        etags: dict[int, str] = {}
        missing = []
        for number, start in enumerate(range(0, self.size, self._part_size), 1):
            piece = Piece(self._path, number, start, min(self._part_size, self.size - start))
            if stored := self._stored.get(number):
                for _chunk in piece.read(lambda _count: None):
                    pass
                if piece.md5 == stored:
                    etags[number] = stored
                    self._meter.skip(piece.size)
                    continue
            missing.append(piece)
        if self._stored and not etags:
            self._meter.note(
                "存储中的部分与这个文件不同，从头发送。", "What storage holds comes from another file; sending from the beginning."
            )
        return etags, missing

    def _send(self, piece: Piece) -> Piece:
        wrong = 0
        deadline = time.monotonic() + _PATIENCE_S
        for pause_s in _pauses():
            done = 0

            def sent(count: int) -> None:
                nonlocal done, deadline
                done += count
                deadline = time.monotonic() + _PATIENCE_S
                self._meter.step(count)

            try:
                answer = self._server.put(self._address(piece.number), piece, sent)
            except httpx.TransportError:
                self._meter.note(PAUSED_ZH, PAUSED_EN)
                answer = None
            if answer is not None and answer.is_success and answer.headers.get("ETag", "").strip('"').lower() == piece.md5:
                return piece
            self._meter.step(-done)
            self._forget_address(piece.number)
            wrong += answer is not None and answer.status_code not in _WAIT_STATUS and answer.status_code != 403
            if wrong >= _TRIES or time.monotonic() > deadline:
                raise Refused(
                    f"第 {piece.number} 片多次没有传成。已传的部分都在，请稍后再运行同一命令，会接着传。",
                    f"Part {piece.number} did not get through. What was sent is safe; run the same command later to go on.",
                )
            time.sleep(pause_s if answer is None or answer.status_code in _WAIT_STATUS else 0.5)
        raise AssertionError("the pauses never end")

    def _address(self, number: int) -> str:
        with self._lock:
            if number not in self._addresses:
                last = -(-self.size // self._part_size)
                numbers = list(range(number, min(number + _ADDRESSES_AT_ONCE, last + 1)))
                told = self._server.ask("POST", f"/uploads/{self.id}/parts", {"numbers": numbers})
                self._addresses |= {part["number"]: part["url"] for part in told["parts"]}
            return self._addresses[number]

    def _forget_address(self, number: int) -> None:
        """Addresses live an hour; after any failure a new one is asked for."""
        with self._lock:
            self._addresses = {kept: url for kept, url in self._addresses.items() if kept < number}


def make_resource(server: Server, uploads: Sequence[str], fields: dict[str, Any], draft_id: str) -> str:
    """Make a resource of finished uploads, once per draft, and return its id."""
    made = server.ask("POST", "/resources", {**fields, "upload_ids": list(uploads), "draft_id": draft_id}, key=f"upload-{draft_id}")
    return str(made["id"])


def _pauses() -> Iterator[float]:
    yield from _PAUSES_S
    while True:
        yield _PAUSES_S[-1]


def _stamp(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns


def _key(server: str, account: str, path: Path) -> str:
    size, modified = _stamp(path)
    return hashlib.sha256(f"{server}\n{account}\n{path.resolve()}\n{size}\n{modified}".encode()).hexdigest()
