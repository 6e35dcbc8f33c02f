"""What rehearsals foretell of a lesson, in words: on its page, and in the inbox of its teachers where a line is thin."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from resource_hub.inbox import service as inbox
from resource_hub.kernel.refs import Ref
from resource_hub.live import labels
from resource_hub.live.rehearsing import RehearsalFacts, is_mute, is_thin
from resource_hub.timetable.queries import LessonFacts

THIN, MUTE = "live.thin", "live.mute"


@dataclass(frozen=True, slots=True)
class Foretold:
    """A room's rehearsal as a line of a list."""

    name: str
    words: str
    tone: str


def tell(lesson: LessonFacts, found: Mapping[int, RehearsalFacts]) -> None:
    """Tell the lead and who assists there of thin lines; of lines that became better nothing stays open. Call inside a unit that writes."""
    ref = Ref("lesson", lesson.id)
    mute = {room.site for room in found.values() if is_mute(room)}
    thin = {room.site for room in found.values() if is_thin(room)} - mute
    for kind, sites in ((THIN, thin), (MUTE, mute)):
        if not sites:
            inbox.settle(kind, ref)
            continue
        names = "、".join(f"{site.school} {site.class_name}" for site in lesson.sites if site.position in sites)
        assists = [site.assist_id for site in lesson.sites if site.position in sites and site.assist_id]
        inbox.deliver([lesson.lead_person_id, *assists], kind, ref, words={"rooms": names})


def lines(lesson: LessonFacts, found: Mapping[int, RehearsalFacts]) -> list[Foretold]:
    """Return a line for each room that rehearsed, in the order of the sites."""
    rooms = [site for site in lesson.sites if site.position in found]
    return [Foretold(f"{site.school} {site.class_name}", *words_of(found[site.position])) for site in rooms]


def words_of(found: RehearsalFacts) -> tuple[str, str]:
    """Return what a rehearsal foretells, and its tone."""
    if is_mute(found):
        return _("演练：声音画面过不去，只有课件和文字"), "danger"
    told = (
        _("演练：两边都是%(rung)s", rung=labels.RUNGS[found.sees])
        if found.sees == found.is_seen
        else _("演练：收看是%(sees)s，被看到是%(seen)s", sees=labels.RUNGS[found.sees], seen=labels.RUNGS[found.is_seen])
    )
    more = [_("按测速估计")] if found.path == "none" else [_("备用线路不通")] if found.tcp is False else []
    return told + (_("（%(words)s）", words=more[0]) if more else ""), "warn" if is_thin(found) or more else "ok"
