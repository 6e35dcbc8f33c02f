"""Taking a plan out of somebody's Word file, and its pictures into the store.

The file is read in a process of its own, outside of any unit; its pictures become uploads of the
reader's own. Rule: the file itself is not kept, so whatever could not be read is told at once.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask_babel import gettext as _

from resource_hub.infra import child, unit
from resource_hub.kernel.errors import N_, HubError, Invalid, TooLarge
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.access import school_to_share_from
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.planning import keeping
from resource_hub.media import queries as media
from resource_hub.media.service import take_file

MOST_BYTES = 20 << 20
_WALL_S, _MEMORY_MB = 20, 1_000
_READER = "resource_hub.library.planning.docx_reading"


class TooLargeFile(TooLarge):
    code, message = "docx_too_large", N_("Word 文件超过 20 MB。请压缩里面的图片，或删去视频，再导入。")


class BrokenFile(Invalid):
    code, message = "docx_broken", N_("打不开这个 Word 文件，可能已损坏。请在 Word 或 WPS 里打开，另存为 docx 再导入。")


class LockedFile(Invalid):
    code, message = "docx_locked", N_("这个 Word 文件设有密码。请在 Word 或 WPS 里取消密码，另存后再导入。")


class OldFile(Invalid):
    code, message = "docx_old", N_("这是老格式的 Word 文件（doc）。请在 Word 或 WPS 里另存为 docx 再导入。")


class MacroFile(Invalid):
    code, message = "docx_macro", N_("这个 Word 文件带有宏，为了安全没有打开。请另存为不带宏的 docx 再导入。")


class UnsafeFile(Invalid):
    code, message = "docx_unsafe", N_("这个 Word 文件的结构不正常，为了安全没有打开。请在 Word 或 WPS 里另存一份再导入。")


class OtherFile(Invalid):
    code, message = "docx_other", N_("这不是 Word 文件（docx）。请选择 docx 格式的教案。")


class LongFile(Invalid):
    code, message = "docx_long", N_("这个 Word 文件太长，不像一份教学设计。请只留一课的内容再导入。")


_REFUSALS: dict[str, type[HubError]] = {
    "broken": BrokenFile, "locked": LockedFile, "old": OldFile, "macro": MacroFile, "bomb": UnsafeFile, "unsafe": UnsafeFile,
    "other": OtherFile, "long": LongFile,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """A plan as it was read; ``lost_pictures`` could not be taken over."""

    plan: Plan
    lost_pictures: int

    @property
    def remarks(self) -> list[str]:
        """What its reader should look at, in sentences."""
        told = [_(text, **values) for text, values in keeping.remarks(self.plan)]
        if self.lost_pictures:
            told.insert(0, _("有 %(n)s 张图片没能带过来（格式太老、太大或太多），请在这里重新插入。", n=self.lost_pictures))
        return told


def import_docx(viewer: Viewer, data: bytes) -> Imported:
    """Return the plan of a Word file, its pictures stored as the viewer's own. Opens its own units; raises in words what is wrong."""
    with unit.read():
        school_to_share_from(viewer)
    if len(data) > MOST_BYTES:
        raise TooLargeFile
    try:
        found = json.loads(child.run(_READER, data, wall_s=_WALL_S, memory_mb=_MEMORY_MB))
    except child.Refused as refusal:
        raise _REFUSALS.get(refusal.reason, BrokenFile) from refusal
    except child.TooHard as error:
        raise UnsafeFile from error
    assets, lost = _store(viewer, found["pictures"])
    plan = _renamed(found["plan"], assets)
    # Two imports share no stage: whatever compares plans goes by their ids.
    for step in plan.get("steps", ()):
        step["id"] = new_id("stp")
    return Imported(Plan.model_validate(plan), int(found["lost"]) + lost)


def _store(viewer: Viewer, pictures: dict[str, str]) -> tuple[dict[str, str], int]:
    """Store the pictures; return the asset of each, and how many turned out to be none."""
    uploads: dict[str, str] = {}
    with TemporaryDirectory(prefix="hub-plan-") as folder:
        for name, encoded in pictures.items():
            path = Path(folder) / "picture"
            path.write_bytes(base64.b64decode(encoded))
            try:
                uploads[name] = take_file(viewer.person_id, path, f"{name}.png")
            except Invalid:
                continue
    with unit.read():
        assets = media.assets_of_uploads(viewer.person_id, list(uploads.values()))
        shown = media.pictures_of_person(viewer.person_id, list(assets.values()))
    found = {name: assets[upload] for name, upload in uploads.items() if assets.get(upload) in shown}
    return found, len(pictures) - len(found)


def _renamed(value: Any, assets: dict[str, str]) -> Any:
    """Return the plan with the assets of its pictures; those that were not stored are left out."""
    if isinstance(value, dict):
        return {name: assets[inner] if name == "asset" else _renamed(inner, assets) for name, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(one, assets) for one in value if not _is_lost(one, assets)]
    return value


def _is_lost(value: Any, assets: dict[str, str]) -> bool:
    return isinstance(value, dict) and "asset" in value and value["asset"] not in assets
