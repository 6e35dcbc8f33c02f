"""What the page of a recording shows, and what a recorder in a browser is told. Names are those of classes and teachers only."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from resource_hub.infra.features import Card, hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import HubError, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import pages as library_pages
from resource_hub.library import queries as library_queries
from resource_hub.live import pages as live_pages
from resource_hub.live import queries as live
from resource_hub.media import queries as media
from resource_hub.media.queries import AssetView
from resource_hub.recordings import films, marks, queries, rules
from resource_hub.recordings.access import (
    ConsentOver,
    get_lesson_to_record,
    get_recording_for,
    get_recording_to_take,
    get_session_for,
)
from resource_hub.recordings.films import FilmStanding
from resource_hub.recordings.models import Recording
from resource_hub.recordings.schemas import DECLARABLE, MARK_LABELS, RecordingState
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts


def standing(viewer: Viewer, lesson_id: str) -> dict[str, Any]:
    """Return whether the viewer may record the lesson they lead, and on what ground; raises as ``get_lesson_to_record``."""
    lesson = get_lesson_to_record(viewer, lesson_id)
    recording = queries.recording_of(lesson_id)
    basis = queries.basis_of(lesson, recording)
    return {
        "may_record": basis.allows,
        "batch": basis.batch_words,
        "declaration": basis.declaration,
        "declarable": list(DECLARABLE),
        "state": recording.state if recording is not None else None,
        "is_closed": recording is not None and recording.chunks_gone_at is not None,
    }


def session_standing(viewer: Viewer, lesson_id: str, session_id: str) -> dict[str, Any]:
    """Return which chunks of one's own session are stored, as runs of numbers, and whether more is taken."""
    recording, session = get_session_for(viewer, lesson_id, session_id)
    numbers = queries.numbers_of(recording.id).get(session.id, [])
    is_closed = recording.state is RecordingState.ERASED or recording.chunks_gone_at is not None
    return {"stored": _runs(numbers), "total": session.chunk_total, "is_closed": is_closed}


def facts_of(viewer: Viewer, lesson_id: str) -> list[dict[str, Any]]:
    """Return the facts that the page folds; NotFound when the recording is hidden from the viewer."""
    get_recording_for(viewer, lesson_id, "view")
    return marks.shown_facts(live.facts_of(lesson_id, marks.SHOWN))


def recording_page(viewer: Viewer, lesson_id: str) -> dict[str, Any]:
    """Return what ``recordings/recording.html`` shows."""
    recording = get_recording_for(viewer, lesson_id, "view")
    lesson = timetable.lesson(lesson_id)
    if lesson is None:
        raise NotFound
    asset = media.asset_views([recording.asset_id]).get(recording.asset_id) if recording.asset_id else None
    is_own = recording.person_id == viewer.person_id
    view = library_queries.resource_view(viewer, recording.resource_id) if recording.resource_id else None
    is_playable = asset is not None and recording.joined_at is not None and not asset.is_gone
    return {
        "title": live_pages.title_of(lesson),
        "lesson": lesson,
        "player": library_pages.resource_page(viewer, view)["resource"]["player"] if view and is_playable else None,
        "replay": _replay(recording, lesson) if is_playable else None,
        "marks": [_mark(mark) for mark in queries.marks_of(recording.id)],
        "standing": _standing(recording, asset, is_own=is_own),
        "resource_url": url_for("library.resource", resource_id=recording.resource_id) if recording.resource_id else None,
        "is_own": is_own,
        "lesson_url": url_for("timetable.lesson", lesson_id=lesson_id),
        "may_join": is_own and recording.state is RecordingState.RECEIVING and recording.asset_id is None,
        "ends": _end(recording) if is_own else None,
        "keep_url": url_for("recordings.keep", lesson_id=lesson_id),
        "join_url": url_for("recordings.join", lesson_id=lesson_id),
        "film": _film_if_any(viewer, lesson_id) if is_playable else None,
    }


def film_panel(viewer: Viewer, lesson_id: str) -> FilmStanding:
    """Return how far the file is that the viewer may carry away; raises as ``get_recording_to_take``."""
    recording, asset_id = get_recording_to_take(viewer, lesson_id)
    return films.standing_of(recording, asset_id)


def film_address(viewer: Viewer, lesson_id: str) -> str:
    """Return a signed address of the file; NotFound while there is none."""
    _recording, asset_id = get_recording_to_take(viewer, lesson_id)
    lesson, film = timetable.lesson(lesson_id), media.film_of(asset_id)
    if lesson is None or film is None:
        raise NotFound
    return media.film_address(film, _("%(title)s（含板书）.mp4", title=live_pages.title_of(lesson)))


