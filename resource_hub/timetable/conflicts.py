"""What stands against a plan, in words: refusals at the field where they can be mended, and warnings.

Apart from ``rules`` because it reads bells, classes and lessons, and from the service because a form asks
it before anything is saved. Rule: a sentence names who, when and which other lesson.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Invalid
from resource_hub.people import queries as people
from resource_hub.people.queries import PersonCard
from resource_hub.schools import queries as schools
from resource_hub.schools.bells import ENOUGH_MINUTES, Period
from resource_hub.schools.queries import Bells, ClassFacts, TermFacts
from resource_hub.timetable import labels, queries, rules, weeks
from resource_hub.timetable.rules import Booking, Clash
from resource_hub.timetable.schemas import ClockUsed, LessonKind, LessonState, Plan


@dataclass(frozen=True, slots=True)
class PlannedLesson:
    """A lesson that a plan makes: its day, period and moments."""

    day: date
    period: int
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan with all that stands around it, read once."""

    plan: Plan
    term: TermFacts
    classes: Mapping[str, ClassFacts]
    school_names: Mapping[str, str]
    bells: Mapping[str, Sequence[Bells]]
    persons: Mapping[str, PersonCard]
    lessons: tuple[PlannedLesson, ...]

    @property
    def lead_school_id(self) -> str:
        return self.classes[self.plan.lead_class_id].school_id

    @property
    def school_ids(self) -> tuple[str, ...]:
        return tuple(self.classes[ident].school_id for ident in self.plan.class_ids)

    def class_words(self, class_id: str) -> str:
        klass = self.classes[class_id]
        return f"{self.school_names.get(klass.school_id, '')} {klass.name}"


def drafted(plan: Plan) -> Draft:
    """Return a plan with its lessons; Invalid names the field that makes no lessons."""
    term = _term(plan)
    classes = _classes(plan, term)
    bells = schools.bells_of_schools(klass.school_id for klass in classes.values())
    draft = Draft(
        plan=plan,
        term=term,
        classes=classes,
        school_names=schools.school_names(klass.school_id for klass in classes.values()),
        bells=bells,
        persons=_persons(plan, classes),
        lessons=tuple(_lessons(plan, term, bells[classes[plan.lead_class_id].school_id])),
    )
    if not draft.lessons:
        raise Invalid(fields={"slots": _("这段时间里没有可以上课的日子。请看看日期、单双周和放假安排。")})
    return draft


def refuse_clashes(draft: Draft, *, but_pairing: str = "") -> None:
    """Raise Invalid when somebody or a class would be at two lessons at once, told at the field of whoever it is.

    Of a pairing that is there already (``but_pairing``) only what lies ahead is planned anew, and asked.
    """
    needs = frozenset({*draft.plan.class_ids, *draft.plan.person_ids})
    now = clock.now()
    ours = [Booking(f"{one.day}", one.starts, one.ends, needs) for one in draft.lessons if not but_pairing or one.starts > now]
    theirs = queries.bookings(draft.lessons[0].day, draft.lessons[-1].day, needs, but_pairing=but_pairing)
    found = rules.clashes(ours, theirs)
    if not found:
        return
    told: dict[str, list[str]] = {}
    for field, sentence in _told(found, draft):
        told.setdefault(field, []).append(sentence)
    raise Invalid(fields={field: " ".join(sentences) for field, sentences in told.items()})


def refuse_busy(lesson_id: str, field: str, starts: datetime, ends: datetime, needs: Iterable[str]) -> None:
    """Raise Invalid at ``field`` when one of ``needs`` has another lesson in these minutes."""
    wanted = frozenset(needs)
    day = starts.astimezone(hub().settings.zone).date()
    there = queries.bookings(day, day, wanted, but_lesson=lesson_id)
    found = rules.clashes([Booking(lesson_id, starts, ends, wanted)], there)
    if found:
        other = {one.id: one for one in queries.lessons(clash.other.lesson_id for clash in found)}
        names = _names({clash.key for clash in found})
        sentences = [_busy(names.get(clash.key, ""), other[clash.other.lesson_id], 1) for clash in found]
        raise Invalid(fields={field: " ".join(dict.fromkeys(sentences))})


def warnings(draft: Draft, *, but_pairing: str = "") -> list[str]:
    """Return what is unusual about a plan and may be saved all the same."""
    found = []
    if len(draft.plan.receivers) > rules.USUAL_RECEIVERS and draft.plan.kind is not LessonKind.SCHOOL_ONLINE:
        many = len(draft.plan.receivers)
        found.append(_("接收班有 %(n)s 个，一般不超过 %(most)s 个，主讲教师照顾不过来。", n=many, most=rules.USUAL_RECEIVERS))
    found += _short_overlaps(draft)
    found += _full_weeks(draft, but_pairing)
    return found


