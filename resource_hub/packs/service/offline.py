"""Offline packs: ordered with a plan, made by a job, removed when nobody asks any more."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.exc import IntegrityError

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobRun
from resource_hub.infra.storage import storage
from resource_hub.infra.web.shell import day
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound, Unavailable
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.packs import cartridge, queries, site
from resource_hub.packs import plan as plans
from resource_hub.packs.models import OfflinePack
from resource_hub.packs.schemas import CARTRIDGE

MOST_WORKS = 100
KEPT = timedelta(days=14)
"""After the last time that somebody asked."""
_PREFIX = "packs/"


class NotReady(Conflict):
    code, message = "not_ready", N_("有文件还在处理，处理好以后才能生成离线包。")


def order_offline(viewer: Viewer, resource_ids: Sequence[str], form: str, title: str = "") -> str:
    """Order the pack of these resources in that form, or find the one that is there; returns its id.

    Raises what ``library.access`` says of a resource that the viewer may not download, NotReady while a
    file is processed, and Invalid for a form that cannot be made.
    """
    wanted = list(dict.fromkeys(resource_ids))
    if not wanted or len(wanted) > MOST_WORKS:
        raise Invalid(N_("一个离线包可以放 1 到 %(most)s 份资源。"), most=MOST_WORKS)
    materials = queries.materials_for(viewer, wanted)
    if any(one.view.state == "processing" for one in materials):
        raise NotReady
    if form not in plans.forms_of(materials):
        raise Invalid(fields={"rung": N_("这份资源没有这种清晰度，请从列出的几种里选。")})
    plan = queries.plan(materials, form, title)
    pack = _pack_of(plan, form)
    pack.asked_at = clock.now()
    if pack.key is None:
        jobs.enqueue("packs.offline", {"pack_id": pack.id}, subject=Ref("offline_pack", pack.id), dedupe=f"offline:{pack.id}")
    return pack.id


def make_offline(run: JobRun) -> None:
    """Put together what the plan says, store it, and say where it is. Opens its own units."""
    pack_id = str(run.payload["pack_id"])
    with unit.read():
        pack = db.session.get(OfflinePack, pack_id)
        if pack is None:
            raise NotFound
        plan: dict[str, Any] = pack.plan
        _need_space(plans.bytes_of(plan))
        now = clock.now()
        if plan["form"] == CARTRIDGE:
            with force_locale(plan["locale"]):
                pages = {cartridge.MANIFEST: cartridge.manifest(plan), **site.plans_of(plan)}
        else:
            with force_locale(plan["locale"]):
                pages = site.pages_of(plan, plans.texts_of(plan), plans.captions_of(plan), made=day(now))
    path = run.scratch / "pack.zip"
    written = _write(run, path, plan, pages, now.isoformat())
    key = f"{_PREFIX}{pack_id}/{run.token}.zip"
    run.insist(lambda: storage().put_file(key, path, "application/zip"))
    run.insist(storage().settle)
    with run.completing():
        row = db.session.get(OfflinePack, pack_id)
        if row is not None:
            row.key, row.bytes, row.sha256 = key, path.stat().st_size, written


def sweep_offline(run: JobRun) -> None:
    """Forget packs that nobody asked for lately, and remove what no row names. Opens its own units."""
    with unit.write():
        db.session.execute(sa.delete(OfflinePack).where(OfflinePack.asked_at < clock.now() - KEPT))
    for key, *_rest in list(storage().list_keys(_PREFIX)):
        run.check()
        with unit.read():
            # Tokens before rows: an attempt that ends in between is still at work here, or its row is seen.
            is_at_work = Path(key).stem in jobs.live_tokens()
            is_named = db.session.scalar(sa.select(OfflinePack.id).where(OfflinePack.key == key)) is not None
        if not is_at_work and not is_named:
            storage().delete(key)


def _pack_of(plan: dict[str, Any], form: str) -> OfflinePack:
    """Return the pack of this plan; of two who order at once the later finds the earlier's."""
    content_key = plans.digest_of(plan)
    now = clock.now()
    found = sa.select(OfflinePack).where(OfflinePack.content_key == content_key)
    if (pack := db.session.scalar(found)) is not None:
        return pack
    try:
        with db.session.begin_nested():
            made = OfflinePack(
                id=new_id("pck"), content_key=content_key, form=form, title=plan["title"], plan=plan, created_at=now, asked_at=now
            )
            db.session.add(made)
    except IntegrityError:
        return db.session.scalars(found).one()
    return made


def _write(run: JobRun, path: Path, plan: dict[str, Any], pages: dict[str, bytes], made: str) -> str:
    """Write the zip and return its digest; recordings and pictures are packed already, so nothing is deflated but the pages."""
    files: list[dict[str, Any]] = []
    total = max(1, plans.bytes_of(plan))
    done = 0
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in pages.items():
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
            files.append({"path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        for item in plan["objects"]:
            files.append(_add_object(run, archive, item["path"], item["key"]))
            done += int(item["bytes"])
            run.progress(done / total, N_("正在打包"))
        if plan["form"] != CARTRIDGE:  # whose own manifest names all that it may hold
            archive.writestr("manifest.json", _manifest(plan, files, made), zipfile.ZIP_DEFLATED)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(plan: dict[str, Any], files: list[dict[str, Any]], made: str) -> str:
    works = [{name: work[name] for name in ("id", "title", "author", "school", "licence")} for work in plan["works"]]
    told = {
        "format": "resource-hub-offline/1",
        "title": plan["title"],
        "form": plan["form"],
        "made_at": made,
        "works": works,
        "files": files,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _add_object(run: JobRun, archive: zipfile.ZipFile, name: str, key: str) -> dict[str, Any]:
    """Copy a stored object into the zip, by way of the scratch folder: a line that breaks in the middle is asked again."""
    part = run.scratch / "part"
    run.insist(lambda: storage().get_file(key, part))
    digest, size = hashlib.sha256(), 0
    with part.open("rb") as source, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
        while chunk := source.read(1 << 20):
            run.check()
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    part.unlink()
    return {"path": name, "bytes": size, "sha256": digest.hexdigest()}


def _need_space(size: int) -> None:
    """Raise Unavailable when the pack, once in the scratch folder and once in the store, would fill the disk."""
    settings = hub().settings
    free = shutil.disk_usage(jobs.scratch_folder().parent).free
    if free - 2 * size < float(settings.min_free_gb) * (1 << 30):
        raise Unavailable(
            N_("服务器磁盘快满了，离线包暂时做不了。请通知技术员清理，之后会自动继续。"), code="disk_nearly_full", retry_after=300
        )
