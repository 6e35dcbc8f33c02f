"""What transcoding costs and what it yields, against bare ffmpeg. Prints one JSON line a figure.

Ratios are of CPU seconds (user and system, children included) in one run on one machine, since
wall times say nothing on a busy one. Usage: transcode.py [SECONDS], 300 unless told; the same by
``BENCH_SECONDS``.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.transcode_sources import make_sources
from media_worker import ladder, slides, transcode
from media_worker.facts import Facts
from media_worker.package import Rendition
from media_worker.probe import probe

HARD_KBPS = ladder.VILLAGE_KBPS * 1.5


def main(seconds: int) -> None:
    """Measure all four figures on three lessons of this length."""
    with tempfile.TemporaryDirectory(prefix="bench-transcode-") as name:
        folder = Path(name)
        sources = make_sources(folder / "sources", seconds)
        village: dict[str, tuple[float, float]] = {}
        voices: dict[str, tuple[float, float]] = {}
        ours: dict[str, float] = {}
        for kind, source in sources.items():
            made: list[Rendition] = []
            ours[kind] = cpu_of(lambda source=source, kind=kind, made=made: made.extend(our_ladder(source, fresh(folder / f"ours-{kind}"))))  # type: ignore[misc]  # bound at once
            rung = next(r for r in made if r.label == "240")
            village[kind] = (rung.playlist.average_kbps, rung.playlist.window_kbps(10))
            voices[kind] = slides_and_voice(made, seconds, fresh(folder / f"voice-{kind}"))
        source = sources["teacher"]
        facts = probe(source, scratch=folder)
        plan = ladder.plan(facts)
        bare = cpu_of(lambda: bare_ladder(source, facts, plan, fresh(folder / "bare")))
        separate = cpu_of(lambda: separate_rungs(source, facts, plan, fresh(folder / "separate")))
        told = f"{seconds} s 1080p, {ours['teacher']:.1f} CPU s"
        tell("transcode.ratio_bare", ours["teacher"] / bare, "ratio", f"{told} against {bare:.1f} of one bare ffmpeg without loudness")
        tell("transcode.ratio_separate", ours["teacher"] / separate, "ratio", f"{told} against {separate:.1f} of one ffmpeg a rung")
        tell_hardest("transcode.village_kbps", village, f"10 s window at most {HARD_KBPS:.0f}")
        tell_hardest("transcode.voice_kbps", voices, f"stills and voice; voice alone at most {slides.VOICE_KBPS}")


def our_ladder(source: Path, folder: Path) -> list[Rendition]:
    """Do what the job does, from the look at the file to the measured playlists."""
    return transcode.make_ladder(source, probe(source, scratch=folder), folder)


def slides_and_voice(made: Sequence[Rendition], seconds: int, folder: Path) -> tuple[float, float]:
    """Return kbit/s of stills and voice together over the length, and of the voice alone."""
    by_label = {r.label: r.path for r in made}
    sound = next(path for label, path in by_label.items() if label.startswith("a"))
    voice, kbps = slides.make_voice(sound, folder)
    scenes = slides.find_scenes(by_label["240"], seconds, folder)
    taken = slides.take_stills(by_label["720"], scenes, slides.budget_of(seconds, voice.stat().st_size), folder)
    whole = voice.stat().st_size + sum(s.path.stat().st_size for s in taken)
    return whole * 8 / 1000 / seconds, kbps


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


def tell_hardest(figure: str, found: dict[str, tuple[float, float]], meaning: str) -> None:
    """Print the highest of the three, and all of them in the note."""
    each = ", ".join(f"{kind} {value:.1f} ({second:.1f})" for kind, (value, second) in found.items())
    tell(figure, max(value for value, _ in found.values()), "kbit/s", f"{each}; {meaning}")


def tell(figure: str, value: float, unit: str, note: str) -> None:
    print(json.dumps({"figure": figure, "value": round(value, 3), "unit": unit, "note": note}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    began = time.monotonic()
    main(int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("BENCH_SECONDS", "300")))
    sys.stderr.write(f"done in {time.monotonic() - began:.0f} s\n")
