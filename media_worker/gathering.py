"""The job ``media.join``: fetch what recorders left in storage, chunk by chunk, and make one original of it.

Apart from ``handlers`` because it works before there is an original. It may be killed at any moment: nothing is recorded
until the original lies in storage, and an attempt that comes again writes the same file in the same place.
"""

from pathlib import Path
from typing import Any

from media_worker import joining
from media_worker.desk import WORKING_ROOM, Desk, desk
from resource_hub.infra import jobs
from resource_hub.infra.jobs import JobRun
from resource_hub.infra.storage import storage
from resource_hub.kernel.errors import N_
from resource_hub.kernel.refs import Ref
from resource_hub.media import rules, service

_CHUNK_ROOM = 1 << 20
"""Bytes of scratch for each chunk, which is 150 kB as a rule, with what is made of it."""


def join_pieces(run: JobRun) -> None:
    """Make the original of an asset out of its pieces; it plays from then on, and is inspected next."""
    pieces: list[dict[str, Any]] = run.payload["pieces"]
    total = sum(len(piece["numbers"]) for piece in pieces)
    with desk(run, factor=0, extra=WORKING_ROOM + total * _CHUNK_ROOM) as work:
        parts, fetched = [], 0
        for number, piece in enumerate(pieces):
            raw = work.folder / f"piece-{number}.raw"
            fetched = _gather(work, piece, raw, fetched, total)
            part = joining.mend(raw, int(piece["at_ms"]), work.folder, number, check=run.check)
            raw.unlink()
            parts += [part] if part else []
        run.progress(0.8, N_("正在合成录像"))
        made = joining.join(parts, work.folder, check=run.check)
        run.insist(lambda: storage().put_file(work.order.key, made.path, made.media_type))
        with work.completing():
            service.record_joined(work.order.asset_id, made.media_type, made.family, made.path.stat().st_size, made.placed)
            _order_inspection(work)


def _gather(work: Desk, piece: dict[str, Any], raw: Path, done: int, total: int) -> int:
    """Write the chunks of a piece behind each other, whatever is missing between them; return how many were fetched so far."""
    with raw.open("wb") as file:
        for number in piece["numbers"]:
            file.write(_chunk(work, rules.piece_key(str(piece["prefix"]), int(number))))
            done += 1
            work.run.progress(0.7 * done / total, N_("正在收集录像片段"))
    return done


def _chunk(work: Desk, key: str) -> bytes:
    return work.run.insist(lambda: storage().get_bytes(key))


def _order_inspection(work: Desk) -> None:
    asset_id = work.order.asset_id
    jobs.enqueue("media.inspect", {"asset_id": asset_id}, subject=Ref("asset", asset_id), dedupe=f"inspect:{asset_id}", priority=1)
