"""The pictures that a plan shows: who may see them.

A picture is an upload of one person; whoever may open a plan sees those that its people put there. Rule: an
id alone opens nothing: the plan must show it, and somebody of the plan must have brought it.
"""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import HubError, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.lesson_plan import Plan as Content
from resource_hub.library.lesson_plan import assets
from resource_hub.media import queries as media
from resource_hub.media.access import get_asset_for
from resource_hub.media.models import Asset
from resource_hub.plans import access, document, stored
from resource_hub.plans.models import Plan, PlanMember, PlanVersion


def picture_address(viewer: Viewer, plan_id: str, asset_id: str) -> str:
    """Return where a picture of a plan can be seen; NotFound for any other file."""
    plan, _part = access.get_plan_for(viewer, plan_id, "view")
    asset = db.session.get(Asset, asset_id)
    if asset is None or asset.family != "image":
        raise NotFound
    if not _may_anyway(viewer, asset_id) and not (_is_of(plan, asset.person_id) and asset_id in _shown(plan_id)):
        raise NotFound
    address = media.original_address(media.asset_views([asset_id])[asset_id])
    if address is None:
        raise NotFound
    return address


def _may_anyway(viewer: Viewer, asset_id: str) -> bool:
    """True for one's own upload, and for a picture of a work of the library that one may see."""
    try:
        get_asset_for(viewer, asset_id, "view")
    except HubError:
        return False
    return True


def _is_of(plan: Plan, person_id: str) -> bool:
    """True for the owner, and for members of now and before: their pictures stay."""
    return person_id == plan.owner_id or db.session.get(PlanMember, (plan.id, person_id)) is not None


def _shown(plan_id: str) -> set[str]:
    contents = db.session.scalars(sa.select(PlanVersion.content).where(PlanVersion.plan_id == plan_id))
    return set(assets(document.read(stored.opened(plan_id)))).union(*(assets(Content.model_validate(content)) for content in contents))
