"""Hear what is said in a recording, a chunk of ten minutes at a time, in simplified characters.

A chunk is decoded by ffmpeg and heard by ``speech_model``, both in the sandbox; each is a program of
its own, so that memory does not grow with the length and a stop takes effect at once. Rule: a chunk
ends where a line ends, never within a word; the next one begins there.
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import opencc

from media_worker.probe import SAFE_OPTIONS
from media_worker.sandbox import Limits, run
from resource_hub.kernel.errors import N_, Broken, Invalid
from resource_hub.media.transcripts import Line, Word, lines_of

log = logging.getLogger(__name__)

_PROGRAM = Path(__file__).with_name("speech_model.py")
"""Run, never imported: it needs what only ``make speech`` installs."""
CHUNK_S = 600.0
_RATE = 16_000
_LEAST_LEFT_S = 30.0
"""A tail shorter than this goes with the chunk before it."""
_MOST_TERMS = 120
_DECODE = Limits(wall_s=900, cpu_s=900, file_mb=100)

Check = Callable[[], None] | None
Report = Callable[[float], None]


class UnfitModel(Invalid):
    code = "speech_model_unfit"
    message = N_("语音识别模型打不开：HUB_SPEECH_MODEL 要指向 faster-whisper 能用的模型目录。请联系技术员。")


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was heard up to ``done_s``, from where the next chunk begins."""

    lines: list[Line]
    language: str
    done_s: float


def hear(
    sound: Path,
    model: Path,
    folder: Path,
    *,
    begin_s: float,
    duration_s: float,
    language: str = "",
    terms: Sequence[str] = (),
    report: Report | None = None,
    check: Check = None,
) -> Chunk:
    """Return the speech of the next chunk of ``sound``; ``report`` is told how many seconds of the recording are heard."""
    is_last = duration_s - begin_s <= CHUNK_S + _LEAST_LEFT_S
    end_s = duration_s if is_last else begin_s + CHUNK_S
    raw = _decode(sound, begin_s, end_s, folder, check)
    words: list[Word] = []
    said = {"language": language}

    def take(line: str) -> None:
        told = json.loads(line)
        said["language"] = told.get("language", said["language"])
        for start, end, word in told.get("words", ()):
            words.append((begin_s + start, min(begin_s + end, end_s), word))
        if words and report is not None:
            report(words[-1][1])

    _recognise(raw, model, folder, take, length_s=end_s - begin_s, language=language, terms=terms, check=check)
    raw.unlink()
    lines = lines_of(simplified(words) if said["language"] == "zh" else words)
    if is_last:
        return Chunk(lines, said["language"], duration_s)
    # The last line may have been cut off: the next chunk hears it whole, unless that would be no way forward.
    if len(lines) > 1 and lines[-1].start_s > begin_s + CHUNK_S / 2:
        return Chunk(lines[:-1], said["language"], lines[-1].start_s)
    return Chunk(lines, said["language"], end_s)


def simplified(words: Sequence[Word]) -> list[Word]:
    """Return the words in simplified characters, each with its own times."""
    text = "".join(word for _, _, word in words)
    converted = _converter().convert(text)
    if len(converted) != len(text):  # a phrase became longer or shorter: then word by word
        return [(start, end, _converter().convert(word)) for start, end, word in words]
    found, at = [], 0
    for start, end, word in words:
        found.append((start, end, converted[at : at + len(word)]))
        at += len(word)
    return found


def _decode(sound: Path, begin_s: float, end_s: float, folder: Path, check: Check) -> Path:
    raw = folder / "speech.raw"
    argv = ["ffmpeg", "-v", "error", "-nostdin", "-y", *SAFE_OPTIONS, "-ss", f"{begin_s:.3f}", "-i", f"file:{sound}", "-vn",
            "-t", f"{end_s - begin_s:.3f}", "-ac", "1", "-ar", str(_RATE), "-f", "s16le", raw.name]  # fmt: skip
    if run(argv, cwd=folder, limits=_DECODE, check=check).returncode != 0:
        raise Broken
    return raw


def _recognise(
    raw: Path,
    model: Path,
    folder: Path,
    take: Callable[[str], None],
    *,
    length_s: float,
    language: str,
    terms: Sequence[str],
    check: Check,
) -> None:
    """Run the model over ``raw``; its files are named one by one, since the sandbox shows nothing else."""
    cores = os.cpu_count() or 2
    files = [str(path) for path in sorted(model.iterdir()) if path.is_file()]
    argv = [sys.executable, "-I", str(_PROGRAM), str(raw), language or "-", _prompt(terms), str(cores), *files]
    done = run(argv, cwd=folder, limits=_limits(model, length_s, cores), on_line=take, check=check, env={"OMP_THREAD_LIMIT": str(cores)})
    if done.returncode != 0:
        log.warning("the speech model ended with %s: %s", done.returncode, done.stderr_tail[-2000:])
        raise UnfitModel if "Unable to open" in done.stderr_tail or "Unsupported model" in done.stderr_tail else Broken


def _prompt(terms: Sequence[str]) -> str:
    """Join the terms of the lesson; a long prompt would leave no room for what is heard."""
    text = ""
    for term in terms:
        if len(text) + len(term) < _MOST_TERMS:
            text += f"、{term}" if text else term
    return text


def _limits(model: Path, length_s: float, cores: int) -> Limits:
    """Return bounds by the size of the model: a large one takes several times the length on an old machine."""
    size_mb = (model / "model.bin").stat().st_size >> 20
    wall_s = 300 + length_s * max(4, size_mb / 60)
    return Limits(wall_s=wall_s, cpu_s=int(wall_s * cores), memory_mb=1200 + size_mb * 3, address_mb=8000 + size_mb * 4, file_mb=1, nice=19)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
