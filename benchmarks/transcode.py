"""What transcoding costs and what it yields, against bare ffmpeg. Prints one JSON line a figure.

Ours is the job as a worker does it, from taking it to the recorded renditions: fetch, probe, loudness,
ladder, store, record. Ratios are of CPU seconds (user and system, children included) in one run on
one machine, since wall times say nothing on a busy one; they come from the talking teacher. Rates
are those of the hardest of three lessons, and of its hardest ten seconds. Usage: transcode.py
[SECONDS], 300 unless told; the same by ``BENCH_SECONDS``.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from benchmarks.standing import tell
from benchmarks.transcode_sources import make_sources
from media_worker import ladder, slides
from media_worker.facts import Facts
from media_worker.handlers import KINDS
from media_worker.probe import probe
from resource_hub.app import create_app
from resource_hub.infra import jobs, migrate, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from resource_hub.media.models import Asset, Rendition
from resource_hub.media.rules import original_key
from tests.infra.standing import installed, running_store

WINDOW_S = 10
PEAK = 1.5
"""What a window may have of the limit."""

Piece = tuple[float, int]
"""When something is due, in seconds, and its bytes."""


@dataclass(frozen=True, slots=True)
class Rate:
    """kbit/s over the whole length and in the hardest window."""

    whole: float
    window: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the worker made of one source: CPU seconds of the ladder's job, and two rates."""

    cpu_s: float
    village: Rate
    voice: Rate


def main(seconds: int) -> None:
    """Measure all figures on three lessons of this length."""
    with tempfile.TemporaryDirectory(prefix="bench-transcode-") as name:
        folder = Path(name)
        sources = make_sources(folder / "sources", seconds)
        lessons = work_off(folder / "hub", sources, seconds)
        source = sources["teacher"]
        facts = probe(source, scratch=folder)
        plan = ladder.plan(facts)
        bare = cpu_of(lambda: bare_ladder(source, facts, plan, fresh(folder / "bare")))
        separate = cpu_of(lambda: separate_rungs(source, facts, plan, fresh(folder / "separate")))
        ours = lessons["teacher"].cpu_s
        told = f"{seconds} s 1080p, {ours:.1f} CPU s from the job taken to the ladder recorded"
        tell("transcode.ratio_bare", ours / bare, "ratio", f"{told}, against {bare:.1f} of one bare ffmpeg without loudness; at most 1.05")
        tell("transcode.ratio_separate", ours / separate, "ratio", f"{told}, against {separate:.1f} of one ffmpeg a rung; at most 0.75")
        tell_rates("village", {kind: lesson.village for kind, lesson in lessons.items()}, ladder.VILLAGE_KBPS)
        tell_rates("voice", {kind: lesson.voice for kind, lesson in lessons.items()}, slides.WHOLE_KBPS)


def work_off(data: Path, sources: Mapping[str, Path], seconds: int) -> dict[str, Lesson]:
    """Let a worker with a store of its own do all jobs of each source, one after the other."""
    found = installed(data, demo="0", min_free_gb="0.1")
    with running_store(found):
        migrate.upgrade(found.settings)
        app = create_app(found.settings)
        with app.app_context():
            hub().job_kinds.update({kind.name: kind for kind in KINDS})
            lessons = {kind: make_lesson(source, seconds, fresh(data / kind)) for kind, source in sources.items()}
            db.engine.dispose()
    return lessons


def make_lesson(source: Path, seconds: int, folder: Path) -> Lesson:
    """Do the jobs of one recording; only the ladder's is weighed."""
    asset_id = hand_in(source)
    jobs.work_once("intake")
    cpu_s = cpu_of(lambda: jobs.work_once("video"))
    while jobs.work_once("light") or jobs.work_once("video"):
        continue
    with unit.read():
        rows = [(r.group, r.label, r.key, r.bytes, r.meta) for r in db.session.scalars(sa.select(Rendition).filter_by(asset_id=asset_id))]
    keys = {(group, label): key for group, label, key, _, _ in rows}
    stills: list[Piece] = [(float(meta["at_s"]), size) for group, label, _, size, meta in rows if group == "voice" and label != "voice"]
    village = pieces(keys["ladder", "240"], folder / "village.mp4")
    voice = pieces(keys["voice", "voice"], folder / "voice.m4a")
    return Lesson(cpu_s, rate(village, seconds), rate([*voice, *stills], seconds))


def hand_in(source: Path) -> str:
    """Store an original and order its inspection, as finishing an upload does."""
    asset_id = f"ast_{source.stem}"
    storage().put_file(original_key(asset_id), source, "video/mp4")
    with unit.write():
        size = source.stat().st_size
        db.session.add(
            Asset(id=asset_id, person_id="per_x", filename=source.name, media_type="video/mp4", family="video", size=size, facts={},
                  created_at=clock.now())
        )  # fmt: skip
        jobs.enqueue("media.inspect", {"asset_id": asset_id}, subject=Ref("asset", asset_id))
    return asset_id


def pieces(key: str, path: Path) -> list[Piece]:
    """Return the packets of a stored rendition, each with its share of the container."""
    storage().get_file(key, path)
    shown = ["ffprobe", "-v", "error", "-show_entries", "packet=pts_time,size", "-of", "csv=p=0", str(path)]
    lines = subprocess.run(shown, check=True, capture_output=True, text=True).stdout.split()
    packets = [(float(at_s), int(size)) for at_s, size, *_ in (line.split(",") for line in lines)]
    share = path.stat().st_size / sum(size for _, size in packets)
    return [(at_s, round(size * share)) for at_s, size in packets]


