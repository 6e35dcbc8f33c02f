"""What goes into an offline pack, decided when it is ordered and written down as plain data.

Apart from the making, since the making runs later and elsewhere: whoever ordered was allowed to
see exactly this. Rule: objects are named by their storage keys, which never change what they hold,
so the digest of a plan stands for the bytes of the pack.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lesson_plan
from resource_hub.library.lineage import Ancestor, chain_of
from resource_hub.library.planning import keeping, showing
from resource_hub.library.queries import ResourceView
from resource_hub.library.schemas import KIND_LABELS, LICENCE_LABELS, Licence
from resource_hub.media import queries as media
from resource_hub.media.models import Page
from resource_hub.media.queries import AssetView
from resource_hub.media.rules import original_key
from resource_hub.packs import rules
from resource_hub.packs.schemas import CARTRIDGE, PAPERS, ROLE_LABELS, VOICE, PartRole

FORMAT = 1
"""Grows whenever the same plan would make another pack."""
_PAGE_WIDTH = 960
_PAGE_BYTES = 60_000
"""About what a page of that width takes; its size is not kept."""
_SITE_BYTES = 40_000
_MAY_DO = {
    Licence.L1: N_("只供本校教师教学使用，请不要传到校外。"),
    Licence.L2: N_("只供教共体内各校教学使用，请不要传到共同体之外。"),
    Licence.L3: N_("只供本区教学使用，请不要在互联网上公开传播。"),
    Licence.L4: N_("注明作者后可非商业使用和改编，改编后要用同样的授权。"),
    Licence.L5: N_("注明作者后可自由使用和改编。"),
}


@dataclass(frozen=True, slots=True)
class Material:
    """All that may go in from one resource."""

    view: ResourceView
    credit: Sequence[Ancestor]
    roles: Mapping[str, PartRole]
    pages: Mapping[str, Sequence[Page]]


def materials_of(viewer: Viewer, views: Sequence[ResourceView], roles: Mapping[str, PartRole]) -> list[Material]:
    """Return the material of these resources, with their pages: one query for all."""
    ids = [f.id for view in views for f in view.files if f.page_total]
    pages: dict[str, list[Page]] = {}
    for page in db.session.scalars(sa.select(Page).where(Page.asset_id.in_(ids)).order_by(Page.asset_id, Page.number)):
        pages.setdefault(page.asset_id, []).append(page)
    return [Material(view, chain_of(viewer, view.id), roles, pages) for view in views]


def forms_of(materials: Sequence[Material]) -> list[str]:
    """Return the forms that can be made of these, the smallest first."""
    recordings = [f for one in materials for f in one.view.recordings]
    labels = [r.label for f in recordings for r in f.renditions if r.group == "ladder" and r.kind == "video"]
    has_voice = any(r.kind == "voice" for f in recordings for r in f.renditions)
    return [*rules.forms(labels, has_voice=has_voice, has_recording=bool(recordings)), CARTRIDGE]


def plan_of(materials: Sequence[Material], form: str, title: str) -> dict[str, Any]:
    """Return what the pack of that form holds: works with their parts, and the objects they need."""
    objects: list[dict[str, Any]] = []
    works = [_work(one, form, number, objects) for number, one in enumerate(materials, 1)]
    return {"format": FORMAT, "title": title, "form": form, "works": works, "objects": objects}


def digest_of(plan: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plan, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def bytes_of(plan: Mapping[str, Any]) -> int:
    """Return about how many bytes the pack will have; pages are estimated."""
    return _SITE_BYTES + sum(int(item["bytes"]) for item in plan["objects"])


def _work(material: Material, form: str, number: int, objects: list[dict[str, Any]]) -> dict[str, Any]:
    v = material.view
    of_plan = _plan(v, form, number, objects)
    parts = [_part(material, f, form, f"{number}-{place}", objects) for place, f in enumerate(v.files, 1) if not f.is_gone]
    return {
        "id": v.id, "title": v.title, "kind": _(KIND_LABELS[v.kind]), "summary": v.summary, "keywords": list(v.keywords), "path": v.path,
        "author": v.author, "school": v.school, "licence": v.licence.value, "licence_label": _(LICENCE_LABELS[v.licence]),
        "may": _(_MAY_DO[v.licence]), "third_party": v.third_party, "based_on": " → ".join(map(_credit, material.credit)), "parts": parts,
        **of_plan,
    }  # fmt: skip


def _plan(view: ResourceView, form: str, number: int, objects: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the structured plan of a work as its pack holds it, nothing for a work without one: such packs stay as they were."""
    if view.plan is None:
        return {}
    plan = showing.with_links(view.plan, ())
    keys = media.readable_pictures(lesson_plan.assets(plan))
    pictures = {
        asset_id: _take(objects, f"pictures/{number}-{place}.webp", key, _PAGE_BYTES)
        for place, (asset_id, key) in enumerate(keys.items(), 1)
    }  # fmt: skip
    address = "plan.html" if number == 1 else f"plan-{number}.html"
    return {"plan": {"address": address, "data": keeping.kept(plan), "pictures": pictures, "label": _("教学设计"), "form": form}}


