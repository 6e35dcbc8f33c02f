"""Tokens for programs, and who the bearer of one is. Part of the stable contract."""

from flask import Blueprint, Response, request

from resource_hub.infra.web.doors import public, requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, reply
from resource_hub.people import entry, queries, service
from resource_hub.people.schemas import GrantOut, Me, SessionKind, Token, TokenRequest

blueprint = Blueprint("people_api", __name__, url_prefix="/api/v1")


@blueprint.post("/tokens")
@public(unit=False)
@described(body=TokenRequest, gives=Token)
def make_token() -> Response:
    """Exchange account and password for a token of 30 days; 401 when wrong, 429 when locked."""
    given = body(TokenRequest)
    opened = entry.sign_in(given.account, given.password, SessionKind.API, entry.client_of(request))
    return reply(Token(token=opened.token, expires_at=opened.expires_at.isoformat()))


@blueprint.delete("/tokens/current")
@requires("people.self")
def end_token() -> Response:
    """Revoke the token that this request carries."""
    service.sign_out(viewer())
    return reply(None)


@blueprint.get("/me")
@requires("people.self")
@described(gives=Me)
def me() -> Response:
    """Tell who the token belongs to and what they may do where."""
    person = viewer()
    account = queries.account_of(person.person_id)
    grants = [GrantOut(role=g.role, scope=g.scope, scope_id=g.scope_id, subjects=sorted(g.subjects)) for g in person.grants]
    return reply(
        Me(
            id=person.person_id,
            name=person.name,
            account=account.login if account else None,
            school_id=person.school_id,
            school=person.school_name or None,
            community_ids=sorted(person.community_ids),
            roles=grants,
            locale=person.locale,
        )
    )
