"""Taking in a file that already lies on the server: imports and the demo district."""

from datetime import timedelta
from pathlib import Path

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.media import rules
from resource_hub.media.models import Upload, UploadState
from resource_hub.media.service.uploads import confirm, recognise_stored


def take_file(person_id: str, path: Path, filename: str) -> str:
    """Store ``path`` as a finished upload of that person and return the upload's id.

    Opens its own units; raises what ``rules.recognise`` refuses.
    """
    now = clock.now()
    upload = Upload(
        id=new_id("upl"), person_id=person_id, filename=rules.clean_filename(filename), size=path.stat().st_size,
        part_size=rules.part_size(path.stat().st_size), asset_id=new_id("ast"), state=UploadState.FINISHING,
        created_at=now, expires_at=now + timedelta(days=1), finishing_at=now,
    )  # fmt: skip
    with unit.write():
        db.session.add(upload)
        db.session.flush()
        db.session.expunge(upload)
    key = rules.original_key(upload.asset_id)
    storage().put_file(key, path)
    storage().settle()
    confirm(upload, recognise_stored(key, upload))
    return upload.id
