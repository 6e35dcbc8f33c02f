"""How loud a recording is, and the gain that brings it to the level of all others.

Measured in a pass of its own over the sound alone: that and one gain cost a tenth of ffmpeg's
one-pass ``loudnorm``, and a steady gain does not pump in the pauses of speech.
"""

import re
from collections.abc import Callable
from pathlib import Path

from media_worker.facts import Audio
from media_worker.probe import SAFE_OPTIONS
from media_worker.sandbox import Limits, run

TARGET_LUFS = -16.0
"""Speech on the small loudspeakers of a board or a phone; the level of most talk on the web."""
_SILENT_LUFS = -60.0
_MOST_DB, _LEAST_DB = 24.0, -24.0
_LIMITS = Limits(wall_s=3600, cpu_s=1800, memory_mb=800)


def gain_db(source: Path, voice: Audio, *, scratch: Path, check: Callable[[], None] | None = None) -> float:
    """Return the gain for EBU R 128's integrated loudness of ``TARGET_LUFS``; 0 for silence and what cannot be measured."""
    argv = ["ffmpeg", "-hide_banner", "-nostats", "-nostdin", "-v", "info", *SAFE_OPTIONS, "-i", f"file:{source}",
            "-map", f"0:{voice.index}", "-vn", "-af", "ebur128=framelog=verbose", "-f", "null", "-"]  # fmt: skip
    done = run(argv, cwd=scratch, limits=_LIMITS, check=check)
    found = re.findall(r"^\s+I:\s+(-?[\d.]+) LUFS", done.stderr_tail, re.MULTILINE)
    if done.returncode != 0 or not found or float(found[-1]) <= _SILENT_LUFS:
        return 0.0
    return max(_LEAST_DB, min(_MOST_DB, TARGET_LUFS - float(found[-1])))
