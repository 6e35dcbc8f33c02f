"""A worker and an indexer beside the application, as the processes have them."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask

from media_worker.handlers import KINDS
from media_worker.loop import Worker
from resource_hub.cli.demo.papers import Letterhead, pdf_bytes
from resource_hub.infra import index
from tests.browser.recordings import make_slides
from tests.library.conftest import put
from tests.people_of_a_district import District

Bring = Callable[..., str]

__all__ = ["put"]

Wait = Callable[[Callable[[], object]], object]


@pytest.fixture
def working(app: Flask) -> Iterator[None]:
    """Run the lanes and the indexer until the test ends."""
    app.extensions["resource_hub"].job_kinds.update({kind.name: kind for kind in KINDS})
    worker = Worker(app)
    thread = threading.Thread(target=worker.run)
    thread.start()
    indexer = index.start_indexer(app)
    yield
    worker.stop()
    thread.join()
    indexer.stop()
    index.index_of(app).close()


@pytest.fixture
def until() -> Wait:
    """Ask again and again until the answer is true; a generous bound, not a measure of speed."""

    def wait(ask: Callable[[], object]) -> object:
        pause = threading.Event()
        for _ in range(600):
            if answer := ask():
                return answer
            pause.wait(0.25)
        raise AssertionError("it never came true")

    return wait


@pytest.fixture
def lesson(tmp_path: Path) -> bytes:
    """A short recording with picture and sound."""
    import subprocess

    path = tmp_path / "lesson.mp4"
    picture, sound = "testsrc2=size=640x360:rate=15:duration=6", "sine=frequency=330:duration=6"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-c:v", "libx264", "-preset", "ultrafast",
         "-c:a", "aac", str(path)],
        check=True,
    )  # fmt: skip
    return path.read_bytes()


@pytest.fixture
def plan(tmp_path: Path) -> bytes:
    """A lesson plan as teachers write it."""
    import docx

    document = docx.Document()
    document.add_heading("色彩的冷与暖", 0)
    document.add_paragraph("教学目标:用泥土和叶汁调出三种暖色,说一说它们像什么。")
    path = tmp_path / "plan.docx"
    document.save(str(path))
    return path.read_bytes()


@pytest.fixture
def slides(tmp_path: Path) -> bytes:
    """A deck whose words stand nowhere else."""
    return make_slides(tmp_path).read_bytes()


@pytest.fixture
def sheet() -> bytes:
    """A task sheet as PDF."""
    return pdf_bytes(f"# 任务\n{'调出三种暖色,写下它们像什么。' * 5}", Letterhead("调三种暖色 任务单", "林晓云", "青岚区实验小学"))


@pytest.fixture
def say(district: District) -> Callable[..., Any]:
    """Post to the API as somebody and return the data of its answer."""

    def post(account: str, path: str, **fields: Any) -> Any:
        reply = district.client.post(path, json=fields, headers=district.as_(account))
        assert reply.status_code < 300, reply.json
        return reply.json["data"]

    return post


@pytest.fixture
def bring(say: Callable[..., Any]) -> Bring:
    """Send a file of one part as belonging to a draft, and return the upload's id."""

    def send(account: str, draft_id: str, filename: str, data: bytes) -> str:
        begun = say(account, "/api/v1/uploads", filename=filename, size=len(data), draft_id=draft_id)
        (part,) = begun["parts"]
        stored = httpx.put(part["url"], content=data).raise_for_status()
        done = say(account, f"/api/v1/uploads/{begun['id']}/finish", parts=[{"number": 1, "etag": stored.headers["etag"]}])
        return str(done["id"])

    return send


@pytest.fixture
def ask(district: District) -> Callable[..., object]:
    """Ask the API as somebody and return the data of its answer."""

    def get(account: str, path: str, **query: str) -> object:
        reply = district.client.get(path, query_string=query, headers=district.as_(account))
        assert reply.status_code == 200, reply.json
        return reply.json["data"]

    return get
