"""Places between places: keys that sort as text, so that a stage moves by changing one word of its own.

Moving by taking out and putting in would lose what a colleague writes in the stage at that moment. Two
keys made at once for the same gap may be the same: whoever sorts takes the id as the second word.
"""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)
MIDDLE = "V"


def spread(count: int) -> list[str]:
    """Return so many keys in order, with room between them and at both ends."""
    width = 1
    while _BASE**width < (count + 1) * 2:
        width += 1
    gap = _BASE**width // (count + 1)
    return [_digits(gap * (number + 1), width) for number in range(count)]


def _digits(value: int, width: int) -> str:
    found = ""
    for _ in range(width):
        value, rest = divmod(value, _BASE)
        found = _DIGITS[rest] + found
    # A key must not end in the lowest digit: nothing would fit before it.
    return found + MIDDLE if found.endswith("0") else found
