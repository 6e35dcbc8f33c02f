"""The embedded store: durable, closed to strangers, and gentle with repeated parts."""

import dataclasses
import hashlib
import http.server
import json
import os
import subprocess
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from resource_hub.infra import installation, store
from resource_hub.infra.installation import Installation
from resource_hub.infra.storage import Storage
from tests.infra.standing import ask, installed, running_store

pytestmark = pytest.mark.slow

_PART = 5 << 20


def storage_of(found: Installation) -> Storage:
    return Storage(found.settings, found.s3_endpoint, *found.s3_keys)


def signing_for_the_store(found: Installation) -> Installation:
    """Let presigned addresses lead to the store itself, as there is no gateway here."""
    settings = dataclasses.replace(found.settings, s3_public_url=f"http://{found.s3_endpoint}")
    return dataclasses.replace(found, settings=settings)


def put(url: str, data: bytes) -> None:
    with urllib.request.urlopen(urllib.request.Request(url, data=data, method="PUT")) as answer:
        assert answer.status == 200


def test_a_part_sent_twice_is_still_there_after_the_store_was_killed(tmp_path: Path) -> None:
    """The store lists such a part twice and, completed so, drops its bytes a second later; its cache hides that until it restarts."""
    found = signing_for_the_store(installed(tmp_path))
    parts = {1: os.urandom(_PART), 2: os.urandom(_PART), 3: os.urandom(1000)}
    whole = b"".join(parts.values())
    with running_store(found):
        storage = storage_of(found)
        upload = storage.open_multipart("originals/one", "video/mp4")
        for number in (1, 2, 3, 2):
            put(storage.presign_part("originals/one", upload, number), parts[number])
        stored = storage.stored_parts("originals/one", upload)
        assert [part.number for part in stored] == [1, 2, 3]
        storage.complete_multipart("originals/one", upload, stored)
        again = storage.open_multipart("originals/two", "video/mp4")
        for number in (1, 2, 2, 3):
            put(storage.presign_part("originals/two", again, number), parts[number])
        raw = storage.stored_parts("originals/two", again)
        storage.complete_multipart("originals/two", again, [*raw, raw[1], *raw])
        time.sleep(2)  # the store drops lost parts about a second after completing
    with running_store(found):
        for key in ("originals/one", "originals/two"):
            assert hashlib.sha256(storage_of(found).get_bytes(key)).digest() == hashlib.sha256(whole).digest()


def test_nothing_is_open_beyond_loopback_and_strangers_get_nothing(tmp_path: Path) -> None:
    found = installed(tmp_path)
    with running_store(found) as process:
        listening = {c.laddr for c in psutil.Process(process.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN}
        assert {address.ip for address in listening} == {"127.0.0.1"}
        assert {address.port for address in listening} == {port for name, port in found.ports.items() if name not in {"web", "sfu"}}
        storage_of(found).put_bytes("originals/secret", b"secret")
        bucket, port = found.settings.s3_bucket, found.ports["s3"]
        for path in ("/", f"/{bucket}", f"/{bucket}/", f"/{bucket}/?list-type=2", f"/{bucket}/originals/secret"):
            assert ask(port, path)[0] == 403
        assert ask(port, f"/{bucket}/new", "PUT", body=b"x")[0] == 403
        filer = found.ports["weed_filer"]
        assert ask(filer, f"/buckets/{bucket}/originals/secret")[0] == 404
        assert ask(filer, f"/buckets/{bucket}/new", "PUT", body=b"x")[0] in {404, 405}


def test_writes_to_our_bucket_are_fsynced_after_every_start(tmp_path: Path) -> None:
    """The rule may be lost by a power cut, so it is not enough to have written it once."""
    found = installed(tmp_path)
    with running_store(found):
        bucket = found.settings.s3_bucket
        _shell(found, f"fs.configure -locationPrefix=/buckets/{bucket}/ -delete -apply\n")
        assert not _fsynced(found)
    with running_store(found):
        assert _fsynced(found)


def test_a_proxy_that_answers_for_the_store_is_no_store(tmp_path: Path) -> None:
    """Its own error pages are no XML, for which the SDK has other errors than S3's."""

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(502)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else b"bad")

        do_HEAD = do_PUT = do_GET  # noqa: N815 -- http.server's names

        def log_message(self, *_words: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}"
        found = installed(tmp_path, s3_endpoint=address, s3_access_key="a", s3_secret_key="b")
        for ask_for in (store.prepare, store.probe):
            with pytest.raises(store.StoreNotReady):
                ask_for(found)
        assert not store.is_answering(found)
        server.shutdown()


def test_probes_of_several_processes_do_not_disturb_each_other(tmp_path: Path) -> None:
    found = installed(tmp_path)
    with running_store(found), ThreadPoolExecutor(8) as pool:
        for probe in [pool.submit(store.probe, found) for _ in range(80)]:
            probe.result()
        assert list(storage_of(found).list_keys()) == []


def _fsynced(found: Installation) -> bool:
    said = _shell(found, "fs.configure\n")
    rules = json.loads(said[said.index("{") : said.rindex("}") + 1]).get("locations", [])
    return [rule["fsync"] for rule in rules if rule["locationPrefix"] == f"/buckets/{found.settings.s3_bucket}/"] == [True]


def _shell(found: Installation, words: str) -> str:
    ports = found.ports
    return subprocess.run(
        [
            str(store.weed_path()),
            "shell",
            f"-master=127.0.0.1:{ports['weed_master']}.{ports['weed_master_grpc']}",
            f"-filer=127.0.0.1:{ports['weed_filer']}.{ports['weed_filer_grpc']}",
        ],
        input=words,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_objects_are_found_again_when_the_ports_were_taken_in_between(tmp_path: Path) -> None:
    found = installed(tmp_path)
    with running_store(found):
        storage_of(found).put_bytes("originals/kept", b"kept")
    (tmp_path / "ports.json").unlink()
    moved = installation.load_for_start(found.settings)
    assert not set(moved.ports.values()) & set(found.ports.values())
    with running_store(moved):
        storage = storage_of(moved)
        assert storage.get_bytes("originals/kept") == b"kept"
        storage.put_bytes("originals/new", b"new")
        assert storage.get_bytes("originals/new") == b"new"
        assert storage.get_bytes("originals/kept") == b"kept"


def test_two_stores_side_by_side_do_not_disturb_each_other(tmp_path: Path) -> None:
    city, village = installed(tmp_path / "city"), installed(tmp_path / "village")
    assert not set(city.ports.values()) & set(village.ports.values())
    with running_store(village):
        with running_store(city):
            storage_of(city).put_bytes("originals/one", b"city")
            storage_of(village).put_bytes("originals/one", b"village")
            assert storage_of(city).get_bytes("originals/one") == b"city"
        assert store.is_answering(village)
        assert storage_of(village).get_bytes("originals/one") == b"village"


def test_a_store_that_is_away_is_not_taken_for_one_that_answers(tmp_path: Path) -> None:
    found = installed(tmp_path)
    with pytest.raises(store.StoreNotReady):
        store.probe(found)
    assert not store.is_answering(found, timeout_s=2)
