"""What lessons do after they ended: they are counted, and counted again when late evidence comes in; forgotten ones are ended."""

from datetime import timedelta

from resource_hub.infra import unit
from resource_hub.infra.jobs import JobRun
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.live import given_back, service
from resource_hub.live.counting import count_lesson
from resource_hub.live.log import Given, Log
from resource_hub.live.seats import Part, Seat
from resource_hub.timetable import queries as timetable

FORGOTTEN_AFTER = timedelta(hours=2)
"""So long after its planned end a lesson that nobody ended is over."""


CHECKS_KEPT = timedelta(days=13 * 31)
"""As long as logs of access: the health of a room over a school year."""


def forget_checks(run: JobRun) -> None:
    """Erase what was found of rooms longer ago than that."""
    with run.completing():
        service.forget_checks(clock.now() - CHECKS_KEPT)


VOICES_KEPT = timedelta(days=7)
"""A clip stands in for sound that nobody kept; a week answers what a room may have missed."""


def forget_voices(run: JobRun) -> None:
    """Erase the clips of lessons longer ago than that."""
    with run.completing():
        service.forget_voices(clock.now() - VOICES_KEPT)


def count(run: JobRun) -> None:
    """Count the lesson of the job, and tell of works that wait for words."""
    lesson_id = str(run.payload["lesson_id"])
    with run.completing():
        found, lesson = count_lesson(lesson_id), timetable.lesson(lesson_id)
        if found and lesson:
            given_back.tell(lesson, found)


def end_forgotten(run: JobRun) -> None:
    """End the lessons that their teachers left open, so that they are counted."""
    with unit.read():
        left = [one.id for one in timetable.lessons_left_open(clock.now() - FORGOTTEN_AFTER)]
    log = Log(service.CONSEQUENCES)
    for lesson in left:
        ident = new_id("end")[-20:]
        log.append([Given(lesson, Seat(Part.LEAD, 0), "lesson:ended", ident, {"id": ident})])
    with run.completing():
        pass
