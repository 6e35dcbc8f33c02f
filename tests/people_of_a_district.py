"""The demo district's people as tests meet them: signed in by token."""

from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient

PASSWORD = "Chun-Feng-2026"


@dataclass
class District:
    """``as_`` gives the headers of a request by that account."""

    app: Flask
    client: FlaskClient
    _tokens: dict[str, str] = field(default_factory=dict)

    def as_(self, account: str) -> dict[str, str]:
        if account not in self._tokens:
            reply = self.client.post("/api/v1/tokens", json={"account": account, "password": PASSWORD})
            assert reply.status_code == 200, reply.json
            self._tokens[account] = reply.json["data"]["token"]
        return {"Authorization": f"Bearer {self._tokens[account]}"}
