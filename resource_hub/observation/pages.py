"""What the pages of observation are given: props of the island, the report with its charts, the data of a lesson."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from resource_hub.infra.web.replies import plain
from resource_hub.kernel import clock
from resource_hub.kernel.errors import HubError, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import pages as library_pages
from resource_hub.library import queries as library
from resource_hub.live import access as live
from resource_hub.live.pages import title_of
from resource_hub.media import queries as media
from resource_hub.observation import access, charts, labels, lesson_data, moments, queries, rules, seeds, sheets
from resource_hub.observation.charts import Spot
from resource_hub.observation.coding import Mode, Scheme, fias_figures, fias_matrix, st_figures, without_gaps
from resource_hub.observation.queries import CodingFacts, ObservationFacts, ScoreFacts
from resource_hub.observation.schemas import Sharing, What
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts


@dataclass(frozen=True, slots=True)
class CodingView:
    """A coding as a report shows it: figures in rows, and its charts."""

    title: str
    coder: str
    facts: Sequence[tuple[str, str, str]]
    """Name, value, and what it is compared with."""
    charts: Sequence[Markup]
    codes: str
    missed: int


def list_page(
    viewer: Viewer, *, cursor: str | None, lesson_id: str | None, resource_id: str | None, asset_id: str | None, cycle_id: str | None
) -> dict[str, Any]:
    """Return what ``observation/list.html`` shows: one's own, what others shared, and how to begin."""
    own = queries.observations_of(viewer, cursor=cursor)
    props = _common(viewer) | {
        "mode": "list",
        "lessons": [_lesson(lesson) for lesson in _lessons_of_today(viewer)],
        "chosen": _chosen(viewer, lesson_id, resource_id, asset_id),
        "cycle": cycle_id if cycle_id in access.cycles_of(viewer) else None,
    }
    return {"props": props, "own": own, "others": queries.observations_for(viewer).rows if cursor is None else [], "labels": labels}


def shell_page(viewer: Viewer) -> dict[str, Any]:
    """Return the page on which the device's own observation opens, known to the server or not."""
    return {"props": _common(viewer) | {"mode": "one", "id": None, "kept": None, "lesson": None}, "player": None, "marks": "[]"}


def own_page(viewer: Viewer, observation_id: str) -> dict[str, Any]:
    """Return the page of an observation for its observer; one that no server has yet opens from the device."""
    if not access.exists(observation_id):
        return shell_page(viewer)
    found, _shows = queries.observation(viewer, observation_id)
    if found.observer_id != viewer.person_id:
        raise NotFound
    lesson = timetable.lesson(found.lesson_id) if found.lesson_id else None
    props = _common(viewer) | {"mode": "one", "id": found.id, "kept": _kept(viewer, found), "lesson": _lesson(lesson) if lesson else None}
    marks = [{"at_s": note.second, "label": note.words or "、".join(note.tags)} for note in queries.notes_of(viewer, found.id)]
    return {"props": props, "player": _player(viewer, found), "marks": json.dumps(marks, ensure_ascii=False)}


def report_page(viewer: Viewer, observation_id: str) -> dict[str, Any]:
    """Return what the report shows, as far as it is for the viewer."""
    found, shows_notes = queries.observation(viewer, observation_id)
    codings = queries.codings_of(viewer, found.id) if shows_notes else []
    is_own = found.observer_id == viewer.person_id
    return {
        **sheet(viewer, found, shows_notes=shows_notes),
        "codings": [coding_view(one) for one in codings],
        "together": sheets.alone(queries.sheet_of(viewer, found.id)),
        "photos": photos_of(viewer, found.id),
        "village_share": lesson_data.shared_village(codings),
        "is_own": is_own,
        "may_reply": found.teacher_id == viewer.person_id and not is_own and found.replied_at is None,
        "next_step": _next_step(found) if is_own else "",
        "staff": _colleagues(viewer) if is_own and found.what is What.ROOM and found.sharing is Sharing.PRIVATE else [],
        "labels": labels,
        "recording_url": f"/resources/{found.resource_id}" if found.resource_id else "",
    }


