"""Playlists and captions, opened by a token in the address, since players send no cookie or header;
and the original, for whoever is signed in and may see it.

The token is signed, names one asset and lives one hour, as long as the addresses inside.
"""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from resource_hub.infra.storage import storage
from resource_hub.infra.web.doors import public, requires, viewer
from resource_hub.kernel.errors import NotFound
from resource_hub.media import playlists, queries
from resource_hub.media.access import get_asset_for

blueprint = Blueprint("media", __name__, url_prefix="/media")

_HLS = "application/vnd.apple.mpegurl"


@blueprint.get("/<asset_id>/master.m3u8")
@public
def master(asset_id: str) -> Response:
    """List the rungs, lowest first."""
    token = _token(asset_id)
    rows = [r for r in queries.renditions_for_play(asset_id, "ladder") if r.playlist]
    variants = [playlists.variant_of(r.label, r.kind, r.width, r.height, r.meta) for r in rows]
    text = playlists.master_playlist(variants, lambda label: url_for(".media_playlist", asset_id=asset_id, label=label, t=token))
    return Response(text, mimetype=_HLS)


@blueprint.get("/<asset_id>/<label>.m3u8")
@public
def media_playlist(asset_id: str, label: str) -> Response:
    """Give one rung's byte ranges with the signed address of its one object."""
    _token(asset_id)
    row = next((r for r in queries.renditions_for_play(asset_id, "ladder") if r.label == label and r.playlist), None)
    if row is None:
        raise NotFound
    return Response(playlists.media_playlist(row.playlist, storage().presign_get(row.key)), mimetype=_HLS)


@blueprint.get("/<asset_id>/storyboard.vtt")
@public
def storyboard(asset_id: str) -> Response:
    """Give the small pictures of the time line as WebVTT."""
    _token(asset_id)
    rows = queries.renditions_for_play(asset_id, "storyboard")
    text = next(r.playlist for r in rows if r.playlist)
    return Response(playlists.storyboard(text, {r.label: storage().presign_get(r.key) for r in rows}), mimetype="text/vtt")


@blueprint.get("/<asset_id>/captions/<caption_id>.vtt")
@public
def caption(asset_id: str, caption_id: str) -> Response:
    """Give captions as WebVTT."""
    _token(asset_id)
    return Response(queries.caption_text(asset_id, caption_id), mimetype="text/vtt")


@blueprint.get("/<asset_id>/original")
@requires("media.view")
def original(asset_id: str) -> Answer:
    """Lead to the original under a fresh address, so that a link on a page stays good and a cut download goes on."""
    get_asset_for(viewer(), asset_id, "view")
    address = queries.download_address(queries.asset_views([asset_id])[asset_id])
    if address is None:
        raise NotFound
    return redirect(address, 302)


def _token(asset_id: str) -> str:
    token = request.args.get("t", "")
    queries.check_token(asset_id, token)
    return token
