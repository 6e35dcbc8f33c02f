"""Addresses as settings write them and as browsers send them: origins, endpoints, host names.

Apart from ``settings``, which knows which setting means what. These words end in the gateway's
configuration, in signatures and in links, so the rule is: a form that is not plainly one of the
known ones is refused, with a sentence that names the remedy.
"""

import ipaddress
import re
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
ANY = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104 -- compared with, not bound
"""What to listen on for every address of the machine."""

_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?", re.IGNORECASE | re.ASCII)
_PLACE = re.compile(r"(?P<name>\[[^\]]*\]|[^:\[\]]+)(?::(?P<port>[0-9]+))?", re.ASCII)
# As SQLAlchemy reads an address; a password may hold any character but @, so urlsplit would misread it.
_DATABASE = re.compile(
    r"postgresql(?:\+psycopg)?://(?:[^:/@]*(?::[^@]*)?@)?(?:\[[^/?\]]+\]|[^/:?]*)(?::(?P<port>[^/?]*))?(?:/[^?]*)?(?:\?.*)?"
)


def place(text: str) -> tuple[str, int | None] | None:
    """Return name and port of ``host`` or ``host:port``, an IPv6 address in brackets; ``None`` for anything else."""
    found = _PLACE.fullmatch(text)
    if not found or not _is_name(found["name"]):
        return None
    port = int(found["port"]) if found["port"] else None
    return (found["name"].lower(), port) if port is None or 0 < port < 65536 else None


def origin_fault(text: str) -> str:
    """Return what is wrong with an origin like https://hub.lan:8443; empty when nothing is."""
    if not re.match(r"https?://", text, re.IGNORECASE):
        return "begin with http:// or https://"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "write a host name, or an IPv6 address in brackets, e.g. https://[fd00::5]"
    if parts.path.rstrip("/") or parts.query or parts.fragment:
        return "write the address only, without a path behind it, e.g. https://hub.lan"
    if place(parts.netloc) is None:
        return "write a host name and, if need be, a port from 1 to 65535, e.g. https://hub.lan:8443"
    return ""


def origin(text: str) -> str:
    """Return a checked origin as browsers write it: small letters, no port that goes without saying."""
    parts = urlsplit(text)
    name, port = place(parts.netloc) or ("", None)
    return f"{parts.scheme}://{host(name, port or DEFAULT_PORTS[parts.scheme], parts.scheme)}"


def host(name: str, port: int, scheme: str) -> str:
    """Return the Host header of a browser at that address."""
    return name if port == DEFAULT_PORTS[scheme] else f"{name}:{port}"


def bracketed(address: str) -> str:
    """Return an IP address or name as it stands in a URL."""
    return f"[{address}]" if ":" in address and not address.startswith("[") else address


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach ``address``."""
    return address == "localhost" or (is_ip(address) and ipaddress.ip_address(address.strip("[]")).is_loopback)


def local(listen: str) -> str:
    """Return the address at which this machine reaches a gateway that listens on ``listen``."""
    return listen if is_loopback(listen) and listen != "localhost" else "127.0.0.1"


def is_ip(address: str) -> bool:
    """Whether this is an address in numbers, an IPv6 one with or without brackets; none with a zone, which may hold any text."""
    if "%" in address:
        return False
    try:
        ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    return True


def database_fault(text: str) -> str:
    """Return what is wrong with the address of a database; empty when nothing is."""
    if text.startswith("sqlite"):
        return "" if re.match(r"sqlite:///.", text) else "write sqlite:/// and the path of the file, e.g. sqlite:////srv/hub/hub.sqlite3"
    found = _DATABASE.fullmatch(text)
    if not found:
        return "write postgresql://user:password@host:5432/name or sqlite:///path"
    port = found["port"]
    if port is not None and not (port.isdecimal() and 0 < int(port) < 65536):
        return "its port is a number from 1 to 65535"
    return ""


def _is_name(text: str) -> bool:
    return (text.startswith("[") and is_ip(text)) or _NAME.fullmatch(text) is not None
