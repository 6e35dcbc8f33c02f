"""OAI-PMH 2.0: the answers of a repository whose records are ``OfferedRecord``.

A list is cut by datestamp and id; the token that continues it is signed and carries everything, so
nothing is kept for a harvester and any node can answer. A list is of one moment, which its
``responseDate`` names on every page: what changes meanwhile leaves the list and comes in the next
harvest ``from`` that moment. Rule: what the protocol calls an error is an answer with status 200.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from lxml import etree

from resource_hub.infra.features import hub
from resource_hub.library.schemas import KIND_LABELS
from resource_hub.openings import queries, rules
from resource_hub.openings.lom import LOM, lom_of, rights_of
from resource_hub.openings.queries import Offered, Wish
from resource_hub.openings.works import EVERYONE_IN_THE_DISTRICT, Work, address_of, works_of
from resource_hub.openings.xml import clean, sub, text_of
from resource_hub.schools import queries as schools

OAI = "http://www.openarchives.org/OAI/2.0/"
PAGE = 100

_DOMAIN = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+", re.ASCII | re.IGNORECASE)

_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_DC = "http://purl.org/dc/elements/1.1/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_PREFIXES = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", _OAI_DC),
    "lom": ("http://ltsc.ieee.org/xsd/lomv1.0/lom.xsd", LOM),
}
_SELECTING = frozenset({"metadataPrefix", "from", "until", "set"})
_ARGUMENTS = {
    "Identify": (frozenset[str](), frozenset[str]()),
    "ListMetadataFormats": (frozenset[str](), frozenset({"identifier"})),
    "ListSets": (frozenset[str](), frozenset({"resumptionToken"})),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), _SELECTING | {"resumptionToken"}),
    "ListRecords": (frozenset({"metadataPrefix"}), _SELECTING | {"resumptionToken"}),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset({"identifier", "metadataPrefix"})),
}
"""Each verb: the arguments that it must have, and those that it may have besides."""


class Refused(Exception):
    """An error of the protocol; ``echo`` is false when the request was not understood at all."""

    def __init__(self, code: str, words: str, *, echo: bool = True) -> None:
        super().__init__(words)
        self.code, self.words, self.echo = code, words, echo


@dataclass(frozen=True, slots=True)
class _Asking:
    """A request that was understood: its arguments, the moment that its answer is of, and who asks."""

    given: Mapping[str, str]
    now: datetime
    is_full: bool


@dataclass(frozen=True, slots=True)
class _List:
    """A list being read: what was asked for, as of when, and how many records came before."""

    prefix: str
    wish: Wish
    as_of: datetime
    done: int = 0
    total: int = 0


def answer(arguments: Sequence[tuple[str, str]], *, is_full: bool) -> bytes:
    """Return the reply to a request; ``is_full`` for a harvester with a token."""
    given = dict(arguments)
    now = queries.horizon()
    body: Sequence[etree._Element]
    try:
        verb = _verb(arguments)
        asking = _Asking(given, now, is_full)
        body, now, echo = _VERBS[verb](asking), _as_of(verb, asking), True
    except Refused as error:
        body, echo = [_refusal(error)], error.echo
    root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": _XSI})  # type: ignore[dict-item]  # the default namespace
    root.set(f"{{{_XSI}}}schemaLocation", f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd")
    sub(root, "responseDate", text_of(now))
    request = sub(root, "request", base_url())
    for name, value in given.items() if echo else ():
        request.set(name, clean(value))
    root.extend(body)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def base_url() -> str:
    return f"{hub().settings.origin}/oai"


def identifier_of(resource_id: str) -> str:
    """Return the name of a record among all repositories; it holds the host of the installation and nothing that changes."""
    return f"{_identifier_stem()}{resource_id}"


def _verb(arguments: Sequence[tuple[str, str]]) -> str:
    names = [name for name, _value in arguments]
    verb = dict(arguments).get("verb", "")
    if names.count("verb") != 1 or verb not in _ARGUMENTS:
        raise Refused("badVerb", "one verb of OAI-PMH 2.0 is needed", echo=False)
    needed, allowed = _ARGUMENTS[verb]
    others = set(names) - {"verb"}
    if "resumptionToken" in others and "resumptionToken" in allowed:
        needed, allowed = frozenset(), frozenset({"resumptionToken"})
    if len(names) != len(set(names)) or not needed <= others <= allowed:
        raise Refused("badArgument", "an argument is missing, repeated or not known", echo=False)
    return verb


def _as_of(verb: str, asking: _Asking) -> datetime:
    """Return the moment that a reply is of: on later pages still that of the first."""
    token = asking.given.get("resumptionToken")
    return _continued(token, is_full=asking.is_full).as_of if token and verb.startswith("List") else asking.now


def _identify(asking: _Asking) -> list[etree._Element]:
    body = _element("Identify")
    district = schools.the_district()
    sub(body, "repositoryName", district.name if district else "Resource Hub")
    sub(body, "baseURL", base_url())
    sub(body, "protocolVersion", "2.0")
    sub(body, "adminEmail", hub().settings.oai_email or f"postmaster@{_host()}")
    sub(body, "earliestDatestamp", text_of(min(queries.earliest_datestamp() or asking.now, asking.now)))
    sub(body, "deletedRecord", "persistent")
    sub(body, "granularity", "YYYY-MM-DDThh:mm:ssZ")
    if _DOMAIN.fullmatch(_host()):
        _describe_names(body)
    return [body]


def _describe_names(body: etree._Element) -> None:
    """Say how records are named; the scheme knows domain names only, not the address of a trial in numbers."""
    scheme = etree.SubElement(sub(body, "description"), f"{{{_IDENTIFIER}}}oai-identifier", nsmap={None: _IDENTIFIER})  # type: ignore[dict-item]  # the default namespace
    for name, value in (
        ("scheme", "oai"),
        ("repositoryIdentifier", _host()),
        ("delimiter", ":"),
        ("sampleIdentifier", f"oai:{_host()}:res_1"),
    ):
        sub(scheme, name, value)


def _formats(asking: _Asking) -> list[etree._Element]:
    if "identifier" in asking.given:
        _record(asking)
    body = _element("ListMetadataFormats")
    for prefix, (schema, namespace) in _PREFIXES.items():
        described = sub(body, "metadataFormat")
        sub(described, "metadataPrefix", prefix)
        sub(described, "schema", schema)
        sub(described, "metadataNamespace", namespace)
    return [body]


def _sets(asking: _Asking) -> list[etree._Element]:
    if "resumptionToken" in asking.given:
        raise Refused("badResumptionToken", "the list of sets has one page")
    body = _element("ListSets")
    for code, name in schools.subject_names().items():
        described = sub(body, "set")
        sub(described, "setSpec", code)
        sub(described, "setName", name)
    return [body]


def _identifiers(asking: _Asking) -> list[etree._Element]:
    rows, asked, token = _page(asking)
    body = _element("ListIdentifiers")
    works = _works(rows)
    body.extend(_header(row, works) for row in rows)
    _end_page(body, asked, token)
    return [body]


def _records(asking: _Asking) -> list[etree._Element]:
    rows, asked, token = _page(asking)
    works = _works(rows)
    body = _element("ListRecords")
    body.extend(_described(row, works, asked.prefix) for row in rows)
    _end_page(body, asked, token)
    return [body]


def _get(asking: _Asking) -> list[etree._Element]:
    prefix = _prefix(asking.given["metadataPrefix"])
    row = _record(asking)
    body = _element("GetRecord")
    body.append(_described(row, _works([row]), prefix))
    return [body]


_VERBS: dict[str, Callable[[_Asking], list[etree._Element]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "ListIdentifiers": _identifiers,
    "ListRecords": _records,
    "GetRecord": _get,
}


def _page(asking: _Asking) -> tuple[list[Offered], _List, str | None]:
    """Return the records of a page, the list that it belongs to, and the token of the next one (empty text after the last)."""
    token = asking.given.get("resumptionToken")
    asked = _begun(asking) if token is None else _continued(token, is_full=asking.is_full)
    rows = queries.offered(asked.wish, PAGE + 1)
    if not rows and not asked.done:
        raise Refused("noRecordsMatch", "nothing is offered that fits")
    page = rows[:PAGE]
    if len(rows) <= PAGE:
        return page, asked, "" if asked.done else None
    last = page[-1]
    following = replace(asked, wish=replace(asked.wish, after=(last.datestamp, last.resource_id)), done=asked.done + len(page))
    return page, asked, _token(following)


def _begun(asking: _Asking) -> _List:
    given, now = asking.given, asking.now
    prefix = _prefix(given["metadataPrefix"])
    since, until = (_moment(given, name) for name in ("from", "until"))
    if "from" in given and "until" in given and len(given["from"]) != len(given["until"]):
        raise Refused("badArgument", "from and until need the same granularity", echo=False)
    if since and until and since > until:
        raise Refused("badArgument", "from is after until", echo=False)
    subject = given.get("set")
    if subject is not None and subject not in schools.subject_names():
        raise Refused("noRecordsMatch", "there is no such set")
    wish = Wish(is_full=asking.is_full, since=since, until=min(until or now, now), subject=subject)
    return _List(prefix, wish, now, total=queries.count_offered(wish))


def _moment(given: Mapping[str, str], name: str) -> datetime | None:
    if name not in given:
        return None
    moment = rules.harvest_moment(given[name], is_end=name == "until")
    if moment is None:
        raise Refused("badArgument", f"{name} is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ", echo=False)
    return moment


def _prefix(prefix: str) -> str:
    if prefix not in _PREFIXES:
        raise Refused("cannotDisseminateFormat", "offered are oai_dc and lom")
    return prefix


def _record(asking: _Asking) -> Offered:
    """Return the record that is asked for by name, as it is at this moment."""
    identifier = asking.given["identifier"]
    resource_id = identifier.removeprefix(_identifier_stem())
    row = None if resource_id == identifier else queries.offered_record(resource_id, is_full=asking.is_full)
    if row is None:
        raise Refused("idDoesNotExist", "there is no such record")
    return row


def _works(rows: Sequence[Offered]) -> Mapping[str, Work]:
    return works_of([row.resource_id for row in rows if not row.is_deleted], EVERYONE_IN_THE_DISTRICT)


def _described(row: Offered, works: Mapping[str, Work], prefix: str) -> etree._Element:
    record = _element("record")
    record.append(_header(row, works))
    work = None if row.is_deleted else works.get(row.resource_id)
    if work is not None:
        sub(record, "metadata").append(_dublin_core(work) if prefix == "oai_dc" else lom_of(work))
    return record


def _header(row: Offered, works: Mapping[str, Work]) -> etree._Element:
    header = _element("header")
    # A work that was withdrawn since the list began is no longer shown, whatever its record said then.
    if row.is_deleted or row.resource_id not in works:
        header.set("status", "deleted")
    sub(header, "identifier", identifier_of(row.resource_id))
    sub(header, "datestamp", text_of(row.datestamp))
    if row.subject:
        sub(header, "setSpec", row.subject)
    return header


def _dublin_core(work: Work) -> etree._Element:
    root = etree.Element(f"{{{_OAI_DC}}}dc", nsmap={"oai_dc": _OAI_DC, "dc": _DC, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", f"{_OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    for name, value in _dublin_core_values(work):
        if value:
            etree.SubElement(root, f"{{{_DC}}}{name}").text = clean(value)
    return root


def _dublin_core_values(work: Work) -> Iterator[tuple[str, str]]:
    yield "title", work.title
    yield "creator", work.author
    for word in work.keywords:
        yield "subject", word
    if work.place:
        yield "subject", work.place.subject
        yield "coverage", work.place.path
    yield "description", work.summary
    yield "publisher", work.school
    yield "date", text_of(work.published_at or work.updated_at)
    yield "type", KIND_LABELS[work.kind]
    for media_type in dict.fromkeys(f.media_type for f in work.files):
        yield "format", media_type
    yield "identifier", work.address
    yield "language", "zh"
    if work.based_on:
        yield "relation", address_of(work.based_on[0])
    yield "rights", rights_of(work.licence)


def _end_page(body: etree._Element, asked: _List, token: str | None) -> None:
    if token is not None:
        element = sub(body, "resumptionToken", token)
        element.set("completeListSize", str(max(asked.total, asked.done)))
        element.set("cursor", str(asked.done))


def _token(asked: _List) -> str:
    wish = asked.wish
    since = text_of(wish.since) if wish.since else None
    after = [text_of(wish.after[0]), wish.after[1]] if wish.after else None
    packed: list[Any] = [
        asked.prefix,
        wish.is_full,
        since,
        text_of(wish.until),
        wish.subject,
        after,
        text_of(asked.as_of),
        asked.done,
        asked.total,
    ]
    return str(_serializer().dumps(packed))


def _continued(token: str, *, is_full: bool) -> _List:
    """Return the list that a token continues; one made for a harvester with other rights is refused."""
    try:
        prefix, was_full, since, until, subject, after, as_of, done, total = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError) as error:  # the latter two: signed by another version of ours
        raise Refused("badResumptionToken", "this token is not ours") from error
    if was_full != is_full:
        raise Refused("badResumptionToken", "this token belongs to another harvester")
    place = (datetime.fromisoformat(after[0]), after[1]) if after else None
    wish = Wish(was_full, datetime.fromisoformat(since) if since else None, datetime.fromisoformat(until), subject, place)
    return _List(prefix, wish, datetime.fromisoformat(as_of), done, total)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="oai")


def _refusal(error: Refused) -> etree._Element:
    element = _element("error")
    element.set("code", error.code)
    element.text = error.words
    return element


def _element(name: str) -> etree._Element:
    return etree.Element(f"{{{OAI}}}{name}")


def _host() -> str:
    return urlsplit(hub().settings.origin).hostname or "localhost"


def _identifier_stem() -> str:
    return f"oai:{_host()}:"
