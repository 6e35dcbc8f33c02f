"""One file to carry away: the recording with its board beside it, ordered by whoever may take it."""

from resource_hub.audit import service as audit
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.media import queries as media_queries
from resource_hub.media import service as media
from resource_hub.recordings.access import get_recording_to_take


def order_film(viewer: Viewer, lesson_id: str) -> None:
    """Have the file made unless it is there; asking once more while it is made changes nothing."""
    recording, asset_id = get_recording_to_take(viewer, lesson_id)
    if media_queries.film_of(asset_id) is not None:
        return
    subject = Ref("recording", recording.id)
    media.order_film(asset_id, subject)
    audit.note(viewer, "recording.film_ordered", subject)
