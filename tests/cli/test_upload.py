"""``resource-hub upload`` against the real application, with storage behind a line that counts and can be cut."""

import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from resource_hub.kernel.settings import Settings
from tests.infra.standing import free_port
from tests.people_of_a_district import PASSWORD, District

pytestmark = pytest.mark.slow

MIB = 1 << 20
TEACHER = "linxiaoyun"


class Line:
    """A TCP line to storage: counts what goes up, at most so many bytes a second, and can be cut."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(f"//{target}")
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        self.sent_up = 0
        self.bytes_per_s = 0
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _peer = self._server.accept()
                threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        with near, socket.create_connection((self._target.hostname or "", self._target.port or 0)) as far:
            # Closing resets, as a cut does; a quiet close would leave the sender waiting for its window.
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._open |= {near, far}
            back = threading.Thread(target=self._carry, args=(far, near), daemon=True)
            back.start()
            self._carry(near, far, is_up=True)
            back.join()
            self._open -= {near, far}

    def _carry(self, source: socket.socket, sink: socket.socket, *, is_up: bool = False) -> None:
        with suppress(OSError):
            while chunk := source.recv(65_536):
                sink.sendall(chunk)
                if is_up:
                    self.sent_up += len(chunk)
                    if self.bytes_per_s:
                        time.sleep(len(chunk) / self.bytes_per_s)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(hub_settings: Settings) -> Iterator[Line]:
    made = Line(hub_settings.s3_endpoint)
    yield made
    made.close()


@pytest.fixture
def address(hub_settings: Settings, district: District, line: Line) -> Iterator[str]:
    """The web process on a port of its own; browsers reach storage over ``line``."""
    port = free_port()
    settings = replace(hub_settings, s3_public_url=f"http://{line.address}", port=str(port))
    given = {f"HUB_{f.name.upper()}": value for f in fields(settings) if (value := getattr(settings, f.name)) != f.default}
    argv = [sys.executable, "-m", "uvicorn", "resource_hub.asgi:app", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(argv, env={"PATH": os.environ["PATH"], **given})
    try:
        _wait_until(lambda: _answers(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    (made / "password").write_text(PASSWORD + "\n", encoding="utf-8")
    return made


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """22 MB that pass for a document: five parts, none like another."""
    path = tmp_path / "3 分数的初步认识 教学设计.pdf"
    path.write_bytes(b"%PDF-1.7\n" + os.urandom(22 * MIB))
    return path


def _start(address: str, home: Path, *words: object) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-m", "resource_hub", "upload", "--server", address, "--account", TEACHER, "--password-file", home / "password"]
    return subprocess.Popen(
        [*map(str, argv), *map(str, words)], env={"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def _run(address: str, home: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    process = _start(address, home, *words)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _resource(district: District, out: str) -> dict[str, object]:
    ident = out.strip().splitlines()[-1].rpartition("/")[2]
    reply = district.client.get(f"/api/v1/resources/{ident}", headers=district.as_(TEACHER))
    assert reply.status_code == 200, reply.json
    found: dict[str, object] = reply.json["data"]
    return found


def test_files_become_one_resource_with_what_the_names_suggest(
    address: str, district: District, home: Path, tmp_path: Path, paper: Path
) -> None:
    slides = tmp_path / "课件.pdf"
    slides.write_bytes(b"%PDF-1.7\n" + os.urandom(5000))
    done = _run(address, home, paper, slides, "--keyword", "分数", "--keyword", "初步")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith(f"{address}/resources/res_")
    found = _resource(district, done.stdout)
    assert found["title"] == "分数的初步认识 教学设计"
    files = {file["filename"]: file for file in found["files"]}
    assert set(files) == {paper.name, slides.name}
    assert httpx.get(files[paper.name]["url"]).content == paper.read_bytes()
    assert json.loads((home / ".cache" / "resource-hub" / "uploads.json").read_text("utf-8")) == {}


def test_a_killed_run_goes_on_with_the_parts_that_are_missing(
    address: str, district: District, home: Path, paper: Path, line: Line
) -> None:
    line.bytes_per_s = 6 * MIB
    process = _start(address, home, paper)
    _wait_until_sent(process, line, 12 * MIB)
    process.kill()
    process.communicate()
    line.cut()
    line.bytes_per_s, line.sent_up = 0, 0
    done = _run(address, home, paper, "--title", "分数", "--kind", "lesson_plan")
    assert done.returncode == 0, done.stderr
    assert MIB < line.sent_up < 20 * MIB
    found = _resource(district, done.stdout)
    assert (found["title"], found["kind"]) == ("分数", "lesson_plan")
    assert httpx.get(found["files"][0]["url"]).content == paper.read_bytes()


def test_a_cut_line_is_waited_out(address: str, district: District, home: Path, paper: Path, line: Line) -> None:
    line.bytes_per_s = 20 * MIB
    process = _start(address, home, paper)
    _wait_until_sent(process, line, 7 * MIB)
    line.cut()
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "已传的部分都在" in out
    found = _resource(district, out)
    assert httpx.get(found["files"][0]["url"]).content == paper.read_bytes()


def test_what_the_server_refuses_is_told_in_its_words(address: str, home: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()
    done = _run(address, home, empty, "--title", "空", "--kind", "slides")
    assert done.returncode == 1
    assert "空" in done.stderr
    (home / "password").write_text("wrong", encoding="utf-8")
    done = _run(address, home, empty)
    assert done.returncode == 1
    assert "账号或密码不对" in done.stderr
    strange = tmp_path / "x.bin"
    strange.write_bytes(b"x")
    (home / "password").write_text(PASSWORD, encoding="utf-8")
    done = _run(address, home, strange)
    assert done.returncode == 2
    assert "--kind" in done.stderr


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/openapi.json").status_code == 200
    except httpx.TransportError:
        return False


def _wait_until_sent(process: "subprocess.Popen[str]", line: Line, count: int) -> None:
    _wait_until(lambda: line.sent_up > count or process.poll() is not None)
    assert process.poll() is None, process.communicate()


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