def rate(due: Sequence[Piece], seconds: int) -> Rate:
    """Return kbit/s over the length, and the most in any ten seconds."""
    ordered = sorted(due)
    most = window = first = 0
    for at_s, size in ordered:
        window += size
        while ordered[first][0] <= at_s - WINDOW_S:
            window -= ordered[first][1]
            first += 1
        most = max(most, window)
    return Rate(sum(size for _, size in due) * 8 / 1000 / seconds, most * 8 / 1000 / WINDOW_S)


def bare_ladder(source: Path, facts: Facts, plan: ladder.Plan, folder: Path) -> None:
    """One ffmpeg by hand: the same rungs and rates, no loudness, no bounds, no probing."""
    index = facts.video.index if facts.video else 0
    graph, last = [], f"0:{index}"
    for n, rung in enumerate(plan.rungs):
        below = n + 1 < len(plan.rungs)
        keep = f"framestep={rung.every}," if rung.every > 1 else ""
        graph.append(f"[{last}]{keep}scale={rung.width}:{rung.height}" + (f",split=2[v{n}][d{n}]" if below else f"[v{n}]"))
        last = f"d{n}"
    arguments = ["-i", str(source), "-filter_complex", ";".join(graph)]
    for n, rung in enumerate(plan.rungs):
        arguments += ["-map", f"[v{n}]", *picture(n, rung)]
    voices = [r.voice for r in plan.rungs if r.voice] + [v for _, v in plan.sounds]
    for n, voice in enumerate(voices):
        arguments += [
            "-map",
            "0:a",
            f"-c:a:{n}",
            "aac",
            f"-b:a:{n}",
            f"{voice.kbps}k",
            f"-ac:a:{n}",
            str(voice.channels),
            f"-ar:a:{n}",
            str(voice.rate),
        ]
    names = [f"v:{n},a:{n},name:{r.label}" for n, r in enumerate(plan.rungs)] + [f"a:{len(plan.rungs)},name:sound"]
    ffmpeg(folder, *arguments, *hls(plan), "-var_stream_map", " ".join(names), "%v.m3u8")


def separate_rungs(source: Path, facts: Facts, plan: ladder.Plan, folder: Path) -> None:
    """One ffmpeg for each rung and one for the sound, each with a decode of its own."""
    index = facts.video.index if facts.video else 0
    for rung in plan.rungs:
        keep = f"framestep={rung.every}," if rung.every > 1 else ""
        voice = rung.voice or plan.sounds[0][1]
        ffmpeg(folder, "-i", str(source), "-map", f"0:{index}", "-map", "0:a", "-vf", f"{keep}scale={rung.width}:{rung.height}",
               *picture(0, rung), "-c:a", "aac", "-b:a", f"{voice.kbps}k", "-ac", str(voice.channels), "-ar", str(voice.rate),
               *hls(plan), f"{rung.label}.m3u8")  # fmt: skip
    for label, voice in plan.sounds:
        ffmpeg(folder, "-i", str(source), "-vn", "-c:a", "aac", "-b:a", f"{voice.kbps}k", "-ac", str(voice.channels), "-ar", str(voice.rate),
               *hls(plan), f"{label}.m3u8")  # fmt: skip


def picture(n: int, rung: ladder.Rung) -> list[str]:
    """Return the encoder's options, the same as ours."""
    options = {"c": "libx264", "preset": "veryfast", "profile": "main", "crf": rung.crf, "maxrate": f"{rung.maxrate_kbps}k",
               "bufsize": f"{rung.bufsize_kbps}k", "sc_threshold": 0, "g": rung.gop, "pix_fmt": "yuv420p"}  # fmt: skip
    return [part for name, value in options.items() for part in (f"-{name}:v:{n}", str(value))]


def hls(plan: ladder.Plan) -> list[str]:
    return ["-f", "hls", "-hls_time", str(plan.segment_s), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
            "-hls_flags", "single_file+independent_segments"]  # fmt: skip


def ffmpeg(folder: Path, *arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *arguments], cwd=folder, check=True)


def cpu_of(work: Callable[[], object]) -> float:
    """Return the CPU seconds of ``work``, those of its children included."""
    before = cpu_now()
    work()
    return cpu_now() - before


def cpu_now() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def fresh(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def tell_rates(what: str, found: Mapping[str, Rate], limit: float) -> None:
    """Print the highest of the three, over the length and in a window."""
    whole = ", ".join(f"{kind} {one.whole:.1f}" for kind, one in found.items())
    window = ", ".join(f"{kind} {one.window:.1f}" for kind, one in found.items())
    tell(f"transcode.{what}_kbps", max(one.whole for one in found.values()), "kbit/s", f"{whole}; over the length, at most {limit}")
    tell(f"transcode.{what}_window_kbps", max(one.window for one in found.values()), "kbit/s",
         f"{window}; in any {WINDOW_S} s, at most {limit * PEAK:.0f}")  # fmt: skip


if __name__ == "__main__":
    began = time.monotonic()
    main(int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("BENCH_SECONDS", "300")))
    sys.stderr.write(f"done in {time.monotonic() - began:.0f} s\n")
