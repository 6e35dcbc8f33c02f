"""Files put in by the API, as a program would; resources in any state."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from resource_hub.infra.index import index_of
from resource_hub.kernel import clock
from tests.library.lineage_of_works import Shelf
from tests.library.works import Works
from tests.people_of_a_district import District

Put = Callable[..., str]


@pytest.fixture
def put(district: District) -> Put:
    """Upload bytes as somebody and return the id of the finished upload."""

    def upload(account: str, filename: str, data: bytes, draft_id: str | None = None) -> str:
        head = district.as_(account)
        body = {"filename": filename, "size": len(data), "draft_id": draft_id}
        begun = district.client.post("/api/v1/uploads", json=body, headers=head).json["data"]
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


@pytest.fixture
def works(district: District) -> Iterator[Works]:
    yield Works(district)
    clock.start_at(None)
    index_of(district.app).close()


@pytest.fixture
def shelf(works: Works, put: Put) -> Shelf:
    return Shelf(works, put)
