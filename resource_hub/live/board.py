"""How a stroke is written: few characters, sharp at any size. Pure.

Points are in 2,000ths of the board's width, both ways, so that a pixel of the largest screen keeps
its place. They go as differences in base-32 digits with a sign (the scheme of encoded polylines):
a slow curve costs two characters a point, and the text passes JSON and msgpack alike.
"""

from collections.abc import Iterable, Sequence

SCALE = 2_000
Pair = tuple[int, int]
WHOLE_POINTS = r"^(?:(?:[_-~]*[?-^]){2})+$"
"""What ``decode`` reads: pairs of numbers, each ended by a small digit."""
_FIRST = 63
"""``?``: the characters from here to ``~`` need no escaping but the backslash, and hold six bits."""


def encode(points: Iterable[Pair]) -> str:
    """Return points as text; ``decode`` gives the same points back."""
    text: list[str] = []
    last_x = last_y = 0
    for x, y in points:
        _write(text, x - last_x)
        _write(text, y - last_y)
        last_x, last_y = x, y
    return "".join(text)


def decode(text: str) -> Sequence[Pair]:
    """Return the points of a text; raises ValueError for one that ends in the middle of a number."""
    numbers: list[int] = []
    value = shift = 0
    for character in text:
        digit = ord(character) - _FIRST
        if not 0 <= digit < 64:
            raise ValueError("not a stroke")
        value |= (digit & 31) << shift
        shift += 5
        if digit < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(numbers) % 2:
        raise ValueError("a stroke that was cut short")
    points: list[Pair] = []
    x = y = 0
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


def _write(text: list[str], difference: int) -> None:
    value = ~(difference << 1) if difference < 0 else difference << 1
    while value >= 32:
        text.append(chr((value & 31 | 32) + _FIRST))
        value >>= 5
    text.append(chr(value + _FIRST))
