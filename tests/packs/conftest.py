"""A worker that does the jobs of media and of packs in the test's own process, and lessons to work with."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from media_worker.handlers import KINDS
from resource_hub.infra import jobs
from resource_hub.kernel import clock
from tests.library.conftest import put, works
from tests.people_of_a_district import District

__all__ = ["put", "works"]

LANES = ("intake", "light", "video", "paper", "scan", "pack")
WorkOff = Callable[[], None]


@pytest.fixture
def work_off(app: Flask) -> Iterator[WorkOff]:
    """Do every job that is due, those that follow from it included."""
    app.extensions["resource_hub"].job_kinds.update({kind.name: kind for kind in KINDS})

    def turn() -> None:
        with app.app_context():
            # Files first: an import waits in the queue while its zip is not looked at.
            while any(jobs.work_once(lane) for lane in LANES):
                continue

    yield turn
    clock.start_at(None)


def ask(district: District, method: str, path: str, who: str, status: int = 200, **body: object) -> dict:
    sent = {"json": body} if method != "GET" else {}
    reply = district.client.open(f"/api/v1{path}", method=method, headers=district.as_(who), **sent)
    assert reply.status_code == status, reply.text
    return reply.json["data"] if status < 400 else reply.json["error"]
