"""What a lesson was, in counts, from its facts alone. Pure. Source: the district's definitions (三个课堂应用情况统计).

A class was there while any device of it was connected. A lesson was held when the lead room and a receiving
room were there together for at least 60 % of the period and 20 minutes; it was degraded when it was held, but a
room was away for more than a minute or sound was up for less than 90 % of the period.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from resource_hub.live.seats import Part, seat_of
from resource_hub.live.state import Fact

Span = tuple[int, int]
"""From and until, in milliseconds since 1970."""

Read = Callable[[Fact], bool | None]

HELD_SHARE, HELD_MS = 0.6, 20 * 60_000
OUTAGE_MS = 60_000
AVAILABLE_SHARE = 0.9
ANSWERED_MS = 48 * 3_600_000
"""So long after the lesson, or after a late photo, words on a work still count as given back in time."""
SILENT_RUNGS = frozenset({"text", "off"})
"""On these no speech passes, so sound counts as down."""

FORMS: Mapping[str, str] = {
    "hand:raised": "hand",
    "stage:changed": "stage",
    "poll:answered": "poll",
    "buzz:pressed": "buzz",
    "photo:added": "photo",
    "stroke:drawn": "ink",
    "ticket:counted": "ticket",
    "mood:counted": "mood",
}
"""Facts that are a class taking part, and the form each is."""


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """One class: time there, time there together with the lead class, with sound, times away for more than a minute, and how it took part.

    ``silent_s`` is the longest time without taking part while the lesson ran; ``waited_s`` are the seconds that raised
    hands waited until they were called; of ``works`` handed in as photos, ``answered`` had a teacher's words
    within 48 hours and ``unanswered`` have none to this day.
    """

    site: int
    there_ms: int
    together_ms: int
    sound_ms: int
    outages: int
    forms: Mapping[str, int]
    silent_s: int
    waited_s: tuple[int, ...]
    head_count: int | None
    works: int = 0
    answered: int = 0
    unanswered: int = 0

    @property
    def interactions(self) -> int:
        return sum(self.forms.values())


@dataclass(frozen=True, slots=True)
class LessonSummary:
    """A lesson in counts; ``period_ms`` is the planned time, ``together_ms`` what lead and a receiving class shared of it."""

    ran: Span | None
    period_ms: int
    together_ms: int
    sound_ms: int
    sites: tuple[SiteSummary, ...]

    @property
    def is_held(self) -> bool:
        return is_held(self.together_ms, self.period_ms)

    @property
    def availability(self) -> float:
        """Share of the period in which sound was up at both ends, from 0 to 1."""
        return min(1.0, self.sound_ms / self.period_ms) if self.period_ms else 0.0

    @property
    def is_degraded(self) -> bool:
        return self.is_held and (any(site.outages for site in self.sites) or self.availability < AVAILABLE_SHARE)

    @property
    def interactions(self) -> int:
        return sum(site.interactions for site in self.sites)

    @property
    def village_share(self) -> float | None:
        """Share of taking part that came from receiving classes; None when nobody took part."""
        return sum(site.interactions for site in self.sites if site.site) / self.interactions if self.interactions else None


def is_held(together_ms: int, period_ms: int) -> bool:
    """True when lead and receiving class were together long enough of the period for the lesson to count."""
    return together_ms >= max(HELD_MS, HELD_SHARE * period_ms)


def summary(facts: Sequence[Fact], period: Span, sites: Iterable[int]) -> LessonSummary:
    """Return the lesson in counts; ``period`` is when the timetable has it, ``sites`` the classes that belong to it."""
    ran = _ran(facts)
    numbers = sorted(sites)
    if ran is None:
        return LessonSummary(None, period[1] - period[0], 0, 0, tuple(_nothing(site) for site in numbers))
    running = _without(ran, _pauses(facts, ran))
    there = {site: _meet(_presence(facts, site, ran[1]), [ran]) for site in numbers}
    found = tuple(_site(facts, site, there, ran, running) for site in numbers)
    return LessonSummary(
        ran=ran,
        period_ms=period[1] - period[0],
        together_ms=max((site.together_ms for site in found if site.site), default=0),
        sound_ms=max((site.sound_ms for site in found if site.site), default=0),
        sites=found,
    )


def _site(facts: Sequence[Fact], site: int, presence: Mapping[int, list[Span]], ran: Span, running: list[Span]) -> SiteSummary:
    there = presence[site]
    together = _meet(presence.get(0, []), there)
    parts = [fact for fact in facts if _of_site(fact) == site and ran[0] <= fact["at"] <= ran[1]]
    forms = Counter(FORMS[fact["type"]] for fact in facts if fact["type"] in FORMS and _of_site(fact) == site)
    heads = [fact["data"]["count"] for fact in facts if fact["type"] == "heads:counted" and fact["data"]["site"] == site]
    away = _less([ran], there)
    works, said = _works(facts, site), _said(facts)
    return SiteSummary(
        site=site,
        there_ms=_length(there),
        together_ms=_length(together),
        sound_ms=_length(_less(together, _silent(facts, site, ran[1]))),
        outages=sum(until - since > OUTAGE_MS for since, until in away),
        forms=dict(forms),
        silent_s=_longest_silence([fact["at"] for fact in parts if fact["type"] in FORMS], running) // 1000,
        waited_s=_waits(facts, site),
        head_count=heads[-1] if heads else None,
        works=len(works),
        answered=sum(said[photo] <= max(at, ran[1]) + ANSWERED_MS for photo, at in works.items() if photo in said),
        unanswered=len(works.keys() - said.keys()),
    )


def _works(facts: Sequence[Fact], site: int) -> dict[str, int]:
    """Return the photos of work of a class and when each came."""
    return {fact["data"]["id"]: fact["at"] for fact in facts if fact["type"] == "photo:added" and fact["data"]["site"] == site}


def _said(facts: Sequence[Fact]) -> dict[str, int]:
    """Return when each photo that has teachers' words had the first of them."""
    said = [(fact["data"]["photo"], fact["at"]) for fact in facts if fact["type"] == "work:commented"]
    return dict(reversed(said))


