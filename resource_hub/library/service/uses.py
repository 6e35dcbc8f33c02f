"""Lessons taught with a resource, and what schools and communities adopt.

Rule: both are facts about published works, signed by a person; nothing is counted that nobody signed.
"""

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.community import queries as communities
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotAllowed, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lineage, reuse, rules
from resource_hub.library.access import get_resource_for
from resource_hub.library.events import ResourceChanged, ResourceUsed
from resource_hub.library.models import Adoption, Resource, ResourceUse
from resource_hub.library.schemas import UseIn
from resource_hub.schools import queries as schools
from resource_hub.schools.queries import ClassFacts


def record_use(viewer: Viewer, resource_id: str, given: UseIn) -> ResourceUse:
    """Write down that the viewer taught with a published resource; Invalid for a class of another school or a day to come."""
    if viewer.school_id is None:
        raise NotAllowed(N_("只有学校的教师能记录上课。"))
    resource = _published(viewer, resource_id)
    now = clock.now()
    use = ResourceUse(
        id=new_id("use"),
        resource_id=resource.id,
        version=lineage.latest_version(resource.id),
        person_id=viewer.person_id,
        school_id=viewer.school_id,
        is_village=lineage.is_village(viewer.school_id),
        created_at=now,
    )
    _fill(use, given)
    db.session.add(use)
    db.session.flush()
    unit.record(ResourceUsed(resource.id, use.person_id, use.school_id, use.pupils))
    unit.record(ResourceChanged(resource.id))
    return use


def change_use(viewer: Viewer, use_id: str, given: UseIn) -> ResourceUse:
    """Put right what one wrote down oneself within the last day; UseIsSettled afterwards."""
    use = _own_use(viewer, use_id)
    _fill(use, given)
    return use


def remove_use(viewer: Viewer, use_id: str) -> str:
    """Take back what one wrote down oneself within the last day, and return the resource; UseIsSettled afterwards."""
    use = _own_use(viewer, use_id)
    db.session.delete(use)
    db.session.flush()
    unit.record(ResourceChanged(use.resource_id))
    return use.resource_id


def adopt_resource(viewer: Viewer, resource_id: str, word: str) -> None:
    """Take a published resource into the shared collection of a school or community; nothing happens when it is there already."""
    _check_adopts(viewer, word)
    resource = _published(viewer, resource_id)
    if db.session.get(Adoption, (resource.id, word)) is not None:
        return
    kind, _colon, ident = word.partition(":")
    is_village = kind == "school" and lineage.is_village(ident)
    db.session.add(Adoption(resource_id=resource.id, word=word, is_village=is_village, person_id=viewer.person_id, at=clock.now()))
    audit.note(viewer, "resource.adopted", Ref("resource", resource.id), details={"for": word})
    unit.record(ResourceChanged(resource.id))


def end_adoption(viewer: Viewer, resource_id: str, word: str) -> None:
    """Take a resource out of the shared collection; whoever decides there may, not only who put it in."""
    _check_adopts(viewer, word)
    adoption = db.session.get(Adoption, (resource_id, word))
    if adoption is None:
        raise NotFound
    db.session.delete(adoption)
    audit.note(viewer, "resource.adoption_ended", Ref("resource", resource_id), details={"for": word})
    unit.record(ResourceChanged(resource_id))


def _published(viewer: Viewer, resource_id: str) -> Resource:
    resource = get_resource_for(viewer, resource_id, "view")
    if resource.review not in rules.PUBLISHED or resource.revises_id:
        raise rules.WrongStep(state=resource.review.value)
    return resource


def _own_use(viewer: Viewer, use_id: str) -> ResourceUse:
    use = db.session.scalar(sa.select(ResourceUse).where(ResourceUse.id == use_id, ResourceUse.person_id == viewer.person_id))
    if use is None:
        raise NotFound
    if not reuse.may_mend_use(use.created_at, clock.now()):
        raise reuse.UseIsSettled
    return use


def _fill(use: ResourceUse, given: UseIn) -> None:
    taught = _class_of(use.school_id, given.class_id)
    today = schools.today()
    use.used_on = given.used_on or today
    if use.used_on > today:
        raise Invalid(fields={"used_on": N_("还没到这一天，上完课再记录。")})
    use.class_id, use.class_name = (taught.id, taught.name) if taught else (None, "")
    pupils = given.pupils if given.pupils is not None else (taught.head_count or None) if taught else None
    if pupils is None:
        raise Invalid(fields={"pupils": N_("请填写上课的学生人数。")})
    use.pupils, use.note, use.changed = pupils, given.note, given.changed


def _class_of(school_id: str, class_id: str | None) -> ClassFacts | None:
    if class_id is None:
        return None
    found = next((one for one in schools.classes_of_school(school_id) if one.id == class_id), None)
    if found is None:
        raise Invalid(fields={"class_id": N_("请从本校的班级里选。")})
    return found


def _check_adopts(viewer: Viewer, word: str) -> None:
    leads = [(one.id, one.lead_school_id) for one in communities.communities(sorted(viewer.communities))]
    if word not in reuse.adopts_for(viewer, leads):
        raise NotAllowed(N_("只能为自己负责的学校或教共体采用。"))
