"""Addresses of objects: good for an hour, the same for a while, kept by browsers, refused when changed."""

import httpx
import pytest
from flask import Flask

from resource_hub.infra.storage import storage

pytestmark = pytest.mark.slow


def test_an_address_may_be_kept_and_serves_under_the_given_name(app: Flask) -> None:
    with app.app_context():
        storage().put_bytes("things/one", b"words", "text/plain")
        urls = {storage().presign_get("things/one", filename="课.txt", media_type="text/plain") for _ in range(3)}
    answer = httpx.get(next(iter(urls)))
    assert (answer.status_code, answer.content) == (200, b"words")
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert "filename*=UTF-8''%E8%AF%BE.txt" in answer.headers["content-disposition"]
    assert len(urls) <= 2


def test_an_address_opens_its_own_object_alone(app: Flask) -> None:
    with app.app_context():
        storage().put_bytes("things/one", b"1")
        storage().put_bytes("things/two", b"2")
        url = storage().presign_get("things/one")
    assert httpx.get(url.replace("things/one", "things/two")).status_code == 403
    assert httpx.get(url.partition("?")[0]).status_code == 403
