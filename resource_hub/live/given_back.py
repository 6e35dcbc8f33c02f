"""Works of pupils that wait for a teacher's words: whom the inbox tells, and when that is over.

A class that gave its work away and hears nothing of it stops giving any. Rule: the lead teacher has until 48 hours
after the lesson; who assists is told once words came, since they hand them on.
"""

from collections.abc import Sequence
from datetime import timedelta

from resource_hub.inbox import service as inbox
from resource_hub.infra.features import hub
from resource_hub.kernel.refs import Ref
from resource_hub.live.summary import ANSWERED_MS, LessonSummary, SiteSummary
from resource_hub.timetable.queries import LessonFacts

WAITING, COMMENTED = "live.works", "live.commented"


def tell(lesson: LessonFacts, found: LessonSummary) -> None:
    """Tell what follows from the counts of a lesson; telling twice changes nothing. Call inside a unit that writes."""
    ref = Ref("lesson", lesson.id)
    waiting = sum(site.unanswered for site in found.sites)
    if waiting and lesson.ended_at:
        due = (lesson.ended_at + timedelta(milliseconds=ANSWERED_MS)).astimezone(hub().settings.zone).date()
        inbox.deliver([lesson.lead_person_id], WAITING, ref, words={"n": str(waiting)}, due=due)
    else:
        inbox.settle(WAITING, ref)
    for person, words in _heard(lesson, found.sites):
        inbox.deliver([person], COMMENTED, ref, words={"n": str(words)})


def _heard(lesson: LessonFacts, sites: Sequence[SiteSummary]) -> list[tuple[str, int]]:
    """Return who assists with how many works of their class have words; where none has, they are left out."""
    assists = {site.position: site.assist_id for site in lesson.sites}
    told = ((assists.get(site.site), site.works - site.unanswered) for site in sites)
    return [(person, count) for person, count in told if person and count]
