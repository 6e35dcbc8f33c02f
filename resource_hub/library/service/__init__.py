"""What may be done in the library; the only writer of its tables.

``drafts`` keeps the form, ``resources`` makes and changes resources, ``review`` moves them on
their way, ``versions`` keeps what was published, ``complaints`` and ``deadlines`` see to what was
forgotten, ``changes`` and ``notices`` are how each of these ends. All verbs run inside the caller's
unit; ``batches`` alone has a unit for each work.
"""

from resource_hub.library.service.batches import Outcome, approve_many
from resource_hub.library.service.complaints import answer_complaint, complain
from resource_hub.library.service.deadlines import escalate
from resource_hub.library.service.drafts import discard_draft, leave_out, mend_resource, open_draft, save_draft
from resource_hub.library.service.parts import set_parts
from resource_hub.library.service.prints import keep_print
from resource_hub.library.service.resources import change_resource, create_resource, move_drafts_of, revise_resource, shelve_unshared
from resource_hub.library.service.review import (
    approve_for_district,
    approve_for_school,
    archive_resource,
    hide_recordings,
    propose_to_district,
    return_resource,
    submit_resource,
    withdraw_resource,
)

__all__ = [
    "Outcome", "answer_complaint", "approve_for_district", "approve_for_school", "approve_many", "archive_resource", "change_resource",
    "complain", "create_resource", "discard_draft", "escalate", "hide_recordings", "keep_print", "leave_out", "mend_resource",
    "move_drafts_of", "open_draft", "propose_to_district", "return_resource", "revise_resource", "save_draft", "set_parts",
    "shelve_unshared",
    "submit_resource", "withdraw_resource",
]  # fmt: skip
