"""The district in which live lessons are measured: an empty installation with people and rooms full of lessons."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resource_hub.app import create_app
from resource_hub.cli.demo.seed import seed_people
from resource_hub.infra import installation, migrate
from resource_hub.infra.db import db
from resource_hub.kernel.settings import Settings
from tests.live.standing import Tokens, admit, environment, plan

ROOMS = 240
_NO_STORE = {"HUB_S3_ENDPOINT": "127.0.0.1:9", "HUB_S3_ACCESS_KEY": "none", "HUB_S3_SECRET_KEY": "none"}
"""A lesson's log needs no objects, so none is started."""
SEATS = ("lead", "assist:1", "assist:2", "class:0", "class:1", "class:2")


@dataclass(frozen=True, slots=True)
class Standing:
    """An installation that can be served: its port and environment, lessons, and tokens by seat."""

    port: int
    env: dict[str, str]
    lessons: list[str]
    tokens: Tokens

    def orders(self) -> dict[str, Any]:
        """Return what the load generator needs to come in."""
        return {
            "lesson": self.lessons[0],
            "lead": self.tokens["lead"],
            "watcher": self.tokens["observer"],
            "village": self.tokens["class:1"],
            "lessons": self.lessons[1:-2],
            "tokens": [self.tokens[seat] for seat in SEATS],
        }


def stand(folder: Path) -> Standing:
    """Write people and lessons into a new installation on SQLite in ``folder``."""
    settings = Settings.read({"HUB_DATA": str(folder / "hub"), "HUB_DEMO": "0", **_NO_STORE})
    migrate.upgrade(settings)
    app = create_app(settings)
    with app.app_context():
        seed_people("Demo-Passw0rd")
    tokens, lessons = admit(app), plan(app, ROOMS + 3)
    with app.app_context():
        db.engine.dispose()
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | environment(settings)
    return Standing(installation.load(settings).ports["web"], env, lessons, tokens)
