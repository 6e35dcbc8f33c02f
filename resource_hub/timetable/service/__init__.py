"""Verbs of the timetable, by noun. They change rows, note the audit, tell people and record events; they never commit.

Rule: a verb that can put somebody at two places takes its ``turn`` first, so that of two deans who
book one teacher at the same moment the second meets the lesson of the first.
"""

from resource_hub.timetable.service.feeds import DueDay, days_by, days_of, make_feed, revoke_feed, revoke_feeds_of
from resource_hub.timetable.service.lessons import (
    cancel_lesson,
    end_lesson,
    extend_lesson,
    move_lesson,
    name_lesson,
    open_lesson,
    restore_lesson,
    substitute_assist,
    substitute_lead,
)
from resource_hub.timetable.service.meetings import add_meeting, change_meeting
from resource_hub.timetable.service.pairings import add_pairing, change_pairing, end_pairing, renew_lessons
from resource_hub.timetable.service.subjects import set_taught

__all__ = [
    "DueDay",
    "add_meeting",
    "add_pairing",
    "cancel_lesson",
    "change_meeting",
    "change_pairing",
    "days_by",
    "days_of",
    "end_lesson",
    "end_pairing",
    "extend_lesson",
    "make_feed",
    "move_lesson",
    "name_lesson",
    "open_lesson",
    "renew_lessons",
    "restore_lesson",
    "revoke_feed",
    "revoke_feeds_of",
    "set_taught",
    "substitute_assist",
    "substitute_lead",
]
