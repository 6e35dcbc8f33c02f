"""The health of the parts: asked by one at a time, shared for a moment, and the truth on the administrator's page."""

import dataclasses
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from flask import Flask

from resource_hub.app import create_app
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs.models import WorkerBeat
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from tests.infra.standing import wait_until
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow


@dataclass
class Line:
    """A line to the store that counts the connections through it and can be cut."""

    server: socket.socket
    connections: int = 0
    is_cut: bool = False
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.getsockname()[1]}"

    def serve(self, store: tuple[str, int]) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.server.accept()
                if self.is_cut:
                    near.close()
                    continue
                self.connections += 1
                far = socket.create_connection(store)
                self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()

    def close(self) -> None:
        for one in (self.server, *self._open):
            one.close()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def line(hub_settings: Settings) -> Iterator[Line]:
    host, _, port = hub_settings.s3_endpoint.partition(":")
    line = Line(socket.create_server(("127.0.0.1", 0)))
    threading.Thread(target=line.serve, args=((host, int(port)),), daemon=True).start()
    yield line
    line.close()


@contextmanager
def healthy_app(settings: Settings, line: Line) -> Iterator[Flask]:
    """The application with a store at the end of ``line``, a worker's sign of life and a listening gateway."""
    with socket.create_server(("127.0.0.1", 0)) as gateway:
        port = str(gateway.getsockname()[1])
        app = create_app(dataclasses.replace(settings, s3_endpoint=line.address, port=port))
        with app.app_context():
            app.extensions["resource_hub"].storage.ensure_bucket()
            beat()
        yield app
        with app.app_context():
            db.engine.dispose()


def beat() -> None:
    with unit.write():
        db.session.add(WorkerBeat(worker="one", seen_at=clock.now()))


def test_many_who_ask_at_once_are_told_what_one_question_found(hub_settings: Settings, line: Line) -> None:
    with healthy_app(hub_settings, line) as app, ThreadPoolExecutor(20) as pool:
        before = line.connections
        answers = list(pool.map(lambda _: app.test_client().get("/healthz"), range(60)))
        assert {answer.status_code for answer in answers} == {200}, answers[0].json
        assert 1 <= line.connections - before <= 3


def test_a_store_that_goes_and_comes_is_told_truly(hub_settings: Settings, line: Line) -> None:
    def storage() -> str:
        status: str = app.test_client().get("/healthz").json["components"]["storage"]["status"]
        return status

    with healthy_app(hub_settings, line) as app:
        assert storage() == "ok"
        line.is_cut = True
        wait_until(lambda: storage() == "down")
        line.is_cut = False
        wait_until(lambda: storage() == "ok")


def test_the_page_of_the_machine_shows_how_each_part_is(district: District) -> None:
    with district.app.app_context():
        beat()
    page = district.client.get("/admin/disk", headers=district.as_("minjie")).text
    table = page[page.index('id="parts"') :]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td[^>]*>(.*?)</td>', table, re.DOTALL)
    states = {name: re.sub(r"<[^>]+>|\s", "", state) for name, state in rows}
    assert states.pop("网关") in {"正常", "停了"}, "none belongs to this application, but another may listen at its port"
    assert states == dict.fromkeys(("数据库", "文件存储", "搜索", "视频和文档处理"), "正常")
