"""What may be done with media; the only writer of its tables.

``uploads`` takes bytes in, ``results`` records what the worker made, ``transcripts`` what is said
and shown, ``viewing`` keeps places and captions, ``digests`` the hashes of objects, ``films`` orders whole films.
Verbs run inside the caller's unit, but for those that move bytes between two transactions: their docstrings say so.
"""

from resource_hub.media.service.films import film_script, films_by, forget_films, order_film, record_film
from resource_hub.media.service.intake import take_file
from resource_hub.media.service.joining import order_join, record_joined, upload_of
from resource_hub.media.service.results import (
    asset_order,
    erase,
    record_digest,
    record_facts,
    record_failure,
    record_infected,
    record_pages,
    record_renditions,
    record_text,
    retry_asset,
)
from resource_hub.media.service.transcripts import (
    begin_transcript,
    edit_segment,
    make_transcript,
    order_missing_speech,
    prompt_by,
    record_slides,
    record_speech,
    set_chapters,
    terms_of,
)
from resource_hub.media.service.uploads import (
    PartAddress,
    StoredUpload,
    abandon_upload,
    finish_upload,
    move_uploads,
    part_addresses,
    start_upload,
    stored_upload,
    sweep_uploads,
)
from resource_hub.media.service.viewing import add_caption, keep_position, remove_caption
from resource_hub.media.transcript_queries import moments_by

__all__ = [
    "PartAddress", "StoredUpload", "abandon_upload", "add_caption", "asset_order", "begin_transcript", "edit_segment", "erase",
    "film_script", "films_by", "finish_upload", "forget_films", "keep_position", "make_transcript", "moments_by", "move_uploads",
    "order_film", "order_join", "order_missing_speech", "part_addresses", "prompt_by", "record_digest", "record_facts", "record_failure",
    "record_film", "record_infected", "record_joined", "record_pages", "record_renditions", "record_slides", "record_speech",
    "record_text", "remove_caption", "retry_asset", "set_chapters", "start_upload", "stored_upload", "sweep_uploads", "take_file",
    "terms_of", "upload_of",
]  # fmt: skip
