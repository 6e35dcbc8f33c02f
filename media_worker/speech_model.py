"""Hear one stretch of sound with faster-whisper: run as a program of its own, inside the sandbox.

Imports nothing of the house. Prints JSON lines: ``{"language": …}``, then ``{"words": [[start, end,
word], …]}`` for each stretch that it heard, as soon as it did.
Usage: speech_model.py SOUND LANGUAGE|- TERMS THREADS MODEL_FILE…

SOUND is raw 16-bit mono at 16 kHz, so no decoder of foreign formats is at work in here.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment

LANGUAGES = ("zh", "en")
SURE = 0.8
"""English is said of a Chinese lesson at times; never the other way round."""


LOOPS = 2.4
"""Text that compresses better than this is one phrase over and over: the model lost the thread."""


def main(sound: str, language: str, terms: str, threads: str, *files: str) -> int:
    """Print what is said in ``sound``."""
    samples = np.fromfile(sound, dtype=np.int16).astype(np.float32) / 32768
    model = WhisperModel(str(Path(files[0]).parent), device="cpu", compute_type="int8", cpu_threads=int(threads), local_files_only=True)
    if language not in LANGUAGES:
        heard, certainty, _all = model.detect_language(samples, vad_filter=True)
        language = heard if heard in LANGUAGES and (heard == "zh" or certainty >= SURE) else "zh"
    _say({"language": language})
    # One temperature: falling back on bad sound takes ten times as long and finds nothing. No memory of
    # earlier text: one wrong sentence would be repeated to the end.
    how = {"language": language, "beam_size": 1, "temperature": 0.0, "condition_on_previous_text": False, "word_timestamps": True}
    segments, _info = model.transcribe(samples, vad_filter=True, hotwords=terms or None, **how)
    for segment in segments:
        if segment.compression_ratio < LOOPS:
            _tell([segment])
        else:
            # This stretch once more: without the terms, which may be what sends it round, and never the same
            # five signs twice. Not so from the start, since teachers do say things twice.
            clip = [segment.start, segment.end]
            again, _info = model.transcribe(samples, clip_timestamps=clip, no_repeat_ngram_size=5, **how)
            _tell(one for one in again if one.compression_ratio < LOOPS)
    return 0


def _tell(segments: Iterable[Segment]) -> None:
    for segment in segments:
        _say({"words": [[float(word.start), float(word.end), word.word] for word in segment.words or ()]})


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