def sheet(viewer: Viewer, found: ObservationFacts, *, shows_notes: bool) -> dict[str, Any]:
    """Return the fields of the form 听课记录表."""
    score = queries.score_of(viewer, found.id)
    rubric = queries.rubric(score.rubric_id) if score else None
    counted = queries.sheet_of(viewer, found.id)
    return {
        "seen": found,
        "notes": queries.notes_of(viewer, found.id) if shows_notes else [],
        "shows_notes": shows_notes,
        "counted": sheets.in_words(counted.counted) if counted else [],
        "score": score,
        "rubric": rubric,
        "band": _(rules.band_of(seeds.BANDS, score.total)) if score and score.total is not None else "",
        "round": next((one.name for one in queries.rounds() if score and one.id == score.round_id), ""),
        "kind": labels.KINDS[found.kind],
        "times": "–".join(labels.local(at) for at in (found.started_at, found.ended_at) if at),
    }


def photos_of(viewer: Viewer, observation_id: str) -> dict[str, str]:
    """Return where the photos of an observation's notes are seen, by their ids; those that are still being made are not among them."""
    wanted = [note.photo_id for note in queries.notes_of(viewer, observation_id) if note.photo_id]
    return media.readable_picture_addresses(wanted)


def lesson_page(viewer: Viewer, lesson_id: str) -> dict[str, Any]:
    """Return what ``observation/lesson.html`` shows."""
    lesson = lesson_data.lesson_for(viewer, lesson_id)
    log = lesson_data.from_log(lesson)
    counted = queries.sheets_of_lesson(viewer, lesson.id)
    return {
        "lesson": lesson, "title": title_of(lesson), "when": labels.when_words(lesson.starts_at), "log": log,
        "moment": moments.way_to_lesson(viewer, lesson), "together": sheets.together(counted, lesson_data.called(log)),
        **_findings(queries.codings_of_lesson(viewer, lesson.id), queries.scores_of_lesson(viewer, lesson.id)),
    }  # fmt: skip


def recording_page(viewer: Viewer, resource_id: str) -> dict[str, Any]:
    """Return what observers found in a recording of the library, as far as it is for the viewer; NotFound where there is none."""
    view = library.resource_view(viewer, resource_id)
    if view.recording is None:
        raise NotFound
    asset_id = view.recording.id
    return {
        "title": view.title, "url": f"/resources/{view.id}", "by": f"{view.author} · {view.school}", "log": None,
        "moment": moments.way_to_resource(view.id), "together": sheets.together(queries.sheets_of_recording(viewer, asset_id)),
        **_findings(queries.codings_of_recording(viewer, asset_id), queries.scores_of_recording(viewer, asset_id)),
    }  # fmt: skip


def _findings(codings: Sequence[CodingFacts], scores: Sequence[ScoreFacts]) -> dict[str, Any]:
    """Return what ``observation/findings.html`` shows of codings and scores of one lesson."""
    return {
        "codings": [coding_view(one) for one in codings], "compared": lesson_data.compared(codings),
        "plane": _plane([one for one in codings if one.scheme is Scheme.ST]), "village_share": lesson_data.shared_village(codings),
        "scored": lesson_data.scored_together(scores), "labels": labels,
    }  # fmt: skip


def coding_view(coding: CodingFacts) -> CodingView:
    """Return a coding with its figures in words and its charts."""
    codes = without_gaps(coding.codes)
    title = f"{labels.SCHEMES[coding.scheme]} · {labels.SIDES[coding.side]}"
    facts, drawn = _st(codes) if coding.scheme is Scheme.ST else _fias(codes)
    return CodingView(title, coding.coder, facts, drawn, " ".join(coding.codes), len(coding.codes) - len(codes))


def mode_names() -> dict[str, str]:
    return {"practice": _(Mode.PRACTICE), "lecture": _(Mode.LECTURE), "dialogue": _(Mode.DIALOGUE), "mixed": _(Mode.MIXED)}


