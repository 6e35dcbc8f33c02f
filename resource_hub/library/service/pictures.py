"""Which pictures the plan of a resource shows, kept so that its readers may see them.

Rule: a picture stays readable while the plan or a published version shows it, and no longer: one
that an author took out before handing in is nobody's to see.
"""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.library import lesson_plan
from resource_hub.library.models import PlanPicture, Resource, ResourceVersion
from resource_hub.library.planning import keeping


def keep_pictures(resource: Resource) -> None:
    """Write down anew which pictures the plan of a resource and of its versions show."""
    db.session.flush()
    versions = db.session.scalars(sa.select(ResourceVersion.fields).where(ResourceVersion.resource_id == resource.id)).all()
    plans = [keeping.opened(resource.plan), *(keeping.opened(fields.get("plan")) for fields in versions)]
    shown = {asset_id for plan in plans if plan is not None for asset_id in lesson_plan.assets(plan)}
    there = set(db.session.scalars(sa.select(PlanPicture.asset_id).where(PlanPicture.resource_id == resource.id)))
    if gone := there - shown:
        db.session.execute(sa.delete(PlanPicture).where(PlanPicture.resource_id == resource.id, PlanPicture.asset_id.in_(gone)))
    db.session.add_all(PlanPicture(resource_id=resource.id, asset_id=asset_id) for asset_id in sorted(shown - there))
    db.session.flush()
