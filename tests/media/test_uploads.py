"""Uploads through the API and a real store: parts, resuming, finishing, what is refused."""

import io
import socket
import struct
import threading
import zipfile
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from resource_hub.app import create_app
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.media import service
from resource_hub.media.models import Upload, UploadState
from tests.library.conftest import Put
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow
WHO = "linxiaoyun"
PART = 5 * 1024 * 1024


def begin(district: District, size: int, filename: str = "课.txt", who: str = WHO) -> dict:
    reply = district.client.post("/api/v1/uploads", json={"filename": filename, "size": size}, headers=district.as_(who))
    assert reply.status_code == 201, reply.json
    return reply.json["data"]


def send(url: str, data: bytes) -> str:
    reply = httpx.put(url, content=data)
    assert reply.status_code == 200, reply.text
    return reply.headers["etag"]


def finish(district: District, upload: str, parts: list[dict]) -> tuple[int, dict]:
    reply = district.client.post(f"/api/v1/uploads/{upload}/finish", json={"parts": parts}, headers=district.as_(WHO))
    return reply.status_code, reply.json


def ask(district: District, upload: str) -> dict:
    reply = district.client.get(f"/api/v1/uploads/{upload}", headers=district.as_(WHO))
    assert reply.status_code == 200, reply.json
    return reply.json["data"]


def change(district: District, upload: str, **values: object) -> None:
    """Leave the row as time or a crash would."""
    with district.app.app_context(), unit.write():
        row = db.session.get_one(Upload, upload)
        for name, value in values.items():
            setattr(row, name, value)


def join(district: District, upload: str) -> None:
    """Join the parts, as a request does that dies before it can say so."""
    with district.app.app_context():
        with unit.read():
            row = db.session.get_one(Upload, upload)
            key, multipart = f"originals/{row.asset_id}", row.multipart_id or ""
        storage().complete_multipart(key, multipart, storage().stored_parts(key, multipart))


def test_an_upload_of_no_bytes_is_refused_at_the_field(district: District) -> None:
    reply = district.client.post("/api/v1/uploads", json={"filename": "空.mp4", "size": 0}, headers=district.as_(WHO))
    assert reply.status_code == 422
    assert reply.json["error"]["fields"]["size"]


def test_finishing_twice_gives_the_same_answer(district: District) -> None:
    begun = begin(district, 11)
    etag = send(begun["parts"][0]["url"], b"hello world")
    first = finish(district, begun["id"], [{"number": 1, "etag": etag}])
    second = finish(district, begun["id"], [{"number": 1, "etag": etag}])
    assert first[0] == second[0] == 200
    assert first[1] == second[1]


def test_a_missing_and_a_wrong_part_are_named(district: District) -> None:
    begun = begin(district, PART + 3)
    first = send(begun["parts"][0]["url"], b"a" * PART)
    status, told = finish(district, begun["id"], [{"number": 1, "etag": first}])
    assert (status, told["error"]["code"]) == (409, "part_missing")
    assert "2" in told["error"]["message"]
    second = send(begun["parts"][1]["url"], b"abc")
    status, told = finish(district, begun["id"], [{"number": 1, "etag": second}, {"number": 2, "etag": second}])
    assert (status, told["error"]["code"]) == (409, "part_wrong")
    status, _ = finish(district, begun["id"], [{"number": 1, "etag": first}, {"number": 2, "etag": second}])
    assert status == 200


def test_a_part_of_the_wrong_size_is_never_joined(district: District) -> None:
    begun = begin(district, 10)
    etag = send(begun["parts"][0]["url"], b"short")
    assert finish(district, begun["id"], [{"number": 1, "etag": etag}])[0] == 409


def test_another_browser_sees_which_parts_are_there(district: District) -> None:
    begun = begin(district, PART * 2)
    send(begun["parts"][1]["url"], b"b" * PART)
    seen = district.client.get(f"/api/v1/uploads/{begun['id']}", headers=district.as_(WHO)).json["data"]
    assert [part["number"] for part in seen["parts"]] == [2]
    assert seen["expires_at"]


def test_a_part_sent_twice_counts_once(district: District) -> None:
    begun = begin(district, PART + 4)
    for _ in range(3):
        first = send(begun["parts"][0]["url"], b"a" * PART)
    second = send(begun["parts"][1]["url"], b"tail")
    status, told = finish(district, begun["id"], [{"number": 1, "etag": first}, {"number": 2, "etag": second}])
    assert status == 200
    assert told["data"]["size"] == PART + 4


def test_two_teachers_upload_the_same_bytes_side_by_side(district: District, put: Put) -> None:
    assert put("linxiaoyun", "同一份.txt", "一样的内容".encode()) != put("wuyoutian", "同一份.txt", "一样的内容".encode())


