"""What a recorder in a browser asks: may I, take this chunk, what is missing; and what the page of a recording folds."""

from flask import Blueprint, Response, request

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, reply
from resource_hub.kernel.errors import N_, NotFound, TooLarge
from resource_hub.recordings import pages, service
from resource_hub.recordings.schemas import LARGEST_CHUNK, FinishIn, SessionIn

blueprint = Blueprint("recordings_api", __name__, url_prefix="/api/v1")


@blueprint.get("/lessons/<lesson_id>/recordings")
@requires("recordings.record")
def show_standing(lesson_id: str) -> Response:
    """Say whether the viewer may record the lesson, on what ground or what is missing, and which sessions of theirs are there."""
    return reply(pages.standing(viewer(), lesson_id))


@blueprint.post("/lessons/<lesson_id>/recordings")
@requires("recordings.record")
def open_session(lesson_id: str) -> Response:
    """Announce a run of a recorder, or say when a known one began."""
    given = body(SessionIn)
    service.open_session(viewer(), lesson_id, given)
    return reply({"session": given.session}, 201)


@blueprint.get("/lessons/<lesson_id>/recordings/<session_id>")
@requires("recordings.record")
def show_session(lesson_id: str, session_id: str) -> Response:
    """Say which chunks of one's own session are stored."""
    return reply(pages.session_standing(viewer(), lesson_id, session_id))


@blueprint.put("/lessons/<lesson_id>/recordings/<session_id>/chunks/<number>")
@requires("recordings.record", unit=False)
def store_chunk(lesson_id: str, session_id: str, number: str) -> Response:
    """Store a chunk of at most 2 MB, whose SHA-256 stands in ``X-Content-SHA256``; answered when it would survive a power cut."""
    if not number.isdecimal():
        raise NotFound
    data = request.stream.read(LARGEST_CHUNK + 1)
    if len(data) > LARGEST_CHUNK:
        raise TooLarge(N_("一段录像最大 2 MB。"), code="chunk_too_large")
    service.store_chunk(viewer(), lesson_id, session_id, int(number), data, request.headers.get("X-Content-SHA256", "").lower())
    return reply({"stored": int(number)})


@blueprint.post("/lessons/<lesson_id>/recordings/<session_id>/end")
@requires("recordings.record")
def finish_session(lesson_id: str, session_id: str) -> Response:
    """Say how many chunks the session has; the answer names those that are still missing."""
    return reply({"missing": service.finish_session(viewer(), lesson_id, session_id, body(FinishIn).chunks)})


@blueprint.get("/lessons/<lesson_id>/recording/facts")
@requires("recordings.view")
def show_facts(lesson_id: str) -> Response:
    """Give the facts that the page of the recording folds, without any seat's mark."""
    return reply({"facts": pages.facts_of(viewer(), lesson_id)})