def way_of_lesson(viewer: Viewer, lesson_id: str) -> str | None:
    """Return the lesson when its recording may be seen by the viewer."""
    if queries.recording_of(lesson_id) is None:
        return None
    try:
        get_recording_for(viewer, lesson_id, "view")
    except HubError:
        return None
    return lesson_id


def way_of_resource(viewer: Viewer, resource_id: str) -> str | None:
    """Return the lesson whose recording this resource is."""
    lesson_id = queries.lesson_of_resource(resource_id)
    return way_of_lesson(viewer, lesson_id) if lesson_id else None


def cards(viewer: Viewer, ids: Sequence[str]) -> dict[str, Card]:
    """Return the cards of one's own recordings, for the inbox."""
    found = {}
    for recording in queries.recordings_of(viewer.person_id, ids):
        lesson = timetable.lesson(recording.lesson_id)
        if lesson is not None:
            title = _("%(title)s的录像", title=live_pages.title_of(lesson))
            found[recording.id] = Card(title=title, url=url_for("recordings.recording", lesson_id=lesson.id), subject=lesson.subject)
    return found


def _film_if_any(viewer: Viewer, lesson_id: str) -> FilmStanding | None:
    """A recording whose consent is over still has a page for its teacher, but is nothing to carry away."""
    try:
        return film_panel(viewer, lesson_id)
    except ConsentOver:
        return None


def _replay(recording: Recording, lesson: LessonFacts) -> dict[str, Any]:
    """Return what the island beside the player begins with: where each session plays, and the pictures of what was shown."""
    decks = frozenset(str(fact["data"]["deck"]) for fact in live.facts_of(lesson.id, ["slide:turned"]))
    return {
        "lesson": lesson.id,
        "placed": [{"at_ms": at_ms, "start_s": start_s, "length_s": length_s} for at_ms, start_s, length_s in recording.placed],
        "decks": live_pages.decks_shown(lesson, decks),
        "sites": [{"position": site.position, "name": f"{site.school} {site.class_name}"} for site in lesson.sites],
        "facts_url": url_for("recordings_api.show_facts", lesson_id=lesson.id),
    }


def _mark(mark: queries.MarkView) -> dict[str, Any]:
    minutes, seconds = divmod(int(mark.at_s), 60)
    when = f"{minutes}:{seconds:02}"
    return {"at_s": mark.at_s, "when": when, "kind": mark.kind.value, "label": _(MARK_LABELS[mark.kind]), "text": mark.text}


def _standing(recording: Recording, asset: AssetView | None, *, is_own: bool) -> dict[str, str] | None:
    """Return in words what is not finished; None when there is nothing to say."""
    if asset is not None and asset.failure is not None:
        return {"tone": "danger", "words": asset.failure["message"]}
    if recording.state is RecordingState.RECEIVING:
        return _waiting(recording) if is_own else None
    if recording.state is RecordingState.JOINING:
        return {"tone": "", "words": _("正在合成录像，一般一分钟以内就能播放。刷新这一页看进展。")}
    if asset is not None and asset.state == "processing":
        return {"tone": "", "words": _("录像已经可以播放。适合慢网的清晰度正在制作，地址不变。")}
    return None


def _waiting(recording: Recording) -> dict[str, str]:
    sessions = queries.sessions_of(recording)
    left = sum(len(rules.missing(facts.numbers, facts.total)) for _row, facts in sessions if facts.total is not None)
    stored = sum(len(facts.numbers) for _row, facts in sessions)
    if left:
        words = _("服务器上已有约 %(stored)s 分钟，还差约 %(left)s 分钟在录制用的电脑上。请打开那台电脑登录本平台，会自动接着传。",
                  stored=_minutes(stored), left=_minutes(left))  # fmt: skip
    else:
        words = _("服务器上已有约 %(stored)s 分钟。下课以后、录制用的电脑传完最后一段，就会合成。", stored=_minutes(stored))
    return {"tone": "warn" if left else "", "words": words}


def _minutes(chunks: int) -> int:
    """Return chunks of two seconds as minutes, one at least."""
    return max(1, round(chunks / 30))


def _end(recording: Recording) -> dict[str, Any] | None:
    """Return when a recording that nobody shared is erased; None for one that is not finished or was shared."""
    if recording.state is not RecordingState.READY:
        return None
    if recording.resource_id and library_queries.shared_among([recording.resource_id]):
        return None
    return {
        "day": recording.expires_at.astimezone(hub().settings.zone).date(),
        "is_near": rules.announced_days(recording.expires_at, clock.now()) is not None,
    }


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Return numbers in order as pairs of first and last."""
    runs = []
    for _key, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _n, number in run]
        runs.append([found[0], found[-1]])
    return runs
