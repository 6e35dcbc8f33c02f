"""The parts of a lesson: the order of a resource's files, and what each of them is in it."""

from collections.abc import Sequence

from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import rules
from resource_hub.library.access import get_resource_for
from resource_hub.library.service.changes import tell_change


class OtherFiles(Conflict):
    code, message = "other_files", N_("这份资源的文件刚刚变了，请刷新页面后再排。")


def set_parts(viewer: Viewer, resource_id: str, parts: Sequence[tuple[str, str | None]]) -> None:
    """Keep the order and the roles of one's own resource's files; ``parts`` names each of them once, by asset,
    with its role.

    Roles may be put right at any time. The order is what reviewers saw: of a published work only a
    revision changes it (WrongStep). Raises OtherFiles when the files are others by now.
    """
    resource = get_resource_for(viewer, resource_id, "change")
    held = {file.asset_id: file for file in resource.files}
    wanted = [asset_id for asset_id, _ in parts]
    if sorted(wanted) != sorted(held):
        raise OtherFiles
    if wanted != list(held) and resource.review not in rules.EDITABLE:
        raise rules.WrongStep(state=resource.review.value)
    for position, (asset_id, role) in enumerate(parts):
        file = held[asset_id]
        file.position, file.role = position, role
    resource.updated_at = clock.now()
    tell_change(resource)
