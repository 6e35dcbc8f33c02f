"""Statements for a learning record store (xAPI 1.0.3): who did what with which resource, without saying who.

A person is an account with a keyed hash for a name: the same person stays the same, and nobody
outside finds out who it is. Rule: statements speak only of what the whole district may see.
"""

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import current_app

from resource_hub.infra.features import hub
from resource_hub.openings.works import address_of
from resource_hub.openings.xml import text_of

VERSION = "1.0.3"

_NAMESPACE = uuid.UUID("5b1f2c0a-7d1e-4a55-9c7e-2f8f0f6c9a41")


class Verb(StrEnum):
    PUBLISHED = "http://adlnet.gov/expapi/verbs/shared"
    VIEWED = "http://id.tincanapi.com/verb/viewed"
    PLAYED = "https://w3id.org/xapi/video/verbs/played"
    USED = "http://activitystrea.ms/schema/1.0/use"


_WORDS = {Verb.PUBLISHED: "published", Verb.VIEWED: "viewed", Verb.PLAYED: "played", Verb.USED: "used in class"}


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody did; ``key`` names it among all deeds, so that telling it twice tells it once."""

    verb: Verb
    person_id: str
    resource_id: str
    title: str
    key: str
    at: datetime


def is_on() -> bool:
    return bool(hub().settings.xapi_endpoint)


def id_of(verb: Verb, person_id: str, resource_id: str, key: str) -> str:
    """Return the id under which the store knows a deed."""
    return str(uuid.uuid5(_NAMESPACE, f"{verb} {person_id} {resource_id} {key}"))


def statement(deed: Deed, extensions: dict[str, object] | None = None) -> dict[str, Any]:
    """Return a deed as a statement."""
    origin = hub().settings.origin
    told: dict[str, Any] = {
        "id": id_of(deed.verb, deed.person_id, deed.resource_id, deed.key),
        "actor": {"objectType": "Agent", "account": {"homePage": origin, "name": _pseudonym(deed.person_id)}},
        "verb": {"id": deed.verb.value, "display": {"en": _WORDS[deed.verb]}},
        "object": {
            "objectType": "Activity",
            "id": address_of(deed.resource_id),
            "definition": {"name": {"zh": deed.title}, "type": "http://adlnet.gov/expapi/activities/lesson"},
        },
        "context": {"platform": "resource-hub", "language": "zh"},
        "timestamp": text_of(deed.at),
    }
    if extensions:
        told["context"]["extensions"] = {f"{origin}/xapi/{name}": value for name, value in extensions.items()}
    return told


def _pseudonym(person_id: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"xapi:{person_id}".encode(), hashlib.sha256).hexdigest()[:40]
