"""``GET /healthz``: the state of every part, for machines; 503 when one is down."""

import socket
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, jsonify

from resource_hub.infra import index, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs.models import WorkerBeat
from resource_hub.infra.storage import storage
from resource_hub.infra.web.doors import public
from resource_hub.kernel import clock

WORKER_SILENCE = timedelta(seconds=45)


def init_health(app: Flask) -> None:
    """Mount the address."""

    @app.get("/healthz")
    @public(unit=False)
    def healthz() -> Response:
        components = check_all()
        down = any(part["status"] == "down" for part in components.values())
        response = jsonify({"status": "down" if down else "ok", "components": components})
        response.status_code = 503 if down else 200
        response.headers["Cache-Control"] = "no-store"
        return response


def check_all() -> dict[str, dict[str, Any]]:
    """Return each part's status, a word on it, and the milliseconds that asking took."""
    parts: dict[str, Callable[[], str]] = {
        "database": _database,
        "storage": _storage,
        "search": _search,
        "worker": _worker,
        "gateway": _gateway,
    }
    return {name: _ask(check) for name, check in parts.items()}


def _ask(check: Callable[[], str]) -> dict[str, Any]:
    began = time.monotonic()
    try:
        note, status = check(), "ok"
    except Exception as error:  # noqa: BLE001 -- whatever a part throws, it is down
        note, status = f"{type(error).__name__}: {error}"[:200], "down"
    return {"status": status, "note": note, "ms": round((time.monotonic() - began) * 1000, 1)}


def _database() -> str:
    with unit.read():
        db.session.execute(sa.text("SELECT 1"))
    return db.engine.dialect.name


def _storage() -> str:
    storage().put_bytes("health/probe", b"ok", "text/plain")
    return "put"


def _search() -> str:
    facts = index.health()
    return f"{facts.get('state', '')} {facts.get('documents', '')}".strip()


def _worker() -> str:
    with unit.read():
        seen = db.session.scalar(sa.select(sa.func.max(WorkerBeat.seen_at)))
    if seen is None or clock.now() - seen > WORKER_SILENCE:
        raise RuntimeError("no worker has reported within 45 s")
    return "beating"


def _gateway() -> str:
    host = hub().settings.listen
    with socket.create_connection((host if host not in {"0.0.0.0", "::"} else "127.0.0.1", int(hub().settings.port)), timeout=2):  # noqa: S104 -- compared, not bound
        return "listening"
