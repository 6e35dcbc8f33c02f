"""The fingerprint of a text: 64 bits that change little when the text does (simhash).

It finds lesson plans that somebody copied and touched up, which no hash of bytes sees. Eight
bands of eight bits stand in the database: texts near each other share some of them.
"""

import re
from collections import Counter
from hashlib import blake2b

NEAR = 6
"""Bits that may differ: about one sentence in thirty changed."""
SHORTEST = 100
"""Characters below which every text looks like some other."""
READ = 20_000
"""Characters of a text that its fingerprint is made of: enough to tell two books apart, and 40 ms of work."""
_SHINGLE = 4
_NOT_WORDS = re.compile(r"[\W_]+")


def bands_of(text: str) -> tuple[int, ...]:
    """Return the eight bands of the fingerprint; nothing for a text that is too short to tell."""
    plain = _NOT_WORDS.sub("", text).lower()
    if len(plain) < SHORTEST:
        return ()
    weights = [0] * 64
    for shingle, count in Counter(plain[at : at + _SHINGLE] for at in range(len(plain) - _SHINGLE + 1)).items():
        bits = int.from_bytes(blake2b(shingle.encode(), digest_size=8).digest())
        for place in range(64):
            weights[place] += count if bits >> place & 1 else -count
    print_ = sum(1 << place for place, weight in enumerate(weights) if weight > 0)
    return tuple(print_ >> band * 8 & 255 for band in range(8))
