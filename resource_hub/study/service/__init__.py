"""Verbs of preparation and study, by noun: tasks, editions, cycles, rounds, the talk, closing. Only here their rows change."""

from resource_hub.study.service.closing import close_cycle, confirm_hours, keep_report, publish_cycle
from resource_hub.study.service.cycles import add_member, add_round, open_cycle, remove_member, set_observer
from resource_hub.study.service.editions import archive_task, make_edition, note_taught, reflect
from resource_hub.study.service.notices import ADAPT, COMMENT, DUE, OBSERVE, TAKE_PART, remind
from resource_hub.study.service.talk import begin_talk, give_reason, go_on, say
from resource_hub.study.service.tasks import add_colleague, ask_comments, call_meeting, change_dues, open_task, share_plan
from resource_hub.study.service.teaching import bind_lesson, lesson_ended

__all__ = [
    "ADAPT", "COMMENT", "DUE", "OBSERVE", "TAKE_PART", "add_colleague", "add_member", "add_round", "archive_task", "ask_comments",
    "begin_talk", "bind_lesson", "call_meeting", "change_dues", "close_cycle", "confirm_hours", "give_reason", "go_on", "keep_report",
    "lesson_ended", "make_edition", "note_taught", "open_cycle", "open_task", "publish_cycle", "reflect", "remind", "remove_member",
    "say", "set_observer", "share_plan",
]  # fmt: skip
