"""All settings, read once from ``HUB_*`` at start, frozen and passed down.

No other module reads the environment. A wrong value stops the start with one sentence per
field (``SettingsError``) that names the variable and the remedy.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo


class SettingsError(ValueError):
    """``problems``: one sentence per wrong setting, ready to print."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def _setting(default: str, doc: str) -> str:
    text: str = field(default=default, metadata={"doc": doc})
    return text


@dataclass(frozen=True, slots=True)
class Settings:
    """Raw text of each ``HUB_<NAME>``; the properties give checked values."""

    data: str = _setting("var", "Folder for the database, objects, index, keys and logs.")
    port: str = _setting("8000", "Port of the gateway, the one address that people use.")
    listen: str = _setting("127.0.0.1", "Address the gateway listens on; 0.0.0.0 opens it to the LAN.")
    public_url: str = _setting("", "Address people use, e.g. https://hub.lan; https turns on automatic HTTPS.")
    allowed_hosts: str = _setting("", "More host names (host or host:port, comma-separated) that may be used.")
    database_url: str = _setting("", "postgresql://… ; empty: SQLite in the data folder.")
    redis_url: str = _setting("", "redis://… for several web nodes; empty: one node.")
    s3_endpoint: str = _setting("", "host:port of an S3 service; empty: the embedded store.")
    s3_access_key: str = _setting("", "Access key of the S3 service.")
    s3_secret_key: str = _setting("", "Secret key of the S3 service.")
    s3_bucket: str = _setting("hub-media", "Bucket for all objects.")
    s3_secure: str = _setting("0", "1 when the S3 service is reached by https.")
    s3_region: str = _setting("us-east-1", "Region named in signatures.")
    s3_public_url: str = _setting("", "Address browsers use for objects; empty: through the gateway.")
    timezone: str = _setting("Asia/Shanghai", "Time zone of the district.")
    clock: str = _setting("", "Demo and tests only: ISO moment at which the clock starts.")
    demo: str = _setting("1", "0 for an empty installation with a first-administrator page.")
    demo_password: str = _setting("", "Password of the demo accounts; empty: one is made and printed.")
    clamav: str = _setting("", "host:port or socket path of clamd; empty: no virus scan.")
    oidc_issuer: str = _setting("", "OpenID Connect issuer; empty: no single sign-on.")
    oidc_client_id: str = _setting("", "Client id at the issuer.")
    oidc_client_secret: str = _setting("", "Client secret at the issuer.")
    oidc_claim: str = _setting("preferred_username", "Claim that carries our account name.")
    idle_minutes: str = _setting("30", "Minutes without a request until a session signs itself out.")
    scratch_gb: str = _setting("20", "Most space in GB that media work may use for scratch files.")
    min_free_gb: str = _setting("2", "Uploads and encodes are refused when less than this is free.")
    upload_days: str = _setting("7", "Days that an unfinished upload is kept.")
    records: str = _setting("", "Record numbers for the foot of each page (ICP, app filing), separated by ;.")
    contact: str = _setting("", "Whom a teacher may call: name and telephone, shown with errors and complaints.")
    debug: str = _setting("0", "1 shows /design and more detail; never for a real district.")

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Return checked settings; raises ``SettingsError`` naming every problem at once."""
        env = os.environ if environ is None else environ
        given = {f.name: env[key] for f in fields(cls) if (key := f"HUB_{f.name.upper()}") in env}
        settings = cls(**given)
        problems = settings._problems() + _unknown(env)
        if problems:
            raise SettingsError(problems)
        return settings

    def _problems(self) -> list[str]:  # noqa: C901 -- one line per setting
        found = []
        if not (self.port.isdigit() and 0 < int(self.port) < 65536):
            found.append(f"HUB_PORT={self.port}: a port is a number from 1 to 65535.")
        for name in ("demo", "debug", "s3_secure"):
            if getattr(self, name) not in {"0", "1"}:
                found.append(f"HUB_{name.upper()}={getattr(self, name)}: write 0 or 1.")
        for name in ("idle_minutes", "scratch_gb", "min_free_gb", "upload_days"):
            if not re.fullmatch(r"\d+(\.\d+)?", getattr(self, name)):
                found.append(f"HUB_{name.upper()}={getattr(self, name)}: write a number.")
        if self.public_url and urlsplit(self.public_url).scheme not in {"http", "https"}:
            found.append(f"HUB_PUBLIC_URL={self.public_url}: begin with http:// or https://.")
        if self.database_url and not re.match(r"(postgresql|sqlite)(\+\w+)?:", self.database_url):
            found.append("HUB_DATABASE_URL: only postgresql://… or sqlite:///… addresses are known.")
        if self.s3_endpoint and not (self.s3_access_key and self.s3_secret_key):
            found.append("HUB_S3_ENDPOINT is set: HUB_S3_ACCESS_KEY and HUB_S3_SECRET_KEY are needed too.")
        if len(self.s3_bucket) < 3:
            found.append(f"HUB_S3_BUCKET={self.s3_bucket}: a bucket name has at least three characters.")
        try:
            ZoneInfo(self.timezone)
        except (OSError, ValueError, KeyError):
            found.append(f"HUB_TIMEZONE={self.timezone}: not a known time zone, e.g. Asia/Shanghai.")
        if self.clock:
            try:
                datetime.fromisoformat(self.clock)
            except ValueError:
                found.append(f"HUB_CLOCK={self.clock}: write an ISO moment, e.g. 2026-11-24T08:00:00+08:00.")
        return found

    @property
    def data_path(self) -> Path:
        return Path(self.data).expanduser().resolve()

    @property
    def is_demo(self) -> bool:
        return self.demo == "1"

    @property
    def is_debug(self) -> bool:
        return self.debug == "1"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def clock_start(self) -> datetime | None:
        if not self.clock:
            return None
        moment = datetime.fromisoformat(self.clock)
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone).astimezone(UTC)

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite:///{self.data_path / 'hub.sqlite3'}"
        return re.sub(r"^postgresql:", "postgresql+psycopg:", self.database_url)

    @property
    def origin(self) -> str:
        """The address people use when their own host name is not allowed."""
        return self.public_url.rstrip("/") or f"http://127.0.0.1:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """Host headers that are answered: the public one, loopback and those allowed by name."""
        named = {h.strip().lower() for h in self.allowed_hosts.split(",") if h.strip()}
        with_port = {h if ":" in h else f"{h}:{self.port}" for h in named}
        own = {f"127.0.0.1:{self.port}", f"localhost:{self.port}", urlsplit(self.origin).netloc.lower()}
        return frozenset(named | with_port | own)

    @property
    def is_secure(self) -> bool:
        return self.origin.startswith("https://")


def _unknown(env: Mapping[str, str]) -> list[str]:
    known = {f"HUB_{f.name.upper()}" for f in fields(Settings)}
    return [f"{key} is not a setting; docs/settings.md lists them." for key in sorted(env) if key.startswith("HUB_") and key not in known]
