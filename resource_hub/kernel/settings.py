"""All settings, read once from ``HUB_*`` at start, frozen and passed down.

No other module reads the environment. A wrong value stops the start with one sentence per
field (``SettingsError``) that names the variable and the remedy.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from resource_hub.kernel import addresses
from resource_hub.kernel.clock import carried_on, real

_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9]|[.-](?=[a-z0-9])){1,61}[a-z0-9]", re.ASCII)


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
    redis_url: str = _setting("", "redis://… or unix://… that several web nodes share for live lessons; empty: this node alone.")
    turn_host: str = _setting("", "Host at which browsers reach this machine's media relay (coturn); empty: none, lines must be straight.")
    turn_port: str = _setting("5349", "Its port, UDP and TCP; 443 passes most firewalls when HUB_TURN_HOST has an address of its own.")
    sfu_host: str = _setting(
        "", "Address at which browsers reach this machine's forwarder (Janus) for lessons of three rooms and more; empty: as HUB_TURN_HOST."
    )
    sfu_ports: str = _setting("49700-49999", "Its UDP ports for sound and picture.")
    sfu_url: str = _setting("", "ws://host:port of a forwarder that runs elsewhere and several web nodes share; empty: our own.")
    search: str = _setting("whoosh", "Search engine: whoosh (files of each node), or postgresql (a table all nodes share).")
    s3_endpoint: str = _setting("", "host:port of an S3 service; empty: the embedded store.")
    s3_access_key: str = _setting("", "Access key of the S3 service.")
    s3_secret_key: str = _setting("", "Secret key of the S3 service.")
    s3_bucket: str = _setting("hub-media", "Bucket for all objects.")
    s3_secure: str = _setting("0", "1 when the S3 service is reached by https.")
    s3_region: str = _setting("us-east-1", "Region named in signatures.")
    s3_public_url: str = _setting("", "Address browsers use for objects; empty: through the gateway.")
    timezone: str = _setting("Asia/Shanghai", "Time zone of the district.")
    clock: str = _setting("", "Demo and tests only: ISO moment at which the clock starts; MOMENT@REAL: it showed that at the real moment.")
    demo: str = _setting("1", "0 for an empty installation with a first-administrator page.")
    demo_password: str = _setting("", "Password of the demo accounts; empty: one is made and printed.")
    clamav: str = _setting("", "host:port or socket path of clamd; empty: no virus scan.")
    oidc_issuer: str = _setting("", "OpenID Connect issuer; empty: no single sign-on.")
    oidc_client_id: str = _setting("", "Client id at the issuer.")
    oidc_client_secret: str = _setting("", "Client secret at the issuer.")
    oidc_claim: str = _setting("preferred_username", "Claim that carries our account name.")
    idle_minutes: str = _setting("30", "Minutes without a request until a session signs itself out.")
    scratch_gb: str = _setting("24", "Most space in GB that media work may use for scratch files.")
    min_free_gb: str = _setting("2", "Uploads and encodes are refused when less than this is free.")
    upload_days: str = _setting("7", "Days that an unfinished upload is kept.")
    watermark: str = _setting("0", "1 shows who reads, their school and the day over pages and recordings of others (L1 to L3).")
    records: str = _setting("", "Record numbers for the foot of each page (ICP, app filing), separated by ;.")
    contact: str = _setting("", "Whom a teacher may call: name and telephone, shown with errors and complaints.")
    oai_email: str = _setting("", "Address that OAI-PMH names for questions of harvesters; empty: postmaster at our host.")
    webhook_private: str = _setting("0", "1 lets webhooks and learning platforms be at addresses of the own network; 0 refuses them.")
    xapi_endpoint: str = _setting("", "Address of a learning record store that is told of uses, e.g. https://lrs.lan/xapi; empty: none.")
    xapi_key: str = _setting("", "Key (user name) at the learning record store.")
    xapi_secret: str = _setting("", "Secret at the learning record store.")
    speech_model: str = _setting(
        "", "Folder of a Whisper model for faster-whisper (`make speech` installs a small one); empty: no speech recognition."
    )
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

    def _problems(self) -> list[str]:
        return [*self._wrong_values(), *self._wrong_addresses(), *self._wrong_engines(), *self._wrong_stores()]

    def _wrong_values(self) -> Iterator[str]:
        for name in ("demo", "debug", "s3_secure", "webhook_private", "watermark"):
            if getattr(self, name) not in {"0", "1"}:
                yield f"HUB_{name.upper()}={getattr(self, name)}: write 0 or 1."
        if not (self.turn_port.isdecimal() and 0 < int(self.turn_port) < 65536):
            yield f"HUB_TURN_PORT={self.turn_port}: write a port from 1 to 65535."
        low, _, high = self.sfu_ports.partition("-")
        if not (low.isdecimal() and high.isdecimal() and 1023 < int(low) < int(high) < 65536):
            yield f"HUB_SFU_PORTS={self.sfu_ports}: write two ports from 1024 to 65535, e.g. 49700-49999."
        for name in ("idle_minutes", "scratch_gb", "min_free_gb", "upload_days"):
            if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", getattr(self, name)):
                yield f"HUB_{name.upper()}={getattr(self, name)}: write a number."
        try:
            ZoneInfo(self.timezone)
        except (OSError, ValueError, KeyError):
            yield f"HUB_TIMEZONE={self.timezone}: not a known time zone, e.g. Asia/Shanghai."
        if self.clock:
            try:
                _moments(self.clock)
            except ValueError:
                yield f"HUB_CLOCK={self.clock}: write an ISO moment, e.g. 2026-11-24T08:00:00+08:00."

    def _wrong_addresses(self) -> Iterator[str]:
        if not (self.port.isdecimal() and 0 < int(self.port) < 65536):
            yield f"HUB_PORT={self.port}: a port is a number from 1 to 65535."
        if self.listen not in addresses.ANY | {"localhost"} and not addresses.is_ip(self.listen):
            yield f"HUB_LISTEN={self.listen!r}: write an IP address of this machine, or 0.0.0.0 for all of them."
        for setting in ("public_url", "s3_public_url"):
            text = getattr(self, setting)
            if text and (fault := addresses.origin_fault(text)):
                yield f"HUB_{setting.upper()}={text!r}: {fault}."
            elif setting == "public_url" and self.is_secure and str(self._secure_port) == self.port:
                yield f"HUB_PUBLIC_URL={text}: port {self.port} is HUB_PORT, which serves plain http; give one of them another port."
        for text in self._named_hosts:
            if addresses.place(text) is None:
                yield f"HUB_ALLOWED_HOSTS: {text!r} is not a host or host:port; write e.g. hub.school.lan,192.168.1.5."
        if self.database_url and (fault := addresses.database_fault(self.database_url)):
            yield f"HUB_DATABASE_URL: {fault}."

    def _wrong_engines(self) -> Iterator[str]:
        if self.redis_url and not re.match(r"(rediss?|unix)://.", self.redis_url):
            yield f"HUB_REDIS_URL={self.redis_url!r}: write redis://host:6379, rediss://… or unix:///path."
        if self.sfu_url and not re.match(r"wss?://[^/\s]", self.sfu_url):
            yield f"HUB_SFU_URL={self.sfu_url!r}: write ws://host:8188 or wss://…."
        if self.search not in {"whoosh", "postgresql"}:
            yield f"HUB_SEARCH={self.search}: write whoosh or postgresql."
        elif self.search == "postgresql" and not self.database_url.startswith("postgresql"):
            yield "HUB_SEARCH=postgresql needs a PostgreSQL database: set HUB_DATABASE_URL, or leave HUB_SEARCH at whoosh."

    def _wrong_stores(self) -> Iterator[str]:
        if self.s3_endpoint and addresses.place(self.s3_endpoint) is None:
            yield f"HUB_S3_ENDPOINT={self.s3_endpoint!r}: write host:port without http://, e.g. minio:9000; HUB_S3_SECURE=1 means https."
        if self.s3_endpoint and not (self.s3_access_key and self.s3_secret_key):
            yield "HUB_S3_ENDPOINT is set: HUB_S3_ACCESS_KEY and HUB_S3_SECRET_KEY are needed too."
        if self.xapi_endpoint and not re.match(r"https?://[^/\s]", self.xapi_endpoint):
            yield f"HUB_XAPI_ENDPOINT={self.xapi_endpoint!r}: write a whole address, e.g. https://lrs.lan/xapi."
        if not _BUCKET.fullmatch(self.s3_bucket) or addresses.is_ip(self.s3_bucket):
            yield f"HUB_S3_BUCKET={self.s3_bucket!r}: a bucket name has 3 to 63 small letters, digits, dots and hyphens, e.g. hub-media."

    @property
    def data_path(self) -> Path:
        return Path(self.data).expanduser().resolve()

    @property
    def speech_model_path(self) -> Path | None:
        """The folder of the speech model; ``None`` when there is none, also while its disk is not mounted."""
        folder = Path(self.speech_model).expanduser().resolve() if self.speech_model else None
        return folder if folder and (folder / "model.bin").is_file() else None

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
        """What the clock shows at this moment; ``None``: real time."""
        if not self.clock:
            return None
        shown, since = _moments(self.clock)
        return carried_on(self._aware(shown), self._aware(since)) if since else self._aware(shown)

    @property
    def shared_clock(self) -> str:
        """``HUB_CLOCK`` for processes that are to live in the time that begins now; empty: real time."""
        start = self.clock_start
        return self.clock if start is None or "@" in self.clock else f"{start.isoformat()}@{real().isoformat()}"

    @property
    def database(self) -> str:
        """SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite:///{self.data_path / 'hub.sqlite3'}"
        return re.sub(r"^postgresql:", "postgresql+psycopg:", self.database_url)

    @property
    def origin(self) -> str:
        """The address people use when their own host name is not allowed."""
        if self.public_url:
            return addresses.origin(self.public_url)
        return f"http://{addresses.host(addresses.bracketed(addresses.local(self.listen)), int(self.port), 'http')}"

    @property
    def hosts(self) -> frozenset[str]:
        """Host headers that are answered: the public one, those of this machine and those allowed by name.

        A name without a port holds for both of our ports, and for a proxy in front of us that hides them.
        """
        port = int(self.port)
        own = {"127.0.0.1", "localhost", *({addresses.bracketed(self.listen)} - addresses.ANY)}
        found = {addresses.host(name, port, "http") for name in own} | {urlsplit(self.origin).netloc}
        for name, named_port in filter(None, map(addresses.place, self._named_hosts)):
            if named_port is not None:
                found |= {f"{name}:{named_port}"} | ({name} if named_port in addresses.DEFAULT_PORTS.values() else set())
                continue
            found |= {name, f"{name}:{port}"}
            if self.is_secure:
                found.add(addresses.host(name, self._secure_port, "https"))
        return frozenset(found)

    @property
    def is_secure(self) -> bool:
        return self.public_url.lower().startswith("https://")

    @property
    def _secure_port(self) -> int:
        return urlsplit(self.public_url).port or addresses.DEFAULT_PORTS["https"]

    @property
    def _named_hosts(self) -> list[str]:
        return [named for text in self.allowed_hosts.split(",") if (named := text.strip())]

    def _aware(self, moment: datetime) -> datetime:
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone).astimezone(UTC)


def _moments(text: str) -> tuple[datetime, datetime | None]:
    """Return what the clock shows and, when it is told, the real moment at which it does."""
    shown, _, since = text.partition("@")
    return datetime.fromisoformat(shown), datetime.fromisoformat(since) if since else None


def _unknown(env: Mapping[str, str]) -> list[str]:
    known = {f"HUB_{f.name.upper()}" for f in fields(Settings)}
    return [f"{key} is not a setting; docs/settings.md lists them." for key in sorted(env) if key.startswith("HUB_") and key not in known]
