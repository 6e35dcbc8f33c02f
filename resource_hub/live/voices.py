"""Clips that a lead records for rooms which live sound does not reach: how large they may be, and what they are. Pure.

A clip is named by the page that recorded it, so that it may be sent again by a line that broke. What it is, its first bytes
say: it is given out as sound only, whatever the sender called it.
"""

from resource_hub.kernel.errors import N_, Conflict, Invalid, NotAllowed, TooLarge

MOST_BYTES = 24_000
"""Twenty seconds of speech at the smallest rate at which it is understood."""
MOST_CLIPS = 200
"""Of one lesson; a whole hour of nothing but clips."""
_SIGNS = {b"\x1a\x45\xdf\xa3": "audio/webm", b"OggS": "audio/ogg"}
_MP4 = (slice(4, 8), b"ftyp")


class ClipTooLarge(TooLarge):
    code = "clip_too_large"
    message = N_("这段录音太长。一段最多 20 秒，请分成几段。")


class NoSound(Invalid):
    code = "no_sound"
    message = N_("这不是浏览器录下的声音，没有保存。")


class TooManyClips(Conflict):
    code = "too_many_clips"
    message = N_("这节课的录音已经很多，不能再录。")


class NotTheLead(NotAllowed):
    code = "not_the_lead"
    message = N_("只有主讲教师能给各教室录音。")


def media_type_of(sound: bytes) -> str:
    """Return what the bytes of a clip are; raises ClipTooLarge and NoSound."""
    if len(sound) > MOST_BYTES:
        raise ClipTooLarge
    for sign, found in _SIGNS.items():
        if sound.startswith(sign):
            return found
    if sound[_MP4[0]] == _MP4[1]:
        return "audio/mp4"
    raise NoSound
