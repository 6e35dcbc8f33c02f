"""``GET /healthz``: the state of every part, for machines; 503 when one is down.

Anyone may ask, and asking writes to the store. So the rule is: one thread asks the parts at a time,
and for a few seconds everybody is told what it found.
"""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, jsonify

from resource_hub.infra import index, installation, store, unit
from resource_hub.infra.db import db
from resource_hub.infra.installation import Installation
from resource_hub.infra.jobs.models import WorkerBeat
from resource_hub.infra.web.doors import public
from resource_hub.kernel import addresses, clock
from resource_hub.kernel.settings import Settings

WORKER_SILENCE = timedelta(seconds=45)
_PROBE_S = 5
_WELL_FOR_S = 3.0
_ILL_FOR_S = 0.5  # a part that comes back is seen at once
_STALE_S = 30.0  # asking takes less, except when the database hangs


@dataclass(frozen=True, slots=True)
class Findings:
    """Each part's status, a word on it, and the milliseconds that asking took, at one moment."""

    components: Mapping[str, Mapping[str, Any]]
    asked_at: float

    @property
    def is_down(self) -> bool:
        return any(part["status"] == "down" for part in self.components.values())

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.asked_at

    @property
    def is_fresh(self) -> bool:
        return self.age_s < (_ILL_FOR_S if self.is_down else _WELL_FOR_S)


class _Watch:
    """The last findings; whoever comes while another thread asks is told those, unless they are stale."""

    def __init__(self, installed: Installation) -> None:
        self._installed = installed
        self._asking = threading.Lock()
        self._last: Findings | None = None

    def findings(self) -> Findings:
        last = self._last
        if last and last.is_fresh:
            return last
        if not self._asking.acquire(blocking=last is None or last.age_s > _STALE_S):
            return last  # type: ignore[return-value]  # without one the thread waited
        try:
            if self._last is None or not self._last.is_fresh:
                self._last = _ask_all(self._installed)
            return self._last
        finally:
            self._asking.release()


def init_health(app: Flask) -> None:
    """Mount the address."""
    app.extensions["health"] = _Watch(installation.load(app.extensions["resource_hub"].settings))

    @app.get("/healthz")
    @public(unit=False)
    def healthz() -> Response:
        found = findings()
        response = jsonify({"status": "down" if found.is_down else "ok", "components": found.components})
        response.status_code = 503 if found.is_down else 200
        response.headers["Cache-Control"] = "no-store"
        return response


def findings() -> Findings:
    """Return how the parts were a moment ago; outside any unit, since asking opens its own."""
    watch: _Watch = current_app.extensions["health"]
    return watch.findings()


def _ask_all(installed: Installation) -> Findings:
    parts: dict[str, Callable[[], str]] = {
        "database": _database,
        "storage": lambda: _storage(installed),
        "search": _search,
        "worker": _worker,
        "gateway": lambda: _gateway(installed.settings),
    }
    return Findings({name: _ask(check) for name, check in parts.items()}, time.monotonic())


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


def _storage(installed: Installation) -> str:
    store.probe(installed, timeout_s=_PROBE_S)
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


def _gateway(settings: Settings) -> str:
    with socket.create_connection((addresses.local(settings.listen).strip("[]"), int(settings.port)), timeout=2):
        return "listening"
