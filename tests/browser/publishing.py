"""A resource as programs make it, for tests and figures that begin where one is there already."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

_PATIENCE_S = 240


def publish(address: str, account: str, password: str, files: Sequence[Path], *, title: str, kind: str = "lesson_pack") -> str:
    """Upload the files, make them one resource and return its path when all is ready to be seen."""
    with asking(address, account, password) as hub:
        made = make(hub, title=title, kind=kind, upload_ids=[upload(hub, file) for file in files])
        wait_until_ready(hub, made)
        declare(hub, made)
    return f"/resources/{made}"


@contextmanager
def asking(address: str, account: str, password: str) -> Iterator[httpx.Client]:
    """Give a client of the API that is signed in as ``account``."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=60) as hub:
        token = data_of(hub.post("/tokens", json={"account": account, "password": password}))["token"]
        hub.headers["Authorization"] = f"Bearer {token}"
        yield hub


def make(hub: httpx.Client, **fields: Any) -> str:
    """Make a resource of finished uploads and return its id."""
    made: str = data_of(hub.post("/resources", json=fields))["id"]
    return made


def declare(hub: httpx.Client, resource_id: str) -> None:
    """Say of each recording that nobody can be recognised, so that it may leave the school."""
    for file in data_of(hub.get(f"/resources/{resource_id}"))["files"]:
        if file["media_type"].startswith("video/"):
            hub.put(f"/assets/{file['asset_id']}/consent", json={"declaration": "no_pupils"}).raise_for_status()


def approve(address: str, password: str, resource_id: str, *, author: str, reviewer: str) -> None:
    """Let the author submit and a reviewer of the school approve."""
    for account, step in ((author, "submission"), (reviewer, "school-approval")):
        with asking(address, account, password) as hub:
            hub.post(f"/resources/{resource_id}/{step}").raise_for_status()


def wait_until_ready(hub: httpx.Client, resource_id: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while (state := data_of(hub.get(f"/resources/{resource_id}"))["state"]) != "ready":
        if state == "failed" or time.monotonic() > deadline:
            raise RuntimeError(f"{resource_id} is {state}")
        time.sleep(0.5)


def upload(hub: httpx.Client, file: Path) -> str:
    """Put a file into storage part by part and return the id of the finished upload."""
    begun = data_of(hub.post("/uploads", json={"filename": file.name, "size": file.stat().st_size}))
    sent = []
    with file.open("rb") as source, httpx.Client(timeout=60) as storage:
        for number in range(1, -(-file.stat().st_size // begun["part_size"]) + 1):
            (part,) = data_of(hub.post(f"/uploads/{begun['id']}/parts", json={"numbers": [number]}))["parts"]
            answer = storage.put(part["url"], content=source.read(begun["part_size"])).raise_for_status()
            sent.append({"number": number, "etag": answer.headers["ETag"]})
    finished: str = data_of(hub.post(f"/uploads/{begun['id']}/finish", json={"parts": sent}))["id"]
    return finished


def data_of(answer: httpx.Response) -> dict[str, Any]:
    data: dict[str, Any] = answer.raise_for_status().json()["data"]
    return data
