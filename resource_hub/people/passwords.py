"""Hashing of passwords with argon2id, and passwords made for people.

Apart from ``service`` because it is slow on purpose: it runs between transactions, never inside
one, and few at a time, so that a school signing in at eight o'clock fits into the memory.
"""

import hashlib
import os
import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

# OWASP's second choice of parameters: 19 MiB, two passes; about 20 ms on a small server.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Made passwords carry 59 random bits, which no guessing reaches; a light hash lets a roster of
# thousands be imported in seconds, and the owner's own choice replaces it at first sign-in.
_light = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
_gate = threading.BoundedSemaphore(max(os.cpu_count() or 1, 2))
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_of(password: str) -> str:
    """Return the hash of a password that a person chose."""
    with _gate:
        return _hasher.hash(password)


def made_password() -> tuple[str, str]:
    """Return a one-time password without look-alike letters, and its hash."""
    text = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return text, _light.hash(text)


def made_code() -> str:
    """Return a one-time code for a device, short enough to type on a board."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))


def fits(password_hash: str | None, password: str) -> bool:
    """True when the password belongs to the hash; takes the same time without one."""
    with _gate:
        if password_hash is None or is_outdated(password_hash):
            # An absent or light hash would answer sooner than others and tell on itself.
            _verify(_nobody(), password)
        return password_hash is not None and _verify(password_hash, password)


def is_outdated(password_hash: str) -> bool:
    """True when a new hash should replace this one at the next right password."""
    try:
        return _hasher.check_needs_rehash(password_hash)
    except InvalidHashError:
        return True


def digest(text: str) -> str:
    """Return SHA-256 in hexadecimal: for tokens, which are random, and for typed account names."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