def test_somebody_elses_upload_does_not_exist(district: District) -> None:
    begun = begin(district, 5)
    assert district.client.get(f"/api/v1/uploads/{begun['id']}", headers=district.as_("wuyoutian")).status_code == 404


@pytest.mark.parametrize(
    ("filename", "data", "code"),
    [
        ("课件.mp4", b"MZ" + b"\0" * 100, "executable"),
        ("run.exe", b"hello", "executable"),
        ("课件.pptx", b"PK\x03\x04 but truncated", "unknown_content"),
        ("录像.bin", bytes(range(256)) * 4, "unknown_content"),
    ],
)
def test_what_is_not_taken_is_refused_in_words(district: District, filename: str, data: bytes, code: str) -> None:
    begun = begin(district, len(data), filename)
    status, told = finish(district, begun["id"], [{"number": 1, "etag": send(begun["parts"][0]["url"], data)}])
    assert (status, told["error"]["code"]) == (422, code)
    assert told["error"]["message"]


def test_an_archive_with_paths_upwards_is_refused(district: District) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.txt", "x")
    begun = begin(district, packed.tell(), "资料.zip")
    etag = send(begun["parts"][0]["url"], packed.getvalue())
    status, told = finish(district, begun["id"], [{"number": 1, "etag": etag}])
    assert (status, told["error"]["code"]) == (422, "unsafe_archive")


def test_a_long_hostile_name_is_shown_clean_and_kept_out_of_keys(district: District) -> None:
    name = "../../" + "课" * 200 + "\u202e\x00gpj.txt"
    begun = begin(district, 3, name)
    assert "课" not in begun["parts"][0]["url"]
    seen = district.client.get(f"/api/v1/uploads/{begun['id']}", headers=district.as_(WHO)).json["data"]
    assert seen["filename"].startswith("课")
    assert not set("\u202e\x00/") & set(seen["filename"])


def test_an_abandoned_upload_says_so(district: District) -> None:
    begun = begin(district, 5)
    assert district.client.delete(f"/api/v1/uploads/{begun['id']}", headers=district.as_(WHO)).status_code == 200
    status, told = finish(district, begun["id"], [])
    assert (status, told["error"]["code"]) == (404, "upload_abandoned")


def test_ten_gigabytes_are_cut_into_parts_that_storage_takes(district: District) -> None:
    begun = begin(district, 10 * 1024**3, "十小时.mp4")
    assert begun["part_size"] >= PART
    assert 10 * 1024**3 / begun["part_size"] <= 10_000


def test_parts_that_were_joined_by_a_request_that_died_are_not_asked_for_again(district: District) -> None:
    begun = begin(district, 11)
    etag = send(begun["parts"][0]["url"], b"hello world")
    join(district, begun["id"])
    change(district, begun["id"], state=UploadState.FINISHING, finishing_at=clock.now() - timedelta(minutes=2))
    assert ask(district, begun["id"])["state"] == "finished"
    assert finish(district, begun["id"], [{"number": 1, "etag": etag}])[0] == 200


def test_joined_bytes_that_are_refused_are_told_to_whoever_asks(district: District) -> None:
    begun = begin(district, 102)
    send(begun["parts"][0]["url"], b"MZ" + b"\0" * 100)
    join(district, begun["id"])
    told = ask(district, begun["id"])
    assert told["state"] == "refused"
    assert "可执行程序" in told["message"]


