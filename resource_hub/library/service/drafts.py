"""The form on the server: saved while it is typed, never checked, never lost."""

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.access import get_draft_for
from resource_hub.library.models import Draft
from resource_hub.library.schemas import DraftIn


def open_draft(viewer: Viewer) -> Draft:
    """Begin a draft."""
    now = clock.now()
    draft = Draft(id=new_id("drf"), person_id=viewer.person_id, fields={}, created_at=now, updated_at=now)
    db.session.add(draft)
    db.session.flush()
    return draft


def save_draft(viewer: Viewer, draft_id: str, given: DraftIn) -> Draft:
    """Keep the fields that were given; the others stay as they were."""
    draft = get_draft_for(viewer, draft_id)
    draft.fields = {**draft.fields, **given.model_dump(exclude_unset=True)}
    draft.updated_at = clock.now()
    return draft


def discard_draft(viewer: Viewer, draft_id: str) -> None:
    """Forget a draft; its finished files stay with the uploader until they are swept."""
    db.session.delete(get_draft_for(viewer, draft_id))
