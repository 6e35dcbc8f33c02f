"""A file with a virus is removed before anything opens it; clamd is outside, so a small server speaks its protocol."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
import sqlalchemy as sa
from flask import Flask

from media_worker.handlers import KINDS
from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.storage import storage
from resource_hub.media import queries
from resource_hub.media.models import Asset
from resource_hub.media.rules import original_key
from resource_hub.media.service import results
from tests.library.conftest import put
from tests.people_of_a_district import District

__all__ = ["put"]
pytestmark = pytest.mark.slow
LIMIT = 100_000


class _Clamd(socketserver.BaseRequestHandler):
    """Reads one INSTREAM and finds the word VIRUS."""

    def handle(self) -> None:
        seen, data = b"", self.request.makefile("rb")
        assert data.read(10) == b"zINSTREAM\0"
        while size := struct.unpack("!L", data.read(4))[0]:
            seen += data.read(size)
            if len(seen) > LIMIT:
                self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.request.sendall(b"stream: Test.Virus FOUND\0" if b"VIRUS" in seen else b"stream: OK\0")


@pytest.fixture
def clamd() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Clamd) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def guarded(app: Flask, clamd: str) -> Flask:
    """The application with a scanner and the hands of the worker."""
    hub = app.extensions["resource_hub"]
    hub.settings = replace(hub.settings, clamav=clamd)
    hub.job_kinds.update({kind.name: kind for kind in KINDS})
    return app


def shared(district: District, uploads: list[str]) -> str:
    """Make one resource of the uploads and return its address."""
    made = district.client.post(
        "/api/v1/resources", json={"title": "两份", "kind": "media_asset", "upload_ids": uploads}, headers=district.as_("linxiaoyun")
    )
    return f"/api/v1/resources/{made.json['data']['id']}"


def views(app: Flask) -> list[queries.AssetView]:
    with app.test_request_context(), unit.read():
        return list(queries.asset_views(list(db.session.scalars(sa.select(Asset.id)))).values())


def test_a_virus_is_told_and_the_file_is_gone(guarded: Flask, district: District, put) -> None:
    uploads = [put("linxiaoyun", "坏.txt", "这里有 VIRUS 一个".encode()), put("linxiaoyun", "好.txt", "这里没有".encode())]
    resource = shared(district, uploads)
    with guarded.app_context():
        while jobs.work_once("intake"):
            pass
        assert len(list(storage().list_keys("originals/"))) == 1
    seen = district.client.get(resource, headers=district.as_("linxiaoyun")).json["data"]
    bad, good = seen["files"]
    assert (bad["failure"]["code"], bad["url"]) == ("infected", None)
    assert "Test.Virus" in bad["failure"]["message"]
    assert httpx.get(good["url"]).content == "这里没有".encode()


def test_no_address_of_an_infected_original_is_signed(guarded: Flask, district: District, put) -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + b"VIRUS" * 100
    resource = shared(district, [put("linxiaoyun", "坏.mp4", film)])
    with guarded.app_context():
        assert jobs.work_once("intake")
    file = district.client.get(resource, headers=district.as_("linxiaoyun")).json["data"]["files"][0]
    assert (file["failure"]["code"], file["url"], file["play_url"]) == ("infected", None, None)


def test_an_infected_file_whose_worker_died_stays_closed_and_is_never_begun_again(guarded: Flask, district: District, put) -> None:
    """The original is gone and the job is not done yet: the next attempt finds no bytes, and the reason stands."""
    resource = shared(district, [put("linxiaoyun", "坏.txt", b"VIRUS here")])
    with guarded.app_context():
        with unit.write():
            asset_id = db.session.scalars(sa.select(Asset.id)).one()
            results.record_infected(asset_id, "Test.Virus")
        storage().delete(original_key(asset_id))
        assert jobs.work_once("intake")
    mine = district.as_("linxiaoyun")
    assert district.client.post(f"/api/v1/assets/{asset_id}/retry", headers=mine).json["data"] == {"queued": 0}
    file = district.client.get(resource, headers=mine).json["data"]["files"][0]
    assert (file["failure"]["code"], file["url"]) == ("infected", None)


def test_a_file_beyond_the_scanners_limit_is_shown_and_said_to_be_unscanned(guarded: Flask, district: District, put) -> None:
    put("linxiaoyun", "大.txt", "很长的笔记。".encode() * 20_000)
    put("linxiaoyun", "小.txt", "短的笔记。".encode())
    with guarded.app_context():
        while jobs.work_once("intake"):
            pass
    large, small = sorted(views(guarded), key=lambda view: -view.size)
    assert (large.failure, small.failure) == (None, None)
    assert "没有查毒" in large.note
    assert small.note == ""


def test_a_file_whose_check_was_stopped_is_said_to_be_unscanned(guarded: Flask, district: District, put) -> None:
    put("linxiaoyun", "笔记.txt", "短的笔记。".encode())
    asset_id = views(guarded)[0].id
    reply = district.client.delete(f"/api/v1/assets/{asset_id}/work", headers=district.as_("linxiaoyun"))
    assert reply.json["data"] == {"stopped": 1}
    assert "没有查毒" in views(guarded)[0].note
