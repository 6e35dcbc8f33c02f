"""What may be done with recordings; the only writer of their tables.

``receiving`` takes chunks in, ``joining`` makes one recording of them with its draft in the library, ``keeping`` sees to
its end and to that of what single seats did, ``filming`` orders one file to carry away. Verbs
run inside the caller's unit, but for those that move bytes between two transactions: their docstrings say so.
"""

from resource_hub.recordings.service.filming import order_film
from resource_hub.recordings.service.joining import join_left, join_lesson, join_now, take_joined
from resource_hub.recordings.service.keeping import (
    announce_ends,
    erase_over,
    follow_asset,
    forget_chunks,
    keep_longer,
    note_viewing,
    thin_logs,
)
from resource_hub.recordings.service.receiving import check_start, finish_session, open_session, store_chunk

__all__ = [
    "announce_ends", "check_start", "erase_over", "finish_session", "follow_asset", "forget_chunks", "join_left", "join_lesson",
    "join_now", "keep_longer", "note_viewing", "open_session", "order_film", "store_chunk", "take_joined", "thin_logs",
]  # fmt: skip