def _st(codes: Sequence[str]) -> tuple[list[tuple[str, str, str]], list[Markup]]:
    found = st_figures(codes)
    mode = _(found.mode) if found.mode else "—"
    words = _("教师行为 %(t)s 次，学生行为 %(s)s 次，转换率 %(ch)s，%(mode)s", t=found.nt, s=found.ns, ch=_two(found.ch), mode=mode)
    facts = [
        (_("采样数 N"), str(found.n), ""), (_("教师行为占有率 Rt"), _two(found.rt), ""), (_("师生行为转换率 Ch"), _two(found.ch), ""),
        (_("教学模式"), mode, ""),
    ]  # fmt: skip
    drawn = [_picture(charts.staircase(codes, alt=words, teacher=_("T 教师"), pupils=_("S 学生")))]
    if found.rt is not None and found.ch is not None:
        drawn.append(_picture(charts.plane([Spot("", found.rt, found.ch)], mode_names(), alt=words)))
    return facts, drawn


def _fias(codes: Sequence[str]) -> tuple[list[tuple[str, str, str]], list[Markup]]:
    found = fias_figures(codes)
    facts = [(_("编码对数 N"), str(found.n), "")]
    for name, words, usual in labels.FIAS_FIGURES:
        value = getattr(found, name)
        facts.append((str(words), "—" if value is None else f"{value:.1f}%", f"{usual}%" if usual else ""))
    facts.append((_("间接与直接影响之比"), _two(found.id_ratio), ""))
    facts.append((_("修正后的比"), _two(found.id_revised), ""))
    alt = _("FIAS 矩阵：教师语言 %(tt)s%%，学生语言 %(pt)s%%", tt=_one(found.tt), pt=_one(found.pt))
    return facts, [_picture(charts.heat(fias_matrix(codes), alt=alt))]


def _plane(codings: Sequence[CodingFacts]) -> Markup | None:
    spots = []
    for coding in codings:
        found = st_figures(without_gaps(coding.codes))
        if found.rt is not None and found.ch is not None:
            spots.append(Spot(f"{labels.SIDES[coding.side]} {coding.coder}", found.rt, found.ch))
    alt = _("、").join(f"{spot.name} Rt {spot.rt:.2f} Ch {spot.ch:.2f}" for spot in spots)
    return _picture(charts.plane(spots, mode_names(), alt=alt)) if spots else None


def _next_step(found: ObservationFacts) -> str:
    return {Sharing.PRIVATE: "teacher", Sharing.TEACHER: "circle"}.get(found.sharing, "")


def _common(viewer: Viewer) -> dict[str, Any]:
    return {
        "person": viewer.person_id,
        "now": clock.ms(clock.now()),
        "kinds": [[kind.value, str(words)] for kind, words in labels.KINDS.items()],
        "tags": [str(words) for words in labels.TAGS],
        "stages": [str(words) for words in labels.STAGES],
        "fias": [str(words) for words in labels.FIAS_NAMES],
        "levels": [_(words) for words in seeds.LEVEL_NAMES],
        "shares": list(rules.LEVELS),
        "bands": [_(words) for _bound, words in seeds.BANDS],
        "rubrics": [
            {"id": one.id, "version": one.version, "title": one.title, "about": one.about, "rows": [_row(row) for row in one.rows]}
            for one in queries.rubrics()
        ],
        "rounds": [[one.id, one.name] for one in queries.rounds(open_only=True)],
        "frame": sheets.frame_json(),
        "ends": {end.value: str(words) for end, words in labels.ENDS.items()},
        "question_levels": [[level.value, str(words)] for level, words in labels.LEVELS.items()],
        "school": viewer.school_name,
    }


def _row(row: rules.Row) -> dict[str, Any]:
    return {"name": row.name, "weight": row.weight, "descriptors": list(row.descriptors)}


def _lessons_of_today(viewer: Viewer) -> list[LessonFacts]:
    today = schools.today()
    found = timetable.lessons_between(today, today)
    return [one for one in found if one.is_near and one.lead_person_id != viewer.person_id and live.may_watch(viewer, one)]