def _credit(one: Ancestor) -> str:
    who = f"{one.author}({one.school})"
    return f"《{one.title}》{who}" if one.title else who


def _part(material: Material, f: AssetView, form: str, place: str, objects: list[dict[str, Any]]) -> dict[str, Any]:
    part: dict[str, Any] = {
        "id": f.id, "filename": f.filename, "role": _(ROLE_LABELS[material.roles[f.id]]), "duration_s": f.duration_s,
        "captions": [], "pages": [],
    }  # fmt: skip
    if form == CARTRIDGE:
        part["original"] = _take(objects, _original_path(f, place), original_key(f.id), f.size)
        return part
    if f.is_media:
        _add_recording(part, f, form, place, objects)
        return part
    pages = material.pages.get(f.id, ())
    part["text"] = hashlib.sha256("\f".join(page.text for page in pages).encode()).hexdigest() if pages else ""
    for page in pages:
        width = min(page.images, key=lambda given: abs(int(given) - _PAGE_WIDTH), default=None)
        if width is not None:
            src = _take(objects, f"pages/{place}-{page.number:03}.webp", str(page.images[width]), _PAGE_BYTES)
            part["pages"].append({"number": page.number, "src": src, "width": page.width, "height": page.height})
    part["original"] = _take(objects, _original_path(f, place), original_key(f.id), f.size)
    return part


def _original_path(f: AssetView, place: str) -> str:
    suffix = "".join(c for c in f.filename.rpartition(".")[2].lower() if c.isascii() and c.isalnum())[:10]
    return f"files/{place}.{suffix or 'bin'}"


def _add_recording(part: dict[str, Any], f: AssetView, form: str, place: str, objects: list[dict[str, Any]]) -> None:
    """Add the rung that was asked for, or stills and voice; where a recording has none of it, what comes nearest."""
    if form == PAPERS:
        return
    part["captions"] = [ident for ident, _label, _language in media.tracks_of(f)]
    if f.transcript and f.transcript.edited_at:
        part["words_mended"] = f.transcript.edited_at.isoformat()
    ladder = {r.label: r for r in f.renditions if r.group == "ladder"}
    pictured = [label for label, r in ladder.items() if r.kind == "video"]
    voice = next((r for r in f.renditions if r.kind == "voice"), None)
    if form == VOICE and voice is not None:
        stills = sorted((r for r in f.renditions if r.kind == "still"), key=lambda r: float(r.meta.get("at_s", 0)))
        part["voice"] = _take(objects, f"media/{place}.m4a", voice.key, voice.bytes)
        part["stills"] = [
            {"at_s": r.meta.get("at_s", 0), "src": _take(objects, f"stills/{place}-{n:04}.webp", r.key, r.bytes)}
            for n, r in enumerate(stills)
        ]
        return
    label = rules.rung_for(form if form != VOICE else "0", pictured)
    chosen = ladder[label] if label else next((r for r in ladder.values() if r.kind == "audio"), None)
    if chosen is not None:
        is_seen = chosen.kind == "video"
        part["video" if is_seen else "voice"] = _take(objects, f"media/{place}.{'mp4' if is_seen else 'm4a'}", chosen.key, chosen.bytes)
    poster = next((r for r in f.renditions if r.group == "poster"), None)
    if poster is not None:
        part["poster"] = _take(objects, f"stills/{place}.jpg", poster.key, poster.bytes)


def _take(objects: list[dict[str, Any]], path: str, key: str, size: int) -> str:
    objects.append({"path": path, "key": key, "bytes": size})
    return path


def texts_of(plan: Mapping[str, Any]) -> dict[str, list[tuple[int, str]]]:
    """Return the text of every page of the documents in the plan."""
    return media.texts_of([part["id"] for work in plan["works"] for part in work["parts"] if part["pages"]])


def captions_of(plan: Mapping[str, Any]) -> dict[str, str]:
    """Return the first captions of each recording in the plan, as WebVTT."""
    return {
        part["id"]: media.caption_text(part["id"], part["captions"][0])
        for work in plan["works"] for part in work["parts"] if part["captions"]
    }  # fmt: skip
