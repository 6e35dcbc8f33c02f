"""Uploads, playback positions and captions for programs and for our own islands."""

from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, reply
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.media import queries, service
from resource_hub.media.access import get_asset_for
from resource_hub.media.places import boxes_of
from resource_hub.media.service import results

MOST_MARKED = 40
"""Words to mark on a page at once, and characters of each."""

blueprint = Blueprint("media_api", __name__, url_prefix="/api/v1")


class UploadIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    filename: str = Field(min_length=1, max_length=1000)
    size: int
    draft_id: str | None = None


class PartNumbersIn(BaseModel):
    numbers: list[int] = Field(min_length=1, max_length=200)


class PartIn(BaseModel):
    number: int
    etag: str


class FinishIn(BaseModel):
    parts: list[PartIn] = Field(default_factory=list, max_length=10_000)


class PositionIn(BaseModel):
    at_s: float = Field(ge=0)
    mode: str = ""


@blueprint.post("/uploads")
@requires("media.upload", unit=False)
@described(body=UploadIn, status=201)
def start() -> Response:
    """Open an upload; the parts go straight to storage by plain PUT."""
    given = body(UploadIn)
    ident, part_size, parts = service.start_upload(viewer(), given.filename, given.size, given.draft_id)
    return reply({"id": ident, "part_size": part_size, "parts": parts}, 201)


@blueprint.post("/uploads/<upload_id>/parts")
@requires("media.upload", unit=False)
@described(body=PartNumbersIn)
def parts(upload_id: str) -> Response:
    """Give addresses for these parts."""
    return reply({"parts": service.part_addresses(viewer(), upload_id, body(PartNumbersIn).numbers)})


@blueprint.get("/uploads/<upload_id>")
@requires("media.upload", unit=False)
def show(upload_id: str) -> Response:
    """Tell what storage holds of an upload, so that any browser can go on with it."""
    return reply(service.stored_upload(viewer(), upload_id))


@blueprint.post("/uploads/<upload_id>/finish")
@requires("media.upload", unit=False)
@described(body=FinishIn)
def finish(upload_id: str) -> Response:
    """Join the parts; asked twice, the answer is the same. The digest is known later: see the resource's files."""
    given = body(FinishIn)
    asset = service.finish_upload(viewer(), upload_id, {part.number: part.etag for part in given.parts})
    return reply({"id": upload_id, "asset_id": asset.id, "size": asset.size, "media_type": asset.media_type})


@blueprint.delete("/uploads/<upload_id>")
@requires("media.upload", unit=False)
def abandon(upload_id: str) -> Response:
    """Forget an unfinished upload."""
    service.abandon_upload(viewer(), upload_id)
    return reply({"id": upload_id})


@blueprint.post("/assets/<asset_id>/retry")
@requires("media.upload")
def retry(asset_id: str) -> Response:
    """Queue the failed steps of a file again."""
    return reply({"queued": service.retry_asset(viewer(), asset_id)})


@blueprint.delete("/assets/<asset_id>/work")
@requires("media.upload")
def stop_work(asset_id: str) -> Response:
    """Stop what is being done with a file; the original stays, and a retry begins the stopped steps again."""
    return reply({"stopped": results.cancel_asset(viewer(), asset_id)})


@blueprint.put("/assets/<asset_id>/position")
@requires("media.view")
@described(body=PositionIn)
def position(asset_id: str) -> Response:
    """Keep where the viewer is in a recording."""
    given = body(PositionIn)
    service.keep_position(viewer(), asset_id, given.at_s, given.mode)
    return reply({"at_s": given.at_s})


@blueprint.get("/assets/<asset_id>/pages")
@requires("media.view")
def pages(asset_id: str) -> Response:
    """List page images and texts, fifty at a time after ``after``."""
    get_asset_for(viewer(), asset_id, "view")
    after = request.args.get("after", "0")
    found = queries.pages_of(asset_id, after=int(after) if after.isdigit() else 0)
    return reply({"pages": found})


@blueprint.get("/assets/<asset_id>/marks")
@requires("media.view")
def page_marks(asset_id: str) -> Response:
    """Tell where each ``word`` of the query stands on ``page``: x, y, width and height in thousandths of it."""
    get_asset_for(viewer(), asset_id, "view")
    number = int(page) if (page := request.args.get("page", "1")).isdecimal() else 1
    words = [word[:MOST_MARKED] for word in request.args.getlist("word")[:MOST_MARKED]]
    runs = queries.runs_of([(asset_id, number)]).get((asset_id, number), [])
    return reply({"boxes": boxes_of(runs, words)})


@blueprint.post("/assets/<asset_id>/captions")
@requires("media.upload")
@described(file="file", status=201)
def add_caption(asset_id: str) -> Response:
    """Take an SRT or VTT file as form field ``file``."""
    given = request.files.get("file")
    if given is None:
        raise Invalid(fields={"file": N_("请选择一个 SRT 或 VTT 字幕文件。")})
    data = given.stream.read(4 << 20)
    fields: dict[str, Any] = {"language": request.form.get("language", "zh")[:16], "label": request.form.get("label") or "中文"}
    caption = service.add_caption(viewer(), asset_id, data, given.filename or "", **fields)
    return reply({"id": caption.id, "label": caption.label, "lang": caption.language}, 201)


@blueprint.delete("/assets/<asset_id>/captions/<caption_id>")
@requires("media.upload")
def remove_caption(asset_id: str, caption_id: str) -> Response:
    """Take captions away."""
    service.remove_caption(viewer(), asset_id, caption_id)
    return reply({"id": caption_id})