def _nothing(site: int) -> SiteSummary:
    return SiteSummary(site, 0, 0, 0, 0, {}, 0, (), None)


def _of_site(fact: Fact) -> int | None:
    """The class that takes part by this fact; the lead teacher's own pen is teaching, not taking part."""
    site = fact["data"].get("site")
    if site is not None:
        return int(site)
    seat = seat_of(fact["by"])
    return None if seat.part is Part.LEAD else seat.site


def _ran(facts: Sequence[Fact]) -> Span | None:
    begun = next((fact["at"] for fact in facts if fact["type"] == "lesson:started"), None)
    if begun is None:
        return None
    ends = [fact for fact in facts if fact["type"] in {"lesson:started", "lesson:ended"}]
    return begun, ends[-1]["at"] if ends[-1]["type"] == "lesson:ended" else facts[-1]["at"]


def _pauses(facts: Sequence[Fact], ran: Span) -> list[Span]:
    return _spans(facts, ran[1], lambda fact: {"lesson:paused": True, "lesson:resumed": False, "lesson:ended": False}.get(fact["type"]))


def _silent(facts: Sequence[Fact], site: int, end: int) -> list[Span]:
    """Times in which no speech passed to or from a class."""

    def is_silent(fact: Fact) -> bool | None:
        if fact["type"] != "link:changed" or fact["data"]["site"] != site:
            return None
        return fact["data"]["rung"] in SILENT_RUNGS

    return _spans(facts, end, is_silent)


def _presence(facts: Sequence[Fact], site: int, end: int) -> list[Span]:
    """Times in which any device of a class was connected."""
    conns: set[str] = set()

    def is_there(fact: Fact) -> bool | None:
        if fact["type"] not in {"seat:joined", "seat:left"}:
            return None
        seat = seat_of(fact["data"]["seat"])
        # A phone that films a table has a line of its own; that it is there says nothing of the class.
        if seat.site != site or seat.part is Part.CAMERA:
            return None
        (conns.add if fact["type"] == "seat:joined" else conns.discard)(fact["data"]["conn"])
        return bool(conns)

    return _spans(facts, end, is_there)


def _spans(facts: Sequence[Fact], end: int, read: Read) -> list[Span]:
    """Return the times between a fact that says yes and the next that says no; None says nothing."""
    found: list[Span] = []
    since: int | None = None
    for fact in facts:
        said = read(fact)
        if said is True and since is None:
            since = fact["at"]
        elif said is False and since is not None:
            found.append((since, fact["at"]))
            since = None
    if since is not None and since < end:
        found.append((since, end))
    return found


def _longest_silence(moments: Sequence[int], running: Sequence[Span]) -> int:
    """Return the longest running time between two moments, from the beginning and to the end too, in milliseconds."""
    if not running:
        return 0
    marks = [running[0][0], *sorted(moments), running[-1][1]]
    return max(_length(_meet(running, [(one, other)])) for one, other in pairwise(marks))


def _waits(facts: Sequence[Fact], site: int) -> tuple[int, ...]:
    raised = {fact["data"]["id"]: fact["at"] for fact in facts if fact["type"] == "hand:raised" and fact["data"]["site"] == site}
    called = (fact for fact in facts if fact["type"] == "hand:called" and fact["data"]["hand"] in raised)
    return tuple((fact["at"] - raised[fact["data"]["hand"]]) // 1000 for fact in called)


def _meet(ones: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the times that lie in both."""
    others = list(others)
    met = ((max(a, c), min(b, d)) for a, b in ones for c, d in others)
    return [(since, until) for since, until in met if since < until]


def _less(ones: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the times of the first that lie in none of the others, which are in order."""
    left = list(ones)
    for since, until in others:
        left = [part for a, b in left for part in ((a, min(b, since)), (max(a, until), b)) if part[0] < part[1]]
    return left


def _without(ran: Span, pauses: Iterable[Span]) -> list[Span]:
    return _less([ran], pauses)


def _length(spans: Iterable[Span]) -> int:
    return sum(until - since for since, until in spans)
