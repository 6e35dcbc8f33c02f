"""The sheet 三个课堂应用情况统计表 (R03): shared lessons by pairing and receiving class, from their counts.

``planned`` are the lessons of the time that are over and were not cancelled a day before; ``held`` those in which
this class and the lead class were together long enough. Teachers are named as a fact, and never ranked.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import openpyxl
from flask_babel import gettext as _
from openpyxl.styles import Font

from resource_hub.community import queries as communities
from resource_hub.kernel import clock
from resource_hub.live.counting import Counted, counts_of
from resource_hub.live.summary import is_held
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts


@dataclass(frozen=True, slots=True)
class Line:
    """One receiving class of one pairing; shares from 0 to 1, None where nothing was planned or held."""

    community: str
    lead_school: str
    lead: str
    subject: str
    school: str
    class_name: str
    head_count: int
    planned: int
    held: int
    degraded: int
    interactions: int
    village_share: float | None
    availability: float | None
    works: int
    answered: int

    @property
    def answered_rate(self) -> float | None:
        """Share of works that had a teacher's words within 48 hours."""
        return self.answered / self.works if self.works else None

    @property
    def held_rate(self) -> float | None:
        return self.held / self.planned if self.planned else None


def lines(first: date, last: date, school_ids: Iterable[str] | None) -> list[Line]:
    """Return the lines of those days for lessons of these schools (None: all), by community, subject and class.

    A lesson stands there from when it was ended and counted, one that did not take place from its planned end.
    """
    ours = [one for one in timetable.lessons_between(first, last, school_ids=school_ids) if not one.is_meeting]
    counted = counts_of(one.id for one in ours)
    found = [one for one in ours if one.id in counted or one.ends_at < clock.now()]
    names = communities.community_names({one.community_id for one in found})
    groups: dict[tuple[str, str, str], list[LessonFacts]] = {}
    for lesson in found:
        for site in lesson.receivers:
            groups.setdefault((lesson.community_id, lesson.pairing_id or lesson.id, site.class_id), []).append(lesson)
    made = [_line(names.get(key[0], ""), key[2], members, counted) for key, members in groups.items()]
    return sorted(made, key=lambda line: (line.community, line.subject, line.lead_school, line.school, line.class_name))


def workbook(term: str, shown: Sequence[Line]) -> bytes:
    """Return the sheet as an xlsx file, with the columns of the district's form."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("三个课堂应用情况统计表")
    sheet.append(_columns())
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line in shown:
        sheet.append(
            [term, line.community, line.lead_school, line.lead, line.subject, line.school, line.class_name, line.head_count, line.planned,
             line.held, line.held_rate, line.interactions, line.village_share, line.availability, _note(line)]
        )  # fmt: skip
    for row in sheet.iter_rows(min_row=2):
        for position in _SHARES:
            row[position].number_format = "0%"
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_SHARES = (10, 12, 13)
"""Positions of the columns that hold shares."""


def _columns() -> list[str]:
    return [
        _("学期"), _("教共体"), _("主讲校"), _("主讲教师"), _("学科"), _("接收校"), _("接收班级"), _("接收人数"), _("计划节次"),
        _("实开节次"), _("开课率"), _("互动次数"), _("村端占比"), _("技术可用率"), _("备注"),
    ]  # fmt: skip


def _note(line: Line) -> str:
    return _("其中 %(n)s 节线路不好", n=line.degraded) if line.degraded else ""


def _line(community: str, class_id: str, members: Sequence[LessonFacts], counted: Mapping[str, Counted]) -> Line:
    last = members[-1]
    site = next(one for one in last.receivers if one.class_id == class_id)
    planned = [lesson for lesson in members if lesson.counts_as_planned]
    kept = [counted[lesson.id] for lesson in members if lesson.id in counted]
    held = [one for one in kept if _was_held(one, site.position)]
    taking = [here for one in held for here in one.summary.sites]
    ours = sum(here.interactions for here in taking if here.site == site.position)
    everybody = sum(here.interactions for here in taking)
    sound = sum(here.sound_ms for here in taking if here.site == site.position)
    period = sum(one.summary.period_ms for one in held)
    lead = last.sites[0]
    return Line(
        community=community,
        lead_school=lead.school,
        lead=last.lead,
        subject=last.subject_name,
        school=site.school,
        class_name=site.class_name,
        head_count=site.head_count,
        planned=len(planned),
        held=len(held),
        degraded=sum(one.is_degraded for one in held),
        interactions=ours,
        village_share=ours / everybody if everybody else None,
        availability=min(1.0, sound / period) if period else None,
        works=sum(here.works for here in taking if here.site == site.position),
        answered=sum(here.answered for here in taking if here.site == site.position),
    )


def _was_held(one: Counted, position: int) -> bool:
    here = next((site for site in one.summary.sites if site.site == position), None)
    return here is not None and is_held(here.together_ms, one.summary.period_ms)
