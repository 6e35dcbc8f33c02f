"""Uploads through the API and a real store: parts, resuming, finishing, what is refused."""

import io
import zipfile

import httpx
import pytest

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
