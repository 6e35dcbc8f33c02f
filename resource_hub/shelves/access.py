"""Who sees and who changes a collection, and which works shelves show.

A collection belongs to a place named by its scope word: whoever belongs there sees it, whoever
decides there changes it. Rule: works are shown by ``listed_to``, inside the query.
"""

import sqlalchemy as sa

from resource_hub.community import queries as communities
from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, NotAllowed, NotFound
from resource_hub.kernel.viewer import DISTRICT_STAFF, Viewer
from resource_hub.library import reuse
from resource_hub.library import rules as library
from resource_hub.library.access import shown_to
from resource_hub.library.models import Resource
from resource_hub.shelves.models import Collection

DISTRICT = "district"


def listed_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that a work is published and this viewer may see it."""
    return sa.and_(Resource.review.in_(library.PUBLISHED), Resource.revises_id.is_(None), shown_to(viewer))


def own_word(person_id: str) -> str:
    return f"person:{person_id}"


def open_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that this viewer may see a collection."""
    words = {own_word(viewer.person_id), DISTRICT, *(f"community:{ident}" for ident in viewer.communities)}
    if viewer.school_id:
        words.add(f"school:{viewer.school_id}")
    return Collection.word.in_(sorted(words))


def words_decided(viewer: Viewer) -> tuple[str, ...]:
    """Return the scope words that the viewer decides for, their own first."""
    leads = [(one.id, one.lead_school_id) for one in communities.communities(sorted(viewer.communities))] if viewer.communities else []
    district = (DISTRICT,) if viewer.has_role(*DISTRICT_STAFF) else ()
    return (own_word(viewer.person_id), *reuse.adopts_for(viewer, leads), *district)


def get_collection_for(viewer: Viewer, collection_id: str, action: str) -> Collection:
    """Return a collection to ``view``, or to ``change`` as nobody else changes it until this unit ends; NotFound or NotAllowed."""
    query = sa.select(Collection).where(Collection.id == collection_id, open_to(viewer))
    if action == "change":
        query = query.with_for_update()
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    if action == "change" and found.word not in words_decided(viewer):
        raise NotAllowed(N_("这个合集由本校或教共体的负责人整理，您可以查看，不能修改。"))
    return found
