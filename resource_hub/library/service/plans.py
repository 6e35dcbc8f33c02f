"""Putting a structured plan into a work.

Rule: an id in a plan opens nothing. A picture is the author's own file, or stands already in the
plan that is changed or in the one that it was built on; a link is looked up for each reader anew.
"""

from collections.abc import Iterable

from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.library import lesson_plan, lineage, prints, rules
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.models import PlanBand, Resource
from resource_hub.library.planning import keeping
from resource_hub.library.service.pictures import keep_pictures
from resource_hub.media import queries as media


def set_plan(resource: Resource, plan: Plan | None, person_id: str) -> None:
    """Let a work hold this plan from now on, or none; raises Invalid for pictures that are not its author's to show."""
    given = None if plan is None or keeping.is_empty(plan) else plan
    if given is not None:
        _check_pictures(resource, given, person_id)
    resource.plan = keeping.kept(given) if given is not None else None
    keep_pictures(resource)
    keep_plan_print(resource)


def check_kind(resource: Resource) -> None:
    """Raise Invalid when a work of this kind has no place for a plan."""
    if resource.plan is not None and resource.kind not in rules.PLANNED:
        raise Invalid(fields={"kind": N_("这份资源有在线写的教学设计，类型要选教学设计、单元设计或课例包。")})


def keep_plan_print(resource: Resource) -> None:
    """Make the fingerprint of a plan's text anew."""
    db.session.query(PlanBand).filter_by(resource_id=resource.id).delete()
    plan = keeping.opened(resource.plan)
    bands = prints.bands_of(keeping.text_of(plan)[: prints.READ]) if plan is not None else ()
    db.session.add_all(PlanBand(resource_id=resource.id, band=band, value=value) for band, value in enumerate(bands))


def _check_pictures(resource: Resource, plan: Plan, person_id: str) -> None:
    wanted = lesson_plan.assets(plan)
    known = set(_pictures_of(keeping.opened(resource.plan)))
    if resource.based_on_id:
        origin = lineage.version_row(resource.based_on_id, resource.based_on_version or lineage.FIRST_VERSION)
        known |= set(_pictures_of(keeping.opened(origin.fields.get("plan")))) if origin is not None else set()
    new = [asset_id for asset_id in wanted if asset_id not in known]
    own = media.pictures_of_person(person_id, new)
    if any(asset_id not in own for asset_id in new):
        raise Invalid(fields={"plan": N_("教学设计里有一张图片不是您上传的，或不是图片。请删去这张图片，重新插入。")})


def _pictures_of(plan: Plan | None) -> Iterable[str]:
    return lesson_plan.assets(plan) if plan is not None else ()
