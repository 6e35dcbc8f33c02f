"""Sending to addresses that others chose: resolved once, refused when private, never led elsewhere.

The name is resolved here and the connection goes to the very address that was judged, so a name
that changes its meaning in between gains nothing. Certificates are still checked against the name.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from resource_hub.kernel import addresses
from resource_hub.openings.rules import is_private

_TIMEOUT_S = 10.0
_LONGEST_FETCH_S = 20.0
"""A body that trickles would outlast any timeout between two of its bytes."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try went: ``answer`` says it in few words for the administrator's list."""

    is_delivered: bool
    answer: str
    status: int | None = None


def post(url: str, body: bytes, headers: Mapping[str, str], *, private_allowed: bool) -> Outcome:
    """Send ``body`` once. Anything but a 2xx answer is a failure, a redirect too; never raises for the receiver's sake."""
    try:
        target, host = _target(url, private_allowed=private_allowed)
    except _Refused as refusal:
        return Outcome(False, str(refusal))
    given = {**headers, "Host": host, "Content-Type": "application/json"}
    extensions = {"sni_hostname": urlsplit(url).hostname}
    try:
        # What the environment says of proxies would lead around the address that was judged.
        with (
            httpx.Client(timeout=_TIMEOUT_S, trust_env=False) as client,
            client.stream("POST", target, content=body, headers=given, extensions=extensions) as response,
        ):
            # The body is not read: it says nothing that is needed and may be endless.
            return Outcome(response.is_success, f"HTTP {response.status_code}", response.status_code)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Outcome(False, type(error).__name__)


class NotFetched(Exception):
    """There was no answer that counts; the words say why."""


def get(url: str, *, most_bytes: int, private_allowed: bool) -> bytes:
    """Return what lies at an address; raises NotFetched for anything but a whole 200 answer of at most that size."""
    try:
        target, host = _target(url, private_allowed=private_allowed)
        given, extensions = {"Host": host, "Accept": "application/json"}, {"sni_hostname": urlsplit(url).hostname}
        until, found = time.monotonic() + _LONGEST_FETCH_S, bytearray()
        with (
            httpx.Client(timeout=_TIMEOUT_S, trust_env=False) as client,
            client.stream("GET", target, headers=given, extensions=extensions) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise NotFetched(f"HTTP {response.status_code}")
            for some in response.iter_bytes():
                found += some
                if len(found) > most_bytes or time.monotonic() > until:
                    raise NotFetched("too large or too slow")
    except (_Refused, httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFetched(str(error)) from error
    return bytes(found)


class _Refused(Exception):
    """Nothing is sent to this address; the words say why."""


def _target(url: str, *, private_allowed: bool) -> tuple[str, str]:
    """Return the URL with the address in place of the name, and the Host header that belongs to the name."""
    parts = urlsplit(url)
    name, port = parts.hostname or "", parts.port or addresses.DEFAULT_PORTS[parts.scheme]
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise _Refused("name not found") from error
    # One private address among several is enough to refuse: the name is not to be trusted then.
    if not private_allowed and any(is_private(address) for address in found):
        raise _Refused("private address refused")
    place = addresses.bracketed(str(ipaddress.ip_address(found[0])) if "%" not in found[0] else found[0])
    target = parts._replace(netloc=f"{place}:{port}").geturl()
    return target, addresses.host(addresses.bracketed(name), port, parts.scheme)