def _term(plan: Plan) -> TermFacts:
    term = schools.term_on(plan.first_day)
    if term is None:
        raise Invalid(fields={"first_day": _("这一天不在任何学期里。请先在校历里添加学期，或改日期。")})
    if not plan.first_day <= plan.last_day <= term.last_day:
        last = labels.short_day(term.last_day)
        raise Invalid(fields={"last_day": _("最后一天要在第一天之后，并且不晚于学期的最后一天 %(day)s。", day=last)})
    return term


def _classes(plan: Plan, term: TermFacts) -> Mapping[str, ClassFacts]:
    classes = schools.classes(plan.class_ids)
    if not plan.receivers:
        raise Invalid(fields={"receivers": _("至少选一个接收班。")})
    if len(plan.receivers) > (most := rules.most_receivers(plan.kind)):
        raise Invalid(fields={"receivers": _("最多 %(n)s 个接收班。", n=most)})
    if len(set(plan.class_ids)) < len(plan.class_ids):
        raise Invalid(fields={"receivers": _("同一个班选了两次。")})
    members = schools.schools_of_communities([plan.community_id], plan.first_day)[plan.community_id]
    fields = {"lead_class_id": plan.class_ids[:1], "receivers": plan.class_ids[1:]}
    for field, ids in fields.items():
        if not all(ident in classes and classes[ident].school_id in members for ident in ids):
            raise Invalid(fields={field: _("请从这个教共体的班级里选。")})
        if any(classes[ident].school_year != term.school_year for ident in ids):
            raise Invalid(fields={field: _("请选这个学年的班级。")})
    return classes


def _persons(plan: Plan, classes: Mapping[str, ClassFacts]) -> Mapping[str, PersonCard]:
    persons = people.person_names(plan.person_ids)
    lead = persons.get(plan.lead_person_id)
    members = schools.schools_of_communities([plan.community_id], plan.first_day)[plan.community_id]
    if lead is None or lead.has_left or lead.school_id not in members:
        raise Invalid(fields={"lead_person_id": _("请从这个教共体的教师里选一位主讲。")})
    if plan.subject not in schools.subject_names():
        raise Invalid(fields={"subject": _("请从列表里选一个学科。")})
    for receiver in plan.receivers:
        card = persons.get(receiver.assist_id or "")
        if receiver.assist_id and (card is None or card.has_left or card.school_id != classes[receiver.class_id].school_id):
            raise Invalid(fields={"receivers": _("助学教师要选那所学校的教师，可以以后再定。")})
    if len(set(plan.person_ids)) < len(plan.person_ids):
        raise Invalid(fields={"receivers": _("同一位教师不能同时在两个教室。请给每个接收班选不同的人，或先空着。")})
    return persons


def _lessons(plan: Plan, term: TermFacts, bells: Sequence[Bells]) -> Iterable[PlannedLesson]:
    if not bells:
        raise Invalid(fields={"slots": _("主讲校还没有填作息时间，先在学校页面填好，才知道几点上课。")})
    zone = hub().settings.zone
    for day, number in weeks.lesson_days(term, plan.first_day, plan.last_day, plan.slots, plan.weeks):
        period = weeks.period_on(bells, day, number)
        if period is None:
            raise Invalid(fields={"slots": _("主讲校在 %(day)s 的作息里没有第 %(n)s 节。", day=labels.short_day(day), n=number)})
        yield PlannedLesson(day, number, weeks.moment(day, period.starts, zone), weeks.moment(day, period.ends, zone))


def _told(found: Sequence[Clash], draft: Draft) -> Iterable[tuple[str, str]]:
    """One sentence for whoever meets the same other series of lessons, with the first day and how often."""
    others = {one.id: one for one in queries.lessons({clash.other.lesson_id for clash in found})}
    groups: dict[tuple[str, str, int, int | None], list[queries.LessonFacts]] = {}
    for clash in found:
        other = others[clash.other.lesson_id]
        groups.setdefault((clash.key, other.pairing_id or other.id, other.day.isoweekday(), other.period), []).append(other)
    for (key, *_rest), some in groups.items():
        name = draft.class_words(key) if key in draft.classes else draft.persons[key].name
        yield _field(draft.plan, key), _busy(name, some[0], len(some))


