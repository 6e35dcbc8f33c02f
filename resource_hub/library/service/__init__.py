"""What may be done in the library; the only writer of its tables.

``drafts`` keeps the form, ``resources`` makes and changes resources, ``review`` moves them on
their way, ``changes`` is how each of these ends. All verbs run inside the caller's unit.
"""

from resource_hub.library.service.drafts import discard_draft, mend_resource, open_draft, save_draft
from resource_hub.library.service.resources import change_resource, create_resource, move_drafts_of
from resource_hub.library.service.review import (
    approve_for_district,
    approve_for_school,
    archive_resource,
    propose_to_district,
    return_resource,
    submit_resource,
    withdraw_resource,
)

__all__ = [
    "approve_for_district", "approve_for_school", "archive_resource", "change_resource", "create_resource",
    "discard_draft", "mend_resource", "move_drafts_of", "open_draft", "propose_to_district", "return_resource", "save_draft",
    "submit_resource", "withdraw_resource",
]  # fmt: skip
