"""How an observation shows wherever a ``Ref`` to it stands: the inbox, later the cycles of lesson study."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.features import Card
from resource_hub.kernel.viewer import Viewer
from resource_hub.observation import access
from resource_hub.observation.models import Observation


def observation_cards(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    """Return the cards of those observations whose report is for the viewer."""
    if viewer.is_terminal:
        return {}
    rows = db.session.scalars(sa.select(Observation).where(Observation.id.in_(list(ids)), access.shows_report_to(viewer)))
    return {row.id: Card(title=row.topic or row.subject or row.teacher, url=f"/observe/{row.id}", subject=row.subject) for row in rows}