def _field(plan: Plan, key: str) -> str:
    if key == plan.lead_person_id:
        return "lead_person_id"
    return "lead_class_id" if key == plan.lead_class_id else "receivers"


def _busy(name: str, other: queries.LessonFacts, count: int) -> str:
    when = labels.when_words(other.day, other.period, other.starts_at)
    what = lesson_words(other)
    if count == 1:
        return _("%(name)s在 %(when)s 已经有课：%(what)s。", name=name, when=when, what=what)
    return _("%(name)s从 %(when)s 起有 %(n)s 次已经有课：%(what)s。", name=name, when=when, n=count, what=what)


def lesson_words(lesson: queries.LessonFacts) -> str:
    """Return a lesson as a sentence names it: subject, lead school and teacher."""
    lead = next((site for site in lesson.sites if site.position == 0), None)
    place = f"{lead.school} {lead.class_name}" if lead else ""
    return " · ".join(part for part in (lesson.subject_name, place, lesson.lead) if part)


def _names(keys: Iterable[str]) -> dict[str, str]:
    wanted = set(keys)
    classes = schools.classes(wanted)
    names = schools.school_names(klass.school_id for klass in classes.values())
    found = {ident: card.name for ident, card in people.person_names(wanted).items()}
    return found | {ident: f"{names.get(klass.school_id, '')} {klass.name}" for ident, klass in classes.items()}


def _short_overlaps(draft: Draft) -> Iterable[str]:
    """Bells are compared as they hold on each day of lessons; of several seasons the shortest minutes are told."""
    if draft.plan.clock is ClockUsed.LEAD:
        return
    own_schools = dict.fromkeys(draft.school_ids[1:])
    own_schools.pop(draft.lead_school_id, None)
    for school_id in own_schools:
        name = draft.school_names.get(school_id, "")
        if not draft.bells[school_id]:
            yield _("%(school)s还没有填作息时间，不知道两边能同时上几分钟。", school=name)
            continue
        for slot in draft.plan.slots:
            minutes, lead, near = _shortest(draft, school_id, slot.weekday, slot.period)
            if minutes < ENOUGH_MINUTES and lead is not None:
                yield _overlap_words(draft, name, labels.slot_words(slot.weekday, slot.period), minutes, lead, near)


def _shortest(draft: Draft, school_id: str, weekday: int, number: int) -> tuple[int, Period | None, Period | None]:
    shortest: tuple[int, Period | None, Period | None] = (ENOUGH_MINUTES, None, None)
    for one in draft.lessons:
        lead = weeks.period_on(draft.bells[draft.lead_school_id], one.day, one.period)
        if (one.day.isoweekday(), one.period) != (weekday, number) or lead is None:
            continue
        near, minutes = rules.common_minutes(lead, weeks.periods_on(draft.bells[school_id], one.day))
        if minutes < shortest[0]:
            shortest = (minutes, lead, near)
    return shortest


def _overlap_words(draft: Draft, school: str, slot: str, minutes: int, lead: Period, near: Period | None) -> str:
    lead_school = draft.school_names.get(draft.lead_school_id, "")
    if near is None:
        return _("%(slot)s：%(lead)s %(times)s 上课时，%(school)s没有课。", slot=slot, lead=lead_school, times=lead, school=school)
    return _(
        "%(slot)s：%(lead)s %(times)s，%(school)s %(own)s，只有 %(n)s 分钟重合。可以换一节，或选“接收校这一节用主讲校的作息”。",
        slot=slot, lead=lead_school, times=lead, school=school, own=near, n=minutes,
    )  # fmt: skip


def _full_weeks(draft: Draft, but_pairing: str) -> Iterable[str]:
    """Count the lead teacher's lessons by calendar week, with those that are there already."""
    lead = draft.plan.lead_person_id
    there = queries.lessons_between(draft.lessons[0].day, draft.lessons[-1].day, person_id=lead)
    days = [one.day for one in draft.lessons]
    days += [
        one.day
        for one in there
        if one.lead_person_id == lead and one.state is not LessonState.CANCELLED and (one.pairing_id or "-") != but_pairing
    ]
    counts: dict[date, int] = {}
    for day in days:
        counts[weeks.monday_of(day)] = counts.get(weeks.monday_of(day), 0) + 1
    most = max(counts.values())
    if most > rules.MOST_WEEKLY:
        yield _("%(name)s每周最多要上 %(n)s 节同步课，超过 %(most)s 节。", name=draft.persons[lead].name, n=most, most=rules.MOST_WEEKLY)
