"""Files put in by the API, as a program would."""

from collections.abc import Callable

import httpx
import pytest

from tests.people_of_a_district import District

Put = Callable[..., str]


@pytest.fixture
def put(district: District) -> Put:
    """Upload bytes as somebody and return the id of the finished upload."""

    def upload(account: str, filename: str, data: bytes) -> str:
        head = district.as_(account)
        begun = district.client.post("/api/v1/uploads", json={"filename": filename, "size": len(data)}, headers=head).json["data"]
        etags = []
        for part in begun["parts"]:
            start = (part["number"] - 1) * begun["part_size"]
            sent = httpx.put(part["url"], content=data[start : start + begun["part_size"]])
            assert sent.status_code == 200, sent.text
            etags.append({"number": part["number"], "etag": sent.headers["etag"]})
        done = district.client.post(f"/api/v1/uploads/{begun['id']}/finish", json={"parts": etags}, headers=head)
        assert done.status_code == 200, done.json
        return str(begun["id"])

    return upload