def _lesson(lesson: LessonFacts) -> dict[str, Any]:
    first = lesson.sites[0] if lesson.sites else None
    began = lesson.opened_at or lesson.starts_at
    return {
        "id": lesson.id, "title": title_of(lesson), "teacher": lesson.lead, "subject": lesson.subject_name,
        "school": first.school if first else "", "class_name": first.class_name if first else "", "began": clock.ms(began),
        "period": labels.when_words(lesson.starts_at), "has_village": len(lesson.sites) > 1,
    }  # fmt: skip


def _chosen(viewer: Viewer, lesson_id: str | None, resource_id: str | None, asset_id: str | None) -> dict[str, Any] | None:
    """Return what a link of another page asks to observe; None for nothing, or what is hidden."""
    if lesson_id:
        lesson = timetable.lesson(lesson_id)
        return {"lesson": _lesson(lesson)} if lesson and live.may_watch(viewer, lesson) else None
    if not resource_id:
        return None
    try:
        view = library.resource_view(viewer, resource_id, asset_id)
    except HubError:
        return None
    if view.recording is None:
        return None
    given = {"resource": view.id, "asset": view.recording.id, "title": view.title, "teacher": view.author, "school": view.school}
    return {"recording": given | {"subject": view.subject}}


def _player(viewer: Viewer, found: ObservationFacts) -> dict[str, Any] | None:
    """Return the props of the player for the recording that is observed."""
    if found.resource_id is None:
        return None
    try:
        view = library.resource_view(viewer, found.resource_id, found.asset_id)
    except HubError:
        return None
    props: dict[str, Any] | None = library_pages.resource_page(viewer, view)["resource"]["player"]
    return props


def _kept(viewer: Viewer, found: ObservationFacts) -> dict[str, Any]:
    """Return what the server has of an observation, in the shape in which a device sends it."""
    score, counted = queries.score_of(viewer, found.id), queries.sheet_of(viewer, found.id)
    return {
        "observation": {
            "id": found.id, "version": found.version, "what": found.what.value, "lesson": found.lesson_id, "resource": found.resource_id,
            "asset": found.asset_id, "cycle": found.cycle_id, "teacher_id": found.teacher_id, "teacher": found.teacher,
            "school": found.school, "class_name": found.class_name, "subject": found.subject, "topic": found.topic,
            "period": found.period, "place": found.place, "kind": found.kind.value, "level": found.level, "opinion": found.opinion,
            "village": found.village, "strengths": found.strengths, "suggestions": found.suggestions,
            "viewpoints": found.viewpoints,
            "started_at": clock.ms(found.started_at), "ended_at": clock.ms(found.ended_at) if found.ended_at else None,
            "score": {
                "rubric": score.rubric_id, "version": score.rubric_version, "round": score.round_id,
                "scores": [value for _name, _weight, value in score.rows],
            } if score else None,
        },
        "sharing": found.sharing.value,
        "is_answered": found.replied_at is not None,
        "notes": [
            plain(note) | {"observation": found.id, "made_at": clock.ms(note.at), "photo": note.photo_id}
            for note in queries.notes_of(viewer, found.id)
        ],
        "marks": [
            {"id": one.id, "observation": found.id, "version": one.version, "made_at": clock.ms(one.at)} | plain(one.mark)
            for one in (counted.marks if counted else ())
        ],
        "codings": [
            {"id": one.id, "observation": found.id, "version": one.version, "scheme": one.scheme.value, "side": one.side.value,
             "interval_s": one.interval_s, "from_second": one.from_second, "codes": list(one.codes)}
            for one in queries.codings_of(viewer, found.id)
        ],
    }  # fmt: skip


def _colleagues(viewer: Viewer) -> list[tuple[str, str]]:
    """Return who may have taught a lesson of the next room: the viewer's school and those it shares a community with."""
    shared = schools.schools_of_communities(viewer.communities)
    near = {school for members in shared.values() for school in members} | ({viewer.school_id} if viewer.school_id else set())
    names = schools.school_names(near)
    staff = people.staff_of_schools(sorted(near))
    return [(one.id, f"{one.name}（{names.get(one.school_id, '')}）") for one in staff if one.id != viewer.person_id]


def _picture(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 -- charts escape every word that they write


def _two(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def _one(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"
