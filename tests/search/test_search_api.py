"""``GET /api/v1/search``: the contract for programs."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.search.shelf import Shelf, add_doors

pytestmark = pytest.mark.slow


@pytest.fixture
def client(shelf: Shelf) -> Iterator[FlaskClient]:
    add_doors(shelf)
    for number in range(30):
        shelf.put(f"n{number:02}", f"第{number}课 浮力", pages=["水里的浮力"], facets={"kind": "slides" if number % 3 else "exercise"})
    shelf.settle()
    return shelf.app.test_client()


def get(client: FlaskClient, status: int = 200, **query: Any) -> dict[str, Any]:
    reply = client.get("/api/v1/search", query_string=query, headers={"Viewer": "reader"})
    assert reply.status_code == status, reply.json
    body: dict[str, Any] = reply.json
    assert body["ok"] is (status == 200)
    return body["data"] if status == 200 else body["error"]


def test_an_answer_has_hits_total_facets_and_time(client: FlaskClient) -> None:
    data = get(client, q="浮力")
    assert data["total"] == 30
    assert len(data["hits"]) == 20, "the default"
    hit = data["hits"][0]
    assert {"id", "title", "snippet", "score", "moment", "snippet_html", "marks", "kind", "path"} <= hit.keys()
    assert hit["snippet"][slice(*hit["marks"][0])] == "浮力"
    assert hit["snippet_html"] == "水里的<mark>浮力</mark>"
    assert hit["moment"] == {"file_id": "f1", "page": 1, "at_s": None, "anchor": None}
    assert data["facets"]["kind"] == [
        {"value": "slides", "label": "课件", "count": 20},
        {"value": "exercise", "label": "exercise", "count": 10},
    ]
    assert data["took_ms"] >= 0


def test_pages_are_walked_by_cursor(client: FlaskClient) -> None:
    found, cursor = [], ""
    while cursor is not None:
        data = get(client, q="浮力", limit=8, cursor=cursor)
        found += [hit["id"] for hit in data["hits"]]
        cursor = data["cursor"]
    assert sorted(found) == [f"n{number:02}" for number in range(30)]


def test_filters_may_be_repeated(client: FlaskClient) -> None:
    assert get(client, q="浮力", kind="exercise")["total"] == 10
    assert get(client, q="浮力", kind=["exercise", "slides"])["total"] == 30
    assert get(client, kind="none")["total"] == 0


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"limit": 51}, "limit"), ({"limit": 0}, "limit"), ({"limit": "x"}, "limit"), ({"cursor": "x"}, "cursor"), ({"sort": "x"}, "sort")],
)
def test_a_wrong_parameter_is_named(client: FlaskClient, wrong: dict[str, Any], named: str) -> None:
    error = get(client, 422, q="浮力", **wrong)
    assert error["code"] == "invalid"
    assert list(error["fields"]) == [named]


def test_nobody_searches_without_signing_in(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?q=x").status_code == 401


def test_broken_bytes_in_the_query_are_answered(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?q=%ff%fe%E6%B5&kind=%00", headers={"Viewer": "reader"}).status_code == 200


def test_while_nothing_can_be_read_the_answer_is_503_with_the_share_done(client: FlaskClient, shelf: Shelf) -> None:
    shelf.index.folder.switch_to(shelf.index.folder.new_generation())
    shelf.index.folder.note_progress(2, 5)
    shelf.index.refresh()
    reply = client.get("/api/v1/search?q=浮力", headers={"Viewer": "reader"})
    assert reply.status_code == 503
    assert reply.headers["Retry-After"]
    assert "正在重建索引，已完成 40 %" in reply.json["error"]["message"]
