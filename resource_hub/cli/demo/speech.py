"""Spoken words for the demo films: Mandarin by pinyin, English as it is, joined into one wave.

espeak-ng reads Chinese characters as English letters of their pinyin; it is given numbered
pinyin and the voice for it instead. Everything is 16-bit mono at one rate.
"""

import io
import re
import subprocess
import wave
from collections.abc import Iterator

from pypinyin import Style, lazy_pinyin

from resource_hub.kernel.errors import N_, Unavailable

RATE = 22050
SAMPLE_BYTES = 2

_MANDARIN, _ENGLISH = "cmn-latn-pinyin", "en"
_SPEED = {_MANDARIN: 165, _ENGLISH: 135}
_SPEAK_S = 60
_STOPS = str.maketrans("，。？！：、；“”…", ",.?!:,;  .")


def speak(words: str) -> bytes:
    """Return the sound of ``words``: Chinese and Latin runs each in their own voice."""
    return b"".join(_say(voice, text) for voice, text in _runs(words))


def silence(seconds: float) -> bytes:
    return bytes(SAMPLE_BYTES * round(RATE * seconds))


def seconds_of(sound: bytes) -> float:
    return len(sound) / SAMPLE_BYTES / RATE


def wave_file(sound: bytes) -> bytes:
    """Return ``sound`` as a WAV file."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(SAMPLE_BYTES)
        target.setframerate(RATE)
        target.writeframes(sound)
    return buffer.getvalue()


def _runs(words: str) -> Iterator[tuple[str, str]]:
    for run in re.findall(r"[A-Za-z][A-Za-z0-9' ,.!?]*|[^A-Za-z]+", words):
        if re.match(r"[A-Za-z]", run):
            yield _ENGLISH, run
        elif re.search(r"\w", run):
            yield _MANDARIN, _pinyin(run)


def _pinyin(words: str) -> str:
    """Return numbered pinyin for the Mandarin voice, which wants v for ü."""
    spoken = lazy_pinyin(words, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
    return " ".join(spoken).translate(_STOPS)


def _say(voice: str, text: str) -> bytes:
    command = ["espeak-ng", "-v", voice, "-s", str(_SPEED[voice]), "--stdin", "--stdout"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=_SPEAK_S)
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(N_("缺少 espeak-ng，示例视频没有声音可用。请安装 espeak-ng 后再生成示例资料。")) from error
    # The header of a streamed wave names no length; the samples follow its 44 bytes.
    return done.stdout[44:]
