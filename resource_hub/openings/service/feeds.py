"""A person's own feed address: a key that stands in the address, since readers of feeds cannot sign in."""

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_secret
from resource_hub.kernel.viewer import Viewer
from resource_hub.openings import rules
from resource_hub.openings.models import FeedAddress


def renew_feed(viewer: Viewer) -> str:
    """Return the key of a new address; an earlier one ends."""
    key = new_secret()
    row = db.session.get(FeedAddress, viewer.person_id) or FeedAddress(person_id=viewer.person_id)
    row.key_hash, row.made_at = rules.digest(key), clock.now()
    db.session.add(row)
    return key


def end_feed(viewer: Viewer) -> None:
    """End the person's feed address, if there is one."""
    row = db.session.get(FeedAddress, viewer.person_id)
    if row is not None:
        db.session.delete(row)