def test_many_that_finish_at_once_get_one_answer(district: District) -> None:
    begun = begin(district, 11)
    etag = send(begun["parts"][0]["url"], b"hello world")
    head, told = district.as_(WHO), []

    def ask_to_finish() -> None:
        asked = district.app.test_client()
        told.append(asked.post(f"/api/v1/uploads/{begun['id']}/finish", json={"parts": [{"number": 1, "etag": etag}]}, headers=head))

    threads = [threading.Thread(target=ask_to_finish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status_code for reply in told} == {200}
    assert len({reply.json["data"]["asset_id"] for reply in told}) == 1


def test_a_request_that_was_overtaken_changes_nothing(district: District) -> None:
    begun = begin(district, 11)
    etag = send(begun["parts"][0]["url"], b"hello world")
    with district.app.app_context(), unit.read():
        late = db.session.get_one(Upload, begun["id"])
        db.session.expunge(late)
    late.finishing_at = clock.now() - timedelta(minutes=2)
    assert finish(district, begun["id"], [{"number": 1, "etag": etag}])[0] == 200
    with district.app.app_context():
        content = service.uploads.recognise_stored(f"originals/{late.asset_id}", late)
        with pytest.raises(service.uploads.Finishing):
            service.uploads.confirm(late, content)
    assert ask(district, begun["id"])["state"] == "finished"


def test_an_upload_that_storage_cannot_open_leaves_no_row(district: District, hub_settings: Settings) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"127.0.0.1:{closed.getsockname()[1]}"
        away = create_app(replace(hub_settings, s3_endpoint=nowhere))
        reply = away.test_client().post("/api/v1/uploads", json={"filename": "课.txt", "size": 5}, headers=district.as_(WHO))
    with away.app_context():
        db.engine.dispose()
    assert (reply.status_code, reply.json["error"]["code"]) == (503, "unavailable")
    with district.app.app_context(), unit.read():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 0


def test_parts_that_are_not_named_are_missing_and_strange_ones_are_wrong(district: District) -> None:
    begun = begin(district, 3)
    etag = send(begun["parts"][0]["url"], b"abc")
    status, told = finish(district, begun["id"], [])
    assert (status, told["error"]["code"]) == (409, "part_missing")
    status, told = finish(district, begun["id"], [{"number": 1, "etag": etag}, {"number": 7, "etag": etag}])
    assert (status, told["error"]["code"]) == (409, "part_wrong")
    assert "7" in told["error"]["message"]


def test_an_upload_past_its_date_is_forgotten_and_one_in_work_is_not(district: District) -> None:
    late, busy = begin(district, 5), begin(district, 5)
    send(late["parts"][0]["url"], b"12345")
    for one in (late, busy):
        change(district, one["id"], expires_at=clock.now() + timedelta(hours=1))
    before = ask(district, busy["id"])["expires_at"]
    change(district, late["id"], expires_at=clock.now() - timedelta(minutes=1))
    with district.app.app_context():
        assert service.sweep_uploads() == 1
        assert service.sweep_uploads() == 0
    assert ask(district, late["id"])["state"] == "abandoned"
    assert httpx.put(late["parts"][0]["url"], content=b"12345").status_code == 404
    assert before > (clock.now() + timedelta(days=2)).isoformat()
    assert ask(district, busy["id"])["state"] == "open"


def test_a_finishing_that_a_crash_cut_short_is_released(district: District) -> None:
    begun = begin(district, 11)
    etag = send(begun["parts"][0]["url"], b"hello world")
    change(district, begun["id"], state=UploadState.FINISHING, finishing_at=clock.now() - timedelta(hours=2))
    with district.app.app_context():
        service.sweep_uploads()
    assert ask(district, begun["id"])["state"] == "open"
    assert finish(district, begun["id"], [{"number": 1, "etag": etag}])[0] == 200


def test_an_opening_that_a_crash_cut_short_leaves_nothing(district: District) -> None:
    begun = begin(district, 5)
    change(district, begun["id"], state=UploadState.OPENING, multipart_id=None, created_at=clock.now() - timedelta(hours=2))
    with district.app.app_context():
        assert service.sweep_uploads() == 1
    assert httpx.put(begun["parts"][0]["url"], content=b"12345").status_code == 404


def test_a_program_in_an_archive_is_named(district: District) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("课件/setup.exe", "x")
    begun = begin(district, packed.tell(), "课件.zip")
    etag = send(begun["parts"][0]["url"], packed.getvalue())
    status, told = finish(district, begun["id"], [{"number": 1, "etag": etag}])
    assert (status, told["error"]["code"]) == (422, "packed_program")
    assert "setup.exe" in told["error"]["message"]


def test_an_archive_of_a_strange_version_and_one_with_an_endless_list_are_refused(district: District) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "x")
    strange = bytearray(packed.getvalue())
    entry = strange.index(b"PK\x01\x02")
    struct.pack_into("<H", strange, entry + 6, 99)
    endless = b"PK\x03\x04" + b"\0" * (9 << 20)
    endless += b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFE, 0xFFFE, (9 << 20) - 4, 4, 0)
    for data in (bytes(strange), endless):
        begun = begin(district, len(data), "资料.zip")
        cut = begun["part_size"]
        etags = [send(part["url"], data[cut * n : cut * (n + 1)]) for n, part in enumerate(begun["parts"])]
        status, told = finish(district, begun["id"], [{"number": n, "etag": etag} for n, etag in enumerate(etags, 1)])
        assert (status, told["error"]["code"]) == (422, "unknown_content")


def test_a_photo_that_only_phones_open_says_how_to_save_it(district: District) -> None:
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40
    begun = begin(district, len(data), "IMG_0001.HEIC")
    status, told = finish(district, begun["id"], [{"number": 1, "etag": send(begun["parts"][0]["url"], data)}])
    assert (status, told["error"]["code"]) == (422, "phone_picture")
    assert "JPG" in told["error"]["message"]
