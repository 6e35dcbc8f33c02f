"""Consents for programs and for the upload page: which batches there are, and what a recording stands on."""

from flask import Blueprint, Response
from pydantic import BaseModel, ConfigDict

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, reply
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.media import consent_queries
from resource_hub.media.schemas import Declaration
from resource_hub.media.service import consents as service

blueprint = Blueprint("consent_api", __name__, url_prefix="/api/v1")


class ConsentIn(BaseModel):
    """Either a batch or a declaration."""

    model_config = ConfigDict(extra="forbid")

    batch_id: str | None = None
    declaration: Declaration | None = None


@blueprint.get("/consents")
@requires("media.upload")
@described()
def consents() -> Response:
    """List the batches of one's own school that recordings may stand on."""
    school_id = viewer().school_id
    usable = consent_queries.batches(frozenset({school_id}), usable=True) if school_id else []
    return reply(
        [
            {"id": b.id, "class": b.class_name, "subject": b.subject, "scope": b.scope, "valid_until": b.valid_until.isoformat()}
            for b in usable
        ]
    )


@blueprint.put("/assets/<asset_id>/consent")
@requires("media.upload")
@described(body=ConsentIn)
def keep(asset_id: str) -> Response:
    """Say what allows a recording to be shown: a batch of the school, or that nobody can be recognised."""
    given = body(ConsentIn)
    if given.batch_id is not None and given.declaration is None:
        service.stand_on_batch(viewer(), asset_id, given.batch_id)
    elif given.declaration is not None and given.batch_id is None:
        service.declare(viewer(), asset_id, given.declaration)
    else:
        raise Invalid(fields={"declaration": N_("请选一批告知书，或说明录像里为什么认不出学生。")})
    found = consent_queries.consent_of([asset_id])[asset_id]
    return reply({"asset_id": asset_id, "state": found.state, "batch_id": found.batch_id, "declaration": found.declaration})
