"""A file with a virus is removed before anything opens it; clamd is outside, so a small server speaks its protocol."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from flask import Flask

from media_worker.handlers import KINDS
from resource_hub.infra import jobs
from tests.library.conftest import put
from tests.people_of_a_district import District

__all__ = ["put"]
pytestmark = pytest.mark.slow


class _Clamd(socketserver.BaseRequestHandler):
    """Reads one INSTREAM and finds the word VIRUS."""

    def handle(self) -> None:
        seen, data = b"", self.request.makefile("rb")
        assert data.read(10) == b"zINSTREAM\0"
        while size := struct.unpack("!L", data.read(4))[0]:
            seen += data.read(size)
        self.request.sendall(b"stream: Test.Virus FOUND\0" if b"VIRUS" in seen else b"stream: OK\0")


@pytest.fixture
def clamd() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Clamd) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_virus_is_told_and_the_file_is_gone(app: Flask, district: District, put, clamd: str) -> None:
    hub = app.extensions["resource_hub"]
    hub.settings = replace(hub.settings, clamav=clamd)
    hub.job_kinds.update({kind.name: kind for kind in KINDS})
    uploads = [put("linxiaoyun", "坏.txt", "这里有 VIRUS 一个".encode()), put("linxiaoyun", "好.txt", "这里没有".encode())]
    made = district.client.post(
        "/api/v1/resources", json={"title": "两份", "kind": "media_asset", "upload_ids": uploads}, headers=district.as_("linxiaoyun")
    )
    with app.app_context():
        while jobs.work_once("light"):
            pass
    seen = district.client.get(f"/api/v1/resources/{made.json['data']['id']}", headers=district.as_("linxiaoyun")).json["data"]
    bad, good = seen["files"]
    assert (bad["failure"]["code"], bad["url"]) == ("infected", None)
    assert "Test.Virus" in bad["failure"]["message"]
    assert httpx.get(good["url"]).content == "这里没有".encode()
