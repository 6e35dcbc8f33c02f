"""Verbs of observation: take in what a device has, share and answer, keep rubrics and rounds."""

from resource_hub.observation.service.rubrics import change_rubric, close_round, copy_rubric, open_round, retire_rubric
from resource_hub.observation.service.sharing import REPLIED, SHARED, name_teacher, note_viewing, reply, share
from resource_hub.observation.service.syncing import Synced, sync

__all__ = [
    "REPLIED", "SHARED", "Synced", "change_rubric", "close_round", "copy_rubric", "name_teacher", "note_viewing", "open_round", "reply",
    "retire_rubric", "share", "sync",
]  # fmt: skip
