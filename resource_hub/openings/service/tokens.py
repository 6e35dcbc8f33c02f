"""Harvesting tokens: made for one other system, shown once, ended by one click."""

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.ids import new_id, new_secret
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.openings import rules
from resource_hub.openings.models import HarvestToken


def make_token(viewer: Viewer, name: str) -> str:
    """Return a new token, which is kept nowhere."""
    token = new_secret()
    made = HarvestToken(id=new_id("htk"), name=name, token_hash=rules.digest(token), created_by=viewer.person_id, created_at=clock.now())
    db.session.add(made)
    audit.note(viewer, "harvest.allowed", Ref("harvest_token", made.id), details={"name": name})
    return token


def revoke_token(viewer: Viewer, token_id: str) -> None:
    """End a token at once; NotFound when there is none."""
    token = db.session.get(HarvestToken, token_id)
    if token is None or token.revoked_at is not None:
        raise NotFound
    token.revoked_at = clock.now()
    audit.note(viewer, "harvest.ended", Ref("harvest_token", token.id), details={"name": token.name})
