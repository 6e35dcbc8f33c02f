"""Transcripts and chapters of recordings, for players and for the editor.

Apart from ``api`` only for its length. Rule: lines are given a page at a time; a day of speech is
thousands of them.
"""

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, reply
from resource_hub.kernel.errors import NotFound
from resource_hub.media import service, transcript_queries
from resource_hub.media.access import get_asset_for
from resource_hub.media.transcripts import LONGEST_TEXT, LONGEST_TITLE, MOST_CHAPTERS, Mark

blueprint = Blueprint("media_transcript_api", __name__, url_prefix="/api/v1")


class SegmentIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=LONGEST_TEXT)
    revision: int = Field(ge=0)


class AgainIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    replace: bool = False


class ChapterIn(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    at_s: float = Field(ge=0, le=7 * 24 * 3600, allow_inf_nan=False)
    title: str = Field(min_length=1, max_length=LONGEST_TITLE)


class ChaptersIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    chapters: list[ChapterIn] = Field(max_length=MOST_CHAPTERS)


@blueprint.get("/assets/<asset_id>/transcript")
@requires("media.view")
def transcript(asset_id: str) -> Response:
    """Tell how far it is and give a page of lines: ``after`` a position, from second ``at``, or all that hold ``find``."""
    get_asset_for(viewer(), asset_id, "view")
    head = transcript_queries.transcript_of(asset_id)
    words = request.args.get("find", "").strip()[:100]
    if words:
        return reply({**_head(head), "segments": transcript_queries.found_segments(asset_id, words), "next": None})
    found = transcript_queries.segments_of(asset_id, after=_whole(request.args.get("after")), at_s=_second(request.args.get("at")))
    following = found[-1].position if len(found) == transcript_queries.PAGE else None
    return reply({**_head(head), "segments": found, "next": following})


@blueprint.post("/assets/<asset_id>/transcript")
@requires("media.upload")
@described(body=AgainIn, status=202)
def make(asset_id: str) -> Response:
    """Order recognition (again); ``replace`` gives up what people mended."""
    service.make_transcript(viewer(), asset_id, replace=body(AgainIn).replace)
    return reply({"asset_id": asset_id}, 202)


@blueprint.patch("/assets/<asset_id>/transcript/segments/<position>")
@requires("media.upload")
@described(body=SegmentIn)
def edit(asset_id: str, position: str) -> Response:
    """Write one line anew; its words keep their times. 409 when it was changed since ``revision``."""
    given = body(SegmentIn)
    segment = service.edit_segment(viewer(), asset_id, _line(position), given.text, given.revision)
    return reply({"segment": transcript_queries.segment_view(segment)})


@blueprint.get("/assets/<asset_id>/chapters")
@requires("media.view")
def chapters(asset_id: str) -> Response:
    """Give the chapters, or what the slides suggest while there are none."""
    get_asset_for(viewer(), asset_id, "view")
    found = transcript_queries.chapters_of(asset_id)
    return reply({"chapters": found.marks, "are_suggested": found.are_suggested})


@blueprint.put("/assets/<asset_id>/chapters")
@requires("media.upload")
@described(body=ChaptersIn)
def set_chapters(asset_id: str) -> Response:
    """Replace the chapters; an empty list brings the suggestions back."""
    service.set_chapters(viewer(), asset_id, [Mark(one.at_s, one.title) for one in body(ChaptersIn).chapters])
    found = transcript_queries.chapters_of(asset_id)
    return reply({"chapters": found.marks, "are_suggested": found.are_suggested})


def _head(head: transcript_queries.TranscriptView) -> dict[str, object]:
    return {
        "state": head.state, "language": head.language, "done_s": head.done_s, "is_edited": head.edited_at is not None,
        "message": _(head.message) if head.message else "",
    }  # fmt: skip


def _line(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotFound
    return int(text)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _second(text: str | None) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        return None
    return found if found is None or 0 <= found < 1e9 else None
