"""The JSON doors of observation: figures of any codes, and taking in what devices have."""

from flask import Blueprint, Response

from resource_hub.infra.web.doors import public, requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, reply
from resource_hub.observation import codes, service
from resource_hub.observation.schemas import CodesIn, SyncIn

blueprint = Blueprint("observation_api", __name__, url_prefix="/api/v1")


@blueprint.post("/codings")
@public(unit=False)
@described(body=CodesIn)
def compute() -> Response:
    """Compute S-T or FIAS of any codes, so that everybody can check the formulas; nothing is read and nothing is kept."""
    return reply(codes.computed(body(CodesIn)))


@blueprint.post("/observations/sync")
@requires("observe.keep")
@described(body=SyncIn)
def sync() -> Response:
    """Take in what a device has and say what became of each thing; sending it again changes nothing."""
    return reply(service.sync(viewer(), body(SyncIn)))
