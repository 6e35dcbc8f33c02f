"""A resource as programs make it, for tests and figures that begin where one is there already."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

_PATIENCE_S = 240


def publish(address: str, account: str, password: str, files: Sequence[Path], *, title: str, kind: str = "lesson_pack") -> str:
    """Upload the files, make them one resource and return its path when all is ready to be seen."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=60) as hub:
        token = _data(hub.post("/tokens", json={"account": account, "password": password}))["token"]
        hub.headers["Authorization"] = f"Bearer {token}"
        uploads = [_upload(hub, file) for file in files]
        made = _data(hub.post("/resources", json={"title": title, "kind": kind, "upload_ids": uploads}))["id"]
        deadline = time.monotonic() + _PATIENCE_S
        while (state := _data(hub.get(f"/resources/{made}"))["state"]) != "ready":
            if state == "failed" or time.monotonic() > deadline:
                raise RuntimeError(f"{title} is {state}")
            time.sleep(0.5)
    return f"/resources/{made}"


def _upload(hub: httpx.Client, file: Path) -> str:
    begun = _data(hub.post("/uploads", json={"filename": file.name, "size": file.stat().st_size}))
    sent = []
    with file.open("rb") as source, httpx.Client(timeout=60) as storage:
        for number in range(1, -(-file.stat().st_size // begun["part_size"]) + 1):
            (part,) = _data(hub.post(f"/uploads/{begun['id']}/parts", json={"numbers": [number]}))["parts"]
            answer = storage.put(part["url"], content=source.read(begun["part_size"])).raise_for_status()
            sent.append({"number": number, "etag": answer.headers["ETag"]})
    finished: str = _data(hub.post(f"/uploads/{begun['id']}/finish", json={"parts": sent}))["id"]
    return finished


def _data(answer: httpx.Response) -> dict[str, Any]:
    data: dict[str, Any] = answer.raise_for_status().json()["data"]
    return data
